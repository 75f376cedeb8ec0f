import { didYouMean, spell } from "../../space/spell.ts";
import { usageError } from "../args.ts";
import type { Command, Flags, Given } from "../command.ts";
import { DEFAULT_STORAGE, intOf, isOn, jsonFlag, storageFlag, textOf } from "../flags.ts";
import { LINE_ONLY, commandOfLine, limitsOf, nameOf, studyFromLine } from "../load/line.ts";
import type { LoadedStudy } from "../load/loaded.ts";
import { isolated } from "../load/read-executor.ts";
import { samplerNamed, schedulerNamed } from "../parts.ts";
import { shellWord, shownUrl } from "../open.ts";
import { runStudy } from "../run-study.ts";

/** A study file with the flags over it. */
const studyFromFile = async (file: string, flags: Flags, given: Given): Promise<LoadedStudy> => {
  const extra = LINE_ONLY.find(name => flags[name] !== undefined && flags[name] !== false);
  if (extra !== undefined)
    throw usageError(`--${extra} describes a study, and so does ${file}. Change it there, or leave the file out.`);
  if (given.tail !== undefined)
    throw usageError(
      `\`-- ${given.tail[0] ?? ""}\` names a program, but ${file} says how trials are evaluated. Leave one of them out.`,
    );
  const { loadStudyFile } = await import("../load/file.ts");
  const loaded = await loadStudyFile(file, given.io.cwd);
  const sampler = textOf(flags, "sampler");
  const scheduler = textOf(flags, "scheduler");
  return {
    ...isolated(loaded, textOf(flags, "isolate")),
    name: textOf(flags, "name") ?? loaded.name,
    sampler: sampler === undefined ? loaded.sampler : await samplerNamed(sampler),
    scheduler: scheduler === undefined ? loaded.scheduler : await schedulerNamed(scheduler),
    storage: textOf(flags, "storage") ?? loaded.storage,
    seed: intOf(flags, "seed", 0) ?? loaded.seed,
    run: { ...loaded.run, ...limitsOf(flags) },
  };
};

/** The line that runs a study file again, without --trials. Only flags of ours stand in it, and no password. */
const sameAgain = (file: string, flags: Flags): string => {
  const names = [
    ...["timeout", "concurrency", "isolate", "cpus", "gpus", "needs", "trial-timeout", "retries"],
    ...["sampler", "scheduler", "seed", "name"],
  ];
  const given = names.flatMap(name => {
    const value = textOf(flags, name);
    return value === undefined ? [] : [`--${name}`, shellWord(value)];
  });
  const storage = textOf(flags, "storage");
  return [
    "vernier run",
    shellWord(file),
    ...given,
    ...(storage === undefined ? [] : ["--storage", shellWord(shownUrl(storage))]),
  ].join(" ");
};

const defaultFirst = ({ all }: Given): boolean | undefined => {
  const [yes, no] = [all["default-first"] !== undefined, all["no-default-first"] !== undefined];
  if (yes && no) throw usageError("--default-first and --no-default-first exclude each other. Keep one of them.");
  return yes ? true : no ? false : undefined;
};

/** What of the earlier studies goes over. @throws VernierError E_CLI_USAGE */
const warmAs = (flags: Flags, { all }: Given): "guesses" | "trials" => {
  const as = textOf(flags, "warm-start-as");
  if (as === undefined || as === "guesses" || as === "trials") {
    if (as !== undefined && all["warm-start"] === undefined)
      throw usageError(`--warm-start-as ${as} belongs to --warm-start. Name the earlier study: --warm-start NAME`);
    return as ?? "guesses";
  }
  throw usageError(`--warm-start-as is ${spell(as)}. It is guesses or trials.${didYouMean(as, ["guesses", "trials"])}`);
};

/** `vernier run` */
export const run: Command = {
  name: "run",
  about: "Run a study: from a study file, or from one line with no file at all.",
  usage: ["vernier run FILE [flags]", "vernier run --space SPACE --minimize METRIC [flags] -- PROGRAM [ARG...]"],
  args: {
    file: {
      type: "positional",
      required: false,
      description: "A study file: .ts, .js, .mjs (export default defineStudy({ ... })), .yaml or .json.",
    },
    trials: {
      type: "string",
      valueHint: "N",
      description:
        "Finished trials the study is to have in total (default: 30 or the size of a smaller space; no limit with --timeout).",
    },
    timeout: { type: "string", valueHint: "TIME", description: "Stop after this time, such as 90s, 10m or 2h." },
    concurrency: {
      type: "string",
      valueHint: "N",
      description: "Trials at a time (default: as many as --cpus and --gpus allow, else 1).",
    },
    isolate: {
      type: "string",
      valueHint: "HOW",
      description: "Evaluate the objective of the file in threads, or in processes of their own: threads or process.",
    },
    cpus: { type: "string", valueHint: "N", description: "Processors the run may use." },
    gpus: {
      type: "string",
      valueHint: "LIST",
      description: "Cards the run may use, such as 0,1; a trial sees its own as CUDA_VISIBLE_DEVICES.",
    },
    needs: {
      type: "string",
      valueHint: "SLOTS",
      description: "What one trial takes of them, such as gpus=1,cpus=4 (default: one of each).",
    },
    "trial-timeout": { type: "string", valueHint: "TIME", description: "Fail an attempt that takes longer." },
    retries: { type: "string", valueHint: "N", description: "Failures each trial survives (default: 0)." },
    sampler: { type: "string", valueHint: "NAME", description: "Who suggests (default: auto)." },
    scheduler: { type: "string", valueHint: "NAME", description: "Who stops hopeless trials early (default: none)." },
    seed: {
      type: "string",
      valueHint: "N",
      description: "The same seed gives the same suggestions (default: random).",
    },
    name: {
      type: "string",
      valueHint: "NAME",
      description: "The study's name (default: after the file or the program).",
    },
    "default-first": {
      type: "boolean",
      description:
        "Try the configuration of all defaults first, so that the best is shown beside it (a new study whose every parameter names its default does).",
    },
    "no-default-first": { type: "boolean", description: "Never queue the defaults." },
    "warm-start": {
      type: "string",
      valueHint: "STUDY",
      description:
        "Begin a new study with the best configurations of an earlier one: sqlite:old.db#name, or a study of this storage; may repeat.",
    },
    "warm-start-as": {
      type: "string",
      valueHint: "WHAT",
      description:
        "guesses (default) are tried anew; trials go over with their values, for the very same objective, and count among --trials.",
    },
    ...storageFlag,
    ...jsonFlag,
    space: {
      type: "string",
      valueHint: "SPACE",
      description: "What may vary: 'lr=float(1e-5,1e-1,log) act=choice(relu,gelu)'.",
    },
    minimize: { type: "string", valueHint: "METRIC", description: "A metric to make small; may repeat." },
    maximize: { type: "string", valueHint: "METRIC", description: "A metric to make large; may repeat." },
    constraint: {
      type: "string",
      valueHint: "BOUND",
      description: "A bound on another metric, such as 'memory<=512'; may repeat.",
    },
    result: {
      type: "string",
      valueHint: "HOW",
      description:
        "Where the result is read: json, names, number, file, file:PATH or a regular expression (default: tries them all).",
    },
    env: {
      type: "string",
      valueHint: "NAME",
      description: "Pass this environment variable on to the program; may repeat.",
    },
    cwd: { type: "string", valueHint: "DIR", description: "Directory the program runs in (default: this one)." },
    dir: { type: "string", valueHint: "DIR", description: "Give each trial a directory of its own below DIR." },
    shell: {
      type: "boolean",
      description: 'What follows `--` is one line for /bin/sh; parameters are variables: "$VERNIER_PARAM_LR".',
    },
  },
  repeat: ["minimize", "maximize", "constraint", "env", "warm-start"],
  values: {
    file: "file",
    "warm-start-as": ["guesses", "trials"],
    sampler: "sampler",
    scheduler: "scheduler",
    cwd: "folder",
    dir: "folder",
    result: ["json", "names", "number", "file"],
  },
  groups: { space: "Flags in place of a study file" },
  notes: [
    "{name} in the program's arguments becomes the parameter's value; it is also told as VERNIER_PARAM_NAME and, all together, as VERNIER_PARAMS. " +
      'The program prints its result as `loss: 0.3`, `loss=0.3` or {"loss": 0.3}; with a "step" in it, a JSON line is a report.',
    "The same line again goes on where it ended. Ctrl-C keeps what is finished and returns running trials to waiting; a second one stops at once.",
    "Exits with 0, 1 (no trial is complete), 2 (wrong usage or input) or 130 (interrupted).",
  ],
  examples: [
    ["vernier run study.ts --trials 60", "A study file"],
    [
      "vernier run --space 'lr=float(1e-5,1e-1,log) act=choice(relu,gelu)' \\\n      --minimize loss --trials 30 -- python train.py --lr {lr} --act {act}",
      "No file at all",
    ],
  ],
  run: async (flags, given) => {
    const [file] = given.positionals;
    let loaded: LoadedStudy;
    if (file === undefined) {
      const named = flags["space"] !== undefined;
      const command = named ? commandOfLine(flags, given) : { argv: ["true"] };
      const made = await studyFromLine(flags, given, { kind: "command", command }, nameOf(given.tail ?? []));
      loaded = isolated(made, textOf(flags, "isolate"));
    } else loaded = await studyFromFile(file, flags, given);
    return runStudy(loaded, {
      io: given.io,
      json: isOn(flags, "json"),
      storage: loaded.storage ?? DEFAULT_STORAGE,
      again: file === undefined ? undefined : sameAgain(file, flags),
      asked: textOf(flags, "trials") !== undefined,
      defaultFirst: defaultFirst(given),
      warmStart: given.all["warm-start"] ?? [],
      warmAs: warmAs(flags, given),
    });
  },
};
