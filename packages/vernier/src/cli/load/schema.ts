/**
 * The JSON Schema of study files, made from the loader's own tables of keys. It is published with the package
 * (schema/study.schema.json, `vernier/schema/study.schema.json`) so that editors complete and check study files while they are written.
 * What it accepts the loader may still refuse (a range upside down, an expression's unknown name); what it refuses the loader refuses, too.
 */
import type { Sampler, Scheduler } from "../../core/types.ts";
import { SAMPLER_NAMES, samplerByName } from "../../samplers/registry.ts";
import { SCHEDULER_NAMES, schedulerByName } from "../../schedulers/registry.ts";
import {
  CHILDREN_KEYS,
  COMMAND_KEYS,
  CONSTRAINT_KEYS,
  NEEDS_KEYS,
  OBJECTIVE_KEYS,
  PART_KEYS,
  RUN_KEYS,
  SLOTS_KEYS,
  STUDY_KEYS,
  WORKERS_KEYS,
} from "./keys.ts";

type Schema = Readonly<Record<string, unknown>>;

const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const text: Schema = { type: "string", minLength: 1 };
const number: Schema = { type: "number" };
const whole = (minimum: number): Schema => ({ type: "integer", minimum });
const flag: Schema = { type: "boolean" };
const scalar: Schema = { type: ["string", "number", "boolean", "null"] };
const listOf = (items: Schema, minItems = 1): Schema => ({ type: "array", items, minItems });

/** A record of exactly these keys, each with what it says. */
const record = <K extends string>(
  about: Readonly<Record<K, string>>,
  schemas: Readonly<Record<K, Schema>>,
  required: readonly NoInfer<K>[] = [],
): Schema => ({
  type: "object",
  properties: Object.fromEntries(
    (Object.keys(about) as K[]).map(key => [key, { description: about[key], ...schemas[key] }]),
  ),
  ...(required.length > 0 && { required }),
  additionalProperties: false,
});

const DOCUMENTED = { description: "For people.", unit: "For people: s, MB, %." };
const WHEN = { when: "The parameter is present only where this holds: 'act == \"relu\"'." };

/** What one kind of parameter takes, with what each option says. */
const kind = (
  name: string,
  about: string,
  options: Readonly<Record<string, readonly [about: string, schema: Schema]>>,
  required: readonly string[],
): Schema => {
  const keys = { type: "The kind of parameter.", ...map(options, ([words]) => words), ...DOCUMENTED, ...WHEN };
  const schemas = {
    type: { const: name },
    ...map(options, ([, schema]) => schema),
    description: text,
    unit: text,
    when: ref("condition"),
  };
  return { description: about, ...record<string>(keys, schemas, ["type", ...required]) };
};
const map = <A, B>(of: Readonly<Record<string, A>>, change: (a: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value)]));

const numberKind = (name: "float" | "int", about: string): Schema => {
  const value = name === "float" ? number : { type: "integer" };
  return kind(
    name,
    about,
    {
      low: ["The smallest value.", value],
      high: ["The largest value, included.", value],
      scale: [
        "Where equal steps are equally important. Default: linear.",
        { enum: ["linear", "log", "logit", "reverse-log"] },
      ],
      step: ["Distance between neighbouring values; high is low plus a whole number of steps.", value],
      default: ["The value used before tuning.", value],
      prior: [
        "Where the best value is believed to be: the mean in the parameter's units, sd as a share of the range.",
        record(
          { mean: "In the parameter's units.", sd: "A share of the range, 0 to 1." },
          { mean: number, sd: number },
          ["mean", "sd"],
        ),
      ],
    },
    ["low", "high"],
  );
};

/** Every kind of parameter by its `type`. */
export const kindSchemas = (): Readonly<Record<string, Schema>> => ({
  float: numberKind("float", "A real number from low to high, both included."),
  int: numberKind("int", "A whole number from low to high, both included."),
  ordinal: kind(
    "ordinal",
    "One of several values that have an order but no distance.",
    {
      choices: ["The values, in order.", listOf({ type: ["string", "number"] })],
      default: ["The value used before tuning.", { type: ["string", "number"] }],
    },
    ["choices"],
  ),
  choice: kind(
    "choice",
    "One of several values without order.",
    {
      choices: ["The values.", listOf(scalar)],
      default: ["The value used before tuning.", scalar],
      prior: ["One weight a choice, on any scale.", listOf(number)],
      retired: ["Choices that stay readable in history and are never suggested again.", listOf(scalar)],
    },
    ["choices"],
  ),
  permutation: kind(
    "permutation",
    "All items in some order, or only the first of them.",
    {
      items: ["What is ordered.", listOf(scalar)],
      length: ["Keep only so many of the ordered items.", whole(1)],
      default: ["The order used before tuning.", listOf(scalar)],
    },
    ["items"],
  ),
  subset: kind(
    "subset",
    "Some of the items, in their declared order.",
    {
      items: ["What may be chosen.", listOf(scalar)],
      min: ["At least so many. Default: 0.", whole(0)],
      max: ["At most so many. Default: all.", whole(1)],
      default: ["The subset used before tuning.", listOf(scalar, 0)],
    },
    ["items"],
  ),
  simplex: kind(
    "simplex",
    "Non-negative shares that sum to 1.",
    {
      parts: ["Names of the shares.", listOf(text)],
      default: ["The mixture used before tuning: a share a part.", { type: "object", additionalProperties: number }],
    },
    ["parts"],
  ),
  list: kind(
    "list",
    "Between min and max items of one kind.",
    {
      item: ["A parameter, or a record of parameters.", ref("member")],
      min: ["At least so many. Default: 0.", whole(0)],
      max: ["At most so many.", whole(1)],
    },
    ["item", "max"],
  ),
  oneOf: kind(
    "oneOf",
    "One of several records of parameters; the value names its branch.",
    {
      branches: [
        "The records by name; an empty one has no parameters of its own.",
        { type: "object", minProperties: 1, additionalProperties: { anyOf: [ref("branch"), { type: "null" }] } },
      ],
      tag: ["The key in the value that names the branch. Default: kind.", text],
      default: ["The branch used before tuning.", text],
    },
    ["branches"],
  ),
  optional: kind(
    "optional",
    "A parameter that is present only where a condition holds. `when` on the parameter itself says the same.",
    { cond: ["The condition.", ref("condition")], p: ["The parameter.", ref("member")] },
    ["cond", "p"],
  ),
  text: kind(
    "text",
    "A text from an open vocabulary that starts with the seeds.",
    { seeds: ["The first texts.", listOf(text)], default: ["The text used before tuning.", text] },
    ["seeds"],
  ),
  fixed: kind("fixed", "A constant, handed to every trial. Any JSON value.", { value: ["The value.", {}] }, ["value"]),
});

/** A part's options, from what the part itself says its defaults are. */
const optionsOf = (part: Pick<Sampler | Scheduler, "options">): Schema => ({
  type: "object",
  properties: Object.fromEntries(
    Object.entries((part.options ?? {}) as Record<string, unknown>).map(([name, value]) => [
      name,
      { description: `Default: ${value === null ? "chosen by the part" : JSON.stringify(value)}.` },
    ]),
  ),
  additionalProperties: true,
});

const partSchema = (about: string, parts: readonly (Sampler | Scheduler)[]): Schema => ({
  description: about,
  anyOf: [
    { enum: parts.map(({ name }) => name) },
    ...parts.map(part => ({
      ...record(PART_KEYS, { name: { const: part.name }, options: optionsOf(part) }, ["name"]),
      title: part.name,
    })),
  ],
});

/** The schema as it is published. JSON Schema draft 7, which every editor's YAML support reads. */
export const studySchema = (): Schema => {
  const kinds = kindSchemas();
  const duration: Schema = {
    anyOf: [
      { type: "number", exclusiveMinimum: 0 },
      { type: "string", pattern: "^\\s*[0-9.]+\\s*(ms|s|m|h|d)?\\s*$" },
    ],
  };
  const word: Schema = { type: ["string", "number", "boolean"] };
  const pattern: Schema = { anyOf: [text, { type: "object", minProperties: 1, additionalProperties: text }] };
  const result: Schema = {
    anyOf: [
      { enum: ["json", "names", "number", "file"] },
      record({ file: "The file the program writes, from its directory; placeholders are filled in." }, { file: text }, [
        "file",
      ]),
      record(
        {
          pattern: "A regular expression with the value in a group, or one a metric. The last match counts.",
          from: "Default: stdout.",
        },
        { pattern, from: { enum: ["stdout", "stderr"] } },
        ["pattern"],
      ),
    ],
  };
  const command = record(COMMAND_KEYS, {
    argv: listOf(word),
    shell: text,
    result,
    cwd: text,
    dirPerTrial: { anyOf: [flag, text] },
    env: {
      anyOf: [
        listOf(text, 0),
        record(
          { inherit: "true, false, or names.", set: "Variables with their values." },
          {
            inherit: { anyOf: [flag, listOf(text, 0)] },
            set: { type: "object", additionalProperties: { type: "string" } },
          },
        ),
      ],
    },
    killGrace: duration,
    maxOutput: whole(0),
  });
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Vernier study",
    description: "A study for `vernier run`: what to tune, what for, and how a trial is evaluated.",
    ...record(
      STUDY_KEYS,
      {
        $schema: text,
        name: text,
        space: {
          anyOf: [
            text,
            { $ref: "#/$defs/space" },
            { allOf: [{ not: { required: ["version", "shape"] } }, ref("group")] },
          ],
        },
        where: { anyOf: [ref("condition"), listOf(ref("condition"))] },
        objectives: {
          type: "object",
          minProperties: 1,
          additionalProperties: {
            anyOf: [
              ref("direction"),
              record(
                OBJECTIVE_KEYS,
                { direction: ref("direction"), target: number, reference: number, unit: text, description: text },
                ["direction"],
              ),
            ],
          },
        },
        constraints: {
          type: "object",
          additionalProperties: { ...record(CONSTRAINT_KEYS, { min: number, max: number }), minProperties: 1 },
        },
        sampler: partSchema(
          STUDY_KEYS.sampler,
          SAMPLER_NAMES.map(name => samplerByName(name)),
        ),
        scheduler: partSchema(
          STUDY_KEYS.scheduler,
          SCHEDULER_NAMES.map(name => schedulerByName(name)),
        ),
        storage: text,
        seed: whole(0),
        run: record(RUN_KEYS, {
          trials: whole(1),
          concurrency: whole(1),
          slots: record(SLOTS_KEYS, { cpus: whole(1), gpus: listOf({ type: ["integer", "string"] }, 0) }),
          needs: record(NEEDS_KEYS, { cpus: whole(0), gpus: whole(0) }),
          timeout: duration,
          trialTimeout: duration,
          retries: whole(0),
          patience: whole(1),
          stopAtTarget: flag,
          maxConsecutiveFailures: whole(0),
          grace: duration,
        }),
        queue: { type: "array", items: { type: "object" } },
        command: { anyOf: [listOf(word), { ...command, oneOf: [{ required: ["argv"] }, { required: ["shell"] }] }] },
        executor: {
          anyOf: [
            record(
              WORKERS_KEYS,
              { kind: { const: "workers" }, module: text, export: text, killGrace: duration, threads: whole(1) },
              ["kind", "module"],
            ),
            record(
              CHILDREN_KEYS,
              {
                ...{
                  kind: { const: "children" },
                  module: text,
                  export: text,
                  killGrace: duration,
                  processes: whole(1),
                },
                ...{
                  args: listOf({ type: "string" }, 0),
                  maxCalls: whole(1),
                  maxMemory: { type: "number", exclusiveMinimum: 0 },
                },
              },
              ["kind", "module"],
            ),
          ],
        },
      },
      ["space", "objectives"],
    ),
    oneOf: [{ required: ["command"] }, { required: ["executor"] }],
    patternProperties: { "^x-": { description: "Ignored: a place for anchors." } },
    $defs: {
      condition: {
        type: "string",
        minLength: 1,
        description: 'An expression over the parameters: layers * width <= 1024 and act == "relu".',
      },
      direction: { enum: ["minimize", "maximize"], description: OBJECTIVE_KEYS.direction },
      spelled: {
        type: "string",
        pattern: `^\\s*(${Object.keys(kinds)
          .map(name => (name === "optional" ? "when" : name))
          .join("|")})\\s*\\([\\s\\S]*\\)\\s*$`,
        description:
          "float(1e-5, 0.1, log), int(1, 6), ordinal(16, 32), choice(relu, gelu), permutation(a, b), subset(a, b, min=1), simplex(a, b), " +
          'list(int(1, 9), max=3), oneOf(sgd(momentum=float(0, 1)), adam()), when("act == 1", float(0, 1)), text("..."), fixed(10).',
      },
      member: { anyOf: [ref("spelled"), ref("node"), ref("group")] },
      group: { type: "object", minProperties: 1, not: ref("typed"), additionalProperties: ref("member") },
      branch: { type: "object", not: ref("typed"), additionalProperties: ref("member") },
      typed: {
        type: "object",
        required: ["type"],
        properties: { type: { type: "string", not: { pattern: "\\(" } } },
      },
      node: {
        type: "object",
        required: ["type"],
        properties: { type: { enum: Object.keys(kinds) } },
        allOf: Object.entries(kinds).map(([name]) => ({
          if: { properties: { type: { const: name } } },
          then: ref(name),
        })),
      },
      space: record(
        { version: "1.", shape: "The parameters by name.", where: STUDY_KEYS.where, dynamic: "Learnt while running." },
        {
          version: { const: 1 },
          shape: { type: "object", additionalProperties: ref("member") },
          where: listOf(ref("condition"), 0),
          dynamic: { const: true },
        },
        ["version", "shape"],
      ),
      ...kinds,
    },
  };
};
