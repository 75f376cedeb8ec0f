/** TPE and auto against random: same budget, 24 fixed seeds, one-sided signed-rank test. What Sobol and grid are better at: coverage.test.ts. */
import { expect, test } from "vitest";
import type { Sampler } from "../core/types.ts";
import { wilcoxon } from "../math/index.ts";
import { PROBLEMS, type Problem } from "../testing/problems.ts";
import { SamplerStudy } from "../testing/sampler-study.ts";
import { auto, random, tpe } from "./index.ts";

const SEEDS = 24;

/** Best values found within the budget, by seed. `width`: trials under way at a time. */
async function bests(problem: Problem, make: () => Sampler, budget: number, width = 1): Promise<number[]> {
  const found: number[] = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    const study = new SamplerStudy(problem.space, { seed });
    const sampler = make();
    let best = Infinity;
    for (let number = 0; number < budget; number++) {
      const { params } = await study.ask(sampler);
      study.start(params[0] ?? {});
      const done = number - width + 1;
      const finished = done < 0 ? null : study.history.params(done);
      if (finished === null) continue;
      const value = problem.evaluate(finished);
      best = Math.min(best, value);
      study.complete(done, value);
    }
    found.push(best);
  }
  return found;
}

/** Probability that random is as good and the differences are chance. */
async function pAgainstRandom(problem: Problem, make: () => Sampler, budget: number, width = 1): Promise<number> {
  const ours = await bests(problem, make, budget, width);
  return wilcoxon(ours, await bests(problem, () => random(), budget, width), "less").p;
}

const { sphere5, rosenbrock4, branin, hartmann6, ackley5, rastrigin4, mixed, conditional } = PROBLEMS;

test.each([
  ["sphere, 5 floats", sphere5],
  ["Rosenbrock, 4 floats", rosenbrock4],
  ["Branin", branin],
  ["Hartmann, 6 floats", hartmann6],
  ["Ackley, 5 floats", ackley5],
  ["Rastrigin, 4 floats", rastrigin4],
  ["mixed kinds", mixed],
  ["branches and conditions", conditional],
])("tpe and auto beat random in 60 trials: %s", async (_, problem) => {
  expect(await pAgainstRandom(problem, () => tpe(), 60)).toBeLessThan(0.01);
  expect(await pAgainstRandom(problem, () => auto(), 60)).toBeLessThan(0.01);
});

test("tpe beats random with 8 trials under way", async () => {
  expect(await pAgainstRandom(hartmann6, () => tpe(), 80, 8)).toBeLessThan(0.01);
  expect(await pAgainstRandom(conditional, () => tpe(), 80, 8)).toBeLessThan(0.01);
});

test("univariate tpe beats random where parameters hardly interact", async () => {
  expect(await pAgainstRandom(ackley5, () => tpe({ multivariate: false }), 60)).toBeLessThan(0.01);
});
