/** `subset`: one bit column an item. */
import { itemsFault, labels, listKey } from "./items.ts";
import { categoryColumn, type Leaf, type MergeMode, type Pinned, type Plan, type Site } from "./part.ts";
import type { Issue, Scalar, SubsetNode } from "./types.ts";

/** n over k; Infinity where a double overflows. */
function combinations(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) product = Math.round((product * (n - Math.min(k, n - k) + i)) / i);
  return product;
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
  alternatives(value: unknown): unknown[] {
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
