/** What an expression over trials may name, for `--where`, `--sort` and `--columns`. */
import type { StudySpec, TrialRecord, TrialState } from "../core/types.ts";
import { evaluate, parseExpression, scopeTypes } from "../space/expression.ts";
import type { ScopeType } from "../space/expr-types.ts";
import { flatten } from "./view/format.ts";

const STATES: readonly TrialState[] = ["waiting", "running", "paused", "complete", "pruned", "failed"];

const secondsOf = (trial: TrialRecord): number | undefined =>
  trial.startedAt === null || trial.finishedAt === null ? undefined : (trial.finishedAt - trial.startedAt) / 1000;

/** Parameters, then metrics over them, then what every trial has; `params` and `metrics` tell equal names apart. */
export const trialScope = (trial: TrialRecord): Readonly<Record<string, unknown>> => {
  const seconds = secondsOf(trial);
  return {
    ...trial.params,
    ...trial.metrics,
    params: trial.params ?? {},
    metrics: trial.metrics ?? {},
    last: { step: trial.last?.step, ...trial.last?.metrics },
    number: trial.number,
    state: trial.state,
    attempt: trial.attempt,
    failures: trial.failures,
    seconds,
    duration: seconds,
    sampler: trial.sampler ?? undefined,
    tags: trial.tags,
    attrs: trial.attrs,
    note: trial.note ?? undefined,
    error: trial.error ?? {},
    given: [...flatten(trial.params ?? {}).map(([name]) => name), ...Object.keys(trial.metrics ?? {})],
  };
};

/** Names that every trial has, whatever its study; a parameter or metric of such a name is `params.NAME` or `metrics.NAME`. */
const OWN = {
  number: "number",
  state: { values: STATES },
  attempt: "number",
  failures: "number",
  seconds: "number",
  duration: "number",
  sampler: "string",
  tags: { list: "string" },
  attrs: { record: {}, open: true },
  note: "string",
  error: {
    record: { kind: { values: ["throw", "exit", "timeout", "lost", "result"] }, message: "string", code: "string" },
  },
  given: { list: "string" },
} as const satisfies Record<string, ScopeType>;

/** Names with their types: a misspelt one is an error that shows its place, never an empty table. */
export const trialScopeTypes = (spec: StudySpec, trials?: readonly TrialRecord[]): Record<string, ScopeType> => {
  const metrics: Record<string, ScopeType> = {};
  for (const name of [...Object.keys(spec.objectives), ...Object.keys(spec.constraints)]) metrics[name] = "number";
  const params: Record<string, ScopeType> = { ...scopeTypes(spec.space) };
  for (const trial of trials ?? []) {
    for (const name of Object.keys(trial.metrics ?? {})) metrics[name] ??= "number";
    for (const name of Object.keys(trial.last?.metrics ?? {})) metrics[name] ??= "number";
    for (const name of Object.keys(trial.params ?? {})) params[name] ??= "any";
  }
  // Without the trials nobody knows which other metrics they told: then any name is taken behind `metrics.`.
  const open = trials === undefined ? ({ open: true } as const) : {};
  return {
    ...params,
    ...metrics,
    params: { record: params, open: true },
    metrics: { record: metrics, ...open },
    last: { record: { ...metrics, step: "number" }, ...open },
    ...OWN,
  };
};

/**
 * A condition over trials in the language of `where`: `loss < 0.1 and optimizer.kind == "adamw"`. It may name parameters by their paths, metrics,
 * number, state, attempt, failures, seconds (duration is another name for it), sampler, tags, attrs, note, error.kind, error.message,
 * last.NAME and last.step, and given, the list of a trial's parameters and metrics. A comparison with something that a trial lacks is neither
 * true nor false, nor is its `not`; such a trial does not fit unless the other side of an `or` holds.
 *
 * @param trials Where they are known, other metrics than the study's may be named, and a misspelt one is an error; without them
 *   `metrics.NAME` takes any name.
 * @throws VernierError E_EXPRESSION_* with the place in the text.
 * @example const fits = compileTrialFilter(spec, 'state == "complete" and "baseline" in tags'); trials.filter(fits);
 */
export const compileTrialFilter = (
  spec: StudySpec,
  text: string,
  trials?: readonly TrialRecord[],
): ((trial: TrialRecord) => boolean) => {
  const expression = parseExpression(text, trialScopeTypes(spec, trials), { result: "boolean" });
  return trial => evaluate(expression, trialScope(trial)) === true;
};

/** Reads any value of a trial: a name, a path or arithmetic over them; undefined where the trial has none. @throws VernierError E_EXPRESSION_* */
export const compileTrialValue = (
  spec: StudySpec,
  text: string,
  trials?: readonly TrialRecord[],
): ((trial: TrialRecord) => unknown) => {
  const expression = parseExpression(text, trialScopeTypes(spec, trials));
  return trial => evaluate(expression, trialScope(trial));
};
