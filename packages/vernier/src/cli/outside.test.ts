/** What the world outside does to a command: full disks, closed pipes, errors that nothing catches. In real processes. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStorage } from "../store/index.ts";
import { unwritten } from "./errors.ts";
import { fakeIo } from "./fixtures.ts";
import { json, MAIN, start } from "./process.fixture.ts";
import { program } from "./program.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vernier-cli-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const NODE = `"${process.execPath}" --conditions=source --no-warnings "${MAIN}"`;
/** A line for /bin/sh that knows `vernier`. */
const shell = (line: string): { code: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", `vernier() { ${NODE} "$@"; }\n${line}`], {
    cwd: dir,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", HOME: dir },
  });
  return { code: status, stdout, stderr };
};

const study = (objective: string): void =>
  writeFileSync(
    join(dir, "study.ts"),
    `import { defineStudy, float, space } from "vernier";
import { defineScheduler } from "vernier/core";
const stop = defineScheduler({ name: "stop", decide: ({ step }) => (step >= 2 ? "stop" : "continue") });
export default defineStudy({
  name: "s", seed: 1, space: space({ x: float(0, 1) }), objectives: { loss: "minimize" }, scheduler: stop(), run: { trials: 3 },
  objective: ${objective},
});
`,
  );

describe("an error that escapes the objective", () => {
  it.each([
    ["of a callback", 'setImmediate(() => { throw new Error("late"); });'],
    ["of a promise that nobody awaits", 'Promise.reject(new Error("late"));'],
  ])("%s ends the run with its place and no stack, and the trial waits", async (_, escape) => {
    study(
      `(_, trial) => new Promise((_, no) => { trial.signal.addEventListener("abort", () => no(trial.signal.reason)); ${escape} })`,
    );
    const { code, stderr } = await start(dir, ["run", "study.ts"]).done;
    expect(stderr).toMatch(
      /^error E_OBJECTIVE_ESCAPED: an error escaped the objective: "late" at .*study\.ts:6:\d+\. A callback/m,
    );
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBe(2);
    expect(json(await start(dir, ["trials", "--json"]).done).trials).toMatchObject([{ number: 0, state: "waiting" }]);
  });
});

it("a study's name in the lines to run next is a word of the shell, whatever it holds", async () => {
  study("({ x }) => x");
  const { stdout } = await start(dir, ["run", "study.ts", "--trials", "1", "--name", "$(touch x) it's"]).done;
  expect(stdout).toContain(`vernier trials --study '$(touch x) it'\\''s'`);
});

it("a report that nobody awaits prunes its trial", async () => {
  study(
    "async ({ x }, trial) => { for (let s = 1; s < 5; s++) { trial.report(s, { loss: x }); await new Promise(r => setImmediate(r)); } return x; }",
  );
  const { stdout, stderr } = await start(dir, ["run", "study.ts"]).done;
  expect(stderr).toBe("");
  expect(stdout.match(/^\[\d\/3\] trial \d +pruned/gm)).toHaveLength(3);
});

it("a reader that leaves stops a run gently: what runs goes back to waiting", async () => {
  study(
    "({ x }, trial) => new Promise((yes, no) => { if (trial.number === 0) return yes(x); trial.log('second'); console.log('x'.repeat(1e5)); trial.signal.addEventListener('abort', () => no(trial.signal.reason)); })",
  );
  const { stdout, stderr } = shell("vernier run study.ts | head -n 1");
  expect(stdout).toMatch(/^\[1\/3\] trial 0 +complete/);
  expect(stderr).toBe("Stopping: running trials go back to waiting. Ctrl-C again stops at once.\n");
  const { trials } = json(await start(dir, ["trials", "--json"]).done);
  expect(trials.map(trial => trial.state)).toEqual(["complete", "waiting"]);
});

it.skipIf(process.platform === "win32")(
  "a study's file that is moved while a run writes to it stops the run",
  async () => {
    study(
      "({ x }, trial) => new Promise(yes => { console.log('at ' + trial.number); trial.signal.addEventListener('abort', () => yes(x)); })",
    );
    const run = start(dir, ["run", "study.ts", "--storage", "sqlite:a.db"]);
    await run.says("at 0");
    renameSync(join(dir, "a.db"), join(dir, "b.db"));
    const { code, stderr } = await run.done;
    expect(stderr).toContain(
      "error E_STORAGE_MOVED: sqlite:a.db was moved, deleted or replaced while the run wrote to it.",
    );
    expect(code).toBe(2);
    // What the message says to do brings everything back.
    renameSync(join(dir, "a.db-wal"), join(dir, "b.db-wal"));
    expect(json(await start(dir, ["trials", "--json", "--storage", "sqlite:b.db"]).done).trials).toMatchObject([
      { number: 0 },
    ]);
  },
);

it("a study below a package of CommonJS, as npm init -y makes it, is told what to change", async () => {
  study("({ x }) => x");
  writeFileSync(join(dir, "package.json"), '{ "type": "commonjs" }');
  const { code, stderr } = await start(dir, ["run", "study.ts"]).done;
  expect(stderr).toMatch(/^error E_STUDY_FILE_MODULE: study\.ts:1 is read as CommonJS, .* .*npm pkg set type=module/);
  expect(code).toBe(2);
  writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
  expect((await start(dir, ["check", "study.ts"]).done).code).toBe(0);
});

describe("what is printed", () => {
  it.skipIf(!existsSync("/dev/full"))("to a full disk is an error without a stack (needs /dev/full)", () => {
    const { code, stderr } = shell("vernier --help > /dev/full");
    expect(stderr).toBe(`error E_OUTPUT: ${unwritten({ name: "", message: "", code: "ENOSPC" })}\n`);
    expect(code).toBe(2);
  });

  it("of an artifact are its bytes", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    study(
      "async ({ x }, trial) => { await trial.artifact('all.bin', Uint8Array.from({ length: 256 }, (_, i) => i)); return x; }",
    );
    await start(dir, ["run", "study.ts", "--trials", "1"]).done;
    const line = ["show", "0", "--artifact", "all.bin", "--storage", `sqlite:${join(dir, ".vernier/vernier.db")}`];
    let got = new Uint8Array();
    const io = fakeIo({ cwd: dir, out: text => void (got = text as Uint8Array<ArrayBuffer>) });
    const code = await program([...line], io);
    expect([code, io.stderr()]).toEqual([0, ""]);
    expect(Uint8Array.from(got)).toEqual(bytes);
    expect(await program([...line, "--json"], fakeIo({ cwd: dir }))).toBe(2);
  });
});

it("a trial that is not named is asked for", async () => {
  const io = fakeIo();
  expect(await program(["show"], io)).toBe(2);
  expect(io.stderr()).toBe("error E_CLI_USAGE: which trial? Name it by its number; `vernier trials` lists them.\n");
});

it("a study's name stays on its line of the table", async () => {
  const storage = await openStorage(`sqlite:${join(dir, "s.db")}`);
  const spec = {
    version: 1,
    space: { version: 1, shape: {} },
    objectives: { loss: { direction: "minimize" } },
    constraints: {},
  } as const;
  const rest = { sampler: { name: "random" }, scheduler: { name: "none" }, seed: 1, owner: "client" } as const;
  await storage.createStudy({ ...spec, ...rest, name: "two\nlines \u001b[31mred" });
  await storage.close();
  const io = fakeIo({ cwd: dir });
  expect(await program(["studies", "--storage", `sqlite:${join(dir, "s.db")}`], io)).toBe(0);
  expect(io.stderr()).toBe("");
  expect(io.stdout().split("\n")[1]).toMatch(/^two lines red +minimize loss/);
});
