import fc from "fast-check";
import { expect, test } from "vitest";
import { hypervolume, normalQuantile, sobol } from "../../math/index.ts";
import { DirectionScore, reach } from "./direction.ts";
import { FrontScore, stripsOf } from "./front.ts";

type Pair = readonly [number, number];

/** Hypervolume of points of which larger is better. */
const dominated = (points: readonly Pair[], [a, b]: Pair): number =>
  hypervolume(Float64Array.from(points.flatMap(([p, q]) => [-p, -q])), 2, [-a, -b]);

/** What a point adds, by strips. */
function added(points: readonly Pair[], reference: Pair, [a, b]: Pair): number {
  const { edges, heights } = stripsOf(points, reference);
  let sum = 0;
  for (const [i, edge] of edges.entries()) {
    sum += Math.max(0, Math.min(a, edges[i + 1] ?? Infinity) - edge) * Math.max(0, b - heights[i]!);
  }
  return sum;
}

test("the strips above any set of points hold what another point adds to its hypervolume", () => {
  const number = fc.integer({ min: -4, max: 4 });
  const pair = fc.tuple(number, number);
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 9 }), pair, pair, (points, reference, point) => {
      const gain = dominated([...points, point], reference) - dominated(points, reference);
      expect(added(points, reference, point)).toBeCloseTo(gain, 9);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("the expectation is the mean over draws; far from the front it does not underflow", () => {
  const points: Pair[] = [
    [1, -0.5],
    [0.2, 0.4],
    [-0.6, 1.1],
  ];
  const reference: Pair = [-1.5, -1.2];
  const moments = Float64Array.of(0, Math.sqrt(1.3), 0, Math.sqrt(0.7));
  const value = (shift: number): number => {
    const moved = (p: Pair): Pair => [p[0] + shift, p[1] + shift];
    return new FrontScore(stripsOf(points.map(moved), moved(reference))).at(moments);
  };
  const draws = sobol(2, 1);
  let mean = 0;
  for (let i = 0; i < 8192; i++) {
    const [a, b] = draws.point(i).map(normalQuantile) as unknown as [number, number];
    mean += added(points, reference, [Math.sqrt(1.3) * a, Math.sqrt(0.7) * b]) / 8192;
  }
  expect(Math.abs(Math.exp(value(0)) / mean - 1)).toBeLessThan(5e-3);
  expect(value(100)).toBeLessThan(-5000);
  expect(Number.isFinite(value(1000))).toBe(true);
});

test("the improvement in a direction is the mean over draws, for points near, far above and far below", () => {
  const reference = Float64Array.of(-1, -0.5, 0);
  const direction = Float64Array.of(0.3, 0.8, 0.5);
  const draws = sobol(3, 1);
  for (const best of [-20, 0, 1, 2]) {
    const moments = Float64Array.of(0.5, 0.7, 1, 0.4, 0.9, 1);
    let mean = 0;
    for (let i = 0; i < 16384; i++) {
      const y = draws.point(i).map((p, k) => moments[2 * k]! + moments[2 * k + 1]! * normalQuantile(p));
      mean += Math.max(0, reach(y, reference, direction) - best) / 16384;
    }
    const score = new DirectionScore(reference, direction, best);
    expect(Math.abs(Math.exp(score.at(moments)) / mean - 1), `${best}`).toBeLessThan(0.02);
  }
  const far = new DirectionScore(reference, direction, 1e4);
  expect(far.at(Float64Array.of(0, 1, 0, 1, 0, 1))).toBeLessThan(-1e6);
  expect(far.slopes.every(slope => Number.isFinite(slope))).toBe(true);
});
