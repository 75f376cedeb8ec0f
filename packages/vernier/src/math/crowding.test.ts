import { expect, test } from "vitest";
import { crowdingDistances } from "./crowding.ts";

const distances = (rows: readonly (readonly number[])[], members = [...rows.keys()]): number[] =>
  Array.from(crowdingDistances(Float64Array.from(rows.flat()), rows[0]?.length ?? 1, members));

test("the gaps between neighbours as shares of the range, the ends infinite", () => {
  const rows = [
    [0, 10],
    [1, 6],
    [4, 5],
    [8, 0],
  ];
  // Second: 4/8 + 5/10; third: 7/8 + 6/10.
  expect(distances(rows)).toEqual([Infinity, 1, 0.875 + 0.6, Infinity]);
  expect(distances(rows, [3, 1, 0])).toEqual([Infinity, 2, Infinity]);
});

test("few members, equal values, infinities and NaN", () => {
  expect(distances([])).toEqual([]);
  expect(distances([[1, 2]])).toEqual([0]);
  expect(
    distances([
      [1, 2],
      [2, 1],
    ]),
  ).toEqual([Infinity, Infinity]);
  expect(
    distances([
      [1, 0],
      [1, 1],
      [1, 2],
    ]),
  ).toEqual([Infinity, 1, Infinity]);
  expect(
    distances([
      [5, 5],
      [5, 5],
      [5, 5],
    ]),
  ).toEqual([0, 0, 0]);
  expect(distances([[0], [1], [2], [Infinity]])).toEqual([Infinity, 0, Infinity, Infinity]);
  expect(distances([[-Infinity], [-Infinity], [-Infinity], [0]])).toEqual([Infinity, 0, Infinity, Infinity]);
  expect(distances([[0], [1], [3], [NaN]])).toEqual([Infinity, 0, 0, Infinity]);
});
