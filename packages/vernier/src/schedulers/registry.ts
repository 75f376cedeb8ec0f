/** Schedulers by name: what a study's stored spec, the CLI and HTTP say. */
import type { Factory } from "../core/define.ts";
import { VernierError } from "../core/errors.ts";
import type { Json, Scheduler } from "../core/types.ts";
import { didYouMean, spell } from "../space/spell.ts";
import { median } from "./median/median.ts";
import { none } from "./none/none.ts";

/** Options arrive as JSON: each factory checks what it is given. */
type FromJson = Factory<Record<never, never>, Scheduler>;

const FACTORIES: ReadonlyMap<string, FromJson> = new Map<string, FromJson>([
  ["median", median as FromJson],
  ["none", none],
]);

/** Names that `schedulerByName` knows, in alphabetical order. */
export const SCHEDULER_NAMES: readonly string[] = [...FACTORIES.keys()];

/**
 * The scheduler of a stored spec.
 *
 * @throws E_SCHEDULER_UNKNOWN when there is no such scheduler; E_OPTION when it refuses the options.
 * @example schedulerByName("median", { warmup: 5 })
 */
export function schedulerByName(name: string, options?: Json): Scheduler {
  const factory = FACTORIES.get(name);
  if (factory === undefined) {
    throw new VernierError(
      "E_SCHEDULER_UNKNOWN",
      `there is no scheduler ${spell(name)}. Schedulers are ${SCHEDULER_NAMES.join(", ")}.` +
        (didYouMean(name, SCHEDULER_NAMES) || " Use one of those, or pass your own as a function."),
    );
  }
  return factory((options ?? {}) as Record<never, never>);
}
