/** Configurations given in part: checking them, and completing them. */
import { VernierError } from "../math/errors.ts";
import type { Rng } from "../math/rng.ts";
import { compileSpace, paramsError, SpaceCodec } from "./codec.ts";
import { spell } from "./spell.ts";
import type { Codec, Issue, Params } from "./types.ts";

/** Draws before a partial configuration is called impossible. */
const TRIES = 1_000;

const codecOf = <P>(codec: Codec<P>): SpaceCodec => (codec instanceof SpaceCodec ? codec : compileSpace(codec.space));

/**
 * As `codec.check`, but names may be missing at every level: what a queued trial may fix. `where` is asked only where
 * everything it reads is given.
 *
 * @returns The issues found, each with its path; [] when fine.
 */
export function checkPartial<P>(codec: Codec<P>, partial: unknown): readonly Issue[] {
  return codecOf(codec).checkAs(partial, true);
}

/**
 * The base with the given values over it. A given branch takes the place of the base's (what it does not say comes from the
 * defaults), a given list has its own length, and parameters under `when` come and go with their conditions. Given values
 * stay to the last digit, even those that have no place here, so that `check` can name them.
 *
 * @param base A whole configuration, for example a sampler's suggestion.
 * @returns A configuration that still has to pass `check`: a given value may contradict the base's.
 */
export function complete<P>(codec: Codec<P>, partial: unknown, base: P): P {
  return codecOf(codec).merge(partial, base, { fill: "any default", inactive: "keep" }) as P;
}

/**
 * A configuration drawn from the priors among those that have the given values, `where` respected.
 *
 * @throws VernierError E_PARAMS where the given values are wrong in themselves, E_SPACE_INFEASIBLE where no draw fits them.
 */
export function sampleWith<P>(codec: Codec<P>, partial: unknown, rng: Rng): P {
  const inner = codecOf(codec);
  const issues = checkPartial(codec, partial);
  if (issues.length > 0) throw paramsError(issues);
  const { width } = inner;
  const u = new Float64Array(width);
  const x = new Float64Array(width);
  const given = new Float64Array(width);
  let last: readonly Issue[] = [];
  inner.encode(partial as Params, given);
  for (let i = 0; i < TRIES; i++) {
    inner.fromCube(rng.fill(u), x);
    for (let j = 0; j < width; j++) if (!Number.isNaN(given[j])) x[j] = given[j] as number;
    const params = complete(codec, partial, inner.decode(x) as P);
    last = inner.check(params);
    if (last.length === 0) return params;
  }
  const [issue] = last;
  throw new VernierError(
    "E_SPACE_INFEASIBLE",
    `none of ${TRIES} configurations with ${spell(partial, 200)} is allowed: ${issue?.path ?? ""} ${issue?.message ?? ""}. Give other values, or fewer.`,
    { details: { given: partial } },
  );
}
