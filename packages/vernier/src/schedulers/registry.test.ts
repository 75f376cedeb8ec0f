import { expect, test } from "vitest";
import { SCHEDULER_NAMES, schedulerByName } from "./registry.ts";

test("every scheduler is rebuilt from its own JSON", () => {
  for (const name of SCHEDULER_NAMES) {
    const made = schedulerByName(name);
    expect(made.name).toBe(name);
    expect(schedulerByName(name, made.options).options).toEqual(made.options);
  }
  expect(schedulerByName("median", { warmup: 5 }).options).toEqual({
    startup: 5,
    warmup: 5,
    interval: 1,
    minTrials: 1,
  });
});

test("an unknown one is told with those there are", () => {
  expect(() => schedulerByName("medium")).toThrowErrorMatchingInlineSnapshot(
    `[VernierError: there is no scheduler "medium". Schedulers are median, none. Did you mean "median"?]`,
  );
  expect(() => schedulerByName("none", { a: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[VernierError: none() has no option "a". It takes no options. Remove it.]`,
  );
});
