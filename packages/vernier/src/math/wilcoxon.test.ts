import { expect, test } from "vitest";
import { VernierError } from "./errors.ts";
import { wilcoxon } from "./wilcoxon.ts";

// Expected values: SciPy 1.17 scipy.stats.wilcoxon(x, y, zero_method="wilcox", correction=False).
const cases = [
  {
    name: "Hollander & Wolfe's depression scores, 9 pairs",
    x: [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3],
    y: [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29],
    statistic: 40,
    n: 9,
    method: "exact",
    twoSided: 0.0390625,
    greater: 0.01953125,
    less: 0.986328125,
  },
  {
    name: "25 pairs, the last exact size",
    x: [
      1.9243, -0.3118, -0.2282, -0.773, 1.1654, -2.0015, 2.0448, -0.4612, 0.619, 0.0506, 1.7621, -1.7601, -0.0224,
      -0.0841, 1.4338, -0.7999, 0.1276, -0.5779, 0.3422, 0.8828, -0.8006, 1.4447, 1.2016, 0.8025, 1.2009,
    ],
    y: [
      -0.6837, -0.1229, -0.9358, -0.2679, 0.5304, -0.6917, -0.3968, -0.6872, -0.8452, -0.6712, -0.0127, -1.1173, 0.2344,
      1.6598, 0.742, -0.1918, -0.8876, -0.7472, 1.6925, 0.0508, -0.637, 0.1909, 2.1003, 0.1202, 0.6172,
    ],
    statistic: 215,
    n: 25,
    method: "exact",
    twoSided: 0.16449612379074097,
    greater: 0.08224806189537048,
    less: 0.9218308925628662,
  },
  {
    name: "26 pairs, the first by the normal approximation",
    x: [
      0.1191, -0.3039, -0.9301, 0.8505, 1.0928, -0.3235, 0.8206, -0.8443, 1.1019, 0.3466, 0.1134, 0.1983, 1.1689,
      1.0504, 0.8295, 0.4377, 0.3778, 0.9184, 0.5325, 0.9826, -0.0101, -2.1348, 1.3388, 2.487, 0.7414, 0.1998,
    ],
    y: [
      -0.1364, -0.1191, 0.0174, -1.122, -0.5171, -0.997, 0.2488, -0.2966, 0.4952, -0.1747, 0.9863, 0.2135, 2.1907,
      -1.8964, -0.6469, 0.9015, 2.5283, -0.2486, 0.0437, -0.2263, 1.3315, -0.2873, 0.6801, -0.3198, -1.2726, 0.3135,
    ],
    statistic: 227,
    n: 26,
    method: "normal",
    twoSided: 0.19087472407168482,
    greater: 0.09543736203584241,
    less: 0.9045626379641576,
  },
  {
    name: "40 pairs with ties and 2 zeros",
    x: [
      6, -1, -9, -1, 0, 8, 11, 12, 5, 11, -5, 15, 8, 0, 7, 2, 14, 18, 24, -11, -12, -3, 4, 11, 6, -18, -1, 11, 5, 10, 0,
      0, 4, 7, 4, 4, -4, 6, 4, 14,
    ],
    y: [
      12, 2, -4, -6, 4, 1, -3, 0, -6, 7, -4, 12, 4, 6, -11, 2, 7, -10, -3, 0, -14, 3, 8, -9, 4, -13, 0, -16, 11, 4, 0,
      -8, 13, 20, -19, 12, 16, 3, -12, 9,
    ],
    statistic: 476.5,
    n: 38,
    method: "normal",
    twoSided: 0.12398192780221033,
    greater: 0.061990963901105166,
    less: 0.9380090360988949,
  },
  {
    name: "10 pairs with ties and 2 zeros: not exact",
    x: [3, 1, 4, 1, 5, 9, 2, 6, 5, 3],
    y: [2, 1, 3, 2, 4, 7, 3, 3, 4, 3],
    statistic: 29,
    n: 8,
    method: "normal",
    twoSided: 0.10718964926742061,
    greater: 0.053594824633710306,
    less: 0.9464051753662897,
  },
];

test.each(cases)("$name", ({ x, y, statistic, n, method, twoSided, greater, less }) => {
  expect(wilcoxon(x, y)).toMatchObject({ statistic, n, method });
  expect(wilcoxon(x, y).p).toBeCloseTo(twoSided, 13);
  expect(wilcoxon(x, y, "greater").p).toBeCloseTo(greater, 13);
  expect(wilcoxon(x, y, "less").p).toBeCloseTo(less, 13);
  expect(wilcoxon(y, x, "greater").p).toBeCloseTo(less, 13);
});

test("small samples by hand", () => {
  expect(wilcoxon([1], [0], "greater").p).toBe(0.5);
  expect(wilcoxon([1, 2, 3], [0, 0, 0], "greater")).toEqual({ statistic: 6, n: 3, p: 1 / 8, method: "exact" });
  expect(wilcoxon([1, 2, 3], [0, 0, 0], "less").p).toBe(1);
  expect(wilcoxon([1, 2, 3], [0, 0, 0]).p).toBe(1 / 4);
});

test("infinite differences rank last", () => {
  expect(wilcoxon([Infinity, 1, 2], [0, 0, 0])).toMatchObject({ statistic: 6, method: "exact" });
});

test("no pair differs: no evidence", () => {
  expect(wilcoxon([1, 2], [1, 2])).toEqual({ statistic: 0, n: 0, p: 1, method: "exact" });
});

test("bad input is refused", () => {
  expect(() => wilcoxon([], [])).toThrow(VernierError);
  expect(() => wilcoxon([1, 2], [1])).toThrow(/equal length, at least 1; got 2 and 1/);
  expect(() => wilcoxon([1, NaN], [1, 2])).toThrow(/got NaN - 2 at index 1/);
  expect(() => wilcoxon([Infinity], [Infinity])).toThrow(/got Infinity - Infinity at index 0/);
});
