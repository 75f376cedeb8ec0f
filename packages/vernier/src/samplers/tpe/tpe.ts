/**
 * Tree-structured Parzen estimator: Bergstra et al. 2011, "Algorithms for hyper-parameter optimization"; for several objectives Ozaki et al.
 * 2020, "Multiobjective tree-structured Parzen estimator for computationally expensive optimization problems"; the defaults of Optuna 5 as
 * the project's card gives them (README.md beside this file lists where we differ and why).
 *
 * Finished trials are split into the few good ones and the rest; l and g are densities fitted to the two; the suggestion is the one of
 * 24 draws from l with the largest l / g.
 */
import type { Rng } from "../../math/rng.ts";
import { defineSampler } from "../../core/define.ts";
import type { History, SuggestContext } from "../../core/types.ts";
import type { Codec, Params } from "../../space/types.ts";
import { needFlag, needNumber, refuse } from "../options.ts";
import { streamOf, suggestOneRandom } from "../random/random.ts";
import { Batch, sampleUnseen } from "../unseen.ts";
import { TpeModel } from "./model.ts";
import { type Proposal, propose, scoreOf } from "./propose.ts";
import { defaultGamma } from "./split.ts";

/**
 * The tree-structured Parzen estimator. Copes with any space, with several objectives (trials rank by non-domination), with constraints
 * (infeasible trials rank last) and with pruned trials (ranked by how far they came). On a finite space no configuration comes twice
 * while others remain.
 *
 * @throws E_OPTION on a bad option; E_SPACE_INFEASIBLE while suggesting when hardly any configuration meets `where`.
 * @example createStudy({ sampler: tpe({ startup: 20 }), ... })
 */
export const tpe = defineSampler({
  name: "tpe",
  options: {
    /** Complete and pruned trials before the model is used; random until then. */
    startup: 10,
    /** Draws from l for each suggestion and group of parameters. */
    candidates: 24,
    /** How many of n finished trials are good; min(ceil(0.1 n), 25) when left out, ceil(0.1 n) with several objectives. A function keeps the
     * sampler in its process. */
    gamma: undefined as ((n: number) => number) | undefined,
    /** Parameters that occur together are modelled together; false: each alone. When left out: true with one objective only. */
    multivariate: undefined as boolean | undefined,
    /** Trials under way count as bad ones, which keeps concurrent suggestions apart. */
    constantLiar: true,
    /** Weight of the prior beside one observation. */
    priorWeight: 1,
  },
  check({ startup, candidates, gamma, multivariate, constantLiar, priorWeight }) {
    needNumber("tpe", "startup", startup, { low: 0, whole: true });
    needNumber("tpe", "candidates", candidates, { low: 1, whole: true });
    if (gamma !== undefined && typeof gamma !== "function") {
      refuse("tpe", "gamma", gamma, "a function of the number of finished trials, such as n => Math.ceil(0.1 * n)");
    }
    if (multivariate !== undefined) needFlag("tpe", "multivariate", multivariate);
    needFlag("tpe", "constantLiar", constantLiar);
    needNumber("tpe", "priorWeight", priorWeight, { low: 1e-6 });
  },
  suggest(context) {
    return suggestAll(context, modelOf(context.history, context.options), context.options);
  },
});

interface Settings {
  readonly startup: number;
  readonly candidates: number;
  readonly gamma?: ((n: number) => number) | undefined;
  readonly multivariate?: boolean | undefined;
  readonly constantLiar: boolean;
  readonly priorWeight: number;
}

/** Caches only, by the sampler's options (each sampler has its own frozen object) and the history. */
const models = new WeakMap<Settings, WeakMap<History, TpeModel>>();

function modelOf(history: History, settings: Settings): TpeModel {
  let byHistory = models.get(settings);
  if (byHistory === undefined) models.set(settings, (byHistory = new WeakMap()));
  let model = byHistory.get(history);
  if (model === undefined) {
    const objectives = history.objectives.length;
    model = new TpeModel({
      ...settings,
      objectives,
      gamma: settings.gamma ?? (n => defaultGamma(n, objectives)),
      multivariate: settings.multivariate ?? objectives === 1,
    });
    byHistory.set(history, model);
  }
  return model;
}

function suggestAll(context: SuggestContext, model: TpeModel, settings: Settings): Params[] {
  const { space, history, pending, number, n } = context;
  model.follow(history, pending);
  const batch = new Batch(space, history);
  const suggestions: Params[] = [];
  const takeBack: (() => void)[] = [];
  try {
    for (let i = 0; i < n; i++) {
      const rng = streamOf(context, i);
      const params =
        model.finished < settings.startup
          ? suggestOneRandom(context, batch, rng)
          : suggestOne(context, model, settings, batch, rng);
      batch.add(params);
      suggestions.push(params);
      if (i + 1 < n) {
        const row = new Float64Array(space.width);
        space.encode(params, row);
        takeBack.push(model.lie(number + i, row));
      }
    }
  } finally {
    for (const undo of takeBack) undo();
  }
  return suggestions;
}

function suggestOne(context: SuggestContext, model: TpeModel, settings: Settings, batch: Batch, rng: Rng): Params {
  const { space, history } = context;
  const feasible = (params: Params): boolean => space.feasible(params);
  if (!batch.exhausted) {
    const { accepted, best } = propose(
      space,
      model.groups,
      settings.candidates,
      rng.fork("tpe"),
      params => feasible(params) && !batch.has(params),
    );
    if (accepted !== undefined) return accepted.params;
    const near = bestNeighbour(space, model, best.params, batch, rng.fork("neighbours"));
    if (near !== undefined) return near.params;
    const fresh = sampleUnseen(space, history, batch, rng.fork("random"));
    if (fresh !== undefined) {
      context.why("random: the candidates of the model are all forbidden or tried already");
      return fresh;
    }
  }
  context.why("repeats a configuration: all of this finite space have been tried");
  const { accepted } = propose(space, model.groups, settings.candidates, rng.fork("tpe"), feasible);
  return accepted?.params ?? space.sample(rng.fork("repeat"));
}

/** The best-scored configuration one step from the best proposal that nobody has tried. */
function bestNeighbour(codec: Codec, model: TpeModel, params: Params, batch: Batch, rng: Rng): Proposal | undefined {
  let best: Proposal | undefined;
  for (const near of codec.neighbours(params, rng)) {
    if (batch.has(near)) continue;
    const score = scoreOf(codec, model.groups, near);
    if (best === undefined || score > best.score) best = { params: near, score };
  }
  return best;
}
