/**
 * A configuration of ours as Optuna has them: flat names with numbers or choices. What has no distribution there is written as the
 * parameters it can be put together from again:
 *
 * - a group, and a branch of `oneOf`: dotted names; the branch itself a choice, "optimizer.kind" and "optimizer.sgd.momentum";
 * - `permutation`: an int for each item, its place, "order[a]"; items that are not among the first `length` have place `length`;
 * - `subset`: a choice of true and false for each item, "features[f1]";
 * - `simplex`: a float for each part, its share, "mixture[web]";
 * - `list`: an int "blocks.length" and the parameters of each item, "blocks[0].width";
 * - `ordinal` and `text`: a choice. `fixed`: none.
 */
import { isNode } from "../../space/names.ts";
import type { Node, Scalar, Shape } from "../../space/types.ts";
import { labels, type Distribution } from "./distribution.ts";

/** Called with every parameter that is present; its distribution is undefined where only its values are known. */
export type Visit = (name: string, value: Scalar, distribution: Distribution | undefined) => void;

/** Walks the values that are there; what is missing (inactive, or not fixed in a queued trial) is not visited. */
export function flatten(shape: Shape, params: unknown, visit: Visit, prefix = ""): void {
  for (const [name, member] of Object.entries(shape)) flattenMember(member, own(params, name), visit, prefix + name);
}

function own(record: unknown, name: string): unknown {
  if (typeof record !== "object" || record === null || !Object.hasOwn(record, name)) return undefined;
  return (record as Readonly<Record<string, unknown>>)[name];
}

function flattenMember(member: Node | Shape, value: unknown, visit: Visit, path: string): void {
  if (value === undefined) return;
  if (!isNode(member)) return flatten(member, value, visit, `${path}.`);
  switch (member.type) {
    case "optional":
      return flattenMember(member.p, value, visit, path);
    case "oneOf": {
      const tag = member.tag ?? "kind";
      const branch = own(value, tag);
      if (typeof branch !== "string") return;
      visit(`${path}.${tag}`, branch, distributionOf(member));
      const shape = Object.hasOwn(member.branches, branch) ? member.branches[branch] : undefined;
      if (shape !== undefined) flatten(shape, value, visit, `${path}.${branch}.`);
      return;
    }
    case "list": {
      if (!Array.isArray(value)) return;
      visit(`${path}.length`, value.length, {
        kind: "int",
        low: member.min ?? 0,
        high: member.max,
        log: false,
        step: 1,
      });
      for (const [i, item] of value.entries()) flattenMember(member.item, item, visit, `${path}[${i}]`);
      return;
    }
    case "permutation": {
      if (!Array.isArray(value)) return;
      const high = Math.min(member.length ?? Infinity, member.items.length - 1);
      const place: Distribution = { kind: "int", low: 0, high, log: false, step: 1 };
      for (const [i, item] of member.items.entries()) {
        const at = value.indexOf(item);
        visit(`${path}[${partName(member.items, i)}]`, at < 0 ? value.length : at, place);
      }
      return;
    }
    case "subset": {
      if (!Array.isArray(value)) return;
      for (const [i, item] of member.items.entries()) {
        visit(`${path}[${partName(member.items, i)}]`, value.includes(item), {
          kind: "categorical",
          choices: [false, true],
        });
      }
      return;
    }
    case "simplex":
      for (const part of member.parts) {
        const share = own(value, part);
        if (typeof share !== "number") continue;
        visit(`${path}[${part}]`, share, { kind: "float", low: 0, high: 1, log: false, step: null });
      }
      return;
    default: {
      const distribution = distributionOf(member);
      if (distribution !== undefined && isScalar(value)) visit(path, value, distribution);
    }
  }
}

/** 1 and "1" as items are told apart by quotes. */
function partName(items: readonly Scalar[], i: number): string {
  const text = String(items[i]);
  return items.some((other, j) => j !== i && String(other) === text) ? JSON.stringify(items[i]) : text;
}

/** The distribution of a plain parameter; undefined for the kinds that have none or several. */
export function distributionOf(node: Node): Distribution | undefined {
  switch (node.type) {
    case "float":
    case "int": {
      const { type: kind, low, high } = node;
      const log = node.scale === "log";
      // Optuna allows no step on a log scale, and its ints step by 1 there.
      const step = kind === "int" ? (log ? 1 : (node.step ?? 1)) : log ? null : (node.step ?? null);
      return { kind, low, high, log, step };
    }
    case "choice":
      return { kind: "categorical", choices: [...node.choices, ...(node.retired ?? [])] };
    case "ordinal":
      return { kind: "categorical", choices: node.choices };
    case "text":
      return { kind: "categorical", choices: node.seeds };
    case "oneOf":
      return { kind: "categorical", choices: Object.keys(node.branches) };
    default:
      return undefined;
  }
}

/** What a distribution changes about a node, in a sentence. */
export function lossOf(node: Node): string | undefined {
  if (node.type === "ordinal") return "the order of its values is not known there";
  if (node.type === "text") return "its texts are choices there: those seen so far";
  if (node.type === "permutation") return "it is written as the place of each item";
  if (node.type === "subset") return "it is written as true or false for each item";
  if (node.type === "simplex") return "it is written as a share for each part; shares there need not sum to 1";
  if (node.type !== "float" && node.type !== "int") return undefined;
  if (node.scale === "logit" || node.scale === "reverse-log") return `its ${node.scale} scale is linear there`;
  return node.scale === "log" && node.step !== undefined
    ? "its step is not known there: it has a log scale"
    : undefined;
}

/** A distribution stretched over values it does not have; equal values give the same one. */
export function stretched(distribution: Distribution, values: Iterable<Scalar>): Distribution {
  if (distribution.kind === "categorical") {
    const known = labels(distribution.choices);
    const more = [...new Set(values)].filter(value => !known.includes(value));
    return more.length === 0 ? distribution : { kind: "categorical", choices: [...distribution.choices, ...more] };
  }
  let { low, high } = distribution;
  let whole = true;
  for (const value of values) {
    if (typeof value !== "number") continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    whole &&= Number.isInteger(value);
  }
  if (low === distribution.low && high === distribution.high && (whole || distribution.kind === "float"))
    return distribution;
  const log = distribution.log && low > 0;
  return whole && distribution.kind === "int"
    ? { kind: "int", low, high, log, step: 1 }
    : { kind: "float", low, high, log, step: null };
}

/** A distribution for values of which nothing else is known. */
export function guessed(values: Iterable<Scalar>): Distribution {
  const all = [...new Set(values)];
  const numbers = all.filter(value => typeof value === "number");
  if (numbers.length < all.length) return { kind: "categorical", choices: all };
  const kind = numbers.every(Number.isSafeInteger) ? "int" : "float";
  const [low, high] = numbers.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  );
  return { kind, low, high, log: false, step: kind === "int" ? 1 : null };
}

function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value !== "object";
}
