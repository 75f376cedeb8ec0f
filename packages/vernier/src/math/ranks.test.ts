import { expect, test } from "vitest";
import { ranks, tieSum } from "./ranks.ts";

// scipy.stats.rankdata.
test("ties share the mean rank", () => {
  expect(Array.from(ranks([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]))).toEqual([4.5, 1.5, 6, 1.5, 8, 11, 3, 10, 8, 4.5, 8]);
  expect(Array.from(ranks([7, 7, 7]))).toEqual([2, 2, 2]);
  expect(Array.from(ranks([Infinity, -Infinity, 0, -0]))).toEqual([4, 1, 2.5, 2.5]);
  expect(Array.from(ranks([]))).toEqual([]);
});

test("tieSum adds t^3 - t over the groups", () => {
  expect(tieSum([1, 2, 3])).toBe(0);
  expect(tieSum([5, 1, 5, 1, 5])).toBe(24 + 6);
});

test("NaN is refused with its index", () => {
  expect(() => ranks([1, NaN, 2])).toThrow(/got NaN at index 1/);
});
