/** One study in the middle of a SQLite transaction: what `decide` looks up, and how its answer is written. */
import { applyStudy, hidesBeyond, NO_REPORTS, type TrialEvent } from "../core/fold.ts";
import { metricsFromWire, metricsToWire, type WireMetrics } from "../core/json.ts";
import { cursorOf, studyUnknown } from "../core/refusals.ts";
import { leaseAfter, type Change, type Transaction } from "../core/transact.ts";
import {
  FINISHED,
  type Params,
  type Report,
  type Revision,
  type StudyEvent,
  type StudyInfo,
  type TrialRecord,
} from "../core/types.ts";
import type { Lease, View } from "../core/view.ts";
import type { Value } from "./driver.ts";
import { bodyText, eventsFrom } from "./event-rows.ts";
import { lastText, paramsText, recordFrom, valuesOf, type Row } from "./rows.ts";
import { SPAN } from "./schema.ts";
import type { Statements } from "./statements.ts";
import { storedJson } from "./stored-json.ts";
import { infoFrom } from "./study-rows.ts";

const NO_EVENTS: readonly StudyEvent[] = Object.freeze([]);

/** Called before each statement that writes, by tests that kill or fail at it. */
export type Hook = (step: string) => void;

/** What of a trial's row is not in its record. */
interface LateTrial {
  /** As the event had them that gave them, with their JSON. */
  params: Params | null;
  text: string | null;
  lease: Lease | null;
  /** Revision at which it first finished. */
  finished: number | null;
  key: string | null;
}

/** Lives for one transaction; begins with the study's head, which must exist (E_STUDY_UNKNOWN). */
export class SqliteView implements View {
  readonly #sql: Statements;
  readonly #id: number;
  /** Ids of this study are #base <= id < #end. */
  readonly #base: number;
  readonly #end: number;
  readonly #since: number | undefined;
  readonly #hook: Hook | undefined;
  /** Revision of the last event when the transaction began, and its time. */
  readonly #last: number;
  readonly lastTime: number;
  readonly #deleted: boolean;
  #reserved: number;
  #info: StudyInfo | undefined;
  #before: readonly StudyEvent[] | undefined;
  /** The trials looked up, by number: a command reads its trial twice. */
  readonly #trials = new Map<number, TrialRecord | undefined>();
  /** Trials to be inserted as they stand in the end; undefined where each change is written at once. */
  #late: Map<number, LateTrial> | undefined;
  /** The newest suggestion's parameters and their JSON. */
  #text: { readonly params: Params; readonly text: string } | undefined;

  constructor(sql: Statements, id: number, since: Revision | undefined, hook: Hook | undefined) {
    this.#sql = sql;
    this.#id = id;
    this.#base = id * SPAN;
    this.#end = this.#base + SPAN;
    this.#since = since === undefined ? undefined : cursorOf(since);
    this.#hook = hook;
    const head = Number.isSafeInteger(id) ? (sql.head.get(id, this.#base, this.#end) as unknown) : undefined;
    if (head === undefined) throw studyUnknown(id);
    const [last, at, deleted] = head as [number, number, number];
    this.#last = this.#reserved = last - this.#base;
    this.lastTime = at;
    this.#deleted = deleted === 1;
  }

  /** The last revision, own events included. */
  get revision(): number {
    return this.#reserved;
  }

  // ----------------------------------------------------------------------------------------------------- what decide sees

  study(): Pick<StudyInfo, "spec" | "deleted" | "revision"> {
    const info = () => this.info().spec;
    // The spec is large and wanted only in the words of a refusal.
    return {
      get spec() {
        return info();
      },
      deleted: this.#deleted,
      revision: this.#last,
    };
  }

  info(): StudyInfo {
    return (this.#info ??= infoFrom(this.#sql.study.get(this.#id) as unknown as Row));
  }

  trial(number: number): TrialRecord | undefined {
    const known = this.#trials.get(number);
    if (known !== undefined || this.#late !== undefined || this.#trials.has(number)) return known;
    const row = this.#sql.trial.get(this.#base + number) as unknown as Row | undefined;
    return this.#keep(number, row);
  }

  lease(number: number): Lease | undefined {
    const row = this.#sql.lease.get(this.#base + number) as unknown as [string, number | null] | undefined;
    return row && { owner: row[0], expires: row[1] };
  }

  nextNumber(): number {
    const [last] = this.#sql.lastTrial.get(this.#base, this.#end) as unknown as [number | null];
    return last === null ? 0 : last - this.#base + 1;
  }

  occupied(): number {
    return (this.#sql.occupied.get(this.#id) as unknown as [number])[0];
  }

  oldestWaiting(): TrialRecord | undefined {
    const row = this.#sql.oldestWaiting.get(this.#id) as unknown as Row | undefined;
    return row && this.#keep(row[0] as number, row);
  }

  expired(now: number): TrialRecord[] {
    const rows = this.#sql.expired.all(this.#id, now) as unknown as Row[];
    return rows.map(row => this.#keep(row[0] as number, row)!);
  }

  paused(): TrialRecord[] {
    const rows = this.#sql.paused.all(this.#id) as unknown as Row[];
    return rows.map(row => this.#keep(row[0] as number, row)!);
  }

  reports(number: number): readonly Report[] {
    return reportsFrom(this.#sql.reports.all(this.#base + number) as unknown as ReportRow[]);
  }

  lastReport(number: number, attempt: number): Report | undefined {
    const row = this.#sql.lastReport.get(this.#base + number, attempt) as unknown as ReportRow | undefined;
    return row && reportsFrom([row])[0];
  }

  keyTaken(key: string, except: number): boolean {
    return this.#sql.keyTaken.get(this.#id, key, except) !== undefined;
  }

  eventsSince(): readonly StudyEvent[] {
    if (this.#since === undefined) return NO_EVENTS;
    return (this.#before ??= this.#readSince(this.#since));
  }

  reserve(): Revision {
    return ++this.#reserved;
  }

  #readSince(since: number): readonly StudyEvent[] {
    if (since >= this.#last) return NO_EVENTS;
    return eventsFrom(this.#sql.events.all(this.#base + since, this.#end, -1) as unknown as Row[]);
  }

  #keep(number: number, row: Row | undefined): TrialRecord | undefined {
    const record = row && recordFrom(row);
    this.#trials.set(number, record);
    return record;
  }

  // --------------------------------------------------------------------------------------------------------------- writing

  /**
   * For a whole log into a study without trials: rows are written once, by `flush`, instead of at every change. Until then only `trial`,
   * `reports` and `lastReport` show what was written.
   */
  defer(): void {
    this.#late = new Map();
  }

  /** Inserts the trials that wait for it, in the order of their numbers. */
  flush(): void {
    for (const [number, { params, text, lease, finished, key }] of this.#late ?? []) {
      const record = this.#trials.get(number)!;
      this.#hook?.("trial");
      this.#sql.addWholeTrial.run(
        this.#base + number,
        this.#id,
        number,
        record.queuedAt,
        text !== null && params === record.params ? text : paramsText(record),
        lease?.owner ?? null,
        lease?.expires ?? null,
        ...valuesOf(record),
        finished,
        key,
      );
    }
    this.#late = undefined;
  }

  /** Writes what was decided; the caller's feed, own events included, is returned. */
  write(transaction: Transaction<unknown>): readonly StudyEvent[] {
    // Read before own events are there: they need no reading back.
    const before = this.eventsSince();
    for (const change of transaction.changes) {
      this.append(change.event);
      if (change.after !== undefined) this.#project(change, change.after, transaction);
    }
    const { lease, key } = transaction;
    if (this.#late !== undefined) {
      if (lease !== undefined && transaction.changes.length === 0) this.#late.get(lease.number)!.lease = lease.lease;
      if (key !== undefined) this.#late.get(key.number)!.key = key.key;
      return NO_EVENTS;
    }
    if (lease !== undefined && transaction.changes.length === 0) {
      this.#hook?.("lease");
      this.#sql.setLease.run(lease.lease.owner, lease.lease.expires, this.#base + lease.number);
    }
    if (key !== undefined) {
      this.#hook?.("key");
      this.#sql.setKey.run(key.key, this.#base + key.number);
    }
    if (this.#since === undefined) return NO_EVENTS;
    const own = transaction.changes.map(change => change.event);
    return before.length === 0 ? own : [...before, ...own];
  }

  /** Appends one event; those about the study itself are projected too. */
  append(event: StudyEvent): void {
    this.#hook?.("event");
    const text = this.#paramsOf(event);
    this.#sql.addEvent.run(this.#base + Number(event.revision), event.at, bodyText(event, text));
    if (!event.type.startsWith("study.")) return;
    const info = (this.#info = applyStudy(this.info(), event));
    const wall = info.deleted ? Date.now() : null;
    const json = (value: unknown, empty: boolean) => (empty ? null : JSON.stringify(value));
    this.#hook?.("study");
    this.#sql.updateStudy.run(
      JSON.stringify(info.spec),
      info.deleted ? 1 : 0,
      wall,
      json(info.attrs, Object.keys(info.attrs).length === 0),
      json(info.tags, info.tags.length === 0),
      info.note,
      this.#id,
    );
  }

  /** The JSON of the parameters that a suggestion brings, which the trial's row holds, too. */
  #paramsOf(event: StudyEvent): string | undefined {
    if (event.type !== "trial.started" && event.type !== "trial.suggested") return undefined;
    if (event.params === undefined) return undefined;
    const text = JSON.stringify(event.params);
    this.#text = { params: event.params, text };
    return text;
  }

  /** Params as they are stored. */
  #paramsText(record: TrialRecord): string | null {
    return this.#text !== undefined && record.params === this.#text.params ? this.#text.text : paramsText(record);
  }

  #project({ event, before }: Change, after: TrialRecord, transaction: Transaction<unknown>): void {
    const id = this.#base + after.number;
    const lease = leaseAfter(transaction, after);
    this.#trials.set(after.number, after);
    this.#projectReports(id, before, event as TrialEvent);
    if (this.#late !== undefined) {
      const late = this.#late.get(after.number) ?? { params: null, text: null, lease: null, finished: null, key: null };
      if (this.#text !== undefined && after.params === this.#text.params) Object.assign(late, this.#text);
      if (lease !== undefined) late.lease = lease;
      // As in `setFinished`: a correction of a finished trial does not move it.
      if (before !== undefined && FINISHED.has(after.state) && !FINISHED.has(before.state))
        late.finished = Number(event.revision);
      this.#late.set(after.number, late);
      return;
    }
    if (before === undefined) {
      this.#hook?.("trial");
      const [owner, expires] = lease ? [lease.owner, lease.expires] : [null, null];
      this.#sql.addTrial.run(
        id,
        this.#id,
        after.number,
        after.queuedAt,
        this.#paramsText(after),
        owner,
        expires,
        ...valuesOf(after),
      );
      return;
    }
    if (after === before) return;
    if (event.type === "trial.reported") {
      this.#hook?.("trial");
      this.#sql.setLast.run(lastText(after), id);
      return;
    }
    if (after.params !== before.params) {
      this.#hook?.("params");
      this.#sql.setParams.run(this.#paramsText(after), id);
    }
    const values: Value[] = valuesOf(after);
    this.#hook?.("trial");
    if (lease === undefined) this.#sql.updateTrial.run(...values, id);
    else this.#sql.updateWithLease.run(...values, lease?.owner ?? null, lease?.expires ?? null, id);
    if (FINISHED.has(after.state) && !FINISHED.has(before.state)) {
      this.#hook?.("finished");
      this.#sql.setFinished.run(Number(event.revision), id);
    }
  }

  /** Rows beside the trial's own: reports, log lines, references to artifacts. */
  #projectReports(id: number, before: TrialRecord | undefined, event: TrialEvent): void {
    switch (event.type) {
      case "trial.reported":
        this.#hook?.("report");
        this.#sql.putReport.run(id, event.step, event.attempt, JSON.stringify(metricsToWire(event.metrics)));
        return;
      case "trial.logged":
        this.#hook?.("log");
        this.#sql.addLog.run(id, this.#base + Number(event.revision));
        return;
      case "trial.checkpointed":
      case "trial.artifact":
        this.#hook?.("ref");
        this.#sql.addRef.run(event.type === "trial.artifact" ? event.artifact.hash : event.hash, this.#id);
        return;
    }
    const beyond = hidesBeyond(before, event);
    if (beyond === undefined || before?.last == null) return;
    this.#hook?.("hide");
    this.#sql.hideReports.run(id, beyond);
  }
}

export type ReportRow = readonly [attempt: number, step: number, metrics: string];

export function reportsFrom(rows: readonly ReportRow[]): readonly Report[] {
  if (rows.length === 0) return NO_REPORTS;
  return rows.map(([attempt, step, metrics]) =>
    Object.freeze({ attempt, step, metrics: metricsFromWire(storedJson(metrics) as WireMetrics) }),
  );
}
