/** A value inside a study file that knows where it stands, so that every complaint about it can say so. */
import { VernierError } from "../../math/errors.ts";
import { isVernierError } from "../errors.ts";
import { didYouMean, spell } from "../../space/spell.ts";
import type { Faults } from "./faults.ts";
import { withoutExcerpt } from "./place.ts";
import type { Path, Place } from "./place.ts";

export type { Path, Place } from "./place.ts";

const dotted = (path: Path): string =>
  path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");

interface Fault {
  readonly code?: `E_${string}`;
  /** What is wrong: the key, or its value (the default). */
  readonly part?: "key" | "value";
  /** Offset inside the value, which is a text. */
  readonly at?: number;
  readonly cause?: unknown;
}

/** YAML 1.1 read these as booleans; YAML 1.2 does not. */
const LOOKS_BOOLEAN = /^(y|yes|n|no|on|off)$/i;

export class Field {
  readonly value: unknown;
  readonly path: Path;
  readonly #place: Place;
  readonly #faults: Faults;

  constructor(value: unknown, place: Place, faults: Faults, path: Path = []) {
    this.value = value;
    this.path = path;
    this.#place = place;
    this.#faults = faults;
  }

  get present(): boolean {
    return this.value !== undefined;
  }
  /** `run.trials`, for messages. */
  get name(): string {
    return dotted(this.path);
  }

  error(
    fact: string,
    rule: string,
    { code = "E_STUDY_FILE_VALUE", part = "value", at, cause }: Fault = {},
  ): VernierError {
    const { text, quote, line, column } = this.#place(this.path, part, at);
    const message = `${text}: ${fact}${/[.?]$/.test(fact) || rule === "" ? "" : "."}${rule === "" ? "" : ` ${rule}`}${quote}`;
    return new VernierError(code, message, {
      ...(line !== undefined && { details: { line, column } }),
      ...(cause !== undefined && { cause }),
    });
  }
  /** "space is 3" and the rule. */
  wrong(rule: string): VernierError {
    const { value } = this;
    const hint =
      typeof value === "string" && LOOKS_BOOLEAN.test(value)
        ? ` YAML 1.2 reads ${value} as a text, not as a boolean.`
        : "";
    return this.error(`${this.name === "" ? "the study" : this.name} is ${spell(value)}`, rule + hint);
  }
  /** An error of another part, which does not know its place, with the field's. */
  placed(error: VernierError, fault: Fault = {}): VernierError {
    const made = this.error(withoutExcerpt(error.message), "", { code: error.code, cause: error, ...fault });
    return new VernierError(made.code, made.message, { cause: error, details: { ...error.details, ...made.details } });
  }

  get(key: string | number): Field {
    const inner = (this.value as Record<string | number, unknown> | null | undefined)?.[key];
    return new Field(inner, this.#place, this.#faults, [...this.path, key]);
  }

  get isRecord(): boolean {
    return typeof this.value === "object" && this.value !== null && !Array.isArray(this.value);
  }

  /** Refuses keys other than `known`, with the nearest one: all of them at once. Returns the names that were meant. */
  keys(known: readonly string[], ignored?: RegExp): ReadonlySet<string> {
    const meant = new Set<string>();
    if (!this.isRecord) throw this.wrong(`It must be a record of ${known.join(", ")}.`);
    for (const key of Object.keys(this.value as object)) {
      if (known.includes(key) || ignored?.test(key) === true) continue;
      const near = didYouMean(key, known);
      for (const name of known) if (near.includes(JSON.stringify(name))) meant.add(name);
      this.#faults.add(
        this.get(key).error(
          `${this.name === "" ? "a study" : this.name} has no key ${JSON.stringify(key)}${near === "" ? "" : `.${near}`}`,
          `Its keys are ${known.join(", ")}.`,
          { code: "E_STUDY_FILE_KEY", part: "key" },
        ),
      );
    }
    return meant;
  }

  text(rule: string): string | undefined {
    if (!this.present) return undefined;
    if (typeof this.value !== "string" || this.value.trim() === "") throw this.wrong(rule);
    return this.value;
  }

  /** A whole number of at least `least`. */
  int(least: number): number | undefined {
    if (!this.present) return undefined;
    if (typeof this.value !== "number" || !Number.isSafeInteger(this.value) || this.value < least)
      throw this.wrong(`It must be a whole number of at least ${least}.`);
    return this.value;
  }

  number(): number | undefined {
    if (!this.present) return undefined;
    if (typeof this.value !== "number" || !Number.isFinite(this.value)) throw this.wrong("It must be a finite number.");
    return this.value;
  }

  flag(): boolean | undefined {
    if (!this.present) return undefined;
    if (typeof this.value !== "boolean") throw this.wrong("It must be true or false.");
    return this.value;
  }

  entries(): [string, Field][] {
    return Object.keys((this.value ?? {}) as object).map(key => [key, this.get(key)]);
  }
  items(): Field[] {
    return Array.isArray(this.value) ? this.value.map((_, i) => this.get(i)) : [];
  }
}

/** Runs `body`; an error of it that does not know its place gains the field's. */
export const placed = async <T>(field: Field, body: () => T | Promise<T>): Promise<T> => {
  try {
    return await body();
  } catch (error) {
    throw isVernierError(error) ? field.placed(error) : error;
  }
};
