import { studyJson, printJson, trialJson } from "../json.ts";
import type { Command } from "../command.ts";
import { openStored, recordsOf } from "../engine.ts";
import { EXIT } from "../errors.ts";
import { isOn, jsonFlag, storageFlag, studyFlag, textOf } from "../flags.ts";
import { chosen, WHERE_NOTE, whereFlag } from "../listing.ts";
import { withStudy } from "../open.ts";
import { bestOf } from "../rank.ts";
import { summarize } from "../summarize.ts";
import { renderSummary } from "../view/summary.ts";

/** `vernier best` */
export const best: Command = {
  name: "best",
  about: "Show the best trial, or the front of several objectives.",
  usage: ["vernier best [flags]"],
  args: { ...whereFlag, ...studyFlag, ...storageFlag, ...jsonFlag },
  notes: ["Exits with 1 while no complete trial holds every constraint.", WHERE_NOTE],
  examples: [
    ["vernier best", "The best configuration beside the defaults"],
    [`vernier best --where 'optimizer.kind == "sgd"'`, "The best of some"],
    ["vernier best --json", "For scripts"],
  ],
  run: (flags, { io }) =>
    withStudy(flags, io, async (storage, info) => {
      const study = await openStored(info.spec.name, storage);
      const trials = chosen(info.spec, recordsOf(study), flags);
      const found = bestOf(info.spec, trials);
      if (isOn(flags, "json"))
        printJson(io, "best", {
          study: studyJson(info),
          best: Object.keys(info.spec.objectives).length === 1 && found[0] !== undefined ? trialJson(found[0]) : null,
          front: found.map(trialJson),
        });
      else {
        // Of some of the trials nobody can say what mattered.
        const where = textOf(flags, "where");
        const facts = where === undefined ? { history: study.history } : { note: `Only trials with ${where}` };
        io.out(`${renderSummary(await summarize(info.spec, trials, facts), io.columns(), io.style).join("\n")}\n`);
      }
      return found.length === 0 ? EXIT.failed : EXIT.ok;
    }),
};
