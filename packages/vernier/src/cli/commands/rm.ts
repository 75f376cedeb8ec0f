import type { Storage, StudyInfo, TrialRecord } from "../../core/types.ts";
import { VernierError } from "../../math/errors.ts";
import { spell } from "../../space/spell.ts";
import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { isOn, jsonFlag, storageFlag, studyFlag, studyPlace, textOf, trialNumber } from "../flags.ts";
import { printJson, studyJson } from "../json.ts";
import { chosen, WHERE_NOTE, whereFlag } from "../listing.ts";
import { shellWord, storageHint, withPlace, withStudy } from "../open.ts";
import { count } from "../view/format.ts";
import { say, sayNext } from "../view/say.ts";

/** More are counted, not listed. */
const LISTED = 12;

/** `trial 3`, `trials 3, 5 and 9`, `40 trials`. */
export const spellTrials = (numbers: readonly number[]): string => {
  if (numbers.length > LISTED) return count(numbers.length, "trial");
  const [last, ...others] = numbers.toReversed();
  return others.length === 0 ? `trial ${last}` : `trials ${others.reverse().join(", ")} and ${last}`;
};

/**
 * The trials that `--trial` and `--where` name, among deleted or live ones, in the order of their numbers; undefined when neither was given.
 *
 * @throws VernierError E_TRIAL_UNKNOWN, E_EXPRESSION_*, E_CLI_USAGE
 */
export const namedTrials = async (
  storage: Storage,
  info: StudyInfo,
  flags: Readonly<Record<string, unknown>>,
  numbers: readonly string[],
  deleted: boolean,
): Promise<readonly TrialRecord[] | undefined> => {
  const where = textOf(flags, "where");
  if (numbers.length === 0 && where === undefined) return undefined;
  const wanted = new Set(numbers.flatMap(text => text.split(",")).map(text => trialNumber(text.trim())));
  const all = await storage.trials(info.id, { deleted: true });
  for (const number of wanted) {
    const trial = all.find(other => other.number === number);
    if (trial === undefined)
      throw new VernierError(
        "E_TRIAL_UNKNOWN",
        `study ${spell(info.spec.name)} has no trial ${number}. It holds ${count(all.length, "trial")}, numbered from 0; see \`vernier trials\`. Nothing was changed.`,
      );
    if (trial.deleted !== deleted)
      throw new VernierError(
        "E_TRIAL_UNKNOWN",
        `trial ${number} of ${spell(info.spec.name)} is ${deleted ? "not deleted" : "deleted already"}. Leave it out. Nothing was changed.`,
      );
  }
  const able = all.filter(trial => trial.deleted === deleted && (wanted.size === 0 || wanted.has(trial.number)));
  return where === undefined ? able : chosen(info.spec, able, flags);
};

/** The line that brings trials back. */
const undoLine = (info: StudyInfo, storage: Storage, numbers: readonly number[], where: string | undefined): string =>
  `vernier undo ${shellWord(info.spec.name)}` +
  (where !== undefined && numbers.length > LISTED ? ` --where ${shellWord(where)}` : ` --trial ${numbers.join(",")}`) +
  storageHint(storage.url);

/** `vernier rm STUDY` */
export const rm: Command = {
  name: "rm",
  about: "Delete a study or some of its trials, undoably.",
  usage: ["vernier rm STUDY [flags]", "vernier rm [STUDY] --trial N [--trial N...]", "vernier rm [STUDY] --where EXPR"],
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
  notes: [
    "What is deleted no longer counts: not for the best, not for the sampler, not in tables. It stays stored, and `vernier undo` brings it back, " +
      "until `vernier purge` removes a deleted study for good. A run of a deleted study ends.",
    WHERE_NOTE,
  ],
  examples: [
    ["vernier rm digits --trial 3", "One trial, with a wrong measurement"],
    ["vernier rm digits --where 'seconds < 1'", "All that fit"],
    ["vernier rm digits", "The study"],
  ],
  run: (flags, { io, all, positionals }) => {
    const numbers = all["trial"] ?? [];
    const [place] = positionals;
    if (place === undefined && textOf(flags, "study") === undefined && numbers.length === 0 && !textOf(flags, "where"))
      throw usageError("say what to delete: vernier rm STUDY, --trial N or --where EXPR");
    return withStudy(withPlace(flags, place), io, async (storage, info) => {
      const { name } = info.spec;
      const trials = await namedTrials(storage, info, flags, numbers, false);
      const json = isOn(flags, "json");
      if (trials === undefined) {
        await storage.deleteStudy(info.id);
        const undo = `vernier undo ${shellWord(name)}${storageHint(storage.url)}`;
        if (json) return printJson(io, "rm", { study: studyJson(info), deleted: "study", trials: [], undo });
        const total = Object.values(info.counts).reduce((sum, n) => sum + n, 0);
        say(io, `study ${name} is deleted, with ${count(total, "trial")}`);
        sayNext(io, undo, "brings it back");
        if (info.counts.running > 0)
          io.err(
            `${count(info.counts.running, "trial")} of it ${info.counts.running === 1 ? "is" : "are"} running; their results will be refused.\n`,
          );
        return;
      }
      for (const { number } of trials) await storage.execute(info.id, { type: "delete", number });
      const gone = trials.map(trial => trial.number);
      const undo = gone.length === 0 ? null : undoLine(info, storage, gone, textOf(flags, "where"));
      if (json) return printJson(io, "rm", { study: studyJson(info), deleted: "trials", trials: gone, undo });
      if (undo === null) return io.out(`no trial of ${name} fits; nothing is deleted\n`);
      say(io, `${spellTrials(gone)} of ${name} ${gone.length === 1 ? "is" : "are"} deleted`);
      sayNext(io, undo, `brings ${gone.length === 1 ? "it" : "them"} back`);
    });
  },
};
