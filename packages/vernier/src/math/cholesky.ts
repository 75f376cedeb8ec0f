/**
 * Cholesky factors of symmetric positive definite matrices, and solving with them. Matrices are flat and row-major; only the lower
 * triangle is read, and the upper one of a factor is left as it is. Blocked so that a block of rows stays in the cache (Golub & Van
 * Loan, "Matrix Computations", section 4.2.8), four by four in registers.
 */
import { VernierError } from "./errors.ts";

/** Rows of a block. */
const BLOCK = 32;

/**
 * L with L L' = a, n x n. Writes to `out` (which may be `a` itself) and returns it.
 *
 * @throws VernierError E_MATH_NOT_POSITIVE when a pivot is not positive: `details.row` says which.
 */
export function cholesky(a: Float64Array, n: number, out: Float64Array = new Float64Array(n * n)): Float64Array {
  if (out !== a) out.set(a.length === n * n ? a : a.subarray(0, n * n));
  for (let k = 0; k < n; k += BLOCK) {
    const end = Math.min(k + BLOCK, n);
    factorDiagonal(out, n, k, end);
    solvePanel(out, n, k, end);
    updateTrailing(out, n, k, end);
  }
  return out;
}

function factorDiagonal(l: Float64Array, n: number, k: number, end: number): void {
  for (let j = k; j < end; j++) {
    let pivot = l[j * n + j]!;
    for (let t = k; t < j; t++) pivot -= l[j * n + t]! ** 2;
    if (!(pivot > 0)) throw notPositive(j, pivot);
    const root = Math.sqrt(pivot);
    l[j * n + j] = root;
    for (let i = j + 1; i < end; i++) {
      let sum = l[i * n + j]!;
      for (let t = k; t < j; t++) sum -= l[i * n + t]! * l[j * n + t]!;
      l[i * n + j] = sum / root;
    }
  }
}

/** The rows below the diagonal block: X with X D' = A. */
function solvePanel(l: Float64Array, n: number, k: number, end: number): void {
  for (let i = end; i < n; i++) {
    const row = i * n;
    for (let j = k; j < end; j++) {
      let sum = l[row + j]!;
      const other = j * n;
      for (let t = k; t < j; t++) sum -= l[row + t]! * l[other + t]!;
      l[row + j] = sum / l[other + j]!;
    }
  }
}

/** A <- A - X X' on what lies below and to the right of the panel, its lower triangle. */
function updateTrailing(l: Float64Array, n: number, k: number, end: number): void {
  let i = end;
  for (; i + 4 <= n; i += 4) {
    const [r0, r1, r2, r3] = [i * n, (i + 1) * n, (i + 2) * n, (i + 3) * n];
    for (let j = end; j <= i; j += 4) {
      const [c0, c1, c2, c3] = [j * n, (j + 1) * n, (j + 2) * n, (j + 3) * n];
      let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
      let [s20, s21, s22, s23, s30, s31, s32, s33] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let t = k; t < end; t++) {
        const a0 = l[r0 + t]!;
        const a1 = l[r1 + t]!;
        const a2 = l[r2 + t]!;
        const a3 = l[r3 + t]!;
        const b0 = l[c0 + t]!;
        const b1 = l[c1 + t]!;
        const b2 = l[c2 + t]!;
        const b3 = l[c3 + t]!;
        s00 += a0 * b0;
        s01 += a0 * b1;
        s02 += a0 * b2;
        s03 += a0 * b3;
        s10 += a1 * b0;
        s11 += a1 * b1;
        s12 += a1 * b2;
        s13 += a1 * b3;
        s20 += a2 * b0;
        s21 += a2 * b1;
        s22 += a2 * b2;
        s23 += a2 * b3;
        s30 += a3 * b0;
        s31 += a3 * b1;
        s32 += a3 * b2;
        s33 += a3 * b3;
      }
      // Where the tile crosses the diagonal its upper half is written too, and never read.
      l[r0 + j]! -= s00;
      l[r0 + j + 1]! -= s01;
      l[r0 + j + 2]! -= s02;
      l[r0 + j + 3]! -= s03;
      l[r1 + j]! -= s10;
      l[r1 + j + 1]! -= s11;
      l[r1 + j + 2]! -= s12;
      l[r1 + j + 3]! -= s13;
      l[r2 + j]! -= s20;
      l[r2 + j + 1]! -= s21;
      l[r2 + j + 2]! -= s22;
      l[r2 + j + 3]! -= s23;
      l[r3 + j]! -= s30;
      l[r3 + j + 1]! -= s31;
      l[r3 + j + 2]! -= s32;
      l[r3 + j + 3]! -= s33;
    }
  }
  for (; i < n; i++) {
    for (let j = end; j <= i; j++) {
      let sum = 0;
      for (let t = k; t < end; t++) sum += l[i * n + t]! * l[j * n + t]!;
      l[i * n + j]! -= sum;
    }
  }
}

/** b <- L^-1 b, for the first n rows of a factor whose rows are `stride` apart. */
export function solveLower(l: Float64Array, n: number, b: Float64Array, stride = n): Float64Array {
  for (let i = 0; i < n; i++) {
    const row = i * stride;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    let t = 0;
    for (; t + 4 <= i; t += 4) {
      s0 += l[row + t]! * b[t]!;
      s1 += l[row + t + 1]! * b[t + 1]!;
      s2 += l[row + t + 2]! * b[t + 2]!;
      s3 += l[row + t + 3]! * b[t + 3]!;
    }
    for (; t < i; t++) s0 += l[row + t]! * b[t]!;
    b[i] = (b[i]! - (s0 + s1 + (s2 + s3))) / l[row + i]!;
  }
  return b;
}

/** b <- L'^-1 b. */
export function solveLowerTransposed(l: Float64Array, n: number, b: Float64Array, stride = n): Float64Array {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * stride;
    const value = (b[i] = b[i]! / l[row + i]!);
    for (let t = 0; t < i; t++) b[t]! -= l[row + t]! * value;
  }
  return b;
}

/** b <- A^-1 b for A = L L'. */
export function solveWithCholesky(l: Float64Array, n: number, b: Float64Array, stride = n): Float64Array {
  return solveLowerTransposed(l, n, solveLower(l, n, b, stride), stride);
}

/** log det A for A = L L'. */
export function choleskyLogDeterminant(l: Float64Array, n: number, stride = n): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(l[i * stride + i]!);
  return 2 * sum;
}

/** A^-1 for A = L L', n x n, both triangles. */
export function choleskyInverse(l: Float64Array, n: number): Float64Array {
  // The inverse of L, by rows; then A^-1 = L^-T L^-1.
  const m = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const diagonal = l[row + i]!;
    for (let t = 0; t < i; t++) {
      const factor = l[row + t]!;
      const other = t * n;
      for (let j = 0; j <= t; j++) m[row + j]! -= factor * m[other + j]!;
    }
    for (let j = 0; j < i; j++) m[row + j]! /= diagonal;
    m[row + i] = 1 / diagonal;
  }
  const inverse = new Float64Array(n * n);
  for (let t = 0; t < n; t++) {
    const row = t * n;
    for (let i = 0; i <= t; i++) {
      const factor = m[row + i]!;
      const target = i * n;
      for (let j = 0; j <= i; j++) inverse[target + j]! += factor * m[row + j]!;
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) inverse[j * n + i] = inverse[i * n + j]!;
  return inverse;
}

/**
 * The factor of a matrix grown by one row, in place: L is n x n with rows `stride` > n apart, `row` holds the n + 1 new entries of A, the
 * diagonal one last. O(n^2). Leaves L as it was when it throws.
 *
 * @throws VernierError E_MATH_NOT_POSITIVE.
 */
export function choleskyAppend(l: Float64Array, n: number, stride: number, row: Float64Array): void {
  const solved = solveLower(l, n, row.slice(0, n), stride);
  let pivot = row[n]!;
  for (const v of solved) pivot -= v * v;
  if (!(pivot > 0)) throw notPositive(n, pivot);
  l.set(solved, n * stride);
  l[n * stride + n] = Math.sqrt(pivot);
}

function notPositive(row: number, pivot: number): VernierError {
  return new VernierError(
    "E_MATH_NOT_POSITIVE",
    `the matrix is not positive definite: pivot ${row} is ${pivot}. A covariance needs distinct points or some noise. Add to its diagonal.`,
    { details: { row } },
  );
}
