import { expect, test } from "vitest";
import { VernierError } from "./errors.ts";
import { pairedTTest, studentCdf } from "./ttest.ts";

// mpmath at 60 digits.
test.each([
  [0, 3, 0.5],
  [1, 1, 0.75],
  [-1, 1, 0.25],
  [2.5, 4, 0.966616727594006],
  [-2.5, 4, 0.03338327240599407],
  [-10, 9, 1.7891187159623679e-6],
  [-40, 3, 1.7190340394579263e-5],
  [1.96, 1000, 0.9748634075221256],
  [-5, 1e6, 2.866998935445371e-7],
  [-30, 50, 6.190011397993633e-34],
  [0.1, 0.5, 0.5268341894356968],
  [-0.001, 7, 0.4996150086224994],
  [-1e-9, 5, 0.4999999996203933],
  [-3, 2.5, 0.03628804777451592],
  [-1e6, 2, 4.9999999999925e-13],
])("studentCdf(%d, %d) is %d", (t, df, expected) => {
  expect(Math.abs(studentCdf(t, df) / expected - 1)).toBeLessThan(df > 1000 ? 1e-11 : 1e-12);
});

test("studentCdf at the ends", () => {
  expect([studentCdf(-Infinity, 3), studentCdf(Infinity, 3), studentCdf(NaN, 3)]).toEqual([0, 1, NaN]);
  expect(() => studentCdf(1, 0)).toThrow(/finite df > 0; got 0/);
});

// SciPy 1.17 scipy.stats.ttest_rel.
test("paired t test of the depression scores", () => {
  const x = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const y = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  const result = pairedTTest(x, y);
  expect(result.df).toBe(8);
  expect(result.t).toBeCloseTo(3.0353754156485917, 12);
  expect(result.p).toBeCloseTo(0.016176627434908088, 13);
  expect(pairedTTest(x, y, "greater").p).toBeCloseTo(0.008088313717454044, 13);
  expect(pairedTTest(x, y, "less").p).toBeCloseTo(0.991911686282546, 13);
  expect(result.meanDifference / result.standardError).toBeCloseTo(result.t, 12);
});

test("paired t test of small integers", () => {
  const x = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
  const y = [2, 1, 3, 2, 4, 7, 3, 3, 4, 3];
  expect(pairedTTest(x, y).t).toBeCloseTo(1.7685190342396895, 13);
  expect(pairedTTest(x, y).p).toBeCloseTo(0.11076492156976735, 13);
});

test("differences without spread", () => {
  expect(pairedTTest([1, 2], [1, 2])).toMatchObject({ t: 0, p: 1 });
  expect(pairedTTest([2, 3], [1, 2])).toMatchObject({ t: Infinity, p: 0 });
  expect(pairedTTest([2, 3], [1, 2], "less").p).toBe(1);
  expect(pairedTTest([1, 3], [3, 1], "less")).toMatchObject({ t: 0, p: 0.5 });
});

test("bad input is refused", () => {
  expect(() => pairedTTest([1], [2])).toThrow(VernierError);
  expect(() => pairedTTest([1, 2, 3], [2, 1])).toThrow(/equal length, at least 2; got 3 and 2/);
  expect(() => pairedTTest([1, Infinity], [2, 1])).toThrow(/finite differences; their mean is Infinity/);
});
