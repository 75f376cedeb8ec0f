import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TimedEvent } from "../core/types.ts";
import { SPEC } from "../testing/storage/bench.ts";
import { foldedAll } from "../testing/storage/feed.ts";
import { sqliteStorage } from "./sqlite.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vernier-import-"));
  path = join(folder, "study.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const EVENTS: readonly TimedEvent[] = [
  { type: "trial.queued", number: 0, params: { a: 0.5, b: "x" }, at: 1 },
  { type: "trial.started", number: 0, attempt: 1, owner: "w", retries: 1, at: 2 },
  { type: "trial.suggested", number: 0, attempt: 1, params: { a: 0.5, b: "x" }, basis: 3, sampler: "queued", at: 2 },
  { type: "trial.reported", number: 0, attempt: 1, step: 1, metrics: { loss: NaN }, at: 3 },
  { type: "trial.checkpointed", number: 0, attempt: 1, step: 1, hash: "sha256-1", size: 4, at: 3 },
  { type: "trial.logged", number: 0, attempt: 1, text: "line", at: 3 },
  { type: "trial.failed", number: 0, attempt: 1, state: "waiting", error: { kind: "throw", message: "x" }, at: 4 },
  { type: "trial.started", number: 0, attempt: 2, owner: "w", retries: 1, at: 5 },
  { type: "trial.finished", number: 0, attempt: 2, state: "complete", metrics: { loss: -0 }, at: 6 },
  { type: "trial.annotated", number: 0, tags: ["t"], at: 7 },
  { type: "study.annotated", note: "n", at: 7 },
  { type: "trial.started", number: 1, attempt: 1, owner: "w", retries: 0, at: 8 },
];

function counts(): Record<string, number> {
  const db = new DatabaseSync(path, { readOnly: true });
  const of = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]);
  const found = Object.fromEntries(["studies", "events", "trials", "reports", "logs", "refs"].map(t => [t, of(t)]));
  db.close();
  return found;
}

test("a failure at any write of an import leaves nothing behind, in no table", async () => {
  let steps = 0;
  let failAt = Infinity;
  const hook = () => {
    if (++steps === failAt) throw new Error("power cut");
  };
  const storage = await sqliteStorage(path, { hook });
  const { id } = await storage.createStudy(SPEC);
  await storage.execute(id, { type: "start", owner: "me", lease: null });
  const before = counts();
  let failures = 0;
  for (let k = 1; ; k++) {
    steps = 0;
    failAt = k;
    const imported = await storage.importStudy({ ...SPEC, name: "past" }, EVENTS).then(
      info => info,
      (error: unknown) => error as Error,
    );
    failAt = Infinity;
    if (!(imported instanceof Error)) {
      expect(failures).toBeGreaterThan(20);
      expect(await storage.snapshot(imported.id)).toEqual(foldedAll(await storage.changes(imported.id, 0)));
      expect(imported.counts).toMatchObject({ complete: 1, running: 1 });
      break;
    }
    failures++;
    expect(imported.message).toContain("power cut");
    expect(counts()).toEqual(before);
    expect(await storage.findStudy("past", { deleted: true })).toBeUndefined();
  }
  await storage.close();
});

test("a refused event deep in a log undoes the thousands before it", async () => {
  const storage = await sqliteStorage(path);
  const events: TimedEvent[] = [];
  for (let number = 0; number < 2000; number++) {
    events.push({ type: "trial.started", number, attempt: 1, owner: "w", retries: 0, at: number });
    events.push({
      type: "trial.finished",
      number,
      attempt: 1,
      state: "complete",
      metrics: { loss: number },
      at: number,
    });
  }
  const before = counts();
  const bad = [...events, events[3]!];
  await expect(storage.importStudy(SPEC, bad)).rejects.toThrow(/^event 4001 of the log \(trial\.finished of trial 1\)/);
  expect(counts()).toEqual(before);
  expect((await storage.importStudy(SPEC, events)).counts.complete).toBe(2000);
  await storage.close();
});
