/**
 * Scrambled Halton points (Halton 1960; scrambling after Owen 2017, "A randomized Halton algorithm in R": an
 * independent uniform permutation of each digit position in each prime base). For more dimensions than the Sobol table
 * has.
 */

import { VernierError } from "./errors.ts";
import { stream } from "./rng.ts";
import { checkIndex, type PointSequence } from "./sobol.ts";

/** The number of primes below 2^16. */
export const HALTON_MAX_DIMENSION = 6542;

/**
 * Halton points in `dim` dimensions, scrambled by the seed: coordinates uniform on (0,1); dimension d uses the d-th
 * prime b, and any b^k points in a row that start at a multiple of b^k put one coordinate into each of b^k equal
 * intervals. Dimension d depends on (seed, d) alone. Seed `null` gives the plain radical inverses on [0,1), starting
 * with the origin. Prefer `sobol` up to 1,111 dimensions: the high primes of Halton points need thousands of points to
 * spread.
 *
 * @throws VernierError E_HALTON_DIMENSION unless 1 <= dim <= 6542.
 */
export function halton(dim: number, seed: number | string | null): PointSequence {
  if (!Number.isInteger(dim) || dim < 1 || dim > HALTON_MAX_DIMENSION) {
    throw new VernierError(
      "E_HALTON_DIMENSION",
      `Halton points have 1 to ${HALTON_MAX_DIMENSION} dimensions; got ${dim}. Use fewer dimensions, or independent uniform points.`,
    );
  }
  return new Halton(firstPrimes(dim).map((base, d) => new Axis(base, seed, d)));
}

class Halton implements PointSequence {
  readonly dim: number;
  readonly #axes: readonly Axis[];

  constructor(axes: readonly Axis[]) {
    this.dim = axes.length;
    this.#axes = axes;
  }

  point(index: number, out: Float64Array = new Float64Array(this.dim)): Float64Array {
    checkIndex(index);
    for (let d = 0; d < this.dim; d++) out[d] = this.#axes[d]!.at(index);
    return out;
  }
}

class Axis {
  readonly #base: number;
  readonly #positions: number;
  readonly #scale: number;
  readonly #seed: number | string | null;
  readonly #d: number;
  /** Where position k sends digit 0; the rest of its permutation is made when an index first reaches that position. */
  readonly #zeros: number[] = [];
  readonly #permutations: Uint32Array[] = [];

  constructor(base: number, seed: number | string | null, d: number) {
    this.#base = base;
    this.#seed = seed;
    this.#d = d;
    let scale = 1;
    let positions = 0;
    for (; scale < 4294967296; positions++) scale *= base; // below 2^48: sums of digits stay exact
    this.#positions = positions;
    this.#scale = scale;
    for (let k = 0; k < positions; k++) this.#zeros.push(seed === null ? 0 : this.#stream(k).int(base));
  }

  at(index: number): number {
    const base = this.#base;
    let value = 0;
    let rest = index;
    for (let k = 0; k < this.#positions; k++) {
      const quotient = Math.floor(rest / base);
      const digit = rest - quotient * base;
      value = value * base + (rest === 0 ? this.#zeros[k]! : this.#permuted(k, digit));
      rest = quotient;
    }
    return (value + (this.#seed === null ? 0 : 0.5)) / this.#scale;
  }

  #stream(k: number) {
    return stream(this.#seed ?? 0, "halton", this.#d, k);
  }

  #permuted(k: number, digit: number): number {
    if (this.#seed === null) return digit;
    const permutation = (this.#permutations[k] ??= this.#permutation(k));
    return permutation[digit]!;
  }

  /** A uniform permutation whose first value is the stream's first draw, that is #zeros[k]. */
  #permutation(k: number): Uint32Array {
    const base = this.#base;
    const rng = this.#stream(k);
    const p = Uint32Array.from({ length: base }, (_, i) => i);
    for (let i = 0; i < base - 1; i++) {
      const j = i + rng.int(base - i);
      const kept = p[i]!;
      p[i] = p[j]!;
      p[j] = kept;
    }
    return p;
  }
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) {
    let prime = true;
    for (const p of primes) {
      if (p * p > n) break;
      if (n % p === 0) {
        prime = false;
        break;
      }
    }
    if (prime) primes.push(n);
  }
  return primes;
}
