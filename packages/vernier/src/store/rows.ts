/** Trial rows: between a `TrialRecord` and the columns of `trials`. */
import { blankTrial } from "../core/fold.ts";
import { metricsFromWire, metricsToWire, type WireMetrics } from "../core/json.ts";
import { STATE, type Metrics, type Params, type Revision, type TrialRecord, type TrialState } from "../core/types.ts";
import { BLOCK } from "./param-texts.ts";
import { storedJson } from "./stored-json.ts";
import type { Value } from "./driver.ts";

/** Numbers and words of a record, in the order `assembled` asks for them. */
export const SCALARS = [
  "number",
  "state",
  "deleted",
  "attempt",
  "failures",
  "retries",
  "basis",
  "sampler",
  "why",
  "until",
  "bracket",
  "queued_at",
  "started_at",
  "finished_at",
] as const;

/** Columns of a record in the order `recordFrom` reads them: the scalars, then JSON. */
export const RECORD_COLUMNS = `${SCALARS.join(", ")}, params, metrics, last, rest`;

/** A row as an array, in the order of `RECORD_COLUMNS`. */
export type Row = readonly Value[];

/** Columns that change with the trial, in the order `valuesOf` gives them. */
export const CHANGING = [
  "state",
  "deleted",
  "attempt",
  "failures",
  "retries",
  "basis",
  "sampler",
  "why",
  "until",
  "bracket",
  "started_at",
  "finished_at",
  "metrics",
  "last",
  "rest",
] as const;

export function valuesOf(record: TrialRecord): Value[] {
  return [
    STATE[record.state],
    record.deleted ? 1 : 0,
    record.attempt,
    record.failures,
    record.retries,
    record.basis,
    record.sampler,
    record.why,
    record.until,
    record.bracket,
    record.startedAt,
    record.finishedAt,
    record.metrics === null ? null : JSON.stringify(metricsToWire(record.metrics)),
    lastText(record),
    restText(record),
  ];
}

/** Params as they are stored; null while unknown. */
export function paramsText(record: TrialRecord): string | null {
  return record.params === null ? null : JSON.stringify(record.params);
}

export function lastText({ last }: TrialRecord): string | null {
  return last === null ? null : JSON.stringify({ step: last.step, metrics: metricsToWire(last.metrics) });
}

type Rest = Pick<
  TrialRecord,
  "fixed" | "ranked" | "error" | "parent" | "checkpoint" | "artifacts" | "attrs" | "tags" | "note"
>;

const BLANK = blankTrial(0, 0);
const REST = ["fixed", "ranked", "error", "parent", "checkpoint", "note"] as const;

function restText(record: TrialRecord): string | null {
  let rest: Partial<Record<keyof Rest, unknown>> | null = null;
  for (const name of REST) if (record[name] !== BLANK[name]) (rest ??= {})[name] = record[name];
  if (record.artifacts.length > 0) (rest ??= {}).artifacts = record.artifacts;
  if (record.tags.length > 0) (rest ??= {}).tags = record.tags;
  for (const _ in record.attrs) {
    (rest ??= {}).attrs = record.attrs;
    break;
  }
  return rest === null ? null : JSON.stringify(rest);
}

const STATES: readonly TrialState[] = (() => {
  const states: TrialState[] = [];
  for (const [name, code] of Object.entries(STATE)) if (name !== "none") states[code] = name as TrialState;
  return states;
})();

/** The record of one row. */
export function recordFrom(row: Row): TrialRecord {
  const record = assembled(c => row[c]!, parsed(row[15]), parsed(row[16]), parsed(row[17]));
  record.params = frozenParams(parsed(row[14]));
  return Object.freeze(record as TrialRecord);
}

function frozenParams(params: unknown): Params | null {
  return params == null ? null : (Object.freeze(params) as Params);
}

/** The records of many rows: their JSON is parsed in batches, which V8 does in half the time. */
export function recordsFrom(rows: Iterable<Row>): TrialRecord[] {
  const records: TrialRecord[] = [];
  let batch: Row[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < BLOCK) continue;
    addBatch(batch, records);
    batch = [];
  }
  addBatch(batch, records);
  return records;
}

function addBatch(batch: readonly Row[], records: TrialRecord[]): void {
  if (batch.length === 0) return;
  const params = parsedColumn(batch, 14);
  const metrics = parsedColumn(batch, 15);
  const last = parsedColumn(batch, 16);
  const rest = parsedColumn(batch, 17);
  for (let i = 0; i < batch.length; i++) {
    const row = batch[i]!;
    const record = assembled(c => row[c]!, metrics[i], last[i], rest[i]);
    record.params = frozenParams(params[i]);
    records.push(Object.freeze(record as TrialRecord));
  }
}

const NULLS: readonly null[] = [];

function parsedColumn(batch: readonly Row[], column: number): readonly unknown[] {
  let text = "[";
  let any = false;
  for (let i = 0; i < batch.length; i++) {
    const value = batch[i]![column];
    if (i > 0) text += ",";
    if (typeof value === "string") {
      text += value;
      any = true;
    } else text += "null";
  }
  return any ? (storedJson(text + "]") as unknown[]) : NULLS;
}

function parsed(text: Value | undefined): unknown {
  return typeof text === "string" ? storedJson(text) : null;
}

/** A record but for its parameters. `value` gives one of `SCALARS`; the rest is parsed JSON. */
export function assembled(
  value: (column: number) => Value,
  metrics: unknown,
  last: unknown,
  rest: unknown,
): Omit<TrialRecord, "params"> & { params?: Params | null } {
  const more = (rest ?? NO_REST) as Partial<Rest>;
  return {
    number: value(0) as number,
    state: STATES[value(1) as number]!,
    fixed: more.fixed ?? null,
    attempt: value(3) as number,
    failures: value(4) as number,
    retries: value(5) as number,
    basis: value(6) as Revision | null,
    sampler: value(7) as string | null,
    why: value(8) as string | null,
    metrics: metrics == null ? null : metricsFromWire(metrics as WireMetrics),
    ranked: more.ranked ?? true,
    error: more.error ?? null,
    parent: more.parent ?? null,
    until: value(9) as number | null,
    bracket: value(10) as number | null,
    checkpoint: more.checkpoint ?? null,
    artifacts: more.artifacts ?? BLANK.artifacts,
    attrs: more.attrs ?? BLANK.attrs,
    tags: more.tags ?? BLANK.tags,
    note: more.note ?? null,
    queuedAt: value(11) as number,
    startedAt: value(12) as number | null,
    finishedAt: value(13) as number | null,
    last: last == null ? null : lastFrom(last as { step: number; metrics: WireMetrics }),
    deleted: value(2) === 1,
  };
}

const NO_REST: Partial<Rest> = Object.freeze({});

function lastFrom({ step, metrics }: { step: number; metrics: WireMetrics }): { step: number; metrics: Metrics } {
  return Object.freeze({ step, metrics: metricsFromWire(metrics) });
}
