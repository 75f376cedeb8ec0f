/** The fields of a document, checked one by one: known names only, each of its kind. */
import { VernierError } from "../../core/errors.ts";
import { describe } from "../../core/json.ts";
import { didYouMean, spell } from "../../space/spell.ts";

/** The value as it is used, or a thrown VernierError that says what is wrong. `path` names the field. */
export type Field = (value: unknown, path: string) => unknown;

export function wrong(path: string, value: unknown, rule: string): VernierError {
  return new VernierError("E_IMPORT_FIELD", `${path} is ${describe(value)}. It is ${rule}. Mend it.`);
}

/** A field that may be absent or null, which reads as null. */
export const orNull =
  (field: Field): Field =>
  (value, path) =>
    value === undefined || value === null ? null : field(value, path);

/** A field that may be absent. */
export const or =
  (field: Field, absent: unknown): Field =>
  (value, path) =>
    value === undefined ? absent : field(value, path);

export const kind =
  <T>(is: (value: unknown) => value is T, rule: string): Field =>
  (value, path) => {
    if (is(value)) return value;
    throw wrong(path, value, rule);
  };

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const text = kind((value): value is string => typeof value === "string", "a text");
export const flag = kind((value): value is boolean => typeof value === "boolean", "true or false");
export const record = kind(isRecord, "an object");
export const count = kind(
  (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
  "a whole number >= 0",
);
export const number = kind((value): value is number => typeof value === "number", "a number");
export const oneOf = (values: readonly string[]): Field =>
  kind((value): value is string => values.includes(value as string), `one of ${values.join(", ")}`);

export const list =
  (item: Field): Field =>
  (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, value, "an array");
    return value.map((each, i) => item(each, `${path}[${i}]`));
  };

/** Milliseconds since 1970 UTC, of an ISO 8601 text with its zone. */
export const time: Field = (value, path) => {
  const at =
    typeof value === "string" && /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(value) ? Date.parse(value) : NaN;
  if (Number.isFinite(at)) return at;
  throw wrong(path, value, "a time such as 2026-01-31T12:00:00.000Z");
};

const WORDS = ["NaN", "Infinity", "-Infinity", "-0"];

/** Numbers by name; those that JSON cannot write are texts. */
export const metrics: Field = (value, path) => {
  const found: Record<string, number> = {};
  for (const [name, given] of Object.entries(record(value, path) as object)) {
    if (typeof given !== "number" && !WORDS.includes(given as string)) {
      throw wrong(`${path}.${name}`, given, `a number, or one of ${WORDS.map(word => `"${word}"`).join(", ")}`);
    }
    found[name] = Number(given);
  }
  return found;
};

/** An object of these fields and no others. */
export const fields =
  (shape: Readonly<Record<string, Field>>): Field =>
  (value, path) => {
    const given = record(value, path) as Record<string, unknown>;
    for (const name of Object.keys(given)) {
      if (Object.hasOwn(shape, name)) continue;
      const names = Object.keys(shape);
      throw new VernierError(
        "E_IMPORT_FIELD",
        `${path} has a field ${spell(name)}.${didYouMean(name, names)} Its fields are ${names.join(", ")}. Mend it.`,
      );
    }
    const kept: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(shape)) {
      const found = field(given[name], path === "" ? name : `${path}.${name}`);
      if (found !== undefined) kept[name] = found;
    }
    return kept;
  };
