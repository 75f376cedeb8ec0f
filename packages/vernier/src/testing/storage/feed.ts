/** Contract: the feed, the snapshot, lists. */
import assert from "node:assert/strict";
import { LiveHistory } from "../../core/history.ts";
import { applyTrial, foldReports, isTrialEvent } from "../../core/fold.ts";
import type { Report, Revision, Snapshot, StudyEvent, TrialRecord } from "../../core/types.ts";
import type { Codec } from "../../space/types.ts";
import { stream } from "../../math/rng.ts";
import { randomCommand } from "../storage-commands.ts";
import { rejects, SPEC, THROWN, type Bench, type Case } from "./bench.ts";

/** The snapshot a reader gets who folds every event by hand. */
export function foldedAll(events: readonly StudyEvent[]): Snapshot {
  const trials: TrialRecord[] = [];
  const reports = new Map<number, Report[]>();
  const finished: number[] = [];
  for (const event of events) {
    if (!isTrialEvent(event)) continue;
    const before = trials[event.number];
    const visible = reports.get(event.number) ?? [];
    const after = applyTrial(before, event, visible);
    foldReports(visible, before, event);
    trials[event.number] = after;
    if (visible.length > 0) reports.set(event.number, visible);
    else reports.delete(event.number);
    if (after.finishedAt !== null && before?.finishedAt == null) finished.push(event.number);
  }
  return { revision: events.at(-1)?.revision ?? 0, trials, finished, reports };
}

async function read(bench: Bench, since: Revision, limit?: number): Promise<readonly StudyEvent[]> {
  return bench.storage.changes(bench.id, since, limit);
}

export const feed: readonly Case[] = [
  {
    title: "the feed begins with the study, is in order, and its time never runs back",
    async run(bench) {
      await bench.start();
      bench.clock.tick(7);
      await bench.send({ type: "queue", params: { a: 1 } });
      bench.clock.set(3);
      await bench.finish(0, 2);
      const events = await read(bench, 0);
      assert.deepEqual(
        events.map(event => event.type),
        ["study.created", "trial.started", "trial.queued", "trial.finished"],
      );
      assert.deepEqual(events[0]!.type === "study.created" && events[0]!.spec, SPEC);
      const times = events.map(event => event.at);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
      assert.equal(times[3]! - times[1]!, 7);
    },
  },
  {
    title: "a reader gets what came after its cursor, in pages",
    async run(bench) {
      for (let i = 0; i < 5; i++) await bench.start();
      const all = await read(bench, 0);
      let cursor: Revision = 0;
      const paged: StudyEvent[] = [];
      for (let pages = 0; pages < 10; pages++) {
        const page = await read(bench, cursor, 2);
        assert.ok(page.length <= 2);
        paged.push(...page);
        cursor = page.at(-1)?.revision ?? cursor;
      }
      assert.deepEqual(paged, all);
      assert.deepEqual(await read(bench, all.at(-1)!.revision), []);
      assert.equal((await read(bench, 0, 1)).length, 1);
    },
  },
  {
    title: "execute answers with every event since the cursor, other clients' and own, and the new cursor",
    async run(bench) {
      const first = await bench.execute({ type: "start", owner: "me", lease: 100 }, 0);
      assert.deepEqual(
        first.events.map(event => event.type),
        ["study.created", "trial.started"],
      );
      await bench.start({ owner: "other" });
      const next = await bench.execute({ type: "queue", params: {} }, first.revision);
      assert.deepEqual(
        next.events.map(event => event.type),
        ["trial.started", "trial.queued"],
      );
      assert.deepEqual(next.events, await read(bench, first.revision));
      assert.deepEqual(next.revision, next.events.at(-1)!.revision);
      const { events } = await bench.storage.execute(bench.id, { type: "annotate", note: "x" });
      assert.deepEqual(events, [], "no cursor, no events");
    },
  },
  {
    title: "what is no cursor is refused",
    async run(bench) {
      for (const since of [-1, 0.5, NaN, "yesterday"]) {
        await rejects(read(bench, since), "E_REVISION");
        await rejects(bench.execute({ type: "close" }, since), "E_REVISION");
      }
    },
  },
  {
    title: "a refused command appends nothing to the feed",
    async run(bench) {
      await bench.start();
      const before = await read(bench, 0);
      await bench.refused({ type: "finish", number: 0, attempt: 2, state: "complete" }, "E_LEASE_LOST");
      assert.deepEqual(await read(bench, 0), before);
    },
  },
  {
    title: "a snapshot stands at a revision: with the changes since it is the whole",
    async run(bench) {
      await bench.start();
      await bench.finish(0, 1);
      const { revision, trials } = await bench.storage.snapshot(bench.id);
      assert.deepEqual(revision, (await read(bench, 0)).at(-1)!.revision);
      assert.deepEqual(trials, [await bench.trial(0)]);
      await bench.start();
      assert.deepEqual(
        (await read(bench, revision)).map(event => event.type),
        ["trial.started"],
      );
    },
  },
  {
    title: "the snapshot names finished trials in the order they finished, whatever came later",
    async run(bench) {
      for (let i = 0; i < 4; i++) await bench.start({ retries: i === 2 ? 1 : 0 });
      await bench.finish(3, 1);
      await bench.send({ type: "fail", number: 2, attempt: 1, error: THROWN });
      await bench.send({ type: "finish", number: 1, attempt: 1, state: "pruned" });
      await bench.finish(0, 1);
      await bench.start();
      await bench.finish(2, 1, 2);
      await bench.send({ type: "correct", number: 3, state: "failed", reason: "x" });
      await bench.send({ type: "delete", number: 1 });
      assert.deepEqual((await bench.storage.snapshot(bench.id)).finished, [3, 1, 0, 2]);
    },
  },
  {
    title: "lists filter by state, position and number, in number order",
    async run(bench) {
      for (let i = 0; i < 6; i++) await bench.start();
      for (const number of [4, 1, 3]) await bench.finish(number, number);
      await bench.send({ type: "delete", number: 3 });
      const numbers = async (filter?: Parameters<typeof bench.storage.trials>[1]) =>
        (await bench.storage.trials(bench.id, filter)).map(trial => trial.number);
      assert.deepEqual(await numbers(), [0, 1, 2, 4, 5]);
      assert.deepEqual(await numbers({ deleted: true }), [0, 1, 2, 3, 4, 5]);
      assert.deepEqual(await numbers({ states: ["complete"] }), [1, 4]);
      assert.deepEqual(await numbers({ states: ["complete"], deleted: true }), [1, 3, 4]);
      assert.deepEqual(await numbers({ states: ["running", "complete"], after: 1, limit: 2 }), [2, 4]);
      assert.deepEqual(await numbers({ states: [] }), []);
      assert.deepEqual(await numbers({ limit: 0 }), []);
    },
  },
  {
    title: "after any commands: snapshot = fold of all events = snapshot at any point + changes since",
    async run(bench) {
      const rng = stream(11, "feed");
      let early: Snapshot | undefined;
      for (let i = 0; i < 250; i++) {
        const known = await bench.storage.trials(bench.id, { deleted: true });
        await bench.storage.execute(bench.id, randomCommand(rng, known)).catch(mustBeRefusal);
        bench.clock.tick(rng.int(40));
        if (i === 125) early = await bench.storage.snapshot(bench.id);
      }
      const snapshot = await bench.storage.snapshot(bench.id);
      assert.deepStrictEqual(snapshot, foldedAll(await read(bench, 0)));
      for (const trial of snapshot.trials) assert.deepStrictEqual(await bench.trial(trial.number), trial);

      const history = new LiveHistory({ spec: SPEC, codec: NO_COLUMNS, snapshot: early! });
      history.applyAll(await read(bench, early!.revision));
      assert.deepStrictEqual(
        snapshot.trials,
        snapshot.trials.map(trial => history.record(trial.number)),
      );
      for (const trial of snapshot.trials) {
        assert.deepStrictEqual(snapshot.reports.get(trial.number) ?? [], history.reports(trial.number));
      }
      const standing = snapshot.finished.filter(number => !snapshot.trials[number]!.deleted);
      assert.deepEqual([...history.finished.slice(0, history.finishedCount)], standing);
    },
  },
];

const NO_COLUMNS = {
  space: SPEC.space,
  columns: [],
  width: 0,
  size: Infinity,
  version: 0,
  check: () => [],
  encode: () => {},
} as unknown as Codec;

function mustBeRefusal(error: unknown): void {
  if (!/^E_/.test(String((error as { code?: unknown }).code))) throw error;
}
