/** The command line from outside: real processes in a directory of their own, run from the sources. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vernier-cli-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Result>;
  /** Resolves once standard output or error holds the text. */
  says(text: string): Promise<void>;
}

const start = (argv: readonly string[], env: Record<string, string> = {}): Running => {
  const child = spawn(process.execPath, ["--conditions=source", "--no-warnings", MAIN, ...argv], {
    cwd: dir,
    env: { PATH: process.env["PATH"] ?? "", HOME: dir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  const waiting: { text: string; resolve: () => void }[] = [];
  const look = (): void => {
    for (const wait of waiting) if (`${stdout}${stderr}`.includes(wait.text)) wait.resolve();
  };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => ((stdout += chunk), look()));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => ((stderr += chunk), look()));
  const done = new Promise<Result>(resolve => child.on("close", code => resolve({ code, stdout, stderr })));
  const says = (text: string): Promise<void> =>
    Promise.race([
      new Promise<void>(resolve => {
        waiting.push({ text, resolve });
        look();
      }),
      done.then(result => {
        if (!`${result.stdout}${result.stderr}`.includes(text))
          throw new Error(`ended without saying ${text}: ${JSON.stringify(result)}`);
      }),
    ]);
  return { child, done, says };
};
const vernier = (...argv: string[]): Promise<Result> => start(argv).done;
const write = (name: string, text: string): void => writeFileSync(join(dir, name), text);
const json = (result: Result): Record<string, any> => JSON.parse(result.stdout) as Record<string, any>;

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
    expect(again.stdout).toContain("prog has its 3 trials already");
    const more = await vernier(...LINE, "--trials", "5", ...PROG);
    expect(more.stderr).toContain("Resuming prog: 3 of 5 trials are finished.");
    expect(more.stdout.match(/^\[\d\/5\] trial/gm)).toHaveLength(2);

    const best = json(await vernier("best", "--json"));
    expect(best).toMatchObject({
      vernier: 1,
      command: "best",
      study: { name: "prog", seed: 1, counts: { complete: 5 } },
    });
    const { params, metrics } = best["best"];
    expect(metrics.loss).toBeCloseTo((params.x - 3) ** 2 + (params.kind === "a" ? 0 : 1), 10);

    const sorted = json(await vernier("trials", "--sort", "loss", "--limit", "2", "--json"));
    expect(sorted["total"]).toBe(5);
    expect(sorted["trials"][0].number).toBe(best["best"].number);
    const kinds = json(await vernier("trials", "--where", 'kind == "a" and loss >= 0', "--json"));
    expect(kinds["trials"].every((trial: any) => trial.params.kind === "a")).toBe(true);

    const shown = await vernier("show", "0");
    expect(shown.stdout).toContain("stdout.txt");
    expect((await vernier("show", "0", "--artifact", "stdout.txt")).stdout).toContain("warming up\nloss: ");
    expect((await vernier("studies")).stdout).toMatch(/prog +minimize loss +5 +0 +0 +0/);
    expect((await vernier("best")).stdout).toContain(`best: trial ${best["best"].number}`);
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
    const hidden = await start([...LINE, "--trials", "1", ...PROG], { API_KEY: "hush" }).done;
    expect(hidden.stdout).toContain("loss=1");
    const passed = await start([...LINE, "--trials", "2", "--env", "API_KEY", ...PROG], { API_KEY: "hush" }).done;
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
    for (const argv of [["studies"], ["best"], [...LINE, ...PROG.slice(0, 0)]]) {
      const tail = argv[0] === "run" ? PROG : [];
      const { code, stderr } = await vernier(...argv, "--storage", "sqlite:broken.db", ...tail);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error E_STORAGE_/);
    }
    expect(readFileSync(join(dir, "broken.db"), "utf8")).toBe(before);
  });

  it.skipIf(process.getuid?.() === 0)("says when the directory is read-only", async () => {
    chmodSync(dir, 0o500);
    try {
      const { code, stderr } = await vernier(...LINE, ...PROG);
      expect(code).toBe(2);
      expect(stderr).toContain("E_STORAGE_READONLY");
    } finally {
      chmodSync(dir, 0o700);
    }
  });
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
    expect(asked["params"].flour).toBeGreaterThanOrEqual(300);

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
    expect(json(await vernier("tell", "2", "--prune", "--json"))["trial"]).toMatchObject({
      number: 2,
      state: "pruned",
    });
    expect((await vernier("tell", "9", "taste=1")).stderr).toContain("E_TRIAL_UNKNOWN");
    expect((await vernier("show", "1")).stdout).toContain("burnt");
  });
});

describe("study files", () => {
  it("in TypeScript run as they are, with `final` for the best and the defaults", async () => {
    write(
      "study.ts",
      `import { defineStudy, float, space } from "vernier";
const s = space({ x: float(0, 1, { default: 0.25 }) });
export default defineStudy({
  name: "square", space: s, objectives: { loss: "minimize" }, seed: 2, run: { trials: 4 },
  objective: ({ x }: { x: number }) => { console.log("said by the objective"); return { loss: x * x }; },
  final: ({ x }: { x: number }) => ({ exact: x }),
});`,
    );
    const { code, stdout } = await vernier("run", "study.ts");
    expect(code).toBe(0);
    expect(stdout).toContain("said by the objective");
    expect(stdout).toMatch(/final exact +0\.\d+ +0\.25/);
    expect(stdout).toContain("vernier run study.ts --trials 8");
  });

  it("have an error each when they are bad", async () => {
    const failed = async (name: string, text: string): Promise<string> => {
      write(name, text);
      const { code, stderr } = await vernier("run", name);
      expect(code).toBe(2);
      expect(stderr).not.toContain("node:internal");
      return stderr;
    };
    expect(await failed("syntax.ts", "const a: number = 1;\nconst b: = 2;\n")).toMatch(
      /^error E_STUDY_FILE_SYNTAX: syntax\.ts:2 has a syntax error/,
    );
    expect(await failed("syntax.mjs", "const a = 1;\nconst b = ;\n")).toMatch(
      /^error E_STUDY_FILE_SYNTAX: syntax\.mjs:2 has a syntax error: Unexpected token ';'/,
    );
    expect(await failed("enum.ts", "enum A { x }\nexport default {};\n")).toContain(
      "write plain constants in place of enums",
    );
    expect(await failed("throws.ts", "const f = (): never => {\n  throw new Error('no data');\n};\nf();\n")).toMatch(
      /^error E_STUDY_FILE_THROWS: throws\.ts:2:9 throws while it is loaded: Error: no data/,
    );
    expect(
      await failed(
        "ours.ts",
        'import { float, space } from "vernier";\nexport default space({\n  x: float(1, 0),\n});\n',
      ),
    ).toMatch(/^error E_SPACE_RANGE: ours\.ts:2:\d+: /);
    expect(await failed("import.ts", 'import "no-such-package";\n')).toMatch(
      /^error E_STUDY_FILE_IMPORT: import\.ts imports "no-such-package"/,
    );
    expect(await failed("import2.ts", 'import "./nothing.ts";\n')).toContain(
      'import2.ts imports "nothing.ts", which does not exist',
    );
    expect(await failed("nothing.ts", "export const a = 1;\n")).toContain(
      "nothing.ts exports no study. It exports a, but no default.",
    );
    expect(await failed("number.ts", "export default 3;\n")).toContain("Its default export is 3.");
    expect(await failed("a.txt", "")).toContain("E_STUDY_FILE_KIND");
    expect((await vernier("run", "missing.ts")).stderr).toContain("E_STUDY_FILE_MISSING");
  });

  it("and flags of the line exclude each other", async () => {
    write("study.yaml", "space: {x: float(0,1)}\nobjectives: {loss: minimize}\ncommand: [node, p.mjs]\n");
    expect((await vernier("run", "study.yaml", "--minimize", "loss")).stderr).toContain(
      "--minimize describes a study, and so does study.yaml",
    );
    expect((await vernier("run", "study.yaml", "--", "node")).stderr).toContain("names a program, but study.yaml says");
  });
});

describe("Ctrl-C", () => {
  /** Trials after the first never end by themselves. */
  const SLOW = `import { existsSync, writeFileSync } from "node:fs";
console.log("loss: 1");
if (existsSync("first")) setInterval(() => {}, 1000); else writeFileSync("first", "");
`;
  it("gives running trials back and says how to go on; the same line resumes", async () => {
    write("prog.mjs", SLOW);
    const running = start([...LINE, "--trials", "3", ...PROG]);
    await running.says("[1/3] trial 0");
    await waitForTrial(1);
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.done;
    expect(code).toBe(130);
    expect(stderr).toContain("Stopping: running trials go back to waiting.");
    expect(stdout).toContain("interrupted after 1 trial");
    expect(stdout).toContain("the same line again");
    expect(json(await vernier("trials", "--json"))["trials"].map((trial: any) => trial.state)).toEqual([
      "complete",
      "waiting",
    ]);
    write("prog.mjs", PROGRAM);
    const resumed = await vernier(...LINE, "--trials", "3", ...PROG);
    expect(resumed.code).toBe(0);
    expect(json(await vernier("trials", "--json"))["trials"].map((trial: any) => [trial.number, trial.state])).toEqual([
      [0, "complete"],
      [1, "complete"],
      [2, "complete"],
    ]);
  });

  it("twice stops at once and leaves no program behind", async () => {
    // Deaf to SIGTERM: only SIGKILL ends it.
    write(
      "prog.mjs",
      'import { writeFileSync } from "node:fs";\nprocess.on("SIGTERM", () => {});\nsetInterval(() => {}, 1000);\nwriteFileSync("pid", String(process.pid));\n',
    );
    const running = start([...LINE, "--trials", "3", ...PROG]);
    await fileOf("pid");
    running.child.kill("SIGINT");
    await running.says("Stopping");
    running.child.kill("SIGINT");
    expect((await running.done).code).toBe(130);
    const pid = Number(readFileSync(join(dir, "pid"), "utf8"));
    await gone(pid);
  });

  /** Polls until the study's trial runs. */
  const waitForTrial = async (number: number): Promise<void> => {
    for (;;) {
      const { trials } = json(await vernier("trials", "--json"));
      if (
        (trials as { number: number; state: string }[]).some(
          trial => trial.number === number && trial.state === "running",
        )
      )
        return;
    }
  };
  const turn = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 10));
  const fileOf = async (name: string): Promise<void> => {
    while (!existsSync(join(dir, name)) || readFileSync(join(dir, name), "utf8") === "") await turn();
  };
  const gone = async (pid: number): Promise<void> => {
    for (;;) {
      try {
        process.kill(pid, 0);
      } catch {
        return;
      }
      await turn();
    }
  };
});

describe("doctor", () => {
  it("has a line a check", async () => {
    const { code, stdout } = await vernier("doctor");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok +node +Node \d+/m);
    expect(stdout).toMatch(/^ok +sqlite +SQLite 3/m);
    const { ok, checks } = json(await vernier("doctor", "--json"));
    expect(ok).toBe(true);
    expect(checks.map((check: { name: string }) => check.name)).toEqual([
      "vernier",
      "node",
      "typescript",
      "sqlite",
      "directory",
      "storage",
      "python3",
    ]);
  });
});

describe("pipes", () => {
  it("that close early are no error", async () => {
    const child = spawn("sh", ["-c", `"$NODE" --conditions=source "$MAIN" --help | head -1`], {
      cwd: dir,
      env: { PATH: process.env["PATH"] ?? "", NODE: process.execPath, MAIN },
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    await new Promise(resolve => child.on("close", resolve));
    expect(stderr).toBe("");
  });
});
