import { VernierError } from "../../math/errors.ts";
import { spell } from "../../space/spell.ts";
import type { Command } from "../command.ts";
import { isOn, jsonFlag, storageFlag, studyFlag, studyPlace } from "../flags.ts";
import { printJson, studyJson } from "../json.ts";
import { whereFlag } from "../listing.ts";
import { shellWord, storageHint, withPlace, withStudy } from "../open.ts";
import { count } from "../view/format.ts";
import { namedTrials, spellTrials } from "./rm.ts";

/** `vernier undo STUDY` */
export const undo: Command = {
  name: "undo",
  about: "Bring back what `vernier rm` deleted.",
  usage: [
    "vernier undo STUDY [flags]",
    "vernier undo [STUDY] --trial N [--trial N...]",
    "vernier undo [STUDY] --where EXPR",
  ],
  args: {
    ...studyPlace,
    trial: { type: "string", valueHint: "N", description: "This trial, or several: 3,5,9; may repeat." },
    ...whereFlag,
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
  },
  repeat: ["trial"],
  values: { place: "study" },
  notes: ["`vernier studies --deleted` and `vernier trials --deleted` list what can be brought back."],
  examples: [
    ["vernier undo digits", "A deleted study"],
    ["vernier undo digits --trial 3,5", "Deleted trials"],
  ],
  run: (flags, { io, all, positionals }) =>
    withStudy(
      withPlace(flags, positionals[0]),
      io,
      async (storage, info) => {
        const { name } = info.spec;
        const hint = storageHint(storage.url);
        const json = isOn(flags, "json");
        const trials = await namedTrials(storage, info, flags, all["trial"] ?? [], true);
        if (trials === undefined) {
          if (!info.deleted) {
            const deleted = (await storage.trials(info.id, { deleted: true })).filter(trial => trial.deleted);
            const numbers = deleted.map(trial => trial.number);
            throw new VernierError(
              "E_UNDO_NOTHING",
              numbers.length === 0
                ? `study ${spell(name)} is not deleted, and none of its trials is. There is nothing to bring back.`
                : `study ${spell(name)} is not deleted; ${spellTrials(numbers)} of it ${numbers.length === 1 ? "is" : "are"}. ` +
                    `Say which to bring back: vernier undo ${shellWord(name)} ` +
                    (numbers.length > 12
                      ? `--where 'number >= 0'${hint} for all of them`
                      : `--trial ${numbers.join(",")}${hint}`) +
                    ", or --where EXPR",
            );
          }
          await storage.restoreStudy(info.id);
          if (json) return printJson(io, "undo", { study: studyJson(info), restored: "study", trials: [] });
          const total = Object.values(info.counts).reduce((sum, n) => sum + n, 0);
          return io.out(`study ${name} is back, with ${count(total, "trial")}\n`);
        }
        if (info.deleted)
          throw new VernierError(
            "E_STUDY_DELETED",
            `the study ${spell(name)} is deleted as a whole. Bring it back first: vernier undo ${shellWord(name)}${hint}`,
          );
        for (const { number } of trials) await storage.execute(info.id, { type: "restore", number });
        const numbers = trials.map(trial => trial.number);
        if (json) return printJson(io, "undo", { study: studyJson(info), restored: "trials", trials: numbers });
        io.out(
          numbers.length === 0
            ? `no deleted trial of ${name} fits; nothing is changed\n`
            : `${spellTrials(numbers)} of ${name} ${numbers.length === 1 ? "is" : "are"} back\n`,
        );
      },
      { deleted: true },
    ),
};
