import { expect, test } from "vitest";
import { parsePythonJson, writePythonJson } from "./python-json.ts";

test("reads what JSON reads, and Python's numbers", () => {
  expect(parsePythonJson('{"a": [1, NaN, -Infinity, Infinity], "b": "NaN", "c": null}')).toEqual({
    a: [1, NaN, -Infinity, Infinity],
    b: "NaN",
    c: null,
  });
  expect(
    parsePythonJson('[NaN, "a\\"NaN\\\\", "\\u00e9\\ud83d\\ude00", true, false, -1.5e-7, {}, [], " [NaN] "]'),
  ).toEqual([NaN, 'a"NaN\\', "é😀", true, false, -1.5e-7, {}, [], " [NaN] "]);
  expect(Object.keys(parsePythonJson('{"__proto__": NaN}') as object)).toEqual(["__proto__"]);
});

test.each([
  ['{"a": NaN', "the text ends too early at column 10"],
  ["[NaN,]", '"]" is not JSON at column 6'],
  ["nan", '"nan" is not JSON at column 1'],
  ["[-NaN]", "is not JSON"],
  ["[NaN] x", '"x" is not JSON at column 7'],
  ['[NaN, "\\x"]', "is not JSON at column 7"],
  ["[NaN, 01]", "is not JSON"],
  ["", "the text ends too early"],
])("refuses %s", (text, message) => {
  expect(() => parsePythonJson(text)).toThrow(message);
});

test("refuses what nests too deep, in either reader", () => {
  const deep = (inner: string): string => "[".repeat(100_000) + inner + "]".repeat(100_000);
  expect(() => parsePythonJson(deep("1"))).toThrow(/deeper than 100 levels/);
  expect(() => parsePythonJson(deep("NaN"))).toThrow(/deeper than 100 levels/);
});

test("writes what it reads", () => {
  const text = '{"a":[1,NaN,-Infinity,Infinity,-0.0,1e-7],"b":"\\"NaN\\"","c":null}';
  expect(writePythonJson(parsePythonJson(text))).toBe(text);
});
