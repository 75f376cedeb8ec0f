/** One connection to a SQLite file: opened with care, and a turn at writing taken without ever showing "database is locked". */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { VernierError } from "../core/errors.ts";
import { loadSqlite, type Database } from "./driver.ts";
import { checkHeader, migrate, versionOf } from "./migrate.ts";
import { VERSION } from "./schema.ts";
import { busy, isBusy, readOnly, translated } from "./sqlite-errors.ts";
import { prepare, type Statements } from "./statements.ts";

export interface ConnectionOptions {
  readonly synchronous: "normal" | "full";
  /** Give up waiting for the lock after this many milliseconds. */
  readonly busyTimeout: number;
}

/** How long SQLite itself sleeps on a lock, ms; past it we wait without blocking the event loop. */
const BLOCKING_WAIT = 2;

export class Connection {
  readonly path: string;
  readonly db: Database;
  readonly sql: Statements;
  readonly #busyTimeout: number;
  /** Settles when the operation of this process that waits for the lock got it. */
  #queue: Promise<void> | undefined;

  private constructor(path: string, db: Database, busyTimeout: number) {
    this.path = path;
    this.db = db;
    this.sql = prepare(db);
    this.#busyTimeout = busyTimeout;
  }

  /** Opens or creates the file. Throws E_STORAGE_DIRECTORY, _FOREIGN, _NEWER, _READONLY, _CORRUPT, _BUSY. */
  static async open(file: string, { synchronous, busyTimeout }: ConnectionOptions): Promise<Connection> {
    const path = resolve(file);
    checkPlace(path);
    const { DatabaseSync } = await loadSqlite();
    const db = await patiently(path, busyTimeout, () => new DatabaseSync(path, { timeout: BLOCKING_WAIT }));
    try {
      const version = await patiently(path, busyTimeout, () => versionOf(db, path));
      await patiently(path, busyTimeout, () => db.exec("PRAGMA journal_mode = WAL"));
      // Writing the log back every 16 MB instead of 4 is a tenth quicker; at most 64 MB of it stay on disk afterwards.
      db.exec(
        `PRAGMA synchronous = ${synchronous}; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -4000; PRAGMA wal_autocheckpoint = 4000`,
      );
      if (version < VERSION) await patiently(path, busyTimeout, () => migrate(db, path));
      return await patiently(path, busyTimeout, () => new Connection(path, db, busyTimeout));
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /**
   * Runs synchronous work that needs a lock; when another process holds it, waits and runs it again from its start. Operations of
   * this process keep their order while waiting.
   */
  async run<T>(work: () => T): Promise<T> {
    while (this.#queue !== undefined) await this.#queue;
    const outcome = attempt(work, this.path);
    if (!("busy" in outcome)) return outcome.value;
    let done = (): void => {};
    this.#queue = new Promise(resolved => (done = resolved));
    try {
      return await patiently(this.path, this.#busyTimeout, work);
    } finally {
      this.#queue = undefined;
      done();
    }
  }

  /** A write transaction around synchronous work. When anything throws, nothing has happened. */
  transaction<T>(work: () => T, hook?: (step: string) => void): Promise<T> {
    return this.run(() => {
      this.sql.begin.run();
      try {
        const result = work();
        hook?.("commit");
        this.sql.commit.run();
        return result;
      } catch (error) {
        if (this.db.isTransaction) this.sql.rollback.run();
        throw error;
      }
    });
  }

  /** Several reads of one state of the file. */
  reading<T>(work: () => T): Promise<T> {
    return this.run(() => {
      this.sql.beginRead.run();
      try {
        return work();
      } finally {
        this.sql.commit.run();
      }
    });
  }

  close(): void {
    this.db.close();
  }
}

type Attempt<T> = { readonly value: T } | { readonly busy: unknown };

function attempt<T>(work: () => T, path: string): Attempt<T> {
  try {
    return { value: work() };
  } catch (error) {
    if (isBusy(error)) return { busy: error };
    throw translated(error, path);
  }
}

/** Tries until the lock is free: soon at first, then every few milliseconds, at random so that waiting processes take turns. */
async function patiently<T>(path: string, limit: number, work: () => T): Promise<T> {
  const start = performance.now();
  for (let tries = 0; ; tries++) {
    const outcome = attempt(work, path);
    if (!("busy" in outcome)) return outcome.value;
    const waited = performance.now() - start;
    if (waited >= limit) throw busy(path, waited, outcome.busy);
    await new Promise(later => setTimeout(later, Math.random() * Math.min(1 + tries, 10)));
  }
}

/** What can be said about a path before SQLite opens it, better than SQLite says it. */
function checkPlace(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new VernierError(
      "E_STORAGE_DIRECTORY",
      `the folder "${folder}" of "${path}" does not exist. A study file is made in a folder that is there. ` +
        `Create it (mkdir -p), or check the path for a typo.`,
      { details: { path } },
    );
  }
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    if (!existsSync(path)) return;
    if (!statSync(path).isDirectory()) accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw readOnly(path, error);
  }
  checkHeader(path);
}
