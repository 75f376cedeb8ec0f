/**
 * Which parameters mattered: a first, simple measure. Each parameter alone is compared with the ranks of the objective: by a parabola over
 * its own ranks where its values have an order, so that an optimum in the middle is seen; by the correlation ratio (Kruskal & Wallis 1952)
 * where they have none.
 */
import { ranks } from "../math/ranks.ts";
import { STATE, type History } from "../core/types.ts";
import type { Column } from "../space/types.ts";
import { historyOf, objectiveIndex, type Source } from "./source.ts";

/** One parameter of an importance. */
export interface ParameterImportance {
  /** "optimizer.sgd.momentum" */
  readonly name: string;
  /** From 0 to 1; all shares sum to 1, or are 0 when nothing had a measurable effect. */
  readonly share: number;
  /**
   * Spearman's correlation with the objective, from -1 to 1: above 0 means that larger values gave larger objective values. undefined where
   * values have no order.
   */
  readonly effect: number | undefined;
  /** Trials in which the parameter was active. */
  readonly trials: number;
}
/** How much each parameter mattered. */
export interface Importance {
  readonly objective: string;
  /** Complete trials looked at. */
  readonly trials: number;
  /** The most important first. */
  readonly parameters: readonly ParameterImportance[];
  /** What the measure does and does not say, one sentence or two. */
  readonly note: string;
}

/** With fewer trials every parameter seems to matter. */
const FEWEST = 4;
/** With fewer trials a parabola is not asked for. */
const FEWEST_CURVED = 8;

/**
 * How much each parameter explains of the objective's ranks, alone, corrected for what chance explains. A parameter that works only in
 * combination with another is rated too low.
 *
 * @param options.objective The objective's name; needed with several.
 * @throws E_INSIGHT_OBJECTIVE.
 * @example importance(study).parameters[0] // { name: "lr", share: 0.71, effect: -0.84, trials: 100 }
 */
export function importance(source: Source, options: { readonly objective?: string } = {}): Importance {
  const history = historyOf(source);
  const k = objectiveIndex(history, options.objective);
  const { codec, objectives } = history;
  const rows: number[] = [];
  for (let i = 0; i < history.size; i++) {
    if (history.states[i] === STATE.complete && history.ranked[i] === 1) rows.push(i);
  }
  const values = rows.map(i => history.values[i * objectives.length + k]!);
  const byParameter = new Map<string, Strength>();
  for (const column of codec.columns) {
    const found = strength(history, column, rows, values);
    const best = byParameter.get(column.param);
    if (best === undefined || found.explained > best.explained) byParameter.set(column.param, found);
  }
  const total = [...byParameter.values()].reduce((sum, { explained }) => sum + explained, 0);
  const parameters = [...byParameter].map(([name, { explained, effect, trials }]) => ({
    name,
    share: total === 0 ? 0 : explained / total,
    effect,
    trials,
  }));
  parameters.sort((a, b) => b.share - a.share);
  const objective = objectives[k]!.name;
  return { objective, trials: rows.length, parameters, note: noteOn(objective, rows.length, total) };
}

interface Strength {
  /** Share of the variance of the objective's ranks, times the share of trials in which the column is active. */
  readonly explained: number;
  readonly effect: number | undefined;
  readonly trials: number;
}

function strength(history: History, column: Column, rows: readonly number[], values: readonly number[]): Strength {
  const { width } = history.codec;
  const x: number[] = [];
  const y: number[] = [];
  for (const [j, row] of rows.entries()) {
    const u = history.x[row * width + column.index]!;
    if (Number.isNaN(u)) continue;
    x.push(u);
    y.push(values[j]!);
  }
  const n = x.length;
  const ordered = column.kind !== "category";
  if (n < FEWEST) return { explained: 0, effect: ordered ? 0 : undefined, trials: n };
  const r = ranks(y);
  const { share, effect } = ordered ? parabola(ranks(x), r) : correlationRatio(x, r);
  return { explained: (share * n) / rows.length, effect, trials: n };
}

/**
 * Pearson's correlation of ranks as the effect. The share is what a parabola in x explains of y's variance (R squared), less what it would
 * explain of independent ranks on average.
 */
function parabola(x: Float64Array, y: Float64Array): { share: number; effect: number } {
  const n = x.length;
  const mean = (n + 1) / 2;
  let squares = 0;
  for (const v of x) squares += (v - mean) ** 2 / n;
  let [aa, ab, bb, ay, by, yy] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const a = x[i]! - mean;
    const b = a * a - squares;
    const c = y[i]! - mean;
    aa += a * a;
    ab += a * b;
    bb += b * b;
    ay += a * c;
    by += b * c;
    yy += c * c;
  }
  if (aa === 0 || yy === 0) return { share: 0, effect: 0 };
  const effect = ay / Math.sqrt(aa * yy);
  const determinant = aa * bb - ab * ab;
  // Two values make no curve, and few trials fit any.
  const curved = n >= FEWEST_CURVED && determinant > 1e-9 * aa * bb;
  const explained = curved ? (ay * ay * bb - 2 * ay * by * ab + by * by * aa) / (determinant * yy) : effect * effect;
  const degrees = curved ? 2 : 1;
  return { share: Math.max(0, (explained * (n - 1) - degrees) / (n - 1 - degrees)), effect };
}

/** Between-group share of the ranks' variance, corrected for the number of groups (epsilon squared). */
function correlationRatio(codes: readonly number[], y: Float64Array): { share: number; effect: undefined } {
  const n = y.length;
  const mean = (n + 1) / 2;
  const groups = new Map<number, { count: number; sum: number }>();
  let all = 0;
  for (let i = 0; i < n; i++) {
    const group = groups.get(codes[i]!) ?? { count: 0, sum: 0 };
    group.count++;
    group.sum += y[i]! - mean;
    groups.set(codes[i]!, group);
    all += (y[i]! - mean) ** 2;
  }
  const g = groups.size;
  if (all === 0 || g < 2 || g >= n) return { share: 0, effect: undefined };
  let between = 0;
  for (const { count, sum } of groups.values()) between += (sum * sum) / count;
  return { share: Math.max(0, ((between / all) * (n - 1) - (g - 1)) / (n - g)), effect: undefined };
}

function noteOn(objective: string, trials: number, total: number): string {
  if (trials < FEWEST) return `Too few complete trials (${trials}) to tell parameters apart.`;
  if (total === 0) return `No parameter alone has a measurable effect on ${objective} in ${trials} trials.`;
  return (
    `What each parameter alone explains of the ranks of ${objective} over ${trials} trials. ` +
    `A parameter that matters only together with another is rated too low.`
  );
}
