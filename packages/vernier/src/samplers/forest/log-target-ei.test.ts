import { expect, test } from "vitest";
import { normalPdf } from "../../math/normal.ts";
import { logTargetEi } from "./log-target-ei.ts";

/** Simpson's rule over the part of the normal below `best`. */
function integrated(best: number, mean: number, s: number): number {
  const low = Math.min(best, mean) - 12 * s;
  const n = 20_000;
  const h = (best - low) / n;
  let sum = 0;
  for (let i = 0; i <= n; i++) {
    const t = low + i * h;
    const weight = i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2;
    sum += (weight * (Math.exp(best) - Math.exp(t)) * normalPdf((t - mean) / s)) / s;
  }
  return (sum * h) / 3;
}

test.each([
  [-2, -1, 0.5],
  [-2, -3, 0.1],
  [-0.5, -0.4, 2],
  [-8, -5, 1.5],
  [-20, -6, 4],
  [0, 0, 1],
])("best %d, mean %d, deviation %d: as the integral", (best, mean, s) => {
  const expected = integrated(best, mean, s);
  expect(logTargetEi(best, mean, s * s)).toBeGreaterThan(0);
  expect(Math.abs(logTargetEi(best, mean, s * s) / expected - 1)).toBeLessThan(1e-6);
});

test("without variance it is the improvement itself, never negative", () => {
  expect(logTargetEi(-1, -2, 0)).toBe(Math.exp(-1) - Math.exp(-2));
  expect(logTargetEi(-2, -1, 0)).toBe(0);
  expect(logTargetEi(-2, -2 + 1e-6, 1.1e-10)).toBeGreaterThanOrEqual(0);
  expect(logTargetEi(-30, -1, 0.01)).toBe(0);
});
