/** The report's facts: a study as columns, small enough to stand inside the page. */
import type { TrialState } from "../../core/types.ts";
import { frontOf } from "../front-plot.ts";
import { parameterAxes, sharesOf, type ParameterAxis } from "../parameters.ts";
import { standings } from "../ranking.ts";
import { bestRow, readSource, type Data, type PlotSource, type Row } from "../source.ts";

/** A column's values by trial: null where there is none; NaN and the infinities as text. Numbers have at most six digits. */
export type Cells = readonly (number | string | null)[];

/** A column of the report that holds a parameter. */
export interface ReportParameter {
  readonly name: string;
  /** Where it stands in a configuration. */
  readonly path: readonly string[];
  readonly kind: "number" | "category";
  readonly scale: ParameterAxis["scale"];
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
  readonly categories: readonly string[];
  readonly unit: string | null;
  /** From importance, 0 to 1, by the first objective. */
  readonly share: number;
  /** A number, or a category's position. */
  readonly cells: Cells;
}
/** A column of the report that holds a metric. */
export interface ReportMetric {
  readonly name: string;
  /** null for a metric that is neither maximised nor minimised. */
  readonly direction: "minimize" | "maximize" | null;
  readonly unit: string | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly cells: Cells;
}
/** The study as the report page reads it, by columns. */
export interface ReportData {
  readonly vernier: 1;
  readonly study: string;
  /** Objectives first, then constrained metrics, then others that were told. */
  readonly metrics: readonly ReportMetric[];
  /** How many of `metrics` are objectives. */
  readonly objectives: number;
  /** The most important first. */
  readonly parameters: readonly ReportParameter[];
  /** Numbers of the trials; everything else goes by position in this list. */
  readonly numbers: readonly number[];
  /** One letter a trial: waiting, running, paused, complete, x pruned, failed. */
  readonly states: string;
  /** One digit a trial: 1 meets the constraints, 2 is best or on the front, added. */
  readonly flags: string;
  /** Milliseconds since 1970 UTC of the first start; null without any. */
  readonly start: number | null;
  /** ms after `start`, and how long; null while unknown. */
  readonly started: readonly (number | null)[];
  readonly took: readonly (number | null)[];
  /** Messages of failed trials by position, cut. */
  readonly errors: Readonly<Record<string, string>>;
  readonly curves: {
    readonly metric: string;
    /** Trials with reports, of which `lines` may be some. */
    readonly of: number;
    readonly lines: readonly {
      readonly trial: number;
      readonly steps: readonly number[];
      readonly values: readonly number[];
    }[];
  };
}

const LETTERS: Readonly<Record<TrialState, string>> = {
  ...{ waiting: "w", running: "r", paused: "p", complete: "c", pruned: "x", failed: "f" },
};
export const STATE_NAMES: Readonly<Record<string, TrialState>> = Object.fromEntries(
  Object.entries(LETTERS).map(([state, letter]) => [letter, state as TrialState]),
);

/** Metrics beyond objectives and constraints that a page shows. */
const OTHERS = 8;
const ERRORS = 400;
/** Points of all curves together, and of one. */
const POINTS = { all: 50_000, one: 100 } as const;

const short = (x: number): number | string | null =>
  Number.isFinite(x) ? Number(x.toPrecision(6)) : Number.isNaN(x) ? "NaN" : String(x);

/** @throws E_PLOT_SOURCE. */
export function reportData(source: PlotSource): ReportData {
  const data = readSource(source);
  const { rows, objectives } = data;
  const { constraints } = source.spec;
  const shares = sharesOf(data, 0);
  const axes = parameterAxes(data)
    .map((axis, i) => ({ axis, i, share: shares.get(axis.param) ?? 0 }))
    .sort((a, b) => b.share - a.share || a.i - b.i);
  const members =
    objectives.length > 1
      ? frontOf(
          data,
          objectives.map((_, k) => k),
        )
      : new Set([bestRow(data, 0)]);
  const starts = rows.flatMap(({ startedAt }) => startedAt ?? []);
  const start = starts.length === 0 ? null : starts.reduce((a, b) => Math.min(a, b));
  const others = new Set<string>();
  for (const { metrics } of rows)
    for (const name in metrics) if (!(name in source.spec.objectives) && !(name in constraints)) others.add(name);
  const metric = (
    name: string,
    direction: ReportMetric["direction"],
    unit: string | undefined,
    read: (row: Row) => number | undefined,
  ): ReportMetric => ({
    ...{
      name,
      direction,
      unit: unit ?? null,
      min: constraints[name]?.min ?? null,
      max: constraints[name]?.max ?? null,
    },
    cells: rows.map(row => {
      const value = read(row);
      return value === undefined ? null : short(value);
    }),
  });
  const errors: Record<string, string> = {};
  const trials = new Map(source.trials.map(trial => [trial.number, trial]));
  rows.forEach((row, i) => {
    const { error } = (trials.get(row.number) ?? {}) as { error?: { message?: unknown } | null };
    if (row.state === "failed" && typeof error?.message === "string" && Object.keys(errors).length < ERRORS)
      errors[i] = error.message.slice(0, 300);
  });
  return {
    vernier: 1,
    study: data.name,
    metrics: [
      ...objectives.map(({ name, direction, unit }, k) =>
        // A missing value is a hole here; NaN is shown only where it was told.
        metric(name, direction, unit, row =>
          Number.isNaN(row.values[k]!) && row.metrics?.[name] === undefined ? undefined : row.values[k],
        ),
      ),
      ...Object.keys(constraints).map(name => metric(name, null, undefined, row => row.metrics?.[name])),
      ...[...others].slice(0, OTHERS).map(name => metric(name, null, undefined, row => row.metrics?.[name])),
    ],
    objectives: objectives.length,
    parameters: axes.map(({ axis, share }) => ({
      ...{ name: axis.name, path: axis.path, kind: axis.kind, scale: axis.scale, low: axis.low, high: axis.high },
      ...{
        whole: axis.whole,
        categories: axis.categories,
        unit: axis.unit ?? null,
        share: Number(share.toPrecision(3)),
      },
      cells: rows.map(({ params }) => {
        const value = axis.read(params);
        return Number.isNaN(value) ? null : axis.whole ? value : short(value);
      }),
    })),
    numbers: rows.map(row => row.number),
    states: rows.map(row => LETTERS[row.state]).join(""),
    flags: rows.map(row => (row.feasible ? 1 : 0) + (members.has(row) ? 2 : 0)).join(""),
    start,
    started: rows.map(row => (row.startedAt === null || start === null ? null : row.startedAt - start)),
    took: rows.map(row => (row.startedAt === null || row.finishedAt === null ? null : row.finishedAt - row.startedAt)),
    errors,
    curves: curvesOf(data),
  };
}

/** Curves of the first objective within the budget: the best trials first, the others spread over the ranks. */
function curvesOf(data: Data): ReportData["curves"] {
  const metric = data.objectives[0]?.name ?? "";
  const standing = standings(data, 0);
  const position = new Map(data.rows.map((row, i) => [row.number, i]));
  const all = data.rows.flatMap(row => {
    const points = data.reports(row.number).filter(({ metrics }) => Number.isFinite(metrics[metric] ?? NaN));
    return points.length === 0 ? [] : [{ row, points, at: standing.get(row) ?? -1 }];
  });
  all.sort((a, b) => b.at - a.at || a.row.number - b.row.number);
  const lines: ReportData["curves"]["lines"][number][] = [];
  let budget: number = POINTS.all;
  const perLine = (n: number): number => Math.min(n, POINTS.one);
  const wanted = all.reduce((sum, { points }) => sum + perLine(points.length), 0);
  const every = Math.max(1, Math.ceil(wanted / POINTS.all));
  for (const [i, { row, points }] of all.entries()) {
    if (i >= 100 && i % every !== 0) continue;
    const step = Math.ceil(points.length / POINTS.one);
    const kept = points.filter((_, j) => j % step === 0 || j === points.length - 1);
    budget -= kept.length;
    if (budget < 0) break;
    lines.push({
      trial: position.get(row.number)!,
      steps: kept.map(point => point.step),
      values: kept.map(point => Number(point.metrics[metric]!.toPrecision(5))),
    });
  }
  return { metric, of: all.length, lines };
}
