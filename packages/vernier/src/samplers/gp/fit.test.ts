import { describe, expect, test } from "vitest";
import { stream } from "../../math/rng.ts";
import { fitMap, type FitData, Likelihood, logPrior, lossOf } from "./fit.ts";
import { matern52, matern52Slope, unitHyperparameters } from "./kernel.ts";
import { logH } from "./log-ei.ts";
import { Posterior } from "./posterior.ts";

/** Five points in two dimensions; values standardised by their population deviation. */
const DATA: FitData = {
  x: Float64Array.of(0.1, 0.2, 0.4, 0.9, 0.7, 0.3, 0.95, 0.6, 0.5, 0.5),
  y: standardised([-1.2, 0.3, 0.8, -0.4, 0.5]),
  n: 5,
  count: 2,
  numbers: 2,
};
const HYPER = { weights: Float64Array.of(4, 1), scale: 1.5, noise: 0.01 };

function standardised(values: readonly number[]): Float64Array {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  return Float64Array.from(values, v => (v - mean) / sd);
}

/** Within 1e-7 of the expected value, relative. */
function near(actual: number, expected: number): void {
  expect(Math.abs(actual / expected - 1), `${actual} against ${expected}`).toBeLessThan(1e-7);
}

function posteriorOf(data: FitData, hyper = HYPER): Posterior {
  const posterior = new Posterior(hyper, data.count, data.numbers);
  for (let i = 0; i < data.n; i++) posterior.append(data.x, i * data.count);
  return posterior;
}

/** Mean and variance at a point. */
function at(posterior: Posterior, u: Float64Array, x: readonly number[]): { mean: number; variance: number } {
  const { solved, variance } = posterior.solve(Float64Array.from(x), 0);
  return { mean: solved.reduce((sum, v, i) => sum + v * u[i]!, 0), variance };
}

/** Points of three numbers and two codes. */
function mixed(n: number, seed: number): FitData {
  const rng = stream(seed, "mixed");
  const x = Float64Array.from({ length: 5 * n }, (_, i) => (i % 5 < 3 ? rng.next() : rng.int(3)));
  return { x, y: standardised(Array.from({ length: n }, () => rng.normal())), n, count: 5, numbers: 3 };
}

describe("the reference values", () => {
  test("standardised values, log marginal likelihood, log prior", () => {
    for (const [i, v] of [-1.67053814, 0.41763453, 1.11369209, -0.55684605, 0.69605756].entries()) {
      expect(DATA.y[i]).toBeCloseTo(v, 7);
    }
    near(new Likelihood(DATA).at(HYPER), -3.9014877602);
    near(logPrior(HYPER), -2.4800519105);
  });

  test("posterior and log expected improvement at two points", () => {
    const posterior = posteriorOf(DATA);
    const u = posterior.whiten(DATA.y);
    const best = DATA.y.reduce((a, b) => Math.max(a, b));
    for (const [x, mean, variance, logEi] of [
      [[0.6, 0.4], 1.00695993, 0.01443415, -4.39611748],
      [[0, 1], -0.74455552, 0.61784142, -6.04007765],
    ] as const) {
      const found = at(posterior, u, x);
      expect(found.mean).toBeCloseTo(mean, 7);
      expect(found.variance).toBeCloseTo(variance, 7);
      const deviation = Math.sqrt(found.variance);
      logH.at((found.mean - best) / deviation);
      near(Math.log(deviation) + logH.value, logEi);
    }
  });

  test("log h", () => {
    for (const [z, value] of [
      [3, 1.098739665],
      [0, -0.9189385332],
      [-1, -2.485121026],
      [-10, -55.55312204],
      [-26, -345.4395467],
      [-100, -5010.129579],
    ] as const) {
      logH.at(z);
      near(logH.value, value);
    }
  });

  test("hyperparameters", () => {
    const found = fitMap(DATA, false, [unitHyperparameters(2, false)]);
    for (const [i, v] of [9.025, 0.606, 1.504].entries()) {
      expect(Math.abs([...found.weights, found.scale][i]! / v - 1)).toBeLessThan(1e-2);
    }
    expect(Math.abs(found.noise - 0.0034)).toBeLessThan(5e-5); // two digits are given
  });
});

test("the kernel's slope is its derivative, at 0 too", () => {
  expect(matern52(0)).toBe(1);
  expect(matern52Slope(0)).toBeCloseTo(-5 / 6, 14);
  for (const q of [0.01, 0.3, 2, 20]) {
    expect(matern52Slope(q)).toBeCloseTo((matern52(q + 1e-5) - matern52(q - 1e-5)) / 2e-5, 8);
  }
});

test("the slope of log h is its derivative, and continuous where the formula changes", () => {
  for (const z of [5, 1, -0.5, -1.5, -12, -400, -2e4]) {
    const h = 1e-5 * Math.max(1, Math.abs(z));
    logH.at(z + h);
    const above = logH.value;
    logH.at(z - h);
    const below = logH.value;
    logH.at(z);
    expect(Math.abs(logH.slope / ((above - below) / (2 * h)) - 1), `${z}`).toBeLessThan(1e-6);
  }
  for (const z of [-1, -1e4]) {
    logH.at(z - 1e-9);
    const { value, slope } = logH;
    logH.at(z + 1e-9);
    expect(Math.abs(logH.value / value - 1)).toBeLessThan(1e-8);
    expect(Math.abs(logH.slope / slope - 1)).toBeLessThan(1e-7);
  }
  logH.at(-1e150);
  expect(Number.isFinite(logH.value)).toBe(true);
});

test.each([false, true])("the gradient of the loss, fixed noise: %s", deterministic => {
  for (let seed = 0; seed < 5; seed++) {
    const data = mixed(12, seed);
    const loss = lossOf(data, deterministic);
    const rng = stream(seed, "theta");
    const theta = Float64Array.from({ length: deterministic ? 6 : 7 }, () => 0.7 * rng.normal() - 0.5);
    const gradient = new Float64Array(theta.length);
    const ignored = new Float64Array(theta.length);
    loss(theta, gradient);
    for (let i = 0; i < theta.length; i++) {
      const shifted = (by: number): number =>
        loss(
          theta.map((v, j) => (j === i ? v + by : v)),
          ignored,
        );
      const numeric = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
      expect(Math.abs(gradient[i]! - numeric), `${i}`).toBeLessThan(1e-5 * Math.max(1, Math.abs(numeric)));
    }
  }
});

describe("the posterior", () => {
  test("interpolates under little noise, and is as the direct formula says", () => {
    const data = mixed(20, 7);
    const hyper = { weights: Float64Array.of(3, 1, 5, 0.3, 0.7), scale: 1.2, noise: 1e-6 };
    const posterior = posteriorOf(data, hyper);
    const u = posterior.whiten(data.y);
    for (let i = 0; i < data.n; i++) {
      const { mean, variance } = at(posterior, u, [...data.x.subarray(5 * i, 5 * i + 5)]);
      expect(mean).toBeCloseTo(data.y[i]!, 3);
      expect(variance).toBeLessThan(1e-5);
    }
  });

  test("four at a time is as one at a time; taking points away leaves what was", () => {
    const data = mixed(11, 8);
    const hyper = { weights: Float64Array.of(3, 1, 5, 0.3, 0.7), scale: 1.2, noise: 0.02 };
    const posterior = posteriorOf(data, hyper);
    const points = mixed(7, 9).x;
    const before = posterior.solve(points, 5).variance;
    posterior.append(points, 0);
    posterior.append(points, 10);
    expect(posterior.solve(points, 0).variance).toBeLessThan(0.03);
    posterior.truncate(11);
    expect(posterior.solve(points, 5).variance).toBe(before);
    const out = new Float64Array(4 * 11);
    const variances = new Float64Array(4);
    for (const [from, count] of [
      [0, 4],
      [4, 3],
    ] as const) {
      posterior.solveFour(points, 5 * from, count, out, variances);
      for (let c = 0; c < count; c++) {
        const { solved, variance } = posterior.solve(points, 5 * (from + c));
        expect(variances[c]).toBeCloseTo(variance, 12);
        for (let i = 0; i < 11; i++) expect(out[4 * i + c]).toBeCloseTo(solved[i]!, 12);
      }
    }
  });

  test("its gradient is its derivative", () => {
    const data = mixed(15, 10);
    const posterior = posteriorOf(data, { weights: Float64Array.of(3, 1, 5, 0.3, 0.7), scale: 1.2, noise: 0.02 });
    const u = posterior.whiten(data.y);
    const x = Float64Array.of(0.3, 0.8, 0.5, 1, 2);
    const gradient = new Float64Array(3);
    const { solved } = posterior.solve(x, 0);
    const direction = solved.map((v, i) => u[i]! - 2 * v);
    posterior.addGradient(direction, gradient);
    for (let d = 0; d < 3; d++) {
      const shifted = (by: number) => at(posterior, u, [...x.map((v, j) => (j === d ? v + by : v))]);
      const [up, down] = [shifted(1e-5), shifted(-1e-5)];
      // The direction of the mean is u, that of the variance -2 W k.
      expect(gradient[d]).toBeCloseTo((up.mean + up.variance - down.mean - down.variance) / 2e-5, 6);
    }
  });

  test("repeated points under almost no noise stay finite", () => {
    const posterior = new Posterior({ weights: Float64Array.of(1), scale: 1e6, noise: 1e-6 }, 1, 1);
    for (let i = 0; i < 40; i++) posterior.append(Float64Array.of(0.5 + 1e-9 * (i % 3)), 0);
    const u = posterior.whiten(Float64Array.from({ length: 40 }, (_, i) => i % 2));
    const { mean, variance } = at(posterior, u, [0.5]);
    expect(Number.isFinite(mean) && variance > 0).toBe(true);
  });
});
