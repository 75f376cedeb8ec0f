/**
 * Random search (Bergstra & Bengio 2012, "Random search for hyper-parameter optimization"): independent draws from the priors.
 * The baseline every other sampler has to beat.
 */
import { stream } from "../../math/rng.ts";
import type { Sampler, SuggestContext } from "../../core/types.ts";
import type { Params } from "../../space/types.ts";
import { checkNames } from "../options.ts";
import { Batch, sampleUnseen } from "../unseen.ts";

/** random() takes no options. */
export type RandomOptions = Readonly<Record<never, never>>;

/**
 * Draws every configuration from the parameters' priors, uniformly on their scale where there are none, `where` respected.
 * On a finite space no configuration comes twice while others remain; after that it repeats, and says so in the trial's record.
 *
 * @throws E_SAMPLER_OPTION on any option; E_SPACE_INFEASIBLE while suggesting when hardly any configuration meets `where`.
 */
export function random(options: RandomOptions = {}): Sampler {
  checkNames("random", options, []);
  return { name: "random", options: {}, inside: true, suggest: suggestRandom };
}

/** `n` random configurations for the trials `number`, `number + 1`, ...: the i-th is what a single ask for that number would give. */
export function suggestRandom(context: SuggestContext): Params[] {
  const { space, history, seed, number, n } = context;
  const batch = new Batch(space, history);
  const suggestions: Params[] = [];
  for (let i = 0; i < n; i++) {
    const rng = i === 0 ? context.rng : stream(seed, number + i, "suggest");
    let params = sampleUnseen(space, history, batch, rng);
    if (params === undefined) {
      params = space.sample(rng.fork("repeat")); // its own stream: how many draws were rejected must not matter
      context.why("repeats a configuration: all of this finite space have been tried");
    }
    batch.add(params);
    suggestions.push(params);
  }
  return suggestions;
}
