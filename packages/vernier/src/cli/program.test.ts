import { describe, expect, it } from "vitest";
import { fakeIo } from "./fixtures.ts";
import { VernierError } from "../math/errors.ts";
import { reportError } from "./errors.ts";
import { COMMANDS, program } from "./program.ts";
import { version } from "./version.ts";
import { widthOf } from "./view/style.ts";

const run = async (...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = fakeIo();
  const code = await program(argv, io);
  return { code, stdout: io.stdout(), stderr: io.stderr() };
};

describe("help", () => {
  it("lists the commands", async () => {
    const { code, stdout } = await run("--help");
    expect(code).toBe(0);
    expect(stdout.replace(version(), "VERSION")).toMatchInlineSnapshot(`
      "vernier VERSION: tunes anything with knobs.

      Usage
        vernier COMMAND [flags]

      Tune
        init        Write a study to begin with: TypeScript, a command line or Python.
        run         Run a study: from a study file, or from one line with no file at
                    all.
        check       Check a study file without running it.

      Look
        best        Show the best trial, or the front of several objectives.
        trials      List trials as a table; filter them with an expression.
        show        Show everything about one trial.
        watch       Watch a study that other processes run.
        report      Write a study as one HTML file to look at and to pass on.
        space       Show a study's space, or write it as TypeScript, YAML or JSON.
        studies     List the studies of a storage.

      Steer
        ask         Ask for the next trial and print its parameters.
        tell        Tell the result of a trial that you asked for.
        queue       Add first guesses: configurations to try next.

      Delete
        rm          Delete a study or some of its trials, undoably.
        undo        Bring back what \`vernier rm\` deleted.
        purge       Remove a deleted study for good.

      Exchange and keep
        export      Write a study to a file: JSON Lines, CSV, Parquet or Optuna's
                    formats.
        import      Make a study of a file or of studies elsewhere; copy and merge
                    studies.
        backup      Copy a storage while it is in use.
        restore     Make a storage of a backup again.
        convert     Make a study file of another tool's search space.

      Set up
        completion  Print a script that completes commands, flags and study names.
        doctor      Check that this machine has what Vernier needs.

      Start here
        Tune any program; {lr} is replaced in each trial, loss read from its output:
          vernier run --space 'lr=float(1e-5,1e-1,log)' --minimize loss \\
            -- python train.py --lr {lr}
        Tune from a study file:
          vernier run study.ts

      \`vernier COMMAND --help\` tells more; every command takes --json.
      "
    `);
  });
  it("stands in 80 columns on every page, and the list says what each page says", async () => {
    for (const [name, { about, load }] of Object.entries(COMMANDS)) {
      const { code, stdout } = await run(name, "--help");
      expect(code).toBe(0);
      expect((await load()).about).toBe(about);
      expect((await load()).name).toBe(name);
      for (const line of stdout.split("\n")) expect(widthOf(line), line).toBeLessThanOrEqual(80);
      expect(stdout).toMatchSnapshot(name);
    }
  });
  it("comes with `help COMMAND` too, and a bare `vernier` is wrong usage", async () => {
    expect((await run("help", "best")).stdout).toBe((await run("best", "--help")).stdout);
    expect((await run()).code).toBe(2);
    expect((await run("--version")).stdout).toBe(`${version()}\n`);
  });
});

describe("wrong usage", () => {
  it("names the nearest command", async () => {
    const { code, stderr, stdout } = await run("bset");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatchInlineSnapshot(`
      "error E_CLI_COMMAND: there is no command "bset". Did you mean "best"? The commands are init, run, check, best, trials, show, watch, report, space, studies, ask, tell, queue, rm, undo, purge, export, import, backup, restore, convert, completion, doctor; see \`vernier --help\`.
      "
    `);
    expect((await run("study.ts")).stderr).toMatchInlineSnapshot(`
      "error E_CLI_COMMAND: there is no command "study.ts". A study file is run by: vernier run study.ts
      "
    `);
  });
  it("names the nearest flag, and is a JSON document with --json", async () => {
    const { code, stdout, stderr } = await run("best", "--jsn", "--json");
    expect(code).toBe(2);
    expect(stderr).toMatchInlineSnapshot(`
      "error E_CLI_FLAG: \`vernier best\` has no flag --jsn. Did you mean "--json"? See \`vernier best --help\`; flags of your own program go after \`--\`.
      "
    `);
    expect(JSON.parse(stdout)).toMatchObject({ vernier: 1, command: "best", error: { code: "E_CLI_FLAG" } });
  });
});

describe("a run that cannot be", () => {
  const LINE = ["run", "--space", "x=float(0,10) kind=choice(a,b)", "--minimize", "loss"];
  const PROG = ["--", "node", "prog.mjs", "{x}"];
  it.each([
    ["an unknown flag", [...LINE, "--trails", "3", ...PROG], 'no flag --trails. Did you mean "--trials"?'],
    ["no number", [...LINE, "--trials", "three", ...PROG], '--trials is "three"'],
    ["no trials", [...LINE, "--trials", "0", ...PROG], "a whole number of at least 1"],
    ["no duration", [...LINE, "--timeout", "10 minutes", ...PROG], "E_DURATION"],
    ["an unknown sampler", [...LINE, "--sampler", "tpee", ...PROG], 'Did you mean "tpe"?'],
    ["an unknown scheduler", [...LINE, "--scheduler", "medain", ...PROG], 'Did you mean "median"?'],
    ["no program", LINE, "no program to run"],
    ["an empty program", [...LINE, "--"], "no program to run"],
    ["no objective", ["run", "--space", "x=float(0,1)", ...PROG], "there is no objective"],
    ["an objective twice", [...LINE, "--maximize", "loss", ...PROG], "given twice"],
    ["a space upside down", ["run", "--space", "x=float(1,0)", "--minimize", "loss", ...PROG], "E_SPACE_RANGE"],
    [
      "a space that does not parse",
      ["run", "--space", "x=flaot(1,0)", "--minimize", "loss", ...PROG],
      'Did you mean "float"?',
    ],
    ["an empty space", ["run", "--space", "", "--minimize", "loss", ...PROG], "--space is empty"],
    ["nothing at all", ["run"], "there is no study"],
    ["a bad bound", [...LINE, "--constraint", "memory<512", ...PROG], "memory<=512"],
    ["a value for --env", [...LINE, "--env", "KEY=secret", ...PROG], "names of variables, not values"],
    ["many words for a shell", [...LINE, "--shell", ...PROG], "one line in quotes"],
    ["no such file", ["run", "missing.ts"], "E_STUDY_FILE_MISSING"],
    ["no such trial number", ["show", "first"], "no trial number"],
    ["no name for a new study", ["ask", "--space", "x=float(0,1)", "--minimize", "loss"], "--name NAME"],
  ])("says so: %s", async (_, argv, text) => {
    const { code, stdout, stderr } = await run(...argv);
    expect(stderr).toContain(text);
    expect(stderr).not.toContain("secret");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe("errors", () => {
  const report = (error: unknown, debug = false, json = false): { code: number; stderr: string; stdout: string } => {
    const io = fakeIo({ env: debug ? { VERNIER_DEBUG: "1" } : {} });
    const code = reportError(error, io, { command: "run", json, version: "1.2.3" });
    return { code, stderr: io.stderr(), stdout: io.stdout() };
  };
  it("shows ours without a stack", () => {
    const error = new VernierError("E_DEMO", "the fact. The rule. The next step.", {
      cause: new Error("deep"),
      details: { at: 3 },
    });
    expect(report(error)).toEqual({
      code: 2,
      stdout: "",
      stderr: "error E_DEMO: the fact. The rule. The next step.\n",
    });
    expect(report(error, true).stderr).toContain("caused by Error: deep");
    expect(JSON.parse(report(error, false, true).stdout)).toEqual({
      vernier: 1,
      command: "run",
      error: { code: "E_DEMO", message: "the fact. The rule. The next step.", details: { at: 3 } },
    });
  });
  it("breaks at words on a terminal, the code counted", () => {
    const io = fakeIo({ live: true, columns: () => 40 });
    reportError(new VernierError("E_DEMO", "a fact of some length, then a rule, then the next step to take."), io, {
      command: "run",
      json: false,
      version: "1",
    });
    expect(io.stderr()).toBe("error E_DEMO: a fact of some length,\nthen a rule, then the next step to\ntake.\n");
  });
  it("knows an error of another copy of the library", () => {
    const error = Object.assign(new Error("m"), { name: "VernierError", code: "E_X" });
    expect(report(error).code).toBe(2);
  });
  it("calls anything else a bug and says how to report it", () => {
    const { code, stderr } = report(new TypeError("x is undefined"));
    expect(code).toBe(1);
    expect(stderr).toMatchInlineSnapshot(`
      "error E_BUG: x is undefined
      This is a bug in vernier 1.2.3, not in what you did. What is stored is safe.
      Run the same line with VERNIER_DEBUG=1 to see where; that output is what whoever maintains vernier needs.
      "
    `);
    expect(report(new TypeError("x"), true).stderr).toContain("program.test.ts");
  });
});
