import { expect, test } from "vitest";
import { halton, HALTON_MAX_DIMENSION } from "./halton.ts";

test("plain points are the radical inverses in bases 2, 3, 5, 7, 11", () => {
  const points = halton(5, null);
  const expected = [
    [0, 0, 0, 0, 0],
    [1 / 2, 1 / 3, 1 / 5, 1 / 7, 1 / 11],
    [1 / 4, 2 / 3, 2 / 5, 2 / 7, 2 / 11],
    [3 / 4, 1 / 9, 3 / 5, 3 / 7, 3 / 11],
    [1 / 8, 4 / 9, 4 / 5, 4 / 7, 4 / 11],
    [5 / 8, 7 / 9, 1 / 25, 5 / 7, 5 / 11],
    [3 / 8, 2 / 9, 6 / 25, 6 / 7, 6 / 11],
  ];
  expected.forEach((row, i) => points.point(i).forEach((x, d) => expect(x).toBeCloseTo(row[d]!, 15)));
});

// Computed by an independent program from the description. A promise: never update.
test("golden: scrambled points", () => {
  expect(Array.from(halton(3, 7).point(0))).toEqual([0.7864264225354418, 0.37041213353950264, 0.77990733488128]);
  expect(Array.from(halton(3, "x").point(12345))).toEqual([0.3739089131122455, 0.009311795941275158, 0.9955268767744]);
});

test.each([null, 1, "seed"])(
  "seed %s: aligned runs of b^k points put one coordinate into each of b^k intervals",
  seed => {
    const points = halton(12, seed);
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37].forEach((base, d) => {
      for (const n of [base, base * base]) {
        for (const start of [0, 3 * n]) {
          const cells = new Set(
            Array.from({ length: n }, (_, i) => Math.floor(points.point(start + i)[d]! * n + 1e-9)),
          );
          expect(cells.size).toBe(n);
        }
      }
    });
  },
);

test("a point is a pure function of (seed, index), in any order and for any number of dimensions", () => {
  const indices = [4294967295, 0, 77, 1, 123456, 76];
  const descending = halton(40, 9);
  for (const index of indices) {
    expect(Array.from(descending.point(index))).toEqual(Array.from(halton(40, 9).point(index)));
    expect(Array.from(descending.point(index).subarray(0, 4))).toEqual(Array.from(halton(4, 9).point(index)));
  }
});

test("high dimensions are not correlated, as plain Halton points are", () => {
  const correlation = (seed: number | null) => {
    const points = halton(60, seed);
    let sum = 0;
    for (let i = 0; i < 200; i++) {
      const x = points.point(i);
      sum += (x[58]! - 0.5) * (x[59]! - 0.5);
    }
    return (12 * sum) / 200;
  };
  expect(correlation(null)).toBeGreaterThan(0.5);
  expect(Math.abs(correlation(1))).toBeLessThan(0.25);
});

test("each scrambled point is uniform over seeds", () => {
  const n = 2000;
  const x = Array.from({ length: n }, (_, seed) => halton(3, seed).point(5));
  for (const d of [0, 1, 2]) {
    const u = x.map(p => p[d]!).sort((a, b) => a - b);
    const distance = Math.max(...u.map((v, i) => Math.max(Math.abs(v - i / n), Math.abs(v - (i + 1) / n))));
    expect(distance * Math.sqrt(n)).toBeLessThan(1.95);
  }
});

test("the last dimension has the largest prime below 2^16", () => {
  expect(halton(HALTON_MAX_DIMENSION, null).point(1)[HALTON_MAX_DIMENSION - 1]).toBe(1 / 65521);
});

test.each([0, 2.5, NaN, 6543])("%d dimensions are refused", dim => {
  expect(() => halton(dim, 1)).toThrow(/1 to 6542 dimensions; got/);
  expect(() => halton(1, 1).point(-1)).toThrow(/integer from 0/);
});
