/** What a SQLite storage and its studies take on the disk. Reads only. */
import { statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { artifactPath } from "./artifacts.ts";
import { Connection } from "./connection.ts";
import { SPAN } from "./schema.ts";

/** Bytes on the disk. */
export interface StorageUsage {
  /** The database with its write-ahead log. */
  readonly database: number;
  /** Of it, pages that nothing uses and new trials fill first. */
  readonly free: number;
  readonly artifacts: number;
}

/** What `purgeStudy` of a study would remove. */
export interface StudyUsage {
  readonly trials: number;
  readonly events: number;
  readonly reports: number;
  /** About how many bytes of the database its rows take. */
  readonly rows: number;
  /** Files that no other study refers to. */
  readonly artifacts: { readonly files: number; readonly bytes: number };
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** @throws VernierError E_STORAGE_* */
export async function storageUsage(path: string): Promise<StorageUsage> {
  const free = await withConnection(path, ({ db }) => {
    const pages = Number(Object.values(db.prepare("PRAGMA freelist_count").get() ?? {})[0] ?? 0);
    const size = Number(Object.values(db.prepare("PRAGMA page_size").get() ?? {})[0] ?? 0);
    return pages * size;
  });
  const artifacts = await folderSize(`${path}.artifacts`);
  return { database: sizeOf(path) + sizeOf(`${path}-wal`), free, artifacts };
}

/** @throws VernierError E_STORAGE_* */
export async function studyUsage(path: string, id: number): Promise<StudyUsage> {
  const [first, end] = [id * SPAN, (id + 1) * SPAN];
  const found = await withConnection(path, ({ db, sql }) => {
    const row = (text: string): Record<string, unknown> => db.prepare(text).get(first, end) ?? {};
    const events = row("SELECT count(*) AS n, sum(length(body) + 18) AS bytes FROM events WHERE id >= ? AND id < ?");
    const trials = row(
      `SELECT count(*) AS n, sum(80 + coalesce(length(params), 0) + coalesce(length(metrics), 0) + coalesce(length(last), 0)
         + coalesce(length(rest), 0) + 2 * coalesce(length(key), 0)) AS bytes FROM trials WHERE id >= ? AND id < ?`,
    );
    const reports = row(
      "SELECT count(*) AS n, sum(length(metrics) + 26) AS bytes FROM reports WHERE trial >= ? AND trial < ?",
    );
    const hashes = (sql.unsharedRefs.all(id) as unknown as [string][]).map(([hash]) => hash);
    const number = (value: unknown): number => Number(value ?? 0);
    return {
      trials: number(trials["n"]),
      events: number(events["n"]),
      reports: number(reports["n"]),
      rows: number(events["bytes"]) + number(trials["bytes"]) + number(reports["bytes"]),
      hashes,
    };
  });
  let [files, bytes] = [0, 0];
  for (const hash of found.hashes) {
    const file = await stat(artifactPath(`${path}.artifacts`, hash)).catch(() => undefined);
    if (file === undefined) continue;
    files++;
    bytes += file.size;
  }
  const { hashes: _, ...counts } = found;
  return { ...counts, artifacts: { files, bytes } };
}

/**
 * Gives pages that nothing uses back to the disk. Needs a moment without writers and as much free disk as the file is large.
 *
 * @throws VernierError E_STORAGE_BUSY, E_STORAGE_FULL, E_STORAGE_*
 */
export async function shrinkStorage(path: string): Promise<void> {
  await withConnection(path, ({ db }) => {
    db.exec("VACUUM");
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  });
}

async function withConnection<T>(path: string, work: (connection: Connection) => T): Promise<T> {
  const connection = await Connection.open(path, { synchronous: "normal", busyTimeout: 30_000 });
  try {
    return await connection.run(() => work(connection));
  } finally {
    connection.close();
  }
}

async function folderSize(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries)
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  return bytes;
}
