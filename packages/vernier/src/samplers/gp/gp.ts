/**
 * Bayesian optimisation with a Gaussian process: a Matern-5/2 kernel with one lengthscale a parameter, hyperparameters by maximum a
 * posteriori, log expected improvement (README.md beside this file: equations, deviations, measurements).
 */
import { defineSampler } from "../../core/define.ts";
import type { History, SuggestContext } from "../../core/types.ts";
import { VernierError } from "../../math/errors.ts";
import { normalQuantile } from "../../math/normal.ts";
import { stream, type Rng } from "../../math/rng.ts";
import { sobol } from "../../math/sobol.ts";
import type { Codec, Params } from "../../space/types.ts";
import { needFlag, needNumber } from "../options.ts";
import { streamOf, suggestOneRandom } from "../random/random.ts";
import { suggestOneSobol } from "../sobol/sobol.ts";
import { rankedCount } from "../tpe/split.ts";
import { Batch } from "../unseen.ts";
import { Acquisition, type Goal, type Limit } from "./acquisition.ts";
import { Features } from "./features.ts";
import { movesOf } from "./moves.ts";
import { Search } from "./search.ts";
import { standardise } from "./surrogate.ts";
import { isKnown, Trials } from "./trials.ts";

interface Settings {
  readonly startup: number;
  readonly deterministic: boolean;
  readonly warp: boolean;
  readonly candidates: number;
  readonly starts: number;
  readonly fantasies: number;
}

/**
 * A Gaussian process with log expected improvement, for one objective: the fewest trials where evaluations are dear, up to some hundreds of
 * them. Copes with any space, with constraints (one process each) and with trials under way. Trials that were stopped count at most as the
 * median, failed ones as the worst. No configuration comes twice; on a finite space not while others remain.
 *
 * @throws E_OPTION on a bad option; E_SAMPLER_OBJECTIVES while suggesting for several objectives; E_SPACE_INFEASIBLE while suggesting when
 * hardly any configuration meets `where`.
 * @example createStudy({ sampler: gp({ deterministic: true }), ... })
 */
export const gp = defineSampler({
  name: "gp",
  options: {
    /** Complete and pruned trials before the model is used; quasi-random until then. */
    startup: 10,
    /** The objective has no noise: its variance is fixed at 1e-6 instead of learnt. */
    deterministic: false,
    /** Values are made more normal by a power before they are modelled. */
    warp: true,
    /** Quasi-random points looked at for a suggestion; fewer beyond some 600 trials. */
    candidates: 1024,
    /** Points from which the search climbs. */
    starts: 10,
    /** What trials under way may come to is averaged over so many cases; 1: they come to what is expected. */
    fantasies: 128,
  },
  check({ startup, deterministic, warp, candidates, starts, fantasies }) {
    needNumber("gp", "startup", startup, { low: 1, whole: true });
    needFlag("gp", "deterministic", deterministic);
    needFlag("gp", "warp", warp);
    needNumber("gp", "candidates", candidates, { low: 1, high: 1_000_000, whole: true });
    needNumber("gp", "starts", starts, { low: 1, whole: true });
    needNumber("gp", "fantasies", fantasies, { low: 1, high: 65_536, whole: true });
  },
  suggest(context) {
    const { history, options, space, pending, number } = context;
    if (history.objectives.length > 1) throw oneOnly(history.objectives.length);
    const batch = new Batch(space, history);
    const modelled = space.width > 0 && rankedCount(history, options.startup) >= options.startup;
    const model = modelled ? modelOf(context, options) : undefined;
    model?.trials.follow(history);
    const { width } = space;
    const rows = pending.flatMap(each =>
      isKnown(history.x, each * width, width) ? [history.x.slice(each * width, (each + 1) * width)] : [],
    );
    return Array.from({ length: context.n }, (_, i) => {
      const params =
        model === undefined
          ? suggestOneSobol(context, batch, i)
          : suggestOne(context, model, options, batch, rows, number + i, streamOf(context, i));
      batch.add(params);
      const row = new Float64Array(width);
      space.encode(params, row);
      rows.push(row);
      return params;
    });
  },
});

/** Multiply-adds that the screening may take: with many trials fewer points are looked at. */
const SCREENING = 2e8;
const FEWEST = 128;

interface Model {
  readonly codec: Codec;
  readonly version: number;
  readonly generation: number;
  readonly features: Features;
  readonly plan: ReturnType<typeof movesOf>;
  readonly trials: Trials;
}

/** Caches only, by the sampler's options and the history. */
const models = new WeakMap<Settings, WeakMap<History, Model>>();

function modelOf({ history, space }: SuggestContext, settings: Settings): Model {
  let byHistory = models.get(settings);
  if (byHistory === undefined) models.set(settings, (byHistory = new WeakMap()));
  const known = byHistory.get(history);
  const { generation, finishedCount } = history;
  const { version } = space;
  if (known?.codec === space && known.version === version && known.generation === generation) {
    if (known.trials.read <= finishedCount) return known;
  }
  const features = new Features(space);
  const trials = new Trials(history, features, settings);
  const model = { codec: space, version, generation, features, plan: movesOf(space), trials };
  byHistory.set(history, model);
  return model;
}

function suggestOne(
  context: SuggestContext,
  { codec, features, plan, trials }: Model,
  settings: Settings,
  batch: Batch,
  pending: readonly Float64Array[],
  number: number,
  rng: Rng,
): Params {
  const { history, seed } = context;
  const { n } = trials.points;
  if (n === 0 || batch.exhausted) return suggestOneRandom(context, batch, rng);
  const posterior = trials.surrogate.posterior();
  const y = trials.values(n);
  const best = trials.best(y);
  const u = posterior.whiten(y);
  const limits = trials.limits.flatMap(limit => limitOf(limit) ?? []);
  const goal =
    best === undefined
      ? undefined
      : goalOf({ posterior, u, y: y[best]!, pending, features, fantasies: settings.fantasies });
  const acquisition = new Acquisition(goal, limits, features.count);
  const cost = 0.5 * (posterior.n ** 2 + limits.reduce((sum, limit) => sum + limit.posterior.n ** 2, 0));
  const width = codec.width;
  const bestAt = best === undefined ? undefined : trials.numbers[best]! * width;
  const finite = Number.isFinite(codec.size);
  try {
    const params = new Search({
      ...{ codec, features, acquisition, ...plan, starts: settings.starts, roots: posterior.roots },
      candidates: Math.min(settings.candidates, Math.max(FEWEST, Math.floor(SCREENING / cost))),
      best: bestAt === undefined ? undefined : history.x.slice(bestAt, bestAt + width),
      seed: `${seed}/gp/${number}`,
      rng: rng.fork("gp"),
      accept: (configuration, row) =>
        finite ? !batch.has(configuration) : !repeats(history, trials.numbers, pending, row),
    }).run();
    if (params !== undefined) {
      context.why(
        goal === undefined
          ? `most likely feasible by a Gaussian process of ${n} trials`
          : `expected improvement by a Gaussian process of ${n} trials`,
      );
      return params;
    }
  } finally {
    posterior.truncate(n);
  }
  context.why("random: no new configuration that meets the constraints of the space was found by the model");
  return suggestOneRandom(context, batch, rng.fork("random"));
}

/** The constraint's process; undefined while no trial knows its metric. */
function limitOf({ surrogate, values, points, min, max }: Trials["limits"][number]): Limit | undefined {
  if (points.n === 0) return undefined;
  const posterior = surrogate.posterior();
  const standard = Float64Array.from(values);
  const { mean, deviation } = standardise(standard);
  return {
    ...{ posterior, u: posterior.whiten(standard) },
    ...{ min: (min - mean) / deviation, max: (max - mean) / deviation },
  };
}

/** Appends the trials under way to the posterior, and what they may come to. */
function goalOf(given: {
  readonly posterior: Goal["posterior"];
  readonly u: Float64Array;
  readonly y: number;
  readonly pending: readonly Float64Array[];
  readonly features: Features;
  readonly fantasies: number;
}): Goal {
  const { posterior, u, y, pending, features } = given;
  const fantasies = pending.length === 0 ? [new Float64Array(0)] : normals(pending.length, given.fantasies);
  const bests = new Float64Array(fantasies.length).fill(y);
  const x = new Float64Array(features.count);
  for (const [j, row] of pending.entries()) {
    features.write(row, 0, x, 0);
    posterior.append(x, 0);
    const { solved, pivot } = posterior.newest;
    let mean = 0;
    for (let i = 0; i < u.length; i++) mean += solved[i]! * u[i]!;
    for (const [f, fantasy] of fantasies.entries()) {
      let value = mean + pivot * fantasy[j]!;
      for (let k = 0; k < j; k++) value += solved[u.length + k]! * fantasy[k]!;
      if (value > bests[f]!) bests[f] = value;
    }
  }
  return { posterior, u, fantasies, bests };
}

/** `count` rows of `dim` standard normal numbers, the same every time; one row: zeros, what is expected. */
function normals(dim: number, count: number): Float64Array[] {
  if (count === 1) return [new Float64Array(dim)];
  if (dim > 64) {
    const rng = stream("gp fantasies", dim);
    return Array.from({ length: count }, () => Float64Array.from({ length: dim }, () => rng.normal()));
  }
  const points = sobol(dim, "gp fantasies");
  return Array.from({ length: count }, (_, i) => points.point(i).map(normalQuantile));
}

/** True when a trial that is finished or under way has this row. */
function repeats(
  history: History,
  numbers: readonly number[],
  pending: readonly Float64Array[],
  row: Float64Array,
): boolean {
  const same = (x: Float64Array, from: number): boolean => {
    for (let i = 0; i < row.length; i++) {
      const [a, b] = [row[i]!, x[from + i]!];
      if (a !== b && !(Number.isNaN(a) && Number.isNaN(b)) && !(Math.abs(a - b) < 1e-9)) return false;
    }
    return true;
  };
  return numbers.some(number => same(history.x, number * row.length)) || pending.some(other => same(other, 0));
}

function oneOnly(count: number): VernierError {
  return new VernierError(
    "E_SAMPLER_OBJECTIVES",
    `the sampler "gp" got ${count} objectives. Its Gaussian process is of one. Use tpe() or nsga2(), or keep one objective and make the ` +
      `others constraints.`,
  );
}
