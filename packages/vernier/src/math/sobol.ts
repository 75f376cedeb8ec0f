/**
 * Scrambled Sobol points. Order: Antonov & Saleev 1979 (Gray code). Scrambling: a random lower triangular matrix over
 * GF(2) and a digital shift per dimension (Matousek 1998, "On the L2-discrepancy for anchored boxes", J. Complexity
 * 14): estimates have the variance of Owen's nested scrambling (Owen 2003, "Variance with alternative scramblings of
 * digital nets", ACM TOMACS 13), and the matrix disappears into the direction numbers, so scrambled points cost the same as plain
 * ones.
 */

import { VernierError } from "./errors.ts";
import { stream } from "./rng.ts";
import { directionNumbers, SOBOL_MAX_DIMENSION } from "./sobol-table.ts";

export { SOBOL_MAX_DIMENSION };

/** A sequence of points in the unit cube with random access. */
export interface PointSequence {
  /** Coordinates of a point. */
  readonly dim: number;
  /**
   * Point `index`, 0 <= index < 2^32, written to `out[0..dim)`: a pure function of the index. Ascending indices are the
   * cheap order.
   *
   * @throws VernierError E_MATH_RANGE for another index.
   */
  point(index: number, out?: Float64Array): Float64Array;
}

/** @throws VernierError E_MATH_RANGE unless 0 <= index < 2^32. */
export function checkIndex(index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < 4294967296) return;
  throw new VernierError(
    "E_MATH_RANGE",
    `a point's index is an integer from 0 to 2^32 - 1; got ${index}. Count points from 0.`,
  );
}

/**
 * Sobol points in `dim` dimensions, scrambled by the seed: each coordinate is uniform on (0,1), a multiple of 2^-32
 * plus 2^-33, and the first 2^k points put exactly one coordinate into each of the 2^k equal intervals. Dimension d's
 * coordinate depends on (seed, d) alone, so adding dimensions keeps the others. Seed `null` gives the plain points on
 * [0,1), starting with the origin.
 *
 * @throws VernierError E_SOBOL_DIMENSION unless 1 <= dim <= 1111.
 * @example const point = sobol(10, study.seed).point(trial.number)
 */
export function sobol(dim: number, seed: number | string | null): PointSequence {
  if (!Number.isInteger(dim) || dim < 1 || dim > SOBOL_MAX_DIMENSION) {
    throw new VernierError(
      "E_SOBOL_DIMENSION",
      `Sobol points have 1 to ${SOBOL_MAX_DIMENSION} dimensions; got ${dim}. Use halton(dim, seed) beyond, or fewer dimensions.`,
    );
  }
  const columns = directionNumbers(dim);
  const shift = new Uint32Array(dim);
  if (seed !== null) scramble(columns, shift, seed);
  return new Sobol(columns, shift, seed === null ? 0 : 0.5);
}

class Sobol implements PointSequence {
  readonly dim: number;
  readonly #columns: Uint32Array;
  readonly #offset: number;
  /**
   * The digits of the point whose Gray code is #gray. The next point differs by the columns of the bits that changed:
   * one, in order.
   */
  readonly #digits: Uint32Array;
  #gray = 0;

  constructor(columns: Uint32Array, shift: Uint32Array, offset: number) {
    this.dim = shift.length;
    this.#columns = columns;
    this.#digits = shift;
    this.#offset = offset;
  }

  point(index: number, out: Float64Array = new Float64Array(this.dim)): Float64Array {
    checkIndex(index);
    const { dim } = this;
    const columns = this.#columns;
    const digits = this.#digits;
    const gray = (index ^ (index >>> 1)) >>> 0;
    for (let changed = gray ^ this.#gray; changed !== 0; changed &= changed - 1) {
      const start = (31 - Math.clz32(changed & -changed)) * dim;
      for (let d = 0; d < dim; d++) digits[d]! ^= columns[start + d]!;
    }
    this.#gray = gray;
    for (let d = 0; d < dim; d++) out[d] = (digits[d]! + this.#offset) / 4294967296;
    return out;
  }
}

/** Multiplies each dimension's direction numbers by its random matrix, in place, and draws its shift. */
function scramble(columns: Uint32Array, shift: Uint32Array, seed: number | string): void {
  const dim = shift.length;
  const matrix = new Uint32Array(32);
  for (let d = 0; d < dim; d++) {
    const rng = stream(seed, "sobol", d);
    shift[d] = rng.uint32();
    // Column c: 1 on the diagonal, random below. Digit c of a fraction, c = 0 the highest, is bit 31 - c.
    for (let c = 0; c < 32; c++) matrix[c] = ((rng.uint32() & 0x7fffffff) | 0x80000000) >>> c;
    for (let j = 0; j < 32; j++) {
      const v = columns[j * dim + d]!;
      let product = 0;
      for (let rest = v; rest !== 0;) {
        const c = Math.clz32(rest);
        product ^= matrix[c]!;
        rest &= ~(0x80000000 >>> c);
      }
      columns[j * dim + d] = product;
    }
  }
}
