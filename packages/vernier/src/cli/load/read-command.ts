/** `command` of a study file: the words alone, or a record with how to run them. */
import { isVernierError } from "../errors.ts";
import type { CommandOptions, EnvironmentOptions, ResultSource } from "../../exec/index.ts";
import type { SpaceJson } from "../../space/types.ts";
import type { Faults } from "./faults.ts";
import type { Field } from "./field.ts";
import { COMMAND_KEYS } from "./keys.ts";
import type { Work } from "./loaded.ts";
import { placed } from "./field.ts";

/** Words of an argument array; numbers and booleans as YAML reads them are texts again. */
const readWords = (field: Field): string[] => {
  if (!Array.isArray(field.value) || field.value.length === 0)
    throw field.wrong('A command is an array, the program first: command: [python, train.py, --lr, "{lr}"].');
  return field.items().map(item => {
    const { value } = item;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
    const [name, ...others] = item.isRecord ? Object.keys(value as object) : [];
    if (name !== undefined && others.length === 0)
      throw item.error(`{${name}} without quotes is a YAML record`, `Write it in quotes: "{${name}}".`);
    throw item.wrong("Each element of a command is a text or a number.");
  });
};

/** Names to pass on, or exec's own record. */
const readEnv = (field: Field): EnvironmentOptions => {
  if (Array.isArray(field.value)) {
    if (!field.value.every(name => typeof name === "string"))
      throw field.wrong("It lists the names of environment variables that reach the program: env: [HF_TOKEN].");
    return { inherit: field.value as string[] };
  }
  field.keys(["inherit", "set"]);
  return field.value as EnvironmentOptions;
};

/** The options for exec's `command()`, which checks the rest. @throws VernierError E_STUDY_FILE_VALUE, E_STUDY_FILE_KEY */
export const readCommand = (field: Field): CommandOptions => {
  if (!field.isRecord) return { argv: readWords(field) };
  field.keys(Object.keys(COMMAND_KEYS));
  if (field.get("argv").present === field.get("shell").present)
    throw field.error(
      `command has ${field.get("argv").present ? "both argv and shell" : "neither argv nor shell"}`,
      'It runs one program: argv: [python, train.py, --lr, "{lr}"], or shell with a line for /bin/sh.',
    );
  const options: Record<string, unknown> = {};
  for (const [key, inner] of field.entries()) if (inner.present) options[key] = inner.value;
  if (field.get("argv").present) options["argv"] = readWords(field.get("argv"));
  if (field.get("env").present) options["env"] = readEnv(field.get("env"));
  return options as unknown as CommandOptions;
};

/** Exec's own checks, each at the place of what it complains about, before anything is stored. */
export const checkCommandField = async (field: Field, work: Work, space: SpaceJson, faults: Faults): Promise<void> => {
  if (work.kind !== "command") return;
  const { checkCommand, placeholderNamesOf } = await import("../../exec/index.ts");
  const { argv, shell, ...settings } = work.command;
  const names = placeholderNamesOf(space);
  const words = field.isRecord ? field.get("argv") : field;
  for (const [i, word] of (argv ?? []).entries())
    await faults.try(async () => {
      try {
        checkCommand({ argv: [word] }, space.dynamic === true ? [] : names);
      } catch (error) {
        if (!isVernierError(error)) throw error;
        if (space.dynamic === true && /\{\w+\}/.test(error.message)) return;
        const name = /(\{[^{}]+\})/.exec(error.message)?.[1];
        const at = name === undefined ? -1 : word.indexOf(name);
        throw words.get(i).placed(error, at > 0 ? { at } : {});
      }
    });
  if (shell !== undefined)
    await faults.try(() => placed(field.get("shell"), () => checkCommand({ shell, ...settings }, names)));
  for (const [key, inner] of field.isRecord ? field.entries() : []) {
    if (key === "argv" || key === "shell" || !inner.present) continue;
    const setting = { [key]: settings[key as keyof typeof settings] };
    await faults.try(() => {
      if (typeof inner.value === "string" && /^(y|yes|n|no|on|off)$/i.test(inner.value) && key === "dirPerTrial")
        throw inner.wrong("It is true or false, or a directory.");
      return placed(inner, () => checkCommand({ argv: ["true"], ...setting }, names));
    });
  }
};

/** `--result`: json, names, number, file, file:PATH, or a regular expression. */
export const resultFromText = (text: string): ResultSource => {
  if (text === "json" || text === "names" || text === "number" || text === "file") return text;
  if (text.startsWith("file:")) return { file: text.slice(5) };
  return { pattern: text.replace(/^pattern:/, "") };
};
