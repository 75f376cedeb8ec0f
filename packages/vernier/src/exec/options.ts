/** The options of `command`, checked at the door. */
import { resolve } from "node:path";
import { systemClock } from "../core/clock.ts";
import { checkOptionNames } from "../core/define.ts";
import { milliseconds, type Duration } from "../core/duration.ts";
import { VernierError } from "../core/errors.ts";
import { checkNeeds } from "../core/slots.ts";
import type { Clock, Needs } from "../core/types.ts";
import { spell, spellList } from "../space/spell.ts";
import { FACT_NAMES, FACT_VARIABLES, type Environment, type EnvironmentOptions, type FactName } from "./environment.ts";
import { sharedVariables, variableName } from "./names.ts";
import {
  parseTemplate,
  placeholderError,
  placeholderNames,
  unknownPlaceholder,
  type Template,
} from "./placeholders.ts";
import { planResult, type ResultPlan, type ResultSource } from "./result-options.ts";

interface CommandSettings {
  /** Where the result is read from; left out, every usual place is tried. */
  readonly result?: ResultSource;
  /** Names of the metrics the program tells, where the executor is used outside of a study; a study brings its own. */
  readonly metrics?: readonly string[];
  /** Directory the program runs in. Default: the current one. */
  readonly cwd?: string;
  /**
   * Gives every trial a directory to run in, which is kept: params.json, stdout.txt, stderr.txt and what the program writes. true: below
   * vernier-trials/; a text: below that directory. The directory the study runs in is then {cwd}, as in `python3 {cwd}/train.py`.
   */
  readonly dirPerTrial?: boolean | string;
  /** What the program sees of `environment`. Default: a list without secrets, `SAFE_VARIABLES`. */
  readonly env?: EnvironmentOptions;
  /** The environment programs inherit from, usually process.env. Default: none at all, so programs need their whole path. */
  readonly environment?: Environment;
  /** From SIGTERM to SIGKILL, in ms or as text. Default: "4s", within the 5 s that a run waits for an aborted trial. */
  readonly killGrace?: Duration;
  /** Bytes of stdout and of stderr that are stored with the trial: the first quarter and the last three. 0 stores nothing. Default: 262144. */
  readonly maxOutput?: number;
  /** Slots that one trial takes, in a run that has some: { gpus: 1 }. */
  readonly needs?: Needs;
  readonly clock?: Clock;
}

/** A program with its arguments, or a line for /bin/sh. */
export type CommandOptions = CommandSettings &
  (
    | {
        /** Program and arguments; `{name}` is replaced by the parameter's value. No shell is involved. */
        readonly argv: readonly string[];
        readonly shell?: never;
      }
    | {
        /** Run by /bin/sh. Parameters are read from variables ("$VERNIER_PARAM_LR"), never pasted into the line. */
        readonly shell: string;
        readonly argv?: never;
      }
  );

/** The options with defaults, ready to run. */
export interface CommandPlan {
  /** undefined for a shell line. */
  readonly templates: readonly Template[] | undefined;
  readonly shell: string | undefined;
  /** As people know the program. */
  readonly label: string;
  readonly result: ResultPlan;
  readonly metrics: readonly string[] | undefined;
  readonly cwd: string;
  /** Directory of kept directories, before the study's name is known. */
  readonly root: { readonly path: string; readonly named: boolean } | undefined;
  readonly env: EnvironmentOptions;
  readonly environment: Environment;
  readonly grace: number;
  readonly maxOutput: number;
  readonly needs: Needs | undefined;
  readonly clock: Clock;
}

const NAMES = [
  ...["argv", "shell", "result", "metrics", "cwd", "dirPerTrial", "env", "environment"],
  ...["killGrace", "maxOutput", "needs", "clock"],
];
const MAX_OUTPUT = 256 * 1024;

/** @throws VernierError E_OPTION, E_COMMAND_PLACEHOLDER, E_COMMAND_RESULT, E_COMMAND_PATTERN, E_COMMAND_SHELL */
export function planCommand(options: CommandOptions): CommandPlan {
  checkOptionNames("command()", options, NAMES);
  const { argv, shell, dirPerTrial = false, maxOutput = MAX_OUTPUT, metrics, env = {} } = options;
  if ((argv === undefined) === (shell === undefined))
    throw optionError(
      `command() got ${argv === undefined ? "neither argv nor shell" : "both argv and shell"}. It runs one program. ` +
        `Pass argv: ["python3", "train.py", "--lr", "{lr}"], or shell with a line for /bin/sh.`,
    );
  if (argv !== undefined && !(isTexts(argv) && argv.length > 0 && argv[0] !== ""))
    throw optionError(
      `command() got argv ${spell(argv)}. It is the program and its arguments, each a text of its own. ` +
        `Pass argv: ["python3", "train.py", "--lr", "{lr}"].`,
    );
  if (shell !== undefined) checkShell(shell);
  if (!Number.isInteger(maxOutput) || maxOutput < 0)
    throw optionError(`command() got maxOutput ${spell(maxOutput)}. It is a number of bytes, 0 or more. Write 262144.`);
  if (typeof dirPerTrial !== "boolean" && (typeof dirPerTrial !== "string" || dirPerTrial === ""))
    throw optionError(`command() got dirPerTrial ${spell(dirPerTrial)}. It is true or a directory. Write true.`);
  if (metrics !== undefined && !isTexts(metrics))
    throw optionError(`command() got metrics ${spell(metrics)}. They are names. Write metrics: ["loss"].`);
  checkEnv(env);
  const cwd = resolve(options.cwd ?? ".");
  return {
    templates: argv?.map(parseTemplate),
    shell,
    label: shell === undefined ? argvLabel(argv ?? []) : spell(shell),
    result: planResult(options.result),
    metrics,
    cwd,
    root:
      dirPerTrial === false
        ? undefined
        : { path: resolve(cwd, dirPerTrial === true ? "vernier-trials" : dirPerTrial), named: dirPerTrial !== true },
    env,
    environment: options.environment ?? {},
    grace: milliseconds(options.killGrace ?? 4000, "command()'s killGrace"),
    maxOutput,
    needs: options.needs === undefined ? undefined : checkNeeds(options.needs),
    clock: options.clock ?? systemClock,
  };
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(item => typeof item === "string");

/** "python3 train.py": the program, and its first argument when that is not a flag. */
function argvLabel([program = "", first]: readonly string[]): string {
  return spell(first === undefined || first.startsWith("-") || first.includes("{") ? program : `${program} ${first}`);
}

function checkShell(line: unknown): void {
  if (typeof line !== "string" || line.trim() === "")
    throw optionError(`command() got shell ${spell(line)}. It is a line for /bin/sh. Write one, or pass argv.`);
  if (process.platform === "win32")
    throw new VernierError(
      "E_COMMAND_SHELL",
      `command() got a shell line, but there is no /bin/sh on Windows. Only POSIX shells are used. Pass argv: ["powershell", "-Command", ...].`,
    );
}

export function checkEnv(env: unknown, what = "command()"): void {
  checkOptionNames(`${what}'s env`, env, ["inherit", "set"]);
  const { inherit, set } = env as EnvironmentOptions;
  if (inherit !== undefined && typeof inherit !== "boolean" && !isTexts(inherit))
    throw optionError(
      `${what} got env.inherit ${spell(inherit)}. It is true, false or names of variables. Write ["HF_TOKEN"], say.`,
    );
  const bad = Object.entries(set ?? {}).find(([, value]) => value !== undefined && typeof value !== "string");
  if (bad !== undefined)
    throw optionError(
      `${what} got ${spell(bad[1])} for the variable ${bad[0]}. Variables are texts. Write ${JSON.stringify(String(bad[1]))}.`,
    );
}

const optionError = (message: string): VernierError => new VernierError("E_OPTION", message);

/**
 * Refuses placeholders that name no parameter of the study.
 *
 * @param names every name of the study's space, as `placeholderNamesOf` lists them.
 * @throws VernierError E_COMMAND_PLACEHOLDER
 */
export function checkCommand(options: CommandOptions, names: Iterable<string>): void {
  checkPlaceholders(planCommand(options), [...names]);
}

export function checkPlaceholders(plan: CommandPlan, names: readonly string[]): void {
  const known = [...new Set([...names, ...FACT_NAMES])];
  const file = plan.result.read === "file" ? plan.result.file : undefined;
  for (const template of [...(plan.templates ?? []), ...(file === undefined ? [] : [file])])
    for (const name of placeholderNames(template))
      if (!known.includes(name)) throw unknownPlaceholder(name, template.text, known);
  if (plan.shell !== undefined) checkShellLine(plan.shell, names);
}

/**
 * A value pasted into a shell line would be read as part of the program; a line that holds a placeholder is refused, and braces that mean
 * something to the shell (${HOME}, {a,b}) are left alone.
 */
export function checkShellLine(line: string, names: readonly string[]): void {
  for (const [text, name = ""] of line.matchAll(/(?<!\$)\{([^{}]+)\}/g)) {
    const isFact = (FACT_NAMES as readonly string[]).includes(name);
    if (!isFact && !names.includes(name)) continue;
    const variable = names.includes(name) ? variableName(name) : FACT_VARIABLES[name as FactName];
    if (names.includes(name) && sharedVariables(names).has(variable)) {
      const others = names.filter(other => variableName(other) === variable);
      throw placeholderError(
        `the shell line holds ${text}, and ${spellList(others)} would share the variable ${variable}. Values reach a shell line as variables. ` +
          `Rename one parameter, or pass argv.`,
      );
    }
    throw placeholderError(
      `the shell line ${spell(line)} holds ${text}. Values are not pasted into shell lines, where they would be read as code. ` +
        `Write "$${variable}" with its quotes, or pass argv.`,
    );
  }
}
