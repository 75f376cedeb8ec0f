import { describe, expect, test } from "vitest";
import { defineScheduler } from "./define.ts";
import { VernierError } from "./errors.ts";
import { Pruned } from "./result.ts";
import type { Executor, TrialContext } from "./types.ts";
import { faultyStorage } from "../testing/faulty-storage.ts";
import { settle, testEngine, XY } from "../testing/test-study.ts";

const options = { name: "s", space: XY, objectives: { loss: "minimize" }, seed: 1 } as const;
const code = (value: string) => expect.objectContaining({ code: value });

async function make(change: object = {}, engineOptions: Parameters<typeof testEngine>[0] = {}) {
  const made = testEngine(engineOptions);
  const study = await made.engine.create<typeof XY, { loss: "minimize" }>({ ...options, ...change } as typeof options);
  return { ...made, study };
}

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

test("without an objective the engine's executor evaluates, bound to the study once", async () => {
  const bound: string[] = [];
  const executor: Executor = {
    name: "constant",
    run: () => Promise.reject(new Error("not bound")),
    bind(spec) {
      bound.push(spec.name);
      return { name: "constant", run: async ({ number }) => number };
    },
  };
  const { study } = await make({}, { executor });
  expect(await study.run(undefined, { trials: 2 })).toMatchObject({ complete: 2 });
  expect(bound).toEqual(["s"]);
  const { study: other } = await make();
  await expect(other.run(undefined, { trials: 1 })).rejects.toEqual(code("E_RUN_OBJECTIVE"));
});

test("an executor that never finishes loading is not waited for beyond the run's signal or time", async () => {
  const executor: Executor = {
    name: "hangs",
    run: () => Promise.reject(new Error("not bound")),
    bind: () => new Promise(() => undefined),
  };
  const { study, clock } = await make({}, { executor });
  const stop = new AbortController();
  const stopped = study.run(undefined, { trials: 2, signal: stop.signal });
  await settle();
  stop.abort();
  expect(await stopped).toMatchObject({ reason: "signal", started: 0 });
  const late = study.run(undefined, { trials: 2, timeout: 1000 });
  await settle();
  clock.tick(1000);
  expect(await late).toMatchObject({ reason: "timeout", started: 0 });
  expect(study.counts).toMatchObject({ waiting: 0, running: 0 });
});

test("nothing that an objective throws or returns brings the run down", async () => {
  const { study } = await make();
  const hostile = new Proxy(
    {},
    {
      get(): never {
        throw new Error("get");
      },
      getPrototypeOf(): never {
        throw new Error("prototype");
      },
    },
  );
  const getter = {
    get loss(): number {
      throw new Error("no disk");
    },
  };
  const outcomes: (() => unknown)[] = [
    () => getter,
    () => {
      throw hostile;
    },
    () => Promise.reject(hostile as Error),
    () => {
      throw undefined;
    },
  ];
  await study.run((() => outcomes.shift()?.()) as never, { trials: 4 });
  expect(study.trials.map(({ error }) => error?.message)).toEqual([
    "the result cannot be read: no disk. A result is an object of numbers. Return a plain one.",
    "threw an object that cannot be read: looking at it throws",
    "threw an object that cannot be read: looking at it throws",
    "threw undefined",
  ]);
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

  test("reports that nobody awaits bring nothing down, whether the scheduler stops the trial or it has ended", async () => {
    const escaped: unknown[] = [];
    const note = (error: unknown): void => void escaped.push(error);
    process.on("unhandledRejection", note);
    try {
      const { study } = await make({ scheduler: stopAt(3) });
      let ended: TrialContext | undefined;
      await study.run(
        async (_, trial) => {
          ended = trial;
          for (let step = 1; step <= 5; step++) {
            void trial.report(step, { loss: 1 });
            await settle();
          }
          return 0;
        },
        { trials: 2 },
      );
      expect(study.counts).toMatchObject({ pruned: 2 });
      void ended?.report(9, { loss: 1 });
      const quick = await make();
      await quick.study.run(
        (_, trial) => {
          ended = trial;
          return 0;
        },
        { trials: 1 },
      );
      void ended?.report(9, { loss: 1 });
      await expect(ended?.report(9, { loss: 1 })).rejects.toEqual(code("E_TRIAL_FINISHED"));
      await new Promise(resolve => setImmediate(resolve));
      expect(escaped).toEqual([]);
      // A mistake in the report itself stays loud.
      await expect(ended?.report(NaN, { loss: 1 })).rejects.toBeInstanceOf(VernierError);
    } finally {
      process.off("unhandledRejection", note);
    }
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

test("a storage that fails ends the run with its error, and nothing is left running that could be given back", async () => {
  const { storage } = testEngine();
  // start, finish, start, finish, start, finish
  const faulty = faultyStorage(storage, { at: 6, error: new VernierError("E_STORAGE_FULL", "the disk is full") });
  const { study } = await make({}, { storage: faulty });
  await expect(study.run(({ x }) => x, { trials: 10 })).rejects.toEqual(code("E_STORAGE_FULL"));
  expect((await storage.findStudy("s"))?.counts).toMatchObject({ complete: 2 });
});
