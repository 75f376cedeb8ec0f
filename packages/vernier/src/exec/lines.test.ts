import * as fc from "fast-check";
import { expect, test } from "vitest";
import { LineSplitter } from "./lines.ts";

function split(chunks: readonly Buffer[], limit?: number): string[] {
  const splitter = new LineSplitter(limit);
  const lines = chunks.flatMap(chunk => [...splitter.push(chunk)]);
  const last = splitter.end();
  return last === undefined ? lines : [...lines, last];
}

test("the lines are the same however the bytes are cut", () => {
  const text = fc.array(fc.constantFrom("a", "é", "🙂", "\n", "\r", "\r\n", "xyz"), { maxLength: 60 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(80), { maxLength: 12 }), (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(""));
      const at = [0, ...cuts.map(cut => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
      expect(split(chunks)).toEqual(
        bytes
          .toString()
          .split(/[\r\n]+/)
          .filter(line => line !== ""),
      );
    }),
    { seed: 7, numRuns: 300 },
  );
});

test("a line over the limit is left out, those around it stay", () => {
  const long = Buffer.from("x".repeat(11));
  expect(split([Buffer.from("a\n"), long.subarray(0, 6), long.subarray(6), Buffer.from("\nb\n")], 10)).toEqual([
    "a",
    "b",
  ]);
  expect(split([Buffer.from("0123456789\n")], 10)).toEqual(["0123456789"]);
  expect(split([long], 10)).toEqual([]);
});
