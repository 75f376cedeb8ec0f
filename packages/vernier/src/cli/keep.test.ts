/** First guesses, deleting, undoing and purging. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guessesFromFile, guessFromWords } from "./guess.ts";
import { choice, float, oneOf, space, when } from "../space/index.ts";
import { hasOwnDefaults } from "./defaults.ts";
import { fakeIo } from "./fixtures.ts";
import { program } from "./program.ts";
import { makeStudy, place } from "./run.fixture.ts";
import type { Place } from "./run.fixture.ts";

let at: Place;
beforeEach(() => {
  at = place();
});
afterEach(() => at.end());

interface Trials {
  readonly trials: readonly {
    readonly number: number;
    readonly state: string;
    readonly fixed: unknown;
    readonly params: unknown;
  }[];
}

describe("vernier queue", () => {
  it("adds guesses, whole or in part, and the next ask hands them out", async () => {
    await makeStudy(at, 1);
    expect((await at.vernier("queue", "x=4")).stdout).toBe(
      "trial 1 waits: x=4  (the rest is suggested)\n1 trial of s waits; the next run begins with it\n",
    );
    writeFileSync(join(at.dir, "g.jsonl"), '\ufeff{"x":1}\n\n{"x":2,"kind":"a"}\r\n');
    expect(await at.json("queue", "s", "--file", "g.jsonl", "--params", '{"x":3}', "--default")).toMatchObject({
      vernier: 1,
      command: "queue",
      queued: [
        { number: 2, params: { x: 5, kind: "b" }, partial: false },
        { number: 3, params: { x: 3 }, partial: true },
        { number: 4, params: { x: 1 }, partial: true },
        { number: 5, params: { x: 2, kind: "a" }, partial: false },
      ],
    });
    const { trials } = await at.json<Trials>("trials", "--where", 'state == "waiting"');
    expect(trials.map(trial => trial.fixed)).toEqual([
      { x: 4 },
      { x: 5, kind: "b" },
      { x: 3 },
      { x: 1 },
      { x: 2, kind: "a" },
    ]);
    expect((await at.vernier("trials")).stdout).toMatch(/5 {2}waiting +- +2 +a/);
    expect(await at.json("ask")).toMatchObject({ number: 1, params: { x: 4 } });
    expect(await at.json("ask")).toMatchObject({ number: 2, params: { x: 5, kind: "b" } });
  });

  it.each([
    ["nothing", ["queue"], "there is no guess"],
    ["an unknown parameter", ["queue", "y=1"], "y is not in the space. Known: x, kind"],
    ["a value outside", ["queue", "x=11"], "x must be from 0 to 10; got 11"],
    ["an unknown choice", ["queue", "kind=c"], 'kind must be "a" or "b"'],
    ["a parameter twice", ["queue", "x=1", "x=2"], "x is given twice"],
    ["no pair", ["queue", "s", "x"], '"x" is no parameter'],
    ["no JSON", ["queue", "--params", "{x:1}"], "not JSON"],
    ["no object", ["queue", "--params", "[1]"], "A guess is a JSON object"],
    ["a name of Object.prototype", ["queue", "__proto__=1"], "__proto__ is not in the space"],
    ["no such file", ["queue", "--file", "none.jsonl"], "E_FILE_READ"],
    ["no such study", ["queue", "z", "x=1"], 'there is no study "z"'],
    ["two studies", ["queue", "z", "x=1", "--study", "s"], "Keep one of them"],
    ["a wrong flag", ["queue", "x=1", "--parms", "{}"], 'Did you mean "--params"?'],
  ])("refuses %s", async (_, argv, text) => {
    await makeStudy(at, 0);
    const { code, stdout, stderr } = await at.vernier(...argv);
    expect(stderr).toContain(text);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect((await at.json<Trials>("trials")).trials).toHaveLength(1);
  });

  it("queues all guesses of a file or none, and names the line", async () => {
    await makeStudy(at, 0);
    writeFileSync(join(at.dir, "g.jsonl"), '{"x":1}\n{"x":2}\n{"x":"two"}\n');
    expect((await at.vernier("queue", "--file", "g.jsonl")).stderr).toContain("g.jsonl:3: the params do not fit");
    expect((await at.json<Trials>("trials")).trials).toHaveLength(1);
  });

  it("reads words as the space spells its values", () => {
    const s = space({
      bits: choice(["4", "8"]),
      n: choice([4, 8]),
      flag: choice([true, false]),
      opt: oneOf({ sgd: { momentum: float(0, 1) }, adam: {} }),
      extra: when('bits == "4"', choice(["null", "x"])),
    });
    const words = ["bits=4", "n=4", "flag=true", "opt.kind=sgd", "opt.momentum=0.5", "extra=null"];
    expect(guessFromWords(words, s)).toEqual({
      bits: "4",
      n: 4,
      flag: true,
      opt: { kind: "sgd", momentum: 0.5 },
      extra: "null",
    });
    expect(() => guessFromWords(["opt=1", "opt.kind=sgd"], s)).toThrow("opt.kind is within");
    expect(() => guessesFromFile('{"a":1}\nx', "f")).toThrow("f:2 is");
  });
});

describe("the default configuration first", () => {
  const run = (at: Place, ...flags: string[]): ReturnType<Place["vernier"]> =>
    at.vernier(
      ...["run", "--space", "x=float(0,10,default=5) kind=choice(a,b,default=b)", "--minimize", "loss", "--name", "d"],
      ...["--seed", "1", ...flags, "--", process.execPath, "-e", 'console.log("loss: " + {x})'],
    );
  it("is trial 0 of a new study whose every parameter names its default", async () => {
    const { stdout } = await run(at, "--trials", "2");
    expect(stdout).toMatch(/trial 0 +complete {2}loss=5 .* x=5 kind=b/);
    expect(stdout).toMatch(/\n {2}loss +[\d.]+ +5\n/);
    expect((await run(at, "--trials", "4")).stdout).not.toContain("x=5 kind=b\n[");
    expect(await at.json("trials", "--where", "x == 5")).toMatchObject({ total: 1 });
  });
  it("can be refused and asked for", async () => {
    await run(at, "--trials", "2", "--no-default-first");
    expect(await at.json("trials", "--where", "x == 5")).toMatchObject({ total: 0 });
    await run(at, "--trials", "3", "--default-first");
    await run(at, "--trials", "4", "--default-first");
    expect(await at.json("trials", "--where", "x == 5")).toMatchObject({ total: 1, trials: [{ number: 2 }] });
    expect((await run(at, "--default-first", "--no-default-first")).stderr).toContain("exclude each other");
  });
  it("is a configuration in use only where every parameter says so", () => {
    const d = { default: 0.5 };
    expect(hasOwnDefaults(space({ x: float(0, 1, d), g: { y: float(0, 1, d) } }))).toBe(true);
    expect(hasOwnDefaults(space({ x: float(0, 1, d), g: { y: float(0, 1) } }))).toBe(false);
    expect(
      hasOwnDefaults(space({ o: oneOf({ a: { y: float(0, 1, d) }, b: { z: float(0, 1) } }, { default: "a" }) })),
    ).toBe(true);
    expect(hasOwnDefaults(space({ o: oneOf({ a: { y: float(0, 1, d) }, b: {} }) }))).toBe(false);
    expect(hasOwnDefaults({ version: 1, shape: {}, dynamic: true })).toBe(false);
  });
});

describe("vernier rm, undo and purge", () => {
  it("delete trials and bring them back", async () => {
    await makeStudy(at, 4);
    const gone = await at.vernier("rm", "s", "--trial", "0,2");
    expect(gone.stdout).toContain(`trials 0 and 2 of s are deleted\n  vernier undo s --trial 0,2 --storage ${at.url}`);
    expect(await at.json("best")).toMatchObject({ best: { number: 1 } });
    expect(await at.json("trials", "--deleted")).toMatchObject({ total: 2, trials: [{ number: 0 }, { number: 2 }] });
    expect((await at.vernier("show", "0")).stderr).toContain("it is deleted");
    expect((await at.vernier("undo", "s")).stderr).toContain("Say which to bring back: vernier undo s --trial 0,2");
    expect((await at.vernier("undo", "--where", "loss == 2")).stdout).toBe("trial 2 of s is back\n");
    expect(await at.json("rm", "--where", "loss > 1")).toMatchObject({
      deleted: "trials",
      trials: [2, 3],
      undo: `vernier undo s --trial 2,3 --storage ${at.url}`,
    });
    expect(await at.json("undo", "--trial", "0", "--trial", "2", "--trial", "3")).toMatchObject({ trials: [0, 2, 3] });
    expect(await at.json("best")).toMatchObject({ best: { number: 0 } });
    expect((await at.vernier("undo", "s")).stderr).toContain("There is nothing to bring back");
    expect((await at.vernier("rm", "--where", "loss > 99")).stdout).toBe("no trial of s fits; nothing is deleted\n");
  });
  it("delete a study, bring it back, and remove it for good", async () => {
    await makeStudy(at, 2);
    await makeStudy(at, 1, "other");
    expect((await at.vernier("purge", "s", "--yes")).stderr).toContain("E_STUDY_NOT_DELETED");
    expect((await at.vernier("rm", "s")).stdout).toContain(
      "study s is deleted, with 2 trials\n  vernier undo s --storage",
    );
    expect((await at.vernier("best", "--study", "s")).stderr).toContain("E_STUDY_DELETED");
    expect((await at.vernier("studies", "--deleted", "--names")).stdout).toBe("s\n");
    expect((await at.vernier("studies", "--names")).stdout).toBe("other\n");
    expect((await at.vernier("undo", "s")).stdout).toBe("study s is back, with 2 trials\n");
    await at.vernier("rm", "s");
    const asked = await at.vernier("purge", "s");
    expect(asked.stderr).toMatch(/removes 2 trials, 10 events \(about .*B\) for good\. Nothing was removed\..* --yes/);
    expect(asked.code).toBe(2);
    const done = await at.vernier("purge", "s", "--yes", "--shrink");
    expect(done.stdout).toMatch(/^study s is gone: 2 trials, 10 events .*\nfreed \d/);
    expect((await at.vernier("undo", "s")).stderr).toContain("E_STUDY_UNKNOWN");
    expect(await at.json("best", "--study", "other")).toMatchObject({ best: { number: 0 } });
  });
  it.each([
    ["rm without a word", ["rm"], "say what to delete"],
    ["purge without a word", ["purge"], "say which study"],
    ["a trial that is not there", ["rm", "--trial", "1,9"], "has no trial 9"],
    ["no number", ["rm", "--trial", "x"], '"x" is no trial number'],
    ["a trial that is not deleted", ["undo", "--trial", "1"], 'trial 1 of "s" is not deleted'],
    ["a misspelt name", ["rm", "--where", "lss > 1"], 'Did you mean "loss"?'],
    ["no condition", ["rm", "--where", "loss"], "a condition is true or false"],
    ["no such study", ["rm", "t"], 'there is no study "t"'],
  ])("refuse %s and change nothing", async (_, argv, text) => {
    await makeStudy(at, 2);
    const { code, stdout, stderr } = await at.vernier(...argv);
    expect(stderr).toContain(text);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(await at.json("trials")).toMatchObject({ total: 2 });
  });
  it("make no file where there is none", async () => {
    for (const argv of [["queue", "x=1"], ["rm", "s"], ["undo", "s"], ["purge", "s"], ["trials"]])
      expect((await at.vernier(...argv)).stderr).toContain("E_STORAGE_MISSING");
    const bare = mkdtempSync(join(tmpdir(), "vernier-cli-"));
    expect(() => readFileSync(join(bare, "s.db"))).toThrow("ENOENT");
    rmSync(bare, { recursive: true });
  });
});

describe("vernier backup and restore", () => {
  it("copy a storage and make one of it again", async () => {
    await makeStudy(at, 2);
    await makeStudy(at, 1, "other");
    const made = await at.vernier("backup", "--out", "copy");
    expect(made.stdout).toMatch(/^copy holds 2 studies \(s; other\) with 3 trials, [\d.]+ KiB\n  vernier restore copy/);
    expect(await at.json("backup", "other", "--out", "one")).toMatchObject({
      vernier: 1,
      command: "backup",
      studies: [{ name: "other", trials: 1, deleted: false }],
      missing: [],
    });
    const refused = await at.vernier("restore", "copy");
    expect(refused.stderr).toContain("E_BACKUP_EXISTS");
    rmSync(join(at.dir, "s.db"));
    for (const end of ["-wal", "-shm"]) rmSync(join(at.dir, `s.db${end}`), { force: true });
    expect((await at.vernier("restore", "one")).stdout).toContain("holds 1 study (other) with 1 trial");
    expect(await at.json("best")).toMatchObject({ study: { name: "other" } });
  });
  it("name a storage by its place, too", async () => {
    await makeStudy(at, 1);
    const io = fakeIo({ cwd: at.dir });
    expect(await program(["backup", at.url, "--out", "copy"], io)).toBe(0);
    const back = fakeIo({ cwd: at.dir });
    expect(await program(["restore", "copy", "--storage", `sqlite:${join(at.dir, "b.db")}`], back)).toBe(0);
    expect(back.stdout()).toContain("b.db holds 1 study (s)");
    expect((await at.vernier("backup", "x.db", "--out", "copy2")).stderr).toContain("Keep one of them");
  });
  it.each([
    ["no folder", ["backup"], "say where to"],
    ["no backup", ["restore"], "say which backup"],
    ["an unknown study", ["backup", "t", "--out", "c"], 'there is no study "t"'],
    ["a folder that is there", ["backup", "--out", "."], "E_BACKUP_EXISTS"],
    ["another thing", ["restore", "s.db"], "E_BACKUP_FOREIGN"],
    ["nothing", ["restore", "nowhere"], "it does not exist"],
    ["a wrong flag", ["backup", "--to", "x"], "has no flag --to"],
  ])("refuse %s", async (_, argv, text) => {
    await makeStudy(at, 1);
    const { code, stdout, stderr } = await at.vernier(...argv);
    expect(stderr).toContain(text);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe("a storage in a read-only folder", () => {
  it.skipIf(process.getuid?.() === 0)("is refused by name (skipped as root, who may write anywhere)", async () => {
    await makeStudy(at, 1);
    chmodSync(at.dir, 0o500);
    try {
      for (const argv of [["queue", "x=1"], ["rm", "s"], ["undo", "s"], ["watch"], ["backup", "--out", "copy"]])
        expect((await at.vernier(...argv)).stderr).toContain("E_STORAGE_READONLY");
    } finally {
      chmodSync(at.dir, 0o700);
    }
  });
});

describe("vernier trials", () => {
  it("shows the columns that were asked for", async () => {
    await makeStudy(at, 3);
    expect((await at.vernier("trials", "--columns", "number,loss,loss * 2,last.step", "--sort=-loss")).stdout).toBe(
      [
        "number  loss  loss * 2  last.step",
        "     2     2         4          -",
        "     1     1         2          -",
        "     0     0         0          -",
        "",
      ].join("\n"),
    );
    expect((await at.vernier("trials", "--columns", "numbr")).stderr).toContain('Did you mean "number"?');
    expect((await at.vernier("trials", "--columns", "number", "--json")).stderr).toContain("Leave one of them out");
    expect((await at.vernier("trials", "--columns", "number,,loss")).stderr).toContain("commas between");
    expect((await at.vernier("best", "--where", "loss > 0.5")).stdout).toContain("Only trials with loss > 0.5");
    expect(await at.json("best", "--where", "loss > 0.5")).toMatchObject({ best: { number: 1 } });
  });
});
