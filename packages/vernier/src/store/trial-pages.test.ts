import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LiveHistory } from "../core/history.ts";
import type { Snapshot, Storage } from "../core/types.ts";
import { stream } from "../math/rng.ts";
import { compileSpace } from "../space/codec.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { randomCommand } from "../testing/storage-commands.ts";
import { SPEC } from "../testing/storage/bench.ts";
import { BLOCK } from "./param-texts.ts";
import { sqliteStorage } from "./sqlite.ts";

let folder: string;
let storage: Storage;
let id: number | string;
const clock = fakeClock();

/** A study of all kinds of trials, more than two pages of them. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vernier-pages-"));
  storage = await sqliteStorage(join(folder, "study.db"), { clock });
  ({ id } = await storage.createStudy(SPEC));
  await live(1, 3200);
});
afterAll(async () => {
  await storage.close();
  rmSync(folder, { recursive: true });
});

async function live(seed: number, commands: number): Promise<void> {
  const rng = stream(seed, "pages");
  for (let i = 0; i < commands; i++) {
    const command = randomCommand(rng, (await storage.trials(id, { deleted: true })).slice(-20));
    await storage.execute(id, command).catch(() => undefined); // many are refused: that is part of the sequence
    clock.tick(rng.int(60));
  }
}

const rowsOf = (snapshot: Snapshot) => {
  if (snapshot.rows === undefined) throw new Error("the snapshot has no rows");
  return snapshot.rows;
};

test("records made one by one are those of the list, in whatever order they are asked for", async () => {
  const rows = rowsOf(await storage.snapshot(id));
  const list = await storage.trials(id, { deleted: true });
  expect(list.length).toBeGreaterThan(2 * BLOCK);
  expect(rows.size).toBe(list.length);
  for (let i = 0; i < list.length; i++) {
    const at = (i * 7919) % list.length;
    expect(rows.record(at)).toEqual(list[at]);
    expect(rows.params(at)).toEqual(list[at]?.params);
    expect(Object.isFrozen(rows.record(at))).toBe(true);
  }
  expect([rows.record(list.length), rows.params(list.length), rows.record(-1)]).toEqual([undefined, null, undefined]);
});

test("a history made from rows is the one made from the list, and follows the log as it does", async () => {
  const { spec } = (await storage.findStudy(SPEC.name))!;
  const snapshot = await storage.snapshot(id);
  const plain = { ...snapshot, trials: snapshot.trials }; // the copy has no rows
  const codec = compileSpace(spec.space, true);
  const [lazy, eager] = [snapshot, plain].map(from => new LiveHistory({ spec, codec, snapshot: from }));
  expect(seenOf(lazy!)).toEqual(seenOf(eager!));
  await live(2, 200);
  const events = await storage.changes(id, snapshot.revision);
  expect(events.length).toBeGreaterThan(50);
  const copy = lazy!.clone();
  for (const history of [lazy!, eager!, copy]) history.applyAll(events);
  expect(seenOf(lazy!)).toEqual(seenOf(eager!));
  expect(seenOf(copy)).toEqual(seenOf(eager!));
});

function seenOf(history: LiveHistory) {
  const { size, finishedCount } = history;
  const numbers = Array.from({ length: size }, (_, i) => i);
  return {
    size,
    revision: history.revision,
    generation: history.generation,
    params: numbers.map(i => history.params(i)),
    records: numbers.map(i => history.record(i)),
    reports: numbers.map(i => history.reports(i)),
    states: history.states.slice(0, size),
    x: history.x.slice(0, size * history.codec.width),
    values: history.values.slice(0, size * history.objectives.length),
    violation: history.violation.slice(0, size),
    lastStep: history.lastStep.slice(0, size),
    ranked: history.ranked.slice(0, size),
    finished: history.finished.slice(0, finishedCount),
    pending: history.pending,
    distinct: history.distinct,
  };
}
