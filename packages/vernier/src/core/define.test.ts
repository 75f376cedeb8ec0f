import { expect, test } from "vitest";
import { defineExecutor, defineSampler, defineScheduler } from "./define.ts";
import type { SuggestContext, TrialContext } from "./types.ts";

const jitter = defineSampler({
  name: "jitter",
  options: { spread: 0.1, mode: "a" as "a" | "b", pick: undefined as ((n: number) => number) | undefined },
  check({ spread }) {
    if (!(spread > 0)) throw new Error(`spread is ${spread}`);
  },
  suggest: ({ n, options }) => Array.from({ length: n }, () => ({ spread: options.spread, mode: options.mode })),
});

const context = { n: 2 } as unknown as SuggestContext;

test("options are inferred, filled with their defaults, and given to suggest", async () => {
  const part = jitter({ mode: "b" });
  expect(await part.suggest(context)).toEqual([
    { spread: 0.1, mode: "b" },
    { spread: 0.1, mode: "b" },
  ]);
  expect(part.options).toEqual({ spread: 0.1, mode: "b" });
  expect("inside" in part).toBe(false);
  // @ts-expect-error a word that is not one of the option's
  jitter({ mode: "c" });
});

test("undefined means the default", () => {
  expect(jitter({ spread: undefined } as never).options).toEqual({ spread: 0.1, mode: "a" });
});

test("an option that JSON cannot hold leaves the part without a JSON form", () => {
  expect(jitter({ pick: n => n }).options).toBe(null);
});

test("bad options are refused", () => {
  // @ts-expect-error a typo is refused by the compiler, too
  expect(() => jitter({ spreed: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[VernierError: jitter() has no option "spreed". Its options are spread, mode, pick. Did you mean "spread"?]`,
  );
  expect(() => jitter(3 as never)).toThrowErrorMatchingInlineSnapshot(
    `[VernierError: jitter() got 3 as options. Options are an object. Pass { name: value }.]`,
  );
  expect(() => jitter({ spread: -1 })).toThrowErrorMatchingInlineSnapshot(`[Error: spread is -1]`);
  const plain = defineScheduler({ name: "plain", decide: () => "continue" });
  expect(() => plain({ a: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[VernierError: plain() has no option "a". It takes no options. Remove it.]`,
  );
});

test("a scheduler without next has none, so that asking costs nothing", () => {
  const plain = defineScheduler({
    name: "plain",
    options: { n: 1 },
    decide: ({ options }) => (options.n > 1 ? "stop" : "continue"),
  });
  expect("next" in plain()).toBe(false);
  expect(plain({ n: 2 }).decide({} as never)).toBe("stop");
});

test("an executor gets its options beside the trial", async () => {
  const twice = defineExecutor({
    name: "twice",
    options: { factor: 2 },
    run: async (trial, { factor }) => trial.number * factor,
  });
  expect(await twice({ factor: 3 }).run({ number: 5 } as TrialContext)).toBe(15);
});
