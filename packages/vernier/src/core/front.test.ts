import { describe, expect, test } from "vitest";
import { stream } from "../math/rng.ts";
import { SamplerStudy } from "../testing/sampler-study.ts";
import { testEngine, XY } from "../testing/test-study.ts";
import { Front } from "./front.ts";

const one = (name = "s") => ({ name, space: XY, objectives: { loss: "minimize" }, seed: 1 }) as const;

describe("the front", () => {
  const two = {
    name: "f",
    space: XY,
    objectives: { a: "maximize", b: "minimize" },
    constraints: { c: { max: 1 } },
    seed: 1,
  } as const;

  test("holds what is feasible and not dominated, by the first objective", async () => {
    const study = await testEngine().engine.create(two);
    const told = [
      { a: 1, b: 1, c: 0 },
      { a: 2, b: 2, c: 0 },
      { a: 2, b: 3, c: 0 }, // dominated
      { a: 9, b: 0, c: 2 }, // infeasible
      { a: 0, b: 0, c: 1 },
      { a: 2, b: 2, c: 0 }, // a tie stays
    ];
    for (const metrics of told) await (await study.ask()).tell(metrics);
    expect(study.front.map(trial => trial.number)).toEqual([1, 5, 0, 4]);
    await study.correct(3, { metrics: { c: 0 }, reason: "memory was counted twice" });
    expect(study.front.map(trial => trial.number)).toEqual([3]);
    await study.deleteTrial(3);
    expect(study.front.map(trial => trial.number)).toEqual([1, 5, 0, 4]);
    await study.restoreTrial(3);
    expect(study.front.map(trial => trial.number)).toEqual([3]);
  });

  test("is the same for a study that is opened and for one that was followed", () => {
    for (const names of [["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]]) {
      const objectives = Object.fromEntries(
        names.map((name, i) => [name, { direction: i === 0 ? "maximize" : "minimize" } as const]),
      );
      const study = new SamplerStudy(XY, { objectives, constraints: { x: { max: 0 } } });
      const rng = stream(names.length);
      const followed = new Front();
      for (let i = 0; i < 300; i++) {
        const metrics = Object.fromEntries(names.map(name => [name, rng.int(i % 3 === 0 ? 5 : 50)]));
        const number = study.start({ x: 0, y: 0 });
        if (i % 11 === 3) study.fail(number);
        else study.complete(number, { ...metrics, x: i % 7 === 2 ? 1 : 0 });
        followed.of(study.history);
        if (i % 100 === 99) expect(new Front().of(study.history)).toEqual(followed.of(study.history));
      }
      expect(followed.of(study.history).length).toBeGreaterThan(0);
    }
  });

  test("best is for one objective", async () => {
    const study = await testEngine().engine.create(two);
    expect(() => study.best).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: study "f" has 2 objectives (a, b), so no single best trial. Use study.front.]`,
    );
    const single = await testEngine().engine.create({ ...one(), constraints: { c: { max: 1 } } });
    expect(single.best).toBeUndefined();
    for (const metrics of [
      { loss: 1, c: 9 },
      { loss: 3, c: 0 },
      { loss: 2, c: 0 },
      { loss: 2, c: 0 },
    ]) {
      await (await single.ask()).tell(metrics);
    }
    expect(single.best?.number).toBe(2);
  });
});
