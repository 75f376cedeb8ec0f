import { describe, expect, test } from "vitest";
import { cholesky } from "../../math/cholesky.ts";
import { stream } from "../../math/rng.ts";
import { choice, compile, float, int, list, oneOf, ordinal, space, subset, when } from "../../space/index.ts";
import { Acquisition } from "./acquisition.ts";
import { DirectionScore } from "./direction.ts";
import { Features } from "./features.ts";
import { FrontScore, stripsOf } from "./front.ts";
import { Improvement } from "./improvement.ts";
import { Joint } from "./joint.ts";
import { matern52 } from "./kernel.ts";
import { Limit } from "./limit.ts";
import { Posterior } from "./posterior.ts";

const rng = stream(12, "acquisition");
const HYPER = { weights: Float64Array.of(2, 5, 1), scale: 1.3, noise: 0.01 };

/** A posterior of `n` random points of two numbers and a code; the last `pending` without values. */
function random(n: number, pending = 0): { posterior: Posterior; u: Float64Array } {
  const posterior = new Posterior(HYPER, 3, 2);
  for (let i = 0; i < n; i++) posterior.append(Float64Array.of(rng.next(), rng.next(), rng.int(2)), 0);
  const u = posterior.whiten(Float64Array.from({ length: n }, () => rng.normal())).subarray(0, n - pending);
  return { posterior, u };
}

describe("the acquisition", () => {
  const goal = (pending: number, count: number) => ({
    ...random(9 + pending, pending),
    count: 3,
    fantasies: Array.from({ length: count }, () => Float64Array.from({ length: pending }, () => rng.normal())),
    bests: Float64Array.from({ length: count }, () => 0.8 + 0.3 * rng.next()),
  });
  const limits = [
    { ...random(7), min: -Infinity, max: 0.2 },
    { ...random(5), min: -0.5, max: 0.9 },
    { ...random(6), min: -4, max: Infinity },
  ].map(metric => new Limit({ ...metric, count: 3 }));
  const points = Array.from({ length: 12 }, (): [number, number] => [rng.normal(), rng.normal()]);
  const front = new Joint([random(9), random(9)], new FrontScore(stripsOf(points, [-1, -1])), 3);
  const direction = new DirectionScore(Float64Array.of(-2, -1, -2), Float64Array.of(0.7, 0.2, 0.5), 1.5);
  const reaching = new Joint([random(9), random(9), random(9)], direction, 3);

  test.each([
    ["one goal", new Acquisition([new Improvement(goal(0, 1))])],
    ["trials under way", new Acquisition([new Improvement(goal(3, 16))])],
    ["constraints", new Acquisition([new Improvement(goal(2, 4)), ...limits])],
    ["two goals", new Acquisition([front])],
    ["two goals under constraints", new Acquisition([...limits, front])],
    ["three goals", new Acquisition([reaching])],
    ["constraints alone", new Acquisition(limits)],
  ])("%s: the gradient is the derivative, one point is as many", (_, acquisition) => {
    const ignored = new Float64Array(3);
    for (let k = 0; k < 10; k++) {
      const x = Float64Array.of(rng.next(), rng.next(), rng.int(2));
      const gradient = new Float64Array(3);
      const value = acquisition.at(x, gradient);
      const [single] = values(acquisition, x, 1);
      expect(single).toBeCloseTo(value, 9);
      expect(values(acquisition, Float64Array.of(...x, ...x, ...x, ...x, ...x), 5)[4]).toBe(single);
      for (let d = 0; d < 2; d++) {
        const shifted = (by: number) =>
          acquisition.at(
            x.map((v, j) => (j === d ? v + by : v)),
            ignored,
          );
        const numeric = (shifted(1e-6) - shifted(-1e-6)) / 2e-6;
        expect(Math.abs(gradient[d]! - numeric)).toBeLessThan(1e-5 * Math.max(1, Math.abs(numeric)));
      }
    }
  });

  test("expected improvement averaged over fantasies is the mean of the cases", () => {
    const many = goal(2, 3);
    const together = new Acquisition([new Improvement(many)]);
    const x = Float64Array.of(0.4, 0.6, 1);
    const cases = [0, 1, 2].map(f => {
      const alone = { ...many, fantasies: [many.fantasies[f]!], bests: many.bests.slice(f, f + 1) };
      return Math.exp(values(new Acquisition([new Improvement(alone)]), x, 1)[0]!);
    });
    expect(values(together, x, 1)[0]).toBeCloseTo(Math.log((cases[0]! + cases[1]! + cases[2]!) / 3), 9);
  });

  function values(acquisition: Acquisition, x: Float64Array, points: number): Float64Array {
    const out = new Float64Array(points);
    acquisition.values(x, points, out);
    return out;
  }
});

describe("features", () => {
  const conditional = compile(
    space({
      opt: oneOf({ sgd: { momentum: float(0, 1) }, adam: { beta: float(0, 1), amsgrad: choice([true, false]) } }),
      lr: float(0, 1),
      warm: when("lr > 0.5", int(1, 9)),
      blocks: list(float(0, 1), { max: 3 }),
      parts: subset(["a", "b", "c"]),
      only: ordinal([1]),
    }),
    { fresh: true },
  );

  test("numbers, codes and presences; columns of one value are left out", () => {
    const features = new Features(conditional);
    const { columns } = conditional;
    const free = columns.filter(({ levels }) => levels !== 1);
    const groups = new Set(columns.map(({ group }) => group).filter(group => group !== ""));
    expect(features.count).toBe(free.length + groups.size);
    expect([...features.ofColumn].every((feature, i) => feature >= 0 === (columns[i]!.levels !== 1))).toBe(true);
    const row = new Float64Array(conditional.width);
    const out = new Float64Array(features.count);
    conditional.encode({ ...conditional.defaults(), opt: { kind: "sgd", momentum: 0.25 } }, row);
    features.write(row, 0, out, 0);
    const at = (name: string) => out[features.ofColumn[columns.findIndex(column => column.name === name)]!];
    expect(at("opt.sgd.momentum")).toBe(0.25);
    expect(at("opt.adam.beta")).toBe(0.5);
    expect(at("opt.adam.amsgrad")).toBe(-1);
  });

  test("the kernel of any conditional configurations is positive definite under almost no noise", () => {
    const features = new Features(conditional);
    const n = 60;
    const draw = stream(3, "definite");
    for (let round = 0; round < 5; round++) {
      const x = new Float64Array(n * features.count);
      const row = new Float64Array(conditional.width);
      for (let i = 0; i < n; i++) {
        conditional.encode(conditional.sample(draw), row);
        features.write(row, 0, x, i * features.count);
      }
      const weights = Float64Array.from({ length: features.count }, () => 10 ** (2 * draw.next() - 1));
      const k = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let q = 0;
          for (let d = 0; d < features.count; d++) {
            const [a, b] = [x[i * features.count + d]!, x[j * features.count + d]!];
            q += weights[d]! * (d < features.numbers ? (a - b) ** 2 : a === b ? 0 : 1);
          }
          k[i * n + j] = matern52(q) + (i === j ? 1e-9 : 0);
        }
      }
      expect(() => cholesky(k, n)).not.toThrow();
    }
  });
});
