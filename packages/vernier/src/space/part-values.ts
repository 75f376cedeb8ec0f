/** `choice` (codes), `ordinal` (equal cells) and `fixed` (no column). A single choice needs no column either. */
import { canonical } from "./canonical.ts";
import { nearest } from "./door-values.ts";
import {
  categoryColumn,
  cellColumn,
  cellOf,
  centre,
  code,
  type MergeMode,
  type Leaf,
  type Part,
  type Pinned,
  type Plan,
  type Site,
} from "./part.ts";
import { spell, spellList } from "./spell.ts";
import type { ChoiceNode, FixedNode, Issue, OrdinalNode, Scalar } from "./types.ts";

/** Weights that sum to 1. The largest is divided out first: weights near the largest double must not overflow. */
function normalised(weights: readonly number[]): readonly number[] {
  const most = Math.max(...weights);
  const sum = weights.reduce((total, w) => total + w / most, 0);
  return Object.freeze(weights.map(w => w / most / sum));
}

/** One of a list of values: by code, or by rank where they have an order. */
export class ListedPart implements Leaf {
  readonly at: number;
  readonly width = 1;
  readonly site: Site;
  readonly count: number;
  readonly #choices: readonly Scalar[];
  readonly #codes: ReadonlyMap<Scalar, number>;
  readonly #ordered: boolean;
  readonly #retired: readonly Scalar[];
  readonly #declared: Scalar | undefined;
  readonly #default: Scalar;
  /** Upper ends of the prior weights' shares of [0,1]. */
  readonly #ends: Float64Array | undefined;

  constructor(node: ChoiceNode | OrdinalNode, site: Site, plan: Plan) {
    const { choices } = node;
    this.site = site;
    this.count = choices.length;
    this.#choices = choices;
    this.#codes = new Map(choices.map((choice, i) => [choice, i]));
    this.#ordered = node.type === "ordinal";
    this.#retired = node.type === "choice" ? (node.retired ?? []) : [];
    this.#declared = node.default;
    const middle = this.#ordered ? this.count >> 1 : 0;
    this.#default = node.default === undefined ? (choices[middle] as Scalar) : node.default;
    const weights = node.type === "choice" && node.prior !== undefined ? normalised(node.prior) : undefined;
    if (weights !== undefined) {
      let sum = 0;
      this.#ends = Float64Array.from(weights, w => (sum += w));
    }
    this.at = -1;
    if (this.count < 2) return;
    this.at = plan.column(
      this.#ordered
        ? cellColumn(site, site.column, "ordinal", this.count)
        : categoryColumn(site, site.column, "category", this.count, weights),
    );
    plan.leaves.push(this);
  }

  #position(i: number): number {
    return this.#ordered ? centre(i, this.count) : i;
  }

  encode(value: unknown, out: Float64Array, o: number): void {
    const i = this.#codes.get(value as Scalar);
    if (i !== undefined && this.at >= 0) out[o + this.at] = this.#position(i);
  }

  decode(x: ArrayLike<number>, o: number): Scalar {
    if (this.at < 0) return this.#default;
    const u = x[o + this.at] as number;
    if (Number.isNaN(u)) return this.#default;
    return this.#choices[this.#ordered ? cellOf(u, this.count) : code(u, this.count)] as Scalar;
  }

  cube(u: ArrayLike<number>, out: Float64Array, o: number): void {
    if (this.at < 0) return;
    const v = u[this.at] as number;
    let i = 0;
    if (this.#ends === undefined) i = cellOf(v, this.count);
    else while (i < this.count - 1 && v >= (this.#ends[i] as number)) i++;
    out[o + this.at] = this.#position(i);
  }

  check(value: unknown, issues: Issue[]): void {
    if (this.#codes.has(value as Scalar)) return;
    const choices = spellList(this.#choices);
    const message = this.#retired.includes(value as Scalar)
      ? `is retired: ${spell(value)} is only read in history. Use ${choices}`
      : `must be ${choices}; got ${spell(value)}.${nearest(value, this.#choices)}`;
    issues.push({ path: this.site.path, message });
  }

  merge(given: unknown, base: unknown, mode: MergeMode): unknown {
    // null is a possible choice, so `??` will not do.
    if (given !== undefined) return given;
    if (base !== undefined) return base;
    return mode.fill === "any default" ? this.#default : this.#declared;
  }

  key(value: unknown): string {
    return value === 0 ? "0" : (JSON.stringify(value) ?? "");
  }

  size(pinned?: Pinned): number {
    return pinned?.leaves.has(this) ? 1 : this.count;
  }

  option(i: number, x: Float64Array): void {
    x[this.at] = this.#position(i);
  }

  alternatives(value: unknown): unknown[] {
    if (!this.#ordered) return this.#choices.filter(choice => choice !== value);
    const i = this.#codes.get(value as Scalar) ?? 0;
    return [i - 1, i + 1].filter(j => j >= 0 && j < this.count).map(j => this.#choices[j]);
  }
}

/** A constant. */
export class FixedPart implements Part {
  readonly value: unknown;
  readonly #path: string;
  readonly #canonical: string;

  constructor(node: FixedNode, site: Site) {
    this.value = node.value;
    this.#path = site.path;
    this.#canonical = canonical(node.value);
  }

  encode(): void {
    // A constant has no column.
  }

  decode(): unknown {
    return this.value;
  }

  cube(): void {
    // A constant has no column.
  }

  check(value: unknown, issues: Issue[]): void {
    if (canonical(value) === this.#canonical) return;
    issues.push({ path: this.#path, message: `is fixed to ${spell(this.value)}; got ${spell(value)}` });
  }

  /** Another given value stays, for `check` to refuse. */
  merge(given: unknown): unknown {
    return given === undefined ? this.value : given;
  }

  key(): string {
    return this.#canonical;
  }

  size(): number {
    return 1;
  }
}
