/** What changed from one space to another, in words a person can act on. */
import { canonical } from "./canonical.ts";
import { describeNode, spellScalar } from "./describe.ts";
import { bare } from "./hash.ts";
import { isNode, join } from "./names.ts";
import { scalarKey } from "./door-values.ts";
import { spell } from "./spell.ts";
import type { Node, Scalar, Shape, SpaceJson } from "./types.ts";

/** One difference between two spaces. */
export interface SpaceDifference {
  /** "model.layers", "optimizer.sgd.momentum", "blocks[*].width"; "where" for the conditions. */
  readonly path: string;
  /** `kind`: another kind of parameter stands there now. `option`: one of its options differs. */
  readonly change: "added" | "removed" | "kind" | "option";
  /** The option's name, where the change is one. */
  readonly option?: string;
  readonly message: string;
}

const OPTIONS_NOT_COMPARED = new Set(["type", "item", "branches", "p", "description", "unit"]);

function lists(value: unknown): value is readonly Scalar[] {
  return Array.isArray(value);
}

/** What an option is where it is left out. */
const IMPLIED: Readonly<Record<string, string>> = { scale: "linear", min: "0", max: "all", tag: "kind", length: "all" };

/** `added c, removed a`, or the whole old and new value. */
function change(option: string, before: unknown, after: unknown): string {
  if (lists(before) && lists(after)) {
    const keys = (values: readonly Scalar[]): Set<string> => new Set(values.map(scalarKey));
    const [old, now] = [keys(before), keys(after)];
    const added = after.filter(v => !old.has(scalarKey(v))).map(spellScalar);
    const removed = before.filter(v => !now.has(scalarKey(v))).map(spellScalar);
    const parts = [
      ...(added.length > 0 ? [`added ${added.join(", ")}`] : []),
      ...(removed.length > 0 ? [`removed ${removed.join(", ")}`] : []),
    ];
    if (parts.length > 0) return parts.join("; ");
  }
  const show = (value: unknown): string =>
    value === undefined ? (IMPLIED[option] ?? "none") : typeof value === "string" ? value : spell(value);
  return `${show(before)} -> ${show(after)}`;
}

const spelled = (member: Node | Shape, record = "a group"): string => (isNode(member) ? describeNode(member) : record);

function compareMembers(a: Node | Shape, b: Node | Shape, path: string, found: SpaceDifference[]): void {
  if (canonical(bare(a)) === canonical(bare(b))) return;
  if (!isNode(a) && !isNode(b)) {
    compareShapes(a, b, path, found);
    return;
  }
  if (!isNode(a) || !isNode(b) || a.type !== b.type) {
    found.push({ path, change: "kind", message: `${path}: ${spelled(a)} -> ${spelled(b)}` });
    return;
  }
  const [before, after] = [a, b] as unknown as Readonly<Record<string, unknown>>[];
  for (const option of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [x, y] = [before?.[option], after?.[option]];
    if (OPTIONS_NOT_COMPARED.has(option) || canonical(x) === canonical(y)) continue;
    found.push({ path, change: "option", option, message: `${path}: ${option} ${change(option, x, y)}` });
  }
  if (a.type === "list" && b.type === "list") compareMembers(a.item, b.item, `${path}[*]`, found);
  if (a.type === "oneOf" && b.type === "oneOf")
    compareShapes(a.branches as Shape, b.branches as Shape, path, found, "a branch");
  if (a.type === "optional" && b.type === "optional") compareMembers(a.p, b.p, path, found);
}

function compareShapes(a: Shape, b: Shape, path: string, found: SpaceDifference[], what = "a group"): void {
  for (const [name, member] of Object.entries(a)) {
    const at = join(path, name);
    const other = Object.hasOwn(b, name) ? b[name] : undefined;
    if (other === undefined)
      found.push({ path: at, change: "removed", message: `${at}: removed (was ${spelled(member, what)})` });
    else compareMembers(member, other, at, found);
  }
  for (const [name, member] of Object.entries(b)) {
    if (Object.hasOwn(a, name)) continue;
    const at = join(path, name);
    found.push({ path: at, change: "added", message: `${at}: added ${spelled(member, what)}` });
  }
}

/** The differences as data. Documentation (`description`, `unit`) and the order of names do not count. */
export function spaceDifferences(a: SpaceJson, b: SpaceJson): readonly SpaceDifference[] {
  const found: SpaceDifference[] = [];
  compareShapes(a.shape, b.shape, "", found);
  const [before, after] = [a.where ?? [], b.where ?? []];
  for (const text of before) {
    if (!after.includes(text))
      found.push({ path: "where", change: "removed", message: `where: removed ${spell(text)}` });
  }
  for (const text of after) {
    if (!before.includes(text)) found.push({ path: "where", change: "added", message: `where: added ${spell(text)}` });
  }
  if ((a.dynamic ?? false) !== (b.dynamic ?? false)) {
    const show = (s: SpaceJson): string => (s.dynamic === true ? "dynamic" : "declared");
    found.push({ path: "", change: "kind", message: `the space: ${show(a)} -> ${show(b)}` });
  }
  return found;
}

/**
 * What changed from `a` to `b`, one line a difference; [] when they define the same search.
 *
 * @example diffSpaces(before, after) // ["lr: high 0.1 -> 1", "act: choices added swish; removed tanh"]
 */
export function diffSpaces(a: SpaceJson, b: SpaceJson): readonly string[] {
  return spaceDifferences(a, b).map(difference => difference.message);
}
