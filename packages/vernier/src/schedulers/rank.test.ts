import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isBehindHalf, type Standing } from "./rank.ts";

const at = (values: number[], violation = 0): Standing => ({ values, violation });

describe("isBehindHalf", () => {
  test.each<[string, Standing, Standing[], boolean]>([
    ["no others", at([1, 1]), [], false],
    ["dominated by more than half", at([3, 3]), [at([1, 1]), at([2, 2]), at([9, 9])], true],
    ["dominated by half", at([3, 3]), [at([1, 1]), at([2, 2]), at([9, 9]), at([9, 9])], false],
    ["less violated than most", at([9, 9], 1), [at([1, 1], 2), at([1, 1], 2), at([1, 1])], false],
    [
      "more violated than most, though it dominates them",
      at([0, 0], 2),
      [at([1, 1], 1), at([1, 1]), at([1, 1], 9)],
      true,
    ],
    ["one front, in its crowded part", at([5, 5]), [at([0, 9]), at([4.9, 5.1]), at([9, 0])], true],
    ["one front, at its lonely end", at([0, 9]), [at([4.9, 5.1]), at([5, 5]), at([9, 0])], false],
    ["equal to all others", at([1, 1]), [at([1, 1]), at([1, 1]), at([1, 1])], false],
    ["a missing metric is last, however good the other", at([-99, NaN]), [at([1, 1]), at([2, 2]), at([3, NaN])], true],
    ["with most others that lack one", at([NaN, 1]), [at([NaN, 1]), at([1, NaN]), at([1, 1])], false],
    ["an infinite value has no part in the volume", at([Infinity, 0]), [at([1, 1]), at([2, 0.5]), at([3, 0.25])], true],
    ["nobody has a finite value", at([Infinity, 0]), [at([Infinity, 0]), at([Infinity, 0])], false],
  ])("%s", (_, own, others, expected) => {
    expect(isBehindHalf(own, others)).toBe(expected);
  });
});

/** Fronts peeled off one by one among those of equal violation: ranks by the definition. */
function certainlyBefore(own: Standing, others: readonly Standing[]): { before: number; tied: number } {
  const dominates = (a: Standing, b: Standing): boolean =>
    a.values.every((x, j) => x <= b.values[j]!) && a.values.some((x, j) => x < b.values[j]!);
  let before = others.filter(other => other.violation < own.violation).length;
  let rest = others.filter(other => other.violation === own.violation);
  while (rest.some(other => dominates(other, own))) {
    const next = rest.filter(one => rest.some(other => dominates(other, one)));
    before += rest.length - next.length;
    rest = next;
  }
  // Those of the same rank: not dominated by what is left.
  return { before, tied: rest.filter(one => ![...rest, own].some(other => dominates(other, one))).length };
}

test("decides as the ranks by their definition, wherever those decide alone", () => {
  const any = fc.record({
    violation: fc.integer({ min: 0, max: 1 }),
    values: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 3, maxLength: 3 }),
  });
  let decided = 0;
  fc.assert(
    fc.property(any, fc.array(any, { maxLength: 20 }), (own, others) => {
      const { before, tied } = certainlyBefore(own, others);
      const half = others.length / 2;
      if (before <= half && before + tied > half) return;
      decided++;
      expect(isBehindHalf(own, others)).toBe(before > half);
    }),
    { seed: 4, numRuns: 500 },
  );
  expect(decided).toBeGreaterThan(250);
});
