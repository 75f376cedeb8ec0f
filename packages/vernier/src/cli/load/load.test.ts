import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkStudy } from "./check.ts";
import { parseData } from "./data.ts";
import { defaultName, loadStudyFile } from "./file.ts";
import { wholeFile } from "./place.ts";
import { nameOf, parseConstraints } from "./line.ts";
import { resultFromText } from "./read-command.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "vernier-load-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The error that a study file of this text gives. */
const fault = async (name: string, text: string): Promise<string> => {
  writeFileSync(join(dir, name), text);
  return loadStudyFile(name, dir).then(
    () => "no error",
    (error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
  );
};

const YAML = `
name: demo
space:
  lr: float(1e-5, 1e-1, log)
  act: choice(relu, gelu)
objectives: { loss: minimize, accuracy: { direction: maximize, target: 0.9 } }
constraints: { memory: { max: 512 } }
sampler: { name: random }
seed: 7
run: { trials: 30, timeout: 10m, retries: 1 }
command: [python, train.py, --lr, "{lr}", --epochs, 10]
`;

describe("a study in YAML", () => {
  it("is read whole", async () => {
    writeFileSync(join(dir, "good.yaml"), YAML);
    const { sampler, ...study } = await loadStudyFile("good.yaml", dir);
    expect(sampler?.name).toBe("random");
    expect(study).toMatchInlineSnapshot(`
      {
        "constraints": {
          "memory": {
            "max": 512,
          },
        },
        "final": undefined,
        "from": "good.yaml",
        "name": "demo",
        "objectives": {
          "accuracy": {
            "direction": "maximize",
            "target": 0.9,
          },
          "loss": {
            "direction": "minimize",
          },
        },
        "queue": [],
        "run": {
          "retries": 1,
          "timeout": 600000,
          "trials": 30,
        },
        "scheduler": undefined,
        "seed": 7,
        "space": {
          "shape": {
            "act": {
              "choices": [
                "relu",
                "gelu",
              ],
              "type": "choice",
            },
            "lr": {
              "high": 0.1,
              "low": 0.00001,
              "scale": "log",
              "type": "float",
            },
          },
          "version": 1,
        },
        "storage": undefined,
        "work": {
          "command": {
            "argv": [
              "python",
              "train.py",
              "--lr",
              "{lr}",
              "--epochs",
              "10",
            ],
          },
          "kind": "command",
        },
      }
    `);
  });
  it("is the same in JSON, with the space in its JSON form", async () => {
    const { value } = parseData("good.yaml", YAML);
    const shape = {
      lr: { type: "float", low: 1e-5, high: 0.1, scale: "log" },
      act: { type: "choice", choices: ["relu", "gelu"] },
    };
    writeFileSync(
      join(dir, "good.json"),
      JSON.stringify({ ...(value as object), space: { version: 1, shape } }, null, "\t"),
    );
    const [a, b] = await Promise.all([loadStudyFile("good.yaml", dir), loadStudyFile("good.json", dir)]);
    expect(b).toEqual({ ...a, from: "good.json", sampler: expect.anything() });
  });
  it("may spell its space as one text and its command with options", async () => {
    writeFileSync(
      join(dir, "text.yaml"),
      'space: "lr=float(0,1)"\nobjectives: {loss: minimize}\ncommand: {argv: [./a, "{lr}"], result: {file: "out.json"}, env: [HF_TOKEN]}\n',
    );
    const { name, work } = await loadStudyFile("text.yaml", dir);
    expect(name).toBe("text");
    expect(work).toEqual({
      kind: "command",
      command: { argv: ["./a", "{lr}"], result: { file: "out.json" }, env: { inherit: ["HF_TOKEN"] } },
    });
  });
});

describe("a bad study file says where and what", () => {
  const good = {
    space: "space:\n  lr: float(0,1)\n",
    objectives: "objectives: {loss: minimize}\n",
    command: "command: [true]\n",
  };
  const rest = good.objectives + good.command;

  it("when it is no file", async () => {
    const failed = (name: string): Promise<string> =>
      loadStudyFile(name, dir).then(
        () => "no error",
        (error: Error) => error.message.replace(dir, "DIR"),
      );
    expect(await failed("missing.yaml")).toMatchInlineSnapshot(
      `"there is no study file "missing.yaml". Correct the path, or write the study as one line: vernier run --help"`,
    );
    expect(await failed(".")).toMatchInlineSnapshot(`""." is a directory. Name a study file in it."`);
    expect(await fault("train.py", "")).toMatchInlineSnapshot(
      `"E_STUDY_FILE_KIND: "train.py" is no kind of study file. Study files end in .ts, .mts, .js, .mjs, .yaml, .yml, .json; to tune a program write it after \`--\`: vernier run --space ... --minimize loss -- python train.py --lr {lr}"`,
    );
  });
  it("when its syntax is wrong", async () => {
    expect(await fault("a.yaml", "space:\n  lr: [1, 2\nname: x\n")).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_SYNTAX: a.yaml:3:1: this is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]. Mend the line and run again.
        3 | name: x
          | ^"
    `,
    );
    expect(await fault("a.yaml", "name: a\nname: b\n")).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_SYNTAX: a.yaml:2:1: this is not valid YAML: this key stands twice in one record. Mend the line and run again.
        2 | name: b
          | ^"
    `,
    );
    expect(await fault("a.yaml", "name: *unknown\n")).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_YAML: a.yaml:1:7: there is no anchor &unknown before this alias. Name an anchor that stands above.
        1 | name: *unknown
          |       ^"
    `,
    );
    expect(await fault("a.json", '{\n  "name": "x",\n}')).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_SYNTAX: a.json:3:1: this is not valid JSON: Expected double-quoted property name. Mend the line and run again.
        3 | }
          | ^"
    `,
    );
    expect(await fault("a.json", '{\n  "name": "x"')).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_SYNTAX: a.json:2:14: this is not valid JSON: Expected ',' or '}' after property value. Mend the line and run again.
        2 |   "name": "x"
          |              ^"
    `,
    );
    expect(await fault("a.yaml", "just text")).toMatchInlineSnapshot(
      `"E_STUDY_FILE_EXPORT: a.yaml holds no study. It needs the keys space, objectives and command."`,
    );
  });
  it("when a key is misspelt", async () => {
    expect(await fault("a.yaml", `spcae: x\n${rest}`)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_KEY: a.yaml:1:1: a study has no key "spcae". Did you mean "space"? Its keys are $schema, name, space, where, objectives, constraints, sampler, scheduler, storage, seed, run, queue, command, executor, objective, final.
        1 | spcae: x
          | ^"
    `,
    );
    expect(await fault("a.yaml", `${good.space}${rest}run:\n  trails: 3\n`)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_KEY: a.yaml:6:3: run has no key "trails". Did you mean "trials"? Its keys are trials, concurrency, slots, needs, timeout, trialTimeout, retries, patience, stopAtTarget, maxConsecutiveFailures, grace.
        6 |   trails: 3
          |   ^"
    `,
    );
    expect(await fault("a.yaml", `${good.space}${rest}constraints:\n  memory: {maximum: 3}\n`)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_KEY: a.yaml:6:12: constraints.memory has no key "maximum". Its keys are min, max.
        6 |   memory: {maximum: 3}
          |            ^"
    `,
    );
  });
  it("when something is missing", async () => {
    expect(await fault("a.yaml", rest)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_VALUE: a.yaml:1:1: the study has no space. Write it as text, space: "lr=float(1e-5,1e-1,log) act=choice(relu,gelu)", or with a key a parameter, space: { lr: "float(1e-5,1e-1,log)" }.
        1 | objectives: {loss: minimize}
          | ^"
    `,
    );
    expect(await fault("a.yaml", good.space + good.command)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_VALUE: a.yaml:1:1: the study has no objectives. Name each objective with its direction: objectives: { loss: minimize }.
        1 | space:
          | ^"
    `,
    );
    expect(await fault("a.yaml", good.space + good.objectives)).toMatchInlineSnapshot(
      `"E_STUDY_FILE_OBJECTIVE: a.yaml: the study says what to tune but not how to evaluate a trial. Add command: [python, train.py, --lr, "{lr}"]."`,
    );
    expect(await fault("a.yaml", `${good.space}${rest}objective: loss\n`)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_OBJECTIVE: a.yaml:4:1: the study has both an objective and a command. One of them evaluates a trial: remove the other.
        4 | command: [true]
          | ^"
    `,
    );
  });
  it("when a value is wrong", async () => {
    expect(await fault("a.yaml", `${rest}space:\n  ok: int(1,3)\n  lr: float(1,0)\n`)).toMatchInlineSnapshot(`
      "E_SPACE_RANGE: a.yaml:5:7: float "lr" needs low < high; got low=1, high=0. Swap them.
        5 |   lr: float(1,0)
          |       ^"
    `);
    expect(await fault("a.yaml", `${rest}space: {lr: float(0,1)}\n`)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_VALUE: a.yaml:3:13: space.lr ends at "float(0", because within { } YAML splits at every comma. Quote it, lr: "float(0, 1)", or write one parameter a line.
        3 | space: {lr: float(0,1)}
          |             ^"
    `,
    );
    expect(await fault("a.yaml", `${rest}space:\n  lr: 3\n`)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_VALUE: a.yaml:4:7: space.lr is 3. A parameter is a text such as float(0, 1), or a record with its type. For a constant write fixed(3).
        4 |   lr: 3
          |       ^"
    `,
    );
    expect(await fault("a.yaml", `${good.space}${good.command}objectives: {loss: min}\n`)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_VALUE: a.yaml:4:20: objectives.loss is "min". A direction is "minimize" or "maximize".
        4 | objectives: {loss: min}
          |                    ^"
    `,
    );
    expect(await fault("a.yaml", `${good.space}${rest}run: {timeout: 10 minutes}\n`)).toMatchInlineSnapshot(
      `
      "E_DURATION: a.yaml:5:16: run.timeout is "10 minutes". A duration is a positive number of milliseconds, or a text such as "90s", "10m" or "2h". Leave it out for no limit.
        5 | run: {timeout: 10 minutes}
          |                ^"
    `,
    );
    expect(await fault("a.yaml", `${good.space}${rest}run: {trials: 0}\n`)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_VALUE: a.yaml:5:15: run.trials is 0. It must be a whole number of at least 1.
        5 | run: {trials: 0}
          |               ^"
    `,
    );
    expect(await fault("a.yaml", `${good.space}${rest}seed: -1\n`)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_VALUE: a.yaml:5:7: seed is -1. It must be a whole number of at least 0.
        5 | seed: -1
          |       ^"
    `,
    );
    expect(await fault("a.yaml", `${good.space}${rest}sampler: tpee\n`)).toMatchInlineSnapshot(
      `
      "E_SAMPLER_UNKNOWN: a.yaml:5:10: there is no sampler "tpee". Samplers are auto, cmaes, forest, gp, grid, nsga2, random, sobol, tpe. Did you mean "tpe"?
        5 | sampler: tpee
          |          ^"
    `,
    );
    expect(await fault("a.yaml", `${good.space}${good.objectives}command: [python, {lr}]\n`)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_VALUE: a.yaml:4:19: {lr} without quotes is a YAML record. Write it in quotes: "{lr}".
        4 | command: [python, {lr}]
          |                   ^"
    `,
    );
    expect(await fault("a.yaml", `${good.space}${good.objectives}command: python train.py\n`)).toMatchInlineSnapshot(
      `
      "E_STUDY_FILE_VALUE: a.yaml:4:10: command is "python train.py". A command is an array, the program first: command: [python, train.py, --lr, "{lr}"].
        4 | command: python train.py
          |          ^"
    `,
    );
  });
});

describe("what a program exports", () => {
  const place = wholeFile("study.ts");
  const check = (value: unknown): Promise<unknown> =>
    checkStudy(value, { file: "study.ts", place, data: false, name: "study" }).catch((error: Error) => error.message);
  const space = { version: 1 as const, shape: { lr: { type: "float" as const, low: 0, high: 1 } } };
  const objectives = { loss: "minimize" };

  it("keeps its functions", async () => {
    const objective = (): number => 1;
    const final = (): object => ({});
    expect(await check({ space, objectives, objective, final })).toMatchObject({
      work: { kind: "objective", objective },
      final,
    });
  });
  it("is refused with a sentence", async () => {
    expect(await check({ space, objectives })).toMatchInlineSnapshot(
      `"study.ts: the study says what to tune but not how to evaluate a trial. Add objective: async (params, trial) => ({ ... }), or command: [...]."`,
    );
    expect(await check({ space: space.shape, objectives })).toMatchInlineSnapshot(
      `
      "study.ts has 2 mistakes.

      study.ts: space is a record of parameters. Wrap it: space: space({ ... }).

      study.ts: the study says what to tune but not how to evaluate a trial. Add objective: async (params, trial) => ({ ... }), or command: [...]."
    `,
    );
    expect(await check({ space, objectives, objective: 3 })).toMatchInlineSnapshot(
      `"study.ts: objective is 3. It is a function: objective: async (params, trial) => ({ loss })."`,
    );
    expect(await check({ space, objectives, objective: () => 1, command: ["a"] })).toMatchInlineSnapshot(
      `"study.ts: the study has both an objective and a command. One of them evaluates a trial: remove the other."`,
    );
    expect(await check({ space, objectives, objective: () => 1, sampler: () => 1 })).toMatchInlineSnapshot(
      `"study.ts: sampler is a function. Call it: sampler: tpe()."`,
    );
  });
});

describe("the line without a file", () => {
  it("reads bounds", () => {
    expect(parseConstraints(["memory<=512", "acc >= 0.5", "acc<=0.9"])).toEqual({
      memory: { max: 512 },
      acc: { min: 0.5, max: 0.9 },
    });
    for (const bad of ["memory", "memory<512", "memory<=a", "<=3", "a<=1<=2"])
      expect(() => parseConstraints([bad])).toThrow("bounds a metric");
    expect(() => parseConstraints(["a<=1", "a<=2"])).toThrow("two upper bounds");
  });
  it("names the study after the script", () => {
    expect(nameOf(["python3", "src/train.py", "--lr", "{lr}"])).toBe("train");
    expect(nameOf(["./simulate", "{x}"])).toBe("simulate");
    expect(nameOf(["python", "-m", "pkg"])).toBe("python");
    expect(defaultName("/a/digits/study.ts")).toBe("digits");
    expect(defaultName("/a/mnist.study.yaml")).toBe("mnist");
  });
  it("reads how the result comes", () => {
    expect(["json", "file:out/{trial}.json", "loss is (\\S+)", "pattern:json"].map(resultFromText)).toEqual([
      "json",
      { file: "out/{trial}.json" },
      { pattern: "loss is (\\S+)" },
      { pattern: "json" },
    ]);
  });
});
