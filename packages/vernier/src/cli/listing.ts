/** Choosing trials: the flags and their meaning wherever trials are listed. */
import type { ArgsDef } from "citty";
import type { StudySpec, TrialRecord } from "../core/types.ts";
import { usageError } from "./args.ts";
import type { Flags } from "./command.ts";
import { isOn, textOf } from "./flags.ts";
import { compileTrialFilter, compileTrialValue } from "./trial-scope.ts";

export const whereFlag = {
  where: { type: "string", valueHint: "EXPR", description: "Only trials for which the expression holds." },
} as const satisfies ArgsDef;

/** What help says below a command with `--where`. */
export const WHERE_NOTE =
  "Expressions know the parameters by name (model.layers), every metric, and number, state, attempt, failures, seconds, sampler, tags, attrs, " +
  "note, error.kind and error.message; last.NAME is the newest report. Where two share a name, write metrics.NAME or params.NAME. " +
  'A comparison with a value that a trial lacks does not hold, and neither does its `not`; "loss" in given asks whether there is one.';

/** The trials that fit `--where`; all of them without it. @throws VernierError E_EXPRESSION_* */
export const chosen = (spec: StudySpec, trials: readonly TrialRecord[], flags: Flags): TrialRecord[] => {
  const where = textOf(flags, "where");
  return where === undefined ? [...trials] : trials.filter(compileTrialFilter(spec, where, trials));
};

/** Sorts in place: best first for an objective, ascending for everything else; trials without the value last. */
export const sortTrials = (spec: StudySpec, trials: TrialRecord[], by: string, reverse: boolean): TrialRecord[] => {
  const valueOf = compileTrialValue(spec, by, trials);
  const values = new Map(trials.map(trial => [trial, valueOf(trial)]));
  const sign = (spec.objectives[by]?.direction === "maximize" ? -1 : 1) * (reverse ? -1 : 1);
  const missing = (value: unknown): boolean => value === undefined || value === null || Number.isNaN(value);
  return trials.sort((a, b) => {
    const [x, y] = [values.get(a), values.get(b)];
    if (missing(x) || missing(y)) return Number(missing(x)) - Number(missing(y)) || a.number - b.number;
    if (x === y) return a.number - b.number;
    return (x as number | string) < (y as number | string) ? -sign : sign;
  });
};

export interface ShownColumn {
  readonly title: string;
  readonly valueOf: (trial: TrialRecord) => unknown;
}

/** `--columns number,loss,optimizer.kind`; undefined without it. @throws VernierError E_CLI_USAGE, E_EXPRESSION_* */
export const columnsOf = (
  spec: StudySpec,
  trials: readonly TrialRecord[],
  flags: Flags,
): readonly ShownColumn[] | undefined => {
  const text = textOf(flags, "columns");
  if (text === undefined) return undefined;
  if (isOn(flags, "json"))
    throw usageError("--columns is for tables, and --json gives every field of a trial. Leave one of them out.");
  const titles = text.split(",").map(title => title.trim());
  if (titles.includes(""))
    throw usageError(`--columns is ${JSON.stringify(text)}. Write names with commas between: --columns number,loss,lr`);
  return titles.map(title => ({ title, valueOf: compileTrialValue(spec, title, trials) }));
};
