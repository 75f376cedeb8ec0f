/** Contract: a study imported as a log is the study it came from, or nothing. */
import assert from "node:assert/strict";
import type { StudyEvent, StudySpec, TimedEvent, Storage, StudyInfo } from "../../core/types.ts";
import { stream } from "../../math/rng.ts";
import { randomCommand } from "../storage-commands.ts";
import { rejects, SPEC, type Bench, type Case } from "./bench.ts";

/** A log as `importStudy` takes it. Fresh objects, so that nothing is shared with the storage it was read from. */
function timed(events: readonly StudyEvent[]): TimedEvent[] {
  return events.slice(1).map(({ revision: _revision, ...event }) => structuredClone(event)) as TimedEvent[];
}

async function lived(bench: Bench, commands: number, seed: number): Promise<void> {
  const rng = stream(seed, "imports");
  for (let i = 0; i < commands; i++) {
    const known = await bench.storage.trials(bench.id, { deleted: true });
    await bench.storage.execute(bench.id, randomCommand(rng, known)).catch((error: unknown) => {
      if (!/^E_/.test(String((error as { code?: unknown }).code))) throw error;
    });
    bench.clock.tick(rng.int(40));
  }
}

const started = (number: number, attempt = 1, more: object = {}): TimedEvent =>
  ({ type: "trial.started", number, attempt, owner: "w", retries: 0, at: 5, ...more }) as TimedEvent;
const finished = (number: number, attempt = 1): TimedEvent => ({
  type: "trial.finished",
  number,
  attempt,
  state: "complete",
  metrics: { loss: number },
  at: 5,
});

async function same(storage: Storage, a: StudyInfo["id"], b: StudyInfo["id"]): Promise<void> {
  assert.deepStrictEqual(await storage.snapshot(b), await storage.snapshot(a));
  const strip = (events: readonly StudyEvent[]) => events.slice(1);
  assert.deepStrictEqual(strip(await storage.changes(b, 0)), strip(await storage.changes(a, 0)));
  for (const { number } of await storage.trials(a, { deleted: true })) {
    assert.deepStrictEqual(await storage.trial(b, number), await storage.trial(a, number));
    assert.deepStrictEqual(await storage.reports(b, number), await storage.reports(a, number));
    assert.deepStrictEqual(await storage.logs(b, number), await storage.logs(a, number));
  }
}

export const imports: readonly Case[] = [
  {
    title: "an imported log is the study it came from: trials, reports, order, feed, counts, annotations, times",
    async run(bench) {
      await lived(bench, 250, 3);
      await bench.send({ type: "annotate", note: "as it was", tags: ["t"], attrs: { k: [1] } });
      const original = (await bench.storage.findStudy(SPEC.name))!;
      const events = await bench.storage.changes(bench.id, 0);
      bench.clock.tick(10_000);
      const spec = { ...(events[0] as { spec: StudySpec }).spec, name: "copy" };
      const copy = await bench.storage.importStudy(spec, timed(events), { createdAt: original.createdAt });
      assert.deepStrictEqual(
        { ...copy, id: 0, spec: { ...copy.spec, name: "" } },
        { ...original, id: 0, spec: { ...original.spec, name: "" } },
      );
      assert.deepStrictEqual(await bench.storage.findStudy("copy"), copy);
      await same(bench.storage, bench.id, copy.id);
    },
  },
  {
    title: "an imported study goes on: the next number follows, waiting trials are handed out, time does not run back",
    async run(bench) {
      const queued = { type: "trial.queued", number: 0, params: { a: 0.5 }, at: 5 } as const;
      const at = bench.clock.now() + 1000;
      const events = [queued, started(1), finished(1), { ...started(2), at } as TimedEvent];
      const { id, counts } = await bench.storage.importStudy({ ...SPEC, name: "past" }, events);
      assert.deepEqual(counts, { waiting: 1, running: 1, paused: 0, complete: 1, pruned: 0, failed: 0 });
      const next = await bench.storage.execute(id, { type: "start", owner: "me", lease: 100, claim: false }, 0);
      assert.equal(next.result.trial?.number, 3);
      assert.equal(next.result.trial.startedAt, at);
      const waiting = await bench.storage.execute(id, { type: "start", owner: "me", lease: 100, create: false });
      assert.deepEqual([waiting.result.trial?.number, waiting.result.trial?.fixed], [0, { a: 0.5 }]);
    },
  },
  {
    title: "a trial that was running when its study was exported has no worker: the next claim takes it over",
    async run(bench) {
      const at = bench.clock.now();
      const suggestion = { params: { a: 1, b: "x" }, basis: 1, sampler: "s" };
      const events = [started(0, 1, { retries: 1, at, ...suggestion }), started(1, 1, { at })];
      const { id } = await bench.storage.importStudy({ ...SPEC, name: "past" }, events);
      const claim = { type: "start", owner: "me", lease: 100, create: false } as const;
      const first = await bench.storage.execute(id, claim);
      assert.deepEqual([first.result.trial?.number, first.result.trial?.attempt], [0, 2]);
      assert.equal((await bench.storage.execute(id, claim)).result.trial, null);
      const failed = await bench.storage.trial(id, 1);
      assert.deepEqual([failed?.state, failed?.error?.kind], ["failed", "lost"]);
    },
  },
  {
    title: "configurations of a finite space are remembered over an import",
    async run(bench) {
      const shape = { b: { type: "choice", choices: ["x", "y"] } } as const;
      const spec: StudySpec = { ...SPEC, name: "finite", space: { version: 1, shape } };
      const suggestion = { params: { b: "x" }, basis: 1, sampler: "s" };
      const { id } = await bench.storage.importStudy(spec, [started(0, 1, suggestion), finished(0)]);
      const send = { type: "start", owner: "me", lease: 100 } as const;
      await bench.storage.execute(id, send);
      const { compile } = await import("../../space/index.ts");
      const unique = compile(spec.space as never).key({ b: "x" } as never);
      const suggest = { type: "suggest", number: 1, attempt: 1, params: { b: "x" }, basis: 3, sampler: "s" } as const;
      assert.equal((await bench.storage.execute(id, { ...suggest, unique })).result, "duplicate");
    },
  },
  {
    title: "a log that could not have happened is refused with the event's place, and nothing of it stays",
    async run(bench) {
      await lived(bench, 30, 5);
      const before = await bench.storage.snapshot(bench.id);
      const report = (step: number) => ({
        type: "trial.reported",
        number: 0,
        attempt: 1,
        step,
        metrics: { loss: 1 },
        at: 5,
      });
      const cases: [readonly unknown[], RegExp][] = [
        [[finished(0)], /^event 1 of the log \(trial\.finished of trial 0\) .* no trial 0/],
        [
          [started(0), finished(0), started(0, 2)],
          /^event 3 .*\(trial\.started of trial 0\).*finished trial does not start/,
        ],
        [[started(0), started(0, 2)], /trial 0 is running/],
        [[started(0), started(0, 3, { lost: true })], /attempt 3 of trial 0 starts after attempt 1/],
        [[started(0), finished(0), finished(0)], /^event 3 .*trial 0 is complete/],
        [[started(0), finished(0, 2)], /attempt 2 of trial 0 is not running/],
        [[started(1)], /the next new trial is 0, not 1/],
        [
          [
            { type: "trial.queued", number: 0, params: {}, at: 5 },
            { type: "trial.queued", number: 0, params: {}, at: 5 },
          ],
          /there is a trial 0 already/,
        ],
        [[started(0), report(2), report(2)], /step 2 after step 2/],
        [[started(0), { ...finished(0), at: 4 }], /Time never runs backwards/],
        [[{ ...started(0), at: 1e14 }], /^event 1 .*at most a day in the future/],
        [[{ ...started(0), at: NaN }], /its time at is NaN/],
        [[started(0, 1, { params: {}, basis: 2, sampler: "s" })], /basis 2 is not before its own revision 2/],
        [[started(0, 1, { params: {} })], /params, but no basis or sampler/],
        [
          [
            started(0),
            {
              type: "trial.failed",
              number: 0,
              attempt: 1,
              state: "waiting",
              error: { kind: "throw", message: "" },
              at: 5,
            },
          ],
          /no attempt left/,
        ],
        [
          [started(0), { type: "trial.corrected", number: 0, reason: "x", state: "failed", at: 5 }],
          /trial 0 is running/,
        ],
        [[{ type: "trial.restored", number: 0, at: 5 }], /there is no trial 0/],
        [[{ type: "study.created", spec: SPEC, at: 5 }], /its type is "study\.created".*leave it out/],
        [[{ type: "trial.start", number: 0, at: 5 }], /its type is "trial\.start".*trial\.started/],
        [[{ ...started(0), note: "x" }], /it has a field "note"/],
        [[{ type: "trial.started", number: 0, attempt: 1, retries: 0, at: 5 }], /its owner is missing/],
        [[{ ...started(0), number: -1 }], /its number is -1/],
        [[{ ...report(1), metrics: { loss: "1" } }], /metric "loss" is "1"/],
        [[{ type: "trial.queued", number: 0, params: { a: NaN }, at: 5 }], /params\.a is NaN/],
        [
          [{ type: "study.edited", space: { version: 1, shape: { a: { type: "float", low: 1, high: 0 } } }, at: 5 }],
          /^event 1 of the log \(study\.edited\).*low=1/,
        ],
        [[{ type: "study.deleted", at: 5 }], /ends with the study deleted/],
        [[{ type: "study.deleted", at: 5 }, started(0)], /^event 2 .*the study is deleted/],
        [[{ type: "study.restored", at: 5 }], /not deleted/],
        [[null], /^event 1 of the log cannot be imported: it is null/],
      ];
      for (const [events, words] of cases) {
        const imported = bench.storage.importStudy({ ...SPEC, name: "bad" }, events as readonly TimedEvent[]);
        await rejects(imported, "E_LOG_BROKEN", words);
      }
      assert.equal(await bench.storage.findStudy("bad", { deleted: true }), undefined);
      assert.equal((await bench.storage.listStudies({ deleted: true })).length, 1);
      assert.deepStrictEqual(await bench.storage.snapshot(bench.id), before, "other studies are as they were");
      const { id } = await bench.storage.importStudy({ ...SPEC, name: "bad" }, [started(0), finished(0)]);
      assert.equal((await bench.storage.snapshot(id)).trials.length, 1, "its name is free");
    },
  },
  {
    title: "a name that is taken is refused, and the study that has it is as it was",
    async run(bench) {
      await bench.start();
      const before = await bench.storage.snapshot(bench.id);
      await rejects(bench.storage.importStudy(SPEC, [started(0), finished(0)]), "E_STUDY_EXISTS");
      await rejects(bench.storage.importStudy({ ...SPEC, name: " " }, []), "E_STUDY_NAME");
      assert.deepStrictEqual(await bench.storage.snapshot(bench.id), before);
      await bench.storage.deleteStudy(bench.id);
      await rejects(bench.storage.importStudy(SPEC, []), "E_STUDY_EXISTS", /is deleted/);
    },
  },
  {
    title: "what an import was given can be changed afterwards without changing the study",
    async run(bench) {
      const params = { a: 0.25, deep: { list: [1] } };
      const queued = { type: "trial.queued", number: 0, params, at: 5 } as TimedEvent;
      const { id } = await bench.storage.importStudy({ ...SPEC, name: "past" }, [queued]);
      params.deep.list.push(2);
      params.a = 1;
      assert.deepEqual((await bench.storage.trial(id, 0))?.fixed, { a: 0.25, deep: { list: [1] } });
    },
  },
];
