import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryStorage } from "../core/memory.ts";
import type { Executed, Storage } from "../core/types.ts";
import { stream } from "../math/rng.ts";
import { fakeClock, type FakeClock } from "../testing/fake-clock.ts";
import { randomCommand } from "../testing/storage-commands.ts";
import { SPEC } from "../testing/storage/bench.ts";
import { sqliteStorage } from "./sqlite.ts";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "vernier-agreement-"))));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a client sees while it sends these commands, one a seed. */
async function lived(storage: Storage, clock: FakeClock, seeds: readonly number[]): Promise<unknown[]> {
  const { id } = await storage.createStudy(SPEC);
  const seen: unknown[] = [];
  let cursor: number | string = 0;
  for (const seed of seeds) {
    const rng = stream(seed, "agreement");
    const command = randomCommand(rng, await storage.trials(id, { deleted: true }));
    try {
      const { result, events, revision }: Executed<unknown> = await storage.execute(id, command, cursor);
      cursor = revision;
      seen.push(result, events, revision);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code === undefined) throw error;
      seen.push(`${code}: ${message}`);
    }
    clock.tick(rng.int(60));
  }
  const snapshot = await storage.snapshot(id);
  const logs = await Promise.all(snapshot.trials.map(({ number }) => storage.logs(id, number)));
  seen.push(snapshot, logs, await storage.findStudy(SPEC.name), await storage.changes(id, 0, 1e9));
  return seen;
}

test("memory and SQLite answer every sequence of commands alike, to the bit and to the word", async () => {
  let files = 0;
  let answers = 0;
  const property = fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: 60, size: "max" }), async seeds => {
    const clocks = [fakeClock(), fakeClock()] as const;
    const sqlite = await sqliteStorage(join(folder, `${files++}.db`), { clock: clocks[1] });
    try {
      const expected = await lived(memoryStorage({ clock: clocks[0] }), clocks[0], seeds);
      assert.deepStrictEqual(await lived(sqlite, clocks[1], seeds), expected);
      answers += expected.length;
    } finally {
      await sqlite.close();
    }
  });
  await fc.assert(property, { seed: 20, numRuns: 120 });
  expect(answers).toBeGreaterThan(3000);
});
