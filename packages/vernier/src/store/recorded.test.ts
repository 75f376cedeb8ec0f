/** Files that earlier releases wrote stay readable, to the last word. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { foldedAll } from "../testing/storage/feed.ts";
import { VERSION } from "./schema.ts";
import { sqliteStorage } from "./sqlite.ts";
import { told } from "./recorded/told.fixture.ts";

const recorded = join(import.meta.dirname, "recorded");
const folder = mkdtempSync(join(tmpdir(), "vernier-recorded-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("every schema version is recorded", () => {
  const versions = readdirSync(recorded).filter(name => name.endsWith(".db"));
  expect(versions.sort()).toEqual(Array.from({ length: VERSION }, (_, i) => `v${i + 1}.db`));
});

describe.each(Array.from({ length: VERSION }, (_, i) => i + 1))("a file of version %i", version => {
  test("tells what it told, agrees with its own log, and goes on", async () => {
    const path = join(folder, `v${version}.db`);
    copyFileSync(join(recorded, `v${version}.db`), path);
    const storage = await sqliteStorage(path);
    const expected = JSON.parse(readFileSync(join(recorded, `v${version}.json`), "utf8")) as unknown[];
    expect(expected).toHaveLength(3);
    expect(await told(storage)).toEqual(expected);
    for (const { id } of await storage.listStudies()) {
      expect(await storage.snapshot(id)).toEqual(foldedAll(await storage.changes(id, 0, 1e9)));
      const start = { type: "start", owner: "after", lease: null, claim: false } as const;
      const { result } = await storage.execute(id, start);
      const number = result.trial!.number;
      await storage.execute(id, { type: "finish", number, attempt: 1, state: "complete", metrics: { loss: 1 } });
      expect((await storage.trial(id, number))?.state).toBe("complete");
    }
    await storage.close();
  });
});
