import type { SpaceJson } from "../space/types.ts";
import type { Constraints, Objectives, RunOptions, StudyDefinition } from "./study-types.ts";
import type { Executor, Sampler, Scheduler } from "./types.ts";

/** A checked-by-the-compiler study file. Its types are told no further: the command line reads it as data. */
export interface DefinedStudy {
  readonly name?: string;
  readonly space: SpaceJson;
  readonly objectives: Objectives;
  readonly constraints?: Constraints;
  readonly sampler?: Sampler;
  readonly scheduler?: Scheduler;
  readonly seed?: number;
  readonly storage?: string;
  readonly run?: RunOptions;
  readonly queue?: readonly unknown[];
  /** Evaluates a configuration. */
  readonly objective?: (params: never, trial: never) => unknown;
  readonly command?: unknown;
  readonly executor?: Executor;
  /** Scores the best configuration once more at the end, on data the search has not seen. */
  readonly final?: (params: never) => unknown;
}

/**
 * A study as the default export of a file for `vernier run FILE`. Returns its argument: it is there for the types.
 *
 * @example
 * export default defineStudy({
 *   space: space({ lr: float(1e-5, 1e-1, { scale: "log" }) }),
 *   objectives: { loss: "minimize" },
 *   objective: async ({ lr }) => train(lr),
 * });
 */
export function defineStudy<S, const O extends Objectives, const C extends Constraints = Record<never, never>>(
  definition: StudyDefinition<S, O, C>,
): DefinedStudy {
  return definition as unknown as DefinedStudy;
}
