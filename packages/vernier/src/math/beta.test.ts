import { expect, test } from "vitest";
import { logBeta, regularizedBeta } from "./beta.ts";
import { lgamma } from "./gamma.ts";

// mpmath at 60 digits.
test.each([
  [0.5, 0.5, 0.5, 0.5],
  [1, 1, 0.3, 0.3],
  [2, 3, 0.4, 0.5248],
  [2, 3, 0.9, 0.9963],
  [10, 0.5, 0.1, 1.8480273740563748e-11],
  [0.5, 10, 0.9, 0.9999999999815197],
  [0.5, 10, 0.001, 0.11110329087513969],
  [30, 40, 0.4, 0.31814380259056296],
  [100, 100, 0.5, 0.5],
  [1000, 0.5, 0.99, 7.366397738015053e-6],
  [0.001, 5, 0.2, 0.9997834456464276],
  [5, 0.001, 0.999, 0.004817484889890793],
  [50, 0.5, 1e-6, 7.958927640153933e-302],
])("I_x(%d, %d) at x = %d is %d to 1e-12", (a, b, x, expected) => {
  expect(Math.abs(regularizedBeta(a, b, x) / expected - 1)).toBeLessThan(1e-12);
});

test("ends and domain", () => {
  expect([regularizedBeta(2, 3, 0), regularizedBeta(2, 3, 1)]).toEqual([0, 1]);
  for (const [a, b, x] of [
    [0, 1, 0.5],
    [1, -1, 0.5],
    [1, 1, 1.1],
    [1, 1, NaN],
  ] as const) {
    expect(() => regularizedBeta(a, b, x)).toThrow(/needs a > 0, b > 0 and 0 <= x <= 1; got/);
  }
});

test("logBeta agrees with log-gammas, and is symmetric, across its three formulas", () => {
  for (const a of [0.3, 2, 9.9, 10, 25, 300]) {
    for (const b of [0.5, 5, 10.1, 80]) {
      expect(logBeta(a, b)).toBe(logBeta(b, a));
      expect(Math.abs(logBeta(a, b) - (lgamma(a) + lgamma(b) - lgamma(a + b)))).toBeLessThan(1e-12);
    }
  }
});
