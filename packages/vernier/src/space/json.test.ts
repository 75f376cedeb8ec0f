import { expect, test } from "vitest";
import { VernierError } from "../math/errors.ts";
import { canonical } from "./canonical.ts";
import {
  choice,
  fixed,
  float,
  int,
  list,
  oneOf,
  ordinal,
  permutation,
  simplex,
  space,
  subset,
  text,
  when,
} from "./builders.ts";
import { compile } from "./codec.ts";
import { hashSpace, hashText } from "./hash.ts";
import { toJsonSchema } from "./json-schema.ts";
import { fromJson, isLocal, toJson } from "./json.ts";

test("a space is its own JSON", () => {
  const s = space({ a: int(1, 2) }, { where: ["a > 0"] });
  expect(toJson(s)).toBe(s);
  expect(fromJson(JSON.parse(JSON.stringify(s)))).toEqual(s);
  expect(isLocal(s)).toBe(false);
});

test("a function under where keeps the space at home", () => {
  const s = space({ a: int(1, 2) }, { where: [p => p.a > 1, "a > 0"] });
  expect(isLocal(s)).toBe(true);
  expect(Object.keys(s)).toEqual(["version", "shape", "where"]);
  for (const leave of [() => toJson(s), () => hashSpace(s), () => JSON.stringify(s)]) {
    expect(leave).toThrowError(/^the space has a function under where, which cannot be stored or sent/);
    expect(leave).toThrowError(VernierError);
  }
  const dropped = toJson(s, { local: "drop" });
  expect(JSON.parse(JSON.stringify(dropped))).toEqual({
    version: 1,
    shape: { a: { type: "int", low: 1, high: 2 } },
    where: ["a > 0"],
  });
  expect(compile(dropped).feasible({ a: 1 })).toBe(true);
  expect(compile(s).feasible({ a: 1 })).toBe(false);
});

test("the hash is MurmurHash3 x86 128", () => {
  // Values of the reference implementation as published by independent ports.
  expect(hashText("")).toBe("0".repeat(32));
  expect(hashText("The quick brown fox jumps over the lazy dog")).toBe("2f1583c3ecee2c675d7bf66ce5e91d2c");
  expect(hashText("I will not buy this record, it is scratched.")).toBe("a0a9683b25ac5e40d9af2895890dddf5");
  expect(hashText("I will not buy this tobacconist's, it is scratched.")).toBe("9b5b7ba2ef3f7866889adeaf00f3f98e");
  const texts = [
    "é",
    "€",
    "😀",
    "\ud800",
    "a",
    "b",
    "ab",
    "ba",
    ..."x"
      .repeat(40)
      .split("")
      .map((_, i) => "x".repeat(i + 1)),
  ];
  expect(new Set(texts.map(hashText)).size).toBe(texts.length);
});

test("the hash of a space is pinned, and follows the search only", () => {
  const s = space({ lr: float(1e-5, 0.1, { scale: "log" }), act: choice(["relu", "gelu"]) }, { where: ["lr < 1"] });
  expect(hashSpace(s)).toMatchInlineSnapshot(`"24d1fa34ef7ce4c6dc2c25574f78dab4"`);
  const same = space(
    {
      act: choice(["relu", "gelu"], { description: "activation" }),
      lr: float(1e-5, 0.1, { scale: "log", unit: "1/step" }),
    },
    { where: ["lr < 1"] },
  );
  expect(hashSpace(same)).toBe(hashSpace(s));
  const others = [
    space({ lr: float(1e-5, 0.1), act: choice(["relu", "gelu"]) }, { where: ["lr < 1"] }),
    space({ lr: float(1e-5, 0.1, { scale: "log" }), act: choice(["gelu", "relu"]) }, { where: ["lr < 1"] }),
    space({ lr: float(1e-5, 0.1, { scale: "log" }), act: choice(["relu", "gelu"]) }),
    space(
      { lr: float(1e-5, 0.1, { scale: "log", default: 0.01 }), act: choice(["relu", "gelu"]) },
      { where: ["lr < 1"] },
    ),
  ];
  expect(new Set([s, ...others].map(hashSpace)).size).toBe(5);
});

test("canonical text", () => {
  expect(canonical({ b: [1, -0, NaN, Infinity, -Infinity, 1e21], a: { z: null, y: undefined, x: "é\n" } })).toBe(
    '{"a":{"x":"é\\n","z":null},"b":[1,-0,NaN,Infinity,-Infinity,1e+21]}',
  );
  expect([canonical(undefined), canonical(true), canonical("a")]).toEqual(["undefined", "true", '"a"']);
});

test("JSON Schema", () => {
  const s = space(
    {
      lr: float(1e-5, 0.1, { scale: "log", default: 0.01, unit: "1/step", description: "step size" }),
      drop: float(0, 0.3, { step: 0.1 }),
      n: int(1, 6),
      even: int(2, 8, { step: 2 }),
      odd: int(1, 9, { step: 4 }),
      act: choice(["relu", null]),
      batch: ordinal([16, 32]),
      group: { order: permutation(["a", "b"]), some: subset(["a", "b"], { min: 1 }) },
      mix: simplex(["web", "code"]),
      opt: oneOf({ sgd: { m: float(0, 1) }, none: {} }),
      slope: when('act == "relu"', float(0, 1)),
      blocks: list(int(1, 2), { max: 3 }),
      system: text({ seeds: ["Be terse."] }),
      epochs: fixed([10]),
    },
    { where: ["n < 6", "even > n"] },
  );
  expect(JSON.stringify(toJsonSchema(s), undefined, 1).replaceAll(/\n\s*/g, " ")).toMatchInlineSnapshot(
    `"{ "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": { "lr": { "type": "number", "minimum": 0.00001, "maximum": 0.1, "default": 0.01, "description": "step size", "$comment": "unit: 1/step" }, "drop": { "type": "number", "minimum": 0, "maximum": 0.3, "enum": [ 0, 0.1, 0.2, 0.3 ] }, "n": { "type": "integer", "minimum": 1, "maximum": 6 }, "even": { "type": "integer", "minimum": 2, "maximum": 8, "multipleOf": 2 }, "odd": { "type": "integer", "minimum": 1, "maximum": 9, "enum": [ 1, 5, 9 ] }, "act": { "enum": [ "relu", null ] }, "batch": { "enum": [ 16, 32 ] }, "group": { "type": "object", "properties": { "order": { "type": "array", "items": { "enum": [ "a", "b" ] }, "uniqueItems": true, "minItems": 2, "maxItems": 2 }, "some": { "type": "array", "items": { "enum": [ "a", "b" ] }, "uniqueItems": true, "minItems": 1, "maxItems": 2 } }, "required": [ "order", "some" ], "additionalProperties": false }, "mix": { "type": "object", "properties": { "web": { "type": "number", "minimum": 0, "maximum": 1 }, "code": { "type": "number", "minimum": 0, "maximum": 1 } }, "required": [ "web", "code" ], "additionalProperties": false, "$comment": "the shares sum to 1" }, "opt": { "oneOf": [ { "type": "object", "properties": { "kind": { "const": "sgd" }, "m": { "type": "number", "minimum": 0, "maximum": 1 } }, "required": [ "kind", "m" ], "additionalProperties": false }, { "type": "object", "properties": { "kind": { "const": "none" } }, "required": [ "kind" ], "additionalProperties": false } ] }, "slope": { "type": "number", "minimum": 0, "maximum": 1, "$comment": "present only when act == \\"relu\\"" }, "blocks": { "type": "array", "items": { "type": "integer", "minimum": 1, "maximum": 2 }, "minItems": 0, "maxItems": 3 }, "system": { "type": "string", "examples": [ "Be terse." ] }, "epochs": { "const": [ 10 ] } }, "required": [ "lr", "drop", "n", "even", "odd", "act", "batch", "group", "mix", "opt", "blocks", "system", "epochs" ], "additionalProperties": false, "$comment": "where n < 6 and even > n" }"`,
  );
});
