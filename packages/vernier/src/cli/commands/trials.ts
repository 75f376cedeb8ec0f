import type { StudySpec, TrialRecord } from "../../core/types.ts";
import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { intOf, isOn, jsonFlag, storageFlag, studyFlag, textOf } from "../flags.ts";
import { printJson, studyJson, trialJson } from "../json.ts";
import { withStudy } from "../open.ts";
import { trialFilter, trialScope } from "../trial-scope.ts";
import { didYouMean, spell } from "../../space/spell.ts";
import { count } from "../view/format.ts";
import { trialTable } from "../view/trial-table.ts";

/** Rows that a text table shows when nobody asks for a number. */
const SHOWN = 30;

/** Sorts in place: best first for an objective, ascending for everything else; trials without the value last. */
export const sortTrials = (spec: StudySpec, trials: TrialRecord[], by: string, reverse: boolean): TrialRecord[] => {
  const path = by.split(".");
  const valueOf = (trial: TrialRecord): unknown =>
    path.reduce<unknown>(
      (value, step) => (value as Record<string, unknown> | null | undefined)?.[step],
      trialScope(trial),
    );
  if (trials.length > 0 && trials.every(trial => valueOf(trial) === undefined)) {
    const known = new Set(trials.flatMap(trial => Object.keys(trialScope(trial))));
    throw usageError(
      `--sort ${spell(by)}: no trial has such a value.${didYouMean(by, known)} Sort by number, state, seconds, a metric or a parameter.`,
    );
  }
  const sign = (spec.objectives[by]?.direction === "maximize" ? -1 : 1) * (reverse ? -1 : 1);
  const missing = (value: unknown): boolean => value === undefined || value === null || Number.isNaN(value);
  return trials.sort((a, b) => {
    const [x, y] = [valueOf(a), valueOf(b)];
    if (missing(x) || missing(y)) return Number(missing(x)) - Number(missing(y)) || a.number - b.number;
    if (x === y) return a.number - b.number;
    return (x as number | string) < (y as number | string) ? -sign : sign;
  });
};

/** `vernier trials` */
export const trials: Command = {
  name: "trials",
  about: "List trials as a table; filter them with an expression.",
  usage: ["vernier trials [flags]"],
  args: {
    where: { type: "string", valueHint: "EXPR", description: "Only trials for which the expression holds." },
    sort: {
      type: "string",
      valueHint: "NAME",
      description: "Order by a metric (best first for an objective), a parameter, number, state or seconds.",
    },
    reverse: { type: "boolean", description: "Turn the order around." },
    limit: {
      type: "string",
      valueHint: "N",
      description: `Show at most N trials (default for tables: the last ${SHOWN}).`,
    },
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
  },
  notes: [
    "Expressions know the parameters by name (model.layers), every metric, and number, state, attempt and seconds; last.NAME is the newest report. Where a metric and a " +
      "parameter share a name, write metrics.NAME or params.NAME. A comparison with a value that a trial lacks does not hold.",
  ],
  examples: [
    ["vernier trials --sort loss --limit 5", "The five best"],
    [`vernier trials --where 'state == "failed"'`, "What went wrong"],
    [`vernier trials --where 'loss < 0.1 and act in ["relu", "gelu"]' --json`, "For scripts"],
  ],
  run: (flags, { io }) =>
    withStudy(flags, io, async (storage, info) => {
      const { spec } = info;
      const where = textOf(flags, "where");
      const limit = intOf(flags, "limit", 1);
      const all = await storage.trials(info.id);
      const filter = where === undefined ? undefined : await trialFilter(where, spec, all);
      let found = all.filter(trial => !trial.deleted && (filter?.(trial) ?? true));
      const by = textOf(flags, "sort");
      if (by !== undefined) found = sortTrials(spec, found, by, isOn(flags, "reverse"));
      else if (isOn(flags, "reverse")) found.reverse();
      const json = isOn(flags, "json");
      const total = found.length;
      if (limit !== undefined) found = found.slice(0, limit);
      else if (!json && total > SHOWN)
        found = by === undefined && !isOn(flags, "reverse") ? found.slice(-SHOWN) : found.slice(0, SHOWN);
      if (json) return printJson(io, "trials", { study: studyJson(info), total, trials: found.map(trialJson) });
      if (total === 0) return io.out(where === undefined ? "No trials yet.\n" : `No trial of ${all.length} fits.\n`);
      io.out(`${trialTable(spec, found, io.columns(), io.style).join("\n")}\n`);
      if (found.length < total)
        io.out(
          io.style.dim(`${count(found.length, "trial")} of ${total.toLocaleString("en-US")}; --limit N shows more\n`),
        );
    }),
};
