import { expect, test } from "vitest";
import { fitSubset, fittedAt, isLandmark, landmarkBelow } from "./schedule.ts";

test("every ask fits at first, then the steps grow; a fit is never of the future", () => {
  let last = 0;
  let fits = 0;
  for (let n = 1; n <= 2000; n++) {
    const at = fittedAt(n);
    expect(at).toBeLessThanOrEqual(n);
    expect(at).toBeGreaterThanOrEqual(last);
    expect(fittedAt(at)).toBe(at);
    if (at > last) fits++;
    if (n <= 40) expect(at).toBe(n);
    last = at;
  }
  expect(fittedAt(1000)).toBeGreaterThanOrEqual(900);
  expect(fits).toBeLessThan(150);
});

test("landmarks are few, and each fit starts from an earlier one", () => {
  const landmarks = Array.from({ length: 1000 }, (_, i) => i + 1).filter(isLandmark);
  expect(landmarks).toEqual([10, 15, 22, 33, 50, 75, 113, 170, 256, 384, 576, 864]);
  expect([1, 10, 11, 15, 16, 1000].map(landmarkBelow)).toEqual([0, 0, 10, 10, 15, 864]);
});

test("a fit of many trials keeps the best, and others of every age", () => {
  const y = Float64Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000);
  const chosen = fitSubset(y, 1000, 300);
  expect(chosen.length).toBe(300);
  expect(new Set(chosen).size).toBe(300);
  expect([...chosen]).toEqual([...chosen].sort((a, b) => a - b));
  for (let i = 0; i < 1000; i++) if (y[i]! >= 900) expect(chosen).toContain(i);
  expect([...chosen].filter(i => i < 500).length).toBeGreaterThan(100);
  expect([...fitSubset(y, 4, 300)]).toEqual([0, 1, 2, 3]);
});
