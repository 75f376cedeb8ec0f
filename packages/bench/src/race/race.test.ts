import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { problemsOf } from "./problems.ts";
import { race, type RaceOptions } from "./race.ts";
import { bestAfter, improvements, readResults, type Outcome } from "./results.ts";
import { score, standings } from "./standings.ts";
import { isRace } from "./cli.ts";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "vernier-race-"))));
afterAll(() => rmSync(folder, { recursive: true }));

const options = (file: string): RaceOptions => ({
  ...{ suites: ["bbob:2"], subjects: ["random", "sobol"], seeds: 2, trials: 8, workers: 2, file, only: "f1-" },
  python: "python3",
});

describe("a race", () => {
  test("runs every study once, keeps it, and goes on where it was cut off", async () => {
    const file = join(folder, "r.jsonl");
    const first = await race(options(file));
    expect(first.map(({ subject, problem, seed }) => [subject, problem, seed])).toEqual([
      ["random", "bbob-f1-d2-i1", 0],
      ["random", "bbob-f1-d2-i1", 1],
      ["sobol", "bbob-f1-d2-i1", 0],
      ["sobol", "bbob-f1-d2-i1", 1],
    ]);
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    // Three whole runs and a torn one.
    writeFileSync(file, `${lines.slice(0, 3).join("\n")}\n`);
    appendFileSync(file, lines[3]!.slice(0, 20));
    const told: string[] = [];
    const again = await race({ ...options(file), progress: line => told.push(line) });
    expect(told[0]).toBe("4 studies, 3 of them done before");
    expect(again.map(({ best }) => best)).toEqual(first.map(({ best }) => best));
    expect(readResults(file)).toHaveLength(4);
  });

  test("what a study throws ends it with its words", async () => {
    await expect(
      race({ ...options(join(folder, "x.jsonl")), subjects: ["optuna:tpe"], python: "/nowhere/python" }),
    ).rejects.toThrow(/the peer optuna:tpe .* ended while it was asked for "ready"/);
  });

  test("a line that is no run is refused by its number", () => {
    const file = join(folder, "bad.jsonl");
    writeFileSync(file, '{"subject":"a"}\nnot json\n');
    expect(() => readResults(file)).toThrow(/line 2 of .* is not JSON/);
  });
});

test("the best value after n trials, in either direction", () => {
  expect(improvements([3, NaN, 4, 1, 1, 2], "minimize")).toEqual([
    [1, 3],
    [4, 1],
  ]);
  const best = improvements([NaN, 3, 4, 1], "maximize");
  const outcome = { best } as unknown as Outcome;
  expect([1, 2, 3, 4].map(n => bestAfter(outcome, n))).toEqual([NaN, 3, 4, 4]);
});

test("standings: scores, shared ranks, wins, and the test over problems", () => {
  const problems = problemsOf("bbob:2").slice(0, 6);
  const outcomes = problems.flatMap(({ id, optimum }, k) =>
    ["good", "bad"].flatMap(subject =>
      [0, 1].map(seed => ({
        ...{ subject, suite: "bbob:2", problem: id, seed, trials: 10, cpuMs: 0 },
        best: [
          [1, optimum + 100],
          [5, optimum + (subject === "good" ? 0.01 : 1 + k / 10)],
        ] as const,
      })),
    ),
  );
  const [good, bad] = standings(outcomes, problems, [1, 10], "bad");
  expect(good).toMatchObject({ subject: "good", ranks: [1.5, 1], wins: 6, losses: 0 });
  expect(good!.scores.map(x => Math.round(x * 1e9) / 1e9)).toEqual([2, -2]);
  expect(good!.p).toBeCloseTo(2 / 2 ** 6, 10);
  expect(bad).toMatchObject({ ranks: [1.5, 2], p: NaN, wins: 0, losses: 0 });
});

test("a gap is scored by its logarithm, or as a share of the median's", () => {
  const [f] = problemsOf("bbob:2");
  expect(score(f!, f!.optimum + 10)).toBeCloseTo(1, 12);
  expect(score(f!, f!.optimum)).toBe(-8);
  expect(score({ ...f!, direction: "maximize", optimum: 100, scale: "share", median: 60 }, 90)).toBe(0.25);
});

test("suites by name", () => {
  expect(["bbob:5", "tables,reactions", "overhead", "bbob:5,overhead", undefined].map(isRace)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(() => problemsOf("bbob")).toThrow(/there is no suite "bbob"\. Suites are bbob:D/);
  expect(() => problemsOf("cec2022:3")).toThrow(/there is no suite/);
});
