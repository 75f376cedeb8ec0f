import { fork } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Storage } from "../core/types.ts";
import { foldedAll } from "../testing/storage/feed.ts";
import { SPEC } from "../testing/storage/bench.ts";
import { APPLICATION_ID, MIGRATIONS, VERSION } from "./schema.ts";
import { sqliteStorage } from "./sqlite.ts";
import { translated } from "./sqlite-errors.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vernier-sqlite-"));
  path = join(folder, "study.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = { type: "start", owner: "me", lease: null } as const;

/** A file with some trials in it, closed. */
async function filled(trials = 300): Promise<void> {
  const storage = await sqliteStorage(path);
  const { id } = await storage.createStudy(SPEC);
  for (let i = 0; i < trials; i++) {
    const suggest = () => ({ params: { a: i, text: "x".repeat(200) }, sampler: "random" });
    await storage.execute(id, { ...start, suggest });
  }
  await storage.close();
}

async function errorOf(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await promise.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (thrown: unknown) => thrown,
  );
  return error as { code: string; message: string };
}

describe("opening", () => {
  test("a study file keeps everything over a close, and says what it is", async () => {
    await filled(3);
    const storage = await sqliteStorage(path);
    const info = await storage.findStudy(SPEC.name);
    expect(info?.counts.running).toBe(3);
    expect(storage.url).toBe(`sqlite:${path}`);
    await storage.close();
    const db = new DatabaseSync(path);
    expect(db.prepare("PRAGMA application_id").get()).toEqual({ application_id: APPLICATION_ID });
    expect(db.prepare("PRAGMA user_version").get()).toEqual({ user_version: VERSION });
    expect(db.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    db.close();
  });

  test("an empty file is a new study file", async () => {
    writeFileSync(path, "");
    await filled(1);
    expect(statSync(path).size).toBeGreaterThan(0);
  });

  test("many at once on a new file", async () => {
    const storages = await Promise.all(Array.from({ length: 5 }, () => sqliteStorage(path)));
    const made = await Promise.allSettled(storages.map(storage => storage.createStudy(SPEC)));
    expect(made.filter(({ status }) => status === "fulfilled").length).toBe(1);
    for (const storage of storages) await storage.close();
  });

  test("a folder that is not there", async () => {
    const error = await errorOf(sqliteStorage(join(folder, "no", "study.db")));
    expect(error.code).toBe("E_STORAGE_DIRECTORY");
    expect(error.message).toMatch(/^the folder ".*no" of ".*study\.db" does not exist\..*mkdir -p/);
  });

  test("a folder in place of the file", async () => {
    mkdirSync(path);
    expect(await errorOf(sqliteStorage(path))).toMatchObject({ code: "E_STORAGE_FOREIGN" });
  });

  test("a file that is not SQLite is refused and left as it is", async () => {
    for (const content of ["lr,loss\n0.1,3\n", "SQLite", "S"]) {
      writeFileSync(path, content);
      const error = await errorOf(sqliteStorage(path));
      expect(error.code).toBe("E_STORAGE_FOREIGN");
      expect(error.message).toContain("is not a study file: it is not a SQLite database. It was left as it is.");
      expect(readFileSync(path, "utf8")).toBe(content);
    }
  });

  test("another program's database is refused and left as it is", async () => {
    const db = new DatabaseSync(path);
    db.exec("CREATE TABLE cookies (a); CREATE TABLE history (b)");
    db.close();
    const before = readFileSync(path);
    const error = await errorOf(sqliteStorage(path));
    expect(error.code).toBe("E_STORAGE_FOREIGN");
    expect(error.message).toContain("another program's database (tables cookies, history)");
    expect(readFileSync(path)).toEqual(before);
  });

  test("an Optuna database is recognised", async () => {
    const db = new DatabaseSync(path);
    db.exec("CREATE TABLE alembic_version (a); CREATE TABLE trial_params (b); CREATE TABLE trials (c)");
    db.close();
    expect((await errorOf(sqliteStorage(path))).message).toContain("it is an Optuna database");
  });

  test("a file of a newer release", async () => {
    await filled(1);
    const db = new DatabaseSync(path);
    db.exec(`PRAGMA user_version = ${VERSION + 1}`);
    db.close();
    const error = await errorOf(sqliteStorage(path));
    expect(error.code).toBe("E_STORAGE_NEWER");
    expect(error.message).toContain(`has schema version ${VERSION + 1}; this release knows versions up to ${VERSION}.`);
  });

  test("a folder or a file that cannot be written", async () => {
    await filled(1);
    const script = `
      const { chmodSync } = await import("node:fs");
      const { sqliteStorage } = await import(${JSON.stringify(new URL("sqlite.ts", import.meta.url).href)});
      await (await import(${JSON.stringify(new URL("driver.ts", import.meta.url).href)})).loadSqlite();
      const path = ${JSON.stringify(path)};
      const tried = async () => sqliteStorage(path).then(() => "opened", error => error.code + " " + error.message);
      const modes = [[0o555, 0o644], [0o777, 0o444]];
      // Root may write anywhere, so the test gives that up; only the owner may change modes, so it does that first.
      const [folderMode, fileMode] = modes[Number(process.argv[2])];
      chmodSync(path, fileMode);
      chmodSync(${JSON.stringify(folder)}, folderMode);
      if (process.getuid?.() === 0) process.setuid(65534);
      process.send(await tried());
    `;
    const file = join(tmpdir(), `vernier-readonly-${process.pid}.mjs`);
    writeFileSync(file, script);
    try {
      for (const mode of ["0", "1"]) {
        const child = fork(file, [mode], { execArgv: [] });
        const answer = await new Promise(resolve => child.once("message", resolve));
        expect(answer).toMatch(
          /^E_STORAGE_READONLY ".*study\.db" cannot be written\..*writable.*Change the permissions/,
        );
      }
    } finally {
      rmSync(file);
    }
  });
});

describe("damage", () => {
  async function readAll(): Promise<void> {
    const storage = await sqliteStorage(path);
    try {
      const info = await storage.findStudy(SPEC.name);
      const { trials } = await storage.snapshot(info!.id);
      JSON.stringify(trials);
      await storage.changes(info!.id, 0, Infinity);
    } finally {
      await storage.close();
    }
  }

  test("overwritten pages", async () => {
    await filled();
    const { size } = statSync(path);
    const file = openSync(path, "r+");
    writeSync(file, Buffer.alloc(size - 4096, 0x5a), 0, size - 4096, 4096);
    closeSync(file);
    const error = await errorOf(readAll());
    expect(error.code).toBe("E_STORAGE_CORRUPT");
    expect(error.message).toMatch(/is damaged \(.*\.recover/);
  });

  test("a damaged first page", async () => {
    await filled();
    const file = openSync(path, "r+");
    writeSync(file, Buffer.alloc(3900, 0xff), 0, 3900, 100);
    closeSync(file);
    expect(await errorOf(readAll())).toMatchObject({ code: "E_STORAGE_CORRUPT" });
  });

  test("a file cut short", async () => {
    await filled();
    truncateSync(path, 40960);
    expect(await errorOf(readAll())).toMatchObject({ code: "E_STORAGE_CORRUPT" });
  });

  test("rows that are not what was written", async () => {
    await filled(3);
    const db = new DatabaseSync(path);
    db.exec("UPDATE trials SET params = '{\"a\":' WHERE number = 1");
    db.close();
    const error = await errorOf(readAll());
    expect(error.code).toBe("E_STORAGE_CORRUPT");
    expect(error.message).toContain("not JSON");
  });
});

describe("a full disk", () => {
  test("so is the I/O error of shared memory that could not be made; other I/O errors are not", () => {
    const refused = (errcode: number): unknown =>
      translated(Object.assign(new Error("disk I/O error"), { errcode }), "s.db");
    expect(refused(4874)).toMatchObject({ code: "E_STORAGE_FULL" });
    expect(refused(266)).toMatchObject({ code: "E_STORAGE_IO" });
  });
  test("SQLite's own refusal is E_STORAGE_FULL", () => {
    const db = new DatabaseSync(path);
    db.exec("CREATE TABLE t (x); PRAGMA max_page_count = 10");
    let error: unknown;
    try {
      db.prepare("INSERT INTO t VALUES (zeroblob(100000))").run();
    } catch (thrown) {
      error = translated(thrown, path);
    }
    db.close();
    expect(error).toMatchObject({ code: "E_STORAGE_FULL" });
    expect((error as Error).message).toMatch(/the disk is full: .* Free some space/);
  });

  test("at any write: the command is undone, nothing recorded is lost, and the storage goes on when there is space", async () => {
    let failAt = Infinity;
    let steps = 0;
    const hook = () => {
      if (++steps === failAt) {
        throw Object.assign(new Error("database or disk is full"), { code: "ERR_SQLITE_ERROR", errcode: 13 });
      }
    };
    const storage = await sqliteStorage(path, { hook });
    const { id } = await storage.createStudy(SPEC);
    const { result } = await storage.execute(id, { ...start, retries: 9 });
    const { number } = result.trial!;
    const commands = [
      { type: "report", number, attempt: 1, step: 1, metrics: { loss: 1 } },
      { type: "checkpoint", number, attempt: 1, step: 1, hash: "sha256-1", size: 1 },
      { type: "fail", number, attempt: 1, error: { kind: "throw", message: "x" } },
      { ...start, suggest: () => ({ params: { a: 1 }, sampler: "s", key: "k" }) },
      { type: "finish", number, attempt: 2, state: "complete", metrics: { loss: 2 } },
    ] as const;
    let refusals = 0;
    for (const command of commands) {
      for (let k = 1; ; k++) {
        const before = await storage.snapshot(id);
        steps = 0;
        failAt = k;
        const error = await storage.execute(id, command).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        failAt = Infinity;
        if (error === undefined) break;
        refusals++;
        expect(error).toMatchObject({ code: "E_STORAGE_FULL" });
        expect(await storage.snapshot(id)).toEqual(before);
      }
    }
    expect(refusals).toBeGreaterThan(20);
    expect((await storage.trial(id, number))?.state).toBe("complete");
    expect(await storage.snapshot(id)).toEqual(foldedAll(await storage.changes(id, 0)));
    await storage.close();
  });
});

describe("a lock held by another program", () => {
  async function held(busyTimeout: number): Promise<{ storage: Storage; other: DatabaseSync }> {
    const storage = await sqliteStorage(path, { busyTimeout });
    await storage.createStudy(SPEC);
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    return { storage, other };
  }

  test('is E_STORAGE_BUSY when it does not end, never "database is locked"', async () => {
    const { storage, other } = await held(20);
    const error = await errorOf(storage.createStudy({ ...SPEC, name: "b" }));
    expect(error.code).toBe("E_STORAGE_BUSY");
    expect(error.message).toMatch(/was locked by another process for .* Close it and try again\.$/);
    expect(await storage.findStudy(SPEC.name)).toBeDefined();
    other.exec("ROLLBACK");
    other.close();
    await storage.createStudy({ ...SPEC, name: "b" });
    await storage.close();
  });

  test("is waited for, and the event loop runs meanwhile", async () => {
    const { storage, other } = await held(30_000);
    const id = (await storage.findStudy(SPEC.name))!.id;
    const pending = Promise.all([storage.execute(id, start), storage.execute(id, start), storage.execute(id, start)]);
    await new Promise(resolve => setImmediate(resolve));
    other.exec("COMMIT");
    other.close();
    const numbers = (await pending).map(({ result }) => result.trial?.number);
    expect(numbers.toSorted()).toEqual([0, 1, 2]);
    await storage.close();
  });
});

test("a copy of the file and its artifacts is a whole backup", async () => {
  const storage = await sqliteStorage(path);
  const { id } = await storage.createStudy(SPEC);
  await storage.execute(id, start);
  await storage.close();
  const copy = join(folder, "copy.db");
  copyFileSync(path, copy);
  const opened = await sqliteStorage(copy);
  expect((await opened.trials(id)).length).toBe(1);
  await opened.close();
});

test("released schemas do not change: append a migration instead", () => {
  const db = new DatabaseSync(":memory:");
  for (const migration of MIGRATIONS) db.exec(migration);
  const schema = db.prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").all();
  const shape = schema.map(({ type, name, sql }) => {
    const columns = type === "table" ? db.prepare(`SELECT name FROM pragma_table_info('${String(name)}')`).all() : [];
    const text =
      columns.length > 0 ? columns.map(column => column["name"]).join(" ") : String(sql).replace(/^.* ON /s, "");
    return `${String(name)}: ${text}`;
  });
  db.close();
  expect(shape).toEqual([
    "events: id at body",
    "logs: trial event",
    "refs: hash study",
    "reports: trial step attempt metrics",
    "sqlite_sequence: name seq",
    "studies: id name spec created_at deleted deleted_wall attrs tags note",
    "trials: id study number state deleted attempt failures retries basis sampler why until bracket queued_at started_at " +
      "finished_at finished owner expires key params metrics last rest",
    "trials_key: trials (study, key) WHERE key IS NOT NULL",
    "trials_lease: trials (study, expires) WHERE expires IS NOT NULL",
    "trials_state: trials (study, state, number) WHERE deleted = 0",
  ]);
});
