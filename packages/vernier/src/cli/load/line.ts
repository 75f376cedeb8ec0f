/** A study from the flags of `vernier run`, with no file at all. */
import { basename } from "node:path";
import type { ConstraintSpec, ObjectiveSpec } from "../../core/types.ts";
import { spell } from "../../space/spell.ts";
import { usageError } from "../args.ts";
import type { Flags, Given } from "../command.ts";
import { durationOf, intOf, isOn, textOf } from "../flags.ts";
import { samplerNamed, schedulerNamed } from "../parts.ts";
import type { CommandOptions } from "../../exec/index.ts";
import type { LoadedStudy, RunLimits, Work } from "./loaded.ts";
import { resultFromText } from "./read-command.ts";
import { spaceFromText } from "./read-space.ts";
import { needsOf, slotsOf } from "./slots.ts";

/** `memory<=512` or `accuracy>=0.9`; two bounds on one metric may come as two flags. */
export const parseConstraints = (texts: readonly string[]): Record<string, ConstraintSpec> => {
  const found: Record<string, ConstraintSpec> = {};
  for (const text of texts) {
    const [, name, sign, bound] = /^\s*([^\s<>=]+)\s*(<=|>=)\s*(\S+)\s*$/.exec(text) ?? [];
    const value = Number(bound);
    if (name === undefined || bound === undefined || !Number.isFinite(value))
      throw usageError(
        `--constraint is ${spell(text)}. A constraint bounds a metric by a number: --constraint 'memory<=512' or --constraint 'accuracy>=0.9'.`,
      );
    const side = sign === "<=" ? "max" : "min";
    if (found[name]?.[side] !== undefined)
      throw usageError(`${name} has two ${side === "max" ? "upper" : "lower"} bounds. Keep one --constraint of them.`);
    found[name] = { ...found[name], [side]: value };
  }
  return found;
};

const parseObjectives = (given: Given): Record<string, ObjectiveSpec> => {
  const found: Record<string, ObjectiveSpec> = {};
  for (const direction of ["minimize", "maximize"] as const) {
    for (const name of (given.all[direction] ?? []).flatMap(text => text.split(",")).map(name => name.trim())) {
      if (name === "")
        throw usageError(`--${direction} is empty. Name the metric that your program prints: --${direction} loss`);
      if (found[name] !== undefined)
        throw usageError(`the objective ${spell(name)} is given twice. Keep one direction of it.`);
      found[name] = { direction };
    }
  }
  return found;
};

/** "train" for `python3 src/train.py`: the first word that names a script, else the program. */
export const nameOf = (args: readonly string[]): string => {
  const script = args.find(word => /\.(py|js|mjs|ts|sh|rb|jl|R|pl|lua|php)$/.test(word) && !word.startsWith("-"));
  return basename(script ?? args[0] ?? "study").replace(/\.[^.]+$/, "") || "study";
};

/** `--trials 30 --concurrency 2 --timeout 10m --trial-timeout 1m --retries 1`, which also override a file's `run`. */
export const limitsOf = (flags: Flags): RunLimits => {
  const limits = {
    trials: intOf(flags, "trials", 1),
    concurrency: intOf(flags, "concurrency", 1),
    slots: slotsOf(flags),
    needs: needsOf(flags),
    timeout: durationOf(flags, "timeout"),
    trialTimeout: durationOf(flags, "trial-timeout"),
    retries: intOf(flags, "retries", 0),
  };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
};

const envNames = (given: Given): string[] =>
  (given.all["env"] ?? [])
    .flatMap(text => text.split(","))
    .map(name => {
      if (/^[A-Za-z_][A-Za-z0-9_]*\*?$/.test(name)) return name;
      // The value after "=" may be a secret: it is not repeated.
      const bare = name.split("=")[0] ?? "";
      throw usageError(
        name.includes("=")
          ? "--env takes the names of variables, not values: everyone who lists processes would see them. " +
              `Write ${bare}=... before \`vernier\`, and --env ${bare}.`
          : `--env is ${spell(name)}, which is no name of an environment variable. Write --env NAME.`,
      );
    });

/** How the words after `--` are run. */
export const commandOfLine = (flags: Flags, given: Given): CommandOptions => {
  const words = given.tail ?? [];
  const [only, ...others] = words;
  if (only === undefined)
    throw usageError(
      "there is no program to run. Write it after `--`: vernier run --space ... --minimize loss -- python train.py --lr {lr}",
    );
  const shell = isOn(flags, "shell");
  if (shell && others.length > 0)
    throw usageError(
      `--shell takes one line in quotes after \`--\`; got ${words.length} words. Write: --shell -- 'python train.py --lr "$VERNIER_PARAM_LR" | tail -1'`,
    );
  const inherit = envNames(given);
  const result = textOf(flags, "result");
  const dir = textOf(flags, "dir");
  const cwd = textOf(flags, "cwd");
  return {
    ...(shell ? { shell: only } : { argv: words }),
    ...(result !== undefined && { result: resultFromText(result) }),
    ...(inherit.length > 0 && { env: { inherit } }),
    ...(dir !== undefined && { dirPerTrial: dir }),
    ...(cwd !== undefined && { cwd }),
  };
};

/** Flags that describe a study; with a study file they have no place. */
export const LINE_ONLY = [
  "space",
  "minimize",
  "maximize",
  "constraint",
  "result",
  "env",
  "dir",
  "cwd",
  "shell",
] as const;

/**
 * The study that flags describe. `work` says what evaluates its trials; its program gives the study its name.
 *
 * @throws VernierError E_CLI_USAGE, E_SPACE_*
 */
export const studyFromLine = async (flags: Flags, given: Given, work: Work, name: string): Promise<LoadedStudy> => {
  const text = textOf(flags, "space");
  if (text === undefined)
    throw usageError(
      "there is no study: name a study file, or give --space. `vernier run study.ts`, or " +
        "`vernier run --space 'lr=float(1e-5,1e-1,log)' --minimize loss -- python train.py --lr {lr}`.",
    );
  const objectives = parseObjectives(given);
  if (Object.keys(objectives).length === 0)
    throw usageError(
      "there is no objective. Name the metric that your program prints: --minimize loss, or --maximize accuracy.",
    );
  const sampler = textOf(flags, "sampler");
  const scheduler = textOf(flags, "scheduler");
  return {
    from: "the command line",
    name: textOf(flags, "name") ?? name,
    space: spaceFromText(text),
    objectives,
    constraints: parseConstraints(given.all["constraint"] ?? []),
    sampler: sampler === undefined ? undefined : await samplerNamed(sampler),
    scheduler: scheduler === undefined ? undefined : await schedulerNamed(scheduler),
    storage: textOf(flags, "storage"),
    seed: intOf(flags, "seed", 0),
    run: limitsOf(flags),
    work,
    final: undefined,
  };
};
