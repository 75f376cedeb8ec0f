/** A study as a table: one row a trial, typed columns. What CSV and Parquet have in common. */
import type { Metrics, Params, TrialRecord } from "../../core/types.ts";
import type { Shape } from "../../space/types.ts";
import { VernierError } from "../../core/errors.ts";
import { didYouMean, spell } from "../../space/spell.ts";
import type { StudyDump } from "../types.ts";

/** `json` cells are JSON text; `time` cells milliseconds since 1970 UTC. */
export type ColumnKind = "int" | "float" | "boolean" | "text" | "json" | "time";
export type Cell = number | string | boolean | null;
export interface TableColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** One a trial; null where there is none. */
  readonly cells: readonly Cell[];
}

/** What the names of parameters' and metrics' columns begin with. */
export const PARAMS = "params.";
export const METRICS = "metrics.";

/**
 * The columns in order: number, state, metrics (objectives, constraints, others), parameters by dotted path, times, seconds, sampler, error,
 * tags, note, attrs. Reports are not in a table.
 *
 * @param names Only these columns, in this order: `params.lr`, or `lr` where no metric has the name.
 * @throws VernierError E_EXPORT_COLUMN for a name that no column has, or two.
 */
export function columnsOf(dump: StudyDump, names?: readonly string[]): TableColumn[] {
  const all = everyColumn(dump);
  return names === undefined ? all : names.map(name => columnNamed(all, name));
}

/** A column by its name, or by what follows `params.` or `metrics.` where one column alone has it. */
function columnNamed(all: readonly TableColumn[], name: string): TableColumn {
  const found = all.find(column => column.name === name);
  if (found !== undefined) return found;
  const meant = all.filter(column => column.name === METRICS + name || column.name === PARAMS + name);
  if (meant.length === 1) return meant[0]!;
  if (meant.length > 1) {
    throw new VernierError(
      "E_EXPORT_COLUMN",
      `the column ${spell(name)} may be ${meant.map(column => column.name).join(" or ")}. A short name means one column. Write it whole.`,
    );
  }
  const names = all.map(column => column.name);
  const short = names.map(known => known.replace(/^(metrics|params)\./, ""));
  const hint = didYouMean(name, [...new Set([...short, ...names])]);
  throw new VernierError(
    "E_EXPORT_COLUMN",
    `the table has no column ${spell(name)}.${hint} The columns are ${names.slice(0, 30).join(", ")}${names.length > 30 ? ", ..." : ""}.`,
  );
}

function everyColumn(dump: StudyDump): TableColumn[] {
  const { trials } = dump;
  const column = (name: string, kind: ColumnKind, cell: (trial: TrialRecord) => Cell): TableColumn => ({
    name,
    kind,
    cells: trials.map(cell),
  });
  return [
    column("number", "int", trial => trial.number),
    column("state", "text", trial => trial.state),
    ...metricNames(dump).map(name => column(METRICS + name, "float", trial => metricsOf(trial)?.[name] ?? null)),
    ...paramColumns(dump),
    column("queued", "time", trial => trial.queuedAt),
    column("started", "time", trial => trial.startedAt),
    column("finished", "time", trial => trial.finishedAt),
    column("seconds", "float", ({ startedAt, finishedAt }) =>
      startedAt === null || finishedAt === null ? null : (finishedAt - startedAt) / 1000,
    ),
    column("sampler", "text", trial => trial.sampler),
    column("error", "text", trial => trial.error?.message ?? null),
    column("tags", "json", ({ tags }) => (tags.length === 0 ? null : JSON.stringify(tags))),
    column("note", "text", trial => trial.note),
    column("attrs", "json", ({ attrs }) => (Object.keys(attrs).length === 0 ? null : JSON.stringify(attrs))),
  ];
}

/** What it was told; a pruned trial that was told nothing is worth its last report. */
function metricsOf({ state, metrics, last }: TrialRecord): Metrics | null {
  return state === "pruned" && last !== null ? { ...metrics, ...last.metrics } : metrics;
}

function metricNames({ spec, trials }: StudyDump): string[] {
  const names = new Set([...Object.keys(spec.objectives), ...Object.keys(spec.constraints)]);
  const others = new Set<string>();
  for (const trial of trials) for (const name in metricsOf(trial)) if (!names.has(name)) others.add(name);
  return [...names, ...[...others].sort()];
}

function paramColumns(dump: StudyDump): TableColumn[] {
  const { trials } = dump;
  const cells = new Map<string, unknown[]>();
  for (let i = 0; i < trials.length; i++) {
    const { params, fixed } = trials[i]!;
    flatten(params ?? fixed ?? {}, "", (path, value) => {
      let column = cells.get(path);
      if (column === undefined) cells.set(path, (column = new Array<unknown>(trials.length).fill(undefined)));
      column[i] = value;
    });
  }
  const order = Object.keys((dump.learnt ?? dump.spec.space).shape satisfies Shape);
  const rank = (path: string): number => {
    const at = order.indexOf(path.split(".", 1)[0]!);
    return at === -1 ? order.length : at;
  };
  const sorted = [...cells].sort(([a], [b]) => rank(a) - rank(b));
  return sorted.map(([path, values]) => typed(PARAMS + path, values));
}

/** Leaves of a configuration by dotted path. Lists and what stands in them are one leaf. */
export function flatten(params: Params, path: string, leaf: (path: string, value: unknown) => void): void {
  for (const [name, value] of Object.entries(params)) {
    const at = path === "" ? name : `${path}.${name}`;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) flatten(value as Params, at, leaf);
    else leaf(at, value);
  }
}

const LARGEST_INT = 2 ** 31 - 1;

/** The column in the narrowest kind that holds every value as it is. */
function typed(name: string, values: readonly unknown[]): TableColumn {
  const given = values.filter(value => value !== undefined);
  const kind: ColumnKind = given.every(v => typeof v === "number")
    ? given.every(v => Number.isInteger(v) && Math.abs(v) <= LARGEST_INT)
      ? "int"
      : "float"
    : given.every(v => typeof v === "boolean")
      ? "boolean"
      : given.every(v => typeof v === "string")
        ? "text"
        : "json";
  // Absent is null. A null that is a value is the text "null", which makes its column one of JSON.
  const cell = (value: unknown): Cell =>
    value === undefined ? null : kind === "json" ? JSON.stringify(value) : (value as Cell);
  return { name, kind, cells: values.map(cell) };
}
