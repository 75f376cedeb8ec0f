import fc from "fast-check";
import { expect, test } from "vitest";
import { NumberHeap } from "./heap.ts";

test("a heap gives its numbers in order, whatever goes in between", () => {
  const step = fc.option(fc.nat(50), { nil: undefined });
  const property = fc.property(fc.array(step, { maxLength: 100 }), steps => {
    const heap = new NumberHeap();
    const oracle: number[] = [];
    for (const value of steps) {
      if (value === undefined) {
        heap.pop();
        oracle.shift();
      } else {
        heap.push(value);
        oracle.push(value);
        oracle.sort((a, b) => a - b);
      }
      expect(heap.peek()).toBe(oracle[0]);
    }
  });
  fc.assert(property, { seed: 3, numRuns: 200 });
});
