/**
 * NSGA-II for any number of objectives: Deb et al. 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Transactions
 * on Evolutionary Computation 6(2); operators and defaults in README.md beside this file.
 */
import { defineSampler } from "../../core/define.ts";
import type { History, SuggestContext } from "../../core/types.ts";
import type { Rng } from "../../math/rng.ts";
import type { Params } from "../../space/types.ts";
import { needNumber, needWord, refuse } from "../options.ts";
import { streamOf, suggestOneRandom } from "../random/random.ts";
import { Batch, sampleUnseen } from "../unseen.ts";
import { type Crossover, CROSSOVERS } from "./crossover.ts";
import { Population } from "./population.ts";
import { Variation } from "./variation.ts";

/** Children tried for a trial before it is drawn at random. */
const TRIES = 64;

/**
 * A genetic algorithm that keeps the non-dominated trials and, among equals, the least crowded ones. Copes with any space, any number of
 * objectives and constraints (the feasible come first, then the least violated). Random until the first `population` trials are complete. On
 * a finite space no configuration comes twice while others remain.
 *
 * @throws E_OPTION on a bad option; E_SPACE_INFEASIBLE while suggesting when hardly any configuration meets `where`.
 * @example createStudy({ sampler: nsga2({ population: 20 }), objectives: { error: "minimize", cost: "minimize" }, ... })
 */
export const nsga2 = defineSampler({
  name: "nsga2",
  options: {
    /** Trials that survive a generation and have children; complete trials before the first one. */
    population: 50,
    /** Complete trials of each later generation; as many as the population when left out, 1 selects after every trial. */
    offspring: undefined as number | undefined,
    /** How numbers of two parents mix: "uniform" takes one of them, "blx-alpha" and "sbx" draw around them. */
    crossover: "uniform" as Crossover,
    /** Probability that a child has two parents. */
    crossoverProbability: 0.9,
    /** Probability that the second parent's value replaces the first one's. */
    swapProbability: 0.5,
    /** Probability that a parameter is drawn anew; 1 / (number of active ones) when left out. */
    mutationProbability: undefined as number | undefined,
    /** "blx-alpha" only: how far beyond the parents, as a share of their distance; 0.5 when left out. */
    alpha: undefined as number | undefined,
    /** "sbx" only: the larger, the nearer to the parents; 20 when left out, 2 with one objective. */
    eta: undefined as number | undefined,
  },
  check({ population, offspring, crossover, crossoverProbability, swapProbability, mutationProbability, alpha, eta }) {
    needNumber("nsga2", "population", population, { low: 2, whole: true });
    if (offspring !== undefined) needNumber("nsga2", "offspring", offspring, { low: 1, whole: true });
    needWord("nsga2", "crossover", crossover, CROSSOVERS);
    needNumber("nsga2", "crossoverProbability", crossoverProbability, { low: 0, high: 1 });
    needNumber("nsga2", "swapProbability", swapProbability, { low: 0, high: 1 });
    if (mutationProbability !== undefined) {
      needNumber("nsga2", "mutationProbability", mutationProbability, { low: 0, high: 1 });
    }
    if (alpha !== undefined) {
      if (crossover !== "blx-alpha") refuse("nsga2", "alpha", alpha, 'an option of crossover="blx-alpha"');
      needNumber("nsga2", "alpha", alpha, { low: 0 });
    }
    if (eta !== undefined) {
      if (crossover !== "sbx") refuse("nsga2", "eta", eta, 'an option of crossover="sbx"');
      needNumber("nsga2", "eta", eta, { low: 0 });
    }
  },
  suggest(context) {
    const { history, options } = context;
    const population = populationOf(history, options);
    population.follow(history);
    const batch = new Batch(context.space, history);
    const variation = population.members.length === 0 ? undefined : new Variation(history, population.members, options);
    return Array.from({ length: context.n }, (_, i) => {
      const rng = streamOf(context, i);
      const params =
        variation === undefined ? suggestOneRandom(context, batch, rng) : suggestOne(context, variation, batch, rng);
      batch.add(params);
      return params;
    });
  },
});

function suggestOne(context: SuggestContext, variation: Variation, batch: Batch, rng: Rng): Params {
  const { space, history } = context;
  const own = rng.fork("nsga2");
  if (!batch.exhausted) {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const params = variation.child(own);
      if (space.feasible(params) && !batch.has(params)) return params;
    }
    const fresh = sampleUnseen(space, history, batch, rng.fork("random"));
    if (fresh !== undefined) {
      context.why("random: the children of the population are all forbidden or tried already");
      return fresh;
    }
  }
  context.why("repeats a configuration: all of this finite space have been tried");
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const params = variation.child(own);
    if (space.feasible(params)) return params;
  }
  return space.sample(rng.fork("repeat"));
}

interface Settings {
  readonly population: number;
  readonly offspring?: number | undefined;
}

/** Caches only, by the sampler's options (each sampler has its own frozen object) and the history. */
const populations = new WeakMap<Settings, WeakMap<History, Population>>();

function populationOf(history: History, settings: Settings): Population {
  let byHistory = populations.get(settings);
  if (byHistory === undefined) populations.set(settings, (byHistory = new WeakMap()));
  let population = byHistory.get(history);
  if (population === undefined) {
    const { population: size, offspring = size } = settings;
    byHistory.set(history, (population = new Population({ population: size, offspring })));
  }
  return population;
}
