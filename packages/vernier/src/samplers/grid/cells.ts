/**
 * A space as a grid whose cells are numbered: cell i is worked out from i alone, so a grid of a million cells costs no memory. Groups
 * multiply (the last parameter varies fastest), branches and list lengths add.
 */
import { curve, grid as numberGrid } from "../../space/scale.ts";
import { isNode, join } from "../../space/names.ts";
import type { FloatNode, IntNode, ListNode, Node, OneOfNode, Shape, SimplexNode } from "../../space/types.ts";

/** Points of a continuous parameter: one number for all, or by path (list positions are written "blocks[].width"). */
export type Points = number | Readonly<Record<string, number>>;
export const DEFAULT_POINTS = 10;

/** The values of one parameter, group, branch or list. */
export interface Cells {
  readonly count: number;
  /**
   * Value number `index`. `found` is the value that the space makes of it where it knows better, which is whether parameters under `when` are
   * there; undefined: all are.
   */
  value(index: number, found?: unknown): unknown;
}

/** A cell that differs from another one only in a parameter that is not there. */
export const DOUBLE = Symbol("double");
const ABSENT = Symbol("absent");

/** The grid of a whole space. `names` receives the paths that `points` may name. */
export function cellsOf(shape: Shape, points: Points, names: Set<string>): Cells {
  return record(shape, "", { points, names });
}

interface Context {
  readonly points: Points;
  readonly names: Set<string>;
}

function cellsOfMember(member: Node | Shape, path: string, context: Context): Cells {
  return isNode(member) ? cellsOfNode(member, path, context) : record(member, path, context);
}

function cellsOfNode(node: Node, path: string, context: Context): Cells {
  switch (node.type) {
    case "float":
    case "int":
      return numbers(node, path, context);
    case "ordinal":
    case "choice":
      return listed(node.choices);
    case "text":
      return listed(node.seeds);
    case "fixed":
      return listed([node.value]);
    case "permutation":
      return permutations(node.items, node.length ?? node.items.length);
    case "subset":
      return subsets(node.items, node.min ?? 0, node.max ?? node.items.length);
    case "simplex":
      return simplexes(node, path, context);
    case "optional": {
      const inner = cellsOfNode(node.p, path, context);
      return {
        count: inner.count,
        value: (index, found) => (found === ABSENT ? (index === 0 ? ABSENT : DOUBLE) : inner.value(index, found)),
      };
    }
    case "oneOf":
      return branches(node, path, context);
    case "list":
      return lists(node, path, context);
  }
}

function listed(values: readonly unknown[]): Cells {
  return { count: values.length, value: index => values[index] };
}

/** What the options say about a parameter; undefined when nothing. */
function pointsFor(path: string, { points, names }: Context): number | undefined {
  names.add(path);
  return typeof points === "number" ? undefined : points[path];
}

function numbers(node: FloatNode | IntNode, path: string, context: Context): Cells {
  const { low, high, step, count, at } = numberGrid(node);
  const wanted = pointsFor(path, context);
  if (count > 0) {
    if (wanted === undefined || wanted >= count) return { count, value: at };
    return { count: wanted, value: k => at(wanted === 1 ? count >> 1 : Math.round((k * (count - 1)) / (wanted - 1))) };
  }
  const n = wanted ?? (typeof context.points === "number" ? context.points : DEFAULT_POINTS);
  const { to, from } = curve(node.scale ?? "linear", low - step / 2, high + step / 2);
  const start = to(low);
  const span = to(high) - start;
  return {
    count: n,
    value: k => {
      if (n > 1 && k === 0) return low;
      if (n > 1 && k === n - 1) return high;
      // Digits that come from rounding only would look odd in every table.
      const v = Number(from(start + (n === 1 ? 0.5 : k / (n - 1)) * span).toPrecision(12));
      return Math.min(high, Math.max(low, v));
    },
  };
}

/** Ordered choices of `length` of the items: one digit for each place, in the base of what is left. */
function permutations(items: readonly unknown[], length: number): Cells {
  let count = 1;
  for (let i = 0; i < length; i++) count *= items.length - i;
  return {
    count,
    value: index => {
      const left = [...items];
      const value: unknown[] = [];
      let rest = index;
      let block = count;
      for (let i = 0; i < length; i++) {
        block /= items.length - i;
        value.push(...left.splice(Math.floor(rest / block), 1));
        rest %= block;
      }
      return value;
    },
  };
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = Math.round((result * (n - k + i)) / i);
  return k < 0 || k > n ? 0 : result;
}

/** Subsets by size, then in lexicographic order of positions. */
function subsets(items: readonly unknown[], min: number, max: number): Cells {
  const n = items.length;
  let count = 0;
  for (let k = min; k <= max; k++) count += choose(n, k);
  return {
    count,
    value: index => {
      let size = min;
      let rest = index;
      for (; rest >= choose(n, size); size++) rest -= choose(n, size);
      const value: unknown[] = [];
      for (let i = 0; i < n && value.length < size; i++) {
        const withItem = choose(n - i - 1, size - value.length - 1);
        if (rest < withItem) value.push(items[i]);
        else rest -= withItem;
      }
      return value;
    },
  };
}

/** Shares that are multiples of 1 / (points - 1): corners, edges and inside. */
function simplexes(node: SimplexNode, path: string, context: Context): Cells {
  const wanted = pointsFor(path, context) ?? (typeof context.points === "number" ? context.points : DEFAULT_POINTS);
  const { parts } = node;
  const steps = wanted - 1;
  if (steps === 0) return listed([Object.fromEntries(parts.map(part => [part, 1 / parts.length]))]);
  const ways = (sum: number, k: number): number => (k === 0 ? (sum === 0 ? 1 : 0) : choose(sum + k - 1, k - 1));
  return {
    count: ways(steps, parts.length),
    value: index => {
      let rest = index;
      let left = steps;
      return Object.fromEntries(
        parts.map((part, i) => {
          let share = 0;
          for (; rest >= ways(left - share, parts.length - i - 1); share++)
            rest -= ways(left - share, parts.length - i - 1);
          left -= share;
          return [part, share / steps];
        }),
      );
    },
  };
}

function record(shape: Shape, path: string, context: Context): Cells {
  const members = Object.entries(shape).map(([name, member]) => ({
    name,
    optional: isNode(member) && member.type === "optional",
    cells: cellsOfMember(member, join(path, name), context),
  }));
  return {
    count: members.reduce((product, { cells }) => product * cells.count, 1),
    value: (index, found) => {
      const known = found as Readonly<Record<string, unknown>> | undefined;
      const digits: number[] = [];
      let rest = index;
      for (const { cells } of members.toReversed()) {
        digits.push(rest % cells.count);
        rest = Math.floor(rest / cells.count);
      }
      const value: Record<string, unknown> = {};
      for (const { name, optional, cells } of members) {
        const seen =
          known === undefined ? undefined : Object.hasOwn(known, name) ? known[name] : optional ? ABSENT : undefined;
        const member = cells.value(digits.pop() ?? 0, seen);
        if (member === DOUBLE) return DOUBLE;
        if (member !== ABSENT) value[name] = member;
      }
      return value;
    },
  };
}

function branches(node: OneOfNode, path: string, context: Context): Cells {
  const tag = node.tag ?? "kind";
  const all = Object.entries(node.branches).map(([name, shape]) => ({
    name,
    cells: record(shape, join(path, name), context),
  }));
  return {
    count: all.reduce((sum, { cells }) => sum + cells.count, 0),
    value: (index, found) => {
      let rest = index;
      for (const { name, cells } of all) {
        if (rest < cells.count) {
          const value = cells.value(rest, found);
          return value === DOUBLE ? DOUBLE : { [tag]: name, ...(value as object) };
        }
        rest -= cells.count;
      }
      return DOUBLE;
    },
  };
}

function lists(node: ListNode, path: string, context: Context): Cells {
  const item = cellsOfMember(node.item, `${path}[]`, context);
  const min = node.min ?? 0;
  let count = 0;
  for (let length = min; length <= node.max; length++) count += item.count ** length;
  return {
    count,
    value: (index, found) => {
      let length = min;
      let rest = index;
      for (; rest >= item.count ** length; length++) rest -= item.count ** length;
      const value: unknown[] = [];
      for (let i = 0; i < length; i++) {
        const place = item.count ** (length - 1 - i);
        const member = item.value(Math.floor(rest / place), (found as readonly unknown[] | undefined)?.[i]);
        if (member === DOUBLE) return DOUBLE;
        value.push(member);
        rest %= place;
      }
      return value;
    },
  };
}
