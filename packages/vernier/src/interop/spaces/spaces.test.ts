/** Searches of other tools. recorded/ holds what ConfigSpace 1.2 and Hyperopt 0.3 printed; the others are written by hand. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile, describe as describeSpace, type Params, type Space } from "../../space/index.ts";
import { SPACE_FORMATS, spaceFrom, type ForeignSpace, type SpaceFormat } from "./index.ts";

const recorded = (name: string): string => readFileSync(join(import.meta.dirname, "recorded", name), "utf8");
const lines = ({ space }: ForeignSpace): readonly string[] => describeSpace(space);
const read = (text: string, file = "f"): Promise<ForeignSpace & { format: SpaceFormat }> =>
  spaceFrom("auto", text, { file });

describe("ConfigSpace", () => {
  test("what 1.2 writes", async () => {
    const found = await read(recorded("configspace-1.2.json"));
    expect(found).toMatchObject({ format: "configspace", name: "demo" });
    expect(lines(found)).toEqual([
      "b = float(0, 1, prior=[0.4, 0.2], default=0.3333333333333)",
      "epochs = fixed(3)",
      "layers = int(1, 8, default=4)",
      "lr = float(1e-5, 0.1, log, default=0.001)",
      "noise = float(0, 2, prior=[1, 0.25], default=1)",
      "optimizer = choice(sgd, adam, default=adam, prior=[1, 3])",
      "size = ordinal(s, m, l, default=m)",
      "width = int(8, 512, log, default=64)",
      `beta = when('optimizer in ["adam"] and layers > 2', float(0.8, 0.999, default=0.8995))`,
      `momentum = when('optimizer == "sgd"', float(0, 0.99, default=0.495))`,
      `where('not (size == "l" and layers in [7, 8])')`,
      'where("not (layers > width)")',
    ]);
    expect(found.notes).toEqual(["hyperparameters[0]: its beta prior is a normal of the same mean and spread here"]);
  });

  test("what ConfigSpace draws is allowed here, and what it forbids is not", async () => {
    const codec = compile((await read(recorded("configspace-1.2.json"))).space as Space<Params>);
    const drawn = JSON.parse(recorded("configspace-1.2-samples.json")) as Params[];
    for (const params of drawn) {
      expect(codec.check(params)).toEqual([]);
      expect(codec.feasible(params)).toBe(true);
    }
    expect(codec.feasible({ ...drawn[0], size: "l", layers: 8, width: 100 })).toBe(false);
  });

  test("what 0.6 wrote: q, chained conditions, relations by name", async () => {
    const text = JSON.stringify({
      hyperparameters: [
        { name: "clf:type", type: "categorical", choices: ["svm", "tree"], default: "svm", probabilities: [0.5, 0.5] },
        { name: "kernel", type: "categorical", choices: ["rbf", "poly"], default: "rbf", weights: null },
        { name: "degree", type: "uniform_int", log: false, lower: 2, upper: 5, default: 3, q: null },
        { name: "c", type: "uniform_float", log: false, lower: 0, upper: 1, default: 0.5, q: 0.3 },
        { name: "size", type: "ordinal", sequence: ["s", "m", "l"], default: "s" },
        { name: "extra", type: "normal_float", log: false, mu: 0, sigma: 1, default: 0 },
        { name: "on", type: "unparametrized", value: "yes" },
      ],
      conditions: [
        { child: "kernel", parent: "clf:type", type: "EQ", value: "svm" },
        { child: "degree", parent: "kernel", type: "EQ", value: "poly" },
        {
          child: "extra",
          type: "OR",
          conditions: [
            { child: "extra", parent: "size", type: "GT", value: "s" },
            { child: "extra", parent: "c", type: "LT", value: 0.5 },
          ],
        },
      ],
      forbiddens: [
        { type: "RELATION", left: "c", right: "degree", lambda: "LESS" },
        { type: "IN", name: "size", values: ["m", "l"] },
      ],
      json_format_version: 0.2,
    });
    const found = await read(text);
    expect(lines(found)).toEqual([
      "clf:type = choice(svm, tree, default=svm)",
      "kernel = when('`clf:type` == \"svm\"', choice(rbf, poly, default=rbf))",
      'degree = when(\'`clf:type` == "svm" and kernel == "poly"\', int(2, 5, default=3))',
      "c = float(0, 0.9, step=0.3)",
      "size = ordinal(s, m, l, default=s)",
      `extra = when('size in ["m", "l"] or c < 0.5', float(-4, 4, prior=[0, 0.125]))`,
      'on = fixed("yes")',
      'where("not (c < degree)")',
      `where('not (size in ["m", "l"])')`,
    ]);
    expect(found.notes.join("\n")).toMatch(
      /hyperparameters\[3\]: its highest value is 0.9: 1 is no whole.*\nhyperparameters\[3\]: its default 0.5 is left out.*\nhyperparameters\[5\]: a normal has no ends/,
    );
  });

  test.each([
    [
      { hyperparameters: [{ name: "a", type: "gamma_float" }] },
      /hyperparameters\[0\]\.type: there is no hyperparameter type "gamma_float"/,
    ],
    [{ hyperparameters: [], format_version: 9 }, /format_version: the format is version 9/],
    [{ hyperparameters: [{ name: "a", type: "constant", value: 1 }] }, /there is no parameter to tune/],
    [
      { hyperparameters: [{ name: "a", type: "uniform_float", lower: 1, upper: "2" }] },
      /hyperparameters\[0\]\.upper: it is "2"\. It is a finite number/,
    ],
    [
      {
        hyperparameters: [{ name: "a", type: "uniform_int", lower: 1, upper: 2 }],
        conditions: [{ type: "EQ", child: "a", parent: "b", value: 1 }],
      },
      /conditions\[0\]\.parent: there is no hyperparameter "b"/,
    ],
    [
      {
        hyperparameters: [{ name: "a", type: "uniform_int", lower: 1, upper: 2 }],
        forbiddens: [{ type: "MAYBE", name: "a", value: 1 }],
      },
      /forbiddens\[0\]\.type: there is no condition "MAYBE"/,
    ],
  ])("refuses, case %$", async (json, message) => {
    await expect(read(JSON.stringify(json))).rejects.toThrow(message);
  });
});

describe("W&B", () => {
  const sweep = (parameters: string, rest = ""): string =>
    `method: bayes\nparameters:\n${parameters.replace(/^/gm, "  ")}\n${rest}`;

  test("every distribution", async () => {
    const found = await read(
      sweep(`a: {value: 3}
b: {values: [relu, null, true, 2]}
c: {values: [x, y], probabilities: [0.25, 0.75]}
d: {min: 1, max: 6}
e: {min: 0.0, max: 0.5}
f: {distribution: q_uniform, min: 8, max: 250, q: 16}
g: {distribution: q_uniform, min: 0, max: 1, q: 0.25}
h: {distribution: log_uniform, min: -5, max: -1}
i: {distribution: log_uniform_values, min: 1.0e-5, max: 0.1}
j: {distribution: inv_log_uniform, min: 1, max: 2}
k: {distribution: inv_log_uniform_values, min: 0.1, max: 1}
l: {distribution: q_log_uniform_values, min: 16, max: 256, q: 8}
m: {distribution: normal, mu: 1, sigma: 2}
n: {distribution: log_normal, mu: 0, sigma: 1}
o: {distribution: q_normal, mu: 10, sigma: 2, q: 1}
p: {distribution: beta, a: 2, b: 2}
q: {distribution: constant, value: [1, 2]}
r: {distribution: int_uniform, min: 3, max: 3}
s: {parameters: {t: {min: 0, max: 1}, u: {parameters: {v: {min: 0, max: 2}}}}}`),
    );
    expect(lines(found)).toEqual([
      "a = fixed(3)",
      "b = choice(relu, null, true, 2)",
      "c = choice(x, y, prior=[0.25, 0.75])",
      "d = int(1, 6)",
      "e = float(0, 0.5)",
      "f = int(16, 256, step=16)",
      "g = float(0, 1, step=0.25)",
      "h = float(0.00673795, 0.367879, log)",
      "i = float(1e-5, 0.1, log)",
      "j = float(0.135335, 0.367879, log)",
      "k = float(0.1, 1, log)",
      "l = int(16, 256, log, step=8)",
      "m = float(-7, 9, prior=[1, 0.125])",
      "n = float(0.0183156, 54.5982, log, prior=[1, 0.125])",
      "o = float(2, 18, prior=[10, 0.125], step=1)",
      "p = float(0, 1, prior=[0.5, 0.22360679774997896])",
      "q = fixed([1,2])",
      "r = fixed(3)",
      "s.t = int(0, 1)",
      "s.u.v = int(0, 2)",
    ]);
  });

  test("metric, method, program and the rest", async () => {
    const found = await read(
      sweep(
        "lr: {min: 0.0, max: 1.0}\nnet: {parameters: {depth: {min: 1, max: 3}}}",
        `program: train.py
name: first
project: mine
run_cap: 7
metric: {name: val.loss, goal: maximize, target: 0.9}
early_terminate: {type: hyperband}
mystery: 1
command: ["\${env}", "\${interpreter}", "\${program}", fast, "--set={}", "\${args_no_hyphens}", "\${args_json_file}"]`,
      ),
    );
    expect(found).toMatchObject({
      format: "wandb",
      name: "first",
      trials: 7,
      objectives: { "val.loss": { direction: "maximize", target: 0.9 } },
      command: ["python", "train.py", "fast", "--set={{}}", "lr={lr}", "net.depth={net.depth}", "{params}"],
      notes: [
        "project: it stays with W&B",
        "mystery: it is not known and left out",
        'early_terminate: it is not converted: add scheduler: "median" for early stopping',
        "parameters: nested parameters reach the program one by one here: --group.name=value",
      ],
    });
    expect(found.sampler).toBeUndefined();
  });

  test("the usual command, where only the program is named; grid and random", async () => {
    const found = await read("program: t.py\nmethod: grid\nparameters: {x: {values: [1, 2]}}");
    expect(found).toMatchObject({ sampler: "grid", command: ["python", "t.py", "--x={x}"] });
  });

  test.each([
    [sweep("x: {distribution: cauchy}"), /^f:3:7: parameters\.x\.distribution: there is no distribution "cauchy"/],
    [sweep("x: {distribution: log_unifrm}"), /Did you mean "log_uniform"\?/],
    [sweep("x: {min: 1}"), /^f:3:3: parameters\.x\.max: it is missing/],
    [sweep("x: {min: 2, max: 1}"), /^f:3:3: parameters\.x: its range is 2 to 1/],
    [sweep("x: 3"), /^f:3:3: parameters\.x: it is 3/],
    [sweep("x: {values: [a, b], probabilities: [1]}"), /it has 2 values and 1 weights/],
    [sweep("x: {min: 0, max: 1}", "metric: {name: a, goal: small}"), /^f:4:19: metric\.goal: it is "small"/],
    [
      sweep("x: {min: 0, max: 1}", 'command: ["${args_json}"]'),
      /^f:4:11: command\[0\]: there is no argument with all parameters/,
    ],
    ["method: anneal\nparameters: {x: {min: 0, max: 1}}", /^f:1:1: method: there is no method "anneal"/],
  ])("refuses, case %$", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});

describe("Katib", () => {
  const experiment = (parameters: string, rest = ""): string =>
    `apiVersion: kubeflow.org/v1beta1\nkind: Experiment\nmetadata: {name: tune}\nspec:\n${rest}  parameters:\n${parameters.replace(/^/gm, "    ")}\n`;

  test("parameters, objective, algorithm", async () => {
    const found = await read(
      experiment(
        `- {name: lr, parameterType: double, feasibleSpace: {min: "0.01", max: "0.05", distribution: logUniform}}
- {name: --layers, parameterType: int, feasibleSpace: {min: "1", max: "64", step: "2"}}
- {name: opt, parameterType: categorical, feasibleSpace: {list: [sgd, adam]}}
- {name: d, parameterType: discrete, feasibleSpace: {list: ["32", "8"]}}
- {name: n, parameterType: double, feasibleSpace: {min: "0", max: "6", distribution: normal}}`,
        `  objective: {type: maximize, goal: 0.99, objectiveMetricName: accuracy, additionalMetricNames: [loss]}
  algorithm: {algorithmName: tpe}
  parallelTrialCount: 3
  maxTrialCount: 12
  trialTemplate: {a: 1}
`,
      ),
    );
    expect(lines(found)).toEqual([
      "lr = float(0.01, 0.05, log)",
      "--layers = int(1, 63, step=2)",
      "opt = choice(sgd, adam)",
      "d = ordinal(8, 32)",
      "n = float(0, 6, prior=[3, 0.16666666666666666])",
    ]);
    expect(found).toMatchObject({
      format: "katib",
      name: "tune",
      objectives: { accuracy: { direction: "maximize", target: 0.99 } },
      sampler: "tpe",
      trials: 12,
      concurrency: 3,
      notes: [
        "spec.parameters[1]: its highest value is 63: 64 is no whole number of steps away",
        "spec.trialTemplate: it is not converted: name the program that a trial runs",
        "spec.objective.additionalMetricNames: they need no mention here: every metric that a program prints is kept",
      ],
    });
  });

  test.each([
    [experiment("- {name: a, parameterType: string}"), /^f:6:17: spec\.parameters\[0\]\.parameterType: it is "string"/],
    [
      experiment('- {name: a, parameterType: double, feasibleSpace: {min: "x", max: "1"}}'),
      /^f:6:56: spec\.parameters\[0\]\.feasibleSpace\.min: it is "x"/,
    ],
    [experiment("- {parameterType: int}"), /spec\.parameters\[0\]\.name: it is undefined\. It is a text/],
  ])("refuses, case %$", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});

describe("Hyperopt", () => {
  test("what 0.3 prints", async () => {
    const found = await read(recorded("hyperopt-0.3.0.json"));
    expect(found.format).toBe("hyperopt");
    expect(lines(found)).toEqual([
      "epochs = fixed(3)",
      "k.item_0 = float(0.0183156, 54.5982, log, prior=[1, 0.125])",
      "k.item_1 = int(1, 20, log)",
      "k.item_2 = float(2, 18, prior=[10, 0.125], step=1)",
      "lr = float(0.00673795, 1, log)",
      "n = int(1, 5)",
      'net = oneOf(option_0(depth=fixed(1), width=int(8, 64, step=8)), option_1(value=fixed("none")))',
      "opt = oneOf(sgd(m=float(0, 1)), adam(b=float(-4, 4, prior=[0, 0.125])), tag=type)",
      "p = choice(a, b, prior=[0.2, 0.8])",
      "r = int(0, 4)",
      "r2 = int(2, 4)",
    ]);
    expect(found.notes).toContain('kwargs.net: its options are told apart by "kind": option_0, option_1');
  });

  const literal = (value: unknown): object => ({ literal: value });
  const apply = (name: string, ...args: object[]): object => ({ name, args, kwargs: {} });
  test.each([
    [apply("add", literal(1), literal(2)), /the expression "add" has no counterpart/],
    [apply("float", apply("mul", literal(1), literal(2))), /args\[0\]: the expression "mul" has no counterpart/],
    [
      apply("float", apply("hyperopt_param", literal("x"), apply("gamma", literal(1)))),
      /the distribution "gamma" has no counterpart/,
    ],
    [apply("float", apply("hyperopt_param", literal("x"), apply("uniform", literal(0)))), /it has no high/],
    [
      apply("float", apply("hyperopt_param", literal("x"), apply("uniform", apply("f"), literal(1)))),
      /its low is an expression/,
    ],
    [{ name: "dict", args: [], kwargs: { a: {} } }, /kwargs\.a\.name: it is undefined/],
    [{ literal: 3 }, /there is no parameter to tune/],
  ])("refuses, case %$", async (json, message) => {
    await expect(read(JSON.stringify(json))).rejects.toThrow(message);
  });

  test("one expression alone, and a label at two places", async () => {
    const x = apply("float", apply("hyperopt_param", literal("x"), apply("uniform", literal(0), literal(1))));
    expect(lines(await read(JSON.stringify(x)))).toEqual(["value = float(0, 1)"]);
    const twice = await read(JSON.stringify({ name: "dict", args: [], kwargs: { a: x, b: x } }));
    expect(lines(twice)).toEqual(["a = float(0, 1)", "b = float(0, 1)"]);
    expect(twice.notes).toEqual(['the label "x" stands at two places: they are two parameters here']);
  });
});

describe("Optuna's distributions", () => {
  test("texts, objects, the short form, and names that are paths", async () => {
    const found = await read(
      `{"x.y": "{\\"name\\": \\"FloatDistribution\\", \\"attributes\\": {\\"step\\": null, \\"low\\": 0.0, \\"high\\": 1.0, \\"log\\": false}}",
        "n": {"name": "IntLogUniformDistribution", "attributes": {"step": 1, "low": 1, "high": 8}},
        "c": {"type": "categorical", "choices": [1, 1.0, NaN, "a", null]}, "q": {"type": "float", "low": 0, "high": 1, "step": 0.3}}`,
    );
    expect(found.format).toBe("optuna");
    expect(lines(found)).toEqual([
      "x_y = float(0, 1)",
      "n = int(1, 8, log)",
      'c = choice(1, "1 (2)", NaN, a, null)',
      "q = float(0, 0.9, step=0.3)",
    ]);
    expect(found.notes).toEqual([
      'the name "x.y" is "x_y" here',
      "q: its highest value is 0.9: 1 is no whole number of steps away",
    ]);
    await expect(read('{"x": {"type": "float", "low": 2, "high": 1}}')).rejects.toThrow(
      /x: float needs finite low <= high/,
    );
  });
});

describe("hostile and unknown files", () => {
  test("a bomb of aliases", async () => {
    const bomb = [
      "a: &a [x, x, x, x, x, x, x, x, x]",
      ..."bcdefgh".split("").map((n, i) => `${n}: &${n} [${`*${"abcdefgh"[i]}, `.repeat(8)}*${"abcdefgh"[i]}]`),
    ];
    await expect(read(`method: grid\n${bomb.join("\n")}\nparameters: {x: {values: *h}}`)).rejects.toThrow(
      /cannot be read: .*alias/,
    );
  });
  test("shared anchors are fine", async () => {
    const found = await read("method: grid\nparameters:\n  a: &r {min: 0, max: 3}\n  b: *r");
    expect(lines(found)).toEqual(["a = int(0, 3)", "b = int(0, 3)"]);
  });
  test.each([
    ["method: grid\nparameters: [", /^f:2:\d+ is not valid YAML/],
    ['{"hyperparameters": [}', /^f:1:22 is not valid JSON: /],
    ['{\n "hyperparameters": \n [1, nul]}', /^f:3:6 is not valid JSON/],
    ["method: grid\n---\nmethod: grid", /begins a second document/],
    ["a: 1\na: 2", /^f:2:1 is not valid YAML: .*unique/],
    [`x: ${"[".repeat(500)}${"]".repeat(500)}`, /nests deeper than 60 levels/],
    [`# ${"x".repeat(2 ** 20)}`, /at most 1048576 of YAML are read/],
    ["hello", /is in no format that is recognised/],
    ["", /is (empty|in no format)/],
    ["[1, 2]", /is in no format that is recognised/],
    ["SQLite format 3\0", /f is a database: it holds studies.*vernier import f/],
    ['{"op_code":0}\n', /f is an Optuna journal/],
  ])("refuses, case %$", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
  test("a format by name", async () => {
    await expect(spaceFrom("wandbb" as never, "")).rejects.toThrow(/there is no format "wandbb".*Did you mean "wandb"/);
    for (const format of SPACE_FORMATS) await expect(spaceFrom(format, "{}", { file: "f" })).rejects.toThrow(/^f/);
  });
});
