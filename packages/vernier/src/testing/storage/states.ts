/** Contract: the states of a trial. */
import assert from "node:assert/strict";
import { THROWN, type Case } from "./bench.ts";

const finished = { type: "finish", number: 0, attempt: 1, state: "complete", metrics: { loss: 2 } } as const;

export const states: readonly Case[] = [
  {
    title: "a new trial is running, numbered from 0, with everything else empty",
    async run(bench) {
      const { trial, suggested } = await bench.send({ type: "start", owner: "me", lease: null });
      const at = bench.clock.now();
      assert.equal(suggested, false);
      assert.deepEqual(trial, {
        number: 0,
        state: "running",
        params: null,
        fixed: null,
        attempt: 1,
        failures: 0,
        retries: 0,
        basis: null,
        sampler: null,
        why: null,
        metrics: null,
        ranked: true,
        error: null,
        parent: null,
        until: null,
        bracket: null,
        checkpoint: null,
        artifacts: [],
        attrs: {},
        tags: [],
        note: null,
        queuedAt: at,
        startedAt: at,
        finishedAt: null,
        last: null,
        deleted: false,
      });
      assert.equal((await bench.start()).number, 1);
      assert.equal((await bench.start()).number, 2);
    },
  },
  {
    title: "a start carries what the scheduler and the breeder say",
    async run(bench) {
      const parent = { number: 0, step: 3, checkpoint: "sha256-0" };
      const trial = await bench.start({ retries: 2, until: 9, bracket: 1, parent });
      assert.deepEqual([trial.retries, trial.until, trial.bracket, trial.parent], [2, 9, 1, parent]);
      assert.deepEqual(await bench.trial(0), trial);
    },
  },
  {
    title: "a suggestion made inside the start is in the record, with basis, sampler and reason",
    async run(bench) {
      const seen: unknown[] = [];
      const { result, events, revision } = await bench.execute(
        {
          type: "start",
          owner: "me",
          lease: 100,
          suggest(number, before, basis) {
            seen.push(
              number,
              before.map(event => event.type),
              basis,
            );
            return { params: { a: 0.5, b: "x", list: [{ c: null }] }, sampler: "random", why: "first" };
          },
        },
        0,
      );
      assert.equal(result.suggested, true);
      const created = events[0]!.revision;
      assert.deepEqual(seen, [0, ["study.created"], created]);
      const { params, basis, sampler, why } = result.trial!;
      assert.deepEqual([params, sampler, why], [{ a: 0.5, b: "x", list: [{ c: null }] }, "random", "first"]);
      assert.deepEqual(basis, created);
      assert.deepEqual(
        events.map(event => event.type),
        ["study.created", "trial.started"],
      );
      assert.deepEqual(revision, events[1]!.revision);
      assert.deepEqual(await bench.trial(0), result.trial);
    },
  },
  {
    title: "a suggestion that throws leaves no trial behind",
    async run(bench) {
      const suggest = (): never => {
        throw new RangeError("no luck");
      };
      await assert.rejects(bench.send({ type: "start", owner: "me", lease: 1, suggest }), RangeError);
      assert.equal((await bench.storage.snapshot(bench.id)).trials.length, 0);
      assert.equal((await bench.start()).number, 0);
    },
  },
  {
    title: "a suggestion may be committed later, once",
    async run(bench) {
      const { number } = await bench.start();
      const command = {
        type: "suggest",
        number,
        attempt: 1,
        params: { a: 0.25 },
        basis: 1,
        sampler: "tpe",
        why: "w",
      } as const;
      assert.equal(await bench.send(command), "ok");
      const trial = await bench.trial(number);
      assert.deepEqual([trial.params, trial.basis, trial.sampler, trial.why], [{ a: 0.25 }, 1, "tpe", "w"]);
      await bench.refused(command, "E_TRIAL_SUGGESTED");
    },
  },
  {
    title: "a unique suggestion is refused while another live trial has the key",
    async run(bench) {
      await bench.start({ suggest: () => ({ params: { a: 1 }, sampler: "grid", key: "k1" }) });
      await bench.start();
      const command = { type: "suggest", number: 1, attempt: 1, params: { a: 1 }, basis: 1, sampler: "tpe" } as const;
      assert.equal(await bench.send({ ...command, unique: "k1" }), "duplicate");
      assert.equal((await bench.trial(1)).params, null);
      await bench.send({ type: "delete", number: 0 });
      assert.equal(await bench.send({ ...command, unique: "k1" }), "ok");
      await bench.start();
      assert.equal(await bench.send({ ...command, number: 2, unique: "k1" }), "duplicate");
      assert.equal(await bench.send({ ...command, number: 2, unique: "k2" }), "ok");
    },
  },
  {
    title: "piecemeal parameters grow, also on unleased trials; a drawn one stays",
    async run(bench) {
      await bench.start({ lease: null });
      const param = { type: "param", number: 0, attempt: 1 } as const;
      await bench.send({ ...param, name: "lr", value: 0.1, node: { type: "float", low: 0, high: 1 } });
      await bench.send({ ...param, name: "layers", value: [1, "two", null] });
      await bench.send({ ...param, name: "lr", value: 0.1 });
      assert.deepEqual((await bench.trial(0)).params, { lr: 0.1, layers: [1, "two", null] });
      assert.equal((await bench.storage.changes(bench.id, 0)).length, 4, "the same draw again is no event");
      await bench.refused({ ...param, name: "lr", value: 0.2 }, "E_PARAM_EXISTS", /lr = 0\.1; got 0\.2/);
      const node = { type: "float", low: 0, high: 0.05 } as const;
      await bench.send({ ...param, name: "lr", value: 0.1, node });
      await bench.send({ ...param, name: "lr", value: 0.01, node, redraw: true });
      assert.deepEqual((await bench.trial(0)).params, { lr: 0.01, layers: [1, "two", null] });
      assert.equal(
        (await bench.storage.changes(bench.id, 0)).length,
        6,
        "with its definition it is one, and so is a redraw",
      );
      await bench.refused({ ...param, name: "", value: 1 }, "E_COMMAND");
      await bench.refused({ ...param, name: "x", value: NaN }, "E_PARAMS", /params\.x is NaN/);
    },
  },
  {
    title: "complete keeps the metrics and the time; the lease is gone",
    async run(bench) {
      await bench.start();
      bench.clock.tick(50);
      await bench.send(finished);
      const trial = await bench.trial(0);
      assert.deepEqual(
        [trial.state, trial.metrics, trial.ranked, trial.finishedAt],
        ["complete", { loss: 2 }, true, bench.clock.now()],
      );
      bench.clock.tick(1000);
      assert.equal((await bench.start()).number, 1, "a finished trial is not claimed");
    },
  },
  {
    title: "two tells: the second is refused and says the state and the time",
    async run(bench) {
      await bench.start();
      await bench.send(finished);
      const when = new Date(bench.clock.now()).toISOString().replaceAll(".", "\\.");
      await bench.refused(finished, "E_TRIAL_FINISHED", new RegExp(`trial 0 is complete since ${when}`));
    },
  },
  {
    title: "a finished trial takes no report, parameter, checkpoint, artifact, log, pause, release, failure or renewal",
    async run(bench) {
      await bench.start();
      await bench.send(finished);
      const held = { number: 0, attempt: 1 };
      await bench.refused({ type: "report", ...held, step: 1, metrics: {} }, "E_TRIAL_FINISHED");
      await bench.refused({ type: "param", ...held, name: "x", value: 1 }, "E_TRIAL_FINISHED");
      await bench.refused({ type: "suggest", ...held, params: {}, basis: 1, sampler: "s" }, "E_TRIAL_FINISHED");
      await bench.refused({ type: "checkpoint", ...held, step: 1, hash: "h", size: 1 }, "E_TRIAL_FINISHED");
      await bench.refused(
        { type: "artifact", number: 0, artifact: { name: "f", hash: "h", size: 1 } },
        "E_TRIAL_FINISHED",
      );
      await bench.refused({ type: "log", ...held, text: "x" }, "E_TRIAL_FINISHED");
      await bench.refused({ type: "pause", ...held }, "E_TRIAL_FINISHED");
      await bench.refused({ type: "release", ...held }, "E_TRIAL_FINISHED");
      await bench.refused({ type: "fail", ...held, error: THROWN }, "E_TRIAL_FINISHED");
      await bench.refused({ type: "renew", ...held, lease: 10 }, "E_TRIAL_FINISHED");
      await bench.refused({ type: "resume", number: 0, owner: "me", lease: null }, "E_TRIAL_FINISHED");
      await bench.refused({ type: "start", owner: "me", lease: null, only: 0 }, "E_TRIAL_FINISHED");
    },
  },
  {
    title: "pruned, and a value that came after the stop is kept but not ranked",
    async run(bench) {
      await bench.start();
      await bench.send({ type: "finish", number: 0, attempt: 1, state: "pruned" });
      const pruned = await bench.trial(0);
      assert.deepEqual([pruned.state, pruned.metrics, pruned.ranked], ["pruned", null, true]);
      await bench.start();
      await bench.send({ ...finished, number: 1, state: "pruned", ranked: false });
      const late = await bench.trial(1);
      assert.deepEqual([late.state, late.metrics, late.ranked], ["pruned", { loss: 2 }, false]);
    },
  },
  {
    title: "a failure without retries is the end; its error and metrics are kept",
    async run(bench) {
      await bench.start();
      const error = { kind: "exit", message: "exit status 3", code: "3", tail: "a\nb" } as const;
      const result = await bench.send({ type: "fail", number: 0, attempt: 1, error, metrics: { loss: NaN } });
      assert.deepEqual(result, { state: "failed" });
      const trial = await bench.trial(0);
      assert.deepEqual([trial.state, trial.error, trial.metrics, trial.failures], ["failed", error, { loss: NaN }, 1]);
      assert.equal(trial.finishedAt, bench.clock.now());
    },
  },
  {
    title: "a failed attempt goes back to waiting until failures exceed retries; the configuration stays",
    async run(bench) {
      const suggest = () => ({ params: { a: 1 }, sampler: "s" });
      await bench.start({ retries: 2, suggest });
      const fail = (attempt: number) => bench.send({ type: "fail", number: 0, attempt, error: THROWN });
      assert.deepEqual(await fail(1), { state: "waiting" });
      assert.equal((await bench.trial(0)).finishedAt, null);
      let drawn = 0;
      const again = await bench.send({
        type: "start",
        owner: "me",
        lease: 100,
        retries: 9,
        suggest: () => ({ params: { a: ++drawn }, sampler: "s" }),
      });
      assert.deepEqual([again.trial?.number, again.trial?.attempt, again.trial?.failures], [0, 2, 1]);
      assert.deepEqual([again.trial?.params, again.suggested, drawn], [{ a: 1 }, true, 0]);
      assert.equal(again.trial?.retries, 2, "retries are those of the first start");
      assert.deepEqual(await fail(2), { state: "waiting" });
      await bench.start();
      assert.deepEqual(await fail(3), { state: "failed" });
      assert.equal((await bench.trial(0)).failures, 3);
    },
  },
  {
    title: "a final failure skips the retries that are left",
    async run(bench) {
      await bench.start({ retries: 5 });
      const result = await bench.send({ type: "fail", number: 0, attempt: 1, error: THROWN, final: true });
      assert.deepEqual(result, { state: "failed" });
    },
  },
  {
    title: "success after a retry clears the error",
    async run(bench) {
      await bench.start({ retries: 1 });
      await bench.send({ type: "fail", number: 0, attempt: 1, error: THROWN });
      assert.deepEqual((await bench.trial(0)).error, THROWN);
      await bench.start();
      await bench.finish(0, 1, 2);
      assert.equal((await bench.trial(0)).error, null);
    },
  },
  {
    title: "release gives a trial back without consuming an attempt",
    async run(bench) {
      await bench.start({ retries: 0 });
      await bench.send({ type: "release", number: 0, attempt: 1 });
      assert.deepEqual([(await bench.trial(0)).state, (await bench.trial(0)).failures], ["waiting", 0]);
      await bench.refused(finished, "E_LEASE_LOST", /attempt 1 of trial 0 is not running: the trial is waiting/);
      const again = await bench.start();
      assert.deepEqual([again.number, again.attempt, again.failures], [0, 2, 0]);
    },
  },
  {
    title: "pause and resume: a new attempt number, no attempt consumed",
    async run(bench) {
      await bench.start({ until: 1 });
      await bench.send({ type: "pause", number: 0, attempt: 1 });
      assert.equal((await bench.trial(0)).state, "paused");
      await bench.refused(finished, "E_TRIAL_STATE", /paused/);
      await bench.refused({ type: "start", owner: "me", lease: null, only: 0 }, "E_TRIAL_STATE");
      assert.equal((await bench.start()).number, 1, "a paused trial is not handed out");
      const { trial } = await bench.send({ type: "resume", number: 0, owner: "you", lease: 100, until: 3 });
      assert.deepEqual([trial?.state, trial?.attempt, trial?.failures, trial?.until], ["running", 2, 0, 3]);
      await bench.refused(finished, "E_LEASE_LOST");
      await bench.finish(0, 1, 2);
      await bench.refused({ type: "resume", number: 1, owner: "you", lease: null }, "E_TRIAL_STATE", /running/);
    },
  },
  {
    title: "close prunes the paused trials and nothing else",
    async run(bench) {
      for (let i = 0; i < 4; i++) await bench.start();
      for (const number of [3, 1]) await bench.send({ type: "pause", number, attempt: 1 });
      assert.deepEqual(await bench.send({ type: "close" }), { pruned: 2 });
      const states = (await bench.storage.trials(bench.id)).map(trial => trial.state);
      assert.deepEqual(states, ["running", "pruned", "running", "pruned"]);
      assert.deepEqual(await bench.send({ type: "close" }), { pruned: 0 });
    },
  },
];
