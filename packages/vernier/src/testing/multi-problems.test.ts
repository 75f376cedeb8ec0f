import { expect, test } from "vitest";
import type { Params } from "../core/types.ts";
import { hypervolume, nonDominatedRanks } from "../math/index.ts";
import { stream } from "../math/rng.ts";
import { compile } from "../space/index.ts";
import { MULTI_PROBLEMS, type MultiProblem } from "./multi-problems.ts";

/** Objective values of the configurations that meet the constraints, row after row. */
function feasibleRows(problem: MultiProblem, all: readonly Params[]): Float64Array {
  const rows = all.flatMap(params => {
    const metrics = problem.evaluate(params);
    const meets = Object.entries(problem.constraints).every(([name, { min = -Infinity, max = Infinity }]) => {
      const value = metrics[name] ?? NaN;
      return value >= min && value <= max;
    });
    return meets ? [Object.keys(problem.objectives).map(name => metrics[name] ?? NaN)] : [];
  });
  return Float64Array.from(rows.flat());
}

test.each(Object.entries<MultiProblem>(MULTI_PROBLEMS))("%s has its front where it says", (name, problem) => {
  const codec = compile(problem.space as never);
  const m = problem.reference.length;
  expect(Object.keys(problem.objectives)).toHaveLength(m);
  const front = problem.front(2500);
  for (const params of front) expect(codec.check(params)).toEqual([]);
  const rows = feasibleRows(problem, front);
  expect(rows).toHaveLength(m * front.length);
  const volume = hypervolume(rows, m, problem.reference);
  expect(volume / problem.best).toBeLessThan(1 + 1e-9);
  expect(volume / problem.best).toBeGreaterThan(m === 2 ? 0.999 : 0.99);

  const rng = stream(1);
  const others = Array.from({ length: 500 }, () => codec.sample(rng) as Params);
  for (const params of front.filter((_, i) => i % 100 === 0))
    others.push(...(codec.neighbours(params as never, rng) as Params[]));
  const tried = feasibleRows(problem, others);
  expect(hypervolume(tried, m, problem.reference)).toBeLessThan(problem.best);
  // A random point is hardly ever on the front.
  if (name !== "network" && name !== "constr") {
    const ranks = nonDominatedRanks(Float64Array.from([...rows, ...feasibleRows(problem, others.slice(0, 500))]), m);
    expect(ranks.subarray(front.length).every(rank => rank > 0)).toBe(true);
  }
});
