import { describe, expect, test } from "vitest";
import { drawCategorical, drawDirichlet, drawGamma, drawLogGamma } from "./distributions.ts";
import { VernierError } from "./errors.ts";
import { lgamma } from "./gamma.ts";
import { stream } from "./rng.ts";

describe("gamma", () => {
  test.each([0.1, 0.5, 1, 2.5, 30, 1e4])("shape %d has its mean and variance", shape => {
    const n = 20000;
    const rng = stream("gamma", shape);
    const x = Array.from({ length: n }, () => drawGamma(rng, shape));
    const mean = x.reduce((a, b) => a + b) / n;
    const central = (k: number) => x.reduce((sum, value) => sum + (value - shape) ** k, 0) / n;
    // Var of (X - shape)^2 is 2 shape² + 6 shape
    expect(Math.abs(mean - shape)).toBeLessThan(4 * Math.sqrt(shape / n));
    expect(Math.abs(central(2) - shape)).toBeLessThan(4 * Math.sqrt((2 * shape * shape + 6 * shape) / n));
  });

  test("shape 1 is exponential (Kolmogorov-Smirnov)", () => {
    const n = 3000;
    const rng = stream("exponential");
    const u = Array.from({ length: n }, () => -Math.expm1(-drawGamma(rng, 1))).sort((a, b) => a - b);
    const distance = Math.max(...u.map((x, i) => Math.max(Math.abs(x - i / n), Math.abs(x - (i + 1) / n))));
    expect(distance * Math.sqrt(n)).toBeLessThan(1.95);
  });

  test("the log of a tiny shape has its mean, digamma(shape), far below the range of doubles", () => {
    const shape = 1e-4;
    const n = 4000;
    const rng = stream("tiny");
    let sum = 0;
    for (let i = 0; i < n; i++) sum += drawLogGamma(rng, shape);
    const h = 1e-3 * shape;
    const digamma = (lgamma(shape + h) - lgamma(shape - h)) / (2 * h);
    expect(Math.abs(sum / n - digamma)).toBeLessThan(4 / shape / Math.sqrt(n)); // Var log X ~ 1/shape²
  });

  test.each([0, -1, NaN, Infinity])("shape %d is refused", shape => {
    expect(() => drawGamma(stream(1), shape)).toThrow(/finite shape > 0; got/);
  });
});

describe("Dirichlet", () => {
  test("shares are non-negative, sum to 1, and have their means and variances", () => {
    const alpha = [0.5, 1, 3];
    const total = 4.5;
    const n = 10000;
    const rng = stream("dirichlet");
    const out = new Float64Array(3);
    const sums = [0, 0, 0];
    const squares = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      drawDirichlet(rng, alpha, out);
      expect(Math.abs(out[0]! + out[1]! + out[2]! - 1)).toBeLessThan(1e-15);
      for (let k = 0; k < 3; k++) {
        sums[k]! += out[k]!;
        squares[k]! += out[k]! ** 2;
      }
    }
    for (let k = 0; k < 3; k++) {
      const mean = alpha[k]! / total;
      const variance = (mean * (1 - mean)) / (total + 1);
      expect(Math.abs(sums[k]! / n - mean)).toBeLessThan(4 * Math.sqrt(variance / n));
      expect(Math.abs(squares[k]! / n - mean ** 2 - variance)).toBeLessThan(4 * Math.sqrt(variance / n));
    }
  });

  test("tiny concentrations give a corner, not NaN", () => {
    const rng = stream("corner");
    for (let i = 0; i < 50; i++) {
      const shares = drawDirichlet(rng, [1e-6, 1e-6, 1e-6]);
      expect(Math.max(...shares)).toBe(1);
    }
  });

  test("bad input is refused", () => {
    expect(() => drawDirichlet(stream(1), [])).toThrow(VernierError);
    expect(() => drawDirichlet(stream(1), [1, 1], new Float64Array(1))).toThrow(
      /room for as many shares; got 2 and room for 1/,
    );
    expect(() => drawDirichlet(stream(1), [1, 0])).toThrow(/shape > 0; got 0/);
  });
});

describe("categorical", () => {
  test("follows the weights and skips zeros, also at the end", () => {
    const weights = [0, 1, 0, 3, 6, 0];
    const n = 20000;
    const rng = stream("categorical");
    const counts = weights.map(() => 0);
    for (let i = 0; i < n; i++) counts[drawCategorical(rng, weights)]! += 1;
    weights.forEach((weight, k) => {
      const p = weight / 10;
      expect(Math.abs(counts[k]! - n * p)).toBeLessThanOrEqual(4 * Math.sqrt(n * p * (1 - p)));
    });
    expect(drawCategorical(rng, [5])).toBe(0);
    expect(drawCategorical(rng, [0, 1, 9], 2)).toBe(1);
  });

  test.each([[[]], [[0, 0]], [[1, -1]], [[1, NaN]], [[Infinity]], [[1e308, 1e308]]])(
    "weights %j are refused",
    weights => {
      expect(() => drawCategorical(stream(1), weights)).toThrow(/weights/);
    },
  );
});
