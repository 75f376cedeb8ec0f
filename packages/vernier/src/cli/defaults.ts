/** The configuration of all defaults, which results are compared with. */
import type { StudySpec, TrialRecord } from "../core/types.ts";
import type { Codec, Node, Params, Shape, SpaceJson } from "../space/types.ts";

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

const isNode = (member: Node | Shape): member is Node => typeof (member as { type?: unknown }).type === "string";

/** True when somebody wrote a default for every single parameter: then the defaults are a configuration in use, not a guess of ours. */
export const hasOwnDefaults = (space: SpaceJson): boolean =>
  space.dynamic !== true && Object.keys(space.shape).length > 0 && ownDefaults(space.shape);

const ownDefaults = (member: Node | Shape): boolean => {
  if (!isNode(member)) return Object.values(member).every(ownDefaults);
  switch (member.type) {
    case "fixed":
      return true;
    case "optional":
      return ownDefaults(member.p);
    case "list":
      return false;
    case "oneOf": {
      const branch = member.default === undefined ? undefined : member.branches[member.default];
      return branch !== undefined && ownDefaults(branch);
    }
    default:
      return member.default !== undefined;
  }
};
