import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { minimizeBounded } from "./lbfgs.ts";

/** Rosenbrock 1960 in any dimension. */
function rosenbrock(x: Float64Array, g: Float64Array): number {
  g.fill(0);
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const [a, b] = [x[i + 1]! - x[i]! ** 2, 1 - x[i]!];
    sum += 100 * a * a + b * b;
    g[i]! += -400 * a * x[i]! - 2 * b;
    g[i + 1]! += 200 * a;
  }
  return sum;
}

describe("minimizeBounded", () => {
  test("quadratics of any condition and offset, bounds active or not: the projected gradient vanishes", () => {
    const entry = fc.double({ min: -3, max: 3, noNaN: true });
    const row = fc.record({ centre: entry, low: entry, width: fc.double({ min: 0, max: 2, noNaN: true }), log: entry });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), rows => {
        const lower = rows.map(({ low }) => low);
        const upper = rows.map(({ low, width }) => low + width);
        const { x } = minimizeBounded(
          (at, g) => {
            let sum = 0;
            for (const [i, { centre, log }] of rows.entries()) {
              const weight = 10 ** log;
              g[i] = 2 * weight * (at[i]! - centre);
              sum += weight * (at[i]! - centre) ** 2;
            }
            return sum;
          },
          rows.map(() => 0),
          { lower, upper, tolerance: 1e-9, gain: 0 },
        );
        for (const [i, { centre }] of rows.entries()) {
          expect(x[i]).toBeCloseTo(Math.min(upper[i]!, Math.max(lower[i]!, centre)), 4);
        }
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  test("Rosenbrock's valley in ten dimensions, in few evaluations", () => {
    const found = minimizeBounded(rosenbrock, new Float64Array(10).fill(-1), { tolerance: 1e-8, iterations: 500 });
    expect(found.converged).toBe(true);
    expect(found.value).toBeLessThan(1e-14);
    expect(found.evaluations).toBeLessThan(250);
    for (const v of found.x) expect(v).toBeCloseTo(1, 6);
  });

  test("Rosenbrock with bounds that cut the optimum off", () => {
    // With x <= 0.5 the best is (0.5, 0.25), value 0.25.
    const { x, value } = minimizeBounded(rosenbrock, [-1.2, 1], { upper: [0.5, 3], lower: [-2, -2], tolerance: 1e-8 });
    expect([...x].map(v => Number(v.toFixed(6)))).toEqual([0.5, 0.25]);
    expect(value).toBeCloseTo(0.25, 10);
  });

  test("a start outside is moved in; a start at the optimum stays", () => {
    const square = (x: Float64Array, g: Float64Array): number => ((g[0] = 2 * x[0]!), x[0]! ** 2);
    expect(minimizeBounded(square, [9], { lower: [1], upper: [4] })).toMatchObject({ x: Float64Array.of(1), value: 1 });
    expect(minimizeBounded(square, [0])).toMatchObject({ iterations: 0, evaluations: 1, converged: true });
  });

  test("keeps away from where the function is NaN or infinite", () => {
    // x - log x is NaN below 0; its minimum is at 1.
    const barrier = (x: Float64Array, g: Float64Array): number => {
      g[0] = 1 - 1 / x[0]!;
      return x[0]! - Math.log(x[0]!);
    };
    for (const start of [0.01, 0.5, 30]) {
      const { x } = minimizeBounded(barrier, [start], { tolerance: 1e-8 });
      expect(x[0]).toBeCloseTo(1, 6);
    }
    const wall = (x: Float64Array, g: Float64Array): number => {
      g[0] = -1;
      return x[0]! > 2 ? Infinity : -x[0]!;
    };
    const { x, value } = minimizeBounded(wall, [0]);
    expect(x[0]).toBeGreaterThan(1.99);
    expect(value).toBeLessThan(-1.99);
    expect(minimizeBounded(() => NaN, [1]).evaluations).toBe(1);
  });

  test("says the same twice, and never ends above its start", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 2, maxLength: 6 }), start => {
        const bounds = { lower: start.map(() => -2), upper: start.map(v => Math.max(v, 0.5)) };
        const found = minimizeBounded(rosenbrock, start, bounds);
        expect(found).toEqual(minimizeBounded(rosenbrock, start, bounds));
        expect(found.value).toBeLessThanOrEqual(rosenbrock(Float64Array.from(start), new Float64Array(start.length)));
      }),
      { seed: 4, numRuns: 100 },
    );
  });
});
