/**
 * Bayesian optimisation with a Gaussian process: a Matern-5/2 kernel with one lengthscale a parameter, hyperparameters by maximum a
 * posteriori, log expected improvement (README.md beside this file: equations, deviations, measurements).
 */
import { defineSampler } from "../../core/define.ts";
import type { History, SuggestContext } from "../../core/types.ts";
import { normalQuantile } from "../../math/normal.ts";
import { stream, type Rng } from "../../math/rng.ts";
import { sobol } from "../../math/sobol.ts";
import type { Codec, Params } from "../../space/types.ts";
import { needFlag, needNumber } from "../options.ts";
import { streamOf, suggestOneRandom } from "../random/random.ts";
import { suggestOneSobol } from "../sobol/sobol.ts";
import { rankedCount } from "../tpe/split.ts";
import { Batch } from "../unseen.ts";
import { Acquisition } from "./acquisition.ts";
import { Features } from "./features.ts";
import { DirectionScore, reach } from "./direction.ts";
import { FrontScore, stripsOf } from "./front.ts";
import { Improvement } from "./improvement.ts";
import { Joint } from "./joint.ts";
import { Limit } from "./limit.ts";
import { movesOf } from "./moves.ts";
import type { Posterior } from "./posterior.ts";
import { Search } from "./search.ts";
import { standardise } from "./surrogate.ts";
import type { Term } from "./term.ts";
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
 * A Gaussian process with log expected improvement, of the best value or, with several objectives, of the hypervolume: the fewest trials where evaluations are dear, up to some hundreds of
 * them. Copes with any space, with constraints (one process each) and with trials under way. Trials that were stopped count at most as the
 * median, failed ones as the worst. No configuration comes twice; on a finite space not while others remain.
 *
 * @throws E_OPTION on a bad option; E_SPACE_INFEASIBLE while suggesting when
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
    fantasies: 16,
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
/** Trials of the front from which the search climbs. */
const FRONT_STARTS = 4;

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
  model: Model,
  settings: Settings,
  batch: Batch,
  pending: readonly Float64Array[],
  number: number,
  rng: Rng,
): Params {
  const { history, seed } = context;
  const { codec, features, plan, trials } = model;
  const { n } = trials.points;
  if (n === 0 || batch.exhausted) return suggestOneRandom(context, batch, rng);
  const posteriors = trials.surrogates.map(surrogate => surrogate.posterior());
  const finite = Number.isFinite(codec.size);
  try {
    const { term, bests, what } =
      posteriors.length === 1
        ? forOne(model, posteriors, pending, settings.fantasies)
        : forSeveral(model, posteriors, pending, history.objectives, rng.fork("direction"));
    const acquisition = new Acquisition([
      ...(term === undefined ? [] : [term]),
      ...trials.limits.flatMap(limit => limitOf(limit, features.count) ?? []),
    ]);
    const { width } = codec;
    const params = new Search({
      ...{ codec, features, acquisition, ...plan, starts: settings.starts },
      roots: posteriors
        .map(({ roots }) => roots)
        .reduce((all, roots) => all.map((root, d) => Math.sqrt(root * roots[d]!))),
      candidates: Math.min(
        settings.candidates,
        Math.max(FEWEST, Math.floor(SCREENING / Math.max(1, acquisition.cost))),
      ),
      bests: bests.map(i => trials.numbers[i]! * width).map(from => history.x.slice(from, from + width)),
      seed: `${seed}/gp/${number}`,
      rng: rng.fork("gp"),
      accept: (configuration, row) =>
        finite ? !batch.has(configuration) : !repeats(history, trials.numbers, pending, row),
    }).run();
    if (params !== undefined) {
      context.why(`${what} of ${n} trials`);
      return params;
    }
  } finally {
    for (const posterior of posteriors) posterior.truncate(n);
  }
  context.why("random: no new configuration that meets the constraints of the space was found by the model");
  return suggestOneRandom(context, batch, rng.fork("random"));
}

/** What is looked for: without a term feasibility alone. */
interface Aim {
  readonly term: Term | undefined;
  /** Points from which the search climbs, too. */
  readonly bests: readonly number[];
  readonly what: string;
}

const FEASIBLE: Aim = { term: undefined, bests: [], what: "most likely feasible by a Gaussian process" };

/** Improvement over the best. Appends the trials under way to the posterior. */
function forOne(
  { trials, features }: Model,
  [posterior]: readonly Posterior[],
  pending: readonly Float64Array[],
  count: number,
): Aim {
  const { y } = trials.modelled(trials.points.n);
  const best = trials.best(y);
  if (best === undefined || posterior === undefined) return FEASIBLE;
  const u = posterior.whiten(y);
  const fantasies = pending.length === 0 ? [new Float64Array(0)] : normals(pending.length, count);
  const bests = new Float64Array(fantasies.length).fill(y[best]!);
  appendAll(posterior, features, pending, (j, solved, pivot) => {
    const mean = dot(solved, u);
    for (const [f, fantasy] of fantasies.entries()) {
      let value = mean + pivot * fantasy[j]!;
      for (let i = 0; i < j; i++) value += solved[u.length + i]! * fantasy[i]!;
      if (value > bests[f]!) bests[f] = value;
    }
  });
  const term = new Improvement({ posterior, count: features.count, u, fantasies, bests });
  return { term, bests: [best], what: "expected improvement by a Gaussian process" };
}

/** Improvement of the hypervolume: all of it with two objectives, in one direction with more. Trials under way come to what is expected. */
function forSeveral(
  { trials, features }: Model,
  posteriors: readonly Posterior[],
  pending: readonly Float64Array[],
  goals: History["objectives"],
  rng: Rng,
): Aim {
  const ranked = trials.ranked();
  if (ranked.length === 0) return FEASIBLE;
  const modelled = posteriors.map((_, k) => trials.modelled(trials.points.n, k));
  const believed = pending.map(() => new Float64Array(goals.length));
  const objectives = posteriors.map((posterior, k) => {
    const known = posterior.whiten(modelled[k]!.y);
    appendAll(posterior, features, pending, (j, solved) => {
      believed[j]![k] = dot(solved, known);
    });
    const u = new Float64Array(posterior.n);
    u.set(known);
    return { posterior, u };
  });
  const reference = Float64Array.from(goals, ({ reference: given }, k) =>
    given === undefined ? referenceOf(ranked, modelled[k]!.y) : modelled[k]!.of(given),
  );
  const at = (i: number): Float64Array => Float64Array.from(modelled, ({ y }) => y[i]!);
  if (goals.length === 2) {
    const front = frontOf(ranked, at);
    const pairs = [...front.map(at), ...believed].map((y): [number, number] => [y[0]!, y[1]!]);
    const score = new FrontScore(stripsOf(pairs, [reference[0]!, reference[1]!]));
    const step = Math.max(1, (front.length - 1) / (FRONT_STARTS - 1));
    return {
      term: new Joint(objectives, score, features.count),
      bests: front.filter((_, i) => Math.floor(i / step) > Math.floor((i - 1) / step)),
      what: "expected hypervolume improvement by Gaussian processes",
    };
  }
  // Uniform on the part of the sphere where all are positive, kept off its border.
  const direction = Float64Array.from(goals, () => Math.max(0.01, Math.abs(rng.normal())));
  const reaches = ranked.map(i => reach(at(i), reference, direction));
  const best = reaches.reduce((most, each) => Math.max(most, each), -Infinity);
  const believedBest = believed.reduce((most, y) => Math.max(most, reach(y, reference, direction)), best);
  return {
    term: new Joint(objectives, new DirectionScore(reference, direction, believedBest), features.count),
    bests: [ranked[reaches.indexOf(best)]!],
    what: "expected improvement in one direction of the hypervolume by Gaussian processes",
  };
}

/** The points that no other dominates, by the first objective, best first; of equal ones the first. */
function frontOf(points: readonly number[], at: (i: number) => Float64Array): number[] {
  const order = points.toSorted((i, j) => at(j)[0]! - at(i)[0]! || at(j)[1]! - at(i)[1]! || i - j);
  let best = -Infinity;
  return order.filter(i => {
    const second = at(i)[1]!;
    if (!(second > best)) return false;
    best = second;
    return true;
  });
}

/** A tenth of the range beyond the worst of all. */
function referenceOf(ranked: readonly number[], y: Float64Array): number {
  const worst = ranked.reduce((least, i) => Math.min(least, y[i]!), Infinity);
  const best = ranked.reduce((most, i) => Math.max(most, y[i]!), -Infinity);
  return worst - 0.1 * (best - worst || 1);
}

function appendAll(
  posterior: Posterior,
  features: Features,
  rows: readonly Float64Array[],
  each: (j: number, solved: Float64Array, pivot: number) => void,
): void {
  const x = new Float64Array(features.count);
  for (const [j, row] of rows.entries()) {
    features.write(row, 0, x, 0);
    posterior.append(x, 0);
    each(j, posterior.newest.solved, posterior.newest.pivot);
  }
}

/** Over the length of b. */
function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The constraint's term; undefined while no trial knows its metric. */
function limitOf({ surrogate, values, points, min, max }: Trials["limits"][number], count: number): Limit | undefined {
  if (points.n === 0) return undefined;
  const posterior = surrogate.posterior();
  const standard = Float64Array.from(values);
  const { mean, deviation } = standardise(standard);
  const u = posterior.whiten(standard);
  return new Limit({ posterior, count, u, min: (min - mean) / deviation, max: (max - mean) / deviation });
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
