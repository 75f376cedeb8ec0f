import { describe, expect, test } from "vitest";
import { VernierError } from "./errors.ts";
import { hasCode, outcomeMetrics, Pruned, readable, trialError } from "./result.ts";

const one = { objectives: { loss: { direction: "minimize" } }, constraints: {} } as const;
const three = {
  objectives: { accuracy: { direction: "maximize" }, latencyMs: { direction: "minimize" } },
  constraints: { memoryMb: { max: 512 } },
} as const;

test("a bare number stands for the single metric; further numbers are kept, undefined ones are not there", () => {
  expect(outcomeMetrics(0.5, one)).toEqual({ loss: 0.5 });
  expect(outcomeMetrics({ loss: 0.5, epochs: 3, note: undefined }, one)).toEqual({ loss: 0.5, epochs: 3 });
  const all = { accuracy: 1, latencyMs: 2, memoryMb: Infinity, extra: NaN };
  expect(outcomeMetrics(all, three)).toEqual(all);
});

describe("bad results, each by its text", () => {
  test.each<[string, unknown, typeof one | typeof three]>([
    ["nothing", undefined, one],
    ["null", null, one],
    ["a text", "0.5", one],
    ["an array", [0.5], one],
    ["NaN", NaN, one],
    ["an infinity", -Infinity, one],
    ["a NaN among several", { accuracy: NaN, latencyMs: 1, memoryMb: 1 }, three],
    ["a typo", { acuracy: 1, latencyMs: 1, memoryMb: 1 }, three],
    ["an objective missing", { accuracy: 1, memoryMb: 1 }, three],
    ["a constraint missing", { accuracy: 1, latencyMs: 1 }, three],
    ["a constraint NaN", { accuracy: 1, latencyMs: 1, memoryMb: NaN }, three],
    ["a bare number for several", 1, three],
    ["a text as metric", { loss: 1, label: "cat" }, one],
    [
      "a name that is no identifier",
      {},
      { objectives: { "val loss": { direction: "minimize" } }, constraints: {} } as never,
    ],
  ])("%s", (_, outcome, spec) => {
    expect(() => outcomeMetrics(outcome, spec)).toThrowErrorMatchingSnapshot();
  });

  test("the numbers there are go with the error, for the failed trial to keep", () => {
    try {
      outcomeMetrics({ loss: NaN, epochs: 3 }, one);
      expect.unreachable();
    } catch (error) {
      expect((error as VernierError).details).toEqual({ kind: "result", metrics: { loss: NaN, epochs: 3 } });
    }
  });
});

describe("what was thrown, as a record", () => {
  test("an error keeps its name, message and stack", () => {
    const error = trialError(new TypeError("x is not a function"));
    expect(error).toMatchObject({ kind: "throw", message: "TypeError: x is not a function" });
    expect(error.tail).toContain("result.test.ts");
  });
  test("ours say their kind, code and tail themselves", () => {
    const error = new VernierError("E_EXEC_EXIT", "exit code 3.", { details: { kind: "exit", tail: "oom" } });
    expect(trialError(error)).toEqual({ kind: "exit", message: "exit code 3.", code: "E_EXEC_EXIT", tail: "oom" });
  });
  test("anything can be thrown", () => {
    expect(trialError("boom")).toEqual({ kind: "throw", message: "boom" });
    expect(trialError(undefined)).toEqual({ kind: "throw", message: "threw undefined" });
    expect(trialError({ status: 500 })).toEqual({ kind: "throw", message: 'threw {"status":500}' });
    expect(trialError(new Error(""))).toMatchObject({ message: "Error" });
  });
});

describe("what throws when it is looked at", () => {
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error("get");
      },
      getPrototypeOf() {
        throw new Error("prototype");
      },
      ownKeys() {
        throw new Error("keys");
      },
    },
  );
  test("as a result it is refused", () => {
    const getter = {
      get loss(): number {
        throw new Error("no disk");
      },
    };
    expect(() => outcomeMetrics(getter, one)).toThrow(/^the result cannot be read: no disk\. .* Return a plain one\.$/);
    expect(() => outcomeMetrics(hostile, one)).toThrow(/^the result cannot be read: keys\./);
  });
  test("as an error it is replaced", () => {
    expect(trialError(readable(hostile)).message).toBe("threw an object that cannot be read: looking at it throws");
    const boom = new Error("boom");
    expect(readable(boom)).toBe(boom);
    expect(readable(undefined)).toBe(undefined);
  });
});

test("codes are recognised across copies of the library", () => {
  expect(hasCode(new Pruned(), "E_PRUNED")).toBe(true);
  expect(hasCode({ code: "E_PRUNED" }, "E_PRUNED")).toBe(true);
  expect(hasCode(undefined, "E_PRUNED")).toBe(false);
});
