import { expect, test } from "vitest";
import { VernierError } from "./errors.ts";
import { logDiffCdf, normalCdf } from "./normal.ts";
import { stream } from "./rng.ts";
import { drawTruncatedNormal, truncatedNormalLogPdf, truncatedNormalQuantile } from "./truncated.ts";

// Computed with mpmath at 150 digits; ±1e308 stands for the infinities.
/** Rows run on: u, mu, sigma, low, high, quantile. */
const quantileTable = [
  0.3, 0.5, 0.2, 0, 1, 0.3965460112291573, 0.9, 0, 1, -1, 2, 1.2557153641502152, 1e-9, 0, 1, -1e308, 1e308,
  -5.9978070150076865, 0.25, 0, 1, 3, 1e308, 3.086563482835176, 0.5, 0, 1, 30, 1e308, 30.02307046782731, 0.999, 0, 1,
  30, 1e308, 30.229130430951397, 0.5, 0, 1, -1e308, -37, -37.018715326832194, 0.01, 0, 1, -40, -35, -35.13122354871786,
  0.7, 0, 1, 8, 8.001, 8.00069915904559, 0.7, 0, 1, 8, 8.25, 8.11541341348754, 0.4, 0.5, 1000000, 0, 1,
  0.400000000000004, 0.4, 0.5, 1000, 0, 1, 0.4000000039999999, 0.5, -5, 0.125, 0, 1, 0.002164265845581388, 1e-12, 1,
  0.5, 0, 1, 4.4197196204204566e-12, 0.123, 0, 0.01, 0, 1, 0.0015477335206365713, 0.77, 1, 0.01, 0, 1,
  0.997076251037732, 0.5, 2, 0.25, 0, 1, 0.959723930351651, 0.6, 0, 1, -0.01, 0.01, 0.0019999680004351957, 0.35, 0, 1,
  -3, 0, -0.9311908165436098, 0.9999999, 0, 1, -2, 7.5, 5.203613738276989, 0.2, 100, 10, 0, 50, 46.98190774884912, 0.2,
  0, 1, 200, 1e308, 200.001115686754, 0.5, 0.001, 0.0001, 0, 1, 0.001, 0.25, 0, 1, 20, 20.0000001, 20.00000002499998,
];
/** Rows run on: x, mu, sigma, low, high, log density. */
const logPdfTable = [
  0.3965460112291573, 0.5, 0.2, 0, 1, 0.5692123768858618, 1.2557153641502152, 0, 1, -1, 2, -1.507182776761664,
  -5.9978070150076865, 0, 1, -1e308, 1e308, -18.90578302784238, 3.086563482835176, 0, 1, 3, 1e308, 0.9253506215198716,
  30.02307046782731, 0, 1, 30, 1e308, 2.709925265076341, 30.229130430951397, 0, 1, 30, 1e308, -3.4978578825973674,
  -37.018715326832194, 0, 1, -1e308, -37, 2.919004819165541, -35.13122354871786, 0, 1, -40, -35, -1.0452712862764038,
  8.00069915904559, 0, 1, 8, 8.001, 6.906159261874451, 8.11541341348754, 0, 1, 8, 8.25, 1.3007027847589077,
  0.400000000000004, 0.5, 1000000, 0, 1, 3.6666666666666374e-14, 0.4000000039999999, 0.5, 1000, 0, 1,
  3.666666637222221e-8, 0.002164265845581388, -5, 0.125, 0, 1, 5.0762300621500955, 4.4197196204204566e-12, 1, 0.5, 0, 1,
  -1.486076259774713, 0.0015477335206365713, 0, 0.01, 0, 1, 4.367401438088853, 0.997076251037732, 1, 0.01, 0, 1,
  4.336637293371548, 0.959723930351651, 2, 0.25, 0, 1, 2.1700629057980185, 0.0019999680004351957, 0, 1, -0.01, 0.01,
  3.9120376720477004, -0.9311908165436098, 0, 1, -3, 0, -0.6566460739668288, 5.203613738276989, 0, 1, -2, 7.5,
  -14.434723592468185, 46.98190774884912, 100, 10, 0, 50, -2.211115761967719, 200.001115686754, 0, 1, 200, 1e308,
  5.0752043918090655, 0.001, 0.001, 0.0001, 0, 1, 8.29140183877151, 20.00000002499998, 0, 1, 20, 20.0000001,
  16.118096139272453,
];

type Row = [number, number, number, number, number, number];
const rows = (table: number[]): Row[] =>
  Array.from({ length: table.length / 6 }, (_, i) => table.slice(6 * i, 6 * i + 6) as Row);

test.each(rows(quantileTable))(
  "quantile(%d; %d, %d, %d, %d) is %d to rounding",
  (u, mu, sigma, low, high, expected) => {
    const got = truncatedNormalQuantile(u, mu, sigma, low, high);
    expect(Math.abs(got - expected)).toBeLessThan(4e-16 * (Math.abs(expected) + Math.abs(mu)));
  },
);

test.each(rows(logPdfTable))("logPdf(%d; %d, %d, %d, %d) is %d to rounding", (x, mu, sigma, low, high, expected) => {
  const z = (x - mu) / sigma;
  const got = truncatedNormalLogPdf(x, mu, sigma, low, high);
  expect(Math.abs(got - expected)).toBeLessThan(2e-16 * (10 + z * z));
});

test("quantile increases, stays inside and reaches both ends", () => {
  for (const [mu, sigma, low, high] of [
    [0.5, 0.1, 0, 1],
    [-3, 0.2, 0, 1],
    [9, 0.5, 0, 1],
    [0.4, 1e7, 0, 1],
    [0, 1, 7, 7.01],
    [0, 1, -9, -2],
    [0.001, 1, 0, 3],
  ] as const) {
    let previous: number = low;
    for (let u = 0; u <= 1; u += 1 / 512) {
      const x = truncatedNormalQuantile(u, mu, sigma, low, high);
      expect(x).toBeGreaterThanOrEqual(previous);
      expect(x).toBeLessThanOrEqual(high);
      previous = x;
    }
    expect(truncatedNormalQuantile(0, mu, sigma, low, high)).toBe(low);
    expect(previous).toBe(high);
  }
});

test.each([
  [0, 1, -1, 2],
  [0, 1, 4, 6],
  [0, 1, -31, -30],
  [0.2, 5, 0, 1],
  [0, 1, -Infinity, -12],
])("draws for mu=%d sigma=%d in [%d, %d] follow the law (Kolmogorov-Smirnov)", (mu, sigma, low, high) => {
  const n = 2000;
  const rng = stream("truncated", mu, sigma, low === -Infinity ? "none" : low);
  const a = (low - mu) / sigma;
  const mass = logDiffCdf(a, (high - mu) / sigma);
  const u = Array.from({ length: n }, () =>
    Math.exp(logDiffCdf(a, (drawTruncatedNormal(rng, mu, sigma, low, high) - mu) / sigma) - mass),
  ).sort((x, y) => x - y);
  const distance = Math.max(...u.map((x, i) => Math.max(Math.abs(x - i / n), Math.abs(x - (i + 1) / n))));
  expect(distance * Math.sqrt(n)).toBeLessThan(1.95); // p = 0.001
});

test("without bounds it is the normal distribution", () => {
  expect(normalCdf(truncatedNormalQuantile(0.3, 0, 1, -Infinity, Infinity))).toBeCloseTo(0.3, 15);
  expect(truncatedNormalLogPdf(3, 0, 1, -1, 2)).toBe(-Infinity);
});

test("a draw uses one uniform", () => {
  const rng = stream("one");
  drawTruncatedNormal(rng, 0, 1, 5, 6);
  const other = stream("one");
  other.next();
  expect(rng.next()).toBe(other.next());
});

test.each([
  [0, 0, 0, 1],
  [0, -1, 0, 1],
  [0, 1, 1, 1],
  [0, 1, 2, 1],
  [NaN, 1, 0, 1],
  [0, NaN, 0, 1],
  [0, 1, NaN, 1],
])("mu=%d sigma=%d low=%d high=%d is refused", (mu, sigma, low, high) => {
  expect(() => truncatedNormalLogPdf(0.5, mu, sigma, low, high)).toThrow(VernierError);
  expect(() => truncatedNormalQuantile(0.5, mu, sigma, low, high)).toThrow(/finite sigma > 0 and low < high; got/);
  expect(() => truncatedNormalQuantile(1.5, 0, 1, 0, 1)).toThrow(/share u is from 0 to 1; got 1.5/);
});
