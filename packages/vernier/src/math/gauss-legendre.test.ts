import { expect, test } from "vitest";
import { gaussLegendre } from "./gauss-legendre.ts";

test("the table's nodes and weights for n = 3 and 4, moved to [0,1]", () => {
  const three = gaussLegendre(3);
  expect([...three.nodes].map(x => 2 * x - 1)).toEqual([-0.774596669241483, 0, 0.774596669241483].map(near));
  expect([...three.weights].map(w => 2 * w)).toEqual(
    [0.555555555555556, 0.888888888888889, 0.555555555555556].map(near),
  );
  expect(2 * gaussLegendre(4).weights[0]!).toBeCloseTo(0.347854845137454, 14);
  function near(value: number): unknown {
    return expect.closeTo(value, 14);
  }
});

test("exact for polynomials up to degree 2n - 1", () => {
  for (const n of [1, 2, 5, 24, 40]) {
    const { nodes, weights } = gaussLegendre(n);
    for (const degree of [0, 1, n, 2 * n - 1]) {
      const sum = nodes.reduce((all, x, i) => all + weights[i]! * x ** degree, 0);
      expect(sum * (degree + 1)).toBeCloseTo(1, 12);
    }
    expect([...nodes]).toEqual([...nodes].sort((a, b) => a - b));
  }
});
