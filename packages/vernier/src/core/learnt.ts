/**
 * What complete trials teach about a define-by-run space: names with their definitions, and for names that only some trials ask for
 * the condition that tells which. A function of the set of trials alone, so that every process learns the same, in whatever order.
 *
 * A name whose range differs between trials gets the hull of its ranges (choices: all that were seen, in alphabetical order of their
 * JSON); a trial whose own range does not hold the joint draw draws anew. Names with definitions that cannot be joined, and names without
 * a condition, take no part in the joint draw.
 *
 * Conditions: of one earlier name, a choice (`act in ["relu"]`) or whole numbers and ordinals (`layers >= 3`), that is asked for
 * wherever the name is and whose values part the trials that ask from those that do not. The first such name counts: choices before
 * ordinals before whole numbers, then in alphabetical order. Few trials may be parted by accident; more trials mend it.
 */
import type { AskedFor } from "./dynamic.ts";
import type { Json } from "./types.ts";
import { canonical } from "../space/canonical.ts";
import { spell } from "../space/spell.ts";
import { fromJson } from "../space/index.ts";
import { dynamic } from "../space/builders.ts";
import type { Node, Scalar, SpaceJson } from "../space/types.ts";

interface Name {
  /** undefined: definitions that cannot be joined. */
  node: Node | undefined;
  count: number;
  condition: Condition | undefined;
}

interface Condition {
  readonly on: string;
  readonly text: string;
  holds(value: Json | undefined): boolean;
}

const RANKS: Readonly<Record<string, number>> = { choice: 0, ordinal: 1, int: 2 };

export class Lessons {
  readonly #trials: AskedFor[] = [];
  readonly #names = new Map<string, Name>();

  /** Learns from one complete trial. False when nothing can have changed. */
  add(asked: AskedFor): boolean {
    this.#trials.push(asked);
    const total = this.#trials.length;
    let changed = total === 1;
    for (const [name, { node }] of asked) {
      const known = this.#names.get(name);
      if (known === undefined) {
        this.#names.set(name, { node, count: 1, condition: undefined });
        changed = true;
        continue;
      }
      known.count++;
      if (known.node === undefined || known.node === node) continue;
      const joined = join(known.node, node);
      if (joined !== known.node) {
        known.node = joined;
        changed = true;
      }
    }
    for (const [name, known] of this.#names) {
      if (known.count === total) continue;
      // It was asked for by every trial until now.
      const fell = !asked.has(name) && known.count === total - 1;
      const { condition } = known;
      const fits =
        condition !== undefined &&
        this.#names.get(condition.on)?.node !== undefined &&
        condition.holds(asked.get(condition.on)?.value) === asked.has(name);
      // What no condition parts once, no further trial will.
      if (!fell && !(asked.has(name) && known.count === 1) && (condition === undefined || fits)) continue;
      known.condition = this.#condition(name);
      changed = true;
    }
    return changed;
  }

  /** What a joint draw is made over. */
  space(): SpaceJson {
    const total = this.#trials.length;
    return this.#build(true, known => known.count === total || known.condition !== undefined);
  }

  /** Everything that has a definition, as a declared space. */
  frozen(): SpaceJson | undefined {
    return [...this.#names.values()].some(({ node }) => node !== undefined)
      ? this.#build(false, () => true)
      : undefined;
  }

  #build(open: boolean, wanted: (known: Name) => boolean): SpaceJson {
    const total = this.#trials.length;
    const shape: Record<string, unknown> = {};
    const members = new Set<string>();
    // In alphabetical order: the order in which processes learnt them must not matter.
    for (const [name, known] of [...this.#names].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const { node, condition } = known;
      if (node === undefined || !wanted(known)) continue;
      const usable = known.count < total && condition !== undefined && this.#reaches(condition, wanted);
      if (open && known.count < total && !usable) continue;
      if (put(shape, name, usable ? { type: "optional", cond: condition.text, p: node } : node)) members.add(name);
    }
    if (members.size === 0 && open) return dynamic();
    return fromJson({ version: 1, shape, ...(open && { dynamic: true }) });
  }

  /** Is the name that a condition reads itself part of the space? */
  #reaches({ on }: Condition, wanted: (known: Name) => boolean): boolean {
    const known = this.#names.get(on);
    if (known?.node === undefined || !wanted(known)) return false;
    return (
      known.count === this.#trials.length || known.condition === undefined || this.#reaches(known.condition, wanted)
    );
  }

  #condition(name: string): Condition | undefined {
    const rank = (node: Node | undefined): number => RANKS[node?.type ?? ""] ?? Infinity;
    const candidates = [...this.#names]
      .filter(
        ([other, { node, count }]) =>
          other !== name && rank(node) < Infinity && count >= (this.#names.get(name)?.count ?? 0),
      )
      .sort(([a, x], [b, y]) => rank(x.node) - rank(y.node) || (a < b ? -1 : 1));
    for (const [on, { node }] of candidates) {
      const found = node === undefined ? undefined : this.#parts(name, on, node);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The condition on `on` that holds exactly in the trials that asked for `name`. */
  #parts(name: string, on: string, { type }: Node): Condition | undefined {
    const active = new Set<Json>();
    const inactive = new Set<Json>();
    for (const asked of this.#trials) {
      const value = asked.get(on)?.value;
      if (asked.has(name)) {
        if (value === undefined || inactive.has(value)) return undefined;
        active.add(value);
      } else if (value !== undefined) {
        if (active.has(value)) return undefined;
        inactive.add(value);
      }
    }
    // Names that are always asked for together have one condition, which lies elsewhere.
    if (inactive.size === 0) return undefined;
    const path = on.split(".").map(quoted).join(".");
    if (type === "int") return threshold(on, path, active as Set<number>, inactive as Set<number>);
    const values = [...active].sort((x, y) => (spell(x) < spell(y) ? -1 : 1)) as Scalar[];
    const [only] = values;
    const text = values.length === 1 ? `${path} == ${literal(only)}` : `${path} in [${values.map(literal).join(", ")}]`;
    return { on, text, holds: value => value !== undefined && active.has(value) };
  }
}

/** `layers >= 3`, or `layers <= 2`, where that parts the two sets. */
function threshold(on: string, path: string, active: Set<number>, inactive: Set<number>): Condition | undefined {
  const [low, high] = [Math.min(...active), Math.max(...active)];
  if (Math.max(...inactive) < low) return { on, text: `${path} >= ${low}`, holds: value => (value as number) >= low };
  if (Math.min(...inactive) > high)
    return { on, text: `${path} <= ${high}`, holds: value => (value as number) <= high };
  return undefined;
}

const literal = (value: Scalar | undefined): string => (value === null ? "null" : JSON.stringify(value));
const quoted = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``);

/** Two definitions of one name as one; undefined where they have nothing in common. */
function join(a: Node, b: Node): Node | undefined {
  if (canonical(a) === canonical(b)) return a;
  if (
    (a.type === "float" || a.type === "int") &&
    b.type === a.type &&
    (a.scale ?? "linear") === (b.scale ?? "linear")
  ) {
    if (a.step !== undefined || b.step !== undefined) return undefined;
    if (a.low <= b.low && a.high >= b.high) return a;
    const { type, scale } = a;
    const [low, high] = [Math.min(a.low, b.low), Math.max(a.high, b.high)];
    return { type, low, high, ...(scale !== undefined && { scale }) };
  }
  if (a.type === "choice" && b.type === "choice") {
    const all = [...new Set([...a.choices, ...b.choices])];
    if (all.length === a.choices.length) return a;
    return { type: "choice", choices: all.sort((x, y) => (spell(x) < spell(y) ? -1 : 1)) };
  }
  return undefined;
}

/** Sets a dotted name; false where a parameter or a group stands in the way, as two trials may have it. */
function put(shape: Record<string, unknown>, name: string, member: unknown): boolean {
  const path = name.split(".");
  const last = path.pop() ?? "";
  let here = shape;
  for (const step of path) {
    if (!Object.hasOwn(here, step)) here[step] = {};
    const next = here[step] as Record<string, unknown>;
    if (typeof next["type"] === "string") return false;
    here = next;
  }
  if (Object.hasOwn(here, last)) return false;
  here[last] = member;
  return true;
}
