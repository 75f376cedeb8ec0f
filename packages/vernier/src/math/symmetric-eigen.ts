/**
 * Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to a tridiagonal matrix, then QL steps with implicit
 * shifts (Golub & Van Loan, "Matrix Computations", sections 8.3.1 and 8.3.5). O(n^3); 8 n^2 bytes beside the result.
 */
import { VernierError } from "./errors.ts";

/** `values` ascending; column j of `vectors` (row-major, n x n) belongs to value j, the columns are orthonormal. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** QL steps for one eigenvalue; 2 or 3 are usual. */
const STEPS = 64;

/**
 * Decomposes a symmetric n x n matrix, row-major: a = V diag(values) V'. Only the lower triangle is read; `a` stays as it is.
 *
 * @throws VernierError E_MATH_EIGEN when an entry is not finite, or the steps do not converge (which finite input does not cause).
 */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  const z = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = a[i * n + j]!;
      if (!Number.isFinite(value)) throw notFinite(i, j, value);
      z[i * n + j] = z[j * n + i] = value;
    }
  }
  const values = new Float64Array(n);
  const off = new Float64Array(n);
  tridiagonalise(z, n, values, off);
  diagonalise(z, n, values, off);
  return sorted(z, n, values);
}

/** z becomes Q with Q' A Q tridiagonal: `d` its diagonal, `e[1..]` what stands below it. */
function tridiagonalise(z: Float64Array, n: number, d: Float64Array, e: Float64Array): void {
  // Row i is reflected to (0 .. 0, e_i, d_i), from the last row up. The reflection I - v v' / h is kept in row i.
  const h = new Float64Array(n);
  for (let i = n - 1; i >= 1; i--) {
    const row = i * n;
    let scale = 0;
    for (let k = 0; k < i - 1; k++) scale += Math.abs(z[row + k]!);
    if (scale === 0) {
      e[i] = z[row + i - 1]!;
      continue;
    }
    scale += Math.abs(z[row + i - 1]!);
    let norm2 = 0;
    for (let k = 0; k < i; k++) {
      z[row + k]! /= scale;
      norm2 += z[row + k]! ** 2;
    }
    const f = z[row + i - 1]!;
    const g = f >= 0 ? -Math.sqrt(norm2) : Math.sqrt(norm2);
    e[i] = scale * g;
    const hi = (h[i] = norm2 - f * g);
    z[row + i - 1] = f - g;
    // p = A v / h, K = v'p / 2h, q = p - K v; A <- A - v q' - q v'. `d` holds p and then q.
    let vp = 0;
    for (let j = 0; j < i; j++) {
      let p = 0;
      for (let k = 0; k <= j; k++) p += z[j * n + k]! * z[row + k]!;
      for (let k = j + 1; k < i; k++) p += z[k * n + j]! * z[row + k]!;
      d[j] = p / hi;
      vp += d[j]! * z[row + j]!;
    }
    const K = vp / (2 * hi);
    for (let j = 0; j < i; j++) {
      const v = z[row + j]!;
      const q = (d[j] = d[j]! - K * v);
      for (let k = 0; k <= j; k++) z[j * n + k]! -= v * d[k]! + q * z[row + k]!;
    }
  }
  e[0] = 0;
  // The product of the reflections, from the smallest up, over the rows that held them.
  for (let i = 0; i < n; i++) {
    const row = i * n;
    d[i] = z[row + i]!;
    const hi = h[i]!;
    if (hi !== 0) {
      for (let j = 0; j < i; j++) {
        let g = 0;
        for (let k = 0; k < i; k++) g += z[row + k]! * z[k * n + j]!;
        g /= hi;
        for (let k = 0; k < i; k++) z[k * n + j]! -= g * z[row + k]!;
      }
    }
    z[row + i] = 1;
    for (let j = 0; j < i; j++) z[j * n + i] = z[row + j] = 0;
  }
}

/** QL with implicit Wilkinson shifts; the rotations are applied to the columns of z. */
function diagonalise(z: Float64Array, n: number, d: Float64Array, e: Float64Array): void {
  e.copyWithin(0, 1);
  e[n - 1] = 0;
  for (let l = 0; l < n; l++) {
    for (let step = 0; ; step++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) m++;
      if (m === l) break;
      if (step === STEPS) throw notConverged(n);
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      let r = Math.hypot(g, 1);
      g = d[m]! - d[l]! + e[l]! / (g + (g >= 0 ? r : -r));
      let [s, c, p] = [1, 1, 0];
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i]!;
        const b = c * e[i]!;
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - p;
        r = (d[i]! - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        for (let k = 0; k < n; k++) {
          const right = z[k * n + i + 1]!;
          const left = z[k * n + i]!;
          z[k * n + i + 1] = s * left + c * right;
          z[k * n + i] = c * left - s * right;
        }
      }
      if (r === 0 && i >= l) continue;
      d[l]! -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
}

function sorted(z: Float64Array, n: number, d: Float64Array): SymmetricEigen {
  const order = Array.from(d.keys()).sort((a, b) => d[a]! - d[b]! || a - b);
  const vectors = new Float64Array(n * n);
  for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) vectors[k * n + j] = z[k * n + order[j]!]!;
  return { values: Float64Array.from(order, j => d[j]!), vectors };
}

function notFinite(i: number, j: number, value: number): VernierError {
  return new VernierError(
    "E_MATH_EIGEN",
    `entry [${i}][${j}] of the matrix is ${value}. Only finite matrices have eigenvalues. Look where it was made.`,
  );
}

function notConverged(n: number): VernierError {
  return new VernierError(
    "E_MATH_EIGEN",
    `the eigenvalues of a ${n} x ${n} matrix did not converge in ${STEPS} steps. Its entries may differ too much in size. Scale it.`,
  );
}
