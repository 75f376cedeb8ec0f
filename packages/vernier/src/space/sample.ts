/** Rejection sampling under `where`, and the clear error when it is hopeless. */
import { VernierError } from "../math/errors.ts";
import type { Rng } from "../math/rng.ts";
import type { SpaceCodec } from "./codec.ts";
import { spellNumber } from "./spell.ts";
import type { Params } from "./types.ts";

/** Draws before rejection is given up; fewer where the whole space can be searched instead. */
const TRIES = 10_000;
const TRIES_WHERE_SEARCHABLE = 300;
/** Finite spaces up to this size are searched whole. */
const SEARCHABLE = 100_000;

/** The feasible configurations of spaces that had to be searched: a search costs up to a second, a draw must not. */
const searched = new WeakMap<SpaceCodec, readonly Params[]>();

/**
 * A drawn configuration for which every `where` holds, by rejection: at most 10,000 draws. A finite space of at most 100,000
 * configurations is searched whole after 300 misses, and one of its feasible ones is taken, all alike. Which way it
 * goes depends on the stream alone, never on earlier draws.
 *
 * @throws VernierError E_SPACE_INFEASIBLE with the feasible share and the `where` that failed most.
 */
export function sampleFeasible(codec: SpaceCodec, rng: Rng, draw: () => Params): Params {
  const misses = new Array<number>(codec.constraints.length).fill(0);
  let tries = 0;
  for (const limit of [TRIES_WHERE_SEARCHABLE, TRIES]) {
    for (; tries < limit; tries++) {
      const params = draw();
      const missed = codec.constraints.findIndex(constraint => !constraint.holds(params));
      if (missed < 0) return params;
      // Counted for every constraint that fails, not only the first: the order of `where` must not blame one.
      for (const [j, constraint] of codec.constraints.entries()) {
        if (j >= missed && !constraint.holds(params)) misses[j] = (misses[j] ?? 0) + 1;
      }
    }
    if (codec.size > SEARCHABLE) continue;
    const all = searched.get(codec) ?? [...codec.enumerate()];
    searched.set(codec, all);
    const one = all[rng.int(Math.max(1, all.length))];
    if (one !== undefined) return copied(codec, one);
    const fact = `none of its ${spellNumber(codec.size)} configurations satisfies every where`;
    throw infeasible(codec, misses, tries, fact, "");
  }
  throw infeasible(
    codec,
    misses,
    tries,
    `none of ${tries} draws satisfied every where, so the feasible share is below about ${spellNumber(3 / tries)}`,
    ", or encode the constraint in the parameters (a ratio instead of two sizes)",
  );
}

/** Its encoding is exact: a finite space is discrete. */
function copied(codec: SpaceCodec, params: Params): Params {
  const x = new Float64Array(codec.width);
  codec.encode(params, x);
  return codec.decode(x);
}

function infeasible(
  codec: SpaceCodec,
  misses: readonly number[],
  tries: number,
  fact: string,
  more: string,
): VernierError {
  const worst = misses.indexOf(Math.max(...misses));
  const text = codec.constraints[worst]?.text ?? "";
  const share = (100 * (misses[worst] ?? 0)) / tries;
  return new VernierError(
    "E_SPACE_INFEASIBLE",
    `the space cannot be sampled: ${fact}. "${text}" failed most often, in ${share.toPrecision(3)} % of the draws. Widen the bounds, loosen that where${more}.`,
    { details: { draws: tries, misses: Object.fromEntries(codec.constraints.map((c, i) => [c.text, misses[i]])) } },
  );
}
