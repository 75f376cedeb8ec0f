import type { Command } from "../command.ts";
import { intOf, isOn, jsonFlag, storageFlag, studyFlag, textOf } from "../flags.ts";
import { printJson, studyJson, trialJson } from "../json.ts";
import { chosen, columnsOf, sortTrials, WHERE_NOTE, whereFlag } from "../listing.ts";
import { withStudy } from "../open.ts";
import { count } from "../view/format.ts";
import { pickedTable, trialTable } from "../view/trial-table.ts";

/** Rows that a text table shows when nobody asks for a number. */
const SHOWN = 30;

/** `vernier trials` */
export const trials: Command = {
  name: "trials",
  about: "List trials as a table; filter them with an expression.",
  usage: ["vernier trials [flags]"],
  args: {
    ...whereFlag,
    sort: {
      type: "string",
      valueHint: "NAME",
      description:
        "Order by a metric (best first for an objective), a parameter, number, state, seconds or any expression.",
    },
    reverse: { type: "boolean", description: "Turn the order around." },
    limit: {
      type: "string",
      valueHint: "N",
      description: `Show at most N trials (default for tables: the last ${SHOWN}).`,
    },
    columns: {
      type: "string",
      valueHint: "NAMES",
      description: "These columns instead: number,loss,optimizer.kind,seconds,attrs.host.",
    },
    deleted: { type: "boolean", description: "Deleted trials instead, which `vernier undo` brings back." },
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
  },
  notes: [WHERE_NOTE],
  examples: [
    ["vernier trials --sort loss --limit 5", "The five best"],
    ["vernier trials --columns number,loss,lr --sort loss", "Three columns"],
    [`vernier trials --where 'state == "failed"'`, "What went wrong"],
    [`vernier trials --where 'loss < 0.1 and optimizer.kind == "adamw"' --json`, "For scripts"],
  ],
  run: (flags, { io }) =>
    withStudy(flags, io, async (storage, info) => {
      const { spec } = info;
      const limit = intOf(flags, "limit", 1);
      const deleted = isOn(flags, "deleted");
      const all = (await storage.trials(info.id, { deleted })).filter(trial => trial.deleted === deleted);
      const columns = columnsOf(spec, all, flags);
      let found = chosen(spec, all, flags);
      const by = textOf(flags, "sort");
      if (by !== undefined) found = sortTrials(spec, found, by, isOn(flags, "reverse"));
      else if (isOn(flags, "reverse")) found.reverse();
      const json = isOn(flags, "json");
      const total = found.length;
      if (limit !== undefined) found = found.slice(0, limit);
      else if (!json && total > SHOWN)
        found = by === undefined && !isOn(flags, "reverse") ? found.slice(-SHOWN) : found.slice(0, SHOWN);
      if (json) return printJson(io, "trials", { study: studyJson(info), total, trials: found.map(trialJson) });
      if (all.length === 0) return io.out(deleted ? "No trial is deleted.\n" : "No trials yet.\n");
      if (total === 0) return io.out(`No trial of ${all.length} fits.\n`);
      const table =
        columns === undefined
          ? trialTable(spec, found, io.columns(), io.style)
          : pickedTable(columns, found, io.columns(), io.style);
      io.out(`${table.join("\n")}\n`);
      if (found.length < total)
        io.out(
          io.style.dim(`${count(found.length, "trial")} of ${total.toLocaleString("en-US")}; --limit N shows more\n`),
        );
    }),
};
