import { describe, expect, test } from "vitest";
import { wfg } from "./wfg.ts";
import { dtlz, zdt } from "./zdt-dtlz.ts";

/** To the ten digits that the reference values have. */
function close(got: readonly number[], wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries())
    expect(Math.abs(got[i]! - value) / Math.max(1, Math.abs(value))).toBeLessThan(1e-9);
}
const all = (n: number, v: number): number[] => new Array<number>(n).fill(v);

describe("pymoo's numbers", () => {
  test.each([
    [1, [0.3, 2.646434625]],
    [2, [0.3, 3.675675676]],
    [3, [0.3, 2.646434625]],
    [4, [0.3, 157.5939795]],
    [6, [0.9875789379, 7.53343228]],
  ] as const)("ZDT%i at 0.3", (number, wanted) => {
    const f = zdt(number);
    close(f.evaluate(all(f.low.length, 0.3)), wanted);
  });

  test.each([
    [1, 7, [0.945, 2.205, 7.35]],
    [2, 12, [1.111449677, 0.5663118961, 0.6355866996]],
    [3, 12, [32.54959767, 16.58484838, 18.61361049]],
    [5, 12, [0.9575670607, 0.7994340946, 0.6355866996]],
    [6, 12, [7.701262477, 4.238095399, 4.478925677]],
    [7, 12, [0.3, 0.3, 13.3145898]],
  ] as const)("DTLZ%i with %i variables at 0.3", (number, n, wanted) =>
    close(dtlz(number, 3, n).evaluate(all(n, 0.3)), wanted),
  );

  const half = (f: { high: readonly number[] }): number[] => f.high.map(v => v / 2);
  test.each([
    [1, [2.929105526, 0.974054339]],
    [2, [0.7396325915, 4.153846154]],
    [3, [1.153846154, 2.153846154]],
    [4, [0.1936950273, 4.03599658]],
    [5, [2.665665272, 2.125636871]],
    [6, [0.6839680547, 3.870160131]],
    [7, [1.644982793, 3.059196356]],
    [8, [1.644982793, 3.059196356]],
    [9, [0.9584958902, 3.541907762]],
  ] as const)("WFG%i, two objectives, half way", (number, wanted) => {
    const f = wfg(number, 2, 10, 4);
    close(f.evaluate(half(f)), wanted);
  });

  test.each([
    [1, [2.886792852, 0.9732684631, 0.9749048137]],
    [4, [0.05758925661, 0.3397963424, 6.030594764]],
    [9, [1.076288979, 2.005076709, 4.108131415]],
  ] as const)("WFG%i, three objectives, half way", (number, wanted) => {
    const f = wfg(number, 3, 14, 4);
    close(f.evaluate(half(f)), wanted);
  });
});

test("DTLZ4 is DTLZ2 with its positions crowded", () => {
  const z = all(10, 0.5);
  close(dtlz(4, 3, 12).evaluate([1, 1, ...z]), dtlz(2, 3, 12).evaluate([1, 1, ...z]));
  close(dtlz(4, 3, 12).evaluate([0.9, 0.9, ...z]), dtlz(2, 3, 12).evaluate([0.9 ** 100, 0.9 ** 100, ...z]));
});

test("every function is finite at the corners and in between", () => {
  const functions = [1, 2, 3, 4, 6]
    .map(n => zdt(n))
    .concat(
      [1, 2, 3, 4, 5, 6, 7].map(n => dtlz(n)),
      [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap(n => [wfg(n), wfg(n, 3, 14, 4)]),
    );
  for (const f of functions) {
    for (const share of [0, 0.25, 0.35, 0.75, 1]) {
      const values = f.evaluate(f.low.map((low, i) => low + share * (f.high[i]! - low)));
      expect(values).toHaveLength(f.objectives);
      for (const value of values) expect(Number.isFinite(value)).toBe(true);
    }
  }
});

test("what does not exist is refused", () => {
  expect(() => zdt(5)).toThrow(/there is no ZDT5 with 10 variables\. There are ZDT1, 2, 3, 4 and 6/);
  expect(() => dtlz(8)).toThrow(/DTLZ1 to 7/);
  expect(() => wfg(2, 2, 9, 4)).toThrow(/for WFG2 and 3 n - k is even/);
});
