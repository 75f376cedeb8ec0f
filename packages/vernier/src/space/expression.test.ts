import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VernierError } from "../math/errors.ts";
import { evaluate, parseExpression, type ScopeTypes } from "./expression.ts";

const scope = {
  a: 3,
  b: 4,
  act: "relu",
  on: true,
  none: null,
  model: { layers: 2, act: "gelu" },
  dims: [1, 5, 2],
  blocks: [{ width: 8, act: "x" }, { width: 16 }],
  empty: [],
  "learning-rate": 0.1,
  and: 7,
};
const value = (text: string): unknown => evaluate(parseExpression(text), scope);

function refused(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof VernierError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("values", () => {
  test.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["2 ** 3 ** 2", 512],
    ["-2 ** 2", -4],
    ["2 ** -1", 0.5],
    ["7 % 4 - .5e1", -2],
    ["1 / 0", Infinity],
    ["--a", 3],
    ["a + b", 7],
    ["a * model.layers", 6],
    ["'a' + \"b\"", "ab"],
    ["'it\\'s'", "it's"],
    ["a < b", true],
    ["a >= b or a == 3", true],
    ["a < b and not (a == 3)", false],
    ["a < b && !(a != 3) || false", true],
    ["not a == 4", true],
    ["act == 'relu'", true],
    ["act in ['relu', 'tanh']", true],
    ["act not in ['relu', 'tanh']", false],
    ["5 in dims", true],
    ["none == null", true],
    ["on", true],
    ["on ? 1 : 2", 1],
    ["a > 3 ? 'x' : a > 2 ? 'y' : 'z'", "y"],
    ["blocks[0].width", 8],
    ["blocks[-1].width", 16],
    ["blocks[2].width", undefined],
    ["sum(blocks.width)", 24],
    ["max(dims)", 5],
    ["min(a, b, 1)", 1],
    ["sum(empty)", 0],
    ["len(dims) + len(act)", 7],
    ["log2(8) + sqrt(16) + abs(-1)", 8],
    ["floor(1.7) + ceil(1.2) + round(2.4)", 5],
    ["exp(0) + log(1) + log10(100)", 3],
    ["`learning-rate` * 10", 1],
    ["`and` + 1", 8],
    ["model['layers']", 2],
    ["model", { layers: 2, act: "gelu" }],
  ])("%s", (text, expected) => {
    expect(value(text)).toEqual(expected);
  });
});

describe("what is absent is unknown", () => {
  test.each([
    ["gone", undefined],
    ["gone > 3", undefined],
    ["gone == null", undefined],
    ["not (gone > 3)", undefined],
    ["-gone", undefined],
    ["gone + 1 > 0", undefined],
    ["max(gone, 1)", undefined],
    ["gone in [1]", undefined],
    ["1 in [gone]", undefined],
    ["gone ? 1 : 2", undefined],
    ["model.gone.deeper", undefined],
    ["sum(blocks.act)", undefined],
    // One known side decides where it can.
    ["true or gone", true],
    ["gone > 1 or true", true],
    ["gone > 1 and false", false],
    ["true and gone > 1", undefined],
    ["false or gone > 1", undefined],
    // And so is nonsense between types: a filter over trials never throws.
    ["act < 3", undefined],
    ["act * 2", undefined],
    ["not act", undefined],
    ["sum(act)", undefined],
    ["act in act", undefined],
    ["model == 3", undefined],
  ])("%s", (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  test("nothing is read from prototypes", () => {
    for (const name of [
      "constructor",
      "__proto__",
      "toString",
      "act.length",
      "dims.length",
      "dims.map",
      "model.constructor",
    ]) {
      expect(value(name), name).toBeUndefined();
    }
  });
});

test("a parsed expression is plain JSON", () => {
  const parsed = parseExpression("a * 2 <= max(b, 1)");
  expect(JSON.parse(JSON.stringify(parsed))).toEqual(parsed);
  expect(evaluate(JSON.parse(JSON.stringify(parsed)) as typeof parsed, scope)).toBe(false);
});

test("syntax errors show the place and the next step", () => {
  const texts = [
    "",
    "a <",
    "a < b)",
    "(a < b",
    "a < b < 3",
    "a = 3",
    "a === 3",
    "a ^ 2",
    "a & b",
    "a b",
    "'open",
    "'a\\q'",
    "a @ b",
    "3x",
    "foo(1)",
    "sqr(1)",
    "x.3",
    "blocks[1.5]",
    "blocks[a]",
    "a ? 1",
    "a not b",
    "and b",
    "[1, 2",
    "x.(a)",
    "a.b.c(1)",
  ];
  expect(texts.map(text => refused(() => parseExpression(text))).join("\n\n")).toMatchInlineSnapshot(`
    "E_EXPRESSION_SYNTAX: the expression is empty
      
      ^
    Write a condition: "a <= b".

    E_EXPRESSION_SYNTAX: the expression ends too early
      a <
         ^
    A value is missing here.

    E_EXPRESSION_SYNTAX: ")" does not belong here
      a < b)
           ^
    Remove it, or add what is missing before it.

    E_EXPRESSION_SYNTAX: ")" is missing after the parenthesis
      (a < b
            ^
    Add ")" here.

    E_EXPRESSION_SYNTAX: comparisons cannot be chained
      a < b < 3
            ^
    Write "a < x and x < b".

    E_EXPRESSION_SYNTAX: "=" has no meaning in an expression
      a = 3
        ^
    Write "==" to compare.

    E_EXPRESSION_SYNTAX: "===" has no meaning in an expression
      a === 3
        ^
    Write "==".

    E_EXPRESSION_SYNTAX: "^" has no meaning in an expression
      a ^ 2
        ^
    Write "**" for powers.

    E_EXPRESSION_SYNTAX: "&" has no meaning in an expression
      a & b
        ^
    Write "and".

    E_EXPRESSION_SYNTAX: "b" does not belong here
      a b
        ^
    Join conditions with "and" or "or"; texts go in quotes.

    E_EXPRESSION_SYNTAX: a quote is not closed
      'open
      ^
    Add ' at its end.

    E_EXPRESSION_SYNTAX: unknown escape in a string
      'a\\q'
        ^
    Known are \\n, \\t, \\\\ and quotes.

    E_EXPRESSION_SYNTAX: "@" has no meaning in an expression
      a @ b
        ^
    Names that hold it go in backticks: \`my name\`.

    E_EXPRESSION_SYNTAX: a number runs into a name
      3x
      ^
    Names that start with a digit go in backticks.

    E_EXPRESSION_NAME: there is no function "foo"
      foo(1)
      ^
    Functions are min, max, sum, abs, log, log10, log2, exp, sqrt, floor, ceil, round, len.

    E_EXPRESSION_NAME: there is no function "sqr"
      sqr(1)
      ^
    Functions are min, max, sum, abs, log, log10, log2, exp, sqrt, floor, ceil, round, len. Did you mean "sqrt"?

    E_EXPRESSION_SYNTAX: ".3" does not belong here
      x.3
       ^
    Remove it, or add what is missing before it.

    E_EXPRESSION_SYNTAX: an index is a whole number or a name in quotes
      blocks[1.5]
             ^
    Write blocks[0] or group["my name"].

    E_EXPRESSION_SYNTAX: an index is a whole number or a name in quotes
      blocks[a]
             ^
    Write blocks[0] or group["my name"].

    E_EXPRESSION_SYNTAX: ":" is missing between the two outcomes of "?"
      a ? 1
           ^
    Add ":" here.

    E_EXPRESSION_SYNTAX: "not" does not belong here
      a not b
        ^
    Join conditions with "and" or "or"; texts go in quotes.

    E_EXPRESSION_SYNTAX: "and" has no left side
      and b
      ^
    A parameter of that name is written \`and\`.

    E_EXPRESSION_SYNTAX: "]" is missing after the list
      [1, 2
           ^
    Add "]" here.

    E_EXPRESSION_SYNTAX: a name is missing after the dot
      x.(a)
        ^
    Write group.name.

    E_EXPRESSION_SYNTAX: "(" does not belong here
      a.b.c(1)
           ^
    Remove it, or add what is missing before it."
  `);
});

const TYPES: ScopeTypes = {
  layers: "number",
  act: { values: ["relu", "gelu"] },
  batch: { values: [16, 32] },
  mixed: { values: [1, "auto"] },
  state: "string",
  on: "boolean",
  dims: { list: "number" },
  tags: { list: { values: ["x", "y"] } },
  model: { record: { width: "number", optimizer: { record: { beta: "number" } } } },
  metrics: { record: { loss: "number" }, open: true },
  extra: "any",
};

test("type errors name what is there and what is needed", () => {
  const texts = [
    "layrs > 1",
    "beta > 1",
    "model.widht > 1",
    "model[0] > 1",
    "layers.x > 1",
    "act == 'rleu'",
    "'rleu' == act",
    "act in ['relu', 'tanh']",
    "act == 3",
    "state == 3",
    "batch == 64",
    "act > 3",
    "act * 2 == 4",
    "mixed + 1 > 2",
    "layers and on",
    "not layers",
    "layers ? 1 : 2",
    "dims == 3",
    "model == 3",
    "act in 'relu'",
    "'z' in tags",
    "sum(tags) > 3",
    "sum(act) > 3",
    "len(layers) > 3",
    "log(1, 2) > 3",
    "max() > 3",
    "layers",
    "on ? 1 : 'a'",
  ];
  const check = (text: string): unknown => parseExpression(text, TYPES, { result: "boolean" });
  expect(texts.map(text => refused(() => check(text))).join("\n\n")).toMatchInlineSnapshot(`
    "E_EXPRESSION_NAME: unknown name "layrs"
      layrs > 1
      ^
    Did you mean "layers"?

    E_EXPRESSION_NAME: unknown name "beta"
      beta > 1
      ^
    Did you mean "model.optimizer.beta"?

    E_EXPRESSION_NAME: "model" has no member "widht"
      model.widht > 1
      ^
    It has width, optimizer. Did you mean "width"?

    E_EXPRESSION_TYPE: "model" is a group, not a list
      model[0] > 1
      ^
    Use a name, not an index.

    E_EXPRESSION_TYPE: "layers" is a number and has no members
      layers.x > 1
      ^
    Remove what follows it.

    E_EXPRESSION_TYPE: "rleu" is never "relu" or "gelu"
      act == 'rleu'
             ^
    Did you mean "relu"?

    E_EXPRESSION_TYPE: "rleu" is never "relu" or "gelu"
      'rleu' == act
      ^
    Did you mean "relu"?

    E_EXPRESSION_TYPE: "tanh" is never "relu" or "gelu"
      act in ['relu', 'tanh']
                      ^
    Use one of these values.

    E_EXPRESSION_TYPE: 3 is never "relu" or "gelu"
      act == 3
             ^
    Use one of these values.

    E_EXPRESSION_TYPE: a string is never equal to 3
      state == 3
               ^
    Compare like with like.

    E_EXPRESSION_TYPE: 64 is never 16 or 32
      batch == 64
               ^
    Use one of these values.

    E_EXPRESSION_TYPE: ">" compares two numbers or two texts, but here are one of "relu" or "gelu" and 3
      act > 3
          ^
    Compare like with like.

    E_EXPRESSION_TYPE: "*" needs a number, but this is one of "relu" or "gelu"
      act * 2 == 4
      ^
    Use a number here.

    E_EXPRESSION_TYPE: "+" needs a number, but this is one of 1 or "auto"
      mixed + 1 > 2
      ^
    Some of its values are no numbers.

    E_EXPRESSION_TYPE: "and" needs a boolean, but this is a number
      layers and on
      ^
    Compare it: x == "a", x > 0.

    E_EXPRESSION_TYPE: "not" needs a boolean, but this is a number
      not layers
          ^
    Compare it: x == "a", x > 0.

    E_EXPRESSION_TYPE: "?" needs a boolean, but this is a number
      layers ? 1 : 2
      ^
    Compare it: x == "a", x > 0.

    E_EXPRESSION_TYPE: a list cannot be compared as a whole
      dims == 3
      ^
    Compare one of its members, or use len or in.

    E_EXPRESSION_TYPE: a group cannot be compared as a whole
      model == 3
      ^
    Compare one of its members, or use len or in.

    E_EXPRESSION_TYPE: "in" needs a list, but this is "relu"
      act in 'relu'
             ^
    Write x in ["a", "b"].

    E_EXPRESSION_TYPE: "z" is never "x" or "y"
      'z' in tags
      ^
    Use one of these values.

    E_EXPRESSION_TYPE: sum(...) needs numbers, but the list holds one of "x" or "y"
      sum(tags) > 3
      ^
    Name a number in it.

    E_EXPRESSION_TYPE: "sum" needs a number, but this is one of "relu" or "gelu"
      sum(act) > 3
          ^
    Use a number here.

    E_EXPRESSION_TYPE: len(...) takes one list or text
      len(layers) > 3
      ^
    Write len(blocks).

    E_EXPRESSION_TYPE: log(...) takes one number; got 2 arguments
      log(1, 2) > 3
      ^
    Change the arguments.

    E_EXPRESSION_TYPE: max(...) takes numbers, or one list of numbers; got 0 arguments
      max() > 3
      ^
    Change the arguments.

    E_EXPRESSION_TYPE: a condition is true or false, but this is a number
      layers
      ^
    Compare it: "a <= b".

    E_EXPRESSION_TYPE: a condition is true or false, but this is one of 1 or "a"
      on ? 1 : 'a'
         ^
    Compare it: "a <= b"."
  `);
});

test("well-typed expressions pass", () => {
  const texts = [
    "layers * batch <= 256 and act == 'relu'",
    "act in ['relu'] or 'x' in tags",
    "max(dims) < 3 and len(dims) > 0 and len(state) > 1",
    "metrics.anything > 3 and metrics.loss < 1",
    "extra.deep[0] == 3 and extra",
    "mixed == 1 or mixed == 'auto'",
    "on ? act == 'relu' : true",
    "batch in [16]",
    "state + 'x' == 'yx'",
    "dims[-1] > 0",
    "state < 'b'",
    "(on ? layers : 2) > 1",
  ];
  for (const text of texts) expect(() => parseExpression(text, TYPES, { result: "boolean" }), text).not.toThrow();
});

describe("limits", () => {
  test.each([
    ["length", "1".repeat(10_001)],
    ["parentheses", "(".repeat(500) + "1" + ")".repeat(500)],
    ["not", "not ".repeat(500) + "true"],
    ["signs", "-".repeat(500) + "1"],
    ["powers", Array(500).fill("2").join("**")],
    ["lists", "[".repeat(500)],
    ["parts", Array(2_500).fill("1").join("+")],
  ])("%s", (_, text) => {
    expect(refused(() => parseExpression(text))).toMatch(/^E_EXPRESSION_LIMIT: /);
  });
});

test("any text is parsed or refused with a code, and evaluating never throws", () => {
  const word = fc.constantFrom(
    "a",
    "model",
    "dims",
    "1",
    "2.5",
    "'x'",
    "(",
    ")",
    "[",
    "]",
    ".",
    ",",
    "+",
    "-",
    "*",
    "**",
    "/",
    "<",
    "==",
    "in",
    "not",
    "and",
    "or",
    "?",
    ":",
    "len",
    "true",
    "null",
    "`",
    "\\",
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), fc.boolean(), (words, spaced) => {
      let parsed;
      try {
        parsed = parseExpression(words.join(spaced ? " " : ""));
      } catch (error) {
        expect(error).toBeInstanceOf(VernierError);
        return;
      }
      evaluate(parsed, scope);
    }),
    { seed: 1, numRuns: 3000 },
  );
});
