import { expect, test } from "vitest";
import { createStudy, float, space, type Executor } from "vernier";

const study = () =>
  createStudy({ name: "s", space: space({ x: float(0, 1) }), objectives: { loss: "minimize" }, seed: 1 });

test("a listener hears the reason that the signal has, whether it came first or late", async () => {
  const stop = new AbortController();
  const heard: unknown[] = [];
  const executor: Executor = {
    name: "test",
    async run(trial) {
      trial.onAbort?.(reason => heard.push(reason));
      stop.abort();
      trial.onAbort?.(reason => heard.push(reason));
      heard.push(trial.signal.reason);
      throw trial.signal.reason;
    },
  };
  const s = await study();
  expect(await s.run(executor, { trials: 1, signal: stop.signal })).toMatchObject({ released: 1 });
  expect(heard).toHaveLength(3);
  expect(heard[0]).toMatchObject({ code: "E_RUN_STOPPED" });
  expect(new Set(heard).size).toBe(1);
});

test("who forgot is told nothing", async () => {
  const stop = new AbortController();
  const heard: unknown[] = [];
  const executor: Executor = {
    name: "test",
    async run(trial) {
      trial.onAbort?.(reason => heard.push(reason))();
      stop.abort();
      return 1;
    },
  };
  await (await study()).run(executor, { trials: 1, signal: stop.signal });
  expect(heard).toEqual([]);
});
