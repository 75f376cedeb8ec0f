/**
 * Quasi-random search: trial number i gets point i of a Sobol sequence scrambled by the study's seed, so that any number of trials covers the
 * space evenly. Bousquet et al. 2017, "Critical hyper-parameters: no random, no cry".
 */
import { halton, HALTON_MAX_DIMENSION } from "../../math/halton.ts";
import { type PointSequence, sobol as sobolPoints, SOBOL_MAX_DIMENSION } from "../../math/sobol.ts";
import { defineSampler } from "../../core/define.ts";
import type { SuggestContext } from "../../core/types.ts";
import type { Params } from "../../space/types.ts";
import { streamOf, suggestOneRandom } from "../random/random.ts";
import { Batch } from "../unseen.ts";

/** Sequences tried for a trial whose point is forbidden or taken, before it is drawn at random. */
const SEQUENCES = 8;

/**
 * Points of a scrambled Sobol sequence (Halton beyond 1,111 columns, random beyond 6,542), mapped through the parameters' priors. Takes no
 * options. A point that `where` forbids, or that a finite space has seen, gives way to the same point of another scrambling, at last to a random
 * draw, and the trial's record says so.
 *
 * @throws E_OPTION on any option; E_SPACE_INFEASIBLE while suggesting when hardly any configuration meets `where`.
 * @example createStudy({ sampler: sobol(), ... })
 */
export const sobol = defineSampler({
  name: "sobol",
  inside: true,
  suggest(context) {
    const batch = new Batch(context.space, context.history);
    return Array.from({ length: context.n }, (_, i) => {
      const params = suggestOneSobol(context, batch, i);
      batch.add(params);
      return params;
    });
  },
});

/** The configuration of trial `context.number + i`. */
export function suggestOneSobol(context: SuggestContext, batch: Batch, i: number): Params {
  const { space, seed, number } = context;
  if (space.width === 0) return suggestOneRandom(context, batch, streamOf(context, i));
  if (space.width > HALTON_MAX_DIMENSION) {
    context.why(
      `random: quasi-random points have at most ${HALTON_MAX_DIMENSION} dimensions, this space ${space.width}`,
    );
    return suggestOneRandom(context, batch, streamOf(context, i));
  }
  const x = new Float64Array(space.width);
  for (let sequence = 0; sequence < SEQUENCES && !batch.exhausted; sequence++) {
    space.fromCube(sequenceOf(space.width, seed, sequence).point(number + i), x);
    const params = space.decode(x);
    if (space.feasible(params) && !batch.has(params)) return params;
  }
  if (!batch.exhausted) context.why("random: the quasi-random points for this trial are forbidden or tried already");
  return suggestOneRandom(context, batch, streamOf(context, i).fork("sobol"));
}

/** Cache only: scrambling costs about 1 us a dimension. Newest last; a process follows few studies at a time. */
const sequences = new Map<string, PointSequence>();
const KEPT = 64;

function sequenceOf(dim: number, seed: number, sequence: number): PointSequence {
  const key = `${dim}/${seed}/${sequence}`;
  let points = sequences.get(key);
  if (points === undefined) {
    const scrambling = sequence === 0 ? seed : `${seed}/${sequence}`;
    points = dim <= SOBOL_MAX_DIMENSION ? sobolPoints(dim, scrambling) : halton(dim, scrambling);
    if (sequences.size >= KEPT) sequences.delete(sequences.keys().next().value ?? "");
    sequences.set(key, points);
  }
  return points;
}
