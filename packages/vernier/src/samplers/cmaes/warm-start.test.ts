import { expect, test } from "vitest";
import { startFrom } from "./warm-start.ts";

test("the best two of twenty points give the reference's numbers", () => {
  const points = Array.from({ length: 20 }, (_, i) => Float64Array.of(i / 20, ((7 * i) % 20) / 20));
  const { mean, sigma, covariance } = startFrom(points.slice(0, 2));
  const got = [...mean, sigma, ...covariance];
  const wanted = [0.025, 0.175, 0.142513494139, 0.523138836662, 0.215410109214, 0.215410109214, 2.000236728414];
  for (const [i, value] of wanted.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(1e-11);
});
