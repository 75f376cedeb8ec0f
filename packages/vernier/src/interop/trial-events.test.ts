import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { memoryStorage } from "../core/index.ts";
import type { StudySpec, TrialState } from "../core/types.ts";
import { SPEC } from "../testing/storage/bench.ts";
import { dumpOf } from "./dump.ts";
import { eventsOf } from "./trial-events.ts";
import type { ForeignTrial } from "./types.ts";

const spec: StudySpec = { ...SPEC, name: "foreign" };
const trial = (number: number, more: Partial<ForeignTrial> = {}): ForeignTrial => ({
  number,
  state: "complete",
  params: { a: 0.5, b: "x" },
  metrics: { loss: number },
  queuedAt: 10 * number,
  startedAt: 10 * number + 1,
  finishedAt: 10 * number + 5,
  ...more,
});

async function imported(trials: readonly ForeignTrial[]) {
  const storage = memoryStorage();
  const { id } = await storage.importStudy(spec, eventsOf(trials));
  return { storage, id, dump: await dumpOf(storage, id) };
}

describe("eventsOf", () => {
  test("trials of every state stand as they were given", async () => {
    const { dump } = await imported([
      trial(0, {
        reports: [
          { step: 2, metrics: { loss: 4 } },
          { step: 1, metrics: { loss: 5 } },
        ],
        tags: ["t"],
        note: "n",
        attrs: { k: 1 },
      }),
      trial(1, { state: "pruned", metrics: null, reports: [{ step: 1, metrics: { loss: 9 }, at: 13 }] }),
      trial(2, { state: "failed", metrics: null, error: { kind: "exit", message: "3" } }),
      trial(3, { state: "waiting", params: { a: 0.1 }, metrics: null, startedAt: null, finishedAt: null, tags: ["w"] }),
      trial(4, { state: "running", metrics: null, finishedAt: null }),
      trial(5, { state: "paused", metrics: null, finishedAt: null }),
      trial(6, { fixed: { a: 0.5 }, metrics: { loss: NaN }, ranked: false, sampler: "tpe" }),
    ]);
    expect(dump.trials.map(({ state }) => state)).toEqual([
      "complete",
      "pruned",
      "failed",
      "waiting",
      "running",
      "paused",
      "complete",
    ] satisfies TrialState[]);
    const [first, second, third, waiting, , , last] = dump.trials;
    expect(first).toMatchObject({
      params: { a: 0.5, b: "x" },
      metrics: { loss: 0 },
      sampler: "imported",
      tags: ["t"],
      note: "n",
      attrs: { k: 1 },
      queuedAt: 1,
      startedAt: 1,
      finishedAt: 5,
      last: { step: 2 },
    });
    expect(dump.reports.get(0)?.map(({ step }) => step)).toEqual([1, 2]);
    expect(second?.last).toEqual({ step: 1, metrics: { loss: 9 } });
    expect(third?.error).toEqual({ kind: "exit", message: "3" });
    expect(waiting).toMatchObject({ fixed: { a: 0.1 }, params: null, tags: ["w"], queuedAt: 30 });
    expect(last).toMatchObject({
      fixed: { a: 0.5 },
      queuedAt: 60,
      startedAt: 61,
      metrics: { loss: NaN },
      ranked: false,
      sampler: "tpe",
    });
  });

  test("events are in the order of time, and the order of finishing is that of the times", async () => {
    const { storage, id } = await imported([trial(0, { finishedAt: 100 }), trial(1, { finishedAt: 50 }), trial(2)]);
    expect((await storage.snapshot(id)).finished).toEqual([2, 1, 0]);
  });

  test("numbers with gaps are closed up, and times that contradict each other move later", async () => {
    const { dump } = await imported([
      trial(7, { queuedAt: 50, startedAt: 40, finishedAt: 30 }),
      trial(3, { queuedAt: 90, startedAt: 90, finishedAt: 95 }),
    ]);
    expect(dump.trials.map(({ number, metrics }) => [number, metrics?.["loss"]])).toEqual([
      [0, 3],
      [1, 7],
    ]);
    expect(dump.trials[1]).toMatchObject({ startedAt: 90, finishedAt: 90 });
  });

  test("what is no trial is refused", () => {
    const refused = (...trials: ForeignTrial[]) => {
      try {
        eventsOf(trials);
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    };
    expect(refused(trial(1), trial(1))).toMatch(/^two trials have the number 1\..*Nothing was imported\.$/);
    expect(refused(trial(-1))).toMatch(/the number -1/);
    expect(refused(trial(0, { queuedAt: NaN }))).toMatch(/trial 0 has queuedAt = NaN/);
    expect(refused(trial(0, { state: "done" as never }))).toMatch(/state "done".*complete/);
  });

  test("whatever the times and states are, the log is one that a storage takes", async () => {
    const time = fc.integer({ min: 0, max: 50 });
    const report = fc.record({ step: fc.integer({ min: 0, max: 5 }), metrics: fc.constant({ loss: 1 }) });
    const foreign = fc.record({
      state: fc.constantFrom<TrialState>("waiting", "running", "paused", "complete", "pruned", "failed"),
      params: fc.constantFrom({ a: 0.5, b: "x" }, null),
      metrics: fc.constantFrom({ loss: 1 }, null),
      reports: fc.array(report, { maxLength: 4 }),
      queuedAt: time,
      startedAt: fc.option(time),
      finishedAt: fc.option(time),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(foreign, { maxLength: 12 }), async trials => {
        const given = trials.map((one, number) => ({ ...one, number }));
        const { dump } = await imported(given);
        expect(dump.trials.map(({ state }) => state)).toEqual(given.map(({ state }) => state));
      }),
      { seed: 5, numRuns: 150 },
    );
  });
});
