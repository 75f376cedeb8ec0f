import { describe, expect, test } from "vitest";
import { readJsonObject } from "./read-line.ts";
import { planResult, type ResultSource } from "./result-options.ts";
import { ResultReader, type Found, type WantedMetrics } from "./results.ts";

const one: WantedMetrics = { objectives: ["loss"], all: new Set(["loss"]) };
const two: WantedMetrics = { objectives: ["loss", "acc"], all: new Set(["loss", "acc"]) };
const bounded: WantedMetrics = { objectives: ["loss"], all: new Set(["loss", "mb"]) };

interface Said {
  readonly wanted?: WantedMetrics;
  readonly from?: ResultSource;
  readonly file?: string;
  readonly stderr?: string;
}
function read(stdout: string, { wanted, from, file, stderr = "" }: Said = {}): Found {
  const reader = new ResultReader(planResult(from), wanted);
  for (const line of stdout.split("\n")) {
    const object = readJsonObject(line);
    reader.line(line, "stdout", object !== undefined);
    if (object !== undefined) reader.json(object);
  }
  for (const line of stderr.split("\n")) reader.line(line, "stderr", false);
  return reader.finish(file);
}
const outcome = (stdout: string, said?: Said): unknown => read(stdout, said).outcome;

describe("without being told where", () => {
  test("the last JSON line with a metric, with its other numbers", () => {
    const text = '{"loss": 1}\n{"loss": 0.5, "extra": 2, "name": "x"}\n{"unrelated": 9}\nbye';
    expect(outcome(text, { wanted: one })).toEqual({ loss: 0.5, extra: 2 });
  });

  test("lines of names and values; numbers the study does not know stay out", () => {
    expect(outcome("loss: 1\nloss=0.5, lr=3\nhost: 4", { wanted: one })).toEqual({ loss: 0.5 });
  });

  test("metrics on lines of their own", () => {
    expect(outcome("loss: 1\nacc: 0.5", { wanted: two })).toEqual({ loss: 1, acc: 0.5 });
    expect(outcome('{"loss": 1}\n{"acc": 0.5}', { wanted: two })).toEqual({ loss: 1, acc: 0.5 });
  });

  test("a number alone as the last line, for a single objective", () => {
    expect(outcome("hello\n0.5\n", { wanted: one })).toEqual({ loss: 0.5 });
    expect(outcome("mb: 12\n0.5", { wanted: bounded })).toEqual({ mb: 12, loss: 0.5 });
    expect(read("0.5", { wanted: two })).toEqual({ outcome: {}, missing: ["loss", "acc"] });
    expect(read("0.5\nbye", { wanted: one }).missing).toEqual(["loss"]);
  });

  test("a file goes before JSON, JSON before names, names before a bare number", () => {
    const text = 'loss: 3\n{"loss": 2}\n4';
    expect(outcome(text, { wanted: one, file: '{"loss": 1}' })).toEqual({ loss: 1 });
    expect(outcome(text, { wanted: one, file: "0.25\n" })).toEqual({ loss: 0.25 });
    expect(outcome(text, { wanted: one })).toEqual({ loss: 2 });
    expect(outcome("loss: 3\n4", { wanted: one })).toEqual({ loss: 3 });
  });

  test("the newest report where nothing else was said", () => {
    const reader = new ResultReader(planResult(undefined), one);
    reader.report({ loss: 3 });
    reader.report({ loss: 2 });
    reader.line("bye", "stdout", false);
    expect(reader.finish(undefined).outcome).toEqual({ loss: 2 });
    reader.line("loss: 1", "stdout", false);
    expect(reader.finish(undefined).outcome).toEqual({ loss: 1 });
  });

  test("a missing constraint is missing, too", () => {
    expect(read("loss: 1", { wanted: bounded }).missing).toEqual(["mb"]);
  });

  test("without a study every number counts", () => {
    expect(outcome('a: 1\n{"b": 2}')).toEqual({ a: 1, b: 2 });
    expect(outcome("7")).toBe(7);
    expect(read("bye")).toEqual({ outcome: {}, missing: ["result"] });
  });
});

describe("told where", () => {
  test("only there", () => {
    const text = 'loss: 3\n{"loss": 2}\n4';
    expect(outcome(text, { wanted: one, from: "json" })).toEqual({ loss: 2 });
    expect(outcome(text, { wanted: one, from: "names" })).toEqual({ loss: 3 });
    expect(outcome(text, { wanted: one, from: "number" })).toEqual({ loss: 4 });
    expect(read(text, { wanted: one, from: "file" }).missing).toEqual(["loss"]);
  });

  test("a file of JSON, JSON lines, names or a number", () => {
    const from = { file: "out" };
    expect(outcome("", { wanted: two, from, file: '{\n "loss": NaN,\n "acc": 1\n}' })).toEqual({ loss: NaN, acc: 1 });
    expect(outcome("", { wanted: two, from, file: '{"loss": 1}\n{"acc": 2}\n' })).toEqual({ loss: 1, acc: 2 });
    expect(outcome("", { wanted: two, from, file: "loss: 1\nacc = 2\n" })).toEqual({ loss: 1, acc: 2 });
    expect(outcome("", { wanted: one, from, file: "-inf" })).toEqual({ loss: -Infinity });
  });

  test("a pattern for the single metric: the first group, or the whole match; the last line counts", () => {
    expect(outcome("loss is 1!\nloss is 2!", { wanted: one, from: { pattern: "loss is (\\d+)" } })).toEqual({
      loss: 2,
    });
    expect(outcome("took 3.5 s", { wanted: one, from: { pattern: /[\d.]+(?= s)/g } })).toEqual({ loss: 3.5 });
  });

  test("a pattern with a group for every metric", () => {
    const pattern = /loss (?<loss>\S+) acc (?<acc>\S+)/;
    expect(outcome("epoch 3: loss 1e-3 acc nan", { wanted: two, from: { pattern } })).toEqual({ loss: 1e-3, acc: NaN });
  });

  test("a pattern per metric, also on stderr", () => {
    const pattern = { loss: "loss (\\S+)", acc: /acc (?<acc>\S+)/i };
    expect(outcome("loss 9", { wanted: two, from: { pattern, from: "stderr" }, stderr: "loss 1\nACC 2" })).toEqual({
      loss: 1,
      acc: 2,
    });
  });

  test("what cannot be meant is refused", () => {
    expect(() => planResult("yaml" as never)).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: a command's result cannot be read from "yaml". It is "json", "names", "number", "file", { file: "path" } or { pattern: "loss is (\\\\S+)" }. Leave it out to try them all.]`,
    );
    expect(() => planResult({ pattern: "loss (" })).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: the result's pattern is not a regular expression: /loss (/u: Unterminated group. It is written as in JavaScript, with the value in a group: "loss is (\\S+)". Correct "loss (".]`,
    );
    expect(() => planResult({ pattern: { acc: 3 as never } })).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: the pattern of the metric "acc" is not a regular expression: it is no text. It is written as in JavaScript, with the value in a group: "loss is (\\S+)". Correct 3.]`,
    );
    expect(() => planResult({ pattern: "x", from: "stdin" as never })).toThrow(/stdin/);
  });
});
