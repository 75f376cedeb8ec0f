import { describe, expect, test } from "vitest";
import { defineSampler } from "./define.ts";
import { replay } from "./study.ts";
import type { Sampler, StudyEvent } from "./types.ts";
import { choice, float, int, space } from "../space/index.ts";
import { settle, testEngine, XY } from "../testing/test-study.ts";

const options = { name: "r", space: XY, objectives: { loss: "minimize" }, seed: 1 } as const;

/** Moves around the best finished trial: depends on all of the history. */
const climber = (inside: boolean, wait = false): Sampler =>
  defineSampler({
    name: "climber",
    options: { width: 0.1 },
    inside,
    suggest({ space: codec, history, rng, pending, options: { width } }) {
      let best = -1;
      for (let i = 0; i < history.finishedCount; i++) {
        const number = history.finished[i] ?? 0;
        if (best < 0 || (history.values[number] ?? 0) < (history.values[best] ?? 0)) best = number;
      }
      const row = codec.columns.map((_, i) => {
        const from = best < 0 ? rng.next() : (history.x[best * codec.width + i] ?? 0.5);
        return Math.min(1, Math.max(0, from + width * (rng.next() - 0.5) + pending.length * 1e-3));
      });
      const answer = [codec.decode(row)];
      return wait ? settle().then(() => answer) : answer;
    },
  })();

describe("every suggestion can be made again from the log", () => {
  test.each([
    ["inside a transaction", climber(true)],
    ["outside", climber(false)],
    ["outside, taking its time", climber(false, true)],
  ])("%s", async (_, sampler) => {
    const { engine, storage, clock } = testEngine();
    const study = await engine.create({ ...options, sampler });
    const other = await testEngine({ storage, clock }).engine.create({ ...options, sampler, ifExists: "resume" });
    await study.queue({ x: 0.5 });
    await study.queue({ x: 0.25, y: 0.75 });
    const objective = async ({ x, y }: { x: number; y: number }, { number }: { number: number }): Promise<number> => {
      if (number % 3 === 0) await settle();
      if (number % 7 === 0) throw new Error("no");
      return (x - 0.3) ** 2 + y;
    };
    await Promise.all([study, other].map(worker => worker.run(objective, { trials: 20, concurrency: 4, retries: 1 })));
    await study.correct(2, { metrics: { loss: 9 }, reason: "test" });
    await study.deleteTrial(3);
    await study.run(objective, { trials: 10 });
    const { size } = study.history;
    expect(size).toBeGreaterThan(40);
    expect(await replay(study)).toEqual({ checked: size, mismatches: [], skipped: [] });
    await other.refresh();
    expect(await replay(other)).toEqual({ checked: size, mismatches: [], skipped: [] });
  });

  test("through an edit of the space, retries on a finite space, and a change of sampler", async () => {
    const { engine } = testEngine();
    const finite = space({ a: choice(["x", "y", "z"]), n: int(1, 3) });
    const study = await engine.create({ ...options, space: finite });
    await study.run(({ n }) => n, { trials: 6, concurrency: 2 });
    await study.editSpace(space({ a: choice(["x", "y", "w"]), n: int(1, 4) }));
    await study.run(({ n }) => n, { trials: 6 });
    expect(await replay(study)).toEqual({ checked: 12, mismatches: [], skipped: [] });
    await study.configure({ sampler: climber(true) });
    await study.run(({ n }) => n, { trials: 2 });
    const report = await replay(study);
    expect(report.checked).toBe(2);
    expect(report.skipped).toHaveLength(12);
    expect(report.skipped[0]).toEqual({ number: 0, reason: 'suggested by "random", and the sampler is "climber"' });
  });
});

test("a suggestion that is not a function of the log is found", async () => {
  const { engine, storage } = testEngine();
  const study = await engine.create(options);
  await study.run(({ x }) => x, { trials: 5 });
  const changes: typeof storage.changes = async (...args) =>
    (await storage.changes(...args)).map((event): StudyEvent =>
      event.type === "trial.started" && event.number === 3 ? { ...event, params: { x: 0.5, y: 0.5 } } : event,
    );
  const tampered = new Proxy(storage, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === "changes") return changes;
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  const again = await testEngine({ storage: tampered }).engine.open({ name: "r" });
  const report = await replay(again);
  expect(report.checked).toBe(5);
  expect(report.mismatches).toEqual([{ number: 3, recorded: { x: 0.5, y: 0.5 }, suggested: study.trial(3)?.params }]);
});

test("other options and samplers that cannot be rebuilt are skipped, with the reason", async () => {
  const { engine } = testEngine();
  const mine = defineSampler({
    name: "mine",
    options: { f: undefined as (() => 1) | undefined, n: 1 },
    inside: true,
    suggest: ({ space: codec, rng }) => [codec.sample(rng)],
  });
  const study = await engine.create({ ...options, space: space({ x: float(0, 1) }), sampler: mine() });
  await study.run(({ x }) => x, { trials: 2 });
  await study.configure({ sampler: mine({ n: 2 }) });
  await study.run(({ x }) => x, { trials: 1 });
  expect(await replay(study)).toMatchObject({
    checked: 1,
    skipped: [{ number: 0, reason: 'suggested by "mine" with other options' }, { number: 1 }],
  });
  await study.configure({ sampler: mine({ f: () => 1 }) });
  const report = await replay(await engine.open({ name: "r" }));
  expect(report).toMatchObject({ checked: 0, skipped: [{ number: 0 }, { number: 1 }, { number: 2 }] });
  expect(report.skipped[0]?.reason).toMatch(/holds functions and cannot be rebuilt/);
});

test("only studies are replayed", () => {
  expect(() => replay({})).toThrowErrorMatchingInlineSnapshot(
    `[VernierError: replay() got {}. It must be a study. Pass what createStudy() or openStudy() gave.]`,
  );
});
