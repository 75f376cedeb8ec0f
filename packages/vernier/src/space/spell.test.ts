import { expect, test } from "vitest";
import { caret, didYouMean, spell, spellList, spellNumber } from "./spell.ts";

test("numbers read back to themselves, in the shorter spelling", () => {
  const numbers = [0, -0, 1, -2.5, 0.1, 1e-3, 9.5e-4, 1e-5, 1.5e-7, 1e6, 123456789, 1e21, 5e-324, NaN, Infinity];
  const texts = numbers.map(spellNumber);
  expect(texts.join(" ")).toBe("0 -0 1 -2.5 0.1 0.001 9.5e-4 1e-5 1.5e-7 1e6 123456789 1e21 5e-324 NaN Infinity");
  expect(texts.map(Number)).toEqual(numbers);
});

test("values are cut to a readable length, whatever they are", () => {
  const circle: Record<string, unknown> = {};
  circle["a"] = circle;
  const values = [
    "a",
    1e-5,
    null,
    undefined,
    [1, "x"],
    { a: 1 },
    10n,
    Symbol("s"),
    spell,
    () => 1,
    circle,
    "x".repeat(99),
  ];
  expect(values.map(v => spell(v, 20)).join(" | ")).toMatchInlineSnapshot(
    `""a" | 1e-5 | null | undefined | [1,"x"] | {"a":1} | 10n | Symbol(s) | function spell | function (anonymous) | [object Object] | "xxxxxxxxxxxxxxxx..."`,
  );
  expect(spellList([])).toBe("");
  expect(spellList(["a"])).toBe('"a"');
  expect(spellList([1, 2, 3])).toBe("1, 2 or 3");
  expect(spellList([1, 2, 3, 4], 2)).toBe("1, 2 or 2 more");
});

test("a caret stands under the place, on its line, even on long lines", () => {
  expect(caret("one\ntwo x\nthree", 8)).toBe("\n  two x\n      ^\n");
  expect(caret("", 0)).toBe("\n  \n  ^\n");
  const [, line = "", mark = ""] = caret("a".repeat(500) + "X" + "b".repeat(500), 500).split("\n");
  expect(line[mark.indexOf("^")]).toBe("X");
  expect(line.length).toBeLessThan(130);
});

test("hints are near, or none", () => {
  const names = ["layers", "learning_rate", "lr", "act"];
  const hint = (word: string): string => didYouMean(word, names);
  expect(hint("layrs")).toBe(' Did you mean "layers"?');
  expect(hint("lyaers")).toBe(' Did you mean "layers"?');
  expect(hint("learningrate")).toBe(' Did you mean "learning_rate"?');
  expect(hint("LR")).toBe(' Did you mean "lr"?');
  expect(hint("lrr")).toBe(' Did you mean "lr"?');
  expect(["momentum", "x", ""].map(hint)).toEqual(["", "", ""]);
});
