import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cholesky,
  choleskyAppend,
  choleskyInverse,
  choleskyLogDeterminant,
  solveLower,
  solveWithCholesky,
} from "./cholesky.ts";
import { stream } from "./rng.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

/** B B' + ridge I: positive definite. */
function definite(n: number, seed: number, ridge = 0.1): Float64Array {
  const rng = stream(seed, "definite");
  const b = Float64Array.from({ length: n * n }, () => rng.normal());
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) a[i * n + j]! += b[i * n + k]! * b[j * n + k]!;
    }
    a[i * n + i]! += ridge;
  }
  return a;
}

/** Largest error of L L' beside the largest entry. */
function residual(l: Float64Array, a: Float64Array, n: number): number {
  let [worst, size] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += l[i * n + k]! * l[j * n + k]!;
      worst = Math.max(worst, Math.abs(sum - a[i * n + j]!));
      size = Math.max(size, Math.abs(a[i * n + j]!));
    }
  }
  return worst / size;
}

describe("Cholesky factors", () => {
  test("a known one", () => {
    const l = cholesky(Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98), 3);
    expect([l[0], l[3], l[4], l[6], l[7], l[8]]).toEqual([2, 6, 1, -8, 5, 3]);
  });

  test("any size, in place or not: L L' is the matrix, solving undoes multiplying", () => {
    const sizes = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(31, 32, 33, 64, 67, 101));
    fc.assert(
      fc.property(fc.nat(), sizes, (seed, n) => {
        const a = definite(n, seed);
        const l = cholesky(a, n);
        expect(residual(l, a, n)).toBeLessThan(1e-13);
        const place = a.slice();
        expect(cholesky(place, n, place)).toBe(place);
        expect(residual(place, a, n)).toBeLessThan(1e-13);
        const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
        const b = x.map((_, i) => x.reduce((sum, v, j) => sum + a[i * n + j]! * v, 0));
        const solved = solveWithCholesky(l, n, b);
        for (let i = 0; i < n; i++) expect(Math.abs(solved[i]! - x[i]!)).toBeLessThan(1e-6);
      }),
      { seed: 8, numRuns: 60 },
    );
  });

  test("the inverse and the determinant agree with the eigenvalues", () => {
    const n = 40;
    const a = definite(n, 5, 1);
    const l = cholesky(a, n);
    const inverse = choleskyInverse(l, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += inverse[i * n + k]! * a[k * n + j]!;
        expect(Math.abs(sum - (i === j ? 1 : 0))).toBeLessThan(1e-10);
      }
    }
    const { values } = symmetricEigen(a, n);
    expect(choleskyLogDeterminant(l, n)).toBeCloseTo(
      values.reduce((sum, v) => sum + Math.log(v), 0),
      9,
    );
  });

  test("growing row by row gives the factor of the whole", () => {
    const n = 50;
    const a = definite(n, 6);
    const whole = cholesky(a, n);
    const grown = new Float64Array(n * n);
    for (let i = 0; i < n; i++) choleskyAppend(grown, i, n, a.slice(i * n, i * n + i + 1));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) expect(Math.abs(grown[i * n + j]! - whole[i * n + j]!)).toBeLessThan(1e-9);
    }
    const b = Float64Array.from({ length: 20 }, (_, i) => i);
    expect([...solveLower(grown, 20, b.slice(), n)]).toEqual(
      [...solveLower(cholesky(cut(a, n, 20), 20), 20, b.slice())].map(x => expect.closeTo(x, 8)),
    );
  });

  test("what is not positive definite is refused by its row, and a refused row changes nothing", () => {
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow(/pivot 1 is -3/);
    expect(() => cholesky(Float64Array.of(NaN), 1)).toThrow(/pivot 0 is NaN/);
    const l = Float64Array.of(2, 0, 0, 0);
    expect(() => choleskyAppend(l, 1, 2, Float64Array.of(4, 1))).toThrow(/pivot 1 is -3/);
    expect([...l]).toEqual([2, 0, 0, 0]);
  });
});

function cut(a: Float64Array, n: number, m: number): Float64Array {
  return Float64Array.from({ length: m * m }, (_, k) => a[Math.floor(k / m) * n + (k % m)]!);
}
