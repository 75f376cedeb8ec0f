/** Rejection sampling under `where`, and the clear error when it is hopeless. */
import { VernierError } from "../math/errors.ts";
import type { Rng } from "../math/rng.ts";
import type { SpaceCodec } from "./codec.ts";
import { spellNumber } from "./spell.ts";
import type { Params } from "./types.ts";

/** Draws before rejection is given up. */
const TRIES = 10_000;
/** Finite spaces up to this size are then searched whole. */
const SEARCHABLE = 100_000;

/**
 * A drawn configuration for which every `where` holds. After 10,000 misses a finite space of at most 100,000 configurations
 * is enumerated and one of its feasible ones is taken, all alike.
 *
 * @throws VernierError E_SPACE_INFEASIBLE with the feasible share and the `where` that failed most.
 */
export function sampleFeasible(codec: SpaceCodec, rng: Rng, draw: () => Params): Params {
  const misses = new Array<number>(codec.constraints.length).fill(0);
  for (let i = 0; i < TRIES; i++) {
    const params = draw();
    const missed = codec.constraints.findIndex(constraint => !constraint.holds(params));
    if (missed < 0) return params;
    // Counted for every constraint that fails, not only the first: the order of `where` must not blame one.
    for (const [j, constraint] of codec.constraints.entries()) {
      if (j >= missed && !constraint.holds(params)) misses[j] = (misses[j] ?? 0) + 1;
    }
  }
  const { size } = codec;
  if (size <= SEARCHABLE) {
    const all = [...codec.enumerate()];
    const one = all[rng.int(Math.max(1, all.length))];
    if (one !== undefined) return one;
    throw infeasible(codec, misses, `none of its ${spellNumber(size)} configurations satisfies every where`, "");
  }
  throw infeasible(
    codec,
    misses,
    `none of ${spellNumber(TRIES)} draws satisfied every where, so the feasible share is below about ${spellNumber(3 / TRIES)}`,
    ", or encode the constraint in the parameters (a ratio instead of two sizes)",
  );
}

function infeasible(codec: SpaceCodec, misses: readonly number[], fact: string, more: string): VernierError {
  const worst = misses.indexOf(Math.max(...misses));
  const text = codec.constraints[worst]?.text ?? "";
  const share = (100 * (misses[worst] ?? 0)) / TRIES;
  return new VernierError(
    "E_SPACE_INFEASIBLE",
    `the space cannot be sampled: ${fact}. "${text}" failed most often, in ${share.toPrecision(3)} % of the draws. Widen the bounds, loosen that where${more}.`,
    { details: { draws: TRIES, misses: Object.fromEntries(codec.constraints.map((c, i) => [c.text, misses[i]])) } },
  );
}
