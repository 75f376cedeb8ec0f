/** Define-by-run: a space that grows with the names trials ask for. */
import { VernierError } from "../math/errors.ts";
import { canonical } from "./canonical.ts";
import { describeNode } from "./describe.ts";
import { admitNode } from "./door-node.ts";
import { admit } from "./door.ts";
import { bare } from "./hash.ts";
import type { DynamicParams, Param, Space } from "./infer.ts";
import { isNode } from "./names.ts";
import type { Node, Shape, SpaceJson } from "./types.ts";

/**
 * The space extended by one parameter. The same name with the same distribution gives the same space back; dots in the name
 * make groups.
 *
 * @param node What a builder returns, or its JSON.
 * @throws VernierError E_SPACE_DYNAMIC where the name is known with another distribution (both are shown) or the space is not
 *   dynamic, and every E_SPACE_* of the builders.
 *
 * @example
 * const one = learn(dynamic(), "lr", float(1e-5, 0.1, { scale: "log" }));
 */
export function learn(space: SpaceJson, name: string, node: Param<unknown> | Node): Space<DynamicParams> {
  if (space.dynamic !== true) {
    throw new VernierError(
      "E_SPACE_DYNAMIC",
      `"${name}" was asked of a space that is declared in full. Add it to space({...}), or use space: dynamic().`,
      { details: { path: name } },
    );
  }
  const wanted = admitNode(node, name);
  if (wanted.type === "optional") {
    throw new VernierError(
      "E_SPACE_DYNAMIC",
      `"${name}" has a condition, but a define-by-run trial decides itself what it asks for. Use an if statement.`,
      { details: { path: name } },
    );
  }
  const segments = name.split(".");
  const known = find(space.shape, segments, name);
  if (known === undefined) {
    return admit(
      { version: 1, shape: extended(space.shape, segments, wanted), dynamic: true },
      "json",
    ) as Space<DynamicParams>;
  }
  if (canonical(bare(known)) === canonical(bare(wanted))) return space as Space<DynamicParams>;
  throw new VernierError(
    "E_SPACE_DYNAMIC",
    `"${name}" is known as ${describeNode(known)}, but now comes as ${describeNode(wanted)}. A name keeps its distribution for the whole study; give the new one another name.`,
    { details: { path: name, known, wanted } },
  );
}

function find(shape: Shape, segments: readonly string[], name: string): Node | undefined {
  let here: Node | Shape = shape;
  for (const [i, segment] of segments.entries()) {
    if (isNode(here)) return clash(name, segments.slice(0, i).join("."), "a parameter");
    const next: Node | Shape | undefined = Object.hasOwn(here, segment) ? here[segment] : undefined;
    if (next === undefined) return undefined;
    here = next;
  }
  return isNode(here) ? here : clash(name, name, "a group");
}

function clash(name: string, path: string, what: string): never {
  throw new VernierError(
    "E_SPACE_DYNAMIC",
    `"${name}" cannot be added: "${path}" is ${what} already. Choose another name.`,
    {
      details: { path: name },
    },
  );
}

function extended(shape: Shape, segments: readonly string[], node: Node): Shape {
  const [name = "", ...rest] = segments;
  const inner = Object.hasOwn(shape, name) ? (shape[name] as Shape) : {};
  const member = rest.length === 0 ? node : extended(inner, rest, node);
  // Not a literal: "__proto__" as a name must reach the door as an own key.
  return Object.fromEntries([...Object.entries(shape), [name, member]]);
}
