import { expect, test } from "vitest";
import { mulHigh, philox4x32 } from "./philox.ts";
import { stream } from "./rng.ts";

// Known answers of the authors' Random123 distribution, file kat_vectors.
test.each([
  [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], "d16cfe09 94fdcceb 5001e420 24126ea1"],
] as const)("known answer for counter %j, key %j", ([c0, c1, c2, c3], [k0, k1], expected) => {
  const out = new Int32Array(4);
  philox4x32(out, c0, c1, c2, c3, k0, k1);
  expect(Array.from(out, word => (word >>> 0).toString(16).padStart(8, "0")).join(" ")).toBe(expected);
});

test("mulHigh equals the exact product on random words and corners", () => {
  const rng = stream("mulHigh");
  const corners = [0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];
  const pairs = corners.flatMap(a => corners.map(b => [a, b] as const));
  for (let i = 0; i < 1000; i++) pairs.push([rng.uint32(), rng.uint32()]);
  for (const [a, b] of pairs) {
    expect(mulHigh(a, b >>> 16, b & 0xffff) >>> 0).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
  }
});
