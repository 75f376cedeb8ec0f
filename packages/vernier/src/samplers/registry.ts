/** Samplers by name: what a study's stored spec, the CLI and HTTP say. */
import { VernierError } from "../math/errors.ts";
import type { Factory } from "../core/define.ts";
import type { Json, Sampler } from "../core/types.ts";
import { didYouMean, spell } from "../space/spell.ts";
import { auto } from "./auto/auto.ts";
import { cmaes } from "./cmaes/cmaes.ts";
import { forest } from "./forest/forest.ts";
import { gp } from "./gp/gp.ts";
import { grid } from "./grid/grid.ts";
import { nsga2 } from "./nsga2/nsga2.ts";
import { random } from "./random/random.ts";
import { sobol } from "./sobol/sobol.ts";
import { tpe } from "./tpe/tpe.ts";

/** Options arrive as JSON: each factory checks what it is given. */
type FromJson = Factory<Record<never, never>, Sampler>;

const FACTORIES: ReadonlyMap<string, FromJson> = new Map<string, FromJson>([
  ["auto", auto as FromJson],
  ["cmaes", cmaes as FromJson],
  ["forest", forest as FromJson],
  ["gp", gp as FromJson],
  ["grid", grid as FromJson],
  ["nsga2", nsga2 as FromJson],
  ["random", random as FromJson],
  ["sobol", sobol as FromJson],
  ["tpe", tpe as FromJson],
]);

/** Names that `samplerByName` knows, in alphabetical order. */
export const SAMPLER_NAMES: readonly string[] = [...FACTORIES.keys()];

/**
 * The sampler of a stored spec.
 *
 * @throws E_SAMPLER_UNKNOWN when there is no such sampler; E_OPTION when it refuses the options.
 * @example samplerByName("tpe", { startup: 20 })
 */
export function samplerByName(name: string, options?: Json): Sampler {
  const factory = FACTORIES.get(name);
  if (factory === undefined) {
    throw new VernierError(
      "E_SAMPLER_UNKNOWN",
      `there is no sampler ${spell(name)}. Samplers are ${SAMPLER_NAMES.join(", ")}.` +
        (didYouMean(name, SAMPLER_NAMES) || " Use one of those, or pass your own as a function."),
    );
  }
  return factory((options ?? {}) as Record<never, never>);
}
