import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createStudy } from "../index.ts";
import { float, space } from "../space/index.ts";
import { fakeIo } from "./fixtures.ts";
import { program } from "./program.ts";

let dir = "";
let old = "";
let fresh = "";
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "vernier-warm-"));
  old = `sqlite:${join(dir, "old.db")}`;
  fresh = `sqlite:${join(dir, "new.db")}`;
  const study = await createStudy({
    name: "old",
    space: space({ x: float(0, 10) }),
    objectives: { score: "maximize" },
    storage: old,
    seed: 1,
  });
  await study.run(({ x }) => ({ score: -((x - 4) ** 2) }), { trials: 12 });
  await study.close();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = async (...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = fakeIo({ cwd: dir });
  const code = await program(argv, io);
  return { code, stdout: io.stdout(), stderr: io.stderr() };
};
const line = (trials: number, ...more: string[]): string[] => [
  ...[
    "run",
    "--space",
    "x=float(0,10) y=float(0,1)",
    "--minimize",
    "loss",
    "--trials",
    String(trials),
    "--name",
    "new",
  ],
  ...[
    "--storage",
    fresh,
    "--json",
    ...more,
    "--",
    process.execPath,
    "-e",
    "console.log('loss: ' + process.argv[1])",
    "{x}",
  ],
];

it("queues the best of an earlier study once, and a run goes on without them", async () => {
  const first = await run(...line(2, "--warm-start", `${old}#old`));
  expect(first.stderr).toContain("5 first guesses from old\n");
  expect(first.code).toBe(0);
  const trials = async () => {
    const { stdout } = await run("trials", "--study", "new", "--storage", fresh, "--json");
    return (
      JSON.parse(stdout) as { trials: { state: string; tags: string[]; params: { x: number; y: number } | null }[] }
    ).trials;
  };
  const [best] = await trials();
  expect(best).toMatchObject({ state: "complete", tags: ["warm start"] });
  expect(Math.abs(best!.params!.x - 4)).toBeLessThan(1);
  const again = await run(...line(3, "--warm-start", `${old}#old`));
  expect(again.stderr).not.toContain("first guess");
  expect((await trials()).length).toBe(5);
}, 20_000);

it("takes the only study of a storage, refuses a typo before a study is made, and leaves a study with trials alone", async () => {
  expect((await run(...line(1, "--warm-start", `${old}#odl`))).stderr).toMatch(/E_STUDY_UNKNOWN.*Did you mean "old"/);
  expect((await run(...line(1, "--warm-start", "missing.db"))).stderr).toContain("E_STORAGE_MISSING");
  expect((await run("studies", "--storage", fresh)).stdout).toContain("No studies yet");
  await run(...line(1));
  expect((await run(...line(2, "--warm-start", old))).stderr).toContain(
    "new has trials already, so it is not started warm",
  );
}, 20_000);

it("--warm-start-as trials tells them with their values, which count among --trials", async () => {
  const as = ["--warm-start", `${old}#old`, "--warm-start-as", "trials"];
  const same = (trials: number): string[] =>
    line(trials, ...as).map(word =>
      word.replace("minimize", "maximize").replace("loss", "score").replace(" y=float(0,1)", ""),
    );
  const wrong = await run(...line(20, ...as));
  expect(wrong.stderr).toMatch(/E_WARM_OBJECTIVES: .*guesses/);
  expect((await run(...same(12))).stderr).toMatch(
    /brings 12 finished trials, and the study is to have 12 .*--trials 24/,
  );
  expect((await run("studies", "--storage", fresh)).stdout).toContain("No studies");
  const first = await run(...same(14));
  expect(first.stderr).toContain("12 told trials from old\n");
  const { stdout } = await run("trials", "--study", "new", "--storage", fresh, "--json");
  const { trials } = JSON.parse(stdout) as {
    trials: { sampler: string; tags: string[]; metrics: { score: number } }[];
  };
  expect(trials.map(({ sampler }) => sampler)).toEqual([...Array<string>(12).fill("imported"), "auto", "auto"]);
  expect((await run(...same(14))).stderr).not.toContain("told");
  expect((await run(...line(1, "--warm-start-as", "trials"))).stderr).toContain("belongs to --warm-start");
  expect((await run(...line(1, "--warm-start", old, "--warm-start-as", "trial"))).stderr).toContain(
    'Did you mean "trials"?',
  );
}, 30_000);
