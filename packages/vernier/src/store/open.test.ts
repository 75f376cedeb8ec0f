import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SPEC } from "../testing/storage/bench.ts";
import { openStorage } from "./open.ts";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "vernier-open-"))));
afterAll(() => rmSync(folder, { recursive: true }));

describe("openStorage", () => {
  test("memory", async () => {
    const storage = await openStorage("memory:");
    expect(storage.url).toBe("memory:");
    await storage.createStudy(SPEC);
  });

  test("sqlite by scheme, with options, and by the end of a path", async () => {
    for (const [url, file] of [
      [`sqlite:${join(folder, "a.data")}`, "a.data"],
      [`sqlite:${join(folder, "b.db")}?synchronous=full`, "b.db"],
      [join(folder, "c.db"), "c.db"],
      [join(folder, "d.sqlite"), "d.sqlite"],
    ] as const) {
      const storage = await openStorage(url);
      await storage.createStudy(SPEC);
      await storage.close();
      expect(storage.url).toBe(url);
      expect(existsSync(join(folder, file))).toBe(true);
    }
  });

  test.each([
    ["", "E_STORAGE_URL", '"" is not a storage URL: it is empty. Write "sqlite:study.db" to keep trials in a file'],
    ["sqllite:study.db", "E_STORAGE_URL", '"sqllite" is no kind of storage. Did you mean "sqlite:study.db"?'],
    ["postgre://h/d", "E_STORAGE_URL", 'Did you mean "postgres://h/d"?'],
    ["redis://h", "E_STORAGE_URL", "Known are memory, sqlite, postgres"],
    ["study", "E_STORAGE_URL", 'has no scheme and does not end in .db or .sqlite. Write "sqlite:study"'],
    ["sqlite:", "E_STORAGE_URL", "it names no file"],
    ["sqlite::memory:", "E_STORAGE_URL", 'Write "memory:"'],
    ["sqlite:///x.db", "E_STORAGE_URL", 'Write "sqlite:x.db", or "sqlite:/x.db" from the root.'],
    ["sqlite:x.db?sync=full", "E_STORAGE_URL", '"sync" is no option'],
    ["sqlite:x.db?synchronous=off", "E_STORAGE_URL", 'synchronous=off is neither "normal" nor "full"'],
    ["memory:mine", "E_STORAGE_URL", "a memory storage has no name"],
    [
      "postgres://me:secret@h/d",
      "E_STORAGE_UNSUPPORTED",
      '"postgres://me:***@h/d" cannot be opened. PostgreSQL storages come with a later release. Until then use "sqlite:',
    ],
    ["https://h", "E_STORAGE_UNSUPPORTED", "Storages behind a server come with a later release."],
  ])("%j is refused", async (url, code, words) => {
    const error: unknown = await openStorage(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain(words);
    expect((error as Error).message).not.toContain("secret");
    expect((error as Error).message.endsWith("..")).toBe(false);
  });
});
