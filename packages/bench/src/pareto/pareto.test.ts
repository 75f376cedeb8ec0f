import { expect, test } from "vitest";
import { nonDominatedRanks } from "vernier/math";
import { reportPareto } from "./report.ts";
import { frontRows, randomRows } from "./rows.ts";
import { PARETO_FIGURES, runPareto } from "./suite.ts";

// The same numbers as peers/optuna/pareto.py draws.
test("rows are drawn as a peer draws them", () => {
  expect(Array.from(randomRows(2, 2))).toEqual([
    (48_271 * 4) / 2_147_483_647,
    ((48_271 ** 2 * 4) % 2_147_483_647) / 2_147_483_647,
    0.40541042126967125,
    0.5664451083012135,
  ]);
});

test("of the rows of a front none dominates another", () => {
  for (const m of [2, 3, 5]) expect(new Set(nonDominatedRanks(frontRows(300, m), m))).toEqual(new Set([0]));
});

test("a run measures what is asked for; a report says pass, MISS and whether the peer found the same", async () => {
  const figures = await runPareto({ runs: 1, only: "ranks-3-front" });
  expect(figures).toMatchObject([{ id: "ranks-3-front", bar: 10, check: 0 }]);
  expect(PARETO_FIGURES).toContain("volume-4");
  const figure = { ...figures[0]!, summary: { cpuMs: 2, wallMs: 2, runs: 1 } };
  const lines = (cpuMsMin: number, check: number): string =>
    reportPareto([figure], { name: "Peer", figures: { "ranks-3-front": { cpuMsMin, check } } })
      .split("\n")
      .at(-1) ?? "";
  expect(lines(20, 0)).toMatch(/2\.00 +2\.00 +20\.0 +10 x +>= 10 x pass +yes$/);
  expect(lines(10, 1)).toMatch(/5\.0 x +>= 10 x MISS +no: 0 and 1$/);
  expect(reportPareto([figure], undefined)).toContain(">= 10 x");
});
