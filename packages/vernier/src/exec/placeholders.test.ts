import { describe, expect, test } from "vitest";
import { expandArguments, parseTemplate, placeholderNames, unknownPlaceholder } from "./placeholders.ts";

const values: Record<string, string> = { lr: "0.1", "model.layers": "3", odd: 'a b "c" $HOME' };
const argv = (...texts: string[]): string[] => expandArguments(texts.map(parseTemplate), name => values[name]);

describe("placeholders", () => {
  test("are replaced wherever they stand, values go in as they are", () => {
    expect(argv("prog", "--lr", "{lr}", "--x={lr},{model.layers}", "{odd}", "{ lr }")).toEqual([
      "prog",
      "--lr",
      "0.1",
      "--x=0.1,3",
      'a b "c" $HOME',
      "0.1",
    ]);
  });

  test("doubled braces are braces", () => {
    expect(argv("prog", "{{lr}}", "{{{lr}}}", '{{"lr": {lr}}}', "{{{{}}}}")).toEqual([
      ...["prog", "{lr}", "{0.1}", '{"lr": 0.1}', "{{}}"],
    ]);
  });

  test.each([
    ['{"lr": {lr}}', '{"lr": 0.1}'],
    ['{"a": {"b": {lr}}}', '{"a": {"b": 0.1}}'],
    ["find {} {a,b} f() { echo; }", "find {} {a,b} f() { echo; }"],
    ["{", "{"],
    ["a}b}}", "a}b}}"],
    ["", ""],
  ])("%s: braces around what cannot be a name are text", (text, expected) => {
    expect(argv("prog", text)).toEqual(["prog", expected]);
  });

  test("names what a template asks for", () => {
    expect(placeholderNames(parseTemplate("{a}-{b.c}-{{d}}"))).toEqual(["a", "b.c"]);
  });

  test("an inactive one takes its argument along, and the flag before it", () => {
    expect(argv("prog", "--momentum", "{none}", "--beta={none}", "-m", "{none}", "--lr", "{lr}")).toEqual([
      "prog",
      "--lr",
      "0.1",
    ]);
    expect(argv("prog", "--lr", "{lr}", "x{none}y")).toEqual(["prog", "--lr", "0.1"]);
  });

  test("what is before it stays when it is no flag of its own", () => {
    expect(argv("prog", "{none}")).toEqual(["prog"]);
    expect(argv("prog", "sub", "{none}")).toEqual(["prog", "sub"]);
    expect(argv("prog", "--", "{none}")).toEqual(["prog", "--"]);
    expect(argv("prog", "--a=1", "{none}")).toEqual(["prog", "--a=1"]);
    expect(argv("prog", "--verbose", "--x={none}")).toEqual(["prog", "--verbose"]);
    expect(argv("prog", "--a", "{none}", "{none}")).toEqual(["prog"]);
    expect(argv("-prog", "{none}")).toEqual(["-prog"]);
  });

  test("a program without a value is an error", () => {
    expect(() => argv("{none}", "x")).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: the program "{none}" has no value in this trial. The program must be known in every trial. Use a parameter that is always active.]`,
    );
  });

  test("a name without its closing brace is refused", () => {
    expect(() => parseTemplate("--lr={lr")).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: the argument "--lr={lr" has "{" without "}". Placeholders are written {name}, a brace that is meant as such {{ or }}. Close it, or double it.]`,
    );
  });

  test("an unknown name is refused with the nearest known one", () => {
    expect(() => {
      throw unknownPlaceholder("lrr", "--lr={lrr}", ["lr", "model.layers", "trial"]);
    }).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: the argument "--lr={lrr}" asks for {lrr}, which is no parameter. Did you mean "lr"? Known are {lr}, {model.layers}, {trial}. Correct the name, or write {{ and }} for braces that are meant as such.]`,
    );
  });
});
