import { expect, test } from "vitest";
import { measure, summarise } from "./sample.ts";

test("a summary holds the least CPU time, the middle wall time and the most memory", () => {
  const samples = [
    { cpuMs: 3, wallMs: 9, rssMb: 100 },
    { cpuMs: 2, wallMs: 5, rssMb: 120 },
    { cpuMs: 4, wallMs: 7, rssMb: 90 },
    { cpuMs: 5, wallMs: 6, rssMb: 80 },
  ];
  expect(summarise(samples)).toEqual({ cpuMs: 2, wallMs: 6.5, rssMb: 120, runs: 4 });
  expect(summarise([{ cpuMs: 1, wallMs: 2 }])).toEqual({ cpuMs: 1, wallMs: 2, runs: 1 });
});

test("a measurement counts the work once and divides by its count", async () => {
  let calls = 0;
  const sample = await measure(1000, async () => void calls++);
  expect(calls).toBe(1);
  expect(sample.cpuMs).toBeGreaterThanOrEqual(0);
  expect(sample.wallMs).toBeGreaterThan(0);
});
