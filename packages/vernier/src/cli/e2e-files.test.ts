/** The command line from outside: study files, Ctrl-C, the doctor and pipes, in real processes. */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { json, MAIN, start } from "./process.fixture.ts";
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
    const running = start(dir, [...LINE, "--trials", "3", ...PROG]);
    await running.says("[1/3] trial 0");
    await waitForTrial(1);
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.done;
    expect(code).toBe(130);
    expect(stderr).toContain("Stopping: running trials go back to waiting.");
    expect(stdout).toContain("interrupted after 1 trial");
    expect(stdout).toContain("the same line again");
    expect(json(await vernier("trials", "--json")).trials.map(trial => trial.state)).toEqual(["complete", "waiting"]);
    write("prog.mjs", PROGRAM);
    const resumed = await vernier(...LINE, "--trials", "3", ...PROG);
    expect(resumed.code).toBe(0);
    expect(json(await vernier("trials", "--json")).trials.map(trial => [trial.number, trial.state])).toEqual([
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
    const running = start(dir, [...LINE, "--trials", "3", ...PROG]);
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
      if (trials.some(trial => trial.number === number && trial.state === "running")) return;
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
    expect(checks.map(check => check.name)).toEqual([
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

describe("bin/vernier.js", () => {
  it("says when the build is missing", async () => {
    mkdirSync(join(dir, "bin"));
    copyFileSync(join(MAIN, "../../../bin/vernier.js"), join(dir, "bin/vernier.mjs"));
    const { status, stderr } = spawnSync(process.execPath, [join(dir, "bin/vernier.mjs"), "--help"], {
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error E_NOT_BUILT: .*npm run build/);
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
