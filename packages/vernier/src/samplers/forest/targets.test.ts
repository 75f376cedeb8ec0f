import { expect, test } from "vitest";
import { logTargets } from "./targets.ts";

test("log((y - y0) / (ymax - y0)), y0 as far below the best as the 5th percentile is above", () => {
  // 21 values 0..20: p5 = 1, y0 = -1, ymax - y0 = 21.
  const t = logTargets(Array.from({ length: 21 }, (_, i) => i));
  expect(t[0]).toBeCloseTo(Math.log(1 / 21), 12);
  expect(t[7]).toBeCloseTo(Math.log(8 / 21), 12);
  expect(t[20]).toBe(0);
});

test("units and offsets do not matter", () => {
  const y = [3, 1, 4, 1.5, 9, 2.6];
  const t = logTargets(y);
  const other = logTargets(y.map(v => 1000 * v - 77));
  for (const [i, v] of t.entries()) expect(other[i]).toBeCloseTo(v, 9);
});

test("equal best values, equal values and values of any size stay finite", () => {
  for (const y of [[1, 1, 1, 1, 2], [5, 5], [0, 0, 0], [7], [1e308, -1e308, 3], [5e-324, 0, 1e-300]]) {
    for (const t of logTargets(y)) expect(Number.isFinite(t)).toBe(true);
  }
  expect([...logTargets([5, 5])]).toEqual([0, 0]);
});
