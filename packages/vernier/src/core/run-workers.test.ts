import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { replay } from "./study.ts";
import { sqliteStorage } from "../store/index.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { settle, testEngine, XY } from "../testing/test-study.ts";

const options = { name: "s", space: XY, objectives: { loss: "minimize" }, seed: 1 } as const;

async function make(change: object = {}, engineOptions: Parameters<typeof testEngine>[0] = {}) {
  const made = testEngine(engineOptions);
  const study = await made.engine.create<typeof XY, { loss: "minimize" }>({ ...options, ...change } as typeof options);
  return { ...made, study };
}

describe("several workers", () => {
  test("share one study: every trial evaluated once, the total met exactly", async () => {
    const { study, storage, clock } = await make();
    const others = await Promise.all([1, 2, 3].map(() => testEngine({ storage, clock }).engine.open({ name: "s" })));
    const evaluated: number[] = [];
    let done = false;
    const runs = Promise.all(
      [study, ...others].map(worker =>
        (worker as typeof study).run(
          async ({ x }, { number }) => {
            evaluated.push(number);
            await settle();
            return x;
          },
          { total: 30, concurrency: 2 },
        ),
      ),
    ).finally(() => (done = true));
    while (!done) {
      await settle();
      clock.tick(20); // polls pass, leases do not
    }
    await runs;
    expect(evaluated.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  test("a trial taken over meanwhile is nobody's failure", async () => {
    const { study, storage, clock } = await make();
    const other = await testEngine({ storage, clock }).engine.open({ name: "s" });
    const summary = await study.run(
      async () => {
        clock.set(clock.now() + 100_000);
        await (await other.ask()).tell({ loss: 5 });
        return 1;
      },
      { trials: 1, retries: 1 },
    );
    expect(summary).toMatchObject({ started: 1, lost: 1, complete: 0, failed: 0 });
    await study.refresh();
    expect(study.best?.metrics.loss).toBe(5);
  });
});

test("several workers on one SQLite file meet the total, and every suggestion can be made again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vernier-run-"));
  try {
    const clock = fakeClock();
    const path = join(folder, "study.db");
    const storages = await Promise.all([1, 2, 3, 4, 5].map(() => sqliteStorage(path)));
    const studies = [];
    for (const storage of storages) {
      studies.push(await testEngine({ storage, clock }).engine.create({ ...options, ifExists: "resume" }));
    }
    let done = false;
    const runs = studies.map(study => study.run(({ x }) => settle().then(() => x), { total: 20, concurrency: 3 }));
    const all = Promise.all(runs).finally(() => (done = true));
    while (!done) {
      await settle();
      clock.tick(20); // polls pass, leases do not
    }
    await all;
    const [first] = studies;
    await first?.refresh();
    expect(first?.counts).toMatchObject({ complete: 20, running: 0, waiting: 0 });
    expect(first && (await replay(first))).toEqual({ checked: 20, mismatches: [], skipped: [] });
    for (const storage of storages) await storage.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
