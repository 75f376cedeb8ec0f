import { expect, test } from "vitest";
import { stream } from "../math/rng.ts";
import { compile } from "../space/index.ts";
import { PROBLEMS, type Problem } from "./problems.ts";

test.each(Object.entries<Problem>(PROBLEMS))("%s has its optimum where it says", (_, problem) => {
  const codec = compile(problem.space as never);
  expect(codec.check(problem.at)).toEqual([]);
  expect(problem.evaluate(problem.at)).toBeCloseTo(problem.optimum, 5);
  const rng = stream(1);
  for (let i = 0; i < 500; i++) {
    expect(problem.evaluate(codec.sample(rng))).toBeGreaterThan(problem.optimum - 1e-9);
    for (const near of codec.neighbours(problem.at as never, rng)) {
      expect(problem.evaluate(near as never)).toBeGreaterThan(problem.optimum - 1e-9);
    }
  }
});
