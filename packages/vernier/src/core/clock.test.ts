import { expect, test } from "vitest";
import { systemClock } from "./clock.ts";

test("the system clock calls back once, unless cancelled", async () => {
  const before = Date.now();
  expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  let cancelled = 0;
  systemClock.timer(0, () => cancelled++)();
  let called = 0;
  await new Promise<void>(resolve => {
    systemClock.timer(0, () => called++, true);
    systemClock.timer(1, resolve);
  });
  expect([called, cancelled]).toEqual([1, 0]);
});
