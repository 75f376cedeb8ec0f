import { describe, expect, test } from "vitest";
import { numbersOf, readJson, readJsonObject, readNumber, readPairs } from "./read-line.ts";

describe("numbers", () => {
  test.each([
    ["0.5", 0.5],
    [" -1e-3 ", -0.001],
    ["+.5", 0.5],
    ["1.", 1],
    ["1_000", 1000],
    ["1E5", 1e5],
    ["inf", Infinity],
    ["-Infinity", -Infinity],
    ["np.float64(0.25)", 0.25],
    ["tensor(-inf)", -Infinity],
  ])("%s", (text, value) => expect(readNumber(text)).toBe(value));

  test.each(["nan", "NaN", "-nan", "np.float32(nan)"])("%s", text => expect(readNumber(text)).toBeNaN());

  test.each(["", "abc", "1.2.3", "0x10", "97%", "1 2", "infinite", "f(g(1))", "true"])("not %j", text =>
    expect(readNumber(text)).toBeUndefined(),
  );
});

describe("JSON", () => {
  test("as Python writes it", () => {
    expect(readJson('{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \\" NaN", "NaN": 1}')).toEqual({
      a: NaN,
      b: [-Infinity, Infinity],
      c: 'NaN " NaN',
      NaN: 1,
    });
    expect(readJson('{"a": NaNa}')).toBeUndefined();
    expect(readJson("{'a': NaN}")).toBeUndefined();
  });

  test("only objects are lines of results", () => {
    expect(readJsonObject(' {"a": 1} ')).toEqual({ a: 1 });
    expect(readJsonObject("[1]")).toBeUndefined();
    expect(readJsonObject('{"a": 1} done')).toBeUndefined();
  });

  test("numbers, also those written as text, since JSON has no word for NaN", () => {
    expect(numbersOf({ a: 1, b: "NaN", c: "0.5", d: null, e: true, f: "x", g: [1] })).toEqual({ a: 1, b: NaN, c: 0.5 });
  });
});

describe("pairs", () => {
  test.each([
    ["loss: 0.5", { loss: 0.5 }],
    ["loss=0.5", { loss: 0.5 }],
    ["  val/loss = 5e-1 ", { "val/loss": 0.5 }],
    ["epoch: 3/10, loss: 0.5 acc=nan", { loss: 0.5, acc: NaN }],
    ["loss: 0.5 | acc: 1 |", { loss: 0.5, acc: 1 }],
    ['  "loss": 0.5,', { loss: 0.5 }],
    ["{'loss': np.float64(0.5), 'acc': 0.9}", { loss: 0.5, acc: 0.9 }],
    ["größe: 2", { größe: 2 }],
    ["kind=adam", {}],
  ])("%s", (line, numbers) => expect(readPairs(line)).toEqual(numbers));

  test.each([
    "loss is 0.5",
    "Epoch 3: loss=0.5",
    "the loss: 0.5",
    "loss: 0.5 (best)",
    "12:30 loss: 1",
    "x".repeat(3000),
  ])("not %s", line => expect(readPairs(line)).toBeUndefined());

  test("takes time in proportion to the line, whatever it holds", () => {
    // A pattern that backtracks would not come back from these.
    for (const unit of ["a", " ", "a ", "a.", '"a" ', "a:", "a: "]) readPairs(unit.repeat(2000 / unit.length));
  });
});
