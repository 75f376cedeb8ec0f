import { describe, expect, test } from "vitest";
import { faultyStorage } from "../testing/faulty-storage.ts";
import { settle, testEngine, XY } from "../testing/test-study.ts";

const one = (name = "s") => ({ name, space: XY, objectives: { loss: "minimize" }, seed: 1 }) as const;
const code = (value: string) => expect.objectContaining({ code: value });

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

  test("a correction leaves a complete trial with a usable result, or is refused", async () => {
    const { engine } = testEngine();
    const study = await engine.create(one());
    await (await study.ask()).tell(1);
    await (await study.ask()).fail("no");
    await expect(
      study.correct(0, { metrics: { loss: NaN }, reason: "sensor" }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: trial 0 cannot be corrected so: objective "loss" is NaN. Only finite numbers can be ranked. Give a value, or state: "failed" where there is none.]`,
    );
    await expect(
      study.correct(1, { state: "complete", reason: "it worked" }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: trial 1 cannot be corrected so: the result lacks the objective "loss". Every objective and constraint is needed. Give a value, or state: "failed" where there is none.]`,
    );
    expect(study.best?.metrics).toEqual({ loss: 1 });
    await study.correct(1, { state: "complete", metrics: { loss: 0 }, reason: "it worked" });
    await study.correct(0, { state: "failed", reason: "sensor" });
    expect(study.best?.number).toBe(1);
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
