/** One study of a memory storage: its log, and the projections with the small indexes `decide` looks things up in. */
import { applyCounts, applyStudy, foldReports, NO_COUNTS, NO_REPORTS, type TrialEvent } from "./fold.ts";
import { NumberHeap } from "./heap.ts";
import { importEvents, type ImportOptions } from "./import-log.ts";
import { cursorOf } from "./refusals.ts";
import { leaseAfter, transact, type Change, type Transaction } from "./transact.ts";
import {
  FINISHED,
  type Command,
  type EventBody,
  type Executed,
  type Report,
  type ResultOf,
  type Revision,
  type Snapshot,
  type StudyEvent,
  type StudyInfo,
  type StudySpec,
  type TimedEvent,
  type TrialFilter,
  type TrialRecord,
  type TrialState,
} from "./types.ts";
import type { Lease, View } from "./view.ts";

export class MemoryStudy implements View {
  info: StudyInfo;
  /** Event i has revision i + 1. */
  readonly #events: StudyEvent[] = [];
  readonly #trials: TrialRecord[] = [];
  readonly #reports = new Map<number, Report[]>();
  readonly #leases = new Map<number, Lease>();
  /** No lease expires before this. */
  #firstExpiry = Infinity;
  /** Numbers of waiting trials, and of some that no longer wait. */
  readonly #waiting = new NumberHeap();
  readonly #paused = new Set<number>();
  readonly #finished: number[] = [];
  readonly #counts: Record<TrialState, number> = { ...NO_COUNTS };
  readonly #keys = new Map<string, Set<number>>();
  #since: Revision | undefined;
  #reserved = 0;

  constructor(id: number, spec: StudySpec, at: number) {
    const created: StudyEvent = Object.freeze({ revision: 1, at, type: "study.created", spec });
    this.#events.push(created);
    this.info = applyStudy(undefined, created, id);
  }

  // ------------------------------------------------------------------------------------------------------------- commands

  execute<C extends Command>(command: C, since: Revision | undefined, now: number): Executed<ResultOf<C>> {
    if (since !== undefined) cursorOf(since);
    this.#since = since;
    this.#reserved = this.#events.length;
    const transaction = transact(this, command, now);
    this.#write(transaction);
    const events = since === undefined ? NO_EVENTS : this.changes(since, Infinity);
    return { result: transaction.result, events, revision: this.#events.length };
  }

  /** Fills a fresh study with a log from elsewhere. When it throws, throw the study away. */
  load(events: readonly TimedEvent[], options: ImportOptions): void {
    this.#reserved = this.#events.length;
    importEvents(this, transaction => this.#write(transaction), this.info.spec, events, options);
  }

  /** Appends an event that no command makes. */
  append(body: EventBody, at: number): void {
    const event: StudyEvent = Object.freeze({ revision: this.#events.length + 1, at, ...body });
    this.#events.push(event);
    this.info = applyStudy(this.info, event);
  }

  #write(transaction: Transaction<unknown>): void {
    for (const change of transaction.changes) {
      this.#events.push(change.event);
      if (change.after === undefined) this.info = applyStudy(this.info, change.event);
      else this.#project(change, change.after, transaction);
    }
    const { lease, key } = transaction;
    if (lease !== undefined) {
      this.#leases.set(lease.number, lease.lease);
      if (lease.lease.expires !== null) this.#firstExpiry = Math.min(this.#firstExpiry, lease.lease.expires);
    }
    if (key !== undefined) {
      const numbers = this.#keys.get(key.key);
      if (numbers === undefined) this.#keys.set(key.key, new Set([key.number]));
      else numbers.add(key.number);
    }
  }

  #project({ event, before }: Change, after: TrialRecord, transaction: Transaction<unknown>): void {
    const { number, state } = after;
    this.#trials[number] = after;
    if (event.type === "trial.reported" || this.#reports.has(number)) {
      let visible = this.#reports.get(number);
      if (visible === undefined) this.#reports.set(number, (visible = []));
      foldReports(visible, before, event as TrialEvent);
    }
    applyCounts(this.#counts, before, after);
    if (leaseAfter(transaction, after) === null) this.#leases.delete(number);
    if (before?.state === state && before.deleted === after.deleted) return;
    if (state === "waiting" && !after.deleted) this.#waiting.push(number);
    if (state === "paused") this.#paused.add(number);
    else this.#paused.delete(number);
    if (FINISHED.has(state) && !(before && FINISHED.has(before.state))) this.#finished.push(number);
  }

  // ---------------------------------------------------------------------------------------------------------------- reads

  shown(): StudyInfo {
    return Object.freeze({ ...this.info, revision: this.#events.length, counts: Object.freeze({ ...this.#counts }) });
  }

  changes(since: Revision, limit: number): readonly StudyEvent[] {
    const from = cursorOf(since);
    if (from >= this.#events.length) return NO_EVENTS;
    return this.#events.slice(from, from + limit);
  }

  snapshot(): Snapshot {
    const reports = new Map<number, readonly Report[]>();
    for (const [number, visible] of this.#reports) if (visible.length > 0) reports.set(number, visible.slice());
    return { revision: this.#events.length, trials: this.#trials.slice(), finished: this.#finished.slice(), reports };
  }

  select(filter: TrialFilter): readonly TrialRecord[] {
    const states = filter.states && new Set(filter.states);
    const limit = filter.limit ?? Infinity;
    const found: TrialRecord[] = [];
    for (let i = (filter.after ?? -1) + 1; i < this.#trials.length && found.length < limit; i++) {
      const record = this.#trials[i]!;
      if ((filter.deleted || !record.deleted) && (states?.has(record.state) ?? true)) found.push(record);
    }
    return found;
  }

  logs(number: number): { at: number; attempt: number; text: string }[] {
    const lines = [];
    for (const event of this.#events) {
      if (event.type !== "trial.logged" || event.number !== number) continue;
      lines.push({ at: event.at, attempt: event.attempt, text: event.text });
    }
    return lines;
  }

  /** Addresses of the checkpoints and artifacts the log speaks of. */
  hashes(): Set<string> {
    const hashes = new Set<string>();
    for (const event of this.#events) {
      if (event.type === "trial.checkpointed") hashes.add(event.hash);
      else if (event.type === "trial.artifact") hashes.add(event.artifact.hash);
    }
    return hashes;
  }

  // ----------------------------------------------------------------------------------------------------- what decide sees

  study(): Pick<StudyInfo, "spec" | "deleted" | "revision"> {
    // `info.revision` is only that of the last study event; trials move the log on without a new info object.
    return { spec: this.info.spec, deleted: this.info.deleted, revision: this.#events.length };
  }

  trial(number: number): TrialRecord | undefined {
    return this.#trials[number];
  }

  lease(number: number): Lease | undefined {
    return this.#leases.get(number);
  }

  nextNumber(): number {
    return this.#trials.length;
  }

  occupied(): number {
    const { waiting, running, complete, pruned, failed } = this.#counts;
    return waiting + running + complete + pruned + failed;
  }

  oldestWaiting(): TrialRecord | undefined {
    for (;;) {
      const number = this.#waiting.peek();
      if (number === undefined) return undefined;
      const record = this.#trials[number];
      if (record?.state === "waiting" && !record.deleted) return record;
      this.#waiting.pop();
    }
  }

  expired(now: number): TrialRecord[] {
    if (now < this.#firstExpiry) return [];
    this.#firstExpiry = Infinity;
    const found: { record: TrialRecord; expires: number }[] = [];
    for (const [number, { expires }] of this.#leases) {
      if (expires === null) continue;
      const record = this.#trials[number];
      if (expires <= now && record !== undefined && !record.deleted) found.push({ record, expires });
      this.#firstExpiry = Math.min(this.#firstExpiry, expires);
    }
    found.sort((a, b) => a.expires - b.expires || a.record.number - b.record.number);
    return found.map(({ record }) => record);
  }

  paused(): TrialRecord[] {
    const numbers = [...this.#paused].sort((a, b) => a - b);
    return numbers.map(number => this.#trials[number]!).filter(record => !record.deleted);
  }

  reports(number: number): readonly Report[] {
    return this.#reports.get(number) ?? NO_REPORTS;
  }

  lastReport(number: number, attempt: number): Report | undefined {
    return this.#reports.get(number)?.findLast(report => report.attempt === attempt);
  }

  keyTaken(key: string, except: number): boolean {
    for (const number of this.#keys.get(key) ?? []) {
      if (number !== except && this.#trials[number]?.deleted === false) return true;
    }
    return false;
  }

  eventsSince(): readonly StudyEvent[] {
    return this.#since === undefined ? NO_EVENTS : this.changes(this.#since, Infinity);
  }

  reserve(): Revision {
    return ++this.#reserved;
  }
}

const NO_EVENTS: readonly StudyEvent[] = Object.freeze([]);
