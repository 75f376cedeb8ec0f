/** `permutation`: one rank column an item. */
import { itemsFault, labels, listKey } from "./items.ts";
import { anyMissing, continuousColumn, type Leaf, type MergeMode, type Pinned, type Plan, type Site } from "./part.ts";
import type { Issue, PermutationNode, Scalar } from "./types.ts";

/** n (n-1) ... (n-k+1); Infinity where a double overflows. */
function arrangements(n: number, k: number): number {
  let product = 1;
  for (let i = 0; i < k; i++) product *= n - i;
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
