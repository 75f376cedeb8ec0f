/** Optuna's distributions: their JSON, and the parameter of ours that each one is. */
import { VernierError } from "../../math/errors.ts";
import type { Node, Scalar } from "../../space/types.ts";
import { isPyRecord, parsePythonJson, writePythonJson, type PyJson, type PyRecord } from "./python-json.ts";

export interface NumberDistribution {
  readonly kind: "float" | "int";
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** null: continuous (float only). */
  readonly step: number | null;
}
export interface CategoricalDistribution {
  readonly kind: "categorical";
  readonly choices: readonly PyJson[];
}
export type Distribution = NumberDistribution | CategoricalDistribution;

/** Names of the classes; those of Optuna 2 still stand in files and in `distribution_to_json` of deprecated objects. */
const NUMBERS: Readonly<Record<string, { kind: "float" | "int"; log?: true; step?: "q" }>> = {
  FloatDistribution: { kind: "float" },
  UniformDistribution: { kind: "float" },
  LogUniformDistribution: { kind: "float", log: true },
  DiscreteUniformDistribution: { kind: "float", step: "q" },
  IntDistribution: { kind: "int" },
  IntUniformDistribution: { kind: "int" },
  IntLogUniformDistribution: { kind: "int", log: true },
};

/** Equal texts are one object: a study has few distributions and many trials. */
const known = new Map<string, Distribution>();
const KEPT = 1_000;

/**
 * Reads `distribution_to_json`'s text, and the short form { "type": "float", ... } that Optuna's command line takes.
 *
 * @throws VernierError E_IMPORT_DISTRIBUTION, E_IMPORT_JSON.
 */
export function parseDistribution(text: string): Distribution {
  let found = known.get(text);
  if (found === undefined) {
    found = distributionFrom(parsePythonJson(text));
    if (known.size >= KEPT) known.clear();
    known.set(text, found);
  }
  return found;
}

/** @throws VernierError E_IMPORT_DISTRIBUTION */
export function distributionFrom(json: PyJson): Distribution {
  if (!isPyRecord(json)) throw fault(`a distribution is an object; got ${short(json)}`);
  const type = json["type"];
  if (json["name"] === undefined && type !== undefined) {
    if (type === "categorical") return categorical(json);
    if (type === "float" || type === "int") return numberFrom(json, type, json["log"] ?? false, json["step"] ?? null);
    throw fault(`there is no distribution of type ${short(type)}`);
  }
  const { name, attributes } = json;
  if (typeof name !== "string" || !isPyRecord(attributes)) {
    throw fault(`a distribution has a name and attributes; got ${short(json)}`);
  }
  if (name === "CategoricalDistribution") return categorical(attributes);
  const number = Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined;
  if (number === undefined) throw fault(`there is no distribution named ${short(name)}`);
  return numberFrom(
    attributes,
    number.kind,
    number.log ?? attributes["log"] ?? false,
    attributes[number.step ?? "step"] ?? null,
  );
}

function categorical(attributes: PyRecord): CategoricalDistribution {
  const choices = attributes["choices"];
  if (!Array.isArray(choices) || choices.length === 0) throw fault(`choices is a list; got ${short(choices ?? null)}`);
  return { kind: "categorical", choices: choices as PyJson[] };
}

function numberFrom(json: PyRecord, kind: "float" | "int", log: PyJson, given: PyJson): NumberDistribution {
  const { low, high } = json;
  const step = kind === "int" ? (given ?? 1) : given;
  const fine = (value: PyJson | undefined): value is number =>
    typeof value === "number" && Number.isFinite(value) && (kind === "float" || Number.isSafeInteger(value));
  if (!fine(low) || !fine(high) || !(low <= high)) {
    throw fault(`${kind} needs finite low <= high; got low=${short(low ?? null)}, high=${short(high ?? null)}`);
  }
  if (typeof log !== "boolean" || (log && low <= 0)) throw fault(`a log scale needs low > 0; got ${low}`);
  if (step !== null && (!fine(step) || step <= 0)) throw fault(`a step is positive; got ${short(step)}`);
  return { kind, low, high, log, step };
}

/** The text that every Optuna from 3.0 on reads. */
export function writeDistribution(distribution: Distribution): string {
  if (distribution.kind === "categorical") {
    return `{"name": "CategoricalDistribution", "attributes": {"choices": ${writePythonJson(distribution.choices)}}}`;
  }
  const { kind, low, high, log, step } = distribution;
  const number = (value: number): string => (kind === "float" ? pythonFloat(value) : String(value));
  return (
    `{"name": "${kind === "float" ? "FloatDistribution" : "IntDistribution"}", "attributes": ` +
    `{"step": ${step === null ? "null" : number(step)}, "low": ${number(low)}, "high": ${number(high)}, "log": ${log}}}`
  );
}

/** With a point or an exponent, so that Python reads a float. */
export function pythonFloat(value: number): string {
  const text = writePythonJson(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** One key a distribution. */
export const keyOf = (distribution: Distribution): string =>
  distribution.kind === "categorical" ? writePythonJson(distribution.choices) : writeDistribution(distribution);

/**
 * What trials show for each choice: itself where it is a text, a finite number, a boolean or null, and no other choice looks like it;
 * otherwise its JSON text, numbered where that is taken (Optuna allows [1, 1.0], lists, NaN).
 */
export function labels(choices: readonly PyJson[]): Scalar[] {
  const taken = new Set<string>();
  const key = (value: Scalar): string => `${typeof value} ${String(value)}`;
  return choices.map(choice => {
    const plain = isScalar(choice);
    let label: Scalar = plain ? choice : writePythonJson(choice);
    for (let i = 2; taken.has(key(label)); i++) label = `${writePythonJson(choice)} (${i})`;
    taken.add(key(label));
    return label;
  });
}

function isScalar(value: PyJson): value is Scalar {
  return typeof value === "number" ? Number.isFinite(value) : typeof value !== "object" || value === null;
}

/** The value a person sees. @throws VernierError E_IMPORT_DISTRIBUTION for an index that is none. */
export function externalValue(internal: number, distribution: Distribution): Scalar {
  if (distribution.kind === "float") return internal + 0;
  if (distribution.kind !== "categorical") return Math.trunc(internal) + 0;
  const label = labelsOf(distribution)[Math.trunc(internal)];
  if (label !== undefined) return label;
  throw fault(`the choice with index ${internal} does not exist; there are ${distribution.choices.length}`);
}

const labelCache = new WeakMap<CategoricalDistribution, Scalar[]>();
export function labelsOf(distribution: CategoricalDistribution): Scalar[] {
  let found = labelCache.get(distribution);
  if (found === undefined) labelCache.set(distribution, (found = labels(distribution.choices)));
  return found;
}

/** The number Optuna stores for a value as trials here show it; undefined when the distribution has no such value. */
export function internalValue(value: unknown, distribution: Distribution): number | undefined {
  if (distribution.kind !== "categorical") {
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  }
  const index = labelsOf(distribution).findIndex(label => Object.is(label, value === 0 ? 0 : value));
  return index < 0 ? undefined : index;
}

/** The number Optuna stores for a value as Optuna has it. */
export function internalOf(value: PyJson, distribution: Distribution): number | undefined {
  if (distribution.kind !== "categorical") return internalValue(value, distribution);
  const text = writePythonJson(value);
  const index = distribution.choices.findIndex(choice => writePythonJson(choice) === text);
  return index < 0 ? undefined : index;
}

/** Optuna's rule for one name in one study: same kind, same log flag, same choices. Ranges may change. */
export function isCompatible(a: Distribution, b: Distribution): boolean {
  if (a === b) return true;
  if (a.kind === "categorical" || b.kind === "categorical") return a.kind === b.kind && keyOf(a) === keyOf(b);
  return a.kind === b.kind && a.log === b.log;
}

/** The parameter a distribution is; a single value is a constant. */
export function nodeOf(distribution: Distribution): Node {
  if (distribution.kind === "categorical") {
    const values = labelsOf(distribution);
    return values.length === 1 ? { type: "fixed", value: values[0] } : { type: "choice", choices: values };
  }
  const { kind, low, high, log, step } = distribution satisfies NumberDistribution;
  if (low === high) return { type: "fixed", value: low };
  return {
    type: kind,
    low,
    high,
    ...(log && { scale: "log" as const }),
    ...(step !== null && !(kind === "int" && step === 1) && { step }),
  };
}

function short(value: PyJson): string {
  const text = writePythonJson(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function fault(fact: string): VernierError {
  return new VernierError("E_IMPORT_DISTRIBUTION", `${fact}. Write it as Optuna's distribution_to_json does.`);
}
