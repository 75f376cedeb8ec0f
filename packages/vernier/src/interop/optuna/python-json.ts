/** JSON as Python's `json` module writes it: NaN, Infinity and -Infinity are numbers. */
import { VernierError } from "../../math/errors.ts";

/** A parsed value; unlike in JSON, a number may be NaN or infinite. */
export type PyJson = null | boolean | number | string | readonly PyJson[] | { readonly [key: string]: PyJson };
export type PyRecord = { readonly [key: string]: PyJson };

/** Deeper nesting is an accident or an attack: what walks the value later must not exhaust the stack. */
export const DEEPEST = 100;

/**
 * Reads one value. What JSON.parse reads, it reads; the slower reader below is asked only where that fails.
 *
 * @throws VernierError E_IMPORT_JSON with the column (from 1) where the text stops being JSON, or where it nests too deep.
 */
export function parsePythonJson(text: string): PyJson {
  let value: PyJson;
  try {
    value = JSON.parse(text) as PyJson;
  } catch {
    return new Reader(text).whole();
  }
  if (nestsDeeper(value, DEEPEST)) throw tooDeep(1);
  return value;
}

/** One line, as `json.dumps(value, separators=(",", ":"))` has it. Characters beyond ASCII stay as they are. */
export function writePythonJson(value: PyJson): string {
  if (typeof value === "number") return writeNumber(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly PyJson[]).map(writePythonJson).join(",")}]`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${writePythonJson(inner)}`)
    .join(",")}}`;
}

function writeNumber(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0.0" : JSON.stringify(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

export function isPyRecord(value: PyJson | undefined): value is PyRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nestsDeeper(value: PyJson, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const name in value) {
    const inner = (value as PyRecord)[name];
    if (typeof inner === "object" && inner !== null && nestsDeeper(inner, levels - 1)) return true;
  }
  return false;
}

function tooDeep(column: number): VernierError {
  return new VernierError(
    "E_IMPORT_JSON",
    `the JSON nests deeper than ${DEEPEST} levels at column ${column}. Nothing that Optuna writes does. Check where the file comes from.`,
  );
}

const NUMBER = /-?(?:Infinity|NaN|(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const BLANK = /[ \t\n\r]*/y;
// A whole string literal; its escapes are then JSON.parse's business.

const STRING = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;
const WORDS: readonly (readonly [string, PyJson])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
];

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): PyJson {
    const value = this.#value(0);
    this.#blank();
    if (this.#at < this.#text.length) this.#fault();
    return value;
  }

  #value(depth: number): PyJson {
    if (depth > DEEPEST) throw tooDeep(this.#at + 1);
    this.#blank();
    const sign = this.#text[this.#at];
    if (sign === "{") return this.#record(depth);
    if (sign === "[") return this.#list(depth);
    if (sign === '"') return this.#string();
    for (const [word, value] of WORDS) if (this.#accept(word)) return value;
    const number = this.#match(NUMBER);
    return number === undefined || number === "-NaN" ? this.#fault() : Number(number);
  }

  #record(depth: number): PyRecord {
    const entries: [string, PyJson][] = [];
    this.#at++;
    this.#blank();
    if (this.#accept("}")) return {};
    for (;;) {
      this.#blank();
      const key = this.#string();
      this.#blank();
      if (!this.#accept(":")) this.#fault();
      entries.push([key, this.#value(depth + 1)]);
      this.#blank();
      // Not assignments: "__proto__" must become a key like any other.
      if (this.#accept("}")) return Object.fromEntries(entries);
      if (!this.#accept(",")) this.#fault();
    }
  }

  #list(depth: number): PyJson[] {
    const items: PyJson[] = [];
    this.#at++;
    this.#blank();
    if (this.#accept("]")) return items;
    for (;;) {
      items.push(this.#value(depth + 1));
      this.#blank();
      if (this.#accept("]")) return items;
      if (!this.#accept(",")) this.#fault();
    }
  }

  #string(): string {
    const literal = this.#match(STRING);
    if (literal === undefined) return this.#fault();
    try {
      return JSON.parse(literal) as string;
    } catch {
      this.#at -= literal.length;
      return this.#fault();
    }
  }

  #blank(): void {
    this.#match(BLANK);
  }

  #accept(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #fault(): never {
    const rest = this.#text.slice(this.#at, this.#at + 20);
    const what = rest === "" ? "the text ends too early" : `${JSON.stringify(rest)} is not JSON`;
    throw new VernierError("E_IMPORT_JSON", `${what} at column ${this.#at + 1}. Mend it, or take the file anew.`);
  }
}
