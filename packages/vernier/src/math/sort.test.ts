import { expect, test } from "vitest";
import { stream } from "./rng.ts";
import { argsort, lowerBound, upperBound } from "./sort.ts";

test("argsort equals the stable sort of the language, ties and NaN included", () => {
  const rng = stream("argsort");
  for (const n of [...Array(40).keys(), 63, 64, 65, 150, 1499, 1500, 1501, 3000]) {
    for (const values of [() => rng.int(6), () => rng.normal(), () => (rng.int(4) === 0 ? NaN : rng.int(9))]) {
      const x = Float64Array.from({ length: n }, values);
      const rank = (v: number) => (Number.isNaN(v) ? 100 : v);
      const expected = Array.from({ length: n }, (_, i) => i).sort((i, j) => rank(x[i]!) - rank(x[j]!));
      expect(Array.from(argsort(x))).toEqual(expected);
    }
  }
});

test.each([6, 2000])("argsort of %d values of every kind and size of double", n => {
  const rng = stream("kinds");
  const kinds = [-Infinity, -1e308, -1, -1e-310, -0, 0, 5e-324, 1e-310, 1, 1.0000000000000002, 1e308, Infinity];
  const x = Float64Array.from({ length: n }, () => kinds[rng.int(12)]!);
  const expected = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => kinds.indexOf(x[i]! + 0) - kinds.indexOf(x[j]! + 0),
  );
  expect(Array.from(argsort(x))).toEqual(expected);
});

test("argsort of infinities, signed zeros and sorted input", () => {
  expect(Array.from(argsort(Float64Array.of(0, NaN, -0, Infinity, -Infinity, 0)))).toEqual([4, 0, 2, 5, 3, 1]);
  const sorted = Float64Array.from({ length: 1000 }, (_, i) => i);
  expect(Array.from(argsort(sorted))).toEqual(Array.from(sorted));
  expect(Array.from(argsort(sorted.toReversed()))).toEqual(Array.from(sorted.toReversed()));
  expect(Array.from(argsort(Float64Array.of(3, 1, 2, 0), 3))).toEqual([1, 2, 0]);
});

test("bounds equal a linear search", () => {
  const sorted = [-2, 0, 0, 0, 1, 5, 5];
  for (const x of [-3, -2, -1, 0, 0.5, 1, 5, 6, -Infinity, Infinity]) {
    for (const n of [0, 3, 7]) {
      const prefix = sorted.slice(0, n);
      expect(lowerBound(sorted, x, n)).toBe(prefix.filter(v => v < x).length);
      expect(upperBound(sorted, x, n)).toBe(prefix.filter(v => v <= x).length);
    }
  }
});
