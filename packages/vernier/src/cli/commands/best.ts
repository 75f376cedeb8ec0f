import { studyJson, printJson, trialJson } from "../json.ts";
import type { Command } from "../command.ts";
import { openStored, recordsOf } from "../engine.ts";
import { EXIT } from "../errors.ts";
import { isOn, jsonFlag, storageFlag, studyFlag } from "../flags.ts";
import { withStudy } from "../open.ts";
import { bestOf } from "../rank.ts";
import { summarize } from "../summarize.ts";
import { renderSummary } from "../view/summary.ts";

/** `vernier best` */
export const best: Command = {
  name: "best",
  about: "Show the best trial, or the front of several objectives.",
  usage: ["vernier best [flags]"],
  args: { ...studyFlag, ...storageFlag, ...jsonFlag },
  notes: ["Exits with 1 while no complete trial holds every constraint."],
  examples: [
    ["vernier best", "The best configuration beside the defaults"],
    ["vernier best --json", "For scripts"],
  ],
  run: (flags, { io }) =>
    withStudy(flags, io, async (storage, info) => {
      const study = await openStored(info.spec.name, storage);
      const trials = recordsOf(study);
      const found = bestOf(info.spec, trials);
      if (isOn(flags, "json"))
        printJson(io, "best", {
          study: studyJson(info),
          best: Object.keys(info.spec.objectives).length === 1 && found[0] !== undefined ? trialJson(found[0]) : null,
          front: found.map(trialJson),
        });
      else
        io.out(
          `${renderSummary(await summarize(info.spec, trials, { history: study.history }), io.columns(), io.style).join("\n")}\n`,
        );
      return found.length === 0 ? EXIT.failed : EXIT.ok;
    }),
};
