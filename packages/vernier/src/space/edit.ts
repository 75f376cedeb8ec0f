/**
 * Editing the space of a running study without losing its history.
 *
 * Allowed: bounds, steps, scales, defaults and priors; choices, items of a subset and branches added or removed (a removed choice is
 * kept as retired); a new parameter that has a default (older trials count as having used it); a parameter fixed to a
 * constant, and back; conditions. Refused: another kind of parameter, a removed parameter, other items of a permutation or parts
 * of a simplex, another tag, or between dynamic and declared.
 */
import { VernierError } from "../math/errors.ts";
import { canonical } from "./canonical.ts";
import { compileSpace } from "./codec.ts";
import { spaceDifferences, type SpaceDifference } from "./diff.ts";
import { admit } from "./door.ts";
import { scalarKey } from "./door-values.ts";
import { isLocal } from "./json.ts";
import { isNode, join } from "./names.ts";
import type { ChoiceNode, Issue, Node, Params, Shape, SpaceJson } from "./types.ts";

/** An allowed edit, ready to be applied. */
export interface SpaceEdit {
  /** The new space, with removed choices kept as retired. */
  readonly space: SpaceJson;
  readonly changes: readonly SpaceDifference[];
  /**
   * A configuration of the old space in the new one: new parameters take their declared default. `inside` says whether it is still
   * a configuration of the new space; `issues` why not.
   */
  migrate(params: Params): { readonly params: Params; readonly inside: boolean; readonly issues: readonly Issue[] };
}

function refuse(path: string, fact: string, next: string): never {
  throw new VernierError("E_SPACE_EDIT", `"${path}" ${fact}. ${next}`, { details: { path } });
}

/** Can older trials be taken to have used a value that the node itself declares? */
function hasDefault(member: Node | Shape): boolean {
  if (!isNode(member)) return Object.values(member).every(hasDefault);
  switch (member.type) {
    case "fixed":
      return true;
    case "list":
      return (member.min ?? 0) === 0;
    case "oneOf":
      return member.default !== undefined && hasDefault(member.branches[member.default] ?? {});
    case "optional":
      return hasDefault(member.p);
    default:
      return member.default !== undefined;
  }
}

function editShape(before: Shape, after: Shape, path: string): Shape {
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) {
      refuse(join(path, name), "was removed, and the history would lose it", "Fix it instead: fixed(value).");
    }
  }
  return Object.fromEntries(
    Object.entries(after).map(([name, member]) => {
      const at = join(path, name);
      const old = Object.hasOwn(before, name) ? before[name] : undefined;
      if (old !== undefined) return [name, editMember(old, member, at)];
      if (!hasDefault(member)) {
        refuse(
          at,
          "is new and has no default, so nothing is known of it in older trials",
          "Give it the default that the objective used so far.",
        );
      }
      return [name, member];
    }),
  );
}

/** "a float", "an int", "a group" */
function kindOf(member: Node | Shape): string {
  const kind = isNode(member) ? (member.type === "optional" ? "when" : member.type) : "group";
  return `${/^[aeio]/.test(kind) ? "an" : "a"} ${kind}`;
}

function editMember(before: Node | Shape, after: Node | Shape, path: string): Node | Shape {
  if (!isNode(before) && !isNode(after)) return editShape(before, after, path);
  if (!isNode(before) || !isNode(after)) {
    return refuse(path, `is ${kindOf(before)} and cannot become ${kindOf(after)}`, "Add a new name instead.");
  }
  // A condition may come and go; what counts is the parameter under it.
  if (before.type === "optional" || after.type === "optional") {
    const inner = editMember(
      before.type === "optional" ? before.p : before,
      after.type === "optional" ? after.p : after,
      path,
    );
    return after.type === "optional" ? { ...after, p: inner as Node } : inner;
  }
  if (before.type !== after.type) {
    if (before.type === "fixed" || after.type === "fixed") return after;
    return refuse(
      path,
      `is ${kindOf(before)} and cannot become ${kindOf(after)}`,
      "Add a new name, or start a new study.",
    );
  }
  return editNode(before, after, path);
}

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean => canonical([...a]) === canonical([...b]);

function editNode(before: Node, after: Node, path: string): Node {
  if (before.type === "choice" && after.type === "choice") return editChoice(before, after);
  if (before.type === "permutation" && after.type === "permutation" && !sameItems(before.items, after.items)) {
    return refuse(path, "has other items, and no order of the old ones is an order of the new", "Start a new study.");
  }
  if (before.type === "simplex" && after.type === "simplex" && !sameItems(before.parts, after.parts)) {
    return refuse(path, "has other parts, and no old mixture is a mixture of the new ones", "Start a new study.");
  }
  if (before.type === "list" && after.type === "list") {
    return { ...after, item: editMember(before.item, after.item, `${path}[*]`) };
  }
  if (before.type === "oneOf" && after.type === "oneOf") {
    if ((before.tag ?? "kind") !== (after.tag ?? "kind")) {
      return refuse(path, `has the tag "${before.tag ?? "kind"}", and every old trial holds it`, "Keep the tag.");
    }
    const branches = Object.entries(after.branches).map(([name, shape]) => {
      const old = Object.hasOwn(before.branches, name) ? before.branches[name] : undefined;
      return [name, old === undefined ? shape : editShape(old, shape, join(path, name))] as const;
    });
    return { ...after, branches: Object.fromEntries(branches) };
  }
  return after;
}

function editChoice(before: ChoiceNode, after: ChoiceNode): ChoiceNode {
  const live = new Set(after.choices.map(scalarKey));
  const retired = [...before.choices, ...(before.retired ?? []), ...(after.retired ?? [])].filter(
    (value, i, all) => !live.has(scalarKey(value)) && all.findIndex(v => scalarKey(v) === scalarKey(value)) === i,
  );
  const { retired: _, ...rest } = after;
  return retired.length === 0 ? rest : { ...rest, retired };
}

/**
 * Checks the step from a study's space to a wanted one, and prepares it.
 *
 * @throws VernierError E_SPACE_EDIT naming the parameter where history would be lost, E_SPACE_LOCAL for functions under `where`.
 *
 * @example
 * const edit = editSpace(before, space({ lr: float(1e-6, 1, { scale: "log" }) }));
 * edit.changes; // lr: low 0.00001 -> 0.000001, ...
 * edit.migrate({ lr: 0.01 }).inside; // true
 */
export function editSpace(before: SpaceJson, wanted: SpaceJson): SpaceEdit {
  if ((before.dynamic ?? false) !== (wanted.dynamic ?? false)) {
    throw new VernierError("E_SPACE_EDIT", "a dynamic space cannot become a declared one, or back. Start a new study.");
  }
  for (const space of [before, wanted]) {
    if (!isLocal(space)) continue;
    throw new VernierError(
      "E_SPACE_LOCAL",
      "the space of a study is edited as JSON, and a function under where has none. Write the condition as text.",
    );
  }
  const shape = editShape(before.shape, wanted.shape, "");
  const { where, dynamic } = wanted;
  const space = admit({ version: 1, shape, ...(where && { where }), ...(dynamic && { dynamic }) }, "json");
  const codec = compileSpace(space);
  return {
    space,
    changes: spaceDifferences(before, space),
    migrate(params) {
      const migrated = codec.merge(params, undefined, { fill: "declared default", inactive: "keep" });
      const issues = codec.check(migrated);
      return { params: issues.length === 0 ? migrated : params, inside: issues.length === 0, issues };
    },
  };
}
