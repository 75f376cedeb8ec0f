import { expect, test } from "vitest";
import { milliseconds } from "./duration.ts";

test.each<[unknown, number]>([
  [250, 250],
  ["500ms", 500],
  ["90s", 90_000],
  ["1.5m", 90_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  [" 10s ", 10_000],
])("%s is %d ms", (text, ms) => {
  expect(milliseconds(text, "timeout")).toBe(ms);
});

test("what a timer cannot hold is cut, not fired at once", () => {
  expect(milliseconds("100d", "timeout")).toBe(2 ** 31 - 1);
});

test.each([0, -1, NaN, Infinity, "10 minutes", "10", "", "-5s", null, {}])("%s is refused", value => {
  expect(() => milliseconds(value, "timeout")).toThrow(/^timeout is .*A duration is a positive number of milliseconds/);
});

test("by its text", () => {
  expect(() => milliseconds("10 minutes", "timeout")).toThrowErrorMatchingInlineSnapshot(
    `[VernierError: timeout is "10 minutes". A duration is a positive number of milliseconds, or a text such as "90s", "10m" or "2h". Leave it out for no limit.]`,
  );
});
