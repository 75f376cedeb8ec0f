/**
 * The Gaussian process given points: mean and variance anywhere, and their gradients. Kept is the inverse W of the Cholesky factor of
 * K + noise I, by rows, one row a point: a point more costs O(n^2), and taking the last ones away again nothing.
 */
import type { Hyperparameters } from "./kernel.ts";

/** Pivots below this share of the scale are rounding noise: a repeated point under almost no noise. */
const PIVOT_FLOOR = 1e-10;
/** Added to every variance before its root is taken. */
const VARIANCE_FLOOR = 1e-12;

export class Posterior {
  /** Points given. */
  n = 0;
  readonly hyper: Hyperparameters;
  readonly #count: number;
  readonly #numbers: number;
  readonly #roots: Float64Array;
  /** Features of the points, numbers times the root of their weight: [n][count]. */
  #z: Float64Array = new Float64Array(0);
  /** W by rows: row i has i + 1 numbers, from i (i + 1) / 2 on. */
  #w: Float64Array = new Float64Array(0);
  /** Scratch of n numbers each. */
  #k: Float64Array = new Float64Array(0);
  #slope: Float64Array = new Float64Array(0);
  #solved: Float64Array = new Float64Array(0);
  #back: Float64Array = new Float64Array(0);
  readonly #at: Float64Array;

  constructor(hyper: Hyperparameters, count: number, numbers: number) {
    this.hyper = hyper;
    this.#count = count;
    this.#numbers = numbers;
    this.#roots = hyper.weights.map((w, d) => (d < numbers ? Math.sqrt(w) : 1));
    this.#at = new Float64Array(4 * count);
  }

  /** Roots of the weights of numbers: 1 / lengthscale. */
  get roots(): Float64Array {
    return this.#roots;
  }

  /** W (k(x, points)) of the newest point, n - 1 numbers, and its pivot: y = solved . u + pivot u_n for u = W y. Valid until the next call. */
  readonly newest: { solved: Float64Array; pivot: number } = { solved: new Float64Array(0), pivot: 1 };

  /** One more point, its features at x[offset...]. */
  append(x: Float64Array, offset: number): void {
    const { n } = this;
    this.#reserve(n + 1);
    const count = this.#count;
    for (let d = 0; d < count; d++) this.#z[n * count + d] = this.#roots[d]! * x[offset + d]!;
    this.#covariances(this.#z, n * count, false);
    this.#forward();
    const { scale, noise } = this.hyper;
    let pivot = scale + noise;
    const solved = this.#solved;
    for (let i = 0; i < n; i++) pivot -= solved[i]! * solved[i]!;
    pivot = Math.sqrt(Math.max(pivot, PIVOT_FLOOR * (scale + noise)));
    // The new row of W: -(solved' W) / pivot, 1 / pivot.
    this.#transposed(solved);
    const row = (n * (n + 1)) / 2;
    for (let i = 0; i < n; i++) this.#w[row + i] = -this.#back[i]! / pivot;
    this.#w[row + n] = 1 / pivot;
    this.newest.solved = solved.subarray(0, n);
    this.newest.pivot = pivot;
    this.n = n + 1;
  }

  /** Forgets all but the first `n` points. */
  truncate(n: number): void {
    this.n = Math.min(this.n, n);
  }

  /** u = W y: the values, whitened. The mean at x is (W k(x)) . u. */
  whiten(y: Float64Array): Float64Array {
    const { n } = this;
    const u = new Float64Array(n);
    const w = this.#w;
    for (let i = 0, row = 0; i < n; row += ++i) {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += w[row + j]! * y[j]!;
      u[i] = sum;
    }
    return u;
  }

  /**
   * W k(x) of up to four points at once, features at x[offset...]: solved[i][c] at out[4 i + c]. Returns nothing; `variances` gets four numbers.
   */
  solveFour(x: Float64Array, offset: number, points: number, out: Float64Array, variances: Float64Array): void {
    const { n } = this;
    const count = this.#count;
    const numbers = this.#numbers;
    const { scale, weights } = this.hyper;
    const at = this.#at;
    for (let c = 0; c < 4; c++) {
      const from = offset + Math.min(c, points - 1) * count;
      for (let d = 0; d < count; d++) at[c * count + d] = this.#roots[d]! * x[from + d]!;
    }
    const k = out;
    const z = this.#z;
    for (let i = 0; i < n; i++) {
      const row = i * count;
      for (let c = 0; c < 4; c++) {
        const point = c * count;
        let q = 0;
        for (let d = 0; d < numbers; d++) {
          const difference = z[row + d]! - at[point + d]!;
          q += difference * difference;
        }
        for (let d = numbers; d < count; d++) if (z[row + d] !== at[point + d]) q += weights[d]!;
        const r = Math.sqrt(5 * q);
        k[4 * i + c] = scale * (1 + r + (r * r) / 3) * Math.exp(-r);
      }
    }
    // In place from below: row i of the result needs k_0..k_i only. Two rows at a time, eight sums in registers.
    const w = this.#w;
    let v0 = 0;
    let v1 = 0;
    let v2 = 0;
    let v3 = 0;
    for (let i = n - 1; i >= 0; i -= 2) {
      const upper = (i * (i + 1)) / 2;
      const lower = upper - i; // the row before; of no effect where i is 0
      const last = 4 * i;
      let f = w[upper + i]!;
      let s0 = f * k[last]!;
      let s1 = f * k[last + 1]!;
      let s2 = f * k[last + 2]!;
      let s3 = f * k[last + 3]!;
      let r0 = 0;
      let r1 = 0;
      let r2 = 0;
      let r3 = 0;
      for (let j = 0, t = 0; j < i; j++, t += 4) {
        const k0 = k[t]!;
        const k1 = k[t + 1]!;
        const k2 = k[t + 2]!;
        const k3 = k[t + 3]!;
        f = w[upper + j]!;
        const g = w[lower + j]!;
        s0 += f * k0;
        s1 += f * k1;
        s2 += f * k2;
        s3 += f * k3;
        r0 += g * k0;
        r1 += g * k1;
        r2 += g * k2;
        r3 += g * k3;
      }
      k[last] = s0;
      k[last + 1] = s1;
      k[last + 2] = s2;
      k[last + 3] = s3;
      if (i > 0) {
        k[last - 4] = r0;
        k[last - 3] = r1;
        k[last - 2] = r2;
        k[last - 1] = r3;
      }
      v0 += s0 * s0 + r0 * r0;
      v1 += s1 * s1 + r1 * r1;
      v2 += s2 * s2 + r2 * r2;
      v3 += s3 * s3 + r3 * r3;
    }
    variances[0] = Math.max(0, scale - v0) + VARIANCE_FLOOR;
    variances[1] = Math.max(0, scale - v1) + VARIANCE_FLOOR;
    variances[2] = Math.max(0, scale - v2) + VARIANCE_FLOOR;
    variances[3] = Math.max(0, scale - v3) + VARIANCE_FLOOR;
  }

  /** W k(x) of one point (n numbers, valid until the next call) and its variance; what `gradient` differentiates. */
  solve(x: Float64Array, offset: number): { readonly solved: Float64Array; readonly variance: number } {
    const count = this.#count;
    for (let d = 0; d < count; d++) this.#at[d] = this.#roots[d]! * x[offset + d]!;
    this.#covariances(this.#at, 0, true);
    this.#forward();
    let variance = this.hyper.scale;
    const solved = this.#solved.subarray(0, this.n);
    for (const v of solved) variance -= v * v;
    return { solved, variance: Math.max(0, variance) + VARIANCE_FLOOR };
  }

  /**
   * For the point of the last `solve`: adds to out the gradient of direction . (W k(x)) by the features that are numbers.
   */
  addGradient(direction: Float64Array, out: Float64Array): void {
    const { n } = this;
    const count = this.#count;
    const numbers = this.#numbers;
    this.#transposed(direction);
    const at = this.#at;
    const z = this.#z;
    for (let i = 0; i < n; i++) {
      // dk/dx_d = s M'(q) 2 w_d (x_d - x_id), and z is x times the root of w.
      const factor = 2 * this.#back[i]! * this.#slope[i]!;
      const row = i * count;
      for (let d = 0; d < numbers; d++) out[d]! += factor * (at[d]! - z[row + d]!) * this.#roots[d]!;
    }
  }

  /** k <- k(x, points), and s M'(q) beside it. */
  #covariances(at: Float64Array, from: number, slopes: boolean): void {
    const { n } = this;
    const count = this.#count;
    const numbers = this.#numbers;
    const { scale, weights } = this.hyper;
    const z = this.#z;
    for (let i = 0; i < n; i++) {
      const row = i * count;
      let q = 0;
      for (let d = 0; d < numbers; d++) {
        const difference = z[row + d]! - at[from + d]!;
        q += difference * difference;
      }
      for (let d = numbers; d < count; d++) if (z[row + d] !== at[from + d]) q += weights[d]!;
      const r = Math.sqrt(5 * q);
      const decay = scale * Math.exp(-r);
      this.#k[i] = (1 + r + (r * r) / 3) * decay;
      if (slopes) this.#slope[i] = (-5 / 6) * (1 + r) * decay;
    }
  }

  /** solved <- W k. */
  #forward(): void {
    const { n } = this;
    const w = this.#w;
    const k = this.#k;
    for (let i = 0, row = 0; i < n; row += ++i) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      let j = 0;
      for (; j + 4 <= i + 1; j += 4) {
        s0 += w[row + j]! * k[j]!;
        s1 += w[row + j + 1]! * k[j + 1]!;
        s2 += w[row + j + 2]! * k[j + 2]!;
        s3 += w[row + j + 3]! * k[j + 3]!;
      }
      for (; j <= i; j++) s0 += w[row + j]! * k[j]!;
      this.#solved[i] = s0 + s1 + (s2 + s3);
    }
  }

  /** back <- W' v. */
  #transposed(v: Float64Array): void {
    const { n } = this;
    const w = this.#w;
    const back = this.#back;
    back.fill(0, 0, n);
    for (let i = 0, row = 0; i < n; row += ++i) {
      const f = v[i]!;
      for (let j = 0; j <= i; j++) back[j]! += f * w[row + j]!;
    }
  }

  #reserve(n: number): void {
    if (this.#k.length >= n) return;
    const room = Math.max(32, Math.ceil(1.5 * n));
    const grown = (old: Float64Array, length: number): Float64Array => {
      const array = new Float64Array(length);
      array.set(old);
      return array;
    };
    this.#z = grown(this.#z, room * this.#count);
    this.#w = grown(this.#w, (room * (room + 1)) / 2);
    this.#k = new Float64Array(room);
    this.#slope = new Float64Array(room);
    this.#solved = new Float64Array(room);
    this.#back = new Float64Array(room);
  }
}
