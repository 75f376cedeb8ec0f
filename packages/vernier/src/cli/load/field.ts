/** A value inside a study file that knows where it stands, so that every complaint about it can say so. */
import { VernierError } from "../../math/errors.ts";
import { isVernierError } from "../errors.ts";
import { didYouMean, spell } from "../../space/spell.ts";

export type Path = readonly (string | number)[];
/** "study.yaml:3:5" for data files, "study.ts" for programs. */
export type Place = (path: Path) => string;

const dotted = (path: Path): string =>
  path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");

export class Field {
  readonly value: unknown;
  readonly path: Path;
  readonly #place: Place;

  constructor(value: unknown, place: Place, path: Path = []) {
    this.value = value;
    this.path = path;
    this.#place = place;
  }

  get present(): boolean {
    return this.value !== undefined;
  }
  /** `run.trials`, for messages. */
  get name(): string {
    return dotted(this.path);
  }
  get place(): string {
    return this.#place(this.path);
  }

  error(fact: string, rule: string, code: `E_${string}` = "E_STUDY_FILE_VALUE"): VernierError {
    return new VernierError(code, `${this.place}: ${fact}${fact.endsWith("?") ? "" : "."} ${rule}`);
  }
  /** "space is 3" and the rule. */
  wrong(rule: string): VernierError {
    return this.error(`${this.name === "" ? "the study" : this.name} is ${spell(this.value)}`, rule);
  }

  get(key: string | number): Field {
    const inner = (this.value as Record<string | number, unknown> | null | undefined)?.[key];
    return new Field(inner, this.#place, [...this.path, key]);
  }

  get isRecord(): boolean {
    return typeof this.value === "object" && this.value !== null && !Array.isArray(this.value);
  }

  /** Refuses keys other than `known`, with the nearest one. */
  keys(known: readonly string[]): void {
    if (!this.isRecord) throw this.wrong(`It must be a record of ${known.join(", ")}.`);
    for (const key of Object.keys(this.value as object)) {
      if (known.includes(key)) continue;
      const near = didYouMean(key, known);
      throw this.get(key).error(
        `${this.name === "" ? "a study" : this.name} has no key ${JSON.stringify(key)}${near === "" ? "" : `.${near}`}`,
        `Its keys are ${known.join(", ")}.`,
        "E_STUDY_FILE_KEY",
      );
    }
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
    if (!isVernierError(error)) throw error;
    throw new VernierError(error.code, `${field.place}: ${error.message}`, { cause: error });
  }
};
