import { describe, expect, test } from "vitest";
import { importance } from "./importance.ts";
import { objectiveHistory } from "./objective-history.ts";
import type { Objectives } from "../core/index.ts";
import { choice, float, int, oneOf, simplex, space, subset, type Params, type Space } from "../space/index.ts";
import { testEngine } from "../testing/test-study.ts";

async function study<P>(
  shape: Space<P>,
  objective: (params: P) => number,
  trials: number,
  objectives: Objectives = { loss: "minimize" },
) {
  const made = await testEngine().engine.create({ name: "i", space: shape as Space<Params>, objectives, seed: 5 });
  const names = Object.keys(objectives);
  await made.run(params => Object.fromEntries(names.map(name => [name, objective(params as P)])), { trials });
  return made;
}
const shares = (parameters: readonly { name: string; share: number }[]) =>
  Object.fromEntries(parameters.map(({ name, share }) => [name, Math.round(100 * share)]));

describe("importance", () => {
  test("a parameter alone explains everything; its direction is told", async () => {
    const shape = space({ lr: float(1e-5, 1e-1, { scale: "log" }), noise: float(0, 1), depth: int(1, 9) });
    const { parameters, trials, objective } = importance(await study(shape, ({ lr }) => -Math.log(lr), 100));
    expect(shares(parameters)).toEqual({ lr: 100, noise: 0, depth: 0 });
    expect(parameters[0]).toMatchObject({ name: "lr", trials: 100, effect: -1 });
    expect({ trials, objective }).toEqual({ trials: 100, objective: "loss" });
  });

  test("an optimum in the middle is seen, and has no direction", async () => {
    const shape = space({ oven: float(120, 240), salt: float(0, 1), noise: float(0, 1) });
    const cake = ({ oven, salt }: { oven: number; salt: number }) => ((oven - 180) / 60) ** 2 + 0.2 * salt;
    const { parameters } = importance(await study(shape, cake, 300));
    expect(parameters.map(({ name }) => name).slice(0, 2)).toEqual(["oven", "salt"]);
    expect(parameters[0]!.share).toBeGreaterThan(0.8);
    expect(Math.abs(parameters[0]!.effect!)).toBeLessThan(0.3);
  });

  test("categories count by their groups, whatever the order of the choices", async () => {
    const shape = space({ act: choice(["a", "b", "c"]), noise: choice(["p", "q", "r"]) });
    const made = await study(shape, ({ act }) => ({ a: 1, b: 9, c: 2 })[act], 9);
    const { parameters } = importance(made);
    expect(shares(parameters)).toEqual({ act: 100, noise: 0 });
    expect(parameters[0]?.effect).toBeUndefined();
  });

  test("stronger effects have larger shares, which sum to 1", async () => {
    const shape = space({ a: float(0, 1), b: float(0, 1), c: float(0, 1) });
    const { parameters } = importance(await study(shape, ({ a, b, c }) => 4 * a + 2 * b + c, 200));
    expect(parameters.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(parameters.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  test("noise alone leaves next to nothing: chance is subtracted", async () => {
    const shape = space(Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`x${i}`, float(0, 1)])));
    const all = { ...space({ signal: float(0, 1) }).shape, ...shape.shape };
    const made = await study(space(all) as Space<{ signal: number }>, ({ signal }) => signal, 40);
    expect(importance(made).parameters[0]).toMatchObject({ name: "signal" });
    expect(importance(made).parameters[0]?.share).toBeGreaterThan(0.7);
  });

  test("a conditional parameter counts by the trials in which it is there", async () => {
    const shape = space({ o: oneOf({ sgd: { momentum: float(0, 1) }, adam: {} }), x: float(0, 1) });
    const made = await study(shape, ({ o }) => (o.kind === "sgd" ? o.momentum : 0.5), 200);
    const [first] = importance(made).parameters;
    expect(first?.name).toBe("o.sgd.momentum");
    expect(first?.trials).toBe(
      made.trials.filter(trial => (trial.params?.["o"] as { kind: string }).kind === "sgd").length,
    );
  });

  test("parameters of several columns are told once", async () => {
    const shape = space({ f: subset(["a", "b", "c"]), m: simplex(["u", "v", "w"]) });
    const { parameters } = importance(await study(shape, ({ f }) => (f.includes("b") ? 1 : 0), 100));
    expect(parameters.map(({ name }) => name)).toEqual(["f", "m"]);
    expect(parameters[0]?.share).toBeGreaterThan(0.8);
  });

  test("nothing to tell is told", async () => {
    const shape = space({ x: float(0, 1) });
    expect(importance(await study(shape, () => 1, 10))).toEqual({
      objective: "loss",
      trials: 10,
      parameters: [{ name: "x", share: 0, effect: 0, trials: 10 }],
      note: "No parameter alone has a measurable effect on loss in 10 trials.",
    });
    expect(importance(await study(shape, ({ x }) => x, 2)).note).toBe(
      "Too few complete trials (2) to tell parameters apart.",
    );
  });

  test("several objectives: one is named", async () => {
    const shape = space({ x: float(0, 1) });
    const made = await study(shape, ({ x }) => x, 10, { loss: "minimize", time: "minimize" });
    expect(importance(made, { objective: "time" }).objective).toBe("time");
    expect(() => importance(made)).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: the study has 2 objectives: loss, time. This looks at one. Name it: { objective: "loss" }.]`,
    );
    expect(() => importance(made, { objective: "tine" })).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: the study has no objective "tine". It has loss, time. Did you mean "time"?]`,
    );
  });
});

test("the objective's history: values in the order told, the best feasible so far", async () => {
  const made = await testEngine().engine.create({
    name: "h",
    space: space({ x: float(0, 1) }),
    objectives: { score: "maximize" },
    constraints: { mb: { max: 1 } },
    seed: 1,
  });
  const told: [number, number][] = [
    [9, 5],
    [1, 0],
    [3, 0],
    [2, 0],
    [8, 2],
    [4, 1],
  ];
  for (const [score, mb] of told) await (await made.ask()).tell({ score, mb });
  await (await made.ask()).fail("x");
  expect(objectiveHistory(made)).toEqual([
    { number: 0, value: 9, best: NaN },
    { number: 1, value: 1, best: 1 },
    { number: 2, value: 3, best: 3 },
    { number: 3, value: 2, best: 3 },
    { number: 4, value: 8, best: 3 },
    { number: 5, value: 4, best: 4 },
  ]);
});
