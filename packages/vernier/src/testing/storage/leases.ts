/** Contract: the queue, leases and fencing. */
import assert from "node:assert/strict";
import { THROWN, type Case } from "./bench.ts";

const PARAMS = { params: { a: 0.5, b: "x" }, sampler: "s" } as const;

export const leases: readonly Case[] = [
  {
    title: "several trials are queued at once, all or none, with the numbers that follow",
    async run(bench) {
      await bench.send({ type: "queue", params: { a: 1 } });
      const others = [
        { params: { a: 3 }, tags: ["t"] },
        { params: { a: 4 }, attrs: { k: 1 } },
      ];
      assert.deepEqual(await bench.send({ type: "queue", params: { a: 2 }, others }), { number: 1 });
      const trials = [];
      for (let i = 0; i < 4; i++) trials.push(await bench.start());
      assert.deepEqual(
        trials.map(({ number, fixed }) => [number, fixed?.["a"]]),
        [
          [0, 1],
          [1, 2],
          [2, 3],
          [3, 4],
        ],
      );
      assert.deepEqual([trials[2]!.tags, trials[3]!.attrs], [["t"], { k: 1 }]);
      const bad = [{ params: { a: 6 } }, { params: { a: 7 }, until: -1 }];
      await assert.rejects(bench.send({ type: "queue", params: { a: 5 }, others: bad }));
      assert.equal((await bench.start()).number, 4);
      assert.equal((await bench.trial(4)).fixed, null);
    },
  },
  {
    title: "queued trials are handed out in their order, each once, before new ones",
    async run(bench) {
      for (const a of [1, 2, 3]) {
        assert.deepEqual(await bench.send({ type: "queue", params: { a } }), { number: a - 1 });
      }
      const waiting = await bench.trial(1);
      assert.deepEqual([waiting.state, waiting.fixed, waiting.params, waiting.attempt], ["waiting", { a: 2 }, null, 0]);
      bench.clock.tick(10);
      const handed = [];
      for (let i = 0; i < 4; i++) handed.push(await bench.start());
      assert.deepEqual(
        handed.map(trial => trial.number),
        [0, 1, 2, 3],
      );
      assert.deepEqual(
        handed.map(trial => trial.fixed?.["a"]),
        [1, 2, 3, undefined],
      );
      assert.equal(handed[0]!.startedAt! - handed[0]!.queuedAt, 10);
    },
  },
  {
    title: "a start with a total makes no trial beyond it, whoever asks, and still hands out what waits",
    async run(bench) {
      const asked = await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          bench.send({ type: "start", owner: `w${i % 2}`, lease: 100, total: 4, suggest: () => PARAMS }),
        ),
      );
      const numbers = asked.flatMap(({ trial }) => (trial === null ? [] : [trial.number]));
      assert.deepEqual(
        numbers.sort((a, b) => a - b),
        [0, 1, 2, 3],
      );
      const more = async () => (await bench.send({ type: "start", owner: "me", lease: 100, total: 4 })).trial?.number;
      await bench.finish(0, 1);
      assert.equal(await more(), undefined);
      await bench.send({ type: "release", number: 1, attempt: 1 });
      assert.equal(await more(), 1, "a waiting trial is handed out");
      await bench.send({ type: "delete", number: 0 });
      assert.equal(await more(), 4, "a deleted trial no longer counts");
      await bench.send({ type: "pause", number: 2, attempt: 1 });
      assert.equal(await more(), 5, "a paused trial does not count");
      assert.equal(await more(), undefined);
    },
  },
  {
    title: "a queued trial keeps its attributes, tags, parent, resource and bracket",
    async run(bench) {
      const parent = { number: 4, step: 2, checkpoint: "c" };
      await bench.send({
        type: "queue",
        params: {},
        attrs: { by: "me" },
        tags: ["hand"],
        parent,
        until: 3,
        bracket: 2,
      });
      const trial = await bench.start({ until: 9, bracket: 9, parent: { number: 8 }, retries: 1 });
      assert.deepEqual([trial.attrs, trial.tags, trial.parent], [{ by: "me" }, ["hand"], parent]);
      assert.deepEqual([trial.until, trial.bracket, trial.retries], [3, 2, 1]);
    },
  },
  {
    title: "suggest inside also fills a queued trial, which the events name",
    async run(bench) {
      const { revision } = await bench.execute({ type: "annotate", note: "x" }, 0);
      await bench.send({ type: "queue", params: { a: 1 } });
      const { result, events } = await bench.execute(
        {
          type: "start",
          owner: "me",
          lease: 100,
          suggest(number, before) {
            const queued = before.find(event => event.type === "trial.queued" && event.number === number);
            assert.ok(queued?.type === "trial.queued");
            return { params: { ...queued.params, b: "y" }, sampler: "s" };
          },
        },
        revision,
      );
      assert.deepEqual(result.trial?.params, { a: 1, b: "y" });
      assert.deepEqual(
        events.map(event => event.type),
        ["trial.queued", "trial.started"],
      );
    },
  },
  {
    title: "create: false hands out nothing when nothing waits",
    async run(bench) {
      const none = { trial: null, suggested: false };
      assert.deepEqual(await bench.send({ type: "start", owner: "me", lease: 1, create: false }), none);
      await bench.send({ type: "queue", params: {} });
      const { trial } = await bench.send({ type: "start", owner: "me", lease: 100, create: false });
      assert.equal(trial?.number, 0);
      assert.deepEqual(await bench.send({ type: "start", owner: "me", lease: 1, create: false }), none);
    },
  },
  {
    title: "claim: false makes a new trial and leaves waiting and abandoned ones alone",
    async run(bench) {
      await bench.start({ retries: 1 });
      await bench.send({ type: "queue", params: {} });
      bench.clock.tick(1000);
      assert.equal((await bench.start({ claim: false })).number, 2);
      assert.equal((await bench.start()).number, 1);
      assert.equal((await bench.start()).number, 0);
    },
  },
  {
    title: "only: n hands out that one, or nothing while another runs it",
    async run(bench) {
      for (let i = 0; i < 3; i++) await bench.send({ type: "queue", params: {} });
      assert.equal((await bench.start({ only: 1, retries: 1 })).number, 1);
      const { trial } = await bench.send({ type: "start", owner: "you", lease: 100, only: 1 });
      assert.equal(trial, null);
      bench.clock.tick(100);
      const taken = await bench.start({ only: 1 });
      assert.deepEqual([taken.attempt, taken.failures], [2, 1]);
      await bench.refused({ type: "start", owner: "me", lease: 1, only: 9 }, "E_TRIAL_UNKNOWN");
      assert.equal((await bench.start()).number, 0);
    },
  },
  {
    title: "a retried trial comes before later queued ones",
    async run(bench) {
      await bench.start({ retries: 1 });
      await bench.send({ type: "queue", params: {} });
      await bench.send({ type: "fail", number: 0, attempt: 1, error: THROWN });
      assert.deepEqual([(await bench.start()).number, (await bench.start()).number], [0, 1]);
    },
  },
  {
    title: "a lease holds until the moment it expires; then another worker may claim the trial",
    async run(bench) {
      await bench.start({ retries: 1, suggest: () => ({ params: { a: 1 }, sampler: "s" }) });
      bench.clock.tick(99);
      const early = await bench.send({ type: "start", owner: "you", lease: 5, create: false });
      assert.equal(early.trial, null);
      bench.clock.tick(1);
      const { trial, suggested } = await bench.send({ type: "start", owner: "you", lease: 100 });
      assert.deepEqual([trial?.number, trial?.attempt, trial?.failures, suggested], [0, 2, 1, true]);
      const claim = (await bench.storage.changes(bench.id, 0)).at(-1)!;
      assert.ok(claim.type === "trial.started" && claim.lost === true && claim.owner === "you");
    },
  },
  {
    title: "an expired lease nobody claimed may still report, renew and tell",
    async run(bench) {
      await bench.start();
      bench.clock.tick(500);
      await bench.send({ type: "report", number: 0, attempt: 1, step: 1, metrics: { loss: 1 } });
      await bench.send({ type: "renew", number: 0, attempt: 1, lease: 100 });
      bench.clock.tick(99);
      assert.equal((await bench.start()).number, 1, "the renewed lease holds");
      bench.clock.tick(500);
      await bench.finish(0, 1);
      assert.equal((await bench.trial(0)).state, "complete");
    },
  },
  {
    title: "a claimed trial refuses its former worker: report, renew, tell",
    async run(bench) {
      await bench.start({ retries: 1 });
      bench.clock.tick(100);
      await bench.start({ owner: "you" });
      const held = { number: 0, attempt: 1 };
      const words = /attempt 1 of trial 0 is not running: the trial is running attempt 2/;
      await bench.refused({ type: "finish", ...held, state: "complete", metrics: { loss: 1 } }, "E_LEASE_LOST", words);
      await bench.refused({ type: "report", ...held, step: 1, metrics: {} }, "E_LEASE_LOST");
      await bench.refused({ type: "renew", ...held, lease: 100 }, "E_LEASE_LOST");
      await bench.refused({ type: "fail", ...held, error: THROWN }, "E_LEASE_LOST");
      await bench.finish(0, 2, 2);
      await bench.refused({ type: "finish", ...held, state: "complete" }, "E_LEASE_LOST");
      await bench.refused({ type: "finish", ...held, attempt: 3, state: "complete" }, "E_LEASE_LOST");
    },
  },
  {
    title: "an expired trial with no attempt left is failed as lost, and the search goes on",
    async run(bench) {
      await bench.start({ owner: "gone" });
      await bench.start({ retries: 1 });
      bench.clock.tick(100);
      const { events, result } = await bench.execute({ type: "start", owner: "you", lease: 100 }, 0);
      assert.deepEqual([result.trial?.number, result.trial?.attempt], [1, 2]);
      const lost = await bench.trial(0);
      assert.deepEqual([lost.state, lost.error?.kind, lost.failures], ["failed", "lost", 1]);
      assert.match(lost.error!.message, /lease of gone expired/);
      assert.deepEqual(
        events.slice(-2).map(event => event.type),
        ["trial.failed", "trial.started"],
      );
      await bench.refused({ type: "finish", number: 0, attempt: 1, state: "complete" }, "E_LEASE_LOST");
      bench.clock.tick(1000);
      const none = await bench.send({ type: "start", owner: "you", lease: 1, create: false });
      assert.equal(none.trial, null, "lost ones are failed even when nothing is handed out");
      assert.equal((await bench.trial(1)).state, "failed");
    },
  },
  {
    title: "the longest expired lease is claimed first, after waiting ones",
    async run(bench) {
      for (const lease of [300, 100, 200]) await bench.start({ lease, retries: 1 });
      await bench.send({ type: "queue", params: {} });
      bench.clock.tick(300);
      const order = [];
      for (let i = 0; i < 4; i++) order.push((await bench.start({ lease: 1000 })).number);
      assert.deepEqual(order, [3, 1, 2, 0]);
    },
  },
  {
    title: "unleased trials never expire, and renewing them is nothing",
    async run(bench) {
      await bench.start({ lease: null });
      await bench.send({ type: "renew", number: 0, attempt: 1, lease: 1 });
      bench.clock.tick(1e12);
      assert.equal((await bench.start()).number, 1);
      await bench.finish(0, 1);
    },
  },
  {
    title: "renewing is no event",
    async run(bench) {
      await bench.start();
      const { events, result } = await bench.execute({ type: "renew", number: 0, attempt: 1, lease: 5 }, 0);
      assert.equal(events.length, 2);
      assert.equal(result, null);
    },
  },
  {
    title: "a machine's clock set back does not turn time back",
    async run(bench) {
      await bench.start();
      const { startedAt } = await bench.trial(0);
      bench.clock.set(5);
      const second = await bench.start();
      assert.equal(second.startedAt, startedAt);
      await bench.finish(0, 1);
      assert.equal((await bench.trial(0)).finishedAt, startedAt);
    },
  },
  {
    title: "a deleted running trial is not claimed; restored, it is",
    async run(bench) {
      await bench.start({ retries: 1 });
      await bench.send({ type: "delete", number: 0 });
      bench.clock.tick(100);
      assert.equal((await bench.start({ lease: 1000 })).number, 1);
      await bench.send({ type: "restore", number: 0 });
      assert.equal((await bench.start({ lease: 1000 })).number, 0);
    },
  },
  {
    title: "a deleted queued trial is not handed out; restored, it is",
    async run(bench) {
      await bench.send({ type: "queue", params: {} });
      await bench.send({ type: "delete", number: 0 });
      assert.equal((await bench.start()).number, 1);
      await bench.send({ type: "restore", number: 0 });
      assert.equal((await bench.start()).number, 0);
    },
  },
  {
    title: "a released, paused or finished trial is not claimed when its old lease runs out",
    async run(bench) {
      for (let i = 0; i < 3; i++) await bench.start({ retries: 1 });
      await bench.send({ type: "release", number: 0, attempt: 1 });
      await bench.send({ type: "pause", number: 1, attempt: 1 });
      await bench.finish(2, 1);
      bench.clock.tick(100);
      const first = await bench.start({ lease: null });
      assert.deepEqual([first.number, first.failures], [0, 0]);
      assert.equal((await bench.start()).number, 3);
    },
  },
  {
    title: "two handles on the same data: numbers are unique, a queued trial goes to one of them",
    shared: true,
    async run(bench) {
      const other = await bench.again();
      for (let i = 0; i < 10; i++) await bench.send({ type: "queue", params: { a: i } });
      const command = { type: "start", owner: "me", lease: 100 } as const;
      const started = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? bench.storage : other).execute(bench.id, command)),
      );
      const numbers = started.map(({ result }) => result.trial!.number).sort((a, b) => a - b);
      assert.deepEqual(
        numbers,
        Array.from({ length: 20 }, (_, i) => i),
      );
      await other.close();
    },
  },
  {
    title: "two handles on the same data: each sees what the other did, and fencing holds between them",
    shared: true,
    async run(bench) {
      const other = await bench.again();
      const { number } = await bench.start({ retries: 1 });
      bench.clock.tick(100);
      await other.execute(bench.id, { type: "start", owner: "you", lease: 100 });
      await bench.refused({ type: "finish", number, attempt: 1, state: "complete" }, "E_LEASE_LOST");
      await other.execute(bench.id, { type: "finish", number, attempt: 2, state: "complete", metrics: { loss: 3 } });
      assert.deepEqual((await bench.trial(number)).metrics, { loss: 3 });
      assert.deepEqual(await bench.storage.changes(bench.id, 0), await other.changes(bench.id, 0));
      await other.close();
    },
  },
];
