import { describe, expect, test } from "vitest";
import { VernierError } from "./errors.ts";
import type { Sampler } from "./types.ts";
import { settle, testEngine, XY } from "../testing/test-study.ts";

const options = { name: "s", space: XY, objectives: { loss: "minimize" }, seed: 1 } as const;
const code = (value: string) => expect.objectContaining({ code: value });
const forever = new Promise<never>(() => {});

async function make(change: object = {}, engineOptions: Parameters<typeof testEngine>[0] = {}) {
  const made = testEngine(engineOptions);
  const study = await made.engine.create<typeof XY, { loss: "minimize" }>({ ...options, ...change } as typeof options);
  return { ...made, study };
}

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
