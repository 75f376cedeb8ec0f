import { describe, expect, test } from "vitest";
import { memoryStorage } from "../core/memory.ts";
import { VernierError } from "../core/errors.ts";
import { faultyStorage } from "./faulty-storage.ts";
import { SPEC } from "./storage/bench.ts";

const start = { type: "start", owner: "me", lease: null } as const;

describe("faultyStorage", () => {
  test("before: the k-th call fails and did nothing; the others work", async () => {
    const storage = faultyStorage(memoryStorage(), { at: 2 });
    const { id } = await storage.createStudy(SPEC);
    await storage.execute(id, start);
    await expect(storage.execute(id, start)).rejects.toThrow("injected fault");
    expect((await storage.execute(id, start)).result.trial?.number).toBe(1);
    expect(storage.calls).toEqual([3]);
  });

  test("after: the call is committed and its answer lost", async () => {
    const error = new VernierError("E_STORAGE_IO", "a b. c. d.");
    const storage = faultyStorage(memoryStorage(), { at: 1, when: "after", error });
    const { id } = await storage.createStudy(SPEC);
    await expect(storage.execute(id, start)).rejects.toBe(error);
    expect((await storage.trials(id)).length).toBe(1);
  });

  test("lasting, on named operations", async () => {
    const storage = faultyStorage(memoryStorage(), { at: 2, lasting: true, operations: ["changes", "snapshot"] });
    const { id } = await storage.createStudy(SPEC);
    await storage.changes(id, 0);
    await expect(storage.snapshot(id)).rejects.toThrow();
    await expect(storage.changes(id, 0)).rejects.toThrow();
    expect((await storage.execute(id, start)).result.trial?.number).toBe(0);
    await storage.close();
  });
});
