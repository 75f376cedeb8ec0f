import { describe, expect, test } from "vitest";
import { defineSampler, defineScheduler } from "./define.ts";
import { replay } from "./study.ts";
import { START, STATE, type Sampler, type StudyEvent } from "./types.ts";
import { choice, float, int, oneOf, space } from "../space/index.ts";
import { faultyStorage } from "../testing/faulty-storage.ts";
import { settle, testEngine, XY } from "../testing/test-study.ts";

const one = (name = "s") => ({ name, space: XY, objectives: { loss: "minimize" }, seed: 1 }) as const;
const code = (value: string) => expect.objectContaining({ code: value });

describe("making and opening", () => {
  test("a taken name is refused with the way on, and resumed when asked to", async () => {
    const { engine } = testEngine();
    const study = await engine.create(one());
    await (await study.ask()).tell(0.5);
    await expect(engine.create(one())).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: study "s" exists already in memory:. Names are unique in a storage. Go on with it by ifExists: "resume", or choose another name.]`,
    );
    const again = await engine.create({ ...one(), ifExists: "resume" });
    expect(again.trials).toHaveLength(1);
    expect(again.best?.metrics).toEqual({ loss: 0.5 });
  });

  test("another space or objective is a mismatch", async () => {
    const { engine } = testEngine();
    await engine.create(one());
    const other = { ...one(), space: space({ x: float(0, 2), z: float(0, 1) }), ifExists: "resume" } as const;
    await expect(engine.create(other)).rejects.toThrowErrorMatchingInlineSnapshot(`
      [VernierError: study "s" is stored with another definition:
        space: x: high 1 -> 2
        space: y: removed (was float(0, 1))
        space: z: added float(0, 1)
      A study keeps its space, objectives, constraints and seed. Use another name for a new study, change the definition back, or edit the study's space with editSpace().]
    `);
    await expect(engine.create({ ...one(), objectives: { loss: "maximize" }, ifExists: "resume" })).rejects.toEqual(
      code("E_STUDY_MISMATCH"),
    );
  });

  test("another sampler is recorded, none given keeps the stored one", async () => {
    const { engine } = testEngine();
    const mine = defineSampler({ name: "mine", options: { n: 1 }, suggest: ({ space }) => [space.defaults()] });
    await engine.create({ ...one(), sampler: mine({ n: 2 }) });
    const kept = await engine.create({ ...one(), ifExists: "resume" });
    expect(kept.spec.sampler).toEqual({ name: "mine", options: { n: 2 } });
    const changed = await engine.create({ ...one(), sampler: mine({ n: 3 }), ifExists: "resume" });
    expect(changed.spec.sampler).toEqual({ name: "mine", options: { n: 3 } });
  });

  test("two processes that make one study at the same time both get it", async () => {
    const { engine } = testEngine();
    const both = await Promise.all([1, 2].map(() => engine.create({ ...one(), ifExists: "resume" })));
    expect(both[0]?.id).toBe(both[1]?.id);
  });

  test("an unknown study is told with those there are", async () => {
    const { engine } = testEngine();
    await expect(engine.open({ name: "digits" })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: there is no study "digits" in memory:. It has no studies yet. Create it first.]`,
    );
    await engine.create(one("digits"));
    await expect(engine.open({ name: "digit" })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: there is no study "digit" in memory:. It has digits. Did you mean "digits"?]`,
    );
  });

  test("an opened study goes on with rebuilt parts", async () => {
    const { engine } = testEngine();
    await engine.create(one());
    const study = await engine.open({ name: "s" });
    const trial = await study.ask();
    expect(study.history.record(trial.number)?.sampler).toBe("random");
  });

  test("a sampler of functions cannot be rebuilt, which only matters when it is needed", async () => {
    const { engine } = testEngine();
    const mine = defineSampler({ name: "mine", options: { f: () => 1 }, suggest: ({ space }) => [space.defaults()] });
    await engine.create({ ...one(), sampler: mine() });
    const study = await engine.open({ name: "s" });
    expect(study.trials).toEqual([]);
    await expect(study.ask()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: study "s" was made with the sampler "mine", which holds functions and cannot be rebuilt from the storage. Open the study with the same sampler: createStudy({ ..., sampler, ifExists: "resume" }).]`,
    );
  });

  test.each<[string, object]>([
    ["an option that is none", { smapler: 1 }],
    ["ifExists replace", { ifExists: "replace" }],
    ["a sampler that is not called", { sampler: function tpe() {} }],
    ["a sampler by name", { sampler: "tpe" }],
    ["a scheduler that is a sampler", { scheduler: { name: "x", suggest: () => [] } }],
  ])("refuses %s", async (_, change) => {
    const { engine } = testEngine();
    await expect(engine.create({ ...one(), ...change } as never)).rejects.toThrowErrorMatchingSnapshot();
  });

  test("a space with a function stays in memory", async () => {
    const { storage } = testEngine();
    const local = space({ x: float(0, 1) }, { where: [p => p.x > 0.5] });
    const { engine } = testEngine({
      storage: Object.create(storage, { url: { value: "sqlite:x.db" } }) as typeof storage,
    });
    await expect(engine.create({ ...one(), space: local })).rejects.toEqual(code("E_SPACE_LOCAL"));
    const study = await testEngine().engine.create({ ...one(), space: local });
    for (let i = 0; i < 20; i++) expect((await study.ask()).params.x).toBeGreaterThan(0.5);
  });
});

describe("ask and tell", () => {
  test("a trial is asked, reported, told; the views follow", async () => {
    const { engine } = testEngine();
    const study = await engine.create(one());
    const trial = await study.ask();
    expect(trial).toMatchObject({ number: 0, attempt: 1, stopped: false, until: undefined, resumed: undefined });
    expect(study.counts.running).toBe(1);
    await trial.report(1, { loss: 2 });
    await trial.tell({ loss: 1, epochs: 5 } as never);
    expect(study.trial(0)).toMatchObject({ state: "complete", metrics: { loss: 1, epochs: 5 }, params: trial.params });
    expect(study.reports(0)).toEqual([{ attempt: 1, step: 1, metrics: { loss: 2 } }]);
    expect(study.best?.number).toBe(0);
    expect(study.counts).toEqual({ waiting: 0, running: 0, paused: 0, complete: 1, pruned: 0, failed: 0 });
  });

  test("a bad result leaves the trial to be told again; two tells do not go through", async () => {
    const { engine } = testEngine();
    const study = await engine.create(one());
    const trial = await study.ask();
    await expect(trial.tell(NaN)).rejects.toEqual(code("E_RESULT"));
    await trial.tell(1);
    await expect(trial.tell(2)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: trial 0 is complete since 1970-01-01T00:16:40.000Z. A finished trial is told once and does not change. To mend a wrong value record a correction; to try the same configuration again, queue it.]`,
    );
    expect(study.best?.metrics).toEqual({ loss: 1 });
  });

  test("after close nothing is recorded", async () => {
    const { engine, storage } = testEngine();
    const study = await engine.create(one());
    const trial = await study.ask();
    await study.close();
    await expect(trial.tell(1)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: study "s" is closed. A closed study takes no commands, and what its trials say now is not recorded. Tell before close(), or open the study again.]`,
    );
    await expect(study.ask()).rejects.toEqual(code("E_STUDY_CLOSED"));
    await expect(study.run(() => 1, { trials: 1 })).rejects.toEqual(code("E_STUDY_CLOSED"));
    expect((await storage.trial(study.id, 0))?.state).toBe("running");
  });

  test("fail, prune, release and pause", async () => {
    const { engine } = testEngine();
    const study = await engine.create(one());
    const first = await study.ask({ retries: 1 });
    expect(await first.fail(new Error("once"))).toBe("waiting");
    const again = await study.ask();
    expect(again).toMatchObject({ number: 0, attempt: 2, params: first.params });
    expect(await again.fail("twice")).toBe("failed");
    expect(study.trial(0)).toMatchObject({ state: "failed", failures: 2, error: { kind: "throw", message: "twice" } });

    const pruned = await study.ask();
    await pruned.report(1, { loss: 3 });
    await pruned.prune();
    expect(study.trial(1)).toMatchObject({ state: "pruned", last: { step: 1, metrics: { loss: 3 } } });

    const released = await study.ask();
    await released.release();
    expect(await study.ask({ claim: false })).toMatchObject({ number: 3 });
    expect(await study.ask()).toMatchObject({ number: 2, attempt: 2, params: released.params });
    const paused = await study.ask();
    await paused.pause();
    expect(study.trial(paused.number)?.state).toBe("paused");
  });

  test("a retry continues from its checkpoint", async () => {
    const { engine } = testEngine();
    const study = await engine.create(one());
    const trial = await study.ask({ retries: 1 });
    await trial.report(1, { loss: 3 });
    await trial.checkpoint(1, new Uint8Array([1, 2]));
    await trial.report(2, { loss: 2 });
    await trial.fail(new Error("lost power"));
    expect((await study.ask()).resumed).toEqual({ step: 1, checkpoint: new Uint8Array([1, 2]) });
    expect(study.reports(0).map(report => report.step)).toEqual([1]);
  });

  test("an unreadable checkpoint means starting over, and says so", async () => {
    const { engine, storage } = testEngine();
    const study = await engine.create(one());
    const trial = await study.ask({ retries: 1 });
    await storage.execute(study.id, {
      type: "checkpoint",
      number: 0,
      attempt: 1,
      step: 3,
      hash: "sha256-none",
      size: 1,
    });
    await study.refresh();
    await trial.fail(new Error("lost power"));
    const again = await study.ask();
    expect(again.resumed).toBeUndefined();
    await again.tell(1);
    expect((await storage.logs(study.id, 0))[0]?.text).toMatch(
      /^Starting over: the checkpoint of step 3 cannot be read/,
    );
  });

  test("a trial can be told by another process", async () => {
    const { engine, storage, clock } = testEngine();
    const study = await engine.create(one());
    await study.ask({ lease: null });
    const other = await testEngine({ storage, clock }).engine.open({ name: "s" });
    const trial = await other.attach(0);
    await trial.tell(0.5);
    await study.refresh();
    expect(study.best?.number).toBe(0);
    await expect(other.attach(0)).rejects.toEqual(code("E_TRIAL_FINISHED"));
    await expect(other.attach(7)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: there is no trial 7; study "s" has trials 0 to 0. Trials are called by their number. List them, or ask for a new one.]`,
    );
    await other.queue({});
    await expect(other.attach(1)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: trial 1 is waiting. Only a running trial can be attached to. Ask for it first.]`,
    );
  });

  test("artifacts, logs and annotations stay with the trial", async () => {
    const { engine, storage } = testEngine();
    const study = await engine.create(one());
    const trial = await study.ask();
    const bytes = new TextEncoder().encode("model");
    const { hash } = await trial.artifact("model.txt", bytes, "text/plain");
    trial.log("one");
    trial.log("two");
    await trial.annotate({ attrs: { fold: 3 }, tags: ["a"], note: "fine" });
    await trial.tell(1);
    expect(study.trial(0)).toMatchObject({
      attrs: { fold: 3 },
      tags: ["a"],
      note: "fine",
      artifacts: [{ name: "model.txt" }],
    });
    expect(await storage.artifacts.get(hash)).toEqual(bytes);
    expect((await storage.logs(study.id, 0)).map(line => line.text)).toEqual(["one", "two"]);
    await expect((await study.ask()).artifact("x", "text" as never)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: the bytes of the artifact are "text". They must be a Uint8Array. Encode text with new TextEncoder().encode(text).]`,
    );
  });

  test("params are handed out frozen: a trial's configuration is what the log says", async () => {
    const study = await testEngine().engine.create(one());
    expect(Object.isFrozen((await study.ask()).params)).toBe(true);
  });
});

describe("leases", () => {
  test("are renewed while the process lives, and taken over when it does not", async () => {
    const { engine, storage, clock } = testEngine();
    const study = await engine.create(one());
    const trial = await study.ask({ retries: 1 });
    const other = await testEngine({ storage, clock }).engine.open({ name: "s" });
    for (let minute = 0; minute < 5; minute++) {
      clock.tick(60_000);
      await Promise.resolve();
    }
    expect((await other.ask()).number).toBe(1);
    await study.close(); // renewals end; the trial is left to its lease
    clock.tick(60_001);
    expect(await other.ask()).toMatchObject({ number: 0, attempt: 2, params: trial.params });
  });

  test("a trial that was taken over is told so, by its signal and by its tell", async () => {
    const { engine, storage, clock } = testEngine();
    const study = await engine.create(one());
    const trial = await study.ask({ retries: 1 });
    const other = await testEngine({ storage, clock }).engine.open({ name: "s" });
    // The machine slept: its timers did not run.
    clock.set(clock.now() + 100_000);
    const taken = await other.ask();
    expect(taken).toMatchObject({ number: 0, attempt: 2 });
    clock.tick(20_000);
    await Promise.resolve();
    await Promise.resolve();
    expect(trial.signal.aborted).toBe(true);
    expect(trial.signal.reason).toEqual(code("E_LEASE_LOST"));
    await expect(trial.report(1, { loss: 1 })).rejects.toEqual(code("E_LEASE_LOST"));
    await expect(trial.tell(1)).rejects.toEqual(code("E_LEASE_LOST"));
    await taken.tell(2);
    await other.refresh();
    expect(other.best?.metrics).toEqual({ loss: 2 });
  });

  test("a storage that is out of reach for one renewal costs nothing", async () => {
    const { storage, clock } = testEngine();
    const study = await testEngine({ storage, clock }).engine.create(one());
    // The first execute is the ask, the second a renewal.
    const faulty = faultyStorage(storage, { at: 2 });
    const worker = await testEngine({ storage: faulty, clock }).engine.open({ name: "s" });
    const trial = await worker.ask();
    for (let i = 0; i < 6; i++) {
      clock.tick(20_000);
      await settle();
    }
    expect(trial.signal.aborted).toBe(false);
    expect((await study.ask()).number).toBe(1);
    await trial.tell({ loss: 1 });
  });

  test("none is taken when told so", async () => {
    const { engine, storage, clock } = testEngine();
    const study = await engine.create(one());
    await study.ask({ lease: null });
    await study.close();
    clock.tick(10 * 60_000);
    const other = await testEngine({ storage, clock }).engine.open({ name: "s" });
    expect((await other.ask()).number).toBe(1);
  });
});

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

describe("the front", () => {
  const two = {
    name: "f",
    space: XY,
    objectives: { a: "maximize", b: "minimize" },
    constraints: { c: { max: 1 } },
    seed: 1,
  } as const;

  test("holds what is feasible and not dominated, by the first objective", async () => {
    const study = await testEngine().engine.create(two);
    const told = [
      { a: 1, b: 1, c: 0 },
      { a: 2, b: 2, c: 0 },
      { a: 2, b: 3, c: 0 }, // dominated
      { a: 9, b: 0, c: 2 }, // infeasible
      { a: 0, b: 0, c: 1 },
      { a: 2, b: 2, c: 0 }, // a tie stays
    ];
    for (const metrics of told) await (await study.ask()).tell(metrics);
    expect(study.front.map(trial => trial.number)).toEqual([1, 5, 0, 4]);
    await study.correct(3, { metrics: { c: 0 }, reason: "memory was counted twice" });
    expect(study.front.map(trial => trial.number)).toEqual([3]);
    await study.deleteTrial(3);
    expect(study.front.map(trial => trial.number)).toEqual([1, 5, 0, 4]);
    await study.restoreTrial(3);
    expect(study.front.map(trial => trial.number)).toEqual([3]);
  });

  test("best is for one objective", async () => {
    const study = await testEngine().engine.create(two);
    expect(() => study.best).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: study "f" has 2 objectives (a, b), so no single best trial. Use study.front.]`,
    );
    const single = await testEngine().engine.create({ ...one(), constraints: { c: { max: 1 } } });
    expect(single.best).toBeUndefined();
    for (const metrics of [
      { loss: 1, c: 9 },
      { loss: 3, c: 0 },
      { loss: 2, c: 0 },
      { loss: 2, c: 0 },
    ]) {
      await (await single.ask()).tell(metrics);
    }
    expect(single.best?.number).toBe(2);
  });
});

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

test("annotations of study and trials, in events and views", async () => {
  const study = await testEngine().engine.create(one());
  await study.annotate({ attrs: { owner: "me" }, tags: ["x"], note: "first" });
  expect(study).toMatchObject({ attrs: { owner: "me" }, tags: ["x"], note: "first" });
  const trial = await study.ask();
  await study.annotateTrial(trial.number, { tags: ["odd"] });
  expect(study.trial(0)?.tags).toEqual(["odd"]);
  expect(() => study.annotate({ nte: "x" } as never)).toThrow(/Did you mean "note"/);
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

test("every option is checked by name", async () => {
  const study = await testEngine().engine.create(one());
  await expect(study.ask({ leese: 1 } as never)).rejects.toThrow(/Did you mean "lease"/);
  await expect(study.run(() => 1, { trails: 1 } as never)).rejects.toThrow(/Did you mean "trials"/);
  expect(() => study.events({ sinse: 1 } as never)).toThrow(/Did you mean "since"/);
});

describe("editing the space", () => {
  test("history is read through the new space, by every process", async () => {
    const { engine, storage, clock } = testEngine();
    const study = await engine.create(one());
    for (let i = 0; i < 5; i++) await (await study.ask()).tell(i);
    const other = await testEngine({ storage, clock }).engine.open({ name: "s" });
    const before = study.history.generation;
    await study.editSpace(space({ x: float(0, 2), y: float(0, 1), depth: int(1, 9, { default: 3 }) }));
    expect(study.history.generation).toBeGreaterThan(before);
    expect(study.history.codec.width).toBe(3);
    const { params } = await study.ask();
    expect(Object.keys(params)).toEqual(["x", "y", "depth"]);
    await other.refresh();
    for (const { history } of [study, other, await engine.open({ name: "s" })]) {
      const row = [...history.x.subarray(3, 6)];
      expect(history.codec.decode(row)).toEqual({ ...study.trial(1)?.params, depth: 3 });
    }
    expect(study.trial(1)?.params).not.toHaveProperty("depth");
  });

  test("what would lose history is refused", async () => {
    const study = await testEngine().engine.create(one());
    await expect(study.editSpace(space({ x: float(0, 1) }))).rejects.toEqual(code("E_SPACE_EDIT"));
    expect(study.spec.space).toEqual(XY);
  });
});
