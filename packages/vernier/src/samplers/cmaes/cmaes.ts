/**
 * Covariance matrix adaptation: Hansen 2016, "The CMA evolution strategy: a tutorial", with margin for whole numbers, learning rate
 * adaptation for noise, restarts and warm starts (README.md beside this file).
 */
import { defineSampler } from "../../core/define.ts";
import type { History, SuggestContext } from "../../core/types.ts";
import type { Rng } from "../../math/rng.ts";
import { VernierError } from "../../math/errors.ts";
import type { Params } from "../../space/types.ts";
import { needFlag, needNumber, needWord, refuse } from "../options.ts";
import { streamOf, suggestOneRandom } from "../random/random.ts";
import { Batch } from "../unseen.ts";
import { RESTARTS, type RestartRule } from "./restart.ts";
import { Run, TRIES, type RunOptions } from "./run.ts";

/**
 * CMA-ES for one objective: numbers are searched with a normal distribution that learns scales and dependencies; categories are drawn
 * at random. Best from a few hundred trials on, on ill-conditioned or non-separable problems of numbers. Trials of other samplers,
 * queued ones and stragglers of an earlier generation do not enter the update. On a finite space no configuration comes twice while
 * others remain.
 *
 * @throws E_OPTION on a bad option; E_SAMPLER_OBJECTIVES while suggesting for several objectives; E_SPACE_INFEASIBLE while suggesting
 * when hardly any configuration meets `where`.
 * @example createStudy({ sampler: cmaes({ restart: "ipop" }), ... })
 */
export const cmaes = defineSampler({
  name: "cmaes",
  options: {
    /** Complete trials before the first generation; random until then. */
    startup: 1,
    /** First standard deviation, in ranges of a parameter. */
    sigma: 1 / 6,
    /** Trials of a generation; 4 + floor(3 ln n) for n numeric columns when left out. */
    population: undefined as number | undefined,
    /** Scales only, no dependencies: linear in n. */
    separable: false,
    /** Keeps whole, stepped and ordinal parameters from being given up at one value. */
    margin: true,
    /** Adapts the learning rates to noise; not with `separable`. */
    adaptRates: false,
    /** The first distribution is that of the best tenth of the `startup` trials. */
    warmStart: false,
    /** What follows a run that has converged: nothing, twice the population, or large and small ones in turn. */
    restart: "none" as RestartRule,
  },
  check({ startup, sigma, population, separable, margin, adaptRates, warmStart, restart }) {
    needNumber("cmaes", "startup", startup, { low: 0, whole: true });
    needNumber("cmaes", "sigma", sigma, { low: 1e-6, high: 1 });
    if (population !== undefined) needNumber("cmaes", "population", population, { low: 4, whole: true });
    needFlag("cmaes", "separable", separable);
    needFlag("cmaes", "margin", margin);
    needFlag("cmaes", "adaptRates", adaptRates);
    needFlag("cmaes", "warmStart", warmStart);
    needWord("cmaes", "restart", restart, RESTARTS);
    if (separable && adaptRates) refuse("cmaes", "adaptRates", adaptRates, "false where separable is true");
    if (warmStart && startup < 10) refuse("cmaes", "startup", startup, "at least 10 where warmStart is true");
  },
  suggest(context) {
    const { history, options, space } = context;
    if (history.objectives.length > 1) throw oneOnly(history.objectives.length);
    const run = runOf(context, options);
    run.follow(history);
    const batch = new Batch(space, history);
    return Array.from({ length: context.n }, (_, i) => {
      const params = suggestOne(context, run, batch, streamOf(context, i));
      batch.add(params);
      return params;
    });
  },
});

/** Caches only, by options, history and seed. */
const runs = new WeakMap<RunOptions, WeakMap<History, { readonly seed: number; readonly codec: unknown; run: Run }>>();

function runOf({ history, space, seed }: SuggestContext, options: RunOptions): Run {
  let byHistory = runs.get(options);
  if (byHistory === undefined) runs.set(options, (byHistory = new WeakMap()));
  const known = byHistory.get(history);
  if (known !== undefined && known.seed === seed && known.codec === space) return known.run;
  const run = new Run(space, seed, options);
  byHistory.set(history, { seed, codec: space, run });
  return run;
}

function suggestOne(context: SuggestContext, run: Run, batch: Batch, rng: Rng): Params {
  const { space } = context;
  if (run.strategy === undefined) {
    if (!space.columns.some(({ kind }) => kind === "numeric"))
      context.why("random: the space has no numbers to adapt to");
    return suggestOneRandom(context, batch, rng);
  }
  let tries = 0;
  for (const { row } of run.points(rng)) {
    const params = space.decode(row);
    if (space.feasible(params) && !batch.has(params)) {
      context.why(`generation ${run.strategy.generation + 1}${run.restarts > 0 ? `, restart ${run.restarts}` : ""}`);
      return params;
    }
    if (++tries === TRIES) break;
  }
  context.why(`random: none of ${TRIES} draws was new and met the constraints of the space`);
  return suggestOneRandom(context, batch, rng.fork("random"));
}

function oneOnly(count: number): VernierError {
  return new VernierError(
    "E_SAMPLER_OBJECTIVES",
    `the sampler "cmaes" got ${count} objectives. CMA-ES ranks trials by one. Use tpe() or nsga2(), or keep one objective and make the ` +
      `others constraints.`,
  );
}
