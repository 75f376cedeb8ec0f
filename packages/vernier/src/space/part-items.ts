/** What `permutation` and `subset` share, and the two parts. */
import type { Rng } from "../math/rng.ts";
import { nearest, scalarKey } from "./door-values.ts";
import {
  anyMissing,
  categoryColumn,
  continuousColumn,
  type MergeMode,
  type Leaf,
  type Pinned,
  type Plan,
  type Site,
} from "./part.ts";
import { spell, spellList } from "./spell.ts";
import type { Issue, PermutationNode, Scalar, SubsetNode } from "./types.ts";

/** Readable, unique labels: "order[a]"; equal spellings (1 and "1") get their position. */
function labels(items: readonly Scalar[]): string[] {
  const texts = items.map(String);
  return texts.map((text, i) => (texts.indexOf(text) === texts.lastIndexOf(text) ? text : `${text}#${i}`));
}

/** Why a value is no list of distinct items, or undefined. */
function itemsFault(value: unknown, items: readonly Scalar[], least: number, most: number): string | undefined {
  if (!Array.isArray(value)) return `must be an array of items; got ${spell(value)}`;
  const seen = new Set<string>();
  for (const item of value as unknown[]) {
    if (!items.some(i => i === item)) return `has no item ${spell(item)}.${nearest(item, items)}`;
    const key = scalarKey(item);
    if (seen.has(key)) return `holds ${spell(item)} twice`;
    seen.add(key);
  }
  const count = least === most ? `${least}` : `${least} to ${most}`;
  return seen.size < least || seen.size > most ? `must hold ${count} of its items; got ${seen.size}` : undefined;
}

const itemKey = (value: unknown): string => (value === 0 ? "0" : (JSON.stringify(value) ?? ""));
const listKey = (values: readonly unknown[]): string => `[${values.map(itemKey).join(",")}]`;

/** n (n-1) ... (n-k+1), and n over k; Infinity where a double overflows. */
function arrangements(n: number, k: number): number {
  let product = 1;
  for (let i = 0; i < k; i++) product *= n - i;
  return product;
}
function combinations(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) product = Math.round((product * (n - Math.min(k, n - k) + i)) / i);
  return product;
}

/**
 * Rank columns: the order is the argsort of the keys, ties by position. An ordering encodes to evenly spaced keys (rank + 0.5)
 * / k; items beyond `length` keep their declared order at the end.
 */
export class PermutationPart implements Leaf {
  readonly at: number;
  readonly width: number;
  readonly site: Site;
  readonly count: number;
  readonly #items: readonly Scalar[];
  readonly #length: number;
  readonly #declared: readonly Scalar[] | undefined;

  constructor(node: PermutationNode, site: Site, plan: Plan) {
    const { items } = node;
    this.site = site;
    this.#items = items;
    this.#length = node.length ?? items.length;
    this.#declared = node.default;
    this.count = arrangements(items.length, this.#length);
    this.width = items.length > 1 ? items.length : 0;
    this.at = plan.columns.length;
    if (this.width === 0) return;
    for (const label of labels(items)) {
      plan.column(continuousColumn(site, `${site.column}[${label}]`, "permutation"));
    }
    plan.leaves.push(this);
  }

  #write(order: readonly unknown[], out: Float64Array, o: number): void {
    const rest = this.#items.filter(item => !order.includes(item));
    for (const [rank, item] of [...order.slice(0, this.width), ...rest].entries()) {
      const i = this.#items.indexOf(item as Scalar);
      if (i >= 0) out[o + this.at + i] = (rank + 0.5) / this.width;
    }
  }

  #default(): Scalar[] {
    return [...(this.#declared ?? this.#items.slice(0, this.#length))];
  }

  encode(value: unknown, out: Float64Array, o: number): void {
    if (this.width > 0 && itemsFault(value, this.#items, this.#length, this.#length) === undefined) {
      this.#write(value as unknown[], out, o);
    }
  }

  decode(x: ArrayLike<number>, o: number): Scalar[] {
    const start = o + this.at;
    if (this.width === 0 || anyMissing(x, start, this.width)) return this.#default();
    const order = Array.from({ length: this.width }, (_, i) => i);
    // Stable: ties keep the declared order.
    order.sort((a, b) => (x[start + a] as number) - (x[start + b] as number));
    return order.slice(0, this.#length).map(i => this.#items[i] as Scalar);
  }

  cube(u: ArrayLike<number>, out: Float64Array, o: number): void {
    for (let i = this.at; i < this.at + this.width; i++) out[o + i] = u[i] as number;
  }

  check(value: unknown, issues: Issue[]): void {
    const message = itemsFault(value, this.#items, this.#length, this.#length);
    if (message !== undefined) issues.push({ path: this.site.path, message });
  }

  merge(given: unknown, base: unknown, mode: MergeMode): unknown {
    return given ?? base ?? (mode.fill === "any default" ? this.#default() : this.#declared && [...this.#declared]);
  }

  key(value: unknown): string {
    return listKey(value as readonly unknown[]);
  }

  size(pinned?: Pinned): number {
    return pinned?.leaves.has(this) ? 1 : this.count;
  }

  /** The i-th arrangement in lexicographic order, by its factorial digits. */
  option(i: number, x: Float64Array): void {
    const rest = [...this.#items];
    const order: Scalar[] = [];
    let remaining = i;
    let block = this.count;
    for (let k = 0; k < this.#length; k++) {
      block /= rest.length;
      const digit = Math.floor(remaining / block);
      remaining -= digit * block;
      order.push(...rest.splice(digit, 1));
    }
    this.#write(order, x, 0);
  }

  /** Every swap of two places; with a `length`, also every item outside put in the place of one inside. */
  alternatives(value: unknown): unknown[] {
    const order = value as Scalar[];
    const others = this.#items.filter(item => !order.includes(item));
    const found: Scalar[][] = [];
    for (const [i, item] of order.entries()) {
      for (let j = i + 1; j < order.length; j++) found.push(order.with(i, order[j] as Scalar).with(j, item));
      for (const other of others) found.push(order.with(i, other));
    }
    return found;
  }
}

/**
 * One bit an item. Decoding repairs: with too few items the first missing ones (in declared order) are added, with too many the
 * last ones are dropped. `cube` needs no repair: it is uniform over the allowed subsets (see there).
 */
export class SubsetPart implements Leaf {
  readonly at: number;
  readonly width: number;
  readonly site: Site;
  readonly count: number;
  readonly #items: readonly Scalar[];
  readonly #min: number;
  readonly #max: number;
  readonly #declared: readonly Scalar[] | undefined;
  /** Running share of the allowed subsets by size, from `min` to `max`. */
  readonly #sizes: readonly number[];

  constructor(node: SubsetNode, site: Site, plan: Plan) {
    const { items } = node;
    this.site = site;
    this.#items = items;
    this.#min = node.min ?? 0;
    this.#max = node.max ?? items.length;
    this.#declared = node.default;
    let sum = 0;
    const sums: number[] = [];
    for (let k = this.#min; k <= this.#max; k++) sums.push((sum += combinations(items.length, k)));
    this.count = sum;
    this.#sizes = sums.map(s => s / sum);
    this.width = sum > 1 ? items.length : 0;
    this.at = plan.columns.length;
    if (this.width === 0) return;
    for (const label of labels(items)) {
      plan.column(categoryColumn(site, `${site.column}[${label}]`, "bit", 2));
    }
    plan.leaves.push(this);
  }

  #default(): Scalar[] {
    return [...(this.#declared ?? this.#items.slice(0, this.#min))];
  }

  encode(value: unknown, out: Float64Array, o: number): void {
    if (this.width === 0 || !Array.isArray(value)) return;
    for (let i = 0; i < this.width; i++) out[o + this.at + i] = value.includes(this.#items[i]) ? 1 : 0;
  }

  decode(x: ArrayLike<number>, o: number): Scalar[] {
    const start = o + this.at;
    if (this.width === 0 || Number.isNaN(x[start])) return this.#default();
    const bits = this.#items.map((_, i) => (x[start + i] as number) >= 0.5);
    let count = bits.filter(Boolean).length;
    for (let i = 0; count < this.#min; i++) {
      if (bits[i]) continue;
      bits[i] = true;
      count++;
    }
    for (let i = bits.length - 1; count > this.#max; i--) {
      if (!bits[i]) continue;
      bits[i] = false;
      count--;
    }
    return this.#items.filter((_, i) => bits[i]);
  }

  /**
   * Bit i is u_i >= 1/2. Where that gives a forbidden size, the fractions v_i of 2 u_i, which are uniform and independent of the
   * bits, choose anew: the fraction of their sum (uniform, and independent of their order) chooses the size, their order
   * the items. So uniforms in give exactly uniform allowed subsets out.
   */
  cube(u: ArrayLike<number>, out: Float64Array, o: number): void {
    let count = 0;
    for (let i = 0; i < this.width; i++) {
      const bit = (u[this.at + i] as number) >= 0.5 ? 1 : 0;
      count += bit;
      out[o + this.at + i] = bit;
    }
    if (this.width === 0 || (count >= this.#min && count <= this.#max)) return;
    const v = this.#items.map((_, i) => (2 * (u[this.at + i] as number)) % 1);
    const share = v.reduce((a, b) => a + b, 0) % 1;
    const size =
      this.#min +
      Math.max(
        0,
        this.#sizes.findIndex(s => share < s),
      );
    const order = v.map((_, i) => i).sort((a, b) => (v[a] as number) - (v[b] as number));
    for (const [rank, i] of order.entries()) out[o + this.at + i] = rank < size ? 1 : 0;
  }

  check(value: unknown, issues: Issue[]): void {
    const message = itemsFault(value, this.#items, this.#min, this.#max);
    if (message !== undefined) issues.push({ path: this.site.path, message });
  }

  merge(given: unknown, base: unknown, mode: MergeMode): unknown {
    return given ?? base ?? (mode.fill === "any default" ? this.#default() : this.#declared && [...this.#declared]);
  }

  /** A set has no order: the items in declared order. */
  key(value: unknown): string {
    return listKey(this.#items.filter(item => (value as readonly unknown[]).includes(item)));
  }

  size(pinned?: Pinned): number {
    return pinned?.leaves.has(this) ? 1 : this.count;
  }

  /** The i-th subset: smaller ones first, then in lexicographic order of positions. */
  option(i: number, x: Float64Array): void {
    const n = this.#items.length;
    let rest = i;
    let size = this.#min;
    while (rest >= combinations(n, size)) rest -= combinations(n, size++);
    for (let item = 0; item < n; item++) {
      const withItem = size > 0 ? combinations(n - item - 1, size - 1) : 0;
      const taken = rest < withItem;
      if (taken) size--;
      else rest -= withItem;
      x[this.at + item] = taken ? 1 : 0;
    }
  }

  /** Every item added or removed; where the size cannot change, every exchange of two. */
  alternatives(value: unknown, _rng?: Rng): unknown[] {
    const chosen = value as readonly Scalar[];
    const pick = (keep: (item: Scalar) => boolean): Scalar[] => this.#items.filter(keep);
    const found: Scalar[][] = [];
    for (const item of this.#items) {
      const has = chosen.includes(item);
      if (has && chosen.length > this.#min) found.push(pick(i => i !== item && chosen.includes(i)));
      if (!has && chosen.length < this.#max) found.push(pick(i => i === item || chosen.includes(i)));
      if (has || this.#min < this.#max) continue;
      for (const out of chosen) found.push(pick(i => i === item || (i !== out && chosen.includes(i))));
    }
    return found;
  }
}
