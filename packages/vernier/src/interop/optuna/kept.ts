/**
 * What an imported study keeps of Optuna that has no place of its own here, under the attribute "optuna" of the study and of each trial,
 * so that an export gives it back unchanged.
 */
import type { Json } from "../../core/types.ts";
import { parseDistribution } from "./distribution.ts";
import { parsePythonJson, writePythonJson, type PyJson } from "./python-json.ts";

export const KEPT = "optuna";
type Attrs = Readonly<Record<string, Json>>;

/** Of a study. */
export interface KeptStudy {
  /** What a person should know about the import. */
  readonly notes?: readonly string[];
  /** Names there by names here, where they differ. */
  readonly names?: Readonly<Record<string, string>>;
  /** Every distribution a parameter had, by the name here, as Optuna's text. */
  readonly distributions?: Readonly<Record<string, readonly string[]>>;
  /** Metrics that are constraints there: the name there, or the index in the list of Optuna before 5. */
  readonly constraints?: Readonly<Record<string, string | number>>;
  readonly system?: KeptAttrs;
  readonly user?: KeptAttrs;
}
/** Of a trial. */
export interface KeptTrial {
  /** Index among the study's distributions of a parameter, where it is not the first. */
  readonly distributions?: Readonly<Record<string, number>>;
  readonly system?: KeptAttrs;
  readonly user?: KeptAttrs;
}
/** Attributes as Python's JSON texts: what ours cannot hold (null at the top, NaN, infinities), and system attributes. */
export type KeptAttrs = readonly (readonly [name: string, text: string])[];

/** Attributes ready for an event: the kept part only where there is something to keep. */
export function withKept(plain: Attrs, kept: KeptStudy | KeptTrial): Attrs {
  const entries = Object.entries(kept as Attrs).filter(([, value]) => value != null && Object.keys(value).length > 0);
  return entries.length === 0 ? plain : { ...plain, [KEPT]: Object.fromEntries(entries) };
}

/** The kept part of attributes; {} where there is none. What is not as we write it (anybody may set attributes) is left out. */
export function keptOf<T extends KeptStudy | KeptTrial>(attrs: Attrs): T {
  const kept = attrs[KEPT];
  if (!isRecord(kept)) return {} as T;
  const { names, constraints, distributions, system, user } = kept;
  const sound = {
    ...(isRecord(names) && { names: only(names, isText) }),
    ...(isRecord(constraints) && {
      constraints: only(constraints, value => isText(value) || typeof value === "number"),
    }),
    ...(isRecord(distributions) && {
      distributions: only(
        distributions,
        value => typeof value === "number" || (Array.isArray(value) && value.every(isDistribution)),
      ),
    }),
    ...(Array.isArray(system) && { system: system.filter(isAttr) }),
    ...(Array.isArray(user) && { user: user.filter(isAttr) }),
  };
  return sound as unknown as T;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const only = (record: object, fits: (value: unknown) => boolean): object =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => fits(value)));
const isDistribution = (value: unknown): boolean => isText(value) && reads(() => parseDistribution(value));
const isAttr = (item: unknown): boolean =>
  Array.isArray(item) && isText(item[0]) && isText(item[1]) && reads(() => parsePythonJson(item[1] as string));

function reads(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

/** User attributes in two parts: as JSON for people, and the exact texts of those that JSON cannot hold. */
export function splitAttrs(attrs: ReadonlyMap<string, PyJson>): { plain: Record<string, Json>; kept: KeptAttrs } {
  const plain: [string, Json][] = [];
  const kept: [string, string][] = [];
  for (const [name, value] of attrs) {
    const visible = name !== KEPT && name !== "__proto__" && value !== null;
    const clean = toJson(value);
    if (visible) plain.push([name, clean.value]);
    if (!visible || !clean.exact) kept.push([name, writePythonJson(value)]);
  }
  return { plain: Object.fromEntries(plain), kept };
}

/** The attributes for Optuna: the exact texts, except where the visible value was changed since. */
export function joinAttrs(attrs: Attrs, kept: KeptAttrs | undefined): Map<string, PyJson> {
  const exact = new Map(textsOf(kept));
  const found = new Map<string, PyJson>();
  for (const [name, value] of Object.entries(attrs)) {
    if (name === KEPT) continue;
    const before = exact.get(name);
    exact.delete(name);
    const same = before !== undefined && JSON.stringify(toJson(before).value) === JSON.stringify(value);
    found.set(name, same ? before : value);
  }
  for (const [name, value] of exact)
    if (name === KEPT || value === null || name === "__proto__") found.set(name, value);
  return found;
}

export function textsOf(kept: KeptAttrs | undefined): [string, PyJson][] {
  return (kept ?? []).map(([name, text]) => [name, parsePythonJson(text)]);
}

export const keep = (attrs: Iterable<readonly [string, PyJson]>): KeptAttrs =>
  [...attrs].map(([name, value]) => [name, writePythonJson(value)] as const);

/** NaN and the infinities become their names. */
function toJson(value: PyJson): { readonly value: Json; readonly exact: boolean } {
  if (typeof value === "number" && !Number.isFinite(value)) return { value: String(value), exact: false };
  if (typeof value !== "object" || value === null) return { value, exact: true };
  const inner = Object.entries(value).map(([name, item]) => [name, toJson(item as PyJson)] as const);
  const exact = inner.every(([name, item]) => item.exact && name !== "__proto__");
  if (Array.isArray(value)) return { value: inner.map(([, item]) => item.value), exact };
  const named = inner.filter(([name]) => name !== "__proto__").map(([name, item]) => [name, item.value] as const);
  return { value: Object.fromEntries(named), exact };
}
