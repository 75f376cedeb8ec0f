import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { checkQueued } from "../../core/suggestion.ts";
import type { Params } from "../../core/types.ts";
import { VernierError } from "../../math/errors.ts";
import { spell } from "../../space/spell.ts";
import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { defaultsOf } from "../defaults.ts";
import { openStored } from "../engine.ts";
import { isOn, jsonFlag, storageFlag, studyFlag, studyPlace, textOf } from "../flags.ts";
import { atPlace, guessesFromFile, guessFromJson, guessFromWords } from "../guess.ts";
import type { Guess } from "../guess.ts";
import type { Io } from "../io.ts";
import { printJson, studyJson } from "../json.ts";
import { withPlace, withStudy } from "../open.ts";
import { count, formatParams } from "../view/format.ts";
import { say } from "../view/say.ts";

const readGuesses = async (file: string, io: Io): Promise<Guess[]> => {
  const text = await readFile(resolve(io.cwd, file), "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new VernierError(
      "E_FILE_READ",
      `the file ${spell(file)} cannot be read (${cause.code ?? cause.message}). --file names JSON Lines, one guess a line. Correct the path.`,
      { cause },
    );
  });
  const guesses = guessesFromFile(text, file);
  if (guesses.length === 0) throw usageError(`${file} holds no guess. Write one a line: {"lr":0.01}`);
  return guesses;
};

/** `vernier queue STUDY lr=0.01` */
export const queue: Command = {
  name: "queue",
  about: "Add first guesses: configurations to try next.",
  usage: [
    "vernier queue [STUDY] NAME=VALUE... [flags]",
    "vernier queue [STUDY] --params JSON",
    "vernier queue [STUDY] --file FILE",
    "vernier queue [STUDY] --default",
  ],
  args: {
    ...studyPlace,
    guess: {
      type: "positional",
      required: false,
      valueHint: "NAME=VALUE",
      description: "Each parameter with its value: lr=0.01 optimizer.kind=sgd",
    },
    params: { type: "string", valueHint: "JSON", description: `A configuration as JSON: '{"lr":0.01}'; may repeat.` },
    file: { type: "string", valueHint: "FILE", description: "JSON Lines, one configuration a line." },
    default: { type: "boolean", description: "The configuration of all defaults." },
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
  },
  repeat: ["params"],
  values: { place: "study", file: "file" },
  notes: [
    "A guess may be partial: what it leaves out is suggested when its turn comes. All guesses are checked before one is queued. " +
      "Queued trials are handed out before new suggestions, oldest first, by `vernier run` and `vernier ask` alike.",
  ],
  examples: [
    ["vernier queue lr=0.01 layers=3", "Values that worked elsewhere; the rest is suggested"],
    ["vernier queue digits --file guesses.jsonl", "Many of them"],
    ["vernier queue --default", "What there was before tuning, to compare with"],
  ],
  run: (flags, { io, all, positionals }) => {
    const named = positionals[0]?.includes("=") === false;
    const words = named ? positionals.slice(1) : positionals;
    const file = textOf(flags, "file");
    const texts = all["params"] ?? [];
    if (words.length === 0 && texts.length === 0 && file === undefined && !isOn(flags, "default"))
      throw usageError("there is no guess. Write vernier queue lr=0.01, --params JSON, --file FILE or --default");
    const place = withPlace(flags, named ? positionals[0] : undefined);
    return withStudy(place, io, async (storage, info) => {
      const { spec } = info;
      const guesses: Guess[] = [];
      if (isOn(flags, "default")) guesses.push({ params: await defaultGuess(spec), place: undefined });
      if (words.length > 0) guesses.push({ params: guessFromWords(words, spec.space), place: undefined });
      for (const text of texts) guesses.push({ params: guessFromJson(text, "--params"), place: undefined });
      if (file !== undefined) guesses.push(...(await readGuesses(file, io)));
      const study = await openStored(spec.name, storage);
      const { codec } = study.history;
      for (const guess of guesses) atPlace(guess.place, () => checkQueued(codec, guess.params));
      const queued: { number: number; params: Params; partial: boolean }[] = [];
      for (const { params } of guesses) {
        const number = await study.queue(params);
        queued.push({ number, params, partial: codec.check(params).length > 0 });
      }
      if (isOn(flags, "json")) return printJson(io, "queue", { study: studyJson(info), queued });
      for (const { number, params, partial } of queued)
        say(io, `trial ${number} waits: ${formatParams(params)}${partial ? "  (the rest is suggested)" : ""}`);
      const waiting = study.trials.filter(trial => trial.state === "waiting").length;
      say(
        io,
        `${count(waiting, "trial")} of ${spec.name} ${waiting === 1 ? "waits; the next run begins with it" : "wait; the next run begins with them"}`,
        io.style.dim,
      );
    });
  },
};

const defaultGuess = async (spec: Parameters<typeof defaultsOf>[0]): Promise<Params> => {
  const defaults = await defaultsOf(spec);
  if (defaults !== null) return defaults.params;
  throw new VernierError(
    "E_DEFAULTS_UNKNOWN",
    "this space has no default configuration: it is learnt while running, or its defaults break a `where`. Name the values: vernier queue lr=0.01",
  );
};
