/** What parameters are called outside of the study: in placeholders, and as environment variables. */
import type { Params } from "../core/types.ts";
import { isNode } from "../space/names.ts";
import type { Node, Shape, SpaceJson } from "../space/types.ts";

/** A place where a value can be asked for. A `leaf` gets an environment variable; the others are groups and elements. */
export interface ParameterName {
  readonly name: string;
  readonly leaf: boolean;
}

/** Every name a configuration of the space may have: "lr", "model", "model.layers", "optimizer.kind", "blocks.0.width". */
export function parameterNames(space: SpaceJson): ParameterName[] {
  const found = new Map<string, boolean>();
  shapeNames(space.shape, "", true, found);
  return Array.from(found, ([name, leaf]) => ({ name, leaf }));
}

/** Every name that placeholders may use in a study of this space; parameters first, then groups and elements. */
export function placeholderNamesOf(space: SpaceJson): string[] {
  const all = parameterNames(space);
  return [...all.filter(({ leaf }) => leaf), ...all.filter(({ leaf }) => !leaf)].map(({ name }) => name);
}

function shapeNames(shape: Shape, prefix: string, leaf: boolean, found: Map<string, boolean>): void {
  for (const [name, node] of Object.entries(shape)) nodeNames(node, prefix + name, leaf, found);
}

function nodeNames(node: Node | Shape, name: string, leaf: boolean, found: Map<string, boolean>): void {
  if (!isNode(node)) {
    found.set(name, false);
    shapeNames(node, `${name}.`, leaf, found);
  } else if (node.type === "optional") nodeNames(node.p, name, leaf, found);
  else if (node.type === "oneOf") {
    found.set(name, false);
    found.set(`${name}.${node.tag ?? "kind"}`, leaf);
    for (const branch of Object.values(node.branches)) shapeNames(branch, `${name}.`, leaf, found);
  } else if (node.type === "simplex") {
    found.set(name, false);
    for (const part of node.parts) found.set(`${name}.${part}`, leaf);
  } else if (node.type === "list") {
    found.set(name, leaf);
    found.set(`${name}.length`, false);
    for (let i = 0; i < node.max; i++) nodeNames(node.item, `${name}.${i}`, false, found);
  } else found.set(name, leaf);
}

/** The value at a dotted name; undefined where there is none. */
export function valueAt(params: Params, name: string): unknown {
  let value: unknown = params;
  for (const step of name.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** How a value is written for a program: numbers in the shortest form that reads back to the same number, structures as JSON. */
export function valueText(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** The leaves of a configuration by dotted name; lists stay whole. */
export function leaves(params: Params, prefix = ""): [name: string, value: unknown][] {
  return Object.entries(params).flatMap(([name, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? leaves(value as Params, `${prefix}${name}.`)
      : [[prefix + name, value] as [string, unknown]],
  );
}

/** "model.hiddenSize" -> "VERNIER_PARAM_MODEL_HIDDEN_SIZE". Letters beyond A-Z become "_". */
export function variableName(name: string): string {
  const snake = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
  return `VERNIER_PARAM_${snake.replace(/[^A-Z0-9]/g, "_")}`;
}

/** Variables that two names would share ("a.b" and "a_b"): neither is set, so that no program reads the wrong one. */
export function sharedVariables(names: Iterable<string>): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const name of names) {
    const variable = variableName(name);
    if (seen.has(variable)) shared.add(variable);
    seen.add(variable);
  }
  return shared;
}
