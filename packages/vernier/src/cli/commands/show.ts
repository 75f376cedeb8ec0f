import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { isOn, jsonFlag, storageFlag, studyFlag, textOf, trialNumber } from "../flags.ts";
import { metricsToWire } from "../../core/json.ts";
import { VernierError } from "../../math/errors.ts";
import { didYouMean, spell } from "../../space/spell.ts";
import { printJson, studyJson, trialJson } from "../json.ts";
import { withStudy } from "../open.ts";
import { trialPage } from "../view/trial-page.ts";
import { defaultsOf } from "../defaults.ts";

/** `vernier show N` */
export const show: Command = {
  name: "show",
  about: "Show everything about one trial.",
  usage: ["vernier show N [flags]"],
  args: {
    n: { type: "positional", required: false, description: "The trial's number." },
    artifact: {
      type: "string",
      valueHint: "NAME",
      description: "Print this artifact's bytes instead, such as stderr.txt.",
    },
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
  },
  examples: [
    ["vernier show 17", "Parameters, metrics, reports, errors and what was stored"],
    ["vernier show 17 --artifact stderr.txt", "What its program complained about"],
  ],
  run: (flags, { io, positionals }) => {
    const number = trialNumber(positionals[0]);
    return withStudy(flags, io, async (storage, info) => {
      const trial = await storage.trial(info.id, number);
      if (trial === undefined || trial.deleted) {
        const total = Object.values(info.counts).reduce((sum, n) => sum + n, 0);
        throw new VernierError(
          "E_TRIAL_UNKNOWN",
          `study ${spell(info.spec.name)} has no trial ${number}${trial?.deleted === true ? " any more: it is deleted" : ""}. It holds ${total} trials; see \`vernier trials\`.`,
        );
      }
      const artifact = textOf(flags, "artifact");
      if (artifact !== undefined && isOn(flags, "json"))
        throw usageError(
          "--artifact prints bytes, and --json one document, which names the artifacts. Leave one of them out.",
        );
      if (artifact !== undefined) {
        const names = trial.artifacts.map(({ name }) => name);
        const found = trial.artifacts.findLast(({ name }) => name === artifact);
        if (found === undefined)
          throw new VernierError(
            "E_ARTIFACT_UNKNOWN",
            `trial ${number} has no artifact ${spell(artifact)}.${didYouMean(artifact, names)} ${names.length === 0 ? "It has none." : `It has ${[...new Set(names)].join(", ")}.`}`,
          );
        io.out(await storage.artifacts.get(found.hash)); // as they are: a pipe may want a model's bytes
        return;
      }
      const reports = await storage.reports(info.id, number);
      const logs = await storage.logs(info.id, number);
      if (isOn(flags, "json"))
        return printJson(io, "show", {
          study: studyJson(info),
          trial: { ...trialJson(trial), artifacts: trial.artifacts, attrs: trial.attrs },
          reports: reports.map(({ attempt, step, metrics }) => ({ attempt, step, metrics: metricsToWire(metrics) })),
          logs: logs.map(({ at, attempt, text }) => ({ at: new Date(at).toISOString(), attempt, text })),
        });
      const defaults = await defaultsOf(info.spec);
      io.out(
        `${trialPage(info.spec, trial, { reports, logs, defaults: defaults?.params ?? null }, io.columns(), io.style).join("\n")}\n`,
      );
    });
  },
};
