import { describe, expect, test } from "vitest";
import type { Params } from "../../core/types.ts";
import { hypervolume } from "../../math/index.ts";
import { stream } from "../../math/rng.ts";
import { choice, float, int, ordinal, space } from "../../space/index.ts";
import { MULTI_PROBLEMS } from "../../testing/multi-problems.ts";
import { PROBLEMS } from "../../testing/problems.ts";
import { SPACES } from "../../testing/sampler/spaces.ts";
import { describeSampler } from "../../testing/sampler.ts";
import { SamplerStudy } from "../../testing/sampler-study.ts";
import { randomStep } from "../../testing/sampler-walk.ts";
import { gp } from "./gp.ts";

// Small searches: what is checked does not depend on how well the acquisition is maximised.
const small = { candidates: 64, starts: 3, fantasies: 8 };
describeSampler("gp", () => gp({ ...small, startup: 5 }), { describe, test });
// So few that the finite spaces are searched, not looked through whole.
describeSampler("gp with 8 candidates", () => gp({ candidates: 8, starts: 2, fantasies: 1, startup: 2, warp: false }), {
  ...{ describe, test },
});

const floats = (n: number) => space(Object.fromEntries(Array.from({ length: n }, (_, i) => [`x${i}`, float(0, 1)])));
const numbers = (params: Params): number[] => Object.values(params) as number[];

test("within 30 trials it is where random search is not in thousands", async () => {
  const { branin } = PROBLEMS;
  const study = new SamplerStudy(branin.space, { seed: 1 });
  const sampler = gp({ candidates: 256, starts: 4 });
  let best = Infinity;
  for (let i = 0; i < 30; i++) {
    const { params } = await study.ask(sampler);
    const value = branin.evaluate(params[0]!);
    best = Math.min(best, value);
    study.complete(study.start(params[0]!), value);
  }
  expect(best - branin.optimum).toBeLessThan(0.01);
});

test("constraints: finds the optimum at the border of what is feasible", async () => {
  const study = new SamplerStudy(floats(2), { seed: 2, constraints: { cost: { max: 0.5 } } });
  const sampler = gp({ ...small, startup: 6 });
  let best = -Infinity;
  let why: string | undefined;
  for (let i = 0; i < 30; i++) {
    const { params, why: reason } = await study.ask(sampler);
    why = reason;
    const [x, y] = numbers(params[0]!) as [number, number];
    if (x * x + y * y <= 0.5) best = Math.max(best, x + y);
    study.complete(study.start(params[0]!), { value: -x - y, cost: x * x + y * y });
  }
  expect(best).toBeGreaterThan(0.98); // at most 1
  expect(why).toBe("expected improvement by a Gaussian process of 29 trials");
});

test("while nothing feasible is known it looks for feasibility", async () => {
  const study = new SamplerStudy(floats(3), { seed: 2, constraints: { cost: { max: 0.05 } } });
  const sampler = gp({ ...small, startup: 6 });
  let found = -1;
  for (let i = 0; i < 25 && found < 0; i++) {
    const { params, why } = await study.ask(sampler);
    if (i >= 6) expect(why).toMatch(/^most likely feasible/);
    const cost = numbers(params[0]!).reduce((sum, x) => sum + (x - 0.2) ** 2, 0);
    if (cost <= 0.05) found = i;
    study.complete(study.start(params[0]!), { value: 1, cost });
  }
  expect(found).toBeGreaterThan(0); // random: once in 90
});

test("trials under way, and those of one ask, are kept apart", async () => {
  const study = new SamplerStudy(floats(2), { seed: 5 });
  const sampler = gp({ ...small, startup: 8 });
  const value = (params: Params): number => numbers(params).reduce((sum, x) => sum + Math.cos(9 * x), 0);
  const rng = stream(5, "apart");
  for (let i = 0; i < 9; i++) {
    const params = study.codec.sample(rng);
    study.complete(study.start(params), value(params));
  }
  const distance = (a: Params, b: Params): number => {
    const [p, q] = [numbers(a), numbers(b)];
    return Math.hypot(...p.map((v, i) => v - q[i]!));
  };
  const { params: batch } = await study.ask(sampler, 4);
  for (const [i, a] of batch.entries()) for (const b of batch.slice(0, i)) expect(distance(a, b)).toBeGreaterThan(0.02);
  const first = batch[0]!;
  study.start(first);
  const { params } = await study.ask(sampler);
  expect(distance(first, params[0]!)).toBeGreaterThan(0.02);
});

test("leaves a region where every trial fails", async () => {
  const study = new SamplerStudy(floats(1), { seed: 3 });
  const sampler = gp({ ...small, startup: 4 });
  let failures = 0;
  let best = Infinity;
  for (let i = 0; i < 24; i++) {
    const { params } = await study.ask(sampler);
    const number = study.start(params[0]!);
    const [x] = numbers(params[0]!) as [number];
    // The values fall towards 1; beyond 0.7 there are none.
    if (x > 0.7) {
      study.fail(number);
      failures++;
    } else {
      best = Math.min(best, -x);
      study.complete(number, -x);
    }
  }
  expect(failures).toBeLessThan(14);
  expect(best).toBeLessThan(-0.66);
});

test("a stopped trial counts at most as the median, whatever it reported", async () => {
  const after = async (report: number): Promise<unknown> => {
    const study = new SamplerStudy(floats(1), { seed: 3 });
    for (const x of [0.1, 0.3, 0.5, 0.7, 0.9]) study.complete(study.start({ x0: x }), 1 + (x - 0.3) ** 2);
    study.prune(study.start({ x0: 0.95 }), 1, report);
    return study.ask(gp({ ...small, startup: 4 }));
  };
  const median = await after(1 + 0.2 ** 2);
  expect(await after(-1000)).toEqual(median);
  expect(await after(1.3)).not.toEqual(median);
  expect(await after(1e6)).toEqual(await after(1 + (0.9 - 0.3) ** 2)); // no worse than the worst
});

test("finite spaces: the best of what is left, never a repeat", async () => {
  const table = space({ a: int(0, 9), b: ordinal([1, 2, 3, 4, 5]), c: choice(["p", "q", "r"]) });
  const study = new SamplerStudy(table, { seed: 1 });
  const sampler = gp({ startup: 8 });
  const seen = new Set<string>();
  let found = -1;
  for (let i = 0; i < 40; i++) {
    const { params } = await study.ask(sampler);
    const { a, b, c } = params[0] as { a: number; b: number; c: string };
    seen.add(study.codec.key(params[0]!));
    const value = (a - 7) ** 2 + (b - 2) ** 2 + (c === "q" ? 0 : 3);
    if (value === 0 && found < 0) found = i;
    study.complete(study.start(params[0]!), value);
  }
  expect(seen.size).toBe(40);
  expect(found).toBeGreaterThanOrEqual(0); // 40 of 150 at random: p = 0.27
  expect(found).toBeLessThan(30);
});

test.each([
  ["repeated points that disagree", (i: number) => ({ x0: 0.5, x1: i % 2 }), (i: number) => i],
  ["repeated points without noise", () => ({ x0: 0.5, x1: 0.5 }), () => 1],
  ["points next to each other", (i: number) => ({ x0: 0.5 + 1e-12 * i, x1: 0.5 }), (i: number) => i % 3],
  ["one outlier", (i: number) => ({ x0: i / 30, x1: 0.5 }), (i: number) => (i === 3 ? 1e300 : i)],
  ["tiny differences of huge values", (i: number) => ({ x0: i / 30, x1: 0.5 }), (i: number) => 1e15 + i],
  ["denormal values", (i: number) => ({ x0: i / 30, x1: 0.5 }), (i: number) => i * 5e-324],
])("survives %s", async (_, params, value) => {
  for (const deterministic of [false, true]) {
    const study = new SamplerStudy(floats(2));
    const sampler = gp({ ...small, startup: 1, deterministic });
    for (let i = 0; i < 30; i++) {
      study.complete(study.start(params(i)), value(i));
      const { params: said, why } = await study.ask(sampler);
      expect(study.codec.check(said[0])).toEqual([]);
      expect(why).toMatch(/^expected improvement/);
    }
  }
});

test("fifty columns, and a thousand trials", async () => {
  const study = new SamplerStudy(floats(50), { seed: 1 });
  const rng = stream(1, "wide");
  const tell = (params: Params): void => study.complete(study.start(params), numbers(params)[0]! ** 2);
  for (let i = 0; i < 60; i++) tell(study.codec.sample(rng));
  const sampler = gp(small);
  for (let i = 0; i < 2; i++) tell((await study.ask(sampler)).params[0]!);
  const long = new SamplerStudy(floats(2), { seed: 1 });
  for (let i = 0; i < 1000; i++) {
    const params = long.codec.sample(rng);
    long.complete(long.start(params), numbers(params)[0]! ** 2);
  }
  const { params, why } = await long.ask(sampler);
  expect(why).toBe("expected improvement by a Gaussian process of 1000 trials");
  expect(numbers(params[0]!)[0]).toBeLessThan(0.1);
});

test("two objectives: nearly the whole front, where random search finds half", async () => {
  const { space: both, objectives, constraints, reference, best, evaluate } = MULTI_PROBLEMS.constr;
  const study = new SamplerStudy(both, { seed: 1, objectives, constraints });
  const sampler = gp({ ...small, startup: 8 });
  const rows: number[] = [];
  for (let i = 0; i < 40; i++) {
    const { params } = await study.ask(sampler);
    const metrics = evaluate(params[0]!);
    study.complete(study.start(params[0]!), metrics);
    if (study.history.violation[i] === 0) rows.push(...Object.keys(objectives).map(name => metrics[name]!));
  }
  expect(best - hypervolume(Float64Array.from(rows), 2, reference)).toBeLessThan(0.25); // random: about 1
});

test("a given reference point is kept to", async () => {
  const goals = (reference?: number) => ({
    a: { direction: "minimize" as const, ...(reference !== undefined && { reference }) },
    b: { direction: "maximize" as const },
  });
  const found: number[] = [];
  for (const reference of [undefined, 0.1]) {
    const study = new SamplerStudy(floats(1), { seed: 1, objectives: goals(reference) });
    for (const x of [0, 0.3, 0.5, 0.8, 1]) study.complete(study.start({ x0: x }), { a: x, b: x });
    const { params } = await study.ask(gp({ ...small, startup: 5 }));
    found.push(numbers(params[0]!)[0]!);
  }
  expect(found[0]).toBeGreaterThan(0.1);
  expect(found[1]).toBeLessThan(0.11); // beyond it nothing counts
});

test.each([
  ["one objective", { value: { direction: "minimize" } }],
  ["two objectives", { value: { direction: "minimize" }, more: { direction: "maximize" } }],
  ["three objectives", { a: { direction: "minimize" }, b: { direction: "maximize" }, c: { direction: "minimize" } }],
] as const)("%s under constraints, warm and cold", async (_, objectives) => {
  const rng = stream(6, "purity", "gp");
  const options = { ...small, startup: 3 };
  for (const title of ["floats on every scale", "nested branches and when", "where"]) {
    const study = new SamplerStudy(SPACES[title]!, {
      seed: 4,
      objectives,
      constraints: { d: { max: 0 }, e: { min: 0 } },
    });
    const sampler = gp(options);
    for (let i = 0; i < 80; i++) {
      await randomStep(study, sampler, rng, { undo: true });
      if (i % 8 > 0) continue;
      const [warm, cold] = [await study.ask(sampler, 2), await study.ask(gp(options), 2, study.reopened())];
      expect(cold, `${title} after ${i + 1} steps`).toEqual(warm);
    }
  }
});

test("bad options are refused by their text", () => {
  expect(() => gp({ startup: 0 })).toThrow(/gp\(\) got startup=0\. startup is a whole number of at least 1/);
  expect(() => gp({ deterministic: "yes" as never })).toThrow(/deterministic is true or false/);
  expect(() => gp({ candidates: 0.5 })).toThrow(/candidates is a whole number from 1 to 1000000/);
  expect(() => gp({ fantasies: 0 })).toThrow(/fantasies is a whole number from 1 to 65536/);
});
