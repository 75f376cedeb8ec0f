import { describe, expect, test } from "vitest";
import { defineSampler } from "./define.ts";
import { replay } from "./study.ts";
import type { Suggest, Trial } from "./study-types.ts";
import { dynamic } from "../space/index.ts";
import { testEngine } from "../testing/test-study.ts";

const options = { name: "d", space: dynamic(), objectives: { loss: "minimize" }, seed: 1 } as const;
type DynamicTrial = Suggest & Trial<unknown, "loss">;

/** Asks for a slope only with relu. */
function objective(_: unknown, trial: DynamicTrial): number {
  const lr = trial.float("lr", 1e-5, 1e-1, { scale: "log" });
  const act = trial.choice("act", ["relu", "gelu"]);
  const slope = act === "relu" ? trial.float("slope", 0, 1) : 0.5;
  return -Math.log(lr) + slope + trial.int("layers", 1, 4) + trial.ordinal("batch", [16, 32]);
}

test("parameters are what trials ask for, and each trial keeps its own", async () => {
  const study = await testEngine().engine.create(options);
  await study.run(objective, { trials: 30 });
  expect(study.counts.complete).toBe(30);
  for (const { params } of study.trials) {
    expect(params).toMatchObject({ lr: expect.any(Number) as number, layers: expect.any(Number) as number });
  }
  expect(new Set(study.trials.map(trial => trial.params?.["lr"])).size).toBe(30);
  expect(new Set(study.trials.map(trial => trial.params?.["act"]))).toEqual(new Set(["relu", "gelu"]));
});

test("the joint draw is over what all complete trials asked for with one definition", async () => {
  const study = await testEngine().engine.create(options);
  const names = (): string[] => study.history.codec.columns.map(column => column.name);
  expect(names()).toEqual([]);
  const ask = async (work: (trial: DynamicTrial) => void, tell = true): Promise<void> => {
    const trial = await study.ask();
    work(trial as unknown as DynamicTrial);
    if (tell) await trial.tell(1);
    else await trial.fail("no");
  };
  await ask(trial => [trial.float("b", 0, 1), trial.float("a", 0, 1), trial.float("c", 0, 1)]);
  expect(names()).toEqual(["a", "b", "c"]);
  // A failed trial teaches nothing.
  await ask(trial => trial.float("a", 0, 1), false);
  expect(names()).toEqual(["a", "b", "c"]);
  const drawn = await study.ask();
  expect(Object.keys(drawn.params).sort()).toEqual(["a", "b", "c"]);
  expect(study.trial(drawn.number)?.params).toEqual(drawn.params);
  await drawn.release();
  // Another definition of c; b was drawn but is not asked for.
  await ask(trial => [trial.float("a", 0, 1), trial.float("c", 0, 2)]);
  expect(names()).toEqual(["a"]);
  await ask(trial => [trial.float("a", 0, 1), trial.float("d", 0, 1)]);
  expect(names()).toEqual(["a"]);
  await study.deleteTrial(2);
  expect(names()).toEqual(["a"]);
});

test("a value that the joint draw gave is used where it is allowed, and drawn anew where it is not", async () => {
  const study = await testEngine().engine.create(options);
  const seen: [joint: unknown, used: number][] = [];
  await study.run(
    (params, trial) => {
      const high = trial.number === 0 ? 1 : 0.01;
      const joint = (params as Record<string, unknown>)["x"];
      const x = trial.float("x", 0, high);
      seen.push([joint, x]);
      expect(x).toBeLessThanOrEqual(high);
      return x;
    },
    { trials: 2 },
  );
  expect(seen[0]?.[0]).toBeUndefined();
  expect(seen[1]?.[0]).toBeGreaterThan(0.01);
  expect(study.trial(1)).toMatchObject({ state: "complete", params: { x: seen[1]?.[1] } });
});

test("the same name again gives the same value; with another definition it is refused", async () => {
  const study = await testEngine().engine.create(options);
  const trial = await study.ask();
  expect(trial.float("x", 0, 1)).toBe(trial.float("x", 0, 1));
  expect(() => trial.float("x", 0, 2)).toThrowErrorMatchingInlineSnapshot(
    `[VernierError: trial 0 asked for "x" twice: as {"type":"float","low":0,"high":1}, and as {"type":"float","low":0,"high":2}. A name has one value a trial. Ask once, or use another name.]`,
  );
});

test("a retry gets the values of its first attempt", async () => {
  const study = await testEngine().engine.create(options);
  const seen: number[] = [];
  await study.run(
    (_, trial) => {
      seen.push(trial.float("x", 0, 1));
      if (trial.attempt === 1) throw new Error("flaky");
      return 1;
    },
    { trials: 1, retries: 1 },
  );
  expect(seen).toHaveLength(2);
  expect(seen[0]).toBe(seen[1]);
});

test("new names depend on seed, trial and name alone, not on the order of asking", async () => {
  const draw = async (order: string[]): Promise<Record<string, unknown>> => {
    const trial = await (await testEngine().engine.create(options)).ask();
    return Object.fromEntries(order.map(name => [name, trial.float(name, 0, 1)]));
  };
  expect(await draw(["a", "b", "c"])).toEqual(await draw(["c", "a", "b"]));
});

test("queued values are used, the rest is drawn", async () => {
  const study = await testEngine().engine.create(options);
  await study.run(objective, { trials: 3 });
  await study.queue({ lr: 0.05 });
  await study.run((params, trial) => objective(params, trial), { trials: 1 });
  expect(study.trial(3)?.params).toMatchObject({ lr: 0.05, layers: expect.any(Number) as number });
});

test.each([
  ["a dot", "model.lr"],
  ["an index", "0"],
  ["nothing", ""],
])("a name with %s is refused", async (_, name) => {
  const trial = await (await testEngine().engine.create(options)).ask();
  expect(() => trial.float(name, 0, 1)).toThrowErrorMatchingSnapshot();
});

describe("several processes", () => {
  test("learn the same space, opened early or late", async () => {
    const { engine, storage, clock } = testEngine();
    const study = await engine.create(options);
    const early = await testEngine({ storage, clock }).engine.open({ name: "d" });
    await study.run(objective, { trials: 12 });
    await study.correct(0, { state: "failed", reason: "wrong data" });
    await early.refresh();
    const late = await testEngine({ storage, clock }).engine.open({ name: "d" });
    for (const other of [early, late]) {
      expect(other.history.codec.space).toEqual(study.history.codec.space);
      expect(other.history.codec.width).toBeGreaterThan(2);
      expect([...other.history.x.subarray(0, 12)]).toEqual([...study.history.x.subarray(0, 12)]);
    }
  });

  test("can replay every joint draw", async () => {
    const outside = defineSampler({ name: "outside", suggest: ({ space, rng }) => [space.sample(rng)] });
    for (const sampler of [undefined, outside()]) {
      const study = await testEngine().engine.create({ ...options, ...(sampler && { sampler }) });
      await study.run(objective, { trials: 15, concurrency: 3 });
      expect(await replay(study)).toEqual({ checked: 15, mismatches: [], skipped: [] });
    }
  });
});
