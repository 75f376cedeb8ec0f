/** A study's trials as a table: plain records, or columns, for notebooks and data frames. */
import type { Params } from "../space/types.ts";
import type { Metrics, StudySpec, TrialRecord, TrialState } from "./types.ts";

/**
 * One trial, flat. Every row has every name: null stands where the trial has none. `params.` is followed by the parameter's dotted path
 * ("params.model.layers"), lists stay lists; `metrics.` by the metric's name. The names are those of exported CSV and Parquet files.
 */
export type TableRow<K extends string = string> = {
  readonly number: number;
  readonly state: TrialState;
} & { readonly [Name in K as `metrics.${Name}`]: number | null } & {
  readonly [name: `metrics.${string}`]: number | null;
} & { readonly [name: `params.${string}`]: unknown } & {
  /** Milliseconds since 1970 UTC. */
  readonly queued: number;
  readonly started: number | null;
  readonly finished: number | null;
  /** From start to finish of the last attempt. */
  readonly seconds: number | null;
  readonly sampler: string | null;
  /** Why it failed. */
  readonly error: string | null;
};
/** The same by column: `columns["metrics.loss"][i]` belongs to the trial `columns.number[i]`. */
export type TableColumns<K extends string = string> = {
  readonly [Name in keyof TableRow<K>]: readonly TableRow<K>[Name][];
};

/** A pruned trial is worth its newest report. */
const metricsOf = ({ state, metrics, last }: TrialRecord): Metrics | null =>
  state === "pruned" && last !== null ? { ...metrics, ...last.metrics } : metrics;

function leaves(params: Params, path: string, out: Map<string, unknown>): void {
  for (const [name, value] of Object.entries(params)) {
    const at = path === "" ? name : `${path}.${name}`;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) leaves(value as Params, at, out);
    else out.set(at, value);
  }
}

/** Rows in number order. Parameters stand in the space's order, those that no space declares last. */
export function tableRows(
  spec: Pick<StudySpec, "objectives" | "constraints" | "space">,
  trials: readonly TrialRecord[],
): TableRow[] {
  const flat = trials.map(trial => {
    const params = new Map<string, unknown>();
    leaves(trial.params ?? {}, "", params);
    return { trial, params, metrics: metricsOf(trial) };
  });
  const metrics = new Set([...Object.keys(spec.objectives), ...Object.keys(spec.constraints)]);
  const names = new Set<string>();
  for (const row of flat) {
    for (const name in row.metrics) metrics.add(name);
    for (const name of row.params.keys()) names.add(name);
  }
  const order = new Map(Object.keys(spec.space.shape).map((name, i) => [name, i]));
  const rank = (name: string): number => order.get(name.split(".", 1)[0] ?? "") ?? order.size;
  const params = [...names].sort((a, b) => rank(a) - rank(b));
  return flat.map(({ trial, params: own, metrics: told }) => {
    const { number, state, startedAt, finishedAt, error } = trial;
    const row: Record<string, unknown> = { number, state };
    for (const name of metrics) row[`metrics.${name}`] = told?.[name] ?? null;
    for (const name of params) row[`params.${name}`] = own.get(name) ?? null;
    row["queued"] = trial.queuedAt;
    row["started"] = startedAt;
    row["finished"] = finishedAt;
    row["seconds"] = startedAt === null || finishedAt === null ? null : (finishedAt - startedAt) / 1000;
    row["sampler"] = trial.sampler;
    row["error"] = error?.message ?? null;
    return row as TableRow;
  });
}

/** The columns of rows that all have the same names. */
export function tableColumns(
  rows: readonly TableRow[],
  spec: Pick<StudySpec, "objectives" | "constraints">,
): TableColumns {
  // A table without rows still has its columns.
  const [first = emptyRow(spec)] = rows;
  return Object.fromEntries(
    Object.keys(first).map(name => [name, rows.map(row => (row as Readonly<Record<string, unknown>>)[name])]),
  ) as unknown as TableColumns;
}

function emptyRow({ objectives, constraints }: Pick<StudySpec, "objectives" | "constraints">): Record<string, null> {
  const metrics = [...Object.keys(objectives), ...Object.keys(constraints)].map(name => `metrics.${name}`);
  const names = ["number", "state", ...metrics, "queued", "started", "finished", "seconds", "sampler", "error"];
  return Object.fromEntries(names.map(name => [name, null]));
}
