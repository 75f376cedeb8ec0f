/** Several processes on one SQLite file, and processes killed between any two writes. */
import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StudySpec } from "../../packages/vernier/src/core/types.ts";
import { sqliteStorage } from "../../packages/vernier/src/store/sqlite.ts";
import { foldedAll } from "../../packages/vernier/src/testing/storage/feed.ts";
import { SPEC } from "../../packages/vernier/src/testing/storage/bench.ts";

const spec: StudySpec = { ...SPEC, name: "chaos" };
const worker = new URL("worker.ts", import.meta.url);
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vernier-chaos-"));
  path = join(folder, "study.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly lines: readonly unknown[];
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

function launch(...args: string[]): { child: ChildProcess; ready: Promise<void>; ended: Promise<Ended> } {
  const child = fork(worker, args, { stdio: ["ignore", "pipe", "pipe", "ipc"], execArgv: [] });
  let stdout = "";
  let stderr = "";
  const lines = () =>
    stdout
      .split("\n")
      .filter(Boolean)
      .map(line => JSON.parse(line) as unknown);
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (lines().includes("ready")) resolve();
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("close", () => reject(new Error(stderr)));
  });
  ready.catch(() => undefined);
  const ended = new Promise<Ended>(resolve => {
    child.once("close", (code, signal) => resolve({ lines: lines(), stderr, code, signal }));
  });
  return { child, ready, ended };
}

describe("processes on one SQLite file", () => {
  test("four at once: every queued trial goes to one of them, numbers have no gaps, none is locked out", async () => {
    const queued = 120;
    const extra = 60;
    const storage = await sqliteStorage(path);
    const { id } = await storage.createStudy(spec);
    for (let i = 0; i < queued; i++) await storage.execute(id, { type: "queue", params: { a: i } });

    const workers = Array.from({ length: 4 }, () => launch("drain", path, String(extra)));
    await Promise.all(workers.map(({ ready }) => ready));
    for (const { child } of workers) child.send("go");
    const ended = await Promise.all(workers.map(({ ended }) => ended));

    for (const { code, stderr } of ended) expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const reports = ended.map(({ lines }) => lines.at(-1) as { claimed: number[]; made: number[] });
    const ascending = (numbers: number[]) => numbers.toSorted((a, b) => a - b);
    const upTo = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
    expect(ascending(reports.flatMap(({ claimed }) => claimed))).toEqual(upTo(0, queued));
    expect(ascending(reports.flatMap(({ made }) => made))).toEqual(upTo(queued, 4 * extra));
    const snapshot = await storage.snapshot(id);
    expect(snapshot.trials.every(trial => trial.state === "complete" && trial.attempt === 1)).toBe(true);
    expect(snapshot).toEqual(foldedAll(await storage.changes(id, 0)));
    await storage.close();
  });

  test("killed before any write: whole commands only, everything acknowledged is there, the next one carries on", async () => {
    let told = 0;
    for (let k = 1; ; k++) {
      const { lines, code, signal, stderr } = await launch("live", path, String(k), JSON.stringify(spec)).ended;
      expect(stderr).toBe("");
      const acknowledged = lines.filter(line => line !== "done") as { revisions: number[]; types: string[] }[];
      told += acknowledged.length;

      const db = new DatabaseSync(path, { readOnly: true });
      expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
      db.close();
      const storage = await sqliteStorage(path);
      const info = await storage.findStudy("chaos");
      if (info !== undefined) {
        const events = await storage.changes(info.id, 0, Infinity);
        const feed = new Map(events.map(event => [event.revision, event.type]));
        for (const { revisions, types } of acknowledged) expect(revisions.map(r => feed.get(r))).toEqual(types);
        expect(await storage.snapshot(info.id)).toEqual(foldedAll(events));
        const { result } = await storage.execute(info.id, { type: "start", owner: "me", lease: null, claim: false });
        const { number, attempt } = result.trial!;
        await storage.execute(info.id, { type: "finish", number, attempt, state: "complete", metrics: { loss: 0 } });
      } else expect(acknowledged).toEqual([]);
      await storage.close();

      if (signal !== "SIGKILL") {
        expect([code, lines.at(-1)]).toEqual([0, "done"]);
        expect(k, "every write was a place to die at").toBeGreaterThan(60);
        break;
      }
    }
    expect(told).toBeGreaterThan(100);
  });

  test("killed while a study is imported: it is not there, its name is free, and other studies are whole", async () => {
    const before = await sqliteStorage(path);
    const other = await before.createStudy({ ...spec, name: "other" });
    await before.execute(other.id, { type: "start", owner: "me", lease: null });
    await before.close();
    const whole = await launch("import", `${path}.count`, "0", JSON.stringify(spec)).ended;
    const { steps } = whole.lines.find(line => typeof line === "object") as unknown as { steps: number };
    expect(steps).toBeGreaterThan(40);
    // Early, in the middle, and at the last step before the commit; at the end nobody is killed any more.
    for (const k of [2, Math.floor(steps / 2), steps, steps + 1]) {
      const { lines, signal, stderr } = await launch("import", path, String(k), JSON.stringify(spec)).ended;
      expect(stderr).toBe("");
      expect(lines.includes("imported")).toBe(signal !== "SIGKILL");
      const storage = await sqliteStorage(path);
      const info = await storage.findStudy("chaos", { deleted: true });
      expect(info?.counts.complete).toBe(signal === "SIGKILL" ? undefined : 20);
      expect((await storage.listStudies()).map(study => study.spec.name)[0]).toBe("other");
      expect((await storage.snapshot(other.id)).trials.length).toBe(1);
      if (info) expect(await storage.snapshot(info.id)).toEqual(foldedAll(await storage.changes(info.id, 0)));
      expect(signal === "SIGKILL").toBe(k <= steps);
      await storage.close();
    }
  });
});
