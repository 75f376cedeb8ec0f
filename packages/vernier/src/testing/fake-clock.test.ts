import { expect, test } from "vitest";
import { fakeClock } from "./fake-clock.ts";

test("a fake clock moves when told and calls timers at their own time, in order", () => {
  const clock = fakeClock(100);
  const calls: string[] = [];
  clock.timer(20, () => calls.push(`b${clock.now()}`));
  clock.timer(10, () => {
    calls.push(`a${clock.now()}`);
    clock.timer(5, () => calls.push(`c${clock.now()}`));
  });
  const cancel = clock.timer(12, () => calls.push("never"));
  cancel();
  clock.tick(9);
  expect(calls).toEqual([]);
  clock.tick(11);
  expect(calls).toEqual(["a110", "c115", "b120"]);
  expect([clock.now(), clock.timers]).toEqual([120, 0]);
  clock.set(5);
  expect(clock.now()).toBe(5);
});
