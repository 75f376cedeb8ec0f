/** Flags that several commands share, and the reading of their values. */
import type { ArgsDef } from "citty";
import { milliseconds } from "../core/duration.ts";
import { spell } from "../space/spell.ts";
import { usageError } from "./args.ts";
import type { Flags } from "./command.ts";

/** Created on demand in the current directory. */
export const DEFAULT_STORAGE = "sqlite:.vernier/vernier.db";

export const storageFlag = {
  storage: { type: "string", valueHint: "URL", description: `Where studies live (default: ${DEFAULT_STORAGE}).` },
} as const satisfies ArgsDef;
export const studyFlag = {
  study: {
    type: "string",
    valueHint: "NAME",
    description: "Which study; not needed where the storage holds just one.",
  },
} as const satisfies ArgsDef;
/** A study by its place in the line; `withPlace` makes a `--study` of it. */
export const studyPlace = {
  place: {
    type: "positional",
    required: false,
    valueHint: "STUDY",
    description: "Which study; not needed where the storage holds just one.",
  },
} as const satisfies ArgsDef;
export const jsonFlag = {
  json: { type: "boolean", description: "Print one JSON document (docs/cli.md) instead of text." },
} as const satisfies ArgsDef;

export const textOf = (flags: Flags, name: string): string | undefined => {
  const value = flags[name];
  if (value === "") throw usageError(`--${name} is empty. Give it a value or leave it out.`);
  return typeof value === "string" ? value : undefined;
};
export const isOn = (flags: Flags, name: string): boolean => flags[name] === true;

/** A whole number of at least `least`. @throws VernierError E_CLI_USAGE */
export const intOf = (flags: Flags, name: string, least: number): number | undefined => {
  const text = textOf(flags, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^[+-]?\d+(e\d+)?$/i.test(text) || !Number.isSafeInteger(value) || value < least)
    throw usageError(`--${name} is ${spell(text)}. It must be a whole number of at least ${least}.`);
  return value;
};

/** Milliseconds. @throws VernierError E_DURATION */
export const durationOf = (flags: Flags, name: string): number | undefined => {
  const text = textOf(flags, name);
  return text === undefined ? undefined : milliseconds(text, `--${name}`);
};

/** A trial's number from a positional. */
export const trialNumber = (text: unknown): number => {
  if (text === undefined) throw usageError("which trial? Name it by its number; `vernier trials` lists them.");
  const value = typeof text === "string" && /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value))
    throw usageError(`${spell(text)} is no trial number. Trials are numbered 0, 1, 2, ...; see \`vernier trials\`.`);
  return value;
};
