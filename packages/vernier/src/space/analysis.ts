/**
 * What the door learns about a space's expressions: every `where` and `when` checked and resolved, and the order in which
 * conditions must be decided. Kept beside the space in a WeakMap, so that the space itself stays plain JSON.
 */
import { VernierError } from "../math/errors.ts";
import { checkExpression, mergeTypes } from "./expr-check.ts";
import { pathNodes } from "./expr-eval.ts";
import { parseTree } from "./expr-parser.ts";
import type { Expression, ExprTree, ScopeType, ScopeTypes } from "./expr-types.ts";
import { isNode, isPlain } from "./names.ts";
import type { Node, OptionalNode, Scalar, Shape, SpaceJson } from "./types.ts";

/** A `when` condition, resolved. */
export interface Condition {
  readonly expression: Expression;
  /** Conditions are decided in this order: each depends only on earlier ones. */
  readonly order: number;
}

export interface Analysis {
  readonly where: readonly Expression[];
  readonly functions: readonly ((params: never) => unknown)[];
  readonly conditions: ReadonlyMap<OptionalNode, Condition>;
}

const analyses = new WeakMap<SpaceJson, Analysis>();

export function register(space: SpaceJson, analysis: Analysis): void {
  analyses.set(space, analysis);
}

/** The analysis of a space that came through the door; undefined for raw JSON. */
export function analysisOf(space: SpaceJson): Analysis | undefined {
  return analyses.get(space);
}

function typeOfValue(value: unknown): ScopeType {
  if (Array.isArray(value)) return { list: value.map(typeOfValue).reduce(mergeTypes, { values: [] } as ScopeType) };
  if (isPlain(value)) {
    return { record: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, typeOfValue(v)])) };
  }
  return { values: [value as Scalar] };
}

function typeOfNode(node: Node): ScopeType {
  switch (node.type) {
    case "float":
    case "int":
      return "number";
    case "ordinal":
      return { values: node.choices };
    case "choice":
      return { values: [...node.choices, ...(node.retired ?? [])] };
    case "permutation":
    case "subset":
      return { list: { values: node.items } };
    case "simplex":
      return { record: Object.fromEntries(node.parts.map(part => [part, "number"])) };
    case "list":
      return { list: typeOfMember(node.item) };
    case "oneOf": {
      const tag = node.tag ?? "kind";
      const all = Object.values(node.branches).map((shape): ScopeType => ({ record: typesOf(shape) }));
      const merged = all.reduce(mergeTypes) as { record: ScopeTypes };
      return { record: { [tag]: { values: Object.keys(node.branches) }, ...merged.record } };
    }
    case "optional":
      return typeOfNode(node.p);
    case "text":
      return "string";
    case "fixed":
      return typeOfValue(node.value);
  }
}

function typeOfMember(member: Node | Shape): ScopeType {
  return isNode(member) ? typeOfNode(member) : { record: typesOf(member) };
}

/** The names of a shape with the types of their values: what expressions over its params may use. */
export function typesOf(shape: Shape): ScopeTypes {
  return Object.fromEntries(Object.entries(shape).map(([name, member]) => [name, typeOfMember(member)]));
}

type Step = string | number;

/** A record around a condition: its names, and where its value sits ("*" is any position of a list). */
interface Scope {
  readonly types: ScopeTypes;
  readonly at: readonly Step[];
}

interface Site {
  readonly node: OptionalNode;
  readonly at: readonly Step[];
  readonly expression: Expression;
  /** Absolute places that the condition reads. */
  readonly reads: readonly (readonly Step[])[];
}

function readsOf(tree: ExprTree, scopes: readonly Scope[]): (readonly Step[])[] {
  return pathNodes(tree).map(({ path, up }) => [...(scopes[up ?? 0]?.at ?? []), ...path]);
}

/** Steps without list positions: `blocks[2].width`, `blocks[*].width` and the mapped `blocks.width` are one place. */
const named = (steps: readonly Step[]): string[] =>
  steps.filter((s): s is string => typeof s === "string" && s !== "*");

/** Does reading `read` need to know whether the optional at `site` is there? */
function touches(read: readonly Step[], site: readonly Step[]): boolean {
  const [path, place] = [named(read), named(site)];
  return place.length <= path.length && place.every((step, i) => step === path[i]);
}

/** Runs `check`, and puts the place in front of an expression's error. */
function within<T>(place: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof VernierError)) throw error;
    throw new VernierError(error.code, `${place}: ${error.message}`, {
      cause: error,
      details: { ...error.details, place },
    });
  }
}

function collect(shape: Shape, scopes: readonly Scope[], sites: Site[]): void {
  for (const [name, member] of Object.entries(shape)) {
    visit(member, [...(scopes[0]?.at ?? []), name], scopes, sites);
  }
}

function visit(member: Node | Shape, at: readonly Step[], scopes: readonly Scope[], sites: Site[]): void {
  if (!isNode(member)) {
    collect(member, [{ types: typesOf(member), at }, ...scopes], sites);
  } else if (member.type === "list") {
    visit(member.item, [...at, "*"], scopes, sites);
  } else if (member.type === "oneOf") {
    for (const [branch, shape] of Object.entries(member.branches)) {
      const types: ScopeTypes = { [member.tag ?? "kind"]: { values: [branch] }, ...typesOf(shape) };
      collect(shape, [{ types, at }, ...scopes], sites);
    }
  } else if (member.type === "optional") {
    const { cond } = member;
    const expression = within(`when of "${named(at).join(".")}"`, () =>
      checkExpression(
        parseTree(cond),
        scopes.map(scope => scope.types),
        "boolean",
      ),
    );
    sites.push({ node: member, at, expression, reads: readsOf(expression.tree, scopes) });
    visit(member.p, at, scopes, sites);
  }
}

/** Sites so that each comes after those it depends on: the ones it sits in, and the ones its condition reads. */
function ordered(sites: readonly Site[]): Site[] {
  const done = new Set<Site>();
  const order: Site[] = [];
  const place = (site: Site): string => named(site.at).join(".");
  const settle = (site: Site, open: readonly Site[]): void => {
    if (done.has(site)) return;
    if (open.includes(site)) {
      const circle = [...open.slice(open.indexOf(site)), site].map(place);
      throw new VernierError(
        "E_SPACE_CYCLE",
        `the condition of "${place(site)}" depends on its own result: ${circle.join(" -> ")}. Conditions may not go in a circle; remove one of them.`,
        { details: { circle } },
      );
    }
    for (const other of sites) {
      const around = other !== site && other.at.length < site.at.length && touches(site.at, other.at);
      if (around || site.reads.some(read => touches(read, other.at))) settle(other, [...open, site]);
    }
    done.add(site);
    order.push(site);
  };
  for (const site of sites) settle(site, []);
  return order;
}

/** @throws VernierError E_EXPRESSION_*, E_SPACE_CYCLE */
export function analyse(space: SpaceJson, functions: readonly ((params: never) => unknown)[]): Analysis {
  const root: Scope = { types: typesOf(space.shape), at: [] };
  const where = (space.where ?? []).map((text, i) =>
    within(`where[${i}]`, () => checkExpression(parseTree(text), [root.types], "boolean")),
  );
  const sites: Site[] = [];
  collect(space.shape, [root], sites);
  const conditions = new Map<OptionalNode, Condition>();
  for (const [order, site] of ordered(sites).entries()) {
    conditions.set(site.node, { expression: site.expression, order });
  }
  return { where, functions, conditions };
}
