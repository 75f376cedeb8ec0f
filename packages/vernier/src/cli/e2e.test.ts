/** The command line from outside: a program tuned without a study file, ask and tell, in real processes. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { json, start } from "./process.fixture.ts";
import type { Result } from "./process.fixture.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vernier-cli-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const vernier = (...argv: string[]): Promise<Result> => start(dir, argv).done;
const write = (name: string, text: string): void => writeFileSync(join(dir, name), text);

/** A program that prints a loss. */
const PROGRAM = `const [x, kind] = process.argv.slice(2);
console.log("warming up");
console.log("loss: " + ((Number(x) - 3) ** 2 + (kind === "a" ? 0 : 1)));
`;
const LINE = ["run", "--space", "x=float(0,10) kind=choice(a,b)", "--minimize", "loss", "--seed", "1"];
const PROG = ["--", process.execPath, "prog.mjs", "{x}", "{kind}"];

describe("a program without a study file", () => {
  beforeEach(() => write("prog.mjs", PROGRAM));

  it("is tuned, resumed by the same line, and looked at afterwards", async () => {
    const first = await vernier(...LINE, "--trials", "3", ...PROG);
    expect(first.stderr).toBe("");
    expect(first.code).toBe(0);
    expect(first.stdout.match(/^\[\d\/3\] trial \d +complete/gm)).toHaveLength(3);
    expect(first.stdout).toContain("prog  3 trials (3 complete)");
    expect(first.stdout).toContain("the same line with --trials 6");
    expect(readFileSync(join(dir, ".vernier", ".gitignore"), "utf8")).toBe("*\n");

    const again = await vernier(...LINE, "--trials", "3", ...PROG);
    expect(again.stdout).toContain("prog has 3 finished trials already");
    const more = await vernier(...LINE, "--trials", "5", ...PROG);
    expect(more.stderr).toContain("Resuming prog: 3 trials are finished, 5 are wanted.");
    expect(more.stdout.match(/^\[\d\/5\] trial/gm)).toHaveLength(2);

    const best = json(await vernier("best", "--json"));
    expect(best).toMatchObject({
      vernier: 1,
      command: "best",
      study: { name: "prog", seed: 1, counts: { complete: 5 } },
    });
    const { params, metrics } = best.best;
    expect(metrics.loss).toBeCloseTo((params.x - 3) ** 2 + (params.kind === "a" ? 0 : 1), 10);

    const sorted = json(await vernier("trials", "--sort", "loss", "--limit", "2", "--json"));
    expect(sorted["total"]).toBe(5);
    expect(sorted.trials[0]?.number).toBe(best.best.number);
    const kinds = json(await vernier("trials", "--where", 'kind == "a" and loss >= 0', "--json"));
    expect(kinds.trials.every(trial => trial.params.kind === "a")).toBe(true);

    const shown = await vernier("show", "0");
    expect(shown.stdout).toContain("stdout.txt");
    expect((await vernier("show", "0", "--artifact", "stdout.txt")).stdout).toContain("warming up\nloss: ");
    expect((await vernier("studies")).stdout).toMatch(/prog +minimize loss +5 +0 +0 +0/);
    expect((await vernier("best")).stdout).toContain(`best: trial ${best.best.number}`);
  });

  it("prints one JSON document with --json, and lines to standard error", async () => {
    const result = await vernier(...LINE, "--trials", "2", "--json", "--concurrency", "2", ...PROG);
    expect(json(result)).toMatchObject({
      vernier: 1,
      command: "run",
      interrupted: false,
      finishedNow: 2,
      study: { name: "prog" },
    });
    expect(result.stderr.match(/trial \d +complete/g)).toHaveLength(2);
  });

  it("exits with 1 when no trial is complete, and says why each failed", async () => {
    write("prog.mjs", 'console.error("no such data"); process.exit(3);');
    const result = await vernier(...LINE, "--trials", "2", ...PROG);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain("No trial is complete.");
    expect(result.stdout).toContain("no such data");
    expect((await vernier("best")).code).toBe(1);
  });

  it("shows the program only what it may see, and nobody a variable's value", async () => {
    write("prog.mjs", 'console.log("loss: " + (process.env.API_KEY === undefined ? 1 : 2));');
    const hidden = await start(dir, [...LINE, "--trials", "1", ...PROG], { API_KEY: "hush" }).done;
    expect(hidden.stdout).toContain("loss=1");
    const passed = await start(dir, [...LINE, "--trials", "2", "--env", "API_KEY", ...PROG], { API_KEY: "hush" }).done;
    expect(passed.stdout).toContain("loss=2");
    expect(passed.stdout + passed.stderr).not.toContain("hush");
    const leaked = await vernier(...LINE, "--env", "API_KEY=hush", ...PROG);
    expect(leaked.code).toBe(2);
    expect(leaked.stderr).toContain("names of variables, not values");
    expect(leaked.stderr).not.toContain("hush");
  });

  it("refuses what cannot work before anything is stored", async () => {
    const failed = async (...argv: string[]): Promise<string> => {
      const { code, stderr, stdout } = await vernier(...argv);
      expect(code).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).not.toContain("    at ");
      return stderr;
    };
    expect(await failed(...LINE, "--", process.execPath, "prog.mjs", "{y}")).toMatch(/E_COMMAND_PLACEHOLDER.*\{y\}/);
    expect(await failed(...LINE, "--", "no-such-program-here", "{x}")).toMatch(
      /E_COMMAND_NOT_FOUND.*no-such-program-here/,
    );
    expect(await failed("best")).toContain("E_STORAGE_MISSING");
    expect(await failed(...LINE, "--storage", "sqlte:x.db", ...PROG)).toContain('Did you mean "sqlite:x.db"?');
    expect(existsSync(join(dir, ".vernier"))).toBe(false);
  });

  it("refuses to resume a study as something else", async () => {
    await vernier(...LINE, "--trials", "1", ...PROG);
    const other = await vernier(
      "run",
      "--space",
      "x=float(0,20) kind=choice(a,b)",
      "--minimize",
      "loss",
      "--trials",
      "2",
      ...PROG,
    );
    expect(other.code).toBe(2);
    expect(other.stderr).toContain("E_STUDY_MISMATCH");
  });

  it("leaves a corrupt or foreign database as it is", async () => {
    write("broken.db", "this is no database, but it is long enough to look at".repeat(20));
    const before = readFileSync(join(dir, "broken.db"), "utf8");
    for (const argv of [["studies"], ["best"], LINE]) {
      const tail = argv[0] === "run" ? PROG : [];
      const { code, stderr } = await vernier(...argv, "--storage", "sqlite:broken.db", ...tail);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error E_STORAGE_/);
    }
    expect(readFileSync(join(dir, "broken.db"), "utf8")).toBe(before);
  });

  it("says when its directory cannot be made", async () => {
    write(".vernier", "a file in the way");
    const { code, stderr } = await vernier(...LINE, ...PROG);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error E_STORAGE_READONLY: the directory .* cannot be made \(EEXIST\)/);
  });

  it.skipIf(process.getuid?.() === 0)(
    "says when the directory is read-only (not as root, who may write anywhere)",
    async () => {
      chmodSync(dir, 0o500);
      try {
        const { code, stderr } = await vernier(...LINE, ...PROG);
        expect(code).toBe(2);
        expect(stderr).toContain("E_STORAGE_READONLY");
      } finally {
        chmodSync(dir, 0o700);
      }
    },
  );
});

describe("ask and tell", () => {
  it("take one trial at a time", async () => {
    const space = [
      "--space",
      "flour=int(300,600) minutes=int(10,30)",
      "--maximize",
      "taste",
      "--name",
      "cake",
      "--seed",
      "3",
    ];
    const asked = json(await vernier("ask", ...space));
    expect(asked).toMatchObject({ vernier: 1, command: "ask", study: "cake", number: 0, attempt: 1 });
    expect(asked.params.flour).toBeGreaterThanOrEqual(300);

    const typo = await vernier("tell", "0", "tast=7");
    expect(typo.code).toBe(2);
    expect(typo.stderr).toContain('lacks the objective "taste"');
    expect((await vernier("tell", "0", "taste=good")).stderr).toContain("E_METRICS");
    expect((await vernier("tell", "0")).stderr).toContain("there is no result");
    const told = await vernier("tell", "0", "taste=7", "crumbs=2");
    expect(told).toEqual({ code: 0, stdout: "trial 0 is complete: taste=7 crumbs=2\n", stderr: "" });
    const twice = await vernier("tell", "0", "taste=8");
    expect(twice.code).toBe(2);
    expect(twice.stderr).toContain("E_TRIAL_FINISHED");

    expect(json(await vernier("ask"))).toMatchObject({ number: 1 });
    expect((await vernier("tell", "1", "--fail", "burnt")).stdout).toBe("trial 1 is failed\n");
    expect(json(await vernier("ask", "--lease", "1m"))).toMatchObject({ number: 2 });
    expect(json(await vernier("tell", "2", "--prune", "--json")).trial).toMatchObject({
      number: 2,
      state: "pruned",
    });
    expect((await vernier("tell", "9", "taste=1")).stderr).toContain("E_TRIAL_UNKNOWN");
    expect((await vernier("show", "1")).stdout).toContain("burnt");
  });
});
