import { describe, expect, test } from "vitest";
import type { Params, Sampler } from "../../core/types.ts";
import { wilcoxon } from "../../math/index.ts";
import { choice, float, int, space } from "../../space/index.ts";
import type { SpaceJson } from "../../space/types.ts";
import { PROBLEMS } from "../../testing/problems.ts";
import { SamplerStudy } from "../../testing/sampler-study.ts";
import { SAMPLER_CASES } from "../../testing/sampler/cases.ts";
import { describeSampler } from "../../testing/sampler.ts";
import { random } from "../random/random.ts";
import { forest } from "./forest.ts";

const skip = Object.fromEntries(SAMPLER_CASES.several.map(({ title }) => [title, "the forest predicts one objective"]));
// Few candidates: what is checked does not depend on how well the acquisition is maximised.
describeSampler("forest", () => forest({ startup: 5, candidates: 64, starts: 1 }), { describe, test, skip });
describeSampler(
  "forest without random suggestions",
  () => forest({ startup: 1, trees: 3, candidates: 30, starts: 0, randomShare: 0 }),
  {
    ...{ describe, test, skip },
  },
);

const SEEDS = 16;
/** Enough to beat random search, and a tenth of the time. */
const quick = { candidates: 500, starts: 3 };

interface Given {
  readonly space: SpaceJson;
  evaluate(params: Params): number;
}

/** Best values found within the budget, by seed. `width`: trials under way at a time. */
async function bests(problem: Given, make: () => Sampler, budget: number, width = 1): Promise<number[]> {
  const found: number[] = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    const study = new SamplerStudy(problem.space, { seed });
    const sampler = make();
    let best = Infinity;
    for (let number = 0; number < budget; number++) {
      const { params } = await study.ask(sampler);
      study.start(params[0]!);
      const done = number - width + 1;
      if (done < 0) continue;
      const value = problem.evaluate(study.history.params(done)!);
      best = Math.min(best, value);
      study.complete(done, value);
    }
    found.push(best);
  }
  return found;
}

async function pAgainstRandom(problem: Given, budget: number, width = 1): Promise<number> {
  const ours = await bests(problem, () => forest(quick), budget, width);
  return wilcoxon(ours, await bests(problem, () => random(), budget, width), "less").p;
}

describe("forest", () => {
  test.each(["branin", "hartmann6", "mixed", "conditional"] as const)(
    "beats random in 60 trials, p < 0.01: %s",
    async name => {
      expect(await pAgainstRandom(PROBLEMS[name], 60)).toBeLessThan(0.01);
    },
  );

  test("beats random with 8 trials under way", async () => {
    expect(await pAgainstRandom(PROBLEMS.mixed, 80, 8)).toBeLessThan(0.01);
  });

  test("starts quasi-random, then says what it does", async () => {
    const study = new SamplerStudy(PROBLEMS.sphere5.space, { seed: 2 });
    const sampler = forest({ startup: 3, candidates: 50 });
    const reasons: string[] = [];
    for (let number = 0; number < 40; number++) {
      const { params, why } = await study.ask(sampler);
      reasons.push(why!);
      study.complete(study.start(params[0]!), PROBLEMS.sphere5.evaluate(params[0]!));
    }
    expect(reasons.slice(0, 3)).toEqual([0, 1, 2].map(n => `quasi-random start: ${n} of 3 trials finished`));
    expect(reasons).toContain("expected improvement by a forest of 39 trials");
    const atRandom = reasons.filter(why => why.startsWith("random: ")).length;
    expect(atRandom).toBeGreaterThan(1);
    expect(atRandom).toBeLessThan(15);
  });

  test("trials of one ask, and those under way, are not all put in one place", async () => {
    const study = new SamplerStudy(space({ x: float(0, 1), y: float(0, 1) }), { seed: 1 });
    const sampler = forest({ startup: 1, randomShare: 0, candidates: 500 });
    for (let i = 0; i < 30; i++) {
      const { params } = await study.ask(sampler);
      const { x, y } = params[0] as { x: number; y: number };
      study.complete(study.start(params[0]!), (x - 0.2) ** 2 + (y - 0.7) ** 2);
    }
    const { params } = await study.ask(sampler, 6);
    expect(new Set(params.map(each => JSON.stringify(each))).size).toBe(6);
    // The second of a batch is what an ask for it would give while the first is under way.
    study.start(params[0]!);
    expect((await study.ask(sampler)).params[0]).toEqual(params[1]);
  });

  test("constraints: most suggestions are feasible where few draws are, and the best feasible value is near the optimum", async () => {
    const study = new SamplerStudy(space({ x: float(0, 1), y: float(0, 1) }), {
      seed: 4,
      constraints: { c: { max: 0 } },
    });
    const sampler = forest({ randomShare: 0, candidates: 500 });
    let [best, feasible] = [Infinity, 0];
    for (let i = 0; i < 60; i++) {
      const { params } = await study.ask(sampler);
      const { x, y } = params[0] as { x: number; y: number };
      // The unconstrained optimum (0, 0) is forbidden; 4.5 % of the square are allowed, (0.7, 0.7) is the best of them.
      const c = Math.max(0.7 - x, 0.7 - y, x + y - 1.7);
      study.complete(study.start(params[0]!), { value: x + y, c });
      if (c > 0) continue;
      if (i >= 30) feasible++;
      best = Math.min(best, x + y);
    }
    expect(best).toBeLessThan(1.47);
    expect(feasible).toBeGreaterThan(8);
  });

  test("a space mostly forbidden by `where` gets allowed configurations by the model", async () => {
    const study = new SamplerStudy(
      space({ x: float(0, 1), n: int(1, 100), c: choice(["a", "b"]) }, { where: ["x * n <= 5"] }),
      { seed: 5 },
    );
    const sampler = forest({ startup: 5, randomShare: 0, candidates: 200 });
    for (let i = 0; i < 30; i++) {
      const { params, why } = await study.ask(sampler);
      expect(study.codec.feasible(params[0]!)).toBe(true);
      if (i >= 5) expect(why).toMatch(/^expected improvement/);
      study.complete(study.start(params[0]!), -(params[0]!["n"] as number) * (params[0]!["x"] as number));
    }
  });

  test("finds the best of a finite space without repeating itself", async () => {
    const study = new SamplerStudy(space({ a: int(0, 19), b: int(0, 19) }), { seed: 6 });
    const sampler = forest();
    const seen = new Set<string>();
    let best = Infinity;
    for (let i = 0; i < 60; i++) {
      const { params } = await study.ask(sampler);
      const { a, b } = params[0] as { a: number; b: number };
      seen.add(`${a} ${b}`);
      best = Math.min(best, (a - 13) ** 2 + (b - 4) ** 2);
      study.complete(study.start(params[0]!), (a - 13) ** 2 + (b - 4) ** 2);
    }
    expect(seen.size).toBe(60);
    expect(best).toBe(0);
  });

  test("several objectives and bad options are refused by their text", async () => {
    const objectives = { a: { direction: "minimize" }, b: { direction: "minimize" } } as const;
    const study = new SamplerStudy(PROBLEMS.sphere5.space, { objectives });
    await expect(study.ask(forest())).rejects.toThrow(
      /"forest" got 2 objectives\. Its forest predicts one\. Use tpe\(\) or nsga2\(\)/,
    );
    expect(() => forest({ trees: 0 })).toThrow(/forest\(\) got trees=0\. trees is a whole number from 1 to 1000/);
    expect(() => forest({ startup: 0 })).toThrow(/startup is a whole number of at least 1/);
    expect(() => forest({ candidates: 0.5 })).toThrow(/candidates is a whole number from 1 to 1000000/);
    expect(() => forest({ randomShare: 2 })).toThrow(/randomShare is a number from 0 to 1/);
  });
});
