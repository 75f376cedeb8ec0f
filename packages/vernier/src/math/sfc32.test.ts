import { expect, test } from "vitest";
import { stream, type Rng } from "./rng.ts";
import { bulk } from "./sfc32.ts";

const words = (rng: Rng, n = 6) => Array.from({ length: n }, () => rng.uint32());
const source = () => stream(7, 1, "suggest");

// Computed by an independent program. These values are a promise: never update them.
test("golden: first words", () => {
  expect(words(bulk(source()))).toEqual([0xbb381a1f, 0xd8c6af8b, 0x595da718, 0xd70ec009, 0xf1aaf7b4, 0x2c5b4bfb]);
  expect(words(bulk(source()).fork("x"))).toEqual([
    0x135fb40a, 0xfae32d8d, 0x8a7f9701, 0x2c437397, 0xe97323d8, 0xba11b983,
  ]);
});

test("neither bulk nor fork advances anything", () => {
  const rng = source();
  const fast = bulk(rng);
  const expected = words(bulk(source()), 3);
  fast.fork("a");
  expect(words(fast, 3)).toEqual(expected);
  expect(words(rng)).toEqual(words(source()));
  expect(words(fast.fork("a"))).toEqual(words(bulk(rng.fork("a"))));
  expect(words(fast.fork("a"))).not.toEqual(words(fast.fork("b")));
});

test("each of the 32 bits is set in half of the words, and each differs from its neighbour in half", () => {
  const rng = bulk(source());
  const n = 20000;
  const set = new Float64Array(32);
  const changed = new Float64Array(32);
  let previous = rng.uint32();
  for (let i = 0; i < n; i++) {
    const word = rng.uint32();
    for (let b = 0; b < 32; b++) {
      set[b]! += (word >>> b) & 1;
      changed[b]! += ((word ^ previous) >>> b) & 1;
    }
    previous = word;
  }
  for (const count of [...set, ...changed]) expect(Math.abs(count - n / 2)).toBeLessThan(2.25 * Math.sqrt(n)); // 4.5 sigma
});
