import { describe, expect, test } from "vitest";
import { exp, log } from "./elementary.ts";
import { stream } from "./rng.ts";

/** e^x rounded from 80 digits. The ends of the reduction's steps, of the subnormal numbers and of the range are among them. */
const EXP: readonly (readonly [x: number, y: number])[] = [
  [-745.0, 5e-324],
  [-708.5, 2.006132305331306e-308],
  [-700.25, 7.678723813110872e-305],
  [-40.0, 4.248354255291589e-18],
  [-20.5, 1.2501528663867426e-9],
  [-9.21034037197618, 0.00010000000000000026],
  [-3.0, 0.049787068367863944],
  [-1.5, 0.22313016014842982],
  [-1.0397207708399179, 0.3535533905932738],
  [-0.7, 0.4965853037914095],
  [-0.34657359027997264, 0.7071067811865476],
  [-0.3, 0.7408182206817179],
  [-0.001, 0.999000499833375],
  [-1e-9, 0.999999999],
  [1e-300, 1.0],
  [1e-9, 1.000000001],
  [0.125, 1.1331484530668263],
  [0.3465735902799727, 1.4142135623730951],
  [0.5, 1.6487212707001282],
  [0.6931471805599453, 2.0],
  [1.0, 2.718281828459045],
  [1.0397207708399179, 2.82842712474619],
  [2.0, 7.38905609893065],
  [2.5, 12.182493960703473],
  [7.3, 1480.299927584545],
  [11.512925464970229, 100000.00000000001],
  [33.0, 214643579785916.06],
  [100.5, 4.4319559098458955e43],
  [350.75, 2.132011424568918e152],
  [700.125, 1.1492754838737592e304],
  [709.78, 1.7928227943945155e308],
];
/** ln x rounded from 80 digits: around sqrt(1/2), 1.38, sqrt(2) and 1.42 the formula changes. */
const LOG: readonly (readonly [x: number, y: number])[] = [
  [5e-324, -744.4400719213812],
  [1e-310, -713.8013788281542],
  [2.2250738585072014e-308, -708.3964185322641],
  [1e-300, -690.7755278982137],
  [1e-12, -27.631021115928547],
  [1e-5, -11.512925464970229],
  [0.003, -5.809142990314028],
  [0.1, -2.3025850929940455],
  [0.25, -1.3862943611198906],
  [0.5, -0.6931471805599453],
  [0.6666666666666666, -0.40546510810816444],
  [0.7071067811865475, -0.34657359027997275],
  [0.7071067811865476, -0.3465735902799726],
  [0.75, -0.2876820724517809],
  [0.9, -0.10536051565782628],
  [0.99, -0.01005033585350145],
  [0.9999999, -1.0000000494736474e-7],
  [0.9999999999999999, -1.1102230246251565e-16],
  [1.0000000000000002, 2.2204460492503128e-16],
  [1.0000001, 9.999999505838704e-8],
  [1.1, 0.09531017980432493],
  [1.25, 0.22314355131420976],
  [1.38, 0.3220834991691132],
  [1.4, 0.3364722366212129],
  [1.4142135623730951, 0.3465735902799727],
  [1.42, 0.35065687161316933],
  [1.5, 0.4054651081081644],
  [2.0, 0.6931471805599453],
  [2.718281828459045, 1.0],
  [3.0, 1.0986122886681098],
  [10.0, 2.302585092994046],
  [12345.678, 9.421061321291832],
  [10000000000.0, 23.025850929940457],
  [1e100, 230.25850929940458],
  [1.7976931348623157e308, 709.782712893384],
];

const view = new DataView(new ArrayBuffer(8));
/** The place of a double among all doubles. */
const place = (x: number): bigint => {
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
};
const ulps = (a: number, b: number): number => Math.abs(Number(place(a) - place(b)));

describe("exp", () => {
  test("within 1 ulp of the value, and mostly it", () => {
    for (const [x, y] of EXP) expect(ulps(exp(x), y), `exp(${x}) = ${exp(x)}, not ${y}`).toBeLessThanOrEqual(1);
    expect(EXP.filter(([x, y]) => exp(x) === y).length).toBeGreaterThan(0.8 * EXP.length);
  });

  test("0, 1, the infinities, NaN and beyond the range", () => {
    expect([0, -0, 1, Infinity, -Infinity, NaN, 709.79, -745.2].map(exp)).toEqual([
      1,
      1,
      Math.E,
      Infinity,
      0,
      NaN,
      Infinity,
      0,
    ]);
    expect(exp(-745.13)).toBe(5e-324);
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
  });

  test("grows from each number to a larger one, in steps small and large", () => {
    const rng = stream(3, "exp");
    for (let i = 0; i < 20_000; i++) {
      const x = (rng.next() - 0.5) * 1400;
      const next = x + Math.abs(x) * Number.EPSILON * (1 + rng.int(8));
      expect(exp(next)).toBeGreaterThanOrEqual(exp(x));
    }
    for (let k = -1074; k <= 1023; k++) expect(exp((k + 1) * Math.LN2)).toBeGreaterThan(exp(k * Math.LN2));
  });
});

describe("log", () => {
  test("within 1 ulp of the value, and mostly it", () => {
    for (const [x, y] of LOG) expect(ulps(log(x), y), `log(${x}) = ${log(x)}, not ${y}`).toBeLessThanOrEqual(1);
    expect(LOG.filter(([x, y]) => log(x) === y).length).toBeGreaterThan(0.8 * LOG.length);
  });

  test("1, 0, the infinities, NaN, numbers below 0; powers of two to the last bit", () => {
    expect([1, 0, -0, Infinity, -1, -Infinity, NaN].map(log)).toEqual([
      0,
      -Infinity,
      -Infinity,
      Infinity,
      NaN,
      NaN,
      NaN,
    ]);
    expect(Object.is(log(1), 0)).toBe(true);
    // k * ln 2 in one rounding, as far as the product of doubles is: within half an ulp of each other.
    for (let k = -1074; k <= 1023; k++) expect(ulps(log(2 ** k), k * Math.LN2)).toBeLessThanOrEqual(1);
  });

  test("grows from each number to a larger one", () => {
    const rng = stream(4, "log");
    for (let i = 0; i < 20_000; i++) {
      const x = exp((rng.next() - 0.5) * (i % 2 === 0 ? 1400 : 2));
      expect(log(x * (1 + Number.EPSILON * (1 + rng.int(8))))).toBeGreaterThanOrEqual(log(x));
    }
  });
});

test("each undoes the other: within what a last bit of the argument is worth", () => {
  const rng = stream(5, "both");
  for (let i = 0; i < 20_000; i++) {
    const x = (rng.next() - 0.5) * 1400;
    expect(Math.abs(log(exp(x)) - x)).toBeLessThanOrEqual(Math.abs(x) * Number.EPSILON + 2 ** -52);
  }
});
