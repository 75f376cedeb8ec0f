/**
 * What samplers and schedulers read: the study as columns of typed arrays, folded from the log. Opening costs one pass over a
 * snapshot; every event after that costs O(1), however long the study is.
 */
import type { SpaceEdit } from "../space/index.ts";
import type { Codec, Params, SpaceJson } from "../space/types.ts";
import { applyTrial, foldReports, isTrialEvent, NO_REPORTS } from "./fold.ts";
import { measure, type Measured } from "./measure.ts";
import { SeenKeys } from "./seen.ts";
import {
  FINISHED,
  START,
  STATE,
  type History,
  type Report,
  type Revision,
  type Snapshot,
  type StudyEvent,
  type StudySpec,
  type TrialRecord,
  type TrialRows,
} from "./types.ts";

/** What a history is made of. */
export interface HistoryOptions {
  /** Objectives and constraints are read from it. */
  readonly spec: Pick<StudySpec, "objectives" | "constraints">;
  /** The space made ready. */
  readonly codec: Codec;
  /** Where to begin; from nothing when left out. */
  readonly snapshot?: Snapshot;
  /** Makes the codec of an edited space. Without it an edit waits for `setCodec`. */
  readonly compile?: (space: SpaceJson) => Codec;
  /** Makes what reads older parameters through an edited space. Without it what does not fit as it is does not fit. */
  readonly migration?: (space: SpaceJson) => SpaceEdit["migrate"] | undefined;
}

/** A `History` that follows the log: `apply` each event once, in order. */
export class LiveHistory implements History {
  readonly objectives: History["objectives"];
  readonly constraints: History["constraints"];
  revision: Revision = START;
  generation = 0;
  size = 0;
  states = new Uint8Array(0);
  x = new Float64Array(0);
  values = new Float64Array(0);
  violation = new Float64Array(0);
  lastStep = new Float64Array(0);
  ranked = new Uint8Array(0);
  finished = new Int32Array(0);
  finishedCount = 0;
  pending: readonly number[] = [];
  #codec: Codec;
  #codecVersion: number;
  #migrate: SpaceEdit["migrate"] | undefined;
  readonly #compile: HistoryOptions["compile"];
  readonly #migration: HistoryOptions["migration"];
  /** Trials the log has spoken of since the snapshot, and those somebody asked for; the others are made from #rows. */
  #records: (TrialRecord | undefined)[];
  #rows: TrialRows | undefined;
  readonly #reports = new Map<number, Report[]>();
  /** Every trial that ever finished, deleted ones included, so that a restored one finds its place again. */
  #order: number[];
  #seen: SeenKeys;
  readonly #measured: Measured;

  constructor({ spec, codec, snapshot, compile, migration }: HistoryOptions) {
    this.objectives = Object.entries(spec.objectives).map(([name, objective]) => ({
      name,
      direction: objective.direction,
      ...(objective.target !== undefined && { target: objective.target }),
      ...(objective.reference !== undefined && { reference: objective.reference }),
    }));
    this.constraints = Object.entries(spec.constraints).map(([name, bounds]) => ({ name, ...bounds }));
    this.#codec = codec;
    this.#codecVersion = codec.version;
    this.#compile = compile;
    this.#migration = migration;
    this.#seen = new SeenKeys(codec);
    this.#measured = { values: new Float64Array(this.objectives.length), violation: 0, ranked: 0 };
    this.#rows = snapshot?.rows;
    this.#records = this.#rows ? blanks(this.#rows.size) : (snapshot?.trials.slice() ?? []);
    this.#order = snapshot ? snapshot.finished.slice() : [];
    if (snapshot === undefined) return;
    this.revision = snapshot.revision;
    for (const [number, visible] of snapshot.reports) this.#reports.set(number, visible.slice());
    this.#grow(this.#records.length, this.#records.length + ROOM);
    const pending: number[] = [];
    for (let i = 0; i < this.size; i++) {
      const record = this.#peek(i);
      this.#encode(i, record);
      this.#writeRow(i, record);
      if (record !== undefined && isPending(record)) pending.push(i);
    }
    this.pending = pending;
    this.#standing();
  }

  get codec(): Codec {
    return this.#codec;
  }

  get distinct(): number {
    return this.#seen.distinct;
  }

  /** Parameters of a trial; null when unknown or deleted. */
  params(number: number): Params | null {
    if (!(number >= 0 && number < this.size) || this.states[number] === STATE.none) return null;
    const record = this.#records[number];
    return record === undefined ? (this.#rows?.params(number) ?? null) : record.params;
  }

  /** The record of a trial, kept from now on. */
  record(number: number): TrialRecord | undefined {
    const record = this.#peek(number);
    if (record !== undefined) this.#records[number] = record;
    return record;
  }

  /** A record to look at and forget. */
  #peek(number: number): TrialRecord | undefined {
    return this.#records[number] ?? this.#rows?.record(number);
  }

  reports(number: number): readonly Report[] {
    return this.#reports.get(number) ?? NO_REPORTS;
  }

  seen(key: string): number {
    return this.#seen.count(key);
  }

  /** A copy that goes its own way. O(size), but only copying: nothing is read or encoded again. */
  clone(): LiveHistory {
    const copy = new LiveHistory({
      spec: {
        objectives: Object.fromEntries(this.objectives.map(({ name, ...objective }) => [name, objective])),
        constraints: Object.fromEntries(this.constraints.map(({ name, ...bounds }) => [name, bounds])),
      },
      codec: this.#codec,
      ...(this.#compile && { compile: this.#compile }),
      ...(this.#migration && { migration: this.#migration }),
    });
    copy.revision = this.revision;
    copy.generation = this.generation;
    copy.size = this.size;
    copy.states = this.states.slice();
    copy.x = this.x.slice();
    copy.values = this.values.slice();
    copy.violation = this.violation.slice();
    copy.lastStep = this.lastStep.slice();
    copy.ranked = this.ranked.slice();
    copy.finished = this.finished.slice();
    copy.finishedCount = this.finishedCount;
    copy.pending = this.pending;
    copy.#codecVersion = this.#codecVersion;
    copy.#records = this.#records.slice();
    copy.#rows = this.#rows;
    copy.#order = this.#order.slice();
    copy.#seen = this.#seen.clone();
    for (const [number, visible] of this.#reports) copy.#reports.set(number, visible.slice());
    return copy;
  }

  /** Follows events of the feed, each exactly once and in order. */
  applyAll(events: readonly StudyEvent[]): void {
    for (const event of events) this.apply(event);
  }

  /** Follows one event. O(1), but for edits of the space and undoing or redoing trials, which are rare and O(size). */
  apply(event: StudyEvent): void {
    this.revision = event.revision;
    if (!isTrialEvent(event)) {
      if (event.type === "study.edited" && this.#compile) this.setCodec(this.#compile(event.space));
      return;
    }
    const { number } = event;
    const before = this.#peek(number);
    const visible = this.#reports.get(number);
    const after = applyTrial(before, event, visible);
    this.#records[number] = after;
    if (visible !== undefined) foldReports(visible, before, event);
    else if (event.type === "trial.reported") {
      const first: Report[] = [];
      foldReports(first, before, event);
      this.#reports.set(number, first);
    }
    if (number >= this.size) this.#grow(number + 1);

    if (before === undefined || after.params !== before.params) this.#encode(number, after);
    this.#writeRow(number, after);
    const finishes = FINISHED.has(after.state) && !(before && FINISHED.has(before.state));
    if (finishes) this.#order.push(number);
    switch (event.type) {
      case "trial.deleted":
      case "trial.restored":
        this.#encode(number, after);
        this.#standing();
        this.#setPending(number, isPending(after));
        this.generation++;
        return;
      case "trial.corrected":
        this.generation++;
        return;
    }
    if (finishes) this.#pushFinished(number);
    const now = isPending(after);
    if (now !== (before !== undefined && isPending(before))) this.#setPending(number, now);
  }

  /** Reads all trials through another codec: an edited space, or one that define-by-run has learnt. */
  setCodec(codec: Codec): void {
    this.#codec = codec;
    this.#codecVersion = codec.version;
    this.#migrate = undefined;
    this.#seen = new SeenKeys(codec);
    this.x = new Float64Array(this.states.length * codec.width).fill(NaN);
    for (let i = 0; i < this.size; i++) this.#encode(i, this.#peek(i));
    this.generation++;
  }

  /** Parameters of row i to x and to the keys seen; NaN when unknown, deleted or not of this space. */
  #encode(i: number, record: TrialRecord | undefined): void {
    const { width } = this.#codec;
    this.#seen.remove(i);
    const params = record === undefined || record.deleted || record.params === null ? null : this.#read(record.params);
    if (params === null) {
      this.x.fill(NaN, i * width, (i + 1) * width);
      // A queued trial that fixes everything is spoken for before it starts.
      if (record?.params === null && record.fixed && !record.deleted) this.#seen.addIfWhole(i, record.fixed);
      return;
    }
    this.#codec.encode(params, this.x, i * width);
    this.#seen.add(i, params);
    if (this.#codec.version === this.#codecVersion) return;
    this.#codecVersion = this.#codec.version;
    this.generation++;
  }

  /** Parameters as this space reads them: one that an edit added takes its declared default. null when they do not fit. */
  #read(params: Params): Params | null {
    if (this.#codec.check(params).length === 0) return params;
    this.#migrate ??= this.#migration?.(this.#codec.space);
    if (this.#migrate === undefined) return null;
    const { params: read, inside } = this.#migrate(params);
    return inside ? read : null;
  }

  #writeRow(i: number, record: TrialRecord | undefined): void {
    const k = this.objectives.length;
    if (record === undefined || record.deleted) {
      this.states[i] = STATE.none;
      this.values.fill(NaN, i * k, (i + 1) * k);
      this.violation[i] = this.constraints.length === 0 ? 0 : NaN;
      this.lastStep[i] = NaN;
      this.ranked[i] = 0;
      return;
    }
    const measured = this.#measured;
    measure(record, this.objectives, this.constraints, measured);
    this.states[i] = STATE[record.state];
    for (let j = 0; j < k; j++) this.values[i * k + j] = measured.values[j]!;
    this.violation[i] = measured.violation;
    this.lastStep[i] = record.last === null ? NaN : record.last.step;
    this.ranked[i] = measured.ranked;
  }

  /** The order of finishing without deleted trials, which a deletion or restoration changes in the middle. */
  #standing(): void {
    const standing = this.#order.filter(number => this.states[number] !== STATE.none);
    if (standing.length > this.finished.length) this.finished = new Int32Array(standing.length + ROOM);
    this.finished.set(standing);
    this.finishedCount = standing.length;
  }

  #pushFinished(number: number): void {
    if (this.finishedCount === this.finished.length) {
      const wider = new Int32Array(roomier(this.finishedCount + 1));
      wider.set(this.finished);
      this.finished = wider;
    }
    this.finished[this.finishedCount++] = number;
  }

  /** Replaces the list, so that whoever holds the old one is not surprised. */
  #setPending(number: number, pending: boolean): void {
    if (this.pending.includes(number) === pending) return;
    if (!pending) {
      this.pending = this.pending.filter(other => other !== number);
      return;
    }
    const at = this.pending.findLastIndex(other => other < number) + 1;
    this.pending = this.pending.toSpliced(at, 0, number);
  }

  #grow(size: number, capacity = roomier(size)): void {
    this.size = size;
    if (size <= this.states.length) return;
    const { width } = this.#codec;
    this.states = widened(this.states, new Uint8Array(capacity));
    this.ranked = widened(this.ranked, new Uint8Array(capacity));
    this.lastStep = widened(this.lastStep, new Float64Array(capacity));
    this.violation = widened(this.violation, new Float64Array(capacity));
    this.values = widened(this.values, new Float64Array(capacity * this.objectives.length));
    this.x = widened(this.x, new Float64Array(capacity * width));
  }
}

/** Rows that an opened study can grow by before its columns are copied. */
const ROOM = 64;

/** `new Array(n)` is fast to read and write, filled or not; assigning beyond the end of an empty one would make it a dictionary. */
function blanks(size: number): undefined[] {
  return new Array<undefined>(size);
}

function isPending(record: TrialRecord): boolean {
  return (record.state === "running" || record.state === "paused") && record.params !== null && !record.deleted;
}

/** Half as much again: growing costs O(1) a trial, and a long study is not held twice. */
function roomier(size: number): number {
  return Math.max(16, size + (size >> 1));
}

function widened<T extends Uint8Array | Float64Array>(old: T, wider: T): T {
  wider.set(old);
  return wider;
}
