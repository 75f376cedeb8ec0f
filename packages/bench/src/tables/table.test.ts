import { describe, expect, test } from "vitest";
import { dataSet } from "../data-dir.ts";
import { normalisedRegret, regretCurve } from "./regret.ts";
import { readTables, rowOf, type Table } from "./table.ts";

const toy: Table = {
  id: "toy",
  suite: "toy",
  direction: "maximize",
  parameters: [
    { name: "a", values: ["x", "y"] },
    { name: "b", values: [1, 2, 3] },
  ],
  means: Float64Array.of(0, 1, 2, 3, 4, 10),
  optimum: 10,
  median: 2.5,
};

test("a row counts the last parameter fastest", () => {
  expect(rowOf(toy, { a: "x", b: 1 })).toBe(0);
  expect(rowOf(toy, { a: "x", b: 3 })).toBe(2);
  expect(rowOf(toy, { b: 1, a: "y" })).toBe(3);
  expect(rowOf(toy, { a: "y", b: 3 })).toBe(5);
});

test("a value outside the table is named", () => {
  expect(() => rowOf(toy, { a: "z", b: 1 })).toThrow(
    'toy: a = "z" is not in the table. It holds x, y. Use one of them.',
  );
});

test("normalised regret is 0 at the optimum and 1 at the median, in either direction", () => {
  expect(normalisedRegret(toy, 10)).toBe(0);
  expect(normalisedRegret(toy, 2.5)).toBe(1);
  const least: Table = { ...toy, direction: "minimize", optimum: 1, median: 5 };
  expect(normalisedRegret(least, 2)).toBe(0.25);
});

test("the curve takes the best so far in the table's direction", () => {
  expect(regretCurve(toy, [2.5, 7, 4, 10], [1, 2, 3, 4])).toEqual([1, 0.4, 0.4, 0]);
  const least: Table = { ...toy, direction: "minimize", optimum: 0, median: 10 };
  expect(regretCurve(least, [5, 8, 2], [1, 2, 3])).toEqual([0.5, 0.5, 0.2]);
});

const folder = dataSet("hpo-tables", process.env["VERNIER_DATA"]);

describe.skipIf(folder === undefined)("the stored tables (skipped where the data is absent)", () => {
  const tables = folder === undefined ? [] : readTables(folder);

  test("all seven are there", () => {
    expect(tables.map(t => t.id)).toEqual([
      "hpobench.australian",
      "hpobench.car",
      "hpobench.kc1",
      "hpobench.segment",
      "hpolib.naval_propulsion",
      "hpolib.protein_structure",
      "nasbench201.cifar10",
    ]);
  });

  for (const table of tables) {
    test(`${table.id}: rows, optimum and median are those recorded`, () => {
      const { means, parameters } = table;
      expect(means.length).toBe(parameters.reduce((n, p) => n * p.values.length, 1));
      const sorted = means.slice().sort();
      const best = table.direction === "maximize" ? sorted[sorted.length - 1] : sorted[0];
      expect(best! / table.optimum).toBeCloseTo(1, 6);
      const middle = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
      expect(middle / table.median).toBeCloseTo(1, 6);
      const last = Object.fromEntries(parameters.map(p => [p.name, p.values[p.values.length - 1]]));
      expect(rowOf(table, last)).toBe(means.length - 1);
    });
  }
});
