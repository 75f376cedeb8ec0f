import { describe, expect, test } from "vitest";
import { VernierError } from "../math/errors.ts";
import { stream } from "../math/rng.ts";
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
import { checkPartial, complete, sampleWith } from "./validate.ts";

const s = space(
  {
    lr: float(1e-5, 1e-1, { scale: "log" }),
    drop: float(0, 0.5, { step: 0.1 }),
    model: { layers: int(1, 6), act: choice(["relu", "gelu"]) },
    batch: ordinal([16, 32, 64]),
    optimizer: oneOf({ sgd: { momentum: float(0, 0.99) }, adam: { beta: float(0.9, 0.999), eps: float(0, 1) } }),
    slope: when('model.act == "relu"', float(0, 1)),
    order: permutation(["a", "b", "c"]),
    features: subset(["f1", "f2", "f3"], { min: 1, max: 2 }),
    mix: simplex(["web", "code"]),
    blocks: list({ width: int(8, 64) }, { min: 1, max: 3 }),
    system: text({ seeds: ["Be terse."] }),
    epochs: fixed({ max: 10, names: ["x"] }),
  },
  { where: ["model.layers * batch <= 256"] },
);
const codec = compile(s);
const good = codec.defaults();
const issues = (change: object): string[] =>
  codec.check({ ...good, ...change }).map(({ path, message }) => `${path} ${message}`);

test("the defaults are fine, with keys in any order", () => {
  expect(codec.check(good)).toEqual([]);
  expect(codec.check(Object.fromEntries(Object.entries(good).reverse()))).toEqual([]);
  expect(codec.validate(good)).toBe(good);
});

test("every issue names its path, what came and the rule", () => {
  const found = [
    issues({ lr: 1, drop: 0.25, batch: 48, lrr: 3 }),
    issues({ lr: "0.1", model: { layers: 2.5, act: "rleu" } }),
    issues({ lr: NaN, model: 3, system: 3 }),
    issues({ model: { layers: 1 }, batch: undefined }),
    issues({ optimizer: { kind: "sdg", momentum: 0.5 } }),
    issues({ optimizer: { momentum: 0.5 } }),
    issues({ optimizer: { kind: "sgd", momentum: 0.5, beta: 0.95 } }),
    issues({ optimizer: { kind: "adam", beta: 0.95 } }),
    issues({ optimizer: "sgd" }),
    issues({ slope: undefined }),
    issues({ model: { layers: 1, act: "gelu" } }),
    issues({ slope: 2 }),
    issues({ order: ["a", "b"] }),
    issues({ order: ["a", "b", "b"] }),
    issues({ order: ["a", "b", "d"] }),
    issues({ features: [] }),
    issues({ features: "f1" }),
    issues({ mix: { web: 0.5, code: 0.6 } }),
    issues({ mix: { web: 0.5 } }),
    issues({ mix: { web: 0.5, code: 0.5, books: 0 } }),
    issues({ mix: [0.5, 0.5] }),
    issues({ blocks: [] }),
    issues({ blocks: [{ width: 8 }, { width: 7, depth: 1 }] }),
    issues({ blocks: { width: 8 } }),
    issues({ epochs: { max: 11, names: ["x"] } }),
    issues({ model: { layers: 6, act: "relu" }, batch: 64 }),
    codec.check(null).map(i => `${i.path} ${i.message}`),
    codec.check([]).map(i => `${i.path} ${i.message}`),
  ];
  expect(found.map(lines => lines.join("\n")).join("\n\n")).toMatchInlineSnapshot(`
    "lrr is not in the space. Did you mean "lr"?
    lr must be from 1e-5 to 0.1; got 1
    drop must be 0 plus steps of 0.1; got 0.25, the nearest is 0.3
    batch must be 16, 32 or 64; got 48.

    lr must be a number; got "0.1"
    model.layers must be a whole number from 1 to 6; got 2.5
    model.act must be "relu" or "gelu"; got "rleu". Did you mean "relu"?
    slope must be left out: it exists only when model.act == "relu"

    lr must be a number; got NaN
    model must be a record of parameters; got 3
    system must be a text; got 3

    model.act is missing
    batch is missing

    optimizer.kind must be "sgd" or "adam"; got "sdg". Did you mean "sgd"?

    optimizer.kind must be "sgd" or "adam"; it is missing.

    optimizer.beta is not in the space. Known: momentum

    optimizer.eps is missing

    optimizer must be a record with "kind"; got "sgd"

    slope is missing: it exists when model.act == "relu"

    slope must be left out: it exists only when model.act == "relu"

    slope must be from 0 to 1; got 2

    order must hold 3 of its items; got 2

    order holds "b" twice

    order has no item "d".

    features must hold 1 to 2 of its items; got 0

    features must be an array of items; got "f1"

    mix must sum to 1; got 1.1

    mix must hold a share from 0 to 1 for "code"; got undefined

    mix has no part "books".

    mix must be a record of shares; got [0.5,0.5]

    blocks must hold 1 to 3 items; got 0

    blocks[1].depth is not in the space. Known: width
    blocks[1].width must be from 8 to 64; got 7

    blocks must be an array; got {"width":8}

    epochs is fixed to {"max":10,"names":["x"]}; got {"max":11,"names":["x"]}

    where[0] does not hold: model.layers * batch <= 256 (model.layers=6, batch=64)

     must be a record of parameters; got null

     must be a record of parameters; got []"
  `);
});

test("fixed values are equal whatever the order of their keys", () => {
  expect(issues({ epochs: { names: ["x"], max: 10 } })).toEqual([]);
});

test("validate lists every issue in one error", () => {
  const thrown = ((): unknown => {
    try {
      return codec.validate({ ...good, lr: 1, drop: 7 });
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toBeInstanceOf(VernierError);
  expect((thrown as VernierError).code).toBe("E_PARAMS");
  expect((thrown as VernierError).message).toMatchInlineSnapshot(`
    "the params do not fit the space:
      lr must be from 1e-5 to 0.1; got 1
      drop must be from 0 to 0.5; got 7"
  `);
  expect((thrown as VernierError).details).toMatchObject({ issues: [{ path: "lr" }, { path: "drop" }] });
});

test("names like those of Object.prototype are only own properties", () => {
  const odd = compile(space({ toString: when("valueOf > 1", int(1, 2)), valueOf: int(1, 2) }));
  expect(odd.check({})).toEqual([{ path: "valueOf", message: "is missing" }]);
  expect(odd.check({ valueOf: 1 })).toEqual([]);
  expect([...odd.enumerate()].length).toBe(3);
});

describe("partial configurations", () => {
  test("may leave out anything, but what they hold must be right", () => {
    const check = (partial: unknown): string[] => checkPartial(codec, partial).map(i => `${i.path} ${i.message}`);
    expect(check({})).toEqual([]);
    expect(check({ lr: 0.01, model: { act: "relu" }, blocks: [{}, { width: 9 }] })).toEqual([]);
    expect(check({ optimizer: { beta: 0.95 } })).toEqual([]);
    expect(check({ slope: 0.5 })).toEqual([]);
    expect(check({ slope: 0.5, model: { act: "gelu" } })).toEqual([
      'slope must be left out: it exists only when model.act == "relu"',
    ]);
    expect(check({ optimizer: { beta: 0.95, momentum: 0.5 } })).toEqual([
      'optimizer has no branch with all of ["beta","momentum"]',
    ]);
    expect(check({ model: { layers: 6 }, batch: 64 })).toEqual([
      "where[0] does not hold: model.layers * batch <= 256 (model.layers=6, batch=64)",
    ]);
    expect(check({ model: { layers: 6 } })).toEqual([]);
    expect(check({ lrr: 1 })).toEqual(['lrr is not in the space. Did you mean "lr"?']);
  });

  test("lie over a base: branches switch, lists take their length, digits stay", () => {
    const base = { ...good, optimizer: { kind: "adam" as const, beta: 0.95, eps: 0.25 } };
    const done = complete(codec, { lr: 0.1 / 3, optimizer: { kind: "sgd" }, blocks: [{}, { width: 9 }] }, base);
    expect(done).toEqual({
      ...base,
      lr: 0.1 / 3,
      optimizer: { kind: "sgd", momentum: 0.495 },
      blocks: [{ width: 36 }, { width: 9 }],
    });
    expect(complete(codec, { optimizer: { eps: 0.75 } }, base).optimizer).toEqual({
      kind: "adam",
      beta: 0.95,
      eps: 0.75,
    });
    expect(complete(codec, { optimizer: { momentum: 0.1 } }, base).optimizer).toEqual({ kind: "sgd", momentum: 0.1 });
    expect(Object.keys(done)).toEqual(Object.keys(good));
    expect(codec.check(done)).toEqual([]);
  });

  test("bring and remove what is conditional; what cannot be is left for check", () => {
    const relu = complete(codec, {}, good);
    expect(relu.slope).toBe(0.5);
    const gelu = complete(codec, { model: { act: "gelu" } }, good);
    expect("slope" in gelu).toBe(false);
    const contradiction = complete(codec, { slope: 0.5, model: { act: "gelu" } }, good);
    expect(codec.check(contradiction)).toHaveLength(1);
    expect(codec.check(complete(codec, { lrr: 3 }, good))).toHaveLength(1);
  });

  test("are completed by draws that respect them, conditions and where", () => {
    const rng = stream(1);
    for (let i = 0; i < 50; i++) {
      const params = sampleWith(codec, { slope: 0.1 / 3, model: { layers: 5 } }, rng);
      expect(codec.check(params)).toEqual([]);
      expect([params.slope, params.model.layers, params.model.act]).toEqual([0.1 / 3, 5, "relu"]);
    }
    const drawn = new Set(
      Array.from({ length: 20 }, () =>
        JSON.stringify(sampleWith(codec, { optimizer: { kind: "sgd" } }, rng).optimizer),
      ),
    );
    expect(drawn.size).toBe(20);
  });

  test("that cannot be completed are said so", () => {
    const tight = compile(space({ a: int(1, 9), b: int(1, 9) }, { where: ["a + b == 10"] }));
    expect(sampleWith(tight, { a: 3 }, stream(1))).toEqual({ a: 3, b: 7 });
    expect(() => sampleWith(tight, { a: 11 }, stream(1))).toThrowError(/a must be from 1 to 9; got 11/);
    const none = compile(space({ a: int(1, 9), b: int(1, 9) }, { where: ["a + b == 18"] }));
    expect(() => sampleWith(none, { a: 3 }, stream(1))).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: none of 1000 configurations with {"a":3} is allowed: where[0] does not hold: a + b == 18 (a=3, b=8). Give other values, or fewer.]`,
    );
  });
});
