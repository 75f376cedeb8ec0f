/** Studies in a SQLite file, shared by any number of processes of one machine. */
import { systemClock } from "../core/clock.ts";
import { creationOf, importEvents } from "../core/import-log.ts";
import { recordCopy } from "../core/json.ts";
import { checkSpec, cursorOf, storageClosed, studyExists, studyNotDeleted, studyUnknown } from "../core/refusals.ts";
import { transact } from "../core/transact.ts";
import { argsort } from "../math/index.ts";
import {
  STATE,
  type Clock,
  type Command,
  type Executed,
  type Report,
  type ResultOf,
  type Revision,
  type Snapshot,
  type Storage,
  type StudyEvent,
  type StudyInfo,
  type StudySpec,
  type TimedEvent,
  type TrialFilter,
  type TrialRecord,
} from "../core/types.ts";
import { FileArtifacts } from "./artifacts.ts";
import { Connection } from "./connection.ts";
import type { Statement } from "./driver.ts";
import { bodyText, eventsFrom } from "./event-rows.ts";
import { BLOCK } from "./param-texts.ts";
import { RECORD_COLUMNS, recordFrom, recordsFrom, type Row } from "./rows.ts";
import { SPAN } from "./schema.ts";
import { reportsFrom, SqliteView, type Hook, type ReportRow } from "./sqlite-view.ts";
import { infoFrom, wholeInfo } from "./study-rows.ts";
import { TrialPages } from "./trial-pages.ts";

/** How a file is opened. */
export interface SqliteOptions {
  /** Injected time; the system's by default. */
  readonly clock?: Pick<Clock, "now">;
  /** "normal" (default) survives the death of any process; "full" also a power cut at any moment, at about a fifth of the speed. */
  readonly synchronous?: "normal" | "full";
  /** Milliseconds after which a lock held by others is E_STORAGE_BUSY; 30,000 by default. */
  readonly busyTimeout?: number;
  /** Shown as `storage.url`; "sqlite:" and the path by default. */
  readonly url?: string;
  /** @internal For tests that kill or fail between two writes. */
  readonly hook?: Hook;
}

/**
 * Opens a SQLite study file, creating it when it is not there. Artifacts live beside it in "<path>.artifacts".
 *
 * @throws VernierError E_STORAGE_DIRECTORY, E_STORAGE_FOREIGN, E_STORAGE_NEWER, E_STORAGE_READONLY, E_STORAGE_CORRUPT.
 */
export async function sqliteStorage(path: string, options: SqliteOptions = {}): Promise<Storage> {
  const { synchronous = "normal", busyTimeout = 30_000, url = `sqlite:${path}` } = options;
  const connection = await Connection.open(path, { synchronous, busyTimeout });
  return new SqliteStorage(connection, url, options.clock ?? systemClock, options.hook);
}

class SqliteStorage implements Storage {
  readonly url: string;
  readonly artifacts: FileArtifacts;
  readonly #connection: Connection;
  readonly #clock: Pick<Clock, "now">;
  readonly #hook: Hook | undefined;
  #lastTime = 0;
  #closed = false;

  constructor(connection: Connection, url: string, clock: Pick<Clock, "now">, hook: Hook | undefined) {
    this.#connection = connection;
    this.url = url;
    this.#clock = clock;
    this.#hook = hook;
    this.artifacts = new FileArtifacts(`${connection.path}.artifacts`);
  }

  async createStudy(spec: StudySpec): Promise<StudyInfo> {
    checkSpec(spec);
    recordCopy(spec, "E_JSON", "spec");
    return this.#write(sql => {
      const id = this.#addStudy(sql, spec, this.#now(0));
      return wholeInfo(sql, sql.study.get(id) as unknown as Row);
    });
  }

  async importStudy(
    spec: StudySpec,
    events: readonly TimedEvent[],
    options?: { readonly createdAt?: number },
  ): Promise<StudyInfo> {
    checkSpec(spec);
    recordCopy(spec, "E_JSON", "spec");
    return this.#write(sql => {
      const now = this.#now(0);
      const createdAt = creationOf(events, options, now);
      const id = this.#addStudy(sql, spec, createdAt);
      const view = new SqliteView(sql, id, undefined, this.#hook);
      view.defer();
      importEvents(view, transaction => void view.write(transaction), spec, events, { createdAt, now });
      view.flush();
      return wholeInfo(sql, sql.study.get(id) as unknown as Row);
    });
  }

  /** Inserts the study's row and its first event; the id. */
  #addStudy(sql: Connection["sql"], spec: StudySpec, at: number): number {
    const taken = sql.studyNamed.get(spec.name) as unknown as Row | undefined;
    if (taken) throw studyExists(infoFrom(taken));
    this.#hook?.("study");
    const id = Number(sql.addStudy.run(spec.name, JSON.stringify(spec), at).lastInsertRowid);
    this.#hook?.("event");
    sql.addEvent.run(id * SPAN + 1, at, bodyText({ revision: 1, at, type: "study.created", spec }));
    return id;
  }

  async findStudy(name: string, options: { deleted?: boolean } = {}): Promise<StudyInfo | undefined> {
    return this.#read(sql => {
      const row = sql.studyNamed.get(name) as unknown as Row | undefined;
      return row && (options.deleted || row[3] === 0) ? wholeInfo(sql, row) : undefined;
    });
  }

  async listStudies(options: { deleted?: boolean } = {}): Promise<readonly StudyInfo[]> {
    return this.#read(sql => {
      const rows = sql.studies.all() as unknown as Row[];
      return rows.filter(row => options.deleted || row[3] === 0).map(row => wholeInfo(sql, row));
    });
  }

  async deleteStudy(id: StudyInfo["id"]): Promise<void> {
    await this.#setDeleted(id, true);
  }

  async restoreStudy(id: StudyInfo["id"]): Promise<void> {
    await this.#setDeleted(id, false);
  }

  async purgeStudy(id: StudyInfo["id"]): Promise<void> {
    const { db } = this.#connection;
    const removable = await this.#write(sql => {
      const row = sql.study.get(checkedId(id)) as unknown as Row | undefined;
      if (row === undefined) throw studyUnknown(id);
      if (row[3] === 0) throw studyNotDeleted(infoFrom(row).spec.name);
      const hashes = (sql.unsharedRefs.all(id as number) as unknown as [string][]).map(([hash]) => hash);
      const deletedAt = db.prepare("SELECT deleted_wall FROM studies WHERE id = ?").get(id as number)?.["deleted_wall"];
      const [first, end] = range(id as number);
      for (const [table, column] of [
        ["events", "id"],
        ["trials", "id"],
        ["reports", "trial"],
        ["logs", "trial"],
      ] as const) {
        this.#hook?.("purge");
        db.prepare(`DELETE FROM ${table} WHERE ${column} >= ? AND ${column} < ?`).run(first, end);
      }
      this.#hook?.("purge");
      db.prepare("DELETE FROM refs WHERE study = ?").run(id as number);
      this.#hook?.("purge");
      db.prepare("DELETE FROM studies WHERE id = ?").run(id as number);
      return { hashes, deletedAt: Number(deletedAt) };
    });
    // After the commit: a crash here leaves files nobody speaks of, never rows that speak of missing files.
    await this.artifacts.remove(removable.hashes, removable.deletedAt);
  }

  async execute<C extends Command>(id: StudyInfo["id"], command: C, since?: Revision): Promise<Executed<ResultOf<C>>> {
    return this.#write(sql => {
      const view = new SqliteView(sql, checkedId(id), since, this.#hook);
      const transaction = transact(view, command, this.#now(view.lastTime));
      const events = view.write(transaction);
      return { result: transaction.result, events, revision: view.revision };
    });
  }

  async snapshot(id: StudyInfo["id"]): Promise<Snapshot> {
    const [first, end] = range(checkedId(id));
    return this.#read(sql => {
      const [last] = sql.lastEvent.get(first, end) as unknown as [number | null];
      if (last === null) throw studyUnknown(id);
      const order = new FinishingOrder();
      const rows = new TrialPages();
      for (const page of trialPages(sql.allTrials, first, end, order)) rows.add(page);
      const reports = new Map<number, Report[]>();
      const visibleRows = sql.allReports.iterate(first, end) as unknown as Iterable<[number, ...ReportRow]>;
      for (const [trial, ...row] of visibleRows) {
        const visible = reports.get(trial - first);
        const made = reportsFrom([row]);
        if (visible === undefined) reports.set(trial - first, made.slice());
        else visible.push(made[0]!);
      }
      return snapshotOf(last - first, rows, order.numbers(), reports);
    });
  }

  async changes(id: StudyInfo["id"], since: Revision, limit = 10_000): Promise<readonly StudyEvent[]> {
    const [first, end] = range(checkedId(id));
    const from = first + cursorOf(since);
    return this.#read(sql => {
      const rows = sql.events.all(from, end, bounded(limit)) as unknown as Row[];
      if (rows.length === 0) this.#known(id);
      return eventsFrom(rows);
    });
  }

  async trial(id: StudyInfo["id"], number: number): Promise<TrialRecord | undefined> {
    const trial = trialId(id, number);
    return this.#read(sql => {
      const row = trial === undefined ? undefined : (sql.trial.get(trial) as unknown as Row | undefined);
      if (row === undefined) this.#known(id);
      return row && recordFrom(row);
    });
  }

  async trials(id: StudyInfo["id"], filter: TrialFilter = {}): Promise<readonly TrialRecord[]> {
    const [first, end] = range(checkedId(id));
    const { states, after = -1, limit = Infinity, deleted = false } = filter;
    const codes = states?.map(state => Number(STATE[state])) ?? [];
    const where = [
      "id > ? AND id < ?",
      ...(deleted ? [] : ["deleted = 0"]),
      ...(states ? [`state IN (${codes.map(() => "?").join(", ")})`] : []),
    ];
    return this.#read(() => {
      this.#known(id);
      const query = this.#connection.db.prepare(
        `SELECT ${RECORD_COLUMNS} FROM trials WHERE ${where.join(" AND ")} ORDER BY id LIMIT ?`,
      );
      query.setReturnArrays(true);
      const from = Math.max(first - 1, first + after);
      return recordsFrom(query.iterate(from, end, ...codes, bounded(limit)) as unknown as Iterable<Row>);
    });
  }

  async reports(id: StudyInfo["id"], number: number): Promise<readonly Report[]> {
    const trial = trialId(id, number);
    return this.#read(sql => {
      const rows = trial === undefined ? [] : (sql.reports.all(trial) as unknown as ReportRow[]);
      if (rows.length === 0) this.#known(id);
      return reportsFrom(rows);
    });
  }

  async logs(id: StudyInfo["id"], number: number): Promise<readonly { at: number; attempt: number; text: string }[]> {
    const trial = trialId(id, number);
    return this.#read(sql => {
      const rows = trial === undefined ? [] : (sql.logs.all(trial) as unknown as Row[]);
      if (rows.length === 0) this.#known(id);
      const events = eventsFrom(rows) as Extract<StudyEvent, { type: "trial.logged" }>[];
      return events.map(({ at, attempt, text }) => ({ at, attempt, text }));
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }

  async #setDeleted(id: StudyInfo["id"], deleted: boolean): Promise<void> {
    await this.#write(sql => {
      const view = new SqliteView(sql, checkedId(id), undefined, this.#hook);
      if (view.info().deleted === deleted) return;
      const at = this.#now(view.lastTime);
      view.append({ revision: view.reserve(), at, type: deleted ? "study.deleted" : "study.restored" });
    });
  }

  /** Never before the study's last event, nor before what this process saw. */
  #now(lastTime: number): number {
    this.#lastTime = Math.max(this.#lastTime, lastTime, this.#clock.now());
    return this.#lastTime;
  }

  #known(id: StudyInfo["id"]): void {
    if (this.#connection.sql.study.get(id as number) === undefined) throw studyUnknown(id);
  }

  #write<T>(work: (sql: Connection["sql"]) => T): Promise<T> {
    if (this.#closed) throw storageClosed(this.url);
    return this.#connection.transaction(() => {
      this.#hook?.("begun");
      return work(this.#connection.sql);
    }, this.#hook);
  }

  #read<T>(work: (sql: Connection["sql"]) => T): Promise<T> {
    if (this.#closed) throw storageClosed(this.url);
    return this.#connection.reading(() => work(this.#connection.sql));
  }
}

/** A snapshot whose list of records is made only when somebody asks for it. */
function snapshotOf(
  revision: Revision,
  rows: TrialPages,
  finished: readonly number[],
  reports: ReadonlyMap<number, readonly Report[]>,
): Snapshot {
  let trials: readonly TrialRecord[] | undefined;
  const snapshot = {
    revision,
    get trials() {
      return (trials ??= rows.records());
    },
    finished,
    reports,
  };
  return Object.defineProperty(snapshot, "rows", { value: rows });
}

/** A study's trials in pages: read whole, a page costs half of what stepping through its rows would. */
function* trialPages(page: Statement, first: number, end: number, order: FinishingOrder): Generator<readonly Row[]> {
  for (let from = first; ;) {
    const rows = page.all(from, end) as unknown as Row[];
    order.add(rows);
    yield rows;
    if (rows.length < BLOCK) return;
    from = first + (rows[BLOCK - 1]![0] as number) + 1;
  }
}

/** Numbers of finished trials by the revision at which they finished, the column after a record's. */
class FinishingOrder {
  readonly #numbers: number[] = [];
  readonly #revisions: number[] = [];
  /** Trials mostly finish in the order of their numbers; then there is nothing to sort. */
  #sorted = true;

  add(rows: readonly Row[]): void {
    for (const row of rows) {
      const revision = row[18];
      if (revision === null) continue;
      this.#sorted &&= (revision as number) > (this.#revisions.at(-1) ?? -1);
      this.#numbers.push(row[0] as number);
      this.#revisions.push(revision as number);
    }
  }

  numbers(): number[] {
    if (this.#sorted) return this.#numbers;
    return Array.from(argsort(Float64Array.from(this.#revisions)), i => this.#numbers[i]!);
  }
}

function checkedId(id: StudyInfo["id"]): number {
  if (typeof id !== "number" || !Number.isSafeInteger(id)) throw studyUnknown(id);
  return id;
}

/** A LIMIT; SQLite's word for none is -1. */
function bounded(limit: number): number {
  return Number.isFinite(limit) ? Math.max(0, Math.floor(limit)) : -1;
}

function range(id: number): [first: number, end: number] {
  return [id * SPAN, (id + 1) * SPAN];
}

function trialId(id: StudyInfo["id"], number: number): number | undefined {
  const valid = Number.isSafeInteger(number) && number >= 0 && number < SPAN;
  return valid ? checkedId(id) * SPAN + number : undefined;
}
