/**
 * Random search (Bergstra & Bengio 2012, "Random search for hyper-parameter optimization"): independent draws from the priors.
 * The baseline every other sampler has to beat.
 */
import { type Rng, stream } from "../../math/rng.ts";
import { defineSampler } from "../../core/define.ts";
import type { SuggestContext } from "../../core/types.ts";
import type { Params } from "../../space/types.ts";
import { Batch, sampleUnseen } from "../unseen.ts";

/**
 * Draws every configuration from the parameters' priors, uniformly on their scale where there are none, `where` respected. Takes no
 * options. On a finite space no configuration comes twice while others remain; after that it repeats, and says so in the trial's record.
 *
 * @throws E_OPTION on any option; E_SPACE_INFEASIBLE while suggesting when hardly any configuration meets `where`.
 * @example createStudy({ sampler: random(), ... })
 */
export const random = defineSampler({
  name: "random",
  inside: true,
  suggest: suggestRandom,
});

/** `n` random configurations for the trials `number`, `number + 1`, ...: the i-th is what a single ask for that number would give. */
export function suggestRandom(context: SuggestContext): Params[] {
  const batch = new Batch(context.space, context.history);
  return Array.from({ length: context.n }, (_, i) => {
    const params = suggestOneRandom(context, batch, streamOf(context, i));
    batch.add(params);
    return params;
  });
}

/** One random configuration that neither the study nor the batch has, while there is one. */
export function suggestOneRandom(context: SuggestContext, batch: Batch, rng: Rng): Params {
  const { space, history } = context;
  const params = sampleUnseen(space, history, batch, rng);
  if (params !== undefined) return params;
  context.why("repeats a configuration: all of this finite space have been tried");
  return space.sample(rng.fork("repeat")); // its own stream: how many draws were rejected before must not matter
}

/** The numbers of the i-th trial of an ask: the same as if that trial had been asked for alone. */
export function streamOf(context: SuggestContext, i: number): Rng {
  return i === 0 ? context.rng : stream(context.seed, context.number + i, "suggest");
}
