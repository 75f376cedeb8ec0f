import { expect, test } from "vitest";
import { median, quantile, quantileSorted } from "./quantile.ts";

// numpy.quantile, whose default is definition 7.
test("quantiles of eight values", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const expected = [1, 1, 1.75, 2.333333333333333, 3.5, 6.8999999999999995, 9];
  [0, 0.1, 0.25, 1 / 3, 0.5, 0.9, 1].forEach((p, i) => expect(quantile(values, p)).toBeCloseTo(expected[i]!, 14));
  expect(values).toEqual([3, 1, 4, 1, 5, 9, 2, 6]);
});

test("one and two values", () => {
  expect([0, 0.3, 1].map(p => quantile([2.5], p))).toEqual([2.5, 2.5, 2.5]);
  expect(quantileSorted([1, 2], 0.25)).toBe(1.25);
  expect(median([4, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test("an infinite value spoils no quantile that does not touch it", () => {
  expect(quantile([1, 2, Infinity], 0.5)).toBe(2);
  expect(quantile([1, 2, Infinity], 1)).toBe(Infinity);
});

test("bad input is refused", () => {
  expect(() => median([])).toThrow(/at least one value/);
  expect(() => median([1, NaN])).toThrow(/got NaN among them/);
  expect(() => quantile([1], 90)).toThrow(/from 0 to 1; got 90. For percent, divide by 100/);
});
