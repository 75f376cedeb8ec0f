/** `command` of a study file: the words alone, or a record with how to run them. */
import type { CommandOptions, EnvironmentOptions, ResultSource } from "../../exec/index.ts";
import type { Field } from "./field.ts";

const KEYS = ["argv", "shell", "result", "cwd", "dirPerTrial", "env", "killGrace", "maxOutput"];

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
  field.keys(KEYS);
  const options: Record<string, unknown> = {};
  for (const [key, inner] of field.entries()) if (inner.present) options[key] = inner.value;
  if (field.get("argv").present) options["argv"] = readWords(field.get("argv"));
  if (field.get("env").present) options["env"] = readEnv(field.get("env"));
  return options as unknown as CommandOptions;
};

/** `--result`: json, names, number, file, file:PATH, or a regular expression. */
export const resultFromText = (text: string): ResultSource => {
  if (text === "json" || text === "names" || text === "number" || text === "file") return text;
  if (text.startsWith("file:")) return { file: text.slice(5) };
  return { pattern: text.replace(/^pattern:/, "") };
};
