/** Getting a configuration for one trial: what the sampler sees, what it may answer, and what a queued trial fixes. */
import { VernierError } from "./errors.ts";
import type { LiveHistory } from "./history.ts";
import { complete, sampleWith } from "../space/index.ts";
import { stream } from "../math/rng.ts";
import { spell } from "../space/spell.ts";
import type { Codec } from "../space/types.ts";
import type { Params, Sampler, SuggestContext, TrialRecord } from "./types.ts";

/** A configuration as it will be recorded. */
export interface Suggestion {
  readonly params: Params;
  readonly sampler: string;
  readonly why?: string;
  /** Finite spaces: the configuration's key. */
  readonly key?: string;
}

/** What a suggestion is a function of, beside the history. */
export interface SuggestFor {
  readonly seed: number;
  readonly number: number;
  readonly resource: number | undefined;
  readonly bracket: number | undefined;
  readonly fixed: Params | null;
}

/** Named in the record of a trial whose queued configuration was whole: no sampler was asked. */
export const QUEUED = "queued";

/** What a started trial wants, from its record. */
export function wanted(seed: number, record: Pick<TrialRecord, "number" | "until" | "bracket" | "fixed">): SuggestFor {
  const { number, until, bracket, fixed } = record;
  return { seed, number, resource: until ?? undefined, bracket: bracket ?? undefined, fixed };
}

/**
 * One suggestion. Synchronous when the sampler is.
 *
 * @throws E_SAMPLER_RESULT when the sampler answers with something that is not a configuration of the space; E_PARAMS and
 * E_SPACE_INFEASIBLE when a queued trial no longer fits an edited space; whatever the sampler throws.
 */
export function suggest(sampler: Sampler, history: LiveHistory, need: SuggestFor): Suggestion | Promise<Suggestion> {
  const { codec } = history;
  const { fixed } = need;
  const open = codec.space.dynamic === true;
  // Nothing is known yet that a sampler could draw.
  if (open && codec.width === 0) return { params: fixed ?? {}, sampler: sampler.name };
  if (fixed !== null && !open && codec.check(fixed).length === 0)
    return keyed(codec, { params: fixed, sampler: QUEUED });
  let reason: string | undefined;
  const context: SuggestContext = {
    space: codec,
    history,
    pending: history.pending,
    rng: stream(need.seed, need.number, "suggest"),
    seed: need.seed,
    number: need.number,
    n: 1,
    resource: need.resource,
    bracket: need.bracket,
    why: text => void (reason = text),
  };
  const finish = (answer: readonly Params[]): Suggestion => {
    const own = checked(sampler, codec, answer);
    const params = fixed === null ? own : open ? { ...own, ...fixed } : fill(codec, fixed, own, need);
    return keyed(codec, { params, sampler: sampler.name, ...(reason !== undefined && { why: reason }) });
  };
  const answer = sampler.suggest(context);
  return isThenable(answer) ? Promise.resolve(answer).then(finish) : finish(answer);
}

export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null)?.then === "function";
}

function keyed(codec: Codec, suggestion: Suggestion): Suggestion {
  // The rest of a define-by-run configuration is not known yet: equal beginnings are no repeat.
  return codec.size === Infinity || codec.space.dynamic
    ? suggestion
    : { ...suggestion, key: codec.key(suggestion.params) };
}

function checked(sampler: Sampler, codec: Codec, answer: unknown): Params {
  const params: unknown = Array.isArray(answer) ? answer[0] : undefined;
  if (params === undefined) {
    throw new VernierError(
      "E_SAMPLER_RESULT",
      `the sampler "${sampler.name}" answered ${spell(answer)}. It must return an array of n configurations. This is a bug in the sampler.`,
    );
  }
  const [issue] = codec.check(params);
  if (issue !== undefined) {
    throw new VernierError(
      "E_SAMPLER_RESULT",
      `the sampler "${sampler.name}" suggested ${spell(params, 200)}: ${issue.path} ${issue.message}${/[.?]$/.test(issue.message) ? "" : "."} ` +
        `It must return configurations of the space. This is a bug in the sampler.`,
    );
  }
  return params as Params;
}

/** The fixed part over a suggestion. Where the two contradict each other, the rest is drawn from the priors. */
function fill(codec: Codec, fixed: Params, base: Params, need: SuggestFor): Params {
  const params = complete(codec, fixed, base);
  return codec.check(params).length === 0 ? params : sampleWith(codec, fixed, stream(need.seed, need.number, "fill"));
}

/**
 * Refuses to queue what could never become a trial.
 *
 * @throws E_PARAMS where the values do not fit the space, E_SPACE_INFEASIBLE where its conditions leave nothing to add.
 */
export function checkQueued(codec: Codec, params: unknown): void {
  if (codec.check(params).length > 0) sampleWith(codec, params, stream(0, "queue"));
}
