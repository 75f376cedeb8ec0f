/** TPE and auto against random: same budget, 24 fixed seeds (12 with several objectives), one-sided signed-rank test. What Sobol and grid are
 * better at: coverage.test.ts. */
import { expect, test } from "vitest";
import type { Sampler } from "../core/types.ts";
import { hypervolume, wilcoxon } from "../math/index.ts";
import { MULTI_PROBLEMS, type MultiProblem } from "../testing/multi-problems.ts";
import { PROBLEMS, type Problem } from "../testing/problems.ts";
import { SamplerStudy } from "../testing/sampler-study.ts";
import { auto, gp, random, tpe } from "./index.ts";

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

test.each([
  ["sphere, 5 floats", sphere5],
  ["Hartmann, 6 floats", hartmann6],
  ["mixed kinds", mixed],
  ["branches and conditions", conditional],
])("gp beats random in 25 trials: %s", async (_, problem) => {
  expect(await pAgainstRandom(problem, () => gp({ candidates: 128, starts: 3 }), 25)).toBeLessThan(0.01);
});

test("gp beats random with 8 trials under way", async () => {
  expect(await pAgainstRandom(hartmann6, () => gp({ candidates: 128, starts: 3, fantasies: 16 }), 48, 8)).toBeLessThan(
    0.01,
  );
});

test("tpe beats random with 8 trials under way", async () => {
  expect(await pAgainstRandom(hartmann6, () => tpe(), 80, 8)).toBeLessThan(0.01);
  expect(await pAgainstRandom(conditional, () => tpe(), 80, 8)).toBeLessThan(0.01);
});

test("univariate tpe beats random where parameters hardly interact", async () => {
  expect(await pAgainstRandom(ackley5, () => tpe({ multivariate: false }), 60)).toBeLessThan(0.01);
});

/** Hypervolume that the feasible trials lack, by seed. */
async function gaps(problem: MultiProblem, make: () => Sampler, budget: number): Promise<number[]> {
  const { space, objectives, constraints, reference } = problem;
  const found: number[] = [];
  for (let seed = 0; seed < 12; seed++) {
    const study = new SamplerStudy(space, { seed, objectives, constraints });
    const sampler = make();
    const rows: number[] = [];
    for (let number = 0; number < budget; number++) {
      const { params } = await study.ask(sampler);
      const metrics = problem.evaluate(params[0] ?? {});
      study.complete(study.start(params[0] ?? {}), metrics);
      if (study.history.violation[number] === 0) rows.push(...Object.keys(objectives).map(name => metrics[name]!));
    }
    found.push(problem.best - hypervolume(Float64Array.from(rows), reference.length, reference));
  }
  return found;
}

test.each([
  ["two objectives, 8 floats", MULTI_PROBLEMS.zdt1],
  ["three objectives", MULTI_PROBLEMS.dtlz2],
  ["two objectives, branches and conditions", MULTI_PROBLEMS.network],
  ["two objectives under constraints", MULTI_PROBLEMS.constr],
])("tpe and auto cover more of the front than random in 60 trials: %s", async (_, problem) => {
  const atRandom = await gaps(problem, () => random(), 60);
  expect(wilcoxon(await gaps(problem, () => tpe(), 60), atRandom, "less").p).toBeLessThan(0.01);
  expect(wilcoxon(await gaps(problem, () => auto(), 60), atRandom, "less").p).toBeLessThan(0.01);
});

test.each([
  ["two objectives, 8 floats", MULTI_PROBLEMS.zdt1],
  ["two objectives, branches and conditions", MULTI_PROBLEMS.network],
  ["two objectives under constraints", MULTI_PROBLEMS.constr],
])("gp covers more of the front than random in 25 trials: %s", async (_, problem) => {
  const ours = await gaps(problem, () => gp({ candidates: 128, starts: 3 }), 25);
  expect(wilcoxon(ours, await gaps(problem, () => random(), 25), "less").p).toBeLessThan(0.01);
});
