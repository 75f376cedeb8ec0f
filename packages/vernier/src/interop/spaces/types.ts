/** What a search described for another tool is here. */
import type { ObjectiveSpec } from "../../core/types.ts";
import type { SpaceJson } from "../../space/types.ts";

/** Formats that `spaceFrom` reads. */
export const SPACE_FORMATS = ["configspace", "wandb", "katib", "hyperopt", "optuna"] as const;
/** ConfigSpace's JSON, a W&B sweep, a Katib experiment, a Hyperopt expression as JSON, Optuna's distributions as JSON. */
export type SpaceFormat = (typeof SPACE_FORMATS)[number];

/** A space of another tool, read: with what else its file says, and what it says that has no counterpart. */
export interface ForeignSpace {
  readonly space: SpaceJson;
  readonly name?: string;
  readonly objectives?: Readonly<Record<string, ObjectiveSpec>>;
  /** Name of our sampler that is nearest; left out where the default will do. */
  readonly sampler?: string;
  /** How many trials, and how many at once. */
  readonly trials?: number;
  readonly concurrency?: number;
  /** Program and arguments, with `{name}` for parameters. */
  readonly command?: readonly string[];
  /** What is not the same here, each with its path. */
  readonly notes: readonly string[];
}
