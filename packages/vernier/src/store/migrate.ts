/** Recognising a file as ours and bringing it to this release's version. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { VernierError } from "../core/errors.ts";
import type { Database } from "./driver.ts";
import { APPLICATION_ID, MIGRATIONS, VERSION } from "./schema.ts";
import { foreign } from "./sqlite-errors.ts";

const MAGIC = "SQLite format 3\0";

/** Refuses what is no SQLite file, before SQLite gets to touch it. An empty file is a database that was not written yet. */
export function checkHeader(path: string): void {
  const file = openSync(path, "r");
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw foreign(path, "it is a folder");
    const bytes = Buffer.alloc(MAGIC.length);
    const read = readSync(file, bytes, 0, MAGIC.length, 0);
    if (read > 0 && bytes.toString("latin1", 0, read) !== MAGIC) throw foreign(path, "it is not a SQLite database");
  } finally {
    closeSync(file);
  }
}

/** The version of an open database, 0 when it is empty. Throws E_STORAGE_FOREIGN, E_STORAGE_NEWER; writes nothing. */
export function versionOf(db: Database, path: string): number {
  if (db.isTransaction) return readVersion(db, path);
  // All of it from one state of the file: an id read before another process made the tables, and tables read after, look foreign.
  db.exec("BEGIN");
  try {
    return readVersion(db, path);
  } finally {
    if (db.isTransaction) db.exec("COMMIT");
  }
}

function readVersion(db: Database, path: string): number {
  const id = numberOf(db, "PRAGMA application_id");
  const version = numberOf(db, "PRAGMA user_version");
  if (id !== APPLICATION_ID) {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    if (tables.length === 0 && id === 0) return 0;
    const names = tables.map(table => String(table["name"]));
    const optuna = names.includes("alembic_version") && names.includes("trial_params");
    const whose = optuna ? "it is an Optuna database" : `it is another program's database (tables ${shortList(names)})`;
    throw foreign(path, whose);
  }
  if (version > VERSION) {
    throw new VernierError(
      "E_STORAGE_NEWER",
      `"${path}" has schema version ${version}; this release knows versions up to ${VERSION}. ` +
        `A newer release wrote it, and an older one must not. Update vernier, or use the release that made the file.`,
      { details: { path, version, known: VERSION } },
    );
  }
  return version;
}

/** Brings the database to `VERSION` in one transaction. Safe when several processes do it at once: the later ones find it done. */
export function migrate(db: Database, path: string): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    // Read again: another process may have been quicker.
    for (let version = versionOf(db, path); version < VERSION; version++) db.exec(MIGRATIONS[version] ?? "");
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function numberOf(db: Database, pragma: string): number {
  const row = db.prepare(pragma).get();
  return row === undefined ? 0 : Number(Object.values(row)[0]);
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(", ");
  return names.length > 4 ? `${shown}, ...` : shown || "none";
}
