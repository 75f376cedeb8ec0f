import { describe, expect, test } from "vitest";
import { START, type StudyEvent } from "./types.ts";
import { settle, testEngine, XY } from "../testing/test-study.ts";

const one = (name = "s") => ({ name, space: XY, objectives: { loss: "minimize" }, seed: 1 }) as const;

describe("the feed", () => {
  test("gives own and others' events, and ends with the study", async () => {
    const { engine, storage, clock } = testEngine();
    const study = await engine.create(one());
    const other = await testEngine({ storage, clock }).engine.open({ name: "s" });
    const types: string[] = [];
    const reading = (async () => {
      for await (const event of study.events({ since: START })) types.push(event.type);
    })();
    await (await study.ask()).tell(1);
    await (await other.ask()).tell(1);
    while (types.length < 5) {
      clock.tick(1000);
      await settle();
    }
    await study.close();
    await reading;
    expect(types).toEqual(["study.created", "trial.started", "trial.finished", "trial.started", "trial.finished"]);
  });

  test("is left at once, by return and by signal", async () => {
    const study = await testEngine().engine.create(one());
    const feed = study.events();
    const waiting = feed.next();
    await feed.return?.();
    expect(await waiting).toEqual({ value: undefined, done: true });
    const controller = new AbortController();
    const aborted = study.events({ signal: controller.signal }).next();
    controller.abort();
    expect(await aborted).toEqual({ value: undefined, done: true });
  });

  test("calls that overlap get events in order, none twice", async () => {
    const study = await testEngine().engine.create(one());
    const feed = study.events();
    const three = Promise.all([feed.next(), feed.next(), feed.next()]);
    await (await study.ask()).tell(1);
    await study.ask();
    expect((await three).map(({ value }) => (value as StudyEvent).type)).toEqual([
      "trial.started",
      "trial.finished",
      "trial.started",
    ]);
  });
});

test("answers that overtake one another are followed once, in the order of the log", async () => {
  const { storage, clock } = testEngine();
  const held: (() => void)[] = [];
  let hold = false;
  const lagging = new Proxy(storage, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== "execute") return typeof value === "function" ? (value.bind(target) as unknown) : value;
      return async (...args: Parameters<typeof storage.execute>) => {
        const answer = await target.execute(...args);
        if (hold) await new Promise<void>(resolve => held.push(resolve));
        return answer;
      };
    },
  });
  const study = await testEngine({ storage: lagging, clock }).engine.create(one());
  const trials = [await study.ask(), await study.ask(), await study.ask()];
  hold = true;
  const told = trials.map((trial, i) => trial.tell(i));
  await settle();
  for (const release of held.reverse()) {
    release();
    await settle();
  }
  await Promise.all(told);
  expect(study.history.finishedCount).toBe(3);
  expect([...study.history.finished.subarray(0, 3)]).toEqual([0, 1, 2]);
  expect(study.history.revision).toBe((await storage.findStudy("s"))?.revision);
  expect(study.counts).toMatchObject({ complete: 3, running: 0 });
});
