/** The configuration of all defaults, which results are compared with. */
import type { StudySpec, TrialRecord } from "../core/types.ts";
import type { Codec, Params } from "../space/types.ts";

export interface Defaults {
  readonly params: Params;
  readonly codec: Codec;
}

/** null for define-by-run spaces, whose defaults nobody knows, and where the defaults break a `where`. */
export const defaultsOf = async (spec: Pick<StudySpec, "space">): Promise<Defaults | null> => {
  if (spec.space.dynamic === true) return null;
  const { compile } = await import("../space/index.ts");
  const codec = compile(spec.space);
  const params = codec.defaults();
  return codec.feasible(params) ? { params, codec } : null;
};

/** A complete trial that tried exactly the defaults. */
export const defaultTrial = (defaults: Defaults | null, trials: readonly TrialRecord[]): TrialRecord | null => {
  if (defaults === null) return null;
  const key = defaults.codec.key(defaults.params);
  return (
    trials.find(
      trial =>
        trial.state === "complete" &&
        !trial.deleted &&
        trial.params !== null &&
        defaults.codec.check(trial.params).length === 0 &&
        defaults.codec.key(trial.params) === key,
    ) ?? null
  );
};
