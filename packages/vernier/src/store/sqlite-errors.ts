/** SQLite's refusals in our words. */
import { VernierError } from "../core/errors.ts";

/** Primary result codes, https://sqlite.org/rescode.html. */
const CODE = {
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  PROTOCOL: 15,
  NOTADB: 26,
};

const IOERR_SHMSIZE = 4874;

/** SQLite's primary result code of an error thrown by the driver; undefined for any other error. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : undefined;
}

/** True when another connection holds the lock: worth trying again. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === CODE.BUSY || code === CODE.LOCKED || code === CODE.PROTOCOL;
}

/** The error to throw for one of SQLite's; errors that are not the driver's come back as they are. */
export function translated(error: unknown, path: string): unknown {
  const code = resultCode(error);
  if (code === undefined) return error;
  const cause = { cause: error, details: { path, sqlite: (error as { errcode?: number }).errcode } };
  const says = error instanceof Error ? error.message : String(error);
  switch (code) {
    case CODE.CORRUPT:
      return corrupt(path, says, error);
    case CODE.NOTADB:
      return foreign(path, "it is not a SQLite database", error);
    case CODE.READONLY:
    case CODE.CANTOPEN:
      return readOnly(path, error);
    case CODE.FULL:
      return full(path, cause);
    case CODE.IOERR:
      // On a full disk the shared memory beside the database cannot be made, which SQLite calls an I/O error.
      if (cause.details.sqlite === IOERR_SHMSIZE) return full(path, cause);
      return new VernierError(
        "E_STORAGE_IO",
        `reading or writing "${path}" failed (${says}). The command was undone. ` +
          `Check the disk; network file systems often do not keep SQLite's locks, so use a local disk.`,
        cause,
      );
    default:
      return new VernierError(
        "E_STORAGE",
        `SQLite refused a statement on "${path}": ${says}. The command was undone. Please report this with the message.`,
        cause,
      );
  }
}

function full(path: string, cause: ErrorOptions): VernierError {
  return new VernierError(
    "E_STORAGE_FULL",
    `the disk is full: "${path}" could not grow. The command was undone and nothing recorded is lost. ` +
      `Free some space (the study continues where it stopped) or move the storage.`,
    cause,
  );
}

export function corrupt(path: string, says: string, error?: unknown): VernierError {
  return new VernierError(
    "E_STORAGE_CORRUPT",
    `"${path}" is damaged (${says}). A damaged file is never written to. ` +
      `Restore a backup, or save what can be read with: sqlite3 ${path} ".recover" | sqlite3 recovered.db`,
    { ...(error !== undefined && { cause: error }), details: { path } },
  );
}

export function foreign(path: string, why: string, error?: unknown): VernierError {
  return new VernierError(
    "E_STORAGE_FOREIGN",
    `"${path}" is not a study file: ${why}. It was left as it is. Choose another path, or check for a typo.`,
    { ...(error !== undefined && { cause: error }), details: { path } },
  );
}

export function readOnly(path: string, error?: unknown): VernierError {
  return new VernierError(
    "E_STORAGE_READONLY",
    `"${path}" cannot be written. A study file and its folder must be writable (SQLite keeps a -wal and a -shm file beside it). ` +
      `Change the permissions, or use a path in a folder of yours.`,
    { ...(error !== undefined && { cause: error }), details: { path } },
  );
}

export function busy(path: string, waited: number, error: unknown): VernierError {
  return new VernierError(
    "E_STORAGE_BUSY",
    `"${path}" was locked by another process for ${Math.round(waited / 1000)} s. Writers take turns of less than a millisecond, ` +
      `so something holds the lock: a program that has the file open in a transaction, or a backup. Close it and try again.`,
    { cause: error, details: { path } },
  );
}
