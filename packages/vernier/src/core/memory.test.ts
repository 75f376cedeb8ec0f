import { describe, expect, test } from "vitest";
import { memoryStorage } from "./memory.ts";
import type { StudySpec } from "./types.ts";

const spec: StudySpec = {
  version: 1,
  name: "s",
  space: { version: 1, shape: {} },
  objectives: { loss: { direction: "minimize" } },
  constraints: {},
  sampler: { name: "random" },
  scheduler: { name: "none" },
  seed: 1,
  owner: "client",
};

describe("memory storage", () => {
  test("nothing that is handed out or taken in can change it", async () => {
    const storage = memoryStorage({ clock: { now: () => 5 } });
    const given = { ...spec, objectives: { loss: { direction: "minimize" as const } } };
    const { id } = await storage.createStudy(given);
    (given.objectives as Record<string, unknown>)["extra"] = { direction: "maximize" };
    expect(Object.keys((await storage.findStudy("s"))!.spec.objectives)).toEqual(["loss"]);

    const params = { a: 1, nested: { list: [1, 2] } };
    const suggest = () => ({ params, sampler: "random" });
    const { result } = await storage.execute(id, { type: "start", owner: "me", lease: null, suggest });
    params.nested.list.push(3);
    const trial = result.trial!;
    expect(trial.params).toEqual({ a: 1, nested: { list: [1, 2] } });
    expect(() => ((trial.params as { nested: { list: number[] } }).nested.list[0] = 9)).toThrow(TypeError);
    expect(() => ((trial as { state: string }).state = "complete")).toThrow(TypeError);
    expect(() => (result.trial!.tags as string[]).push("x")).toThrow(TypeError);
    const metrics = { loss: 1 };
    await storage.execute(id, { type: "finish", number: 0, attempt: 1, state: "complete", metrics });
    metrics.loss = 2;
    const stored = (await storage.trial(id, 0))!;
    expect(stored.metrics).toEqual({ loss: 1 });
    const feed = await storage.changes(id, 0);
    expect(feed.every(event => Object.isFrozen(event))).toBe(true);
  });

  test("the clock never runs backwards", async () => {
    let now = 1000;
    const storage = memoryStorage({ clock: { now: () => now } });
    const { id } = await storage.createStudy(spec);
    now = 400;
    const { result } = await storage.execute(id, { type: "start", owner: "me", lease: 10 });
    expect(result.trial?.startedAt).toBe(1000);
  });
});
