import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { SPACE_FORMATS } from "../../interop/spaces/index.ts";
import { fakeIo } from "../fixtures.ts";
import { program } from "../program.ts";
import { FORMATS } from "./convert.ts";

const folder = mkdtempSync(join(tmpdir(), "vernier-convert-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = async (...argv: string[]): Promise<{ code: number; out: string; err: string }> => {
  const io = fakeIo({ cwd: folder, env: { PATH: process.env["PATH"] } });
  const code = await program(argv, io);
  return { code, out: io.stdout(), err: io.stderr() };
};
const put = (name: string, text: string): string => (writeFileSync(join(folder, name), text), name);

const sweep = put(
  "sweep.yaml",
  `program: ${join(folder, "train.mjs")}
name: sweep
project: mine
method: random
metric: {name: loss, goal: minimize}
run_cap: 3
command: [node, "\${program}", "\${args}"]
parameters:
  lr: {distribution: log_uniform_values, min: 1.0e-4, max: 0.1}
  act: {values: [relu, null]}
`,
);
put("train.mjs", `const lr = Number(process.argv[2].slice(5)); console.log("loss: " + lr * 2);`);

test("a sweep becomes a study file that runs", async () => {
  const made = await run("convert", sweep, "--out", "study.yaml");
  expect(made).toEqual({
    code: 0,
    out: "study.yaml is written. Run it: vernier run study.yaml\n",
    err: "note project: it stays with W&B\n",
  });
  expect(readFileSync(join(folder, "study.yaml"), "utf8")).toBe(`# Converted from sweep.yaml (wandb) by vernier convert.
# - project: it stays with W&B

name: sweep
space:
  lr: float(1e-4, 0.1, log)
  act: choice(relu, null)
objectives:
  loss: minimize
sampler: random
run:
  trials: 3
command: [node, ${join(folder, "train.mjs")}, "--lr={lr}", "--act={act}"]
`);
  const ran = await run("run", "study.yaml", "--storage", "memory:", "--json");
  expect(ran.code, ran.err).toBe(0);
  expect(JSON.parse(ran.out)).toMatchObject({ study: { counts: { complete: 3 } } });
});

test("without --out it prints, and --json is one document", async () => {
  const printed = await run("convert", sweep);
  expect(printed.out).toBe(readFileSync(join(folder, "study.yaml"), "utf8"));
  const json = JSON.parse((await run("convert", sweep, "--json")).out) as object;
  expect(json).toMatchObject({ command: "convert", format: "wandb", out: null, study: { sampler: "random" } });
});

test("conditions, objectives and the program from the line, as JSON", async () => {
  const file = put(
    "space.json",
    JSON.stringify({
      hyperparameters: [
        { name: "opt", type: "categorical", choices: ["sgd", "adam"], default_value: "sgd", weights: null },
        { name: "momentum", type: "uniform_float", lower: 0, upper: 1, default_value: 0.5, log: false },
        { name: "layers", type: "uniform_int", lower: 1, upper: 3, default_value: 1, log: false },
      ],
      conditions: [{ type: "EQ", child: "momentum", parent: "opt", value: "sgd" }],
      forbiddens: [
        {
          type: "AND",
          clauses: [
            { type: "EQUALS", name: "opt", value: "adam" },
            { type: "EQUALS", name: "layers", value: 3 },
          ],
        },
      ],
    }),
  );
  const program = `console.log(JSON.stringify({ loss: 1, fast: 2, args: 0, given: process.argv.length }))`;
  const made = await run(
    ...["convert", file, "--out", "cs.json", "--minimize", "loss", "--maximize", "fast"],
    ...["--", "node", "-e", program.replace(/[{}]/g, "$&$&"), "--", "--m={momentum}"],
  );
  expect(made).toMatchObject({ code: 0, err: "" });
  expect(JSON.parse(readFileSync(join(folder, "cs.json"), "utf8"))).toMatchObject({
    space:
      "opt = choice(sgd, adam, default=sgd)\nmomentum = when('opt == \"sgd\"', float(0, 1, default=0.5))\nlayers = int(1, 3, default=1)\n" +
      `where('not (opt == "adam" and layers == 3)')\n`,
    objectives: { loss: "minimize", fast: "maximize" },
  });
  const ran = await run("run", "cs.json", "--storage", "memory:", "--trials", "2", "--json");
  expect(ran.code, ran.err + ran.out).toBe(0);
});

test("where the file names no metric and no program, both are written to be replaced, and said", async () => {
  const file = put("optuna.json", '{"x": {"type": "float", "low": 0, "high": 1}}');
  const { out, err } = await run("convert", file);
  expect(out).toContain('objectives:\n  loss: minimize\ncommand: [python, train.py, --x, "{x}"]\n');
  expect(err).toMatch(/note objectives: the file names none.*\nnote command: the file names no program/);
});

test.each([
  [["convert"], /E_CLI_USAGE: name one file to convert/],
  [["convert", "none.json"], /E_CONVERT_READ: "none.json" cannot be read \(there is no such file\)/],
  [["convert", sweep, "--out", "study.txt"], /--out is "study.txt"/],
  [["convert", sweep, "--out", sweep], /E_CONVERT_EXISTS: sweep.yaml exists already/],
  [["convert", sweep, "--from", "wandbb"], /there is no format "wandbb".*Did you mean "wandb"/],
  [["convert", sweep, "--from", "katib"], /E_CONVERT: sweep.yaml:1:1: spec\.parameters: it is undefined/],
])("refuses, case %$", async (argv, message) => {
  const before = readdirSync(folder);
  const { code, err } = await run(...argv);
  expect(err).toMatch(message);
  expect(code).toBe(2);
  expect(readdirSync(folder)).toEqual(before);
});

test("help names every format", () => {
  expect(FORMATS).toEqual(SPACE_FORMATS);
});
