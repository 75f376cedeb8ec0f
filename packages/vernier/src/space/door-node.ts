/** Door checks of single nodes and groups: structure and options here, the values of each kind in door-number and door-values. */
import { VernierError } from "../math/errors.ts";
import { admitNumber } from "./door-number.ts";
import { refuse, type Raw } from "./door-refuse.ts";
import {
  admitChoice,
  admitFixed,
  admitOrdinal,
  admitPermutation,
  admitSimplex,
  admitSubset,
  admitText,
} from "./door-values.ts";
import { checkName, isNode, isPlain, join } from "./names.ts";
import { didYouMean, spell, spellList } from "./spell.ts";
import type { ListNode, Node, OneOfNode, OptionalNode, Shape } from "./types.ts";

const DEEPEST = 40;
/** A space wider than this is a mistake: no sampler works there. */
export const MOST_COLUMNS = 20_000;

interface Kind {
  readonly options: readonly string[];
  admit(raw: Raw, path: string, depth: number): Node;
}

const NUMBER: Kind = { options: ["low", "high", "scale", "step", "default", "prior"], admit: admitNumber };
const KINDS = new Map<string, Kind>([
  ["float", NUMBER],
  ["int", NUMBER],
  ["ordinal", { options: ["choices", "default"], admit: admitOrdinal }],
  ["choice", { options: ["choices", "default", "prior", "retired"], admit: admitChoice }],
  ["permutation", { options: ["items", "length", "default"], admit: admitPermutation }],
  ["subset", { options: ["items", "min", "max", "default"], admit: admitSubset }],
  ["simplex", { options: ["parts", "default"], admit: admitSimplex }],
  ["list", { options: ["item", "min", "max"], admit: admitList }],
  ["oneOf", { options: ["branches", "tag", "default"], admit: admitOneOf }],
  ["optional", { options: ["cond", "p"], admit: admitOptional }],
  ["text", { options: ["seeds", "default"], admit: admitText }],
  ["fixed", { options: ["value"], admit: admitFixed }],
]);

/** Names of all kinds, for messages and the text form. */
export const kindNames: readonly string[] = [...KINDS.keys()];

/** What people write out of habit, and what it is called here. */
const HABITS: Readonly<Record<string, string>> = {
  log: 'write { scale: "log" }',
  q: "write { step: ... }",
  values: "pass the values as the first argument",
};

function checkOptions(raw: Raw, kind: Kind, path: string): void {
  const [first = ""] = kind.options;
  // choice("a", "b"): the missing array is the mistake, and `admit` says so.
  const list = ["choices", "items", "parts"].includes(first);
  if (Object.hasOwn(raw, "options") && (!list || Array.isArray(raw[first]))) {
    const got = spell(raw["options"]);
    refuse("E_SPACE_OPTION", raw, path, `takes its options in a record, { scale: "log" } for example; got ${got}.`);
  }
  const known = ["type", "description", "unit", ...kind.options];
  for (const name of Object.keys(raw)) {
    if (known.includes(name) || name === "options") continue;
    const options = known.slice(1).filter(o => !["low", "high", "choices", "items", "parts", "cond", "p"].includes(o));
    const habit = Object.hasOwn(HABITS, name) ? HABITS[name] : undefined;
    const hint = habit === undefined ? didYouMean(name, options) : ` Instead ${habit}.`;
    refuse("E_SPACE_OPTION", raw, path, `has no option ${spell(name)}. It has ${options.join(", ")}.${hint}`);
  }
  for (const name of ["description", "unit"]) {
    const value = raw[name];
    if (value !== undefined && typeof value !== "string") {
      refuse("E_SPACE_OPTION", raw, path, `needs a string for ${name}; got ${spell(value)}.`);
    }
  }
}

/** One parameter, checked. @throws VernierError E_SPACE_* */
export function admitNode(value: unknown, path: string, depth = 0): Node {
  if (depth > DEEPEST) refuse("E_SPACE_DEPTH", {}, path, `nests deeper than ${DEEPEST} levels. Flatten it.`);
  if (!isPlain(value) || typeof value["type"] !== "string") return notANode(value, path);
  const kind = KINDS.get(value["type"]);
  if (kind === undefined) {
    const hint = didYouMean(value["type"], kindNames);
    throw new VernierError(
      "E_SPACE_NODE",
      `"${path}" has an unknown kind ${spell(value["type"])}. Kinds are ${kindNames.join(", ")}.${hint} A constant named "type" is written type: fixed(...).`,
      { details: { path } },
    );
  }
  checkOptions(value, kind, path);
  const node = kind.admit(value, path, depth);
  if (node.type === "optional") return Object.freeze(node);
  const { description, unit } = value as { description?: string; unit?: string };
  return deepFreeze({
    ...node,
    ...(description !== undefined && { description }),
    ...(unit !== undefined && { unit }),
  });
}

function notANode(value: unknown, path: string): never {
  let advice = `for a constant use fixed(${spell(value)})`;
  if (value === undefined) advice = "remove the name, or give it a parameter";
  else if (typeof value === "function") advice = "call the builder, for example float(0, 1)";
  else if (Array.isArray(value)) advice = `for one of several values use choice(${spell(value)})`;
  else if (typeof value === "object" && value !== null) advice = "use plain records for groups";
  throw new VernierError(
    "E_SPACE_NODE",
    `"${path}" is not a parameter: got ${spell(value)}. Use float, int, choice, ...; ${advice}.`,
    { details: { path } },
  );
}

/** A record of parameters and groups. Branches may be empty, groups not. */
export function admitShape(value: unknown, path: string, depth: number, empty: "empty allowed" | "not empty"): Shape {
  if (depth > DEEPEST) refuse("E_SPACE_DEPTH", {}, path, `nests deeper than ${DEEPEST} levels. Flatten it.`);
  if (!isPlain(value)) {
    if (path !== "") return notANode(value, path);
    throw new VernierError(
      "E_SPACE_NODE",
      `a space is made of a record of parameters; got ${spell(value)}. Write space({ lr: float(1e-5, 1e-1) }).`,
    );
  }
  const names = Object.keys(value);
  if (names.length === 0 && empty === "not empty") {
    if (path === "") {
      throw new VernierError(
        "E_SPACE_EMPTY",
        "the space has no parameters. Give it at least one: space({ lr: float(1e-5, 1e-1) }).",
      );
    }
    refuse("E_SPACE_EMPTY", {}, path, "has no parameters. Add one, or remove the group.");
  }
  const shape: Record<string, Node | Shape> = {};
  for (const name of names) {
    checkName(name, "parameter", path);
    shape[name] = admitMember(value[name], join(path, name), depth + 1);
  }
  return Object.freeze(shape);
}

function admitMember(value: unknown, path: string, depth: number): Node | Shape {
  const group = isPlain(value) && typeof value["type"] !== "string";
  return group ? admitShape(value, path, depth, "not empty") : admitNode(value, path, depth);
}

function admitList(raw: Raw, path: string, depth: number): ListNode {
  const count = (field: string, absent: unknown, least: number): number => {
    const value = raw[field] ?? absent;
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > MOST_COLUMNS) {
      const rule = `needs a whole ${field} from ${least} to ${MOST_COLUMNS}`;
      return refuse(
        "E_SPACE_RANGE",
        raw,
        path,
        `${rule}; got ${field}=${spell(value)}. Say how long it may get: max 4, for example.`,
      );
    }
    return value;
  };
  const min = count("min", 0, 0);
  const max = count("max", undefined, 1);
  if (min > max) refuse("E_SPACE_RANGE", raw, path, `needs min <= max; got min=${min}, max=${max}. Swap them.`);
  const item = admitMember(raw["item"], `${path}[*]`, depth + 1);
  if (isNode(item) && item.type === "optional") {
    refuse(
      "E_SPACE_NODE",
      raw,
      path,
      "cannot hold bare when(...) items. Vary the length, or use a record as the item.",
    );
  }
  return { type: "list", item, ...(min > 0 && { min }), max };
}

function admitOneOf(raw: Raw, path: string, depth: number): OneOfNode {
  const given = raw["branches"];
  if (!isPlain(given)) {
    const hint = Array.isArray(given) ? ` For plain values use choice(${spell(given)}).` : "";
    return refuse(
      "E_SPACE_BRANCH",
      raw,
      path,
      `takes named branches, oneOf({ a: {...}, b: {...} }); got ${spell(given)}.${hint}`,
    );
  }
  const tag = raw["tag"] ?? "kind";
  if (typeof tag !== "string") return refuse("E_SPACE_TAG", raw, path, `needs a string tag; got ${spell(tag)}.`);
  checkName(tag, "tag", path);
  const names = Object.keys(given);
  if (names.length === 0)
    refuse("E_SPACE_EMPTY", raw, path, "has no branches. Give it at least one record of parameters.");
  const branches: Record<string, Shape> = {};
  for (const name of names) {
    checkName(name, "branch", path);
    const branch = given[name];
    const at = join(path, name);
    if (isPlain(branch) && typeof branch["type"] === "string") {
      refuse(
        "E_SPACE_BRANCH",
        raw,
        path,
        `has a bare parameter as branch ${spell(name)}. A branch is a record: ${name}: { value: ${branch["type"]}(...) }.`,
      );
    }
    if (!isPlain(branch)) {
      refuse(
        "E_SPACE_BRANCH",
        raw,
        path,
        `needs a record for branch ${spell(name)}; got ${spell(branch)}. Use {} for none.`,
      );
    }
    if (Object.hasOwn(branch, tag)) {
      refuse(
        "E_SPACE_TAG",
        raw,
        path,
        `has a parameter ${spell(tag)} in branch ${spell(name)}, but that is the tag. Rename it, or pass { tag: "..." }.`,
      );
    }
    branches[name] = admitShape(branch, at, depth + 1, "empty allowed");
  }
  const first = raw["default"];
  if (first !== undefined && (typeof first !== "string" || !Object.hasOwn(branches, first))) {
    const hint = typeof first === "string" ? didYouMean(first, names) : "";
    refuse("E_SPACE_DEFAULT", raw, path, `has a bad default: ${spell(first)} is not ${spellList(names)}.${hint}`);
  }
  return {
    type: "oneOf",
    branches: Object.freeze(branches),
    ...(tag !== "kind" && { tag }),
    ...(first !== undefined && { default: first as string }),
  };
}

function admitOptional(raw: Raw, path: string, depth: number): OptionalNode {
  const cond = raw["cond"];
  if (typeof cond !== "string") {
    return refuse(
      "E_SPACE_WHEN",
      raw,
      path,
      `needs its condition as text, when('act == "relu"', float(0, 1)); got ${spell(cond)}. Functions cannot be stored.`,
    );
  }
  const inner = raw["p"];
  if (isPlain(inner) && typeof inner["type"] !== "string") {
    refuse("E_SPACE_WHEN", raw, path, "takes one parameter, not a group. Use oneOf, or put when on each member.");
  }
  const p = admitNode(inner, path, depth + 1);
  if (p.type === "optional") {
    refuse(
      "E_SPACE_WHEN",
      raw,
      path,
      `is inside another when. Join the conditions: when('(${cond}) and (${p.cond})', ...).`,
    );
  }
  return { type: "optional", cond, p };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
