/**
 * Bayesian optimisation with a random forest: Hutter, Hoos, Leyton-Brown 2011, "Sequential model-based optimization for general algorithm
 * configuration"; the defaults of SMAC3's facade for hyperparameters (README.md beside this file lists where we differ and why).
 */
import { defineSampler } from "../../core/define.ts";
import type { History, SuggestContext } from "../../core/types.ts";
import { VernierError } from "../../math/errors.ts";
import { stream } from "../../math/rng.ts";
import type { Codec, Params } from "../../space/types.ts";
import { needNumber } from "../options.ts";
import { streamOf, suggestOneRandom } from "../random/random.ts";
import { suggestOneSobol } from "../sobol/sobol.ts";
import { rankedCount } from "../tpe/split.ts";
import { Batch } from "../unseen.ts";
import { Model } from "./model.ts";
import { search } from "./search.ts";
import { TreeSpace } from "./tree-space.ts";
import { taught } from "./trials.ts";

interface Options {
  readonly startup: number | undefined;
  readonly trees: number;
  readonly candidates: number;
  readonly starts: number;
  readonly randomShare: number;
}

/**
 * Expected improvement by a random forest, for one objective. At its best on categories, conditions and tables of measured
 * configurations, where regions differ by jumps; on smooth functions of numbers use `gp` or `tpe`. Quasi-random until `startup` trials have
 * finished, and one suggestion in five is random for good. Trials under way count as what the forest expects of them. With constraints the
 * expected improvement is multiplied by the share of trees that expect a feasible trial. On a finite space no configuration comes
 * twice while others remain.
 *
 * @throws E_OPTION on a bad option; E_SAMPLER_OBJECTIVES while suggesting for several objectives; E_SPACE_INFEASIBLE while suggesting
 * when hardly any configuration meets `where`.
 * @example createStudy({ sampler: forest({ randomShare: 0.1 }), ... })
 */
export const forest = defineSampler({
  name: "forest",
  options: {
    /** Complete and pruned trials before the forest is used; quasi-random until then. Left out: twice the columns, 10 to 20. */
    startup: undefined as number | undefined,
    /** Trees. */
    trees: 10,
    /** Random candidates of a suggestion. */
    candidates: 10_000,
    /** Local searches from the best candidates, and as many from the best trials. */
    starts: 10,
    /** Probability that a suggestion is drawn at random instead. */
    randomShare: 0.2,
  },
  check({ startup, trees, candidates, starts, randomShare }) {
    if (startup !== undefined) needNumber("forest", "startup", startup, { low: 1, whole: true });
    needNumber("forest", "trees", trees, { low: 1, high: 1000, whole: true });
    needNumber("forest", "candidates", candidates, { low: 1, high: 1_000_000, whole: true });
    needNumber("forest", "starts", starts, { low: 0, high: 1000, whole: true });
    needNumber("forest", "randomShare", randomShare, { low: 0, high: 1 });
  },
  suggest(context) {
    const { history, space } = context;
    if (history.objectives.length > 1) throw oneOnly(history.objectives.length);
    const batch = new Batch(space, history);
    const ahead: Params[] = [];
    return Array.from({ length: context.n }, (_, i) => {
      const params = suggestOne(context, batch, i, ahead);
      batch.add(params);
      ahead.push(params);
      return params;
    });
  },
});

/** The configuration of trial `context.number + i`; `ahead` are those of the trials before it in this ask. */
function suggestOne(
  context: SuggestContext & { readonly options: Options },
  batch: Batch,
  i: number,
  ahead: readonly Params[],
): Params {
  const { history, options, space } = context;
  const startup = options.startup ?? defaultStartup(space);
  const done = rankedCount(history, startup);
  if (done < startup || space.width === 0) {
    context.why(`quasi-random start: ${done} of ${startup} trials finished`);
    return suggestOneSobol(context, batch, i);
  }
  const rng = streamOf(context, i);
  if (rng.fork("random?").next() < options.randomShare) {
    context.why(`random: so is a share of ${options.randomShare} of the suggestions`);
    return suggestOneRandom(context, batch, rng.fork("random"));
  }
  const model = batch.exhausted ? undefined : modelOf(context, ahead);
  const params =
    model &&
    search(model, batch, options, rng, (found, row) => {
      if (!space.feasible(found)) return false;
      return Number.isFinite(space.size) ? !batch.has(found) : !repeats(model, row);
    });
  if (params !== undefined) {
    context.why(
      model?.best === undefined
        ? `least violation by a forest of ${history.finishedCount} trials`
        : `expected improvement by a forest of ${history.finishedCount} trials`,
    );
    return params;
  }
  context.why("random: no new configuration that meets the constraints of the space was found by the model");
  return suggestOneRandom(context, batch, rng.fork("random"));
}

/** SMAC takes ten a parameter, at most a quarter of the budget. The budget is not known here: 20 is a fifth of 100. */
function defaultStartup(space: Codec): number {
  return Math.min(20, Math.max(10, 2 * space.width));
}

interface Known {
  readonly codec: Codec;
  readonly version: number;
  readonly generation: number;
  readonly finished: number;
  readonly seed: number;
  readonly pending: Float64Array;
  readonly model: Model | undefined;
}

/** Caches only, by options and history: the newest model. */
const models = new WeakMap<Options, WeakMap<History, Known>>();

function modelOf(context: SuggestContext & { readonly options: Options }, ahead: readonly Params[]): Model | undefined {
  const { history, options, seed, space } = context;
  const treeSpace = new TreeSpace(space);
  const pending = pendingRows(context, treeSpace, ahead);
  let byHistory = models.get(options);
  if (byHistory === undefined) models.set(options, (byHistory = new WeakMap()));
  const { version } = space;
  const { generation, finishedCount: finished } = history;
  const old = byHistory.get(history);
  if (
    old?.codec === space &&
    old.version === version &&
    old.generation === generation &&
    old.finished === finished &&
    old.seed === seed &&
    sameRows(old.pending, pending)
  ) {
    return old.model;
  }
  const known = taught(history, treeSpace);
  const model = known && new Model(treeSpace, known, pending, options.trees, stream(seed, "forest", finished));
  byHistory.set(history, { codec: space, version, generation, finished, seed, pending, model });
  return model;
}

/** The trials under way and those before in the same ask. */
function pendingRows(
  { history, pending, space }: SuggestContext,
  treeSpace: TreeSpace,
  ahead: readonly Params[],
): Float64Array {
  const { width } = space;
  const rows = new Float64Array((pending.length + ahead.length) * width);
  let at = 0;
  for (const number of pending) {
    const from = history.x.subarray(number * width, (number + 1) * width);
    if (from.every(Number.isNaN)) continue; // outside an edited space
    rows.set(from, at);
    at += width;
  }
  for (const params of ahead) {
    space.encode(params, rows, at);
    at += width;
  }
  for (let offset = 0; offset < at; offset += width) treeSpace.fillGaps(rows, offset);
  return rows.subarray(0, at);
}

function sameRows(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((v, i) => v === b[i]);
}

/** True when a trial that is finished or under way has this row. */
function repeats({ taught: { x, count }, pending, space: { width } }: Model, row: Float64Array): boolean {
  const same = (from: Float64Array, offset: number): boolean => {
    for (let c = 0; c < width; c++) if (Math.abs(row[c]! - from[offset + c]!) > 1e-9) return false;
    return true;
  };
  for (let i = 0; i < count; i++) if (same(x, i * width)) return true;
  for (let i = 0; i < pending.length; i += width) if (same(pending, i)) return true;
  return false;
}

function oneOnly(count: number): VernierError {
  return new VernierError(
    "E_SAMPLER_OBJECTIVES",
    `the sampler "forest" got ${count} objectives. Its forest predicts one. Use tpe() or nsga2(), or keep one objective and make the ` +
      `others constraints.`,
  );
}
