import { expect, test } from "vitest";
import { OrderedSet } from "./ordered-set.ts";
import { stream } from "./rng.ts";

test.each([1, 31, 32, 33, 1024, 1025, 40_000])("neighbours among %i numbers, as found by looking", n => {
  const rng = stream(1, n);
  const set = new OrderedSet(n);
  const members = new Set<number>();
  for (let step = 0; step < 300; step++) {
    const i = rng.int(n);
    if (rng.next() < 0.6) {
      set.add(i);
      members.add(i);
    } else {
      set.remove(i);
      members.delete(i);
    }
    const at = step % 3 === 0 ? i : rng.int(n);
    const sorted = [...members].sort((a, b) => a - b);
    expect(set.before(at)).toBe(sorted.findLast(member => member < at) ?? -1);
    expect(set.after(at)).toBe(sorted.find(member => member > at) ?? -1);
  }
  set.clear();
  expect(set.after(0)).toBe(-1);
});
