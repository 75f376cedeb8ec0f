/** Watching a study from another connection: only what is new, through locks, replacements and deletions. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Storage } from "../core/types.ts";
import { VernierError } from "../math/errors.ts";
import { sqliteStorage } from "../store/index.ts";
import { Follower } from "./follow.ts";
import { start } from "./process.fixture.ts";
import { makeStudy, place } from "./run.fixture.ts";
import type { Place } from "./run.fixture.ts";

let at: Place;
let follower: Follower;
let asked: number[];
let locked = false;
beforeEach(() => {
  at = place();
  [asked, locked] = [[], false];
  const file = join(at.dir, "s.db");
  const open = async (): Promise<Storage> => {
    const storage = await sqliteStorage(file, { busyTimeout: 1 });
    const changes = storage.changes.bind(storage);
    return Object.assign(storage, {
      changes: async (...args: Parameters<Storage["changes"]>) => {
        if (locked) throw new VernierError("E_STORAGE_BUSY", "locked for 30 s");
        const events = await changes(...args);
        asked.push(events.length);
        return events;
      },
    });
  };
  follower = new Follower({ name: "s", open, file });
});
afterEach(async () => {
  await follower.end();
  at.end();
});

describe("a follower", () => {
  it("reads what is new and nothing else", async () => {
    await makeStudy(at, 3);
    await follower.begin();
    expect(follower.trials.map(trial => trial.number)).toEqual([0, 1, 2]);
    expect(await follower.look()).toEqual({ kind: "changes", trials: [], events: 0 });
    await at.vernier("ask");
    await at.vernier("queue", "x=1");
    const look = await follower.look();
    expect(look).toMatchObject({
      kind: "changes",
      trials: [
        { number: 3, state: "running" },
        { number: 4, state: "waiting" },
      ],
    });
    expect([...follower.open]).toEqual([
      [3, "running"],
      [4, "waiting"],
    ]);
    expect(follower.owners.get(3)).toMatch(/^[0-9a-f]{32}$/);
    await at.vernier("tell", "3", "loss=0.5");
    expect(await follower.look()).toMatchObject({ trials: [{ number: 3, state: "complete", metrics: { loss: 0.5 } }] });
    expect(follower.owners.size).toBe(0);
    expect(follower.ordered.map(trial => trial.number)).toEqual([0, 1, 2, 3, 4]);
    // Three looks: nothing, then two or three events each, never the study.
    expect(Math.max(...asked)).toBeLessThan(5);
  });
  it("knows who runs what was started before it came", async () => {
    await makeStudy(at, 1);
    await at.vernier("ask");
    await at.vernier("ask");
    await follower.begin();
    expect([...follower.owners.keys()]).toEqual([1, 2]);
  });
  it("draws anew after deletions and corrections", async () => {
    await makeStudy(at, 2);
    await follower.begin();
    await at.vernier("rm", "s", "--trial", "0");
    expect(await follower.look()).toEqual({ kind: "anew" });
    expect(follower.trials.map(trial => trial.number)).toEqual([1]);
    await at.vernier("undo", "s", "--trial", "0");
    expect(await follower.look()).toEqual({ kind: "anew" });
    expect(follower.trials).toHaveLength(2);
  });
  it("waits while the file is gone, and reads the one that comes in its place", async () => {
    await makeStudy(at, 2);
    await at.vernier("backup", "--out", "copy");
    await follower.begin();
    const file = join(at.dir, "s.db");
    for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
    expect(await follower.look()).toEqual({ kind: "waiting", why: `${file} is gone` });
    rmSync(`${file}.artifacts`, { recursive: true, force: true });
    expect((await at.vernier("restore", "copy")).stdout).toContain("holds 1 study (s) with 2 trials");
    expect(await follower.look()).toEqual({ kind: "anew" });
    expect(await follower.look()).toMatchObject({ kind: "changes", events: 0 });
  });
  it("notices a file that is swapped between two looks", async () => {
    await makeStudy(at, 1);
    await at.vernier("backup", "--out", "copy");
    await makeStudy(at, 1, "other");
    await follower.begin();
    const file = join(at.dir, "s.db");
    renameSync(file, `${file}.old`);
    for (const end of ["-wal", "-shm", ".artifacts"]) rmSync(`${file}${end}`, { recursive: true, force: true });
    await at.vernier("restore", "copy");
    expect(await follower.look()).toEqual({ kind: "anew" });
  });
  it("waits while another process holds the lock", async () => {
    await makeStudy(at, 1);
    await follower.begin();
    locked = true;
    await at.vernier("ask");
    expect(await follower.look()).toEqual({ kind: "waiting", why: "another process holds the file" });
    locked = false;
    expect(await follower.look()).toMatchObject({ kind: "changes", trials: [{ number: 1 }] });
  });
  it("ends with the study", async () => {
    await makeStudy(at, 1);
    await follower.begin();
    await at.vernier("rm", "s");
    await expect(follower.look()).rejects.toMatchObject({ code: "E_STUDY_DELETED" });
  });
  it("ends where something else stands in the file's place", async () => {
    await makeStudy(at, 1);
    await follower.begin();
    const file = join(at.dir, "s.db");
    for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
    writeFileSync(file, "no database at all, but long enough".repeat(9));
    await expect(follower.look()).rejects.toMatchObject({ code: "E_STORAGE_FOREIGN" });
  });
});

describe("vernier watch", () => {
  it("ends when as many trials are finished as are wanted", async () => {
    await makeStudy(at, 3);
    const { code, stdout } = await at.vernier("watch", "s", "--until", "finished", "--trials", "3", "--every", "1ms");
    expect(stdout).toBe(
      "Watching s: 3 trials are finished, 0 running.\ns has 3 finished trials; best loss 0 (trial 0)\n",
    );
    expect(code).toBe(0);
  });
  it("prints a line for each trial that finishes meanwhile", async () => {
    await makeStudy(at, 1);
    const watching = at.vernier("watch", "--until", "finished", "--trials", "3", "--every", "1ms", "--json");
    await at.vernier("ask");
    await at.vernier("tell", "1", "loss=-1");
    await at.vernier("ask");
    await at.vernier("tell", "2", "--fail", "no data");
    const { code, stdout, stderr } = await watching;
    expect(stderr).toMatch(/\[2\/3\] trial 1 +complete {2}loss=-1 \(best so far\)/);
    expect(stderr).toMatch(/\[3\/3\] trial 2 +failed +no data/);
    expect(JSON.parse(stdout)).toMatchObject({
      vernier: 1,
      command: "watch",
      reason: "finished",
      finishedNow: 2,
      counts: { complete: 2, failed: 1 },
      best: { number: 1 },
    });
    expect(code).toBe(0);
  });
  it("ends with 0 at Ctrl-C, and the study goes on", async () => {
    await makeStudy(at, 2);
    await at.vernier("ask");
    const watching = start(at.dir, ["watch", "s", "--storage", at.url]);
    await watching.says("Watching s: 2 trials are finished, 1 running.");
    watching.child.kill("SIGINT");
    expect(await watching.done).toMatchObject({ code: 0, stderr: "" });
    expect((await at.vernier("tell", "2", "loss=1")).code).toBe(0);
  });
  it.each([
    [["watch", "t"], 'there is no study "t"'],
    [["watch", "--until", "done"], "It can be finished"],
    [["watch", "--trials", "0"], "at least 1"],
    [["watch", "--evry", "1s"], 'Did you mean "--every"?'],
  ])("refuses %j", async (argv, text) => {
    await makeStudy(at, 1);
    const { code, stderr } = await at.vernier(...argv);
    expect(stderr).toContain(text);
    expect(code).toBe(2);
  });
  it("makes no file where there is none", async () => {
    expect((await at.vernier("watch")).stderr).toContain("E_STORAGE_MISSING");
  });
});
