import { describe, expect, test } from "vitest";
import { defineScheduler } from "./define.ts";
import { replay } from "./study.ts";
import { STATE, type Sampler } from "./types.ts";
import { choice, float, int, oneOf, space } from "../space/index.ts";
import { settle, testEngine, XY } from "../testing/test-study.ts";

const one = (name = "s") => ({ name, space: XY, objectives: { loss: "minimize" }, seed: 1 }) as const;
const code = (value: string) => expect.objectContaining({ code: value });

describe("queued trials", () => {
  const shape = space({
    lr: float(0, 1),
    layers: int(1, 9),
    optimizer: oneOf({ sgd: { momentum: float(0, 1) }, adam: {} }),
  });
  const options = { name: "q", space: shape, objectives: { loss: "minimize" }, seed: 1 } as const;

  test("come first, whole ones without asking the sampler", async () => {
    const never: Sampler = { name: "never", options: {}, suggest: () => expect.unreachable() };
    const study = await testEngine().engine.create({ ...options, sampler: never });
    const params = { lr: 0.5, layers: 3, optimizer: { kind: "adam" } } as const;
    expect(await study.queue(params, { attrs: { why: "default" }, tags: ["hand"] })).toBe(0);
    const trial = await study.ask();
    expect(trial.params).toEqual(params);
    expect(study.trial(0)).toMatchObject({ sampler: "queued", attrs: { why: "default" }, tags: ["hand"] });
  });

  test.each([true, false])("partial ones are filled by the sampler (inside its transaction: %s)", async inside => {
    const sampler: Sampler = {
      name: "one",
      options: {},
      inside,
      suggest: ({ space: codec, rng }) => [codec.sample(rng)],
    };
    const study = await testEngine().engine.create({ ...options, sampler });
    for (let i = 0; i < 10; i++) await study.queue({ layers: 7, optimizer: { kind: "sgd" } });
    for (let i = 0; i < 10; i++) {
      const { params } = await study.ask();
      expect(params).toMatchObject({ layers: 7, optimizer: { kind: "sgd", momentum: expect.any(Number) as number } });
    }
    expect(new Set(study.trials.map(trial => trial.params?.lr)).size).toBe(10);
  });

  test("where the sampler's part contradicts the fixed one, the rest is drawn anew", async () => {
    const bound = space({ a: int(1, 9), b: int(1, 9) }, { where: ["a + b <= 10"] });
    const greedy: Sampler = { name: "greedy", options: {}, suggest: () => [{ a: 1, b: 9 }] };
    const study = await testEngine().engine.create({
      name: "g",
      space: bound,
      objectives: { loss: "minimize" },
      sampler: greedy,
    });
    await study.queue({ a: 8 });
    const { params } = await study.ask();
    expect(params.a).toBe(8);
    expect(params.b).toBeLessThanOrEqual(2);
    await expect(study.queue({ a: 8, b: 9 })).rejects.toEqual(code("E_PARAMS"));
  });

  test("what the space does not know is refused at the door", async () => {
    const study = await testEngine().engine.create(options);
    await expect(study.queue({ lrr: 1 } as never)).rejects.toEqual(code("E_PARAMS"));
    await expect(study.queue({ layers: 99 })).rejects.toEqual(code("E_PARAMS"));
    expect(study.trials).toEqual([]);
  });

  test("two processes never get the same one", async () => {
    const { engine, storage, clock } = testEngine();
    const a = await engine.create(options);
    const b = await testEngine({ storage, clock }).engine.open({ name: "q" });
    for (let i = 0; i < 6; i++) await a.queue({ layers: 1 + i });
    const asked = await Promise.all([a, b, a, b, a, b].map(study => study.ask()));
    expect(asked.map(trial => trial.number).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(asked.map(trial => trial.params["layers"]).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe("suggestions outside a transaction", () => {
  const tiny = space({ a: choice(["x", "y", "z"]), b: choice([1, 2]) });

  test("never repeat a configuration another process was quicker with", async () => {
    const { engine, storage, clock } = testEngine();
    // Answers with the first unseen configuration, but only after everybody has asked: without the check all would be equal.
    let asked = 0;
    const all = Promise.withResolvers<undefined>();
    const firstUnseen: Sampler = {
      name: "first",
      options: {},
      async suggest({ space: codec, history }) {
        const free = [...codec.enumerate()].find(params => history.seen(codec.key(params)) === 0);
        if (++asked === 6) all.resolve(undefined);
        await all.promise;
        return [free ?? codec.defaults()];
      },
    };
    const options = {
      name: "t",
      space: tiny,
      objectives: { loss: "minimize" },
      sampler: firstUnseen,
      seed: 1,
    } as const;
    const a = await engine.create(options);
    const b = await testEngine({ storage, clock }).engine.create({ ...options, ifExists: "resume" });
    const trials = await Promise.all([a, b, a, b, a, b].map(study => study.ask()));
    expect(new Set(trials.map(trial => JSON.stringify(trial.params))).size).toBe(6);
    // A seventh has nothing left: a repeat that the sampler knows to be one is accepted.
    expect((await a.ask()).params).toEqual({ a: "x", b: 1 });
  });

  test("see the log exactly up to their basis, however long they take", async () => {
    const { engine } = testEngine();
    const gate = Promise.withResolvers<undefined>();
    const seen: [before: number, after: number][] = [];
    const slow: Sampler = {
      name: "slow",
      options: {},
      async suggest({ space: codec, rng, history, number }) {
        const before = history.finishedCount;
        if (number === 1) await gate.promise;
        seen[number] = [before, history.finishedCount];
        return [codec.sample(rng)];
      },
    };
    const study = await engine.create({ ...one(), sampler: slow });
    const first = await study.ask();
    const pending = study.ask();
    await settle();
    await first.tell(1);
    expect(study.history.finishedCount).toBe(1);
    gate.resolve(undefined);
    await pending;
    expect(seen).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(study.trial(1)?.basis).toBeLessThan(Number(study.history.revision) - 1);
  });

  test("a sampler that throws leaves no trial running", async () => {
    const { engine } = testEngine();
    let broken = true;
    const moody: Sampler = {
      name: "moody",
      options: {},
      suggest({ space: codec, rng }) {
        if (broken) throw new Error("no idea");
        return [codec.sample(rng)];
      },
    };
    const study = await engine.create({ ...one(), sampler: moody });
    await expect(study.ask()).rejects.toThrow("no idea");
    expect(study.trial(0)?.state).toBe("waiting");
    broken = false;
    expect(await study.ask()).toMatchObject({ number: 0, attempt: 2 });
  });

  test.each<[string, Sampler["suggest"]]>([
    ["no array", () => ({}) as never],
    ["nothing", () => []],
    ["values outside the space", () => [{ x: 2, y: 0 }]],
    ["names the space does not have", () => [{ x: 0, y: 0, depth: 3 }]],
  ])("a sampler that answers with %s is refused", async (_, suggest) => {
    const study = await testEngine().engine.create({ ...one(), sampler: { name: "bad", options: {}, suggest } });
    await expect(study.ask()).rejects.toThrowErrorMatchingSnapshot();
  });

  test("a promise inside a transaction is refused", async () => {
    const sampler: Sampler = {
      name: "eager",
      options: {},
      inside: true,
      suggest: async ({ space: codec }) => [codec.defaults()],
    };
    const study = await testEngine().engine.create({ ...one(), sampler });
    await expect(study.ask()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: the sampler "eager" answered with a promise although it is "inside". A suggestion inside a transaction cannot wait. Remove inside: true from the sampler.]`,
    );
    expect(study.trials).toEqual([]);
  });
});

test("a storage that cannot suggest inside its transaction gets the suggestion after it", async () => {
  const { storage, clock } = testEngine();
  // As a storage behind HTTP: functions do not travel.
  const remote = new Proxy(storage, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === "execute") {
        return (id: number, { suggest: _, ...command }: { type: "start"; suggest?: unknown }, since: number) =>
          target.execute(id, command as never, since);
      }
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  const study = await testEngine({ storage: remote, clock }).engine.create(one());
  await study.queue({ x: 0.5 });
  const trials = await Promise.all([study.ask(), study.ask()]);
  expect(trials.map(trial => trial.params)).toEqual([
    { x: 0.5, y: expect.any(Number) as number },
    study.trial(1)?.params,
  ]);
  expect(study.trial(1)).toMatchObject({ sampler: "random", basis: expect.any(Number) as number });
  expect(await replay(study)).toMatchObject({ checked: 2, mismatches: [] });
});

describe("the scheduler's say at ask", () => {
  test("start with a resource, resume, wait", async () => {
    const moves = [{ start: { until: 3, bracket: 1 } }, { resume: 0, until: 9 }, "wait"] as const;
    let at = 0;
    const planned = defineScheduler({ name: "planned", decide: () => "pause", next: () => moves[at++] ?? "wait" });
    const { engine } = testEngine();
    const study = await engine.create({ ...one(), scheduler: planned() });
    const trial = await study.ask();
    expect(trial.until).toBe(3);
    expect(study.trial(0)?.bracket).toBe(1);
    await trial.checkpoint(3, new Uint8Array([3]));
    await expect(trial.report(3, { loss: 1 })).rejects.toEqual(code("E_PAUSED"));
    await trial.pause();
    const resumed = await study.ask();
    expect(resumed).toMatchObject({ number: 0, attempt: 2, until: 9, resumed: { step: 3 } });
    const waiting = study.ask();
    await resumed.tell(1);
    await expect(waiting).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: the scheduler "planned" has nothing to start in study "s", and no trial is under way. The search is over. Read study.best, or configure another scheduler.]`,
    );
  });
});

test("two workers that resume one paused trial: one gets it, the other looks again", async () => {
  const resume = defineScheduler({
    name: "resume",
    decide: () => "pause",
    next: ({ history }) => (history.states[0] === STATE.paused ? { resume: 0 } : { start: {} }),
  });
  const { storage, clock } = testEngine();
  // Both decide before either resumes.
  let waiting = 0;
  const both = Promise.withResolvers<undefined>();
  const together = new Proxy(storage, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== "execute") return typeof value === "function" ? (value.bind(target) as unknown) : value;
      return async (...args: Parameters<typeof storage.execute>) => {
        if (args[1].type === "resume") {
          if (++waiting === 2) both.resolve(undefined);
          await both.promise;
        }
        return target.execute(...args);
      };
    },
  });
  const workers = [];
  for (let i = 0; i < 2; i++) {
    const { engine } = testEngine({ storage: together, clock });
    workers.push(await engine.create({ ...one(), scheduler: resume(), ifExists: "resume" }));
  }
  const first = await workers[0]?.ask();
  await first?.pause();
  const trials = await Promise.all(workers.map(worker => worker.ask()));
  expect(trials.map(trial => trial.number).sort()).toEqual([0, 1]);
});
