import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { format } from "prettier";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { kindNames } from "../../space/door-node.ts";
import { checkStudy } from "./check.ts";
import { wholeFile } from "./place.ts";
import { kindSchemas, studySchema } from "./schema.ts";

const root = join(import.meta.dirname, "../../../../..");
const validate = new Ajv({ strict: false, allErrors: true }).compile(studySchema());
const fits = (study: unknown): boolean => validate(study);
const loads = (study: unknown): Promise<boolean> =>
  checkStudy(study, { file: "a.yaml", place: wholeFile("a.yaml"), data: true, name: "a" }).then(
    () => true,
    (error: Error & { code?: string }) => {
      if (error.code === undefined) throw error;
      return false;
    },
  );

const REST = { objectives: { loss: "minimize" }, command: ["true"] };
const inSpace = (member: unknown): object => ({ space: { act: "choice(relu, gelu)", x: member }, ...REST });

/** Every kind with all its options, and every other key. */
const GOOD: readonly (readonly [string, object])[] = [
  ...(
    [
      { type: "float", low: 0.1, high: 1, scale: "log", default: 0.5, prior: { mean: 0.5, sd: 0.1 }, unit: "s" },
      { type: "float", low: 0, high: 1, step: 0.25 },
      { type: "int", low: 1, high: 9, step: 2, default: 3, description: "how many", when: 'act == "relu"' },
      { type: "ordinal", choices: [16, 32, "many"], default: 32 },
      { type: "choice", choices: [true, null, "a", 3], default: null, prior: [1, 2, 3, 4], retired: ["old"] },
      { type: "permutation", items: ["a", "b", "c"], length: 2, default: ["b", "a"] },
      { type: "subset", items: ["a", "b"], min: 1, max: 2, default: ["a"] },
      { type: "simplex", parts: ["a", "b"], default: { a: 0.5, b: 0.5 } },
      { type: "list", item: { width: "int(8, 64)", deep: { type: "int", low: 1, high: 2 } }, min: 1, max: 4 },
      { type: "list", item: "int(1, 9)", max: 3 },
      {
        type: "oneOf",
        branches: { a: { p: "float(0, 1)", g: { q: "int(1, 2)" } }, b: {}, c: null },
        tag: "is",
        default: "b",
      },
      { type: "optional", cond: 'act == "relu"', p: { type: "int", low: 1, high: 2 } },
      { type: "optional", cond: 'act == "relu"', p: "float(0, 1)" },
      { type: "text", seeds: ["a"], default: "a" },
      { type: "fixed", value: { any: ["json"] } },
      { group: "float(0, 1)", type: "choice(a, b)" },
      'when("act == \\"gelu\\"", float(0, 1))',
      "oneOf(sgd(momentum=float(0, 0.99)), adam())",
    ] as const
  ).map(member => [JSON.stringify(member), inSpace(member)] as const),
  ["the text space", { space: 'a=int(1,2) where("a < 3")', ...REST }],
  [
    "the JSON space",
    { space: { version: 1, shape: { a: { type: "int", low: 1, high: 2 } }, where: ["a < 3"] }, ...REST },
  ],
  [
    "everything else",
    {
      $schema: "x",
      "x-anchors": { any: 1 },
      name: "n",
      space: { a: "int(1, 4)", b: "int(1, 4)" },
      where: ["a <= b"],
      objectives: {
        loss: { direction: "minimize", target: 0, reference: 9, unit: "s", description: "d" },
        acc: "maximize",
      },
      constraints: { mem: { max: 3 }, low: { min: 1, max: 2 } },
      sampler: { name: "tpe", options: { startup: 5 } },
      scheduler: { name: "median", options: { warmup: 2 } },
      storage: "sqlite:a.db",
      seed: 3,
      run: {
        ...{ trials: 3, concurrency: 2, timeout: "10m", trialTimeout: 1000, retries: 1, patience: 5 },
        ...{ stopAtTarget: true, maxConsecutiveFailures: 3, grace: "2s" },
      },
      queue: [{ a: 1 }, { a: 1, b: 2 }],
      command: {
        ...{ argv: ["a", "{a}", 3, true], result: { pattern: { loss: "(.*)" }, from: "stderr" }, cwd: "." },
        ...{ dirPerTrial: "out", env: { inherit: ["HF_TOKEN"], set: { A: "1" } }, killGrace: "1s", maxOutput: 0 },
      },
    },
  ],
  [
    "a shell line",
    { space: { a: "int(1, 2)" }, objectives: { l: "minimize" }, command: { shell: "echo 1", result: "number" } },
  ],
];

/** Refused by the schema, hence underlined in the editor, and by the loader. */
const BAD: readonly (readonly [string, object])[] = [
  ["no space", REST],
  ["no objectives", { space: { a: "int(1, 2)" }, command: ["true"] }],
  ["no command", { space: { a: "int(1, 2)" }, objectives: { l: "minimize" } }],
  ["a misspelt key", { ...inSpace("int(1, 2)"), sampelr: "tpe" }],
  ["a parameter that is a number", inSpace(3)],
  ["a list of choices", inSpace(["a", "b"])],
  ["an unknown kind", inSpace({ type: "uniform", low: 0, high: 1 })],
  ["an unknown kind in text", inSpace("uniform(0, 1)")],
  ["a kind without its brackets", inSpace("float")],
  ["a misspelt option", inSpace({ type: "float", low: 0, high: 1, lgo: true })],
  ["a missing bound", inSpace({ type: "float", low: 0 })],
  ["a bound in quotes", inSpace({ type: "float", low: "0", high: 1 })],
  ["a fraction as a whole number", inSpace({ type: "int", low: 0.5, high: 3 })],
  ["a scale that is none", inSpace({ type: "float", low: 1, high: 2, scale: "logarithmic" })],
  ["no choices", inSpace({ type: "choice", choices: [] })],
  ["a branch that is a parameter", inSpace({ type: "oneOf", branches: { a: { type: "int", low: 1, high: 2 } } })],
  [
    "a mistake deep inside",
    inSpace({ type: "list", max: 2, item: { w: { type: "oneOf", branches: { a: { v: 3 } } } } }),
  ],
  ["an empty group", inSpace({})],
  ["a direction's abbreviation", { ...inSpace("int(1, 2)"), objectives: { loss: "min" } }],
  ["an objective without direction", { ...inSpace("int(1, 2)"), objectives: { loss: { target: 1 } } }],
  ["no objective in the record", { ...inSpace("int(1, 2)"), objectives: {} }],
  ["a constraint without bounds", { ...inSpace("int(1, 2)"), constraints: { m: {} } }],
  ["an unknown sampler", { ...inSpace("int(1, 2)"), sampler: "tpee" }],
  ["a sampler's misspelt key", { ...inSpace("int(1, 2)"), sampler: { name: "tpe", opts: {} } }],
  ["a negative seed", { ...inSpace("int(1, 2)"), seed: -1 }],
  ["no trials", { ...inSpace("int(1, 2)"), run: { trials: 0 } }],
  ["a duration in words", { ...inSpace("int(1, 2)"), run: { timeout: "10 minutes" } }],
  ["yes for true", { ...inSpace("int(1, 2)"), run: { stopAtTarget: "yes" } }],
  ["a queue that is a record", { ...inSpace("int(1, 2)"), queue: { x: 1 } }],
  ["a command in one text", { ...inSpace("int(1, 2)"), command: "python a.py" }],
  ["argv and shell", { ...inSpace("int(1, 2)"), command: { argv: ["a"], shell: "a" } }],
  ["an unknown result", { ...inSpace("int(1, 2)"), command: { argv: ["true"], result: "xml" } }],
  ["an objective, which is code", { ...inSpace("int(1, 2)"), objective: "f" }],
];

describe("the published schema", () => {
  it("is what the code makes (renew it with: npm run vitest -- run packages/vernier/src/cli/load/schema.test.ts -u)", async () => {
    const text = await format(JSON.stringify(studySchema()), { parser: "json", printWidth: 120 });
    await expect(text).toMatchFileSnapshot(join(root, "packages/vernier/schema/study.schema.json"));
  });
  it("knows every kind of parameter", () => {
    expect(Object.keys(kindSchemas()).sort()).toEqual([...kindNames].sort());
  });
  it("says something about every field", () => {
    const bare: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) return;
      const { properties } = value as { properties?: Record<string, { description?: string; $ref?: string }> };
      for (const [name, schema] of Object.entries(properties ?? {}))
        if (!/(typed|node|allOf\.\d+\.if)$/.test(path) && schema.description === undefined)
          bare.push(`${path}.${name}`);
      for (const [name, inner] of Object.entries(value)) visit(inner, `${path}.${name}`);
    };
    visit(studySchema(), "");
    expect(bare).toEqual([]);
  });
  it.each(GOOD)("accepts, as the loader does: %s", async (_, study) => {
    expect(fits(study), JSON.stringify(validate.errors, null, 1)).toBe(true);
    expect(await loads(study)).toBe(true);
  });
  it.each(BAD)("refuses, as the loader does: %s", async (_, study) => {
    expect(fits(study)).toBe(false);
    expect(await loads(study)).toBe(false);
  });
  it("accepts every study file of the examples, which name it for the editor", () => {
    const files = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
      .filter(name => /study[^/]*\.ya?ml$/.test(name) && !name.includes("node_modules"))
      .map(name => join(root, "examples", name));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      expect(text, file).toMatch(/^# yaml-language-server: \$schema=\S*study\.schema\.json$/m);
      expect(fits(parse(text)), `${file}: ${JSON.stringify(validate.errors)}`).toBe(true);
    }
  });
});
