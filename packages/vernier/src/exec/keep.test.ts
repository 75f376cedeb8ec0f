import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Keep } from "./keep.ts";

function kept(limit: number, ...chunks: string[]): string {
  const keep = new Keep(limit);
  for (const chunk of chunks) keep.push(Buffer.from(chunk));
  return keep.bytes().toString();
}

test("everything up to the limit", () => {
  expect(kept(8)).toBe("");
  expect(kept(8, "12", "345", "678")).toBe("12345678");
});

test("beyond it the beginning and the end", () => {
  expect(kept(8, "123456789")).toBe("12\n[... 1 bytes left out ...]\n456789");
  expect(kept(8, "0".repeat(5), "1".repeat(5), "abcdefghi")).toBe("00\n[... 11 bytes left out ...]\ndefghi");
});

test("the same bytes however they are cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 30 }), { maxLength: 20 }),
      fc.integer({ min: 4, max: 64 }),
      (chunks, limit) => {
        const ascii = chunks.map(chunk => chunk.replace(/[^ -~]/g, "?"));
        expect(kept(limit, ...ascii)).toBe(kept(limit, ascii.join("")));
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

test("last lines, without colours and without endless ones", () => {
  const keep = new Keep(10_000);
  keep.push(Buffer.from(`a\r\n\n\u001b[31mred\u001b[0m\n${"x".repeat(600)}\n`));
  expect(keep.lastLines(2)).toEqual(["red", `${"x".repeat(497)}...`]);
});
