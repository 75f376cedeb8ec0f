/**
 * Backups of SQLite storages: a folder with the database as of one moment, the artifacts it refers to, and a manifest with the hash of each
 * file, so that damage is found before anything is restored from it.
 *
 * ```
 * backup/manifest.json    what this is, and the database's SHA-256
 * backup/vernier.db       one consistent state, read while writers go on
 * backup/artifacts/ab/…   as beside the storage: named by their SHA-256
 * ```
 */
import { createHash, randomBytes } from "node:crypto";
import { constants, createReadStream, existsSync } from "node:fs";
import { chmod, copyFile, link, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { VernierError } from "../core/errors.ts";
import { spell } from "../space/spell.ts";
import { artifactPath, isAddress } from "./artifacts.ts";
import { Connection } from "./connection.ts";
import { loadSqlite, type Database } from "./driver.ts";
import { checkHeader, versionOf } from "./migrate.ts";
import { SPAN, VERSION } from "./schema.ts";
import { corrupt, translated } from "./sqlite-errors.ts";

const DATABASE = "vernier.db";
const ARTIFACTS = "artifacts";
const MANIFEST = "manifest.json";
const FORMAT = "vernier-backup";

/** What a backup holds. */
export interface BackupSummary {
  /** The backup's folder, or the restored database. */
  readonly path: string;
  readonly studies: readonly { readonly name: string; readonly trials: number; readonly deleted: boolean }[];
  /** Bytes. */
  readonly database: number;
  readonly artifacts: { readonly files: number; readonly bytes: number };
  /** Addresses that the database refers to and that were missing or damaged when the backup was made. */
  readonly missing: readonly string[];
}

interface Manifest {
  readonly format: typeof FORMAT;
  readonly version: 1;
  readonly schema: number;
  readonly sha256: string;
  readonly size: number;
  readonly artifacts: BackupSummary["artifacts"];
  readonly missing: readonly string[];
}

/** What is backed up. */
export interface BackupOptions {
  /** Only the study of this name; all of them, deleted ones included, when left out. */
  readonly study?: string;
}

/**
 * Copies a storage into a new folder while other processes may write to it: everything committed when it begins, and nothing after.
 *
 * @param file The database.
 * @param out The folder to make; its parent must exist.
 * @throws VernierError E_BACKUP_EXISTS, E_BACKUP_FOLDER, E_STUDY_UNKNOWN, E_STORAGE_*
 */
export async function backupStorage(file: string, out: string, options: BackupOptions = {}): Promise<BackupSummary> {
  const folder = resolve(out);
  if (!existsSync(file))
    throw new VernierError(
      "E_STORAGE_MISSING",
      `there is no file ${spell(resolve(file), 200)} to back up. Correct the path.`,
    );
  if (existsSync(folder)) throw exists(folder, "a backup is made in a new folder, so that none is ever overwritten");
  const temporary = `${folder}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(temporary).catch((error: unknown) => {
      throw folderError(dirname(folder), error);
    });
    const database = join(temporary, DATABASE);
    const connection = await Connection.open(file, { synchronous: "normal", busyTimeout: 30_000 });
    try {
      await connection.run(() => connection.db.prepare("VACUUM INTO ?").run(database));
    } finally {
      connection.close();
    }
    if (options.study !== undefined) await keepOnly(database, options.study);
    const { studies, hashes, schema } = await contents(database);
    const copied = await copyArtifacts(`${resolve(file)}.artifacts`, join(temporary, ARTIFACTS), hashes);
    const { size } = await stat(database);
    const manifest: Manifest = {
      format: FORMAT,
      version: 1,
      schema,
      sha256: await hashOf(database),
      size,
      artifacts: { files: copied.files, bytes: copied.bytes },
      missing: copied.missing,
    };
    await writeFile(join(temporary, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
    // Opened as a storage it would be written to, and no longer match its hash.
    await chmod(database, 0o444);
    for (const path of [database, join(temporary, MANIFEST)]) await sync(path);
    await rename(temporary, folder).catch((error: unknown) => {
      throw existsSync(folder) ? exists(folder, "somebody made it meanwhile") : error;
    });
    return { path: folder, studies, database: size, artifacts: manifest.artifacts, missing: manifest.missing };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw refused(error, file, folder);
  }
}

/**
 * Makes a storage from a backup after checking every byte of it. Nothing of a backup that fails a check is restored.
 *
 * @param backup The backup's folder.
 * @param file The database to make. Neither it nor its artifacts may exist.
 * @throws VernierError E_BACKUP_FOREIGN, E_BACKUP_DAMAGED, E_BACKUP_NEWER, E_BACKUP_EXISTS, E_STORAGE_*
 */
export async function restoreStorage(backup: string, file: string): Promise<BackupSummary> {
  const folder = resolve(backup);
  const target = resolve(file);
  const manifest = await readManifest(folder);
  for (const taken of [target, `${target}-wal`, `${target}.artifacts`])
    if (existsSync(taken))
      throw exists(taken, "a backup is restored to a new file, so that no study is ever overwritten");
  const source = join(folder, DATABASE);
  const temporary = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await copyFile(source, temporary, constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" && !existsSync(source)) throw damaged(folder, `${DATABASE} is missing`);
      throw folderError(dirname(target), error);
    });
    await chmod(temporary, 0o644);
    // The copy is checked, not the original: what is restored is what was checked.
    const { size } = await stat(temporary);
    if (size !== manifest.size)
      throw damaged(folder, `${DATABASE} has ${size} bytes, and ${manifest.size} when it was made`);
    if ((await hashOf(temporary)) !== manifest.sha256)
      throw damaged(folder, `${DATABASE} has changed since it was made`);
    const { studies, hashes } = await contents(temporary);
    const wanted = hashes.filter(hash => !manifest.missing.includes(hash));
    const copied = await copyArtifacts(join(folder, ARTIFACTS), `${temporary}.artifacts`, wanted);
    const [lost] = copied.missing;
    if (lost !== undefined)
      throw damaged(
        folder,
        `of its ${wanted.length} artifacts ${copied.missing.length} are missing or changed, such as ${lost}`,
      );
    await sync(temporary);
    if (copied.files > 0) await rename(`${temporary}.artifacts`, `${target}.artifacts`);
    // The database comes last, and a link fails where somebody made one meanwhile: whoever sees it sees all of it.
    await link(temporary, target).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") throw exists(target, "somebody made it meanwhile");
      // File systems without links.
      await rename(temporary, target);
    });
    return { path: target, studies, database: size, artifacts: manifest.artifacts, missing: manifest.missing };
  } catch (error) {
    throw refused(error, target, dirname(target));
  } finally {
    for (const rest of [temporary, `${temporary}.artifacts`]) await rm(rest, { recursive: true, force: true });
  }
}

async function readManifest(folder: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(join(folder, MANIFEST), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = !existsSync(folder)
      ? "it does not exist"
      : code === "ENOTDIR"
        ? "it is a file"
        : code === "ENOENT"
          ? `it has no ${MANIFEST}`
          : `its ${MANIFEST} cannot be read (${code ?? String(error)})`;
    throw foreignBackup(folder, why, error);
  }
  let value: Partial<Manifest> | null;
  try {
    value = JSON.parse(text) as Partial<Manifest> | null;
  } catch (error) {
    throw damaged(folder, `${MANIFEST} is not JSON`, error);
  }
  if (typeof value !== "object" || value?.format !== FORMAT)
    throw foreignBackup(folder, `its ${MANIFEST} is not one of ours`);
  if (typeof value.version !== "number" || value.version > 1 || Number(value.schema) > VERSION)
    throw new VernierError(
      "E_BACKUP_NEWER",
      `the backup ${spell(folder, 200)} has format ${spell(value.version)} and schema ${spell(value.schema)}; this release knows 1 and ${VERSION}. ` +
        "A newer release made it. Update vernier, or restore it with the release that made it.",
    );
  const { sha256, size, schema, artifacts, missing } = value;
  const whole =
    typeof sha256 === "string" &&
    typeof size === "number" &&
    typeof schema === "number" &&
    typeof artifacts === "object" &&
    Array.isArray(missing) &&
    missing.every(isAddress);
  if (!whole) throw damaged(folder, `${MANIFEST} lacks some of its fields`);
  return value as Manifest;
}

/** What a closed database holds; throws when it is damaged or no storage of ours. */
async function contents(
  path: string,
): Promise<{ studies: BackupSummary["studies"]; hashes: readonly string[]; schema: number }> {
  checkHeader(path);
  return withDatabase(path, true, db => {
    const schema = versionOf(db, path);
    if (schema === 0) throw new VernierError("E_STORAGE_FOREIGN", `"${path}" is not a study file: it is empty.`);
    const [first] = db.prepare("PRAGMA integrity_check(1)").all();
    const says = String(Object.values(first ?? {})[0]);
    if (says !== "ok") throw corrupt(path, says);
    const rows = db
      .prepare(
        `SELECT s.name AS name, s.deleted AS deleted, (SELECT count(*) FROM trials t WHERE t.study = s.id AND t.deleted = 0) AS trials
         FROM studies s ORDER BY s.id`,
      )
      .all();
    const studies = rows.map(row => ({
      name: String(row["name"]),
      trials: Number(row["trials"]),
      deleted: row["deleted"] === 1,
    }));
    const hashes = db.prepare("SELECT DISTINCT hash FROM refs ORDER BY hash").all();
    return { studies, hashes: hashes.map(row => String(row["hash"])).filter(isAddress), schema };
  });
}

/** Removes every study but one from a copy. */
async function keepOnly(path: string, study: string): Promise<void> {
  await withDatabase(path, false, db => {
    const row = db.prepare("SELECT id FROM studies WHERE name = ?").get(study);
    if (row === undefined)
      throw new VernierError(
        "E_STUDY_UNKNOWN",
        `there is no study ${spell(study)} to back up. See \`vernier studies\`.`,
      );
    const id = Number(row["id"]);
    const [first, end] = [id * SPAN, (id + 1) * SPAN];
    db.exec("BEGIN");
    for (const [table, column] of [
      ["events", "id"],
      ["trials", "id"],
      ["reports", "trial"],
      ["logs", "trial"],
    ] as const)
      db.prepare(`DELETE FROM ${table} WHERE ${column} < ? OR ${column} >= ?`).run(first, end);
    db.prepare("DELETE FROM refs WHERE study <> ?").run(id);
    db.prepare("DELETE FROM studies WHERE id <> ?").run(id);
    db.exec("COMMIT; VACUUM");
  });
}

async function withDatabase<T>(path: string, readOnly: boolean, work: (db: Database) => T): Promise<T> {
  const { DatabaseSync } = await loadSqlite();
  const db = new DatabaseSync(path, { readOnly });
  try {
    return work(db);
  } catch (error) {
    throw translated(error, path);
  } finally {
    db.close();
  }
}

/** Copies artifacts whose bytes are what their names say; the others are `missing`. */
async function copyArtifacts(
  from: string,
  to: string,
  hashes: readonly string[],
): Promise<{ files: number; bytes: number; missing: string[] }> {
  let [files, bytes] = [0, 0];
  const missing: string[] = [];
  for (const hash of hashes) {
    const copy = artifactPath(to, hash);
    await mkdir(dirname(copy), { recursive: true });
    const copied = await copyFile(artifactPath(from, hash), copy, constants.COPYFILE_FICLONE).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return false;
        throw error;
      },
    );
    if (!copied || `sha256-${await hashOf(copy)}` !== hash) {
      await rm(copy, { force: true });
      missing.push(hash);
      continue;
    }
    await sync(copy);
    files++;
    bytes += (await stat(copy)).size;
  }
  return { files, bytes, missing };
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } catch (error) {
    // Windows does not flush what is open for reading.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  } finally {
    await file.close();
  }
}

function exists(path: string, rule: string): VernierError {
  return new VernierError(
    "E_BACKUP_EXISTS",
    `${spell(path, 200)} exists already: ${rule}. Choose another name, or move it away.`,
  );
}

function foreignBackup(folder: string, why: string, cause?: unknown): VernierError {
  return new VernierError(
    "E_BACKUP_FOREIGN",
    `${spell(folder, 200)} is not a backup of ours: ${why}. A backup is the folder that \`vernier backup\` made. Nothing was restored. Correct the path.`,
    cause === undefined ? {} : { cause },
  );
}

function damaged(folder: string, why: string, cause?: unknown): VernierError {
  return new VernierError(
    "E_BACKUP_DAMAGED",
    `the backup ${spell(folder, 200)} is damaged: ${why}. A backup whose bytes changed is never restored; nothing was. Use another backup.`,
    cause === undefined ? {} : { cause },
  );
}

/** SQLite's and the file system's refusals in our words. */
function refused(error: unknown, database: string, folder: string): unknown {
  // SQLite names the file it reads; what is full is where the copy goes.
  if (error instanceof VernierError && error.code === "E_STORAGE_FULL")
    return folderError(folder, Object.assign(new Error("the disk is full"), { cause: error }));
  if (error instanceof VernierError) return error;
  return typeof (error as NodeJS.ErrnoException).syscall === "string"
    ? folderError(folder, error)
    : translated(error, database);
}

function folderError(folder: string, cause: unknown): VernierError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new VernierError(
    "E_BACKUP_FOLDER",
    code === "ENOENT"
      ? `the folder ${spell(folder, 200)} does not exist. A backup is made in a folder that is there. Create it, or correct the path.`
      : `nothing can be made in ${spell(folder, 200)} (${code ?? message}). Choose a folder you may write to that has room.`,
    { cause },
  );
}
