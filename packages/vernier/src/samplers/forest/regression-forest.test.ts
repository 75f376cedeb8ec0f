import { expect, test } from "vitest";
import { stream } from "../../math/rng.ts";
import { RegressionForest } from "./regression-forest.ts";

const columns = [
  { index: 0, codes: 0 },
  { index: 1, codes: 0 },
];

function fitted(n: number, trees: number, bootstrap: boolean) {
  const rng = stream(3, "forest");
  const x = new Float64Array(2 * n).map(() => rng.next());
  const targets = Float64Array.from({ length: n }, (_, i) => Math.log(0.01 + (x[2 * i]! - 0.6) ** 2 + x[2 * i + 1]!));
  return { x, targets, forest: new RegressionForest({ columns, x, width: 2, targets, trees, rng, bootstrap }) };
}

test("without bootstrap every tree knows every row", () => {
  const { x, targets, forest } = fitted(200, 3, false);
  const [mean, variance] = [new Float64Array(200), new Float64Array(200)];
  forest.predict(x, 200, mean, variance);
  for (const [i, t] of targets.entries()) expect(mean[i]).toBeCloseTo(t, 12);
  for (const v of variance) expect(v).toBeLessThan(1e-12);
});

test("bootstrapped trees differ, less where there are many rows, and predict what they have not seen", () => {
  const spread = (n: number): { error: number; variance: number; all: number } => {
    const { forest } = fitted(n, 10, true);
    const rng = stream(4, "test");
    const x = new Float64Array(400).map(() => 0.1 + 0.8 * rng.next());
    const [mean, variance] = [new Float64Array(200), new Float64Array(200)];
    forest.predict(x, 200, mean, variance);
    const t = mean.map((_, i) => Math.log(0.01 + (x[2 * i]! - 0.6) ** 2 + x[2 * i + 1]!));
    const middle = t.reduce((a, b) => a + b) / 200;
    return {
      error: mean.reduce((sum, m, i) => sum + (m - t[i]!) ** 2, 0) / 200,
      variance: variance.reduce((a, b) => a + b) / 200,
      all: t.reduce((sum, v) => sum + (v - middle) ** 2, 0) / 200,
    };
  };
  const [few, many] = [spread(30), spread(600)];
  expect(few.variance).toBeGreaterThan(0.01);
  expect(many.variance).toBeLessThan(few.variance / 2);
  expect(few.error).toBeLessThan(0.6 * few.all);
  expect(many.error).toBeLessThan(0.05 * many.all);
});

test("mean, variance and counts are those of the trees", () => {
  // Two rows: a tree's sample has the first, the second or both, so it predicts 0, log 0.5 or each its own.
  const x = Float64Array.of(0, 1);
  const targets = Float64Array.of(0, Math.log(0.5));
  const forest = new RegressionForest({ columns: [columns[0]!], x, width: 1, targets, trees: 400, rng: stream(5) });
  const [mean, variance, below] = [new Float64Array(2), new Float64Array(2), new Float64Array(2)];
  forest.predict(x, 2, mean, variance);
  forest.below(-0.1, x, 2, below);
  const share = below[0]! / 400;
  expect(share).toBeGreaterThan(0.18);
  expect(share).toBeLessThan(0.32);
  expect(mean[0]).toBeCloseTo(share * Math.log(0.5), 12);
  expect(variance[0]).toBeCloseTo(share * (1 - share) * Math.log(2) ** 2, 12);
});

test("a sample without columns is one leaf", () => {
  const forest = new RegressionForest({
    ...{ columns: [], x: new Float64Array(0), width: 0, targets: Float64Array.of(-1, 0), trees: 2, rng: stream(6) },
  });
  const [mean, variance] = [new Float64Array(1), new Float64Array(1)];
  forest.predict(new Float64Array(0), 1, mean, variance);
  expect([...mean, ...variance]).toEqual([0, 0]);
});
