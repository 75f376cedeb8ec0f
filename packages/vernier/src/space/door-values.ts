/** Door checks of the kinds that list their values: `choice`, `ordinal`, `permutation`, `subset`, `simplex`, `text`, `fixed`. */
import { refuse, type Raw } from "./door-refuse.ts";
import { isPlain, nameFault } from "./names.ts";
import { didYouMean, spell, spellList } from "./spell.ts";
import type {
  ChoiceNode,
  FixedNode,
  OrdinalNode,
  PermutationNode,
  Scalar,
  SimplexNode,
  SubsetNode,
  TextNode,
} from "./types.ts";

/** Shares that sum to 1 within this much are taken as a mixture. */
export const SUM_TOLERANCE = 1e-9;

/** 1 and "1" are two choices; 0 and -0 are one. */
export function scalarKey(value: unknown): string {
  return typeof value === "string" ? `"${value}` : value === 0 ? "0" : String(value);
}

function isScalar(value: unknown): value is Scalar {
  return (
    value === null ||
    typeof value === "string" ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value))
  );
}

/** The hint for a value that is none of the choices. */
export function nearest(value: unknown, choices: readonly unknown[]): string {
  if (typeof value !== "string") return "";
  return didYouMean(
    value,
    choices.filter(c => typeof c === "string"),
  );
}

function valuesOf(raw: Raw, field: string, path: string, allowed = "string, number, boolean or null"): Scalar[] {
  const type = String(raw["type"]);
  const values = raw[field];
  if (!Array.isArray(values)) {
    return refuse("E_SPACE_CHOICES", raw, path, `needs an array: ${type}(["a", "b"]); got ${spell(values)}.`);
  }
  if (values.length === 0) {
    return refuse("E_SPACE_CHOICES", raw, path, "needs at least one value; got none. List them in an array.");
  }
  const seen = new Set<string>();
  // Array.from: holes become undefined and are refused like it.
  return Array.from(values as unknown[], (value, i) => {
    const ok = isScalar(value) && (allowed.includes("boolean") || (value !== null && typeof value !== "boolean"));
    if (!ok || (allowed === "string" && typeof value !== "string")) {
      return refuse(
        "E_SPACE_CHOICES",
        raw,
        path,
        `takes values of type ${allowed}; got ${spell(value)} at position ${i}.`,
      );
    }
    const key = scalarKey(value);
    if (seen.has(key)) return refuse("E_SPACE_CHOICES", raw, path, `lists ${spell(value)} twice. Remove one.`);
    seen.add(key);
    return value === 0 ? 0 : value;
  });
}

function countOf(raw: Raw, field: string, path: string, least: number, most: number, absent: number): number {
  const value = raw[field] ?? absent;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    const rule = `needs a whole ${field} from ${least} to ${most}`;
    return refuse("E_SPACE_RANGE", raw, path, `${rule}; got ${field}=${spell(value)}.`);
  }
  return value;
}

function badDefault(raw: Raw, path: string, sentence: string): never {
  return refuse("E_SPACE_DEFAULT", raw, path, `has a bad default: ${sentence}`);
}

/** Default, when given, must be one of the choices. */
function checkDefault(raw: Raw, path: string, choices: readonly Scalar[]): void {
  const given = raw["default"];
  if (given === undefined || choices.some(c => scalarKey(c) === scalarKey(given) && isScalar(given))) return;
  badDefault(raw, path, `${spell(given)} is not ${spellList(choices)}.${nearest(given, choices)}`);
}

export function admitOrdinal(raw: Raw, path: string): OrdinalNode {
  const choices = valuesOf(raw, "choices", path, "string or number") as (string | number)[];
  checkDefault(raw, path, choices);
  return { type: "ordinal", choices, ...defaultOf<string | number>(raw) };
}

function defaultOf<D>(raw: Raw): { default?: D } {
  return raw["default"] === undefined ? {} : { default: raw["default"] as D };
}

export function admitChoice(raw: Raw, path: string): ChoiceNode {
  const choices = valuesOf(raw, "choices", path);
  checkDefault(raw, path, choices);
  const prior = raw["prior"];
  if (prior !== undefined) {
    const fine =
      Array.isArray(prior) &&
      prior.length === choices.length &&
      prior.every(w => typeof w === "number" && w > 0 && Number.isFinite(w));
    if (!fine) {
      return refuse(
        "E_SPACE_PRIOR",
        raw,
        path,
        `needs a prior of ${choices.length} positive weights, one a choice; got ${spell(prior)}. Leave out a choice that should never come.`,
      );
    }
  }
  const retired = raw["retired"] === undefined ? [] : valuesOf(raw, "retired", path);
  const both = retired.find(r => choices.some(c => scalarKey(c) === scalarKey(r)));
  if (both !== undefined) {
    return refuse("E_SPACE_CHOICES", raw, path, `lists ${spell(both)} as a choice and as retired. Remove one.`);
  }
  return {
    type: "choice",
    choices,
    ...defaultOf<Scalar>(raw),
    ...(prior !== undefined && { prior: [...(prior as number[])] }),
    ...(retired.length > 0 && { retired }),
  };
}

/** Items given as a default: known ones, each once, in the given order. */
function itemsOf(raw: Raw, path: string, items: readonly Scalar[]): Scalar[] | undefined {
  const given = raw["default"];
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) return badDefault(raw, path, `an array of items is needed; got ${spell(given)}.`);
  const seen = new Set<string>();
  return Array.from(given as unknown[], value => {
    const item = items.find(i => isScalar(value) && scalarKey(i) === scalarKey(value));
    if (item === undefined) {
      return badDefault(raw, path, `${spell(value)} is not ${spellList(items)}.${nearest(value, items)}`);
    }
    if (seen.has(scalarKey(item))) return badDefault(raw, path, `it holds ${spell(item)} twice. Remove one.`);
    seen.add(scalarKey(item));
    return item;
  });
}

export function admitPermutation(raw: Raw, path: string): PermutationNode {
  const items = valuesOf(raw, "items", path);
  const length = countOf(raw, "length", path, 1, items.length, items.length);
  const given = itemsOf(raw, path, items);
  if (given !== undefined && given.length !== length) {
    return badDefault(raw, path, `${length} items in order are needed; got ${given.length}.`);
  }
  return {
    type: "permutation",
    items,
    ...(length < items.length && { length }),
    ...(given !== undefined && { default: given }),
  };
}

export function admitSubset(raw: Raw, path: string): SubsetNode {
  const items = valuesOf(raw, "items", path);
  const min = countOf(raw, "min", path, 0, items.length, 0);
  const max = countOf(raw, "max", path, 0, items.length, items.length);
  if (min > max) {
    return refuse("E_SPACE_RANGE", raw, path, `needs min <= max; got min=${min}, max=${max}. Swap them.`);
  }
  const given = itemsOf(raw, path, items);
  if (given !== undefined && (given.length < min || given.length > max)) {
    return badDefault(raw, path, `${min} to ${max} items are needed; got ${given.length}.`);
  }
  return {
    type: "subset",
    items,
    ...(min > 0 && { min }),
    ...(max < items.length && { max }),
    ...(given !== undefined && { default: items.filter(i => given.includes(i)) }),
  };
}

/** Why `value` is no mixture of the parts, or undefined. */
export function simplexFault(value: unknown, parts: readonly string[]): string | undefined {
  if (!isPlain(value)) return `must be a record of shares; got ${spell(value)}`;
  const stranger = Object.keys(value).find(name => !parts.includes(name));
  if (stranger !== undefined) return `has no part ${spell(stranger)}.${didYouMean(stranger, parts)}`;
  let sum = 0;
  for (const part of parts) {
    const share = Object.hasOwn(value, part) ? value[part] : undefined;
    if (typeof share !== "number" || !(share >= 0 && share <= 1)) {
      return `must hold a share from 0 to 1 for ${spell(part)}; got ${spell(share)}`;
    }
    sum += share;
  }
  return Math.abs(sum - 1) > SUM_TOLERANCE ? `must sum to 1; got ${spell(sum)}` : undefined;
}

export function admitSimplex(raw: Raw, path: string): SimplexNode {
  const parts = valuesOf(raw, "parts", path, "string") as string[];
  for (const part of parts) {
    const fault = nameFault(part);
    if (fault !== undefined) return refuse("E_SPACE_NAME", raw, path, `has a part name ${spell(part)} that ${fault}`);
  }
  if (parts.length < 2) {
    return refuse(
      "E_SPACE_CHOICES",
      raw,
      path,
      "needs at least two parts; got one, whose share is always 1. Add another.",
    );
  }
  const given = raw["default"];
  const fault = given === undefined ? undefined : simplexFault(given, parts);
  if (fault !== undefined) return badDefault(raw, path, `it ${fault}.`);
  const shares = given as Record<string, number> | undefined;
  return {
    type: "simplex",
    parts,
    ...(shares !== undefined && { default: Object.fromEntries(parts.map(p => [p, (shares[p] ?? 0) + 0])) }),
  };
}

export function admitText(raw: Raw, path: string): TextNode {
  const seeds = valuesOf(raw, "seeds", path, "string") as string[];
  const given = raw["default"];
  if (given !== undefined && typeof given !== "string")
    badDefault(raw, path, `a string is needed; got ${spell(given)}.`);
  return { type: "text", seeds, ...defaultOf<string>(raw) };
}

/** A deep copy of a JSON value, or the reason why it is none. */
function copyJson(value: unknown, depth: number): unknown {
  if (isScalar(value)) return value === 0 ? 0 : value;
  if (depth > 100) throw new Error("it nests deeper than 100 levels, or in a circle");
  if (Array.isArray(value)) return Array.from(value as unknown[], v => copyJson(v, depth + 1));
  if (isPlain(value)) {
    if (Object.hasOwn(value, "__proto__")) throw new Error('it holds a key "__proto__"');
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, copyJson(v, depth + 1)]));
  }
  throw new Error(`it holds ${spell(value)}`);
}

export function admitFixed(raw: Raw, path: string): FixedNode {
  try {
    return { type: "fixed", value: copyJson(raw["value"], 0) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return refuse(
      "E_SPACE_FIXED",
      raw,
      path,
      `needs a JSON value: ${why}. Pass plain data, or load it in the objective.`,
    );
  }
}
