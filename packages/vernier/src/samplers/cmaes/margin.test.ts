import { expect, test } from "vitest";
import { stream } from "../../math/rng.ts";
import { Margin, type Cell } from "./margin.ts";
import { Strategy } from "./strategy.ts";

const cellOf =
  (high: number): Cell =>
  v => {
    const k = Math.min(high, Math.max(0, Math.round(v)));
    return [k === 0 ? -Infinity : k - 0.5, k === high ? Infinity : k + 0.5];
  };

test("six generations give the numbers of cmaes 0.13.1", () => {
  const points = [
    [0.1, 3.1],
    [0.2, 3.3],
    [0.3, 2.9],
    [0.4, 3],
    [0.6, 3.4],
    [0.7, 3.6],
  ] as const;
  const strategy = new Strategy({
    mean: Float64Array.of(0.5, 3.2),
    sigma: 1,
    lambda: 6,
    separable: false,
    adaptRates: false,
  });
  const margin = new Margin([undefined, cellOf(10)]);
  for (let g = 0; g < 6; g++) {
    strategy.tell(points.map(([a, b]) => ({ x: Float64Array.of(a, b), value: (a - 0.2) ** 2 + (b - 3.1) ** 2 })));
    margin.correct(strategy);
  }
  const got = [...strategy.mean, strategy.sigma, strategy.C[0]!, strategy.C[1]!, strategy.C[3]!, margin.stretch[1]!];
  const wanted = [
    0.15197317714003, 3.09633063223627, 0.2940831811500818, 0.3338743475663, -0.18791349956846, 0.3572246856063,
    1.95921669134577,
  ];
  for (const [i, value] of wanted.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(1e-12);
  expect(margin.stretch[0]).toBe(1);
});

test("the probability of leaving a cell stays above the margin while the step size shrinks", () => {
  const n = 3;
  const lambda = 7;
  const strategy = new Strategy({
    mean: Float64Array.of(0.3, 2.2, 9.9),
    sigma: 1,
    lambda,
    separable: false,
    adaptRates: false,
  });
  const margin = new Margin([undefined, cellOf(10), cellOf(10)]);
  let left = 0;
  for (let g = 0; g < 300; g++) {
    const points = Array.from({ length: lambda }, (_, k) => {
      const x = strategy.draw(stream(4, `${g}.${k}`), new Float64Array(n));
      const rounded = [x[0]!, ...[1, 2].map(j => Math.round(margin.stretched(strategy, x[j]!, j)))] as [
        number,
        number,
        number,
      ];
      if (g >= 200 && Math.min(10, Math.max(0, rounded[1])) !== 7) left++;
      return { x, value: rounded[0] ** 2 + (rounded[1] - 7) ** 2 + rounded[2] ** 2 };
    });
    strategy.tell(points);
    margin.correct(strategy);
  }
  expect(Math.abs(strategy.mean[0]!)).toBeLessThan(1e-6);
  // Both sides of the cell together have a probability of at least the margin, 1/21: about 33 of 700.
  expect(left).toBeGreaterThan(15);
  expect(left).toBeLessThan(140);
});
