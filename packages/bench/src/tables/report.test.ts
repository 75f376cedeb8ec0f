import { expect, test } from "vitest";
import { reportTables, summarise } from "./report.ts";

const flat = (...values: number[]) => values.map(v => [v, v, v, v]);

const ours = { tpe: { "a.one": flat(0.1, 0.3), "a.two": flat(0.4, 0.4), "b.one": flat(0.9, 0.9) } };
const theirs = {
  name: "Peer",
  regret: { tpe: { "a.one": flat(0.2, 0.4), "a.two": flat(0.5, 0.5), "b.one": flat(1, 1) } },
};

test("a group is the mean over its tables of the mean over seeds; all tables come last", () => {
  const groups = summarise(ours, undefined);
  expect(groups.map(g => [g.name, g.tables.length])).toEqual([
    ["a", 2],
    ["b", 1],
    ["all", 3],
  ]);
  const last = groups.map(g => g.rows[0]?.curve.at(-1) ?? NaN);
  expect(last[0]).toBeCloseTo(0.3, 12);
  expect(last[1]).toBeCloseTo(0.9, 12);
  expect(last[2]).toBeCloseTo(0.5, 12);
});

test("a peer's rows stand below ours, and a constant lead is significant", () => {
  const all = summarise(ours, theirs).at(-1);
  expect(all?.rows.map(r => r.who)).toEqual(["tpe", "Peer tpe"]);
  expect(all?.rows[0]?.p).toBeLessThan(0.05);
  expect(all?.rows[1]?.p).toBeUndefined();
  expect(reportTables(summarise(ours, theirs))).toContain("Peer tpe");
});

test("a peer is shown with as many seeds as were run here", () => {
  const one = summarise({ tpe: { "a.one": flat(0.1) } }, theirs);
  expect(one[0]?.rows[1]?.curve[0]).toBeCloseTo(0.2, 12);
});

test("a peer's tables that were not run here are left out of its mean", () => {
  const some = summarise({ tpe: { "a.one": flat(0.1, 0.1) } }, theirs);
  expect(some).toHaveLength(1);
  expect(some[0]?.rows[1]?.curve[0]).toBeCloseTo(0.3, 12);
});
