/** Artifacts and checkpoints: files beside the database, named by their content, written so that a crash leaves whole files only. */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { VernierError } from "../core/errors.ts";
import { unknownArtifact } from "../core/memory-artifacts.ts";
import type { ArtifactStore } from "../core/types.ts";
import { readOnly } from "./sqlite-errors.ts";

const ADDRESS = /^sha256-[0-9a-f]{64}$/;

/** Where the file of an address lies. The address must be a valid one. */
export function artifactPath(root: string, hash: string): string {
  const digits = hash.slice("sha256-".length);
  return join(root, digits.slice(0, 2), digits.slice(2));
}

/** Whether a text is an address: anything else could walk out of the folder. */
export const isAddress = (hash: unknown): hash is string => typeof hash === "string" && ADDRESS.test(hash);

/** Stores bytes at `<root>/ab/cdef...` by the first digits of their SHA-256. */
export class FileArtifacts implements ArtifactStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async put(bytes: Uint8Array): Promise<{ hash: string; size: number }> {
    const hash = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
    const path = this.#path(hash);
    const stored = await stat(path).catch(() => undefined);
    if (stored?.size === bytes.length) {
      // The new time tells a purge that somebody wants this file after all.
      const now = new Date();
      await utimes(path, now, now);
      return { hash, size: bytes.length };
    }
    try {
      await writeWhole(path, bytes);
    } catch (error) {
      throw refused(error, path);
    }
    return { hash, size: bytes.length };
  }

  async get(hash: string): Promise<Uint8Array> {
    // The check keeps an address from walking out of the folder.
    if (!ADDRESS.test(hash)) throw unknownArtifact(String(hash));
    const path = this.#path(hash);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") throw unknownArtifact(hash);
      throw refused(error, path);
    }
    const found = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
    if (found === hash) return bytes;
    throw new VernierError(
      "E_ARTIFACT_CORRUPT",
      `"${path}" does not hold what its name says. An artifact is named by the hash of its bytes. ` +
        `Restore the file from a backup, or run the trial again.`,
      { details: { hash, found } },
    );
  }

  /** Removes files last put at or before `until` (ms by the machine's clock). Files that cannot be removed stay behind. */
  async remove(hashes: readonly string[], until: number): Promise<void> {
    for (const hash of hashes) {
      if (!ADDRESS.test(hash)) continue;
      const path = this.#path(hash);
      const stored = await stat(path).catch(() => undefined);
      if (stored && Math.floor(stored.mtimeMs) <= until) await rm(path, { force: true }).catch(() => undefined);
    }
  }

  #path(hash: string): string {
    return artifactPath(this.#root, hash);
  }
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Makes a rename outlive a power cut. Windows cannot open folders and does not need it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  try {
    await folder?.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  } finally {
    await folder?.close();
  }
}

function refused(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EROFS" || code === "EPERM") return readOnly(path, error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new VernierError(
      "E_STORAGE_FULL",
      `the disk is full: the artifact "${path}" could not be written. Nothing recorded is lost. ` +
        `Free some space (the study continues where it stopped) or move the storage.`,
      { cause: error },
    );
  }
  return new VernierError(
    "E_STORAGE_IO",
    `reading or writing the artifact "${path}" failed (${message}). The study itself is not touched. Check the disk.`,
    { cause: error },
  );
}
