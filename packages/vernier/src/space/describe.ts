/** A space as text: one line a parameter, in the builders' spelling, which `parseSpaceText` reads back. */
import { isNode } from "./names.ts";
import { spellNumber } from "./spell.ts";
import { wordValue } from "./text-lexer.ts";
import type { Node, Scalar, Shape, SpaceJson } from "./types.ts";

/** Single quotes where the text holds double ones, as conditions do. */
function quote(text: string): string {
  return text.includes('"') && !/['\\\u0000-\u001f]/.test(text) ? `'${text}'` : JSON.stringify(text);
}

const BARE = /^[^\s()[\]{},=;"'\\]+$/;

/** A value: bare where it reads back to itself. */
export function spellScalar(value: Scalar): string {
  if (typeof value === "number") return spellNumber(value);
  if (typeof value !== "string") return String(value);
  return BARE.test(value) && wordValue(value) === value ? value : quote(value);
}

const spellName = (name: string): string => (BARE.test(name) && !name.includes(".") ? name : quote(name));

const bracketed = (values: readonly Scalar[]): string => `[${values.map(spellScalar).join(", ")}]`;

function options(node: Node, names: readonly string[]): string[] {
  const record = node as unknown as Readonly<Record<string, unknown>>;
  return [...names, "unit", "description"].flatMap(name => {
    const value = record[name];
    if (value === undefined) return [];
    return [`${name}=${Array.isArray(value) ? bracketed(value as Scalar[]) : spellScalar(value as Scalar)}`];
  });
}

/**
 * One parameter in the builders' spelling.
 *
 * @example describeNode(float(1e-5, 0.1, { scale: "log" })) // "float(1e-5, 0.1, log)"
 */
export function describeNode(node: Node): string {
  const call = (name: string, ...args: readonly string[]): string => `${name}(${args.join(", ")})`;
  switch (node.type) {
    case "float":
    case "int": {
      const ends = [spellNumber(node.low), spellNumber(node.high)];
      const scale = node.scale === undefined || node.scale === "linear" ? [] : [node.scale];
      const prior = node.prior && [`prior=${bracketed([node.prior.mean, node.prior.sd])}`];
      return call(node.type, ...ends, ...scale, ...(prior ?? []), ...options(node, ["step", "default"]));
    }
    case "choice":
    case "ordinal":
      return call(node.type, ...node.choices.map(spellScalar), ...options(node, ["default", "prior", "retired"]));
    case "permutation":
    case "subset":
      return call(node.type, ...node.items.map(spellScalar), ...options(node, ["length", "min", "max", "default"]));
    case "simplex": {
      const shares = node.default;
      const given = shares && [`default=${bracketed(node.parts.map(part => shares[part] ?? 0))}`];
      return call("simplex", ...node.parts.map(spellScalar), ...(given ?? []), ...options(node, []));
    }
    case "list": {
      const item = isNode(node.item) ? describeNode(node.item) : `{${members(node.item, "").join(", ")}}`;
      return call("list", item, ...options(node, ["min", "max"]));
    }
    case "oneOf": {
      const branches = Object.entries(node.branches).map(([name, shape]) =>
        call(spellName(name), ...members(shape, "")),
      );
      return call("oneOf", ...branches, ...options(node, ["tag", "default"]));
    }
    case "optional":
      return call("when", quote(node.cond), describeNode(node.p));
    case "text":
      return call("text", ...node.seeds.map(quote), ...options(node, ["default"]));
    case "fixed":
      return call("fixed", JSON.stringify(node.value), ...options(node, []));
  }
}

/** `name=node` for every parameter, groups by dotted names. */
function members(shape: Shape, prefix: string, equals = "="): string[] {
  return Object.entries(shape).flatMap(([name, member]) => {
    const path = prefix + spellName(name);
    return isNode(member) ? [`${path}${equals}${describeNode(member)}`] : members(member, `${path}.`, equals);
  });
}

/**
 * One line a parameter, then one a `where`.
 *
 * @example describe(space({ lr: float(1e-5, 0.1, { scale: "log" }) })) // ["lr = float(1e-5, 0.1, log)"]
 */
export function describe(space: SpaceJson): readonly string[] {
  return [...members(space.shape, "", " = "), ...(space.where ?? []).map(text => `where(${quote(text)})`)];
}
