import { expect, test } from "vitest";
import { stream } from "../../math/rng.ts";
import { fitPower, yeoJohnson } from "./power.ts";

test("increasing for every power, the identity for 1, continuous in the power where its formula changes", () => {
  for (const power of [-2, -0.5, 0, 0.3, 1, 1.7, 2, 4]) {
    const values = [-50, -3, -1, -1e-9, 0, 1e-9, 0.5, 1, 20].map(v => yeoJohnson(v, power));
    for (const [i, v] of values.slice(1).entries()) expect(v).toBeGreaterThan(values[i]!);
  }
  for (const v of [-7, -0.2, 0, 0.4, 9]) {
    expect(yeoJohnson(v, 1)).toBeCloseTo(v, 12);
    for (const power of [0, 2]) expect(yeoJohnson(v, power + 1e-8)).toBeCloseTo(yeoJohnson(v, power), 5);
  }
  // ((1 + v)^p - 1) / p, and -((1 - v)^(2 - p) - 1) / (2 - p) below 0.
  expect(yeoJohnson(3, 0.5)).toBeCloseTo(2, 12);
  expect(yeoJohnson(-3, 1.5)).toBeCloseTo(-2, 12);
});

test("finds the power that undoes a skew", () => {
  const rng = stream(1, "power");
  const skewed = Float64Array.from({ length: 4000 }, () => {
    const t = rng.normal();
    return t >= 0 ? Math.expm1(t) : 1 - Math.sqrt(1 - 2 * t); // what power 0 makes t of
  });
  expect(Math.abs(fitPower(skewed, -2, 4))).toBeLessThan(0.15);
  const normal = Float64Array.from({ length: 4000 }, () => rng.normal());
  expect(Math.abs(fitPower(normal, -2, 4) - 1)).toBeLessThan(0.1);
  expect(Number.isFinite(fitPower(new Float64Array(5), -2, 4))).toBe(true);
});
