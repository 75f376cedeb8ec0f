/** One space that holds several: what merged studies search in. */
import { VernierError } from "../core/errors.ts";
import { fromJson, hashSpace } from "../space/index.ts";
import { spell } from "../space/spell.ts";
import type { FloatNode, IntNode, Node, Scalar, Shape, SpaceJson } from "../space/types.ts";
import { isNode } from "./table/convert.ts";

/**
 * The smallest space that holds all of these: ranges span both, choices are united, and parameters that only some have are taken over.
 *
 * @throws VernierError E_MERGE_SPACE where one name is two kinds of parameter, or the spaces have different conditions.
 */
export function mergedSpace(spaces: readonly { readonly space: SpaceJson; readonly of: string }[]): SpaceJson {
  const [first, ...others] = spaces;
  if (first === undefined) throw conflict("no study is given", "Name at least one");
  let { space } = first;
  for (const { space: other, of } of others) {
    if (hashSpace(space) === hashSpace(other)) continue;
    if (space.dynamic || other.dynamic) {
      throw conflict(
        `${spell(first.of)} and ${spell(of)} are not both define-by-run, or differ`,
        "Merge studies of one kind",
      );
    }
    const conditions = (given: SpaceJson) => JSON.stringify(given.where ?? []);
    if (conditions(space) !== conditions(other)) {
      throw conflict(
        `${spell(first.of)} and ${spell(of)} have different conditions (where)`,
        "Give the merged study's space",
      );
    }
    space = { ...space, shape: mergedShape(space.shape, other.shape, "", of) };
  }
  return fromJson(space);
}

function mergedShape(a: Shape, b: Shape, path: string, of: string): Shape {
  const merged: Record<string, Node | Shape> = { ...a };
  for (const [name, member] of Object.entries(b)) {
    const at = path === "" ? name : `${path}.${name}`;
    const known = Object.hasOwn(merged, name) ? merged[name] : undefined;
    merged[name] = known === undefined ? member : mergedMember(known, member, at, of);
  }
  return merged;
}

function mergedMember(a: Node | Shape, b: Node | Shape, path: string, of: string): Node | Shape {
  if (JSON.stringify(a) === JSON.stringify(b)) return a;
  if (!isNode(a) && !isNode(b)) return mergedShape(a, b, path, of);
  if (isNode(a) && isNode(b) && a.type === b.type) {
    if (a.type === "float" || a.type === "int") {
      const other = b as FloatNode | IntNode;
      const alike = (a.scale ?? "linear") === (other.scale ?? "linear") && a.step === other.step;
      if (alike) return { ...a, low: Math.min(a.low, other.low), high: Math.max(a.high, other.high) } as Node;
    }
    if (a.type === "choice") {
      const { choices } = b as typeof a;
      const all = [...a.choices, ...choices.filter((choice: Scalar) => !a.choices.includes(choice))];
      const { prior: _prior, ...rest } = a;
      return all.length === a.choices.length ? a : { ...rest, choices: all };
    }
    if (a.type === "oneOf") {
      const other = b as typeof a;
      if ((a.tag ?? "kind") === (other.tag ?? "kind")) {
        const branches: Record<string, Shape> = { ...a.branches };
        for (const [name, branch] of Object.entries(other.branches)) {
          const known = Object.hasOwn(branches, name) ? branches[name] : undefined;
          branches[name] = known === undefined ? branch : mergedShape(known, branch, `${path}.${name}`, of);
        }
        return { ...a, branches };
      }
    }
  }
  throw conflict(
    `${spell(path)} of ${spell(of)} is another kind of parameter, or differs in more than range and choices`,
    "Give the merged study's space",
  );
}

function conflict(fact: string, next: string): VernierError {
  return new VernierError("E_MERGE_SPACE", `${fact}. Studies are merged where one space holds them all. ${next}.`);
}
