import { describe, expect, test } from "vitest";
import { stream } from "../../math/rng.ts";
import { Strategy, type StrategyOptions } from "./strategy.ts";

/** The card's data: two generations of six points on f = x^2 + 4 y^2. */
const POINTS = [
  [0.1, 0.2],
  [-0.3, 0.4],
  [0.5, -0.6],
  [0.7, 0.8],
  [-0.9, 1],
  [1.1, -1.2],
] as const;

function told(options: Partial<StrategyOptions> = {}): Strategy {
  const strategy = new Strategy({
    ...{ mean: new Float64Array(2), sigma: 1, lambda: 6, separable: false, adaptRates: false },
    ...options,
  });
  for (const scale of [1, 0.5]) {
    strategy.tell(
      POINTS.map(([a, b]) => {
        const [x, y] = [a * scale, b * scale];
        return { x: Float64Array.of(x, y), value: x * x + 4 * y * y };
      }),
    );
  }
  return strategy;
}

function near(got: ArrayLike<number>, wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries())
    expect(Math.abs(got[i]! - value)).toBeLessThan(1e-11 * Math.max(1, Math.abs(value)) + 1e-12);
}

describe("two generations give the reference's numbers", () => {
  test("constants", () => {
    const { constants: c } = told();
    near(
      c.weights,
      [0.637042571241, 0.284570257438, 0.078387171321, -0.286383782597, -0.764958094085, -1.155981778159],
    );
    near([c.mueff, c.c1, c.cmu, c.csigma], [2.02861146461, 0.154815399896, 0.057859085072, 0.446204987378]);
    near([c.dsigma, c.cc], [1.446204987378, 0.624554539027]);
  });

  test("full", () => {
    const s = told();
    near(s.mean, [0.008763382777, 0.097102157216]);
    near([s.sigma], [0.576679095073]);
    near(s.C, [0.641423125173, 0.143298168093, 0.143298168093, 0.634219324923]);
    near(s.pc, [-0.0061921149, -0.068611371874]);
    near(s.ps, [0.006236483835, -0.039002634615]);
  });

  test("learning rates adapted", () => {
    const s = told({ adaptRates: true });
    near(s.mean, [0.00998413743, 0.11062865872]);
    near([s.sigma], [0.573512840462]);
    near(s.C, [1.030386211936, 0.210289861563, 0.210289861563, 1.013427600039]);
  });

  test("separable", () => {
    const s = told({ separable: true });
    near(s.mean, [0.015741957396, 0.080669319231]);
    near([s.sigma], [0.524993329406]);
    near(s.C, [0.380949544333, 0.399802264156]);
  });
});

describe("it minimises", () => {
  const f = (x: Float64Array): number => x.reduce((sum, v, i) => sum + 10 ** ((6 * i) / (x.length - 1)) * v * v, 0);

  test.each([false, true])("an ellipsoid of condition 1e6 (separable: %s)", separable => {
    const n = 6;
    const strategy = new Strategy({
      mean: new Float64Array(n).fill(3),
      sigma: 2,
      lambda: 9,
      separable,
      adaptRates: false,
    });
    for (let g = 0; g < 400; g++) {
      const points = Array.from({ length: 9 }, (_, k) => {
        const x = strategy.draw(stream(1, `${g}.${k}`), new Float64Array(n));
        return { x, value: f(x) };
      });
      strategy.tell(points);
    }
    expect(f(strategy.mean)).toBeLessThan(1e-10);
  });

  test("a generation of NaN values leaves a usable distribution", () => {
    const strategy = new Strategy({
      mean: new Float64Array(3),
      sigma: 1,
      lambda: 7,
      separable: false,
      adaptRates: false,
    });
    for (let g = 0; g < 50; g++) {
      const points = Array.from({ length: 7 }, (_, k) => ({
        x: strategy.draw(stream(2, `${g}.${k}`), new Float64Array(3)),
        value: NaN,
      }));
      strategy.tell(points);
    }
    expect(Number.isFinite(strategy.condition * strategy.spread)).toBe(true);
  });
});
