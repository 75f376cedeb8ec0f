import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stream } from "./rng.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

/** Largest entry of |V diag(values) V' - A| and of |V'V - I|, relative to the largest of A. */
function errors(a: Float64Array, n: number): { back: number; orthonormal: number } {
  const { values, vectors: v } = symmetricEigen(a, n);
  let [back, orthonormal, size] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let [sum, dot] = [0, 0];
      for (let k = 0; k < n; k++) {
        sum += v[i * n + k]! * values[k]! * v[j * n + k]!;
        dot += v[k * n + i]! * v[k * n + j]!;
      }
      back = Math.max(back, Math.abs(sum - a[i * n + j]!));
      orthonormal = Math.max(orthonormal, Math.abs(dot - (i === j ? 1 : 0)));
      size = Math.max(size, Math.abs(a[i * n + j]!));
    }
  }
  return { back: back / Math.max(size, Number.MIN_VALUE), orthonormal };
}

function symmetric(n: number, entry: (i: number, j: number) => number): Float64Array {
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = entry(i, j);
  return a;
}

describe("eigenvalues of symmetric matrices", () => {
  test("known ones", () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect(values[0]).toBeCloseTo(1, 14);
    expect(values[1]).toBeCloseTo(3, 14);
    expect(Math.abs(vectors[1]!)).toBeCloseTo(Math.SQRT1_2, 14);
    // Second differences: 2 - 2 cos(pi k / (n + 1)).
    const n = 12;
    const line = symmetric(n, (i, j) => (i === j ? 2 : i - j === 1 ? -1 : 0));
    const found = symmetricEigen(line, n).values;
    for (let k = 1; k <= n; k++) expect(found[k - 1]).toBeCloseTo(2 - 2 * Math.cos((Math.PI * k) / (n + 1)), 13);
  });

  test("any matrix comes back, its vectors orthonormal, its values ascending", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 24 }), fc.integer({ min: -30, max: 30 }), (seed, n, power) => {
        const rng = stream(seed, "eigen");
        const a = symmetric(n, () => (rng.next() < 0.2 ? 0 : rng.normal() * 10 ** power));
        const { back, orthonormal } = errors(a, n);
        expect(back).toBeLessThan(1e-13 * (n + 1));
        expect(orthonormal).toBeLessThan(1e-13 * (n + 1));
        const { values } = symmetricEigen(a, n);
        expect([...values]).toEqual([...values].sort((x, y) => x - y));
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  test("degenerate ones: zero, identity, rank one, condition 1e14, n = 100", () => {
    for (const a of [symmetric(7, () => 0), symmetric(7, (i, j) => (i === j ? 1 : 0)), symmetric(7, () => 3)]) {
      expect(errors(a, 7).back).toBeLessThan(1e-14);
    }
    expect(
      [
        ...symmetricEigen(
          symmetric(3, () => 1),
          3,
        ).values,
      ].map(x => Math.round(x * 1e12) / 1e12 + 0),
    ).toEqual([0, 0, 3]);
    expect(
      errors(
        symmetric(8, (i, j) => (i === j ? 10 ** (2 * i) : 0.01)),
        8,
      ).orthonormal,
    ).toBeLessThan(1e-13);
    const rng = stream(3, "large");
    expect(
      errors(
        symmetric(100, () => rng.normal()),
        100,
      ).back,
    ).toBeLessThan(1e-12);
  });

  test("what is not finite is refused by its place", () => {
    expect(() => symmetricEigen(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow(/entry \[1\]\[0\] of the matrix is NaN/);
  });
});
