/** What an expression over trials may name, for `--where` and `--sort`. */
import type { StudySpec, TrialRecord, TrialState } from "../core/types.ts";
import type { ScopeType } from "../space/expr-types.ts";

const STATES: readonly TrialState[] = ["waiting", "running", "paused", "complete", "pruned", "failed"];

/** Parameters, then metrics over them, then what every trial has; `params` and `metrics` tell equal names apart. */
export const trialScope = (trial: TrialRecord): Readonly<Record<string, unknown>> => ({
  ...trial.params,
  ...trial.metrics,
  params: trial.params ?? {},
  metrics: trial.metrics ?? {},
  last: { step: trial.last?.step, ...trial.last?.metrics },
  number: trial.number,
  state: trial.state,
  attempt: trial.attempt,
  seconds:
    trial.startedAt === null || trial.finishedAt === null ? undefined : (trial.finishedAt - trial.startedAt) / 1000,
  tags: trial.tags,
});

/** Names with their types: a misspelt one is an error that shows its place, never an empty table. */
const scopeTypes = (spec: StudySpec, trials: readonly TrialRecord[]): Record<string, ScopeType> => {
  const metrics: Record<string, ScopeType> = {};
  for (const name of [...Object.keys(spec.objectives), ...Object.keys(spec.constraints)]) metrics[name] = "number";
  for (const trial of trials) for (const name of Object.keys(trial.metrics ?? {})) metrics[name] ??= "number";
  const params: Record<string, ScopeType> = {};
  for (const name of Object.keys(spec.space.shape)) params[name] = "any";
  for (const trial of trials) for (const name of Object.keys(trial.params ?? {})) params[name] ??= "any";
  return {
    ...params,
    ...metrics,
    params: { record: params, open: true },
    metrics: { record: metrics },
    last: { record: { ...metrics, step: "number" }, open: true },
    number: "number",
    state: { values: STATES },
    attempt: "number",
    seconds: "number",
    tags: { list: "string" },
  };
};

/** @throws VernierError E_EXPR_* with the place in the text. */
export const trialFilter = async (
  where: string,
  spec: StudySpec,
  trials: readonly TrialRecord[],
): Promise<(trial: TrialRecord) => boolean> => {
  const { parseExpression, evaluate } = await import("../space/index.ts");
  const expression = parseExpression(where, scopeTypes(spec, trials));
  return trial => evaluate(expression, trialScope(trial)) === true;
};
