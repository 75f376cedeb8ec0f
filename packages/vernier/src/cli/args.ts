/**
 * Strict reading of a command line before citty sees it. citty takes any flag and keeps the last of repeated ones; here an unknown flag,
 * a missing value, a switch with a value and a superfluous word are errors, and flags that repeat keep every value.
 */
import { VernierError } from "../math/errors.ts";
import { didYouMean } from "../space/spell.ts";
import type { Command } from "./command.ts";

export interface ParsedLine {
  /** `--name=value` words, then the positionals: unambiguous for citty. */
  readonly rawArgs: readonly string[];
  readonly all: Readonly<Record<string, readonly string[]>>;
  readonly positionals: readonly string[];
  readonly tail: readonly string[] | undefined;
  readonly help: boolean;
}

export const usageError = (message: string, code: `E_${string}` = "E_CLI_USAGE"): VernierError =>
  new VernierError(code, message);

/** Splits at the first `--`; what follows belongs to the user's program and is never read as flags of ours. */
export const splitTail = (argv: readonly string[]): [own: readonly string[], tail: readonly string[] | undefined] => {
  const at = argv.indexOf("--");
  return at < 0 ? [argv, undefined] : [argv.slice(0, at), argv.slice(at + 1)];
};

/** A word that begins with a minus but is a number is a value, not a flag. */
const isFlag = (word: string): boolean => word.startsWith("-") && word !== "-" && !/^-\.?\d/.test(word);

/** @throws VernierError E_CLI_FLAG, E_CLI_USAGE */
export const parseLine = (command: Command, argv: readonly string[]): ParsedLine => {
  const [own, tail] = splitTail(argv);
  const flags = Object.entries(command.args).filter(([, arg]) => arg.type !== "positional");
  const names = flags.map(([name]) => name);
  const places = Object.entries(command.args).filter(([, arg]) => arg.type === "positional");
  const all: Record<string, string[]> = {};
  const rawArgs: string[] = [];
  const positionals: string[] = [];
  let help = false;
  for (let i = 0; i < own.length; i++) {
    const word = own[i] ?? "";
    if (word === "--help" || word === "-h") {
      help = true;
      continue;
    }
    if (!isFlag(word)) {
      positionals.push(word);
      continue;
    }
    const [, dashes = "", name = "", given] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const arg = command.args[name];
    if (arg === undefined || arg.type === "positional" || dashes === "-") throw unknownFlag(command, word, names);
    if (arg.type === "boolean") {
      if (given !== undefined)
        throw usageError(
          `--${name} is a switch and takes no value; got ${JSON.stringify(given)}. Write --${name} alone.`,
        );
      rawArgs.push(`--${name}`);
      all[name] = [];
      continue;
    }
    const next = own[i + 1];
    const value = given ?? (next !== undefined && !isFlag(next) ? own[++i] : undefined);
    const hint = arg.valueHint ?? name.toUpperCase();
    if (value === undefined)
      throw usageError(
        `--${name} needs a value. Write --${name} ${hint}; a value that begins with "-" as --${name}=${hint}.`,
      );
    if (all[name] !== undefined && !command.repeat?.includes(name))
      throw usageError(
        `--${name} was given twice: ${JSON.stringify(all[name][0])} and ${JSON.stringify(value)}. Keep one of them.`,
      );
    (all[name] ??= []).push(value);
    rawArgs.push(`--${name}=${value}`);
  }
  const open = command.usage.some(line => line.includes("..."));
  if (!help && positionals.length > places.length && !open) {
    const extra = positionals[places.length] ?? "";
    throw usageError(
      `${JSON.stringify(extra)} is one word too many for \`vernier ${command.name}\`. Usage: ${command.usage[0] ?? ""}. ` +
        `Quote values that hold spaces; see \`vernier ${command.name} --help\`.`,
    );
  }
  return { rawArgs: [...rawArgs, "--", ...positionals], all, positionals, tail, help };
};

const unknownFlag = (command: Command, word: string, names: readonly string[]): VernierError => {
  const flag = word.replace(/=.*$/s, "");
  const near = didYouMean(
    flag,
    [...names, "help"].map(name => `--${name}`),
  );
  return usageError(
    `\`vernier ${command.name}\` has no flag ${flag}.${near} See \`vernier ${command.name} --help\`; ` +
      "flags of your own program go after `--`.",
    "E_CLI_FLAG",
  );
};
