import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { defineScheduler } from "./define.ts";
import { VernierError } from "./errors.ts";
import { Pruned } from "./result.ts";
import { replay } from "./study.ts";
import type { Executor, Sampler } from "./types.ts";
import { sqliteStorage } from "../store/index.ts";
import { choice, space } from "../space/index.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { faultyStorage } from "../testing/faulty-storage.ts";
import { settle, testEngine, XY } from "../testing/test-study.ts";

const options = { name: "s", space: XY, objectives: { loss: "minimize" }, seed: 1 } as const;
const code = (value: string) => expect.objectContaining({ code: value });
const forever = new Promise<never>(() => {});

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

  test("total: a trial that nobody leases does not hold the run for ever", async () => {
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
    expect(study.counts).toMatchObject({ complete: 3, running: 1 });
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

describe("trials that fail", () => {
  test("do not end the run, and keep their error", async () => {
    const { study } = await make();
    const summary = await study.run(
      (_, { number }) => {
        if (number === 1) throw new TypeError("x is not a function");
        return number;
      },
      { trials: 3 },
    );
    expect(summary).toMatchObject({ complete: 2, failed: 1, error: { message: "TypeError: x is not a function" } });
    expect(study.trial(1)).toMatchObject({
      state: "failed",
      error: { kind: "throw", message: "TypeError: x is not a function" },
    });
  });

  test("a result that cannot be ranked fails the trial and keeps its numbers", async () => {
    const { study } = await make();
    await study.run(() => ({ loss: NaN, epochs: 3 }), { trials: 1 });
    expect(study.trial(0)).toMatchObject({
      state: "failed",
      metrics: { loss: NaN, epochs: 3 },
      error: { kind: "result", code: "E_RESULT" },
    });
  });

  test("retries: at once, with the same configuration, not counted as another trial", async () => {
    const { study } = await make();
    const seen: [number, number, number][] = [];
    const summary = await study.run(
      ({ x }, { number, attempt }) => {
        seen.push([number, attempt, x]);
        if (number < 2 && attempt < 3) throw new Error("flaky");
        return x;
      },
      { trials: 3, retries: 2 },
    );
    expect(seen.map(([number, attempt]) => [number, attempt])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
    ]);
    expect(new Set(seen.map(([, , x]) => x)).size).toBe(3);
    expect(summary).toMatchObject({ started: 3, complete: 3, retried: 4, failed: 0 });
  });

  test("maxConsecutiveFailures stops a run that cannot succeed, and shows why", async () => {
    const { study } = await make();
    const run = study.run(
      (_, { number }) => {
        if (number !== 1) throw new Error("train.csv is missing.");
        return 1;
      },
      { trials: 100, maxConsecutiveFailures: 3 },
    );
    await expect(run).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: 3 trials in a row failed, the last one, trial 4, with: train.csv is missing. The run stops after maxConsecutiveFailures=3. Mend the objective and run again; what is stored is kept.]`,
    );
    await expect(run).rejects.toMatchObject({ cause: { message: "train.csv is missing." } });
    expect(study.counts).toMatchObject({ failed: 4, complete: 1, running: 0 });
  });

  test("an executor that throws before it returns a promise fails the trial, too", async () => {
    const { study } = await make();
    const executor: Executor = {
      name: "sync",
      run() {
        throw new Error("at once");
      },
    };
    expect(await study.run(executor, { trials: 1 })).toMatchObject({ failed: 1, error: { message: "at once" } });
  });
});

describe("pruning and pausing", () => {
  const stopAt = (step: number) =>
    defineScheduler({ name: "stop", decide: context => (context.step >= step ? "stop" : "continue") })();

  test("a pruned trial is aborted; its newest report is its value", async () => {
    const { study } = await make({ scheduler: stopAt(2) });
    let signal: AbortSignal | undefined;
    const summary = await study.run(
      async (_, trial) => {
        signal = trial.signal;
        for (let step = 1; ; step++) await trial.report(step, { loss: 10 - step });
      },
      { trials: 1 },
    );
    expect(summary).toMatchObject({ pruned: 1 });
    expect(signal?.reason).toEqual(code("E_PRUNED"));
    expect(study.trial(0)).toMatchObject({ state: "pruned", last: { step: 2, metrics: { loss: 8 } } });
    expect(study.best).toBeUndefined();
  });

  test("swallowing it does not help: reports go on throwing, the value is kept but not ranked", async () => {
    const { study } = await make({ scheduler: stopAt(1) });
    const thrown: unknown[] = [];
    await study.run(
      async (_, trial) => {
        for (let step = 1; step <= 3; step++) await trial.report(step, { loss: 1 }).catch(error => thrown.push(error));
        expect(trial.stopped).toBe(true);
        return 0;
      },
      { trials: 1 },
    );
    expect(thrown).toEqual([code("E_PRUNED"), code("E_PRUNED"), code("E_PRUNED")]);
    expect(study.trial(0)).toMatchObject({ state: "pruned", ranked: false, metrics: { loss: 0 }, last: { step: 1 } });
    expect(study.history.ranked[0]).toBe(0);
  });

  test("a stopped trial that returns nothing usable is pruned, not failed", async () => {
    const { study } = await make({ scheduler: stopAt(1) });
    const summary = await study.run(
      async (_, trial) => {
        await trial.report(1, { loss: 1 }).catch(() => {});
        return undefined as never;
      },
      { trials: 1 },
    );
    expect(summary).toMatchObject({ pruned: 1, failed: 0 });
  });

  test("an objective may prune itself", async () => {
    const { study } = await make();
    expect(await study.run(() => Promise.reject(new Pruned("diverged")), { trials: 2 })).toMatchObject({ pruned: 2 });
  });

  test("what is still paused when the search is over becomes pruned", async () => {
    const pause = defineScheduler({ name: "pause", decide: () => "pause" })();
    const { study } = await make({ scheduler: pause });
    const summary = await study.run(
      async (_, trial) => {
        await trial.report(1, { loss: 1 });
        return 1;
      },
      { trials: 3 },
    );
    expect(summary).toMatchObject({ started: 3, pruned: 3 });
    expect(study.counts).toMatchObject({ pruned: 3, paused: 0 });
  });

  test("a trial that ends itself is not told again", async () => {
    const { study } = await make();
    const summary = await study.run(
      async (_, trial) => {
        await (trial as unknown as { tell(value: number): Promise<void> }).tell(7);
        return 1;
      },
      { trials: 1 },
    );
    expect(summary).toMatchObject({ complete: 1, lost: 0 });
    expect(study.best?.metrics.loss).toBe(7);
  });
});

describe("time", () => {
  test("trialTimeout fails an attempt even if the objective never returns", async () => {
    const { study, clock } = await make();
    const reasons: unknown[] = [];
    const run = study.run(
      async (_, trial) => {
        trial.signal.addEventListener("abort", () => reasons.push(trial.signal.reason));
        return trial.number === 0 ? forever : 1;
      },
      { trials: 2, trialTimeout: "10s", grace: "2s" },
    );
    await settle();
    clock.tick(10_000);
    await settle();
    expect(reasons).toEqual([code("E_TRIAL_TIMEOUT")]);
    expect(study.trial(0)?.state).toBe("running"); // it still may tidy up
    clock.tick(2000);
    expect(await run).toMatchObject({ failed: 1, complete: 1 });
    expect(study.trial(0)?.error).toMatchInlineSnapshot(`
      {
        "code": "E_TRIAL_TIMEOUT",
        "kind": "timeout",
        "message": "trial 0 ran longer than 10 s, its trialTimeout. The attempt failed. Raise trialTimeout, or report and check trial.signal to end early.",
      }
    `);
    expect(clock.timers).toBe(1); // the leases'
  });

  test("an objective that heeds its signal needs no grace, and its last words are kept", async () => {
    const { study, clock } = await make();
    const run = study.run(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () =>
            reject(new VernierError("E_EXEC_KILLED", "killed", { details: { tail: "epoch 3" } })),
          );
        }),
      { trials: 1, trialTimeout: 500 },
    );
    await settle();
    clock.tick(500);
    expect(await run).toMatchObject({ failed: 1, error: { kind: "timeout", tail: "epoch 3" } });
  });

  test("timeout: running trials go back to waiting without losing an attempt, those that end in time count", async () => {
    const { study, clock } = await make();
    const run = study.run(
      (_, trial) => {
        const { signal, number } = trial;
        if (number === 0) return 1;
        if (number === 1) return forever;
        return new Promise((resolve, reject) => {
          signal.addEventListener("abort", () => (number === 2 ? resolve(2) : reject(signal.reason as Error)));
        });
      },
      { timeout: "1m", concurrency: 3, retries: 1 },
    );
    await settle();
    clock.tick(60_000);
    await settle();
    clock.tick(5000);
    expect(await run).toMatchObject({ reason: "timeout", complete: 2, released: 2, duration: 65_000 });
    expect(study.counts).toMatchObject({ waiting: 2, running: 0, complete: 2 });
    expect(study.trial(1)).toMatchObject({ state: "waiting", failures: 0, attempt: 1 });
    // The next run begins with them.
    expect(await study.run((_, { number }) => number, { trials: 2 })).toMatchObject({ complete: 2 });
    expect(study.trials).toHaveLength(4);
  });

  test("timeout: an objective that never waits is stopped between trials", async () => {
    const { study, clock } = await make();
    const summary = await study.run(
      () => {
        clock.set(clock.now() + 1000);
        return 1;
      },
      { timeout: 5000 },
    );
    expect(summary).toMatchObject({ reason: "timeout", complete: 5 });
  });

  test("signal: as a timeout, and at once when it is aborted before", async () => {
    const { study } = await make();
    const controller = new AbortController();
    const run = study.run(
      (_, { number }) => {
        if (number === 2) controller.abort();
        return number;
      },
      { signal: controller.signal },
    );
    expect(await run).toMatchObject({ reason: "signal", complete: 3, released: 0 });
    expect(await study.run(() => 1, { signal: controller.signal })).toMatchObject({ reason: "signal", started: 0 });
  });

  test("the loop lets timers through, so that Ctrl-C reaches an objective that never waits", async () => {
    const { study } = await make();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    expect((await study.run(() => 1, { signal: controller.signal })).reason).toBe("signal");
  });

  test("a sampler that takes its time does not hold up the end; its trial goes back", async () => {
    const gate = Promise.withResolvers<undefined>();
    const slow: Sampler = {
      name: "slow",
      options: {},
      async suggest({ space: codec }) {
        await gate.promise;
        return [codec.defaults()];
      },
    };
    const { study, clock } = await make({ sampler: slow });
    const run = study.run(() => 1, { timeout: 1000, grace: 1000 });
    await settle();
    clock.tick(1000);
    clock.tick(1000);
    expect(await run).toMatchObject({ reason: "timeout", started: 0 });
    gate.resolve(undefined);
    await settle();
    expect(study.trial(0)?.state).toBe("waiting");
  });

  test("a suggestion that arrives while the run is ending is given back, not evaluated", async () => {
    const gate = Promise.withResolvers<undefined>();
    const slow: Sampler = {
      name: "slow",
      options: {},
      async suggest({ space: codec }) {
        await gate.promise;
        return [codec.defaults()];
      },
    };
    const { study } = await make({ sampler: slow });
    const controller = new AbortController();
    let evaluated = 0;
    const run = study.run(() => ++evaluated, { signal: controller.signal });
    await settle();
    controller.abort();
    gate.resolve(undefined);
    expect(await run).toMatchObject({ reason: "signal", started: 1, released: 1, failed: 0 });
    expect(evaluated).toBe(0);
  });

  test("close stops a run and gives back what it evaluates", async () => {
    const { study, storage } = await make();
    const run = study.run((_, { signal }) => new Promise((_r, reject) => signal.addEventListener("abort", reject)), {
      trials: 5,
      concurrency: 2,
    });
    await settle();
    await study.close();
    expect(await run).toMatchObject({ reason: "close", released: 2 });
    expect((await storage.trials(study.id)).map(trial => trial.state)).toEqual(["waiting", "waiting"]);
  });
});

describe("several workers", () => {
  test("share one study: every trial evaluated once, the total met exactly", async () => {
    const { study, storage, clock } = await make();
    const others = await Promise.all([1, 2, 3].map(() => testEngine({ storage, clock }).engine.open({ name: "s" })));
    const evaluated: number[] = [];
    let done = false;
    const runs = Promise.all(
      [study, ...others].map(worker =>
        (worker as typeof study).run(
          async ({ x }, { number }) => {
            evaluated.push(number);
            await settle();
            return x;
          },
          { total: 30, concurrency: 2 },
        ),
      ),
    ).finally(() => (done = true));
    while (!done) {
      await settle();
      clock.tick(1000);
    }
    await runs;
    expect(evaluated.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  test("a trial taken over meanwhile is nobody's failure", async () => {
    const { study, storage, clock } = await make();
    const other = await testEngine({ storage, clock }).engine.open({ name: "s" });
    const summary = await study.run(
      async () => {
        clock.set(clock.now() + 100_000);
        await (await other.ask()).tell({ loss: 5 });
        return 1;
      },
      { trials: 1, retries: 1 },
    );
    expect(summary).toMatchObject({ started: 1, lost: 1, complete: 0, failed: 0 });
    await study.refresh();
    expect(study.best?.metrics.loss).toBe(5);
  });
});

test("several workers on one SQLite file meet the total, and every suggestion can be made again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vernier-run-"));
  try {
    const clock = fakeClock();
    const path = join(folder, "study.db");
    const storages = await Promise.all([1, 2, 3].map(() => sqliteStorage(path)));
    const studies = [];
    for (const storage of storages) {
      studies.push(await testEngine({ storage, clock }).engine.create({ ...options, ifExists: "resume" }));
    }
    let done = false;
    const runs = studies.map(study => study.run(({ x }) => settle().then(() => x), { total: 20, concurrency: 2 }));
    const all = Promise.all(runs).finally(() => (done = true));
    while (!done) {
      await settle();
      clock.tick(1000);
    }
    await all;
    const [first] = studies;
    await first?.refresh();
    expect(first?.counts).toMatchObject({ complete: 20, running: 0, waiting: 0 });
    expect(first && (await replay(first))).toEqual({ checked: 20, mismatches: [], skipped: [] });
    for (const storage of storages) await storage.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a storage that fails ends the run with its error, and nothing is left running that could be given back", async () => {
  const { storage } = testEngine();
  // start, finish, start, finish, start, finish
  const faulty = faultyStorage(storage, { at: 6, error: new VernierError("E_STORAGE_FULL", "the disk is full") });
  const { study } = await make({}, { storage: faulty });
  await expect(study.run(({ x }) => x, { trials: 10 })).rejects.toEqual(code("E_STORAGE_FULL"));
  expect((await storage.findStudy("s"))?.counts).toMatchObject({ complete: 2 });
});
