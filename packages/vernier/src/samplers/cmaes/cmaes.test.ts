import { describe, expect, test } from "vitest";
import { wilcoxon } from "../../math/index.ts";
import { stream } from "../../math/rng.ts";
import { choice, float, int, space } from "../../space/index.ts";
import { PROBLEMS } from "../../testing/problems.ts";
import { SamplerStudy } from "../../testing/sampler-study.ts";
import { SAMPLER_CASES } from "../../testing/sampler/cases.ts";
import { describeSampler } from "../../testing/sampler.ts";
import type { Params, Sampler } from "../../core/types.ts";
import type { SpaceJson } from "../../space/types.ts";
import { random } from "../random/random.ts";
import { cmaes } from "./cmaes.ts";

const skip = Object.fromEntries(SAMPLER_CASES.several.map(({ title }) => [title, "CMA-ES takes one objective"]));
describeSampler("cmaes", () => cmaes(), { describe, test, skip });
describeSampler("separable cmaes with restarts", () => cmaes({ separable: true, restart: "bipop", population: 4 }), {
  describe,
  test,
  skip,
});

interface Problem {
  readonly space: SpaceJson;
  evaluate(params: Params): number;
}

/** Runs a study with `width` trials under way; gives the best value and the last reason. */
async function run(problem: Problem, sampler: Sampler, budget: number, seed = 0, width = 1) {
  const study = new SamplerStudy(problem.space, { seed });
  let best = Infinity;
  let reason: string | undefined;
  const values: number[] = [];
  for (let number = 0; number < budget; number++) {
    const { params, why } = await study.ask(sampler);
    reason = why;
    study.start(params[0]!);
    values.push(problem.evaluate(params[0]!));
    const done = number - width + 1;
    if (done < 0) continue;
    best = Math.min(best, values[done]!);
    study.complete(done, values[done]!);
  }
  return { best, reason };
}

const floats = (n: number) => space(Object.fromEntries(Array.from({ length: n }, (_, i) => [`x${i}`, float(-5, 5)])));

/** Condition 1e4, turned, its optimum off the centre. */
const ellipsoid: Problem = {
  space: floats(4),
  evaluate: params => {
    const [a, b, c, d] = Object.values(params).map(v => (v as number) - 1.3) as [number, number, number, number];
    const turned = [a + b, a - b, c + d + a, c - d];
    return turned.reduce((sum, v, i) => sum + 10 ** ((4 * i) / 3) * v * v, 0);
  },
};

describe("cmaes", () => {
  test("converges on a turned ellipsoid, where random search is millions of times worse", async () => {
    const ours = await run(ellipsoid, cmaes(), 800);
    expect(ours.best).toBeLessThan(1e-7);
    expect((await run(ellipsoid, random(), 800)).best).toBeGreaterThan(1);
  });

  test("every complete trial of its own counts: one generation for each population", async () => {
    // n = 4: population 8, one trial at random before.
    expect((await run(ellipsoid, cmaes(), 1 + 8 * 5)).reason).toBe("generation 5");
    expect((await run(ellipsoid, cmaes(), 1 + 8 * 5 + 1)).reason).toBe("generation 6");
  });

  test("with 6 trials under way the stragglers of a generation are left out, and it still converges", async () => {
    const { best, reason } = await run(ellipsoid, cmaes(), 1400, 0, 6);
    expect(best).toBeLessThan(1e-6);
    // 8 of 13 trials count: 5 of each generation were drawn before the one before had been told.
    expect(Number(reason?.match(/generation (\d+)/)?.[1])).toBeGreaterThan(95);
  });

  test("foreign trials do not move it", async () => {
    const study = new SamplerStudy(ellipsoid.space, { seed: 3 });
    const sampler = cmaes({ startup: 0 });
    const rng = stream(9, "foreign");
    for (let i = 0; i < 40; i++) {
      const number = study.start(study.codec.sample(rng));
      study.complete(number, i);
    }
    const { why } = await study.ask(sampler);
    expect(why).toBe("generation 1");
  });

  test("whole numbers and categories: beats random, p < 0.01 over 24 seeds", async () => {
    const mixed: Problem = {
      space: space({ a: int(0, 20), b: int(-10, 10), x: float(0, 1), y: float(0, 1), c: choice(["p", "q"]) }),
      evaluate: ({ a, b, x, y, c }) => {
        const [i, j, u, v] = [a, b, x, y] as number[] as [number, number, number, number];
        return (i - 13) ** 2 + (i + j - 9) ** 2 + 100 * (u - 0.7) ** 2 + 100 * (u - v) ** 2 + (c === "p" ? 0 : 1);
      },
    };
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let seed = 0; seed < 24; seed++) {
      ours.push((await run(mixed, cmaes(), 120, seed)).best);
      theirs.push((await run(mixed, random(), 120, seed)).best);
    }
    expect(wilcoxon(ours, theirs, "less").p).toBeLessThan(0.01);
  });

  test("restarts with twice the population after it converged", async () => {
    const { reason } = await run(PROBLEMS.sphere5, cmaes({ restart: "ipop" }), 2500);
    expect(reason).toMatch(/restart [1-9]/);
  });

  test("a warm start begins where the best of the first trials are", async () => {
    const study = new SamplerStudy(floats(3), { seed: 1 });
    const rng = stream(2, "warm");
    for (let i = 0; i < 50; i++) {
      const params = study.codec.sample(rng);
      study.complete(
        study.start(params),
        Object.values(params).reduce<number>((sum, v) => sum + ((v as number) - 3) ** 2, 0),
      );
    }
    const sampler = cmaes({ startup: 50, warmStart: true });
    const drawn: number[] = [];
    for (let i = 0; i < 30; i++) {
      const { params } = await study.ask(sampler);
      study.start(params[0]!);
      drawn.push(...(Object.values(params[0]!) as number[]));
    }
    const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    // From the centre of the space it would be 0, within 0.6.
    expect(mean).toBeGreaterThan(1.2);
  });

  test("a space without numbers is searched at random, and says so", async () => {
    const { reason } = await run({ space: space({ c: choice(["a", "b", "c"]) }), evaluate: () => 1 }, cmaes(), 2);
    expect(reason).toBe("random: the space has no numbers to adapt to");
  });

  test("several objectives and bad options are refused by their text", async () => {
    const objectives = { a: { direction: "minimize" }, b: { direction: "minimize" } } as const;
    const study = new SamplerStudy(floats(2), { objectives });
    await expect(study.ask(cmaes())).rejects.toThrow(
      /"cmaes" got 2 objectives\. CMA-ES ranks trials by one\. Use tpe\(\) or nsga2\(\)/,
    );
    expect(() => cmaes({ population: 3 })).toThrow(
      /cmaes\(\) got population=3\. population is a whole number of at least 4/,
    );
    expect(() => cmaes({ restart: "often" as never })).toThrow(/restart is "none", "ipop" or "bipop"/);
    expect(() => cmaes({ separable: true, adaptRates: true })).toThrow(/adaptRates is false where separable is true/);
    expect(() => cmaes({ warmStart: true })).toThrow(/startup is at least 10 where warmStart is true/);
  });
});
