import { describe, expect, test } from "vitest";
import { stream } from "../../math/rng.ts";
import { blend, simulatedBinary } from "./crossover.ts";

const many = (draw: (rng: ReturnType<typeof stream>) => number): number[] => {
  const rng = stream(1, "crossover");
  return Array.from({ length: 20_000 }, () => draw(rng));
};
const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;

describe("blend", () => {
  test("is uniform between the parents and alpha of their distance beyond", () => {
    const xs = many(rng => blend(0.6, 0.4, 0.5, rng));
    expect(Math.min(...xs)).toBeGreaterThan(0.3);
    expect(Math.max(...xs)).toBeLessThan(0.7);
    expect(mean(xs)).toBeCloseTo(0.5, 2);
    expect(mean(xs.map(x => (x - 0.5) ** 2))).toBeCloseTo(0.4 ** 2 / 12, 3);
  });
  test("is cut at the range; equal parents have an equal child", () => {
    const xs = many(rng => blend(0, 0.9, 0.5, rng));
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...xs)).toBeLessThanOrEqual(1);
    expect(blend(0.25, 0.25, 0.5, stream(1))).toBe(0.25);
  });
});

describe("simulatedBinary", () => {
  test("far from the bounds the two children lie evenly about the parents' middle, and near the parents", () => {
    const xs = many(rng => simulatedBinary(0.55, 0.45, 20, rng));
    expect(mean(xs)).toBeCloseTo(0.5, 3);
    // Deb & Agrawal 1995: half of the children lie outside the parents.
    expect(xs.filter(x => x < 0.45 || x > 0.55).length / xs.length).toBeCloseTo(0.5, 1);
    expect(xs.filter(x => Math.abs(Math.abs(x - 0.5) - 0.05) < 0.01).length / xs.length).toBeGreaterThan(0.9);
  });
  test("the spread factor has density 0.5 (eta + 1) b^eta below 1: its median distance", () => {
    // Without bounds in reach, b of a child = |child - middle| / half gap; P(b <= t) = t^(eta + 1) / 2 for t <= 1.
    const b = many(rng => Math.abs(simulatedBinary(0.501, 0.499, 2, rng) - 0.5) / 0.001);
    for (const t of [0.5, 0.8, 0.95]) expect(b.filter(x => x <= t).length / b.length).toBeCloseTo(t ** 3 / 2, 1.7);
  });
  test("reaches either bound without piling up there", () => {
    const xs = many(rng => simulatedBinary(0.2, 0.4, 2, rng));
    expect(Math.min(...xs)).toBeGreaterThan(0);
    expect(Math.min(...xs)).toBeLessThan(0.01);
    expect(Math.max(...xs)).toBeLessThan(1);
    expect(Math.max(...xs)).toBeGreaterThan(0.95);
  });
  test("never leaves the range, however near the bounds", () => {
    for (const [a, c] of [
      [0, 1],
      [0, 1e-9],
      [1, 0.999],
      [0, 0],
    ] as const) {
      for (const eta of [0, 2, 20]) {
        for (const x of many(rng => simulatedBinary(a, c, eta, rng)).slice(0, 2000)) {
          expect(x >= 0 && x <= 1).toBe(true);
        }
      }
    }
  });
});
