/** Contract: reports, checkpoints, logs, numbers. */
import assert from "node:assert/strict";
import { THROWN, type Bench, type Case } from "./bench.ts";

const ODD = {
  nan: NaN,
  up: Infinity,
  down: -Infinity,
  minusZero: -0,
  zero: 0,
  tiny: 5e-324,
  big: 1.7976931348623157e308,
  third: 1 / 3,
};

async function report(bench: Bench, step: number, loss: number, attempt = 1): Promise<void> {
  await bench.send({ type: "report", number: 0, attempt, step, metrics: { loss } });
}

async function visible(bench: Bench): Promise<string[]> {
  const reports = await bench.storage.reports(bench.id, 0);
  return reports.map(({ attempt, step, metrics }) => `${attempt}:${step}=${metrics["loss"]}`);
}

async function lastOf(bench: Bench): Promise<unknown> {
  const { last } = await bench.trial(0);
  return last && [last.step, last.metrics["loss"]];
}

export const reports: readonly Case[] = [
  {
    title: "reports come back in step order, the newest in the record",
    async run(bench) {
      await bench.start();
      assert.equal((await bench.trial(0)).last, null);
      for (const [step, loss] of [
        [0, 9],
        [1, 8],
        [2.5, 7],
      ] as const)
        await report(bench, step, loss);
      assert.deepEqual(await visible(bench), ["1:0=9", "1:1=8", "1:2.5=7"]);
      assert.deepEqual(await lastOf(bench), [2.5, 7]);
    },
  },
  {
    title: "steps are finite, not negative, and grow within an attempt",
    async run(bench) {
      await bench.start();
      await report(bench, 2, 1);
      const next = { type: "report", number: 0, attempt: 1, metrics: { loss: 1 } } as const;
      for (const step of [-1, NaN, Infinity, "3" as unknown as number]) {
        await bench.refused({ ...next, step }, "E_REPORT_STEP", /finite number >= 0/);
      }
      await bench.refused({ ...next, step: 1 }, "E_REPORT_STEP", /step 1 after step 2/);
      await bench.refused({ ...next, step: 2, metrics: { loss: 5 } }, "E_REPORT_STEP");
      await bench.send({ ...next, step: 2 });
      assert.deepEqual(await visible(bench), ["1:2=1"], "the same report sent again is fine and adds nothing");
    },
  },
  {
    title: "NaN, infinities, -0 and extreme numbers survive in reports, tells, corrections, the feed and the snapshot",
    async run(bench) {
      await bench.start();
      await bench.send({ type: "report", number: 0, attempt: 1, step: 0, metrics: ODD });
      await bench.send({ type: "finish", number: 0, attempt: 1, state: "complete", metrics: ODD });
      await bench.send({ type: "correct", number: 0, metrics: { zero: -0 }, reason: "sign" });
      const trial = await bench.trial(0);
      assert.deepStrictEqual(trial.metrics, { ...ODD, zero: -0 });
      assert.deepStrictEqual(trial.last, { step: 0, metrics: ODD });
      assert.deepStrictEqual((await bench.storage.reports(bench.id, 0))[0]!.metrics, ODD);
      const events = await bench.storage.changes(bench.id, 0);
      const told = events.flatMap(event => ("metrics" in event && event.metrics ? [event.metrics] : []));
      assert.deepStrictEqual(told, [ODD, ODD, { zero: -0 }]);
      const snapshot = await bench.storage.snapshot(bench.id);
      assert.deepStrictEqual(snapshot.trials[0], trial);
      assert.deepStrictEqual(snapshot.reports.get(0)?.[0]?.metrics, ODD);
    },
  },
  {
    title: "awkward names and texts survive",
    async run(bench) {
      await bench.start({ owner: "wörker '\"\\" });
      const odd = { "a.b": 1, "é\u2028": 2, "'; DROP TABLE trials; --": 3, constructor: 4 };
      await bench.send({ type: "report", number: 0, attempt: 1, step: 1, metrics: odd });
      assert.deepEqual((await bench.trial(0)).last?.metrics, odd);
      await bench.send({ type: "annotate", number: 0, note: "line\nline \u0000 \ud83d\ude00", attrs: { "": [""] } });
      const trial = await bench.trial(0);
      assert.deepEqual([trial.note, trial.attrs], ["line\nline \u0000 \ud83d\ude00", { "": [""] }]);
    },
  },
  {
    title: "a retry without a checkpoint hides what earlier attempts reported",
    async run(bench) {
      await bench.start({ retries: 1 });
      await report(bench, 1, 9);
      await report(bench, 2, 8);
      await bench.send({ type: "fail", number: 0, attempt: 1, error: THROWN });
      assert.deepEqual(await visible(bench), ["1:1=9", "1:2=8"]);
      const again = await bench.start();
      assert.deepEqual([again.last, await visible(bench)], [null, []]);
      await report(bench, 1, 7, 2);
      assert.deepEqual(await visible(bench), ["2:1=7"]);
    },
  },
  {
    title: "a retry hides earlier reports beyond its checkpoint and keeps those up to it",
    async run(bench) {
      await bench.start({ retries: 1 });
      for (const step of [1, 2, 3, 4]) await report(bench, step, 10 - step);
      await bench.send({ type: "checkpoint", number: 0, attempt: 1, step: 2, hash: "sha256-a", size: 12 });
      await bench.send({ type: "fail", number: 0, attempt: 1, error: THROWN });
      const again = await bench.start();
      assert.deepEqual(again.checkpoint, { step: 2, hash: "sha256-a" });
      assert.deepEqual(await lastOf(bench), [2, 8]);
      await report(bench, 3, 3, 2);
      assert.deepEqual(await visible(bench), ["1:1=9", "1:2=8", "2:3=3"]);
      const { reports: all } = await bench.storage.snapshot(bench.id);
      assert.deepEqual(all.get(0), await bench.storage.reports(bench.id, 0));
    },
  },
  {
    title: "a claimed and a released trial hide like a retried one",
    async run(bench) {
      await bench.start({ retries: 1 });
      await report(bench, 1, 9);
      bench.clock.tick(100);
      await bench.start();
      assert.deepEqual(await visible(bench), []);
      await report(bench, 1, 8, 2);
      await bench.send({ type: "release", number: 0, attempt: 2 });
      await bench.start();
      assert.deepEqual(await visible(bench), []);
    },
  },
  {
    title: "a resumed trial keeps its reports; what it reports again at a step replaces them one by one",
    async run(bench) {
      await bench.start();
      for (const step of [1, 2, 3]) await report(bench, step, step);
      await bench.send({ type: "pause", number: 0, attempt: 1 });
      await bench.send({ type: "resume", number: 0, owner: "me", lease: 100 });
      assert.deepEqual(await lastOf(bench), [3, 3]);
      await report(bench, 2, 20, 2);
      assert.deepEqual(await visible(bench), ["1:1=1", "2:2=20", "1:3=3"]);
      assert.deepEqual(await lastOf(bench), [3, 3]);
      await report(bench, 3, 30, 2);
      assert.deepEqual(await lastOf(bench), [3, 30]);
      await bench.refused({ type: "report", number: 0, attempt: 2, step: 2.5, metrics: {} }, "E_REPORT_STEP");
    },
  },
  {
    title: "the newest checkpoint counts",
    async run(bench) {
      await bench.start();
      const checkpoint = { type: "checkpoint", number: 0, attempt: 1, size: 1 } as const;
      await bench.send({ ...checkpoint, step: 1, hash: "sha256-1" });
      await bench.send({ ...checkpoint, step: 5, hash: "sha256-5" });
      assert.deepEqual((await bench.trial(0)).checkpoint, { step: 5, hash: "sha256-5" });
      await bench.refused({ ...checkpoint, step: -1, hash: "sha256-6" }, "E_REPORT_STEP");
    },
  },
  {
    title: "artifacts are listed in the trial; the same name replaces",
    async run(bench) {
      await bench.start();
      const put = (name: string, hash: string) =>
        bench.send({ type: "artifact", number: 0, artifact: { name, hash, size: 3, type: "text/plain" } });
      await put("out", "sha256-1");
      await put("err", "sha256-2");
      await put("out", "sha256-3");
      const { artifacts } = await bench.trial(0);
      assert.deepEqual(
        artifacts.map(({ name, hash }) => `${name} ${hash}`),
        ["err sha256-2", "out sha256-3"],
      );
      assert.deepEqual(artifacts[0], { name: "err", hash: "sha256-2", size: 3, type: "text/plain" });
    },
  },
  {
    title: "log lines come back in order, with attempt and time, of one trial",
    async run(bench) {
      await bench.start({ retries: 1 });
      await bench.start();
      const at = bench.clock.now();
      await bench.send({ type: "log", number: 0, attempt: 1, text: "one\n" });
      await bench.send({ type: "log", number: 1, attempt: 1, text: "other" });
      await bench.send({ type: "fail", number: 0, attempt: 1, error: THROWN });
      await bench.start();
      bench.clock.tick(5);
      await bench.send({ type: "log", number: 0, attempt: 2, text: "" });
      assert.deepEqual(await bench.storage.logs(bench.id, 0), [
        { at, attempt: 1, text: "one\n" },
        { at: at + 5, attempt: 2, text: "" },
      ]);
    },
  },
];
