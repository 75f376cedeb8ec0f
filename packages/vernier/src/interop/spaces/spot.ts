/** A value of a foreign file that knows where it stands, and the list of what a person should know. */
import { VernierError } from "../../math/errors.ts";
import { spell } from "../../space/spell.ts";
import type { PyJson } from "../optuna/python-json.ts";

export type Path = readonly (string | number)[];

/** The file as a whole. */
export interface Source {
  /** Its name, for messages. */
  readonly file: string;
  /** "3:5" where the file is YAML; undefined otherwise. */
  place(path: Path): string | undefined;
  readonly notes: string[];
}

const dotted = (path: Path): string =>
  path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");

export class Spot {
  readonly value: PyJson | undefined;
  readonly path: Path;
  readonly source: Source;

  constructor(value: PyJson | undefined, source: Source, path: Path = []) {
    this.value = value;
    this.source = source;
    this.path = path;
  }

  get present(): boolean {
    return this.value !== undefined && this.value !== null;
  }
  get name(): string {
    return dotted(this.path);
  }
  get isRecord(): boolean {
    return typeof this.value === "object" && this.value !== null && !Array.isArray(this.value);
  }

  /** The refusal of this value. */
  fault(fact: string, next: string, cause?: unknown): VernierError {
    const place = this.source.place(this.path);
    const where = `${this.source.file}${place === undefined ? "" : `:${place}`}`;
    const path = this.name === "" ? "" : `${this.name}: `;
    return new VernierError("E_CONVERT", `${where}: ${path}${fact}. ${next}`, {
      ...(cause !== undefined && { cause }),
      details: { file: this.source.file, path: this.name, ...(place !== undefined && { place }) },
    });
  }

  note(text: string): void {
    this.source.notes.push(this.name === "" ? text : `${this.name}: ${text}`);
  }

  get(key: string | number): Spot {
    const { value } = this;
    const inner =
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<string | number, PyJson>>)[key]
        : undefined;
    return new Spot(inner, this.source, [...this.path, key]);
  }

  /** @throws E_CONVERT when it is no record. */
  entries(): [string, Spot][] {
    if (!this.isRecord) throw this.fault(`it is ${spell(this.value)}`, "It is a record, a name for each value.");
    return Object.keys(this.value as object).map(key => [key, this.get(key)]);
  }

  /** @throws E_CONVERT when it is no list. */
  items(): Spot[] {
    if (!Array.isArray(this.value)) throw this.fault(`it is ${spell(this.value)}`, "It is a list.");
    return this.value.map((_, i) => this.get(i));
  }

  text(): string {
    if (typeof this.value === "string" && this.value !== "") return this.value;
    throw this.fault(`it is ${spell(this.value)}`, "It is a text.");
  }

  /** A finite number; a text that spells one is read where the format writes numbers as texts. */
  number(texts: "texts too" | "numbers only" = "numbers only"): number {
    const { value } = this;
    const number = texts === "texts too" && typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
    throw this.fault(`it is ${this.present ? spell(value) : "missing"}`, "It is a finite number.");
  }

  flag(): boolean {
    if (this.value === undefined || this.value === null) return false;
    if (typeof this.value === "boolean") return this.value;
    throw this.fault(`it is ${spell(this.value)}`, "It is true or false.");
  }
}

/** Runs `body`; an error of the space gains the place. */
export function located<T>(spot: Spot, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof VernierError) || error.code === "E_CONVERT") throw error;
    throw spot.fault(error.message.replace(/\.$/, ""), "Correct it there.", error);
  }
}
