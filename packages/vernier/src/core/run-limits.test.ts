import { describe, expect, test } from "vitest";
import { VernierError } from "./errors.ts";
import { Pruned } from "./result.ts";
import type { Sampler } from "./types.ts";
import { choice, space } from "../space/index.ts";
import { settle, testEngine, XY } from "../testing/test-study.ts";

const options = { name: "s", space: XY, objectives: { loss: "minimize" }, seed: 1 } as const;

async function make(change: object = {}, engineOptions: Parameters<typeof testEngine>[0] = {}) {
  const made = testEngine(engineOptions);
  const study = await made.engine.create<typeof XY, { loss: "minimize" }>({ ...options, ...change } as typeof options);
  return { ...made, study };
}

describe("limits", () => {
  test("trials: so many of this call", async () => {
    const { study } = await make();
    const summary = await study.run(({ x }) => x, { trials: 7 });
    expect(summary).toEqual({
      reason: "trials",
      started: 7,
      complete: 7,
      pruned: 0,
      failed: 0,
      released: 0,
      retried: 0,
      lost: 0,
      duration: 0,
      error: undefined,
    });
    expect((await study.run(({ x }) => x, { trials: 3 })).started).toBe(3);
    expect(study.trials).toHaveLength(10);
    expect(study.best?.metrics.loss).toBe(Math.min(...study.trials.map(trial => trial.params?.x ?? NaN)));
  });

  test("total: the same line again resumes, and does nothing when all is done", async () => {
    const { study } = await make();
    await study.run(({ x }) => x, { trials: 4 });
    const resumed = await study.run(({ x }) => x, { total: 10, concurrency: 3 });
    expect(resumed).toMatchObject({ reason: "total", started: 6 });
    expect(await study.run(({ x }) => x, { total: 10 })).toMatchObject({ reason: "total", started: 0 });
  });

  test("total: failed and pruned trials count, so that the run ends", async () => {
    const { study } = await make();
    const objective = ({ x }: { x: number }) => {
      if (x < 0.4) throw new Error("no");
      if (x < 0.6) throw new Pruned();
      return x;
    };
    const summary = await study.run(objective, { total: 20 });
    expect(summary.complete + summary.failed + summary.pruned).toBe(20);
    expect(Math.min(summary.complete, summary.failed, summary.pruned)).toBeGreaterThan(0);
  });

  test("total: trials of other workers are waited for, and claimed when their worker is dead", async () => {
    const { study, storage, clock, engine } = await make();
    const dead = await testEngine({ storage, clock }).engine.open({ name: "s" });
    await dead.ask({ retries: 1 });
    await dead.close();
    const run = study.run(({ x }) => x, { total: 3 });
    let done = false;
    void run.then(() => (done = true));
    await settle();
    expect(study.counts.complete).toBe(2);
    for (let second = 0; second < 59; second++) {
      clock.tick(1000);
      await settle();
    }
    expect(done).toBe(false);
    while (!done) {
      clock.tick(1000);
      await settle();
    }
    expect(await run).toMatchObject({ reason: "total", started: 3, complete: 3 });
    expect((await engine.open({ name: "s" })).trials).toHaveLength(3);
  });

  test("total: what others still run after a lease's length is theirs to finish, and ends the wait", async () => {
    const { study, storage, clock } = await make();
    await (await testEngine({ storage, clock }).engine.open({ name: "s" })).ask({ lease: null });
    const run = study.run(({ x }) => x, { total: 3 });
    let done = false;
    void run.then(() => (done = true));
    for (let second = 0; second < 70; second++) {
      await settle();
      clock.tick(1000);
    }
    await settle();
    expect(done).toBe(true);
    expect((await run).reason).toBe("total");
    expect(study.counts).toMatchObject({ complete: 2, running: 1 });
  });

  test("concurrency: so many at a time, never more", async () => {
    const { study } = await make();
    let now = 0;
    let most = 0;
    await study.run(
      async ({ x }) => {
        most = Math.max(most, ++now);
        await settle();
        now--;
        return x;
      },
      { trials: 20, concurrency: 4 },
    );
    expect(most).toBe(4);
    expect(study.trials).toHaveLength(20);
  });

  test("patience: so many finished trials without a better one", async () => {
    const { study } = await make();
    const losses = [5, 3, 4, 3, 2, 9, 2, 9, 9, 9];
    const summary = await study.run((_, trial) => losses[trial.number] ?? 9, { patience: 4 });
    expect(summary).toMatchObject({ reason: "patience", started: 9 });
  });

  test("patience with several objectives: without a new trial on the front", async () => {
    const { engine } = testEngine();
    const study = await engine.create({ ...options, objectives: { a: "minimize", b: "minimize" } });
    const told = [
      [1, 1],
      [0, 2],
      [2, 0],
      [3, 3],
      [3, 3],
      [3, 3],
    ];
    const summary = await study.run((_, { number }) => ({ a: told[number]?.[0] ?? 9, b: told[number]?.[1] ?? 9 }), {
      patience: 3,
    });
    expect(summary.started).toBe(6);
  });

  test("stopAtTarget: a feasible trial that reaches every target", async () => {
    const { engine } = testEngine();
    const study = await engine.create({
      ...options,
      objectives: { accuracy: { direction: "maximize", target: 0.9 }, ms: "minimize" },
      constraints: { mb: { max: 1 } },
    });
    const told = [
      { accuracy: 0.8, ms: 1, mb: 0 },
      { accuracy: 0.95, ms: 1, mb: 5 },
      { accuracy: 0.9, ms: 1, mb: 1 },
    ];
    const summary = await study.run((_, { number }) => told[number] ?? expect.unreachable(), { stopAtTarget: true });
    expect(summary).toMatchObject({ reason: "target", started: 3 });
  });

  test("a finite space without other limits ends when all of it was tried", async () => {
    const { engine } = testEngine();
    const tiny = space({ a: choice(["x", "y", "z"]), b: choice([1, 2]) }, { where: ['not (a == "x" and b == 2)'] });
    const study = await engine.create({ name: "t", space: tiny, objectives: { loss: "minimize" }, seed: 1 });
    const summary = await study.run(({ b }) => b, { concurrency: 2 });
    expect(summary).toMatchObject({ reason: "space", started: 5 });
    expect(new Set(study.trials.map(trial => JSON.stringify(trial.params))).size).toBe(5);
    expect(await study.run(({ b }) => b)).toMatchObject({ reason: "space", started: 0 });
  });

  test("a sampler that has nothing left ends the run", async () => {
    const spent: Sampler = {
      name: "spent",
      options: {},
      inside: true,
      suggest({ number, space: codec }) {
        if (number >= 3) throw new VernierError("E_SPACE_EXHAUSTED", "all tried");
        return [codec.defaults()];
      },
    };
    const { study } = await make({ sampler: spent });
    expect(await study.run(({ x }) => x, { trials: 10, concurrency: 2 })).toMatchObject({
      reason: "space",
      started: 3,
    });
  });

  test.each<[string, object]>([
    ["no limit", {}],
    ["trials zero", { trials: 0 }],
    ["trials half", { trials: 1.5 }],
    ["concurrency as text", { trials: 1, concurrency: "4" }],
    ["retries negative", { trials: 1, retries: -1 }],
    ["timeout in words", { trials: 1, timeout: "10 minutes" }],
    ["a signal that is none", { trials: 1, signal: true }],
    ["a target nobody set", { stopAtTarget: true }],
    ["a typo", { trails: 1 }],
  ])("bad options by their text: %s", async (_, bad) => {
    const { study } = await make();
    await expect(study.run(({ x }) => x, bad as never)).rejects.toThrowErrorMatchingSnapshot();
  });

  test("an objective that is none", async () => {
    const { study } = await make();
    await expect(study.run("train.py" as never, { trials: 1 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: run() got "train.py" as objective. It must be a function of the parameters, or an executor. Write study.run(params => ..., { trials: 100 }).]`,
    );
  });
});
