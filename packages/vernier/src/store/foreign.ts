/** Other programs' SQLite files: read from one state without ever writing, and written whole or not at all. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { VernierError } from "../core/errors.ts";
import { loadSqlite, type Database, type Value } from "./driver.ts";
import { resultCode } from "./sqlite-errors.ts";

export type ForeignRow = Readonly<Record<string, unknown>>;
export type { Value as ForeignValue } from "./driver.ts";

/** A foreign file while it is read. */
export interface ForeignReader {
  /** Tables by name with their columns. Views, virtual tables and SQLite's own are not among them. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** Rows as they come from the file, one at a time. */
  rows(sql: string, ...values: Value[]): Iterable<ForeignRow>;
}

/** A foreign file while it is made, in one transaction. */
export interface ForeignWriter {
  exec(sql: string): void;
  /** Makes a function that runs a statement with values. */
  prepare(sql: string): (...values: Value[]) => void;
}

/**
 * Runs synchronous reads of another program's database, all in one read transaction. The file is opened read-only; its views and
 * triggers are not run.
 *
 * @throws VernierError E_IMPORT_FORMAT when it is no database, E_IMPORT_READ when it cannot be read or is damaged; what `work` throws.
 */
export async function readForeign<T>(path: string, work: (reader: ForeignReader) => T): Promise<T> {
  const file = resolve(path);
  if (!existsSync(file)) throw unreadable(path, "does not exist", "Check the path for a typo.");
  if (statSync(file).isDirectory()) throw unreadable(path, "is a folder", "Name the file in it.");
  const { DatabaseSync } = await loadSqlite();
  let db: Database | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: 5_000, allowExtension: false });
    db.exec("PRAGMA trusted_schema = OFF; BEGIN");
    const open = db;
    return work({
      tables: tablesOf(open),
      rows: (sql, ...values) => open.prepare(sql).iterate(...values) as Iterable<ForeignRow>,
    });
  } catch (error) {
    throw translated(path, error);
  } finally {
    db?.close();
  }
}

function tablesOf(db: Database): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const names = db.prepare("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main'").all();
  const columns = db.prepare("SELECT name FROM pragma_table_info(?)");
  for (const { name } of names) {
    const table = String(name);
    if (!table.startsWith("sqlite_"))
      found.set(
        table,
        columns.all(table).map(column => String(column["name"])),
      );
  }
  return found;
}

/**
 * Makes a database that is not there yet: written beside its place, in one transaction, and renamed when it is whole.
 *
 * @throws VernierError E_EXPORT_EXISTS when there is something at the path, E_EXPORT_WRITE; what `work` throws.
 */
export async function createForeign(path: string, work: (writer: ForeignWriter) => void): Promise<void> {
  const file = resolve(path);
  if (existsSync(file)) {
    throw new VernierError(
      "E_EXPORT_EXISTS",
      `${path} exists. An export makes a new file, so that nothing is overwritten. Choose another name, or remove the file first.`,
      { details: { path } },
    );
  }
  const { DatabaseSync } = await loadSqlite();
  const draft = `${file}.${process.pid}.part`;
  rmSync(draft, { force: true });
  let db: Database | undefined;
  try {
    db = new DatabaseSync(draft);
    const open = db;
    // Nothing to protect before the rename: the draft is thrown away when anything fails.
    open.exec("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN");
    work({
      exec: sql => open.exec(sql),
      prepare: sql => {
        const statement = open.prepare(sql);
        return (...values) => void statement.run(...values);
      },
    });
    open.exec("COMMIT");
    open.close();
    db = undefined;
    flush(draft);
    renameSync(draft, file);
  } catch (error) {
    if (error instanceof VernierError) throw error;
    throw new VernierError(
      "E_EXPORT_WRITE",
      `${path} cannot be written (${error instanceof Error ? error.message : String(error)}). Nothing was left behind. ` +
        `Check that its folder exists and is writable.`,
      { cause: error, details: { path } },
    );
  } finally {
    db?.close();
    rmSync(draft, { force: true });
  }
}

/** The bytes reach the disk before the name does. */
function flush(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** SQLite's primary result codes, https://sqlite.org/rescode.html. */
const NOT_A_DATABASE = 26;

function translated(path: string, error: unknown): unknown {
  if (error instanceof VernierError) return error;
  const code = resultCode(error);
  const says = error instanceof Error ? error.message : String(error);
  if (code === NOT_A_DATABASE) {
    return new VernierError(
      "E_IMPORT_FORMAT",
      `${path} is not a SQLite database. Nothing was imported. Check that it is the right file.`,
      { cause: error, details: { path } },
    );
  }
  if (code === undefined && (error as { code?: unknown }).code !== "ERR_OUT_OF_RANGE") return error;
  return unreadable(
    path,
    `cannot be read (${says})`,
    "Check its rights and, with sqlite3, PRAGMA integrity_check.",
    error,
  );
}

function unreadable(path: string, fact: string, next: string, cause?: unknown): VernierError {
  return new VernierError("E_IMPORT_READ", `${path} ${fact}. Nothing was imported. ${next}`, {
    ...(cause !== undefined && { cause }),
    details: { path },
  });
}
