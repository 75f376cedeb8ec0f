/**
 * `simplex`: k - 1 stick-breaking columns. The share of part i in what the parts before it left is Beta(1, k-1-i) (counting
 * from 0), so the uniform cube maps to the uniform Dirichlet.
 *
 * The column holds the upper tail, u = (1 - share)^(k-1-i), and not its complement: near share 1, where the power is tiny, a
 * double keeps all digits near 0 but none near 1. Mixtures of up to 27 parts come back within 1e-12 wherever they lie; with
 * more parts, remainders below exp(-745 / (k-1)) underflow to 0.
 */
import { exp, log } from "../math/elementary.ts";
import type { Rng } from "../math/rng.ts";
import { drawTruncatedNormal } from "../math/truncated.ts";
import { simplexFault } from "./door-values.ts";
import { anyMissing, continuousColumn, own, type MergeMode, type Leaf, type Plan, type Site } from "./part.ts";
import type { Issue, SimplexNode } from "./types.ts";

const STEP_SD = 0.05;
const STEP_DRAWS = 4;

export class SimplexPart implements Leaf {
  readonly at: number;
  readonly width: number;
  readonly site: Site;
  readonly count = Infinity;
  readonly #parts: readonly string[];
  readonly #declared: Readonly<Record<string, number>> | undefined;
  readonly #scratch: Float64Array;

  constructor(node: SimplexNode, site: Site, plan: Plan) {
    this.site = site;
    this.#parts = node.parts;
    this.#declared = node.default;
    this.width = node.parts.length - 1;
    this.at = plan.columns.length;
    this.#scratch = new Float64Array(this.at + this.width);
    for (const part of node.parts.slice(0, -1)) {
      plan.column(continuousColumn(site, `${site.column}[${part}]`, "simplex"));
    }
    plan.leaves.push(this);
  }

  #default(): Record<string, number> {
    return this.#declared === undefined
      ? Object.fromEntries(this.#parts.map(part => [part, 1 / this.#parts.length]))
      : { ...this.#declared };
  }

  encode(value: unknown, out: Float64Array, o: number): void {
    if (simplexFault(value, this.#parts) !== undefined) return;
    // From the last part back: sums of what remains lose nothing, differences from 1 would.
    let rest = own(value, this.#parts[this.width] as string) as number;
    for (let i = this.width - 1; i >= 0; i--) {
      const all = rest + (own(value, this.#parts[i] as string) as number);
      // Nothing left to share: any stick will do; 1 gives this part none.
      out[o + this.at + i] = all > 0 ? (rest / all) ** (this.width - i) : 1;
      rest = all;
    }
  }

  decode(x: ArrayLike<number>, o: number): Record<string, number> {
    const start = o + this.at;
    if (anyMissing(x, start, this.width)) return this.#default();
    const shares: Record<string, number> = {};
    let rest = 1;
    for (let i = 0; i < this.width; i++) {
      const u = Math.min(1, Math.max(0, x[start + i] as number));
      const logKept = log(u) / (this.width - i);
      shares[this.#parts[i] as string] = rest * -Math.expm1(logKept) + 0;
      rest *= exp(logKept);
    }
    shares[this.#parts[this.width] as string] = rest;
    return shares;
  }

  cube(u: ArrayLike<number>, out: Float64Array, o: number): void {
    for (let i = this.at; i < this.at + this.width; i++) out[o + i] = u[i] as number;
  }

  check(value: unknown, issues: Issue[]): void {
    const message = simplexFault(value, this.#parts);
    if (message !== undefined) issues.push({ path: this.site.path, message });
  }

  merge(given: unknown, base: unknown, mode: MergeMode): unknown {
    return given ?? base ?? (mode.fill === "any default" ? this.#default() : this.#declared && { ...this.#declared });
  }

  key(value: unknown): string {
    return `[${this.#parts.map(part => String((own(value, part) as number) + 0)).join(",")}]`;
  }

  size(): number {
    return Infinity;
  }

  option(): void {
    // A continuous part is never enumerated.
  }

  /** Small steps of all sticks together, as one parameter. */
  alternatives(value: unknown, rng: Rng): unknown[] {
    const x = this.#scratch;
    return Array.from({ length: STEP_DRAWS }, () => {
      this.encode(value, x, 0);
      for (let i = this.at; i < x.length; i++) x[i] = drawTruncatedNormal(rng, x[i] as number, STEP_SD, 0, 1);
      return this.decode(x, 0);
    });
  }
}
