import { describe, expect, test } from "vitest";
import { VernierError } from "../math/errors.ts";
import * as b from "./builders.ts";
import { fromJson } from "./json.ts";

// What JavaScript users, JSON files and casts can hand over; the compiler refuses most of it.
const { choice, fixed, float, int, list, oneOf, ordinal, permutation, simplex, subset, text, when } =
  b as unknown as Record<string, (...args: unknown[]) => unknown>;
const space = b.space as (shape: unknown, options?: unknown) => unknown;

/** `CODE: message` of what a call throws. */
function refused(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof VernierError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}
const all = (members: readonly unknown[]): string => members.map(p => refused(() => space({ p }))).join("\n");

describe("numbers", () => {
  test("ranges", () => {
    expect(
      all([
        float?.(1, 0.1),
        float?.(1, 1),
        float?.(NaN, 1),
        float?.(0, Infinity),
        float?.("0", 1),
        float?.(0),
        float?.(-1e308, 1e308),
        int?.(1.5, 3),
        int?.(0, 2 ** 60),
        int?.(0, 2 ** 52),
      ]),
    ).toMatchInlineSnapshot(`
      "E_SPACE_RANGE: float "p" needs low < high; got low=1, high=0.1. Swap them.
      E_SPACE_RANGE: float "p" needs low < high; got low=1, high=1. For a constant use fixed(1).
      E_SPACE_NUMBER: float "p" needs a finite number for low; got NaN. Write float(low, high).
      E_SPACE_NUMBER: float "p" needs a finite number for high; got Infinity. Write float(low, high).
      E_SPACE_NUMBER: float "p" needs a finite number for low; got "0". Write float(low, high).
      E_SPACE_NUMBER: float "p" needs a finite number for high; got undefined. Write float(low, high).
      E_SPACE_RANGE: float "p" is wider than a double can hold. Narrow the range, or use a log scale.
      E_SPACE_NUMBER: int "p" needs a whole number for low; got 1.5. Round it, or use float.
      E_SPACE_NUMBER: int "p" needs a whole number for high; got 1152921504606847000. Stay within ±2^53.
      E_SPACE_RANGE: int "p" has more than 2^50 values. Use a larger step, or float."
    `);
  });

  test("scales", () => {
    expect(
      all([
        float?.(0, 1, { scale: "log" }),
        int?.(0, 8, { scale: "log" }),
        float?.(-1, 1, { scale: "reverse-log" }),
        float?.(0, 1, { scale: "logit" }),
        int?.(1, 3, { scale: "logit" }),
        float?.(1, 2, { scale: "logg" }),
        float?.(1, 2, { log: true }),
        float?.(1, 2, "log"),
        int?.(1, 9, { scale: "log", step: 2 }),
        int?.(1, 2 ** 45, { scale: "log" }),
      ]),
    ).toMatchInlineSnapshot(`
      "E_SPACE_SCALE: float "p" needs low > 0 on a log scale; got low=0, high=1. Raise low (1e-6, say), or leave out the scale.
      E_SPACE_SCALE: int "p" needs low > 0 on a log scale; got low=0, high=8. Raise low to 1, or leave out the scale.
      E_SPACE_SCALE: float "p" needs low > 0 on a reverse-log scale; got low=-1, high=1. Raise low (1e-6, say), or leave out the scale.
      E_SPACE_SCALE: float "p" needs 0 < low and high < 1 on a logit scale; got low=0, high=1. Use (0.001, 0.999), say, or leave out the scale.
      E_SPACE_SCALE: int "p" cannot use a logit scale: it is for shares in (0, 1). Use float.
      E_SPACE_SCALE: float "p" has no scale "logg". The scales are linear, log, logit and reverse-log. Did you mean "log"?
      E_SPACE_OPTION: float "p" has no option "log". It has description, unit, scale, step, default, prior. Instead write { scale: "log" }.
      E_SPACE_OPTION: float "p" takes its options in a record, { scale: "log" } for example; got "log".
      E_SPACE_RANGE: int "p" on a log scale needs low > step/2 and high <= 2^40; got low=1, high=9, step=2. Change the range, or use float.
      E_SPACE_RANGE: int "p" on a log scale needs low > step/2 and high <= 2^40; got low=1, high=35184372088832, step=1. Change the range, or use float."
    `);
  });

  test("steps, defaults and priors", () => {
    expect(
      all([
        float?.(0, 1, { step: 0 }),
        float?.(0, 1, { step: -0.1 }),
        float?.(0, 1, { step: 0.3 }),
        float?.(0, 1, { step: 5 }),
        float?.(1, 2, { step: 0.1, scale: "log" }),
        int?.(0, 9, { step: 1.5 }),
        float?.(0, 1, { default: 2 }),
        float?.(0, 1, { step: 0.1, default: 0.25 }),
        int?.(0, 9, { default: 1.5 }),
        float?.(0, 1, { default: "0.5" }),
        float?.(0, 1, { prior: { mean: 2, sd: 0.1 } }),
        float?.(0, 1, { prior: { mean: 0.5, sd: 0 } }),
        float?.(0, 1, { prior: 0.5 }),
        float?.(0, 1, { unit: 3 }),
      ]),
    ).toMatchInlineSnapshot(`
      "E_SPACE_STEP: float "p" needs step > 0; got 0. Leave it out for no steps.
      E_SPACE_STEP: float "p" needs step > 0; got -0.1. Leave it out for no steps.
      E_SPACE_STEP: float "p" needs high = low + a whole number of steps; got low=0, high=1, step=0.3. Use high=0.9 or 1.2.
      E_SPACE_STEP: float "p" needs high = low + a whole number of steps; got low=0, high=1, step=5. Use high=5.
      E_SPACE_STEP: float "p" takes a step only on the linear scale; got step=0.1 with scale "log". Leave one of them out, or list the values with ordinal([...]).
      E_SPACE_STEP: int "p" needs a whole step; got 1.5. Use float for others.
      E_SPACE_DEFAULT: float "p" has a bad default: it must be from 0 to 1; got 2.
      E_SPACE_DEFAULT: float "p" has a bad default: it must be 0 plus steps of 0.1; got 0.25, the nearest is 0.3.
      E_SPACE_DEFAULT: int "p" has a bad default: it must be a whole number from 0 to 9; got 1.5.
      E_SPACE_DEFAULT: float "p" has a bad default: it must be a number; got "0.5".
      E_SPACE_PRIOR: float "p" needs a prior mean between 0 and 1; got 2. Move it inside.
      E_SPACE_PRIOR: float "p" needs a prior sd > 0; got 0. It is a share of the range on its scale: 0.1 is narrow, 0.5 wide.
      E_SPACE_PRIOR: float "p" needs a prior { mean, sd }; got 0.5. mean is in the parameter's units, sd a share of the range.
      E_SPACE_OPTION: float "p" needs a string for unit; got 3."
    `);
  });
});

test("lists of values", () => {
  expect(
    all([
      choice?.([]),
      choice?.("relu", "gelu"),
      choice?.(["a", "b", "a"]),
      choice?.([1, NaN]),
      choice?.([["a"], ["b"]]),
      choice?.(["relu", "gelu"], { default: "rleu" }),
      choice?.(["a", "b"], { prior: [1] }),
      choice?.(["a", "b"], { prior: [1, 0] }),
      { ...(choice?.(["a", "b"]) as object), retired: ["b"] },
      ordinal?.([1, true]),
      permutation?.(["a", "b"], { length: 3 }),
      permutation?.(["a", "b"], { default: ["a"] }),
      subset?.(["a", "b"], { min: 2, max: 1 }),
      subset?.(["a", "b"], { min: -1 }),
      subset?.(["a", "b"], { default: ["a", "a"] }),
      subset?.(["apple", "b"], { default: ["aple"] }),
      simplex?.(["a"]),
      simplex?.(["a", "b.c"]),
      simplex?.(["a", "b"], { default: { a: 0.5, b: 0.6 } }),
      text?.({ seeds: [] }),
      text?.({ seeds: ["a"], default: 3 }),
      fixed?.(undefined),
      fixed?.({ at: new Date(0) }),
      fixed?.(NaN),
      fixed?.(JSON.parse('{ "__proto__": 1 }')),
    ]),
  ).toMatchInlineSnapshot(`
    "E_SPACE_CHOICES: choice "p" needs at least one value; got none. List them in an array.
    E_SPACE_CHOICES: choice "p" needs an array: choice(["a", "b"]); got "relu".
    E_SPACE_CHOICES: choice "p" lists "a" twice. Remove one.
    E_SPACE_CHOICES: choice "p" takes values of type string, number, boolean or null; got NaN at position 1.
    E_SPACE_CHOICES: choice "p" takes values of type string, number, boolean or null; got ["a"] at position 0.
    E_SPACE_DEFAULT: choice "p" has a bad default: "rleu" is not "relu" or "gelu". Did you mean "relu"?
    E_SPACE_PRIOR: choice "p" needs a prior of 2 positive weights, one a choice; got [1]. Leave out a choice that should never come.
    E_SPACE_PRIOR: choice "p" needs a prior of 2 positive weights, one a choice; got [1,0]. Leave out a choice that should never come.
    E_SPACE_CHOICES: choice "p" lists "b" as a choice and as retired. Remove one.
    E_SPACE_CHOICES: ordinal "p" takes values of type string or number; got true at position 1.
    E_SPACE_RANGE: permutation "p" needs a whole length from 1 to 2; got length=3.
    E_SPACE_DEFAULT: permutation "p" has a bad default: 2 items in order are needed; got 1.
    E_SPACE_RANGE: subset "p" needs min <= max; got min=2, max=1. Swap them.
    E_SPACE_RANGE: subset "p" needs a whole min from 0 to 2; got min=-1.
    E_SPACE_DEFAULT: subset "p" has a bad default: it holds "a" twice. Remove one.
    E_SPACE_DEFAULT: subset "p" has a bad default: "aple" is not "apple" or "b". Did you mean "apple"?
    E_SPACE_CHOICES: simplex "p" needs at least two parts; got one, whose share is always 1. Add another.
    E_SPACE_NAME: simplex "p" has a part name "b.c" that contains ".". Use a nested record for a group, or "_".
    E_SPACE_DEFAULT: simplex "p" has a bad default: it must sum to 1; got 1.1.
    E_SPACE_CHOICES: text "p" needs at least one value; got none. List them in an array.
    E_SPACE_DEFAULT: text "p" has a bad default: a string is needed; got 3.
    E_SPACE_FIXED: fixed "p" needs a JSON value: it holds undefined. Pass plain data, or load it in the objective.
    E_SPACE_FIXED: fixed "p" needs a JSON value: it holds "1970-01-01T00:00:00.000Z". Pass plain data, or load it in the objective.
    E_SPACE_FIXED: fixed "p" needs a JSON value: it holds NaN. Pass plain data, or load it in the objective.
    E_SPACE_FIXED: fixed "p" needs a JSON value: it holds a key "__proto__". Pass plain data, or load it in the objective."
  `);
});

test("structure", () => {
  expect(
    all([
      10,
      "adam",
      undefined,
      ["relu", "gelu"],
      b.float,
      new Map(),
      {},
      { type: "flot", low: 0 },
      { type: "adam" },
      list?.(int?.(1, 2), {}),
      list?.(int?.(1, 2), { min: 3, max: 2 }),
      list?.(int?.(1, 2), { max: 1e9 }),
      list?.(list?.(int?.(1, 2), { max: 1000 }), { max: 1000 }),
      list?.(when?.("true", int?.(1, 2)), { max: 2 }),
      list?.(3, { max: 2 }),
      oneOf?.(["relu", "gelu"]),
      oneOf?.({}),
      oneOf?.({ none: {}, drop: float?.(0, 1) }),
      oneOf?.({ a: 3 }),
      oneOf?.({ a: { kind: int?.(1, 2) } }),
      oneOf?.({ a: {}, b: {} }, { default: "c" }),
      oneOf?.({ a: {} }, { tag: 3 }),
      when?.(() => true, float?.(0, 1)),
      when?.("true", { a: float?.(0, 1) }),
      when?.("true", when?.("true", float?.(0, 1))),
      when?.("true", 3),
    ]),
  ).toMatchInlineSnapshot(`
    "E_SPACE_NODE: "p" is not a parameter: got 10. Use float, int, choice, ...; for a constant use fixed(10).
    E_SPACE_NODE: "p" is not a parameter: got "adam". Use float, int, choice, ...; for a constant use fixed("adam").
    E_SPACE_NODE: "p" is not a parameter: got undefined. Use float, int, choice, ...; remove the name, or give it a parameter.
    E_SPACE_NODE: "p" is not a parameter: got ["relu","gelu"]. Use float, int, choice, ...; for one of several values use choice(["relu","gelu"]).
    E_SPACE_NODE: "p" is not a parameter: got function float. Use float, int, choice, ...; call the builder, for example float(0, 1).
    E_SPACE_NODE: "p" is not a parameter: got {}. Use float, int, choice, ...; use plain records for groups.
    E_SPACE_EMPTY: group "p" has no parameters. Add one, or remove the group.
    E_SPACE_NODE: "p" has an unknown kind "flot". Kinds are float, int, ordinal, choice, permutation, subset, simplex, list, oneOf, optional, text, fixed. Did you mean "float"? A constant named "type" is written type: fixed(...).
    E_SPACE_NODE: "p" has an unknown kind "adam". Kinds are float, int, ordinal, choice, permutation, subset, simplex, list, oneOf, optional, text, fixed. A constant named "type" is written type: fixed(...).
    E_SPACE_RANGE: list "p" needs a whole max from 1 to 20000; got max=undefined. Say how long it may get: max 4, for example.
    E_SPACE_RANGE: list "p" needs min <= max; got min=3, max=2. Swap them.
    E_SPACE_RANGE: list "p" needs a whole max from 1 to 20000; got max=1e9. Say how long it may get: max 4, for example.
    E_SPACE_SIZE: the space has 1001001 encoded columns; at most 20000 are possible. Lower the max of its lists.
    E_SPACE_NODE: list "p" cannot hold bare when(...) items. Vary the length, or use a record as the item.
    E_SPACE_NODE: "p[*]" is not a parameter: got 3. Use float, int, choice, ...; for a constant use fixed(3).
    E_SPACE_BRANCH: oneOf "p" takes named branches, oneOf({ a: {...}, b: {...} }); got ["relu","gelu"]. For plain values use choice(["relu","gelu"]).
    E_SPACE_EMPTY: oneOf "p" has no branches. Give it at least one record of parameters.
    E_SPACE_BRANCH: oneOf "p" has a bare parameter as branch "drop". A branch is a record: drop: { value: float(...) }.
    E_SPACE_BRANCH: oneOf "p" needs a record for branch "a"; got 3. Use {} for none.
    E_SPACE_TAG: oneOf "p" has a parameter "kind" in branch "a", but that is the tag. Rename it, or pass { tag: "..." }.
    E_SPACE_DEFAULT: oneOf "p" has a bad default: "c" is not "a" or "b".
    E_SPACE_TAG: oneOf "p" needs a string tag; got 3.
    E_SPACE_WHEN: when "p" needs its condition as text, when('act == "relu"', float(0, 1)); got function (anonymous). Functions cannot be stored.
    E_SPACE_WHEN: when "p" takes one parameter, not a group. Use oneOf, or put when on each member.
    E_SPACE_WHEN: when "p" is inside another when. Join the conditions: when('(true) and (true)', ...).
    E_SPACE_NODE: "p" is not a parameter: got 3. Use float, int, choice, ...; for a constant use fixed(3)."
  `);
});

test("names", () => {
  const names = ["", "3", "constructor", "prototype", "a.b", "a[0]", " a", "x".repeat(201), 'a"b', "a\nb"];
  const p = float?.(0, 1);
  const shapes = [
    ...names.map(name => ({ [name]: p })),
    JSON.parse('{ "__proto__": { "type": "fixed", "value": 1 } }'),
  ];
  expect(shapes.map(shape => refused(() => space(shape))).join("\n")).toMatchInlineSnapshot(`
    "E_SPACE_NAME: the parameter name "" is empty. Give it a name.
    E_SPACE_NAME: the parameter name "3" looks like an array index, and JavaScript would reorder it. Write "p3" or the like.
    E_SPACE_NAME: the parameter name "constructor" is reserved by JavaScript objects. Choose another name.
    E_SPACE_NAME: the parameter name "prototype" is reserved by JavaScript objects. Choose another name.
    E_SPACE_NAME: the parameter name "a.b" contains ".". Use a nested record for a group, or "_".
    E_SPACE_NAME: the parameter name "a[0]" contains "[". Use letters, digits, "_" or "-".
    E_SPACE_NAME: the parameter name " a" starts or ends with a space. Remove it.
    E_SPACE_NAME: the parameter name "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" is longer than 200 characters. Shorten it.
    E_SPACE_NAME: the parameter name "a\\"b" contains "\\"". Use letters, digits, "_" or "-".
    E_SPACE_NAME: the parameter name "a\\nb" contains "\\n". Use letters, digits, "_" or "-".
    E_SPACE_NAME: the parameter name "__proto__" is reserved by JavaScript objects. Choose another name."
  `);
  expect(refused(() => space({ o: oneOf?.({ "a.b": {} }) }))).toMatchInlineSnapshot(
    `"E_SPACE_NAME: the branch name "a.b" in "o" contains ".". Use a nested record for a group, or "_"."`,
  );
  expect(() => space({ "learning-rate": p, toString: p, Größe: p, "my name": p, hasOwnProperty: p })).not.toThrow();
});

test("spaces", () => {
  const shape = { a: float?.(0, 1) };
  const circle: Record<string, unknown> = {};
  circle["again"] = circle;
  const inputs: [string, () => unknown][] = [
    ["empty", () => space({})],
    ["no record", () => space(3)],
    ["an array", () => space([float?.(0, 1)])],
    ["where is no array", () => space(shape, { where: "a < 1" })],
    ["where holds a number", () => space(shape, { where: [3] })],
    ["unknown option", () => space(shape, { wheer: [] })],
    ["circle", () => space(circle)],
    ["JSON: not a space", () => fromJson("space")],
    ["JSON: a shape", () => fromJson(shape)],
    ["JSON: version 2", () => fromJson({ version: 2, shape })],
    ["JSON: function", () => fromJson({ version: 1, shape, where: [() => true] })],
    ["JSON: dynamic", () => fromJson({ version: 1, shape, dynamic: "yes" })],
  ];
  expect(inputs.map(([what, make]) => `${what} -> ${refused(make)}`).join("\n")).toMatchInlineSnapshot(`
    "empty -> E_SPACE_EMPTY: the space has no parameters. Give it at least one: space({ lr: float(1e-5, 1e-1) }).
    no record -> E_SPACE_NODE: a space is made of a record of parameters; got 3. Write space({ lr: float(1e-5, 1e-1) }).
    an array -> E_SPACE_NODE: a space is made of a record of parameters; got [{"type":"float","low":0,"high":1}]. Write space({ lr: float(1e-5, 1e-1) }).
    where is no array -> E_SPACE_WHERE: where is an array of conditions; got "a < 1". Write where: ["a <= b"].
    where holds a number -> E_SPACE_WHERE: a where condition is a text or a function; got 3. Write "a <= b".
    unknown option -> E_SPACE_OPTION: a space has no option "wheer". It has shape and where. Did you mean "where"?
    circle -> E_SPACE_DEPTH: group "again.again.again.again.again.again.again.again.again.again.again.again.again.again.again.again.... nests deeper than 40 levels. Flatten it.
    JSON: not a space -> E_SPACE_JSON: a space is an object { version, shape }; got "space". Pass space({...}).
    JSON: a shape -> E_SPACE_JSON: a space is an object { version, shape }; this one has no version. Pass space({...}), or what JSON.stringify made of it.
    JSON: version 2 -> E_SPACE_VERSION: this space has version 2; this release reads version 1. Update vernier, or write the space anew with space({...}).
    JSON: function -> E_SPACE_WHERE: a where condition is a text; got function (anonymous). Write "a <= b".
    JSON: dynamic -> E_SPACE_OPTION: dynamic is true or left out; got "yes"."
  `);
});

test("conditions", () => {
  const a = int?.(1, 6);
  const act = choice?.(["relu", "gelu"]);
  const inputs = [
    () => space({ a, model: { layers: a } }, { where: ["layers < 3"] }),
    () => space({ layers: a }, { where: ["layrs < 3"] }),
    () => space({ a }, { where: ["a + 1"] }),
    () => space({ act, p: when?.('act == "rleu"', a) }),
    () => space({ p: when?.("p > 1", a) }),
    () => space({ a: when?.("b > 1", a), b: when?.("c > 1", a), c: when?.("a > 1", a) }),
    () => space({ bs: list?.({ x: a, y: when?.("y > x", a) }, { max: 2 }) }),
  ];
  expect(inputs.map(refused).join("\n\n")).toMatchInlineSnapshot(`
    "E_EXPRESSION_NAME: where[0]: unknown name "layers"
      layers < 3
      ^
    Did you mean "model.layers"?

    E_EXPRESSION_NAME: where[0]: unknown name "layrs"
      layrs < 3
      ^
    Did you mean "layers"?

    E_EXPRESSION_TYPE: where[0]: a condition is true or false, but this is a number
      a + 1
        ^
    Compare it: "a <= b".

    E_EXPRESSION_TYPE: when of "p": "rleu" is never "relu" or "gelu"
      act == "rleu"
             ^
    Did you mean "relu"?

    E_SPACE_CYCLE: the condition of "p" depends on its own result: p -> p. Conditions may not go in a circle; remove one of them.

    E_SPACE_CYCLE: the condition of "a" depends on its own result: a -> b -> c -> a. Conditions may not go in a circle; remove one of them.

    E_SPACE_CYCLE: the condition of "bs.y" depends on its own result: bs.y -> bs.y. Conditions may not go in a circle; remove one of them."
  `);
});

describe("what comes out", () => {
  test("is frozen to the last leaf, apart from what came in, and without options that say nothing", () => {
    const shape = { g: { x: b.float(0, 1, { scale: "linear" }), n: b.int(1, 3, { step: 1 }) }, f: b.fixed({ a: [1] }) };
    const made = b.space(shape);
    expect(JSON.parse(JSON.stringify(made))).toEqual({
      version: 1,
      shape: {
        g: { x: { type: "float", low: 0, high: 1 }, n: { type: "int", low: 1, high: 3 } },
        f: { type: "fixed", value: { a: [1] } },
      },
    });
    const frozen = (value: unknown): boolean =>
      typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(made)).toBe(true);
    expect(Object.isFrozen(shape)).toBe(false);
  });

  test("has no negative zero", () => {
    const made = b.space({ x: b.float(-0, 1, { default: -0 }), c: b.choice([-0, 1]), f: b.fixed(-0) });
    expect(JSON.stringify(made)).toBe(
      JSON.stringify(b.space({ x: b.float(0, 1, { default: 0 }), c: b.choice([0, 1]), f: b.fixed(0) })),
    );
    expect(made).toEqual(b.space({ x: b.float(0, 1, { default: 0 }), c: b.choice([0, 1]), f: b.fixed(0) }));
  });
});
