import { describe, expect, test } from "vitest";
import { runInNewContext } from "node:vm";
import { jsonCopy, metricsCopy, metricsFromWire, metricsToWire, recordCopy } from "./json.ts";

describe("copies at the door", () => {
  test("are deep, frozen and as JSON has it", () => {
    const given = { a: [1, { b: "x" }], gone: undefined, zero: -0, nothing: null, nested: { zero: -0 } };
    const copy = recordCopy(given, "E_PARAMS", "params") as typeof given;
    expect(copy).toEqual(JSON.parse(JSON.stringify(given)));
    expect("gone" in copy).toBe(false);
    expect(Object.is(copy.zero, 0) && Object.is(copy.nested.zero, 0)).toBe(true);
    expect([copy, copy.a, copy.a[1], copy.nested].every(value => Object.isFrozen(value))).toBe(true);
    given.a.push(2);
    expect(copy.a.length).toBe(2);
    expect(Object.isFrozen(given)).toBe(false);
  });

  test.each([
    [{ a: { b: [0, NaN] } }, "p.a.b[1] is NaN"],
    [{ a: Infinity }, "p.a is Infinity"],
    [{ a: () => 1 }, "p.a is a function"],
    [{ a: 1n }, "p.a is a bigint"],
    [{ a: new Date(0) }, "p.a is a Date"],
    [{ a: new Map() }, "p.a is a Map"],
    [[1], "p is an array of 1"],
    [null, "p is null"],
    ["text", 'p is "text"'],
  ])("refuse what JSON cannot hold: %o", (value, words) => {
    expect(() => recordCopy(value, "E_PARAMS", "p")).toThrow(words);
  });

  test("take plain objects of any realm and without prototype", () => {
    expect(jsonCopy(runInNewContext("({ a: [1] })"), "E_JSON", "x")).toEqual({ a: [1] });
    expect(jsonCopy(Object.assign(Object.create(null), { a: 1 }), "E_JSON", "x")).toEqual({ a: 1 });
  });

  test("metrics may be any number and nothing else", () => {
    expect(metricsCopy({ a: NaN, b: -0 })).toEqual({ a: NaN, b: -0 });
    for (const bad of [{ a: "1" }, { a: null }, { a: undefined }, { a: 1n }, { "": 1 }, [1], 3, null]) {
      expect(() => metricsCopy(bad)).toThrow(/metric/);
    }
  });
});

test("metrics on the wire are JSON and come back to the bit", () => {
  const odd = { a: NaN, b: Infinity, c: -Infinity, d: -0, e: 0, f: 5e-324, g: 0.1 };
  const wire = metricsToWire(odd);
  expect(wire).toEqual({ a: "NaN", b: "Infinity", c: "-Infinity", d: "-0", e: 0, f: 5e-324, g: 0.1 });
  expect(metricsFromWire(JSON.parse(JSON.stringify(wire)))).toEqual(odd);
  const plain = { a: 1 };
  expect(metricsToWire(plain)).toBe(plain);
});
