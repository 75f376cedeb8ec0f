import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createStudy } from "../../index.ts";
import { FORMATS } from "../../interop/index.ts";
import { float, choice, space } from "../../space/index.ts";
import { fakeIo } from "../fixtures.ts";
import { FORMAT_NAMES } from "../formats.ts";
import { program } from "../program.ts";

let dir = "";
let db = "";
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "vernier-import-"));
  db = `sqlite:${join(dir, "study.db")}`;
  for (const [name, seed] of [
    ["demo", 1],
    ["other", 2],
  ] as const) {
    const shape = space({ x: float(0, 10), kind: choice(["a", "b"]) });
    const study = await createStudy({
      name,
      space: shape,
      objectives: { loss: "minimize" },
      storage: db,
      seed,
    });
    await study.run(({ x }) => ({ loss: (x - 3) ** 2 }), { trials: 5 });
    await study.close();
  }
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = async (...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = fakeIo({ cwd: dir });
  const code = await program(argv, io);
  return { code, stdout: io.stdout(), stderr: io.stderr() };
};
const at = (name: string): string => join(dir, name);

it("names the formats that there are", () => {
  expect(FORMAT_NAMES).toEqual(Object.keys(FORMATS));
});

describe("export and import", () => {
  it.each(["jsonl", "json", "parquet", "csv", "optuna-journal", "optuna-sqlite"])(
    "%s comes back without being told what it is",
    async format => {
      const table = format === "csv" || format === "parquet";
      const out = at(`out.${format}`);
      expect(await run("export", "demo", "--storage", db, "--out", out, "--format", format)).toEqual({
        code: 0,
        stdout: `${out} holds 5 trials of demo as ${format}.\n`,
        stderr: "",
      });
      const extra = table ? ["--minimize", "loss", "--space", "x=float(0,10) kind=choice(a,b)"] : [];
      const { code, stdout, stderr } = await run("import", out, "--as", "back", "--storage", db, ...extra);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(
        new RegExp(`^Imported .* as back: 5 trials \\(5 complete\\)\\.\nBest: loss [\\d.]+ in trial \\d\\.\n`),
      );
      const [a, b] = [
        await run("trials", "--study", "demo", "--storage", db, "--json"),
        await run("trials", "--study", "back", "--storage", db, "--json"),
      ];
      const shown = (text: string) =>
        (JSON.parse(text) as { trials: { params: unknown; metrics: unknown }[] }).trials.map(({ params, metrics }) => ({
          params,
          metrics,
        }));
      expect(shown(b.stdout)).toEqual(shown(a.stdout));
    },
  );

  it("text goes to standard output, and a pipe of it is the file", async () => {
    const { stdout, code } = await run("export", "demo", "--storage", db, "--format", "jsonl");
    expect(code).toBe(0);
    await run("export", "demo", "--storage", db, "--out", at("a.jsonl"));
    expect(stdout).toBe(readFileSync(at("a.jsonl"), "utf8"));
    expect((await run("export", "demo", "--storage", db, "--format", "parquet")).stderr).toContain(
      "Name a file: --out FILE",
    );
    expect((await run("export", "demo", "--storage", db, "--json")).stderr).toContain("Name one: --out FILE");
  });

  it("--json tells what was written and read; --dry-run stores nothing", async () => {
    const file = at("a.jsonl");
    const exported = await run("export", "demo", "--storage", db, "--out", file, "--json");
    expect(JSON.parse(exported.stdout)).toMatchObject({
      vernier: 1,
      command: "export",
      study: { name: "demo" },
      file,
      format: "jsonl",
    });
    const imported = await run("import", file, "--as", "new", "--storage", db, "--dry-run", "--json");
    expect(JSON.parse(imported.stdout)).toMatchObject({
      vernier: 1,
      command: "import",
      from: file,
      format: "jsonl",
      dryRun: true,
      imported: [{ study: { name: "new", counts: { complete: 5 } }, best: { state: "complete" }, notes: [] }],
    });
    expect((await run("import", file, "--as", "new", "--storage", db, "--dry-run")).stdout).toMatch(
      /^Would import .*\nBest: .*\nNothing was stored\.\n$/,
    );
    expect((await run("studies", "--storage", db)).stdout).not.toContain("new");
  });

  it("refuses a taken name and a file that is there, and says what to do", async () => {
    const file = at("a.jsonl");
    await run("export", "demo", "--storage", db, "--out", file);
    expect((await run("export", "demo", "--storage", db, "--out", file)).stderr).toMatch(
      /^error E_EXPORT_EXISTS: .*--force/,
    );
    expect((await run("export", "demo", "--storage", db, "--out", file, "--force")).code).toBe(0);
    expect((await run("import", file, "--storage", db)).stderr).toMatch(
      /^error E_STUDY_EXISTS: study "demo" exists already.*--as NAME/,
    );
  });

  it("says what is missing: a file, a value, a study", async () => {
    expect((await run("import")).stderr).toMatch(/^error E_CLI_USAGE: there is nothing to import/);
    expect((await run("import", "nothing.csv", "--storage", db)).stderr).toMatch(
      /^error E_IMPORT_FILE: .*no such file/,
    );
    expect((await run("import", "x.csv", "--format", "xls", "--storage", db)).stderr).toContain("there is no format");
    expect((await run("export", "dmeo", "--storage", db)).stderr).toContain('Did you mean "demo"?');
  });

  it("a broken file is one error with its line, exit code 2, and nothing is stored", async () => {
    const file = at("bad.jsonl");
    await run("export", "demo", "--storage", db, "--out", file);
    writeFileSync(file, readFileSync(file, "utf8").replace('"state":"complete"', '"state":"done"'));
    const { code, stdout, stderr } = await run("import", file, "--as", "bad", "--storage", db);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^error E_LOG_BROKEN: .*bad\.jsonl:\d+: event \d+ of the log \(trial\.finished of trial 0\) .*its state is "done".*Nothing was imported\.\n$/,
    );
    expect((await run("studies", "--storage", db)).stdout).not.toContain("bad");
  });
});

describe("tables", () => {
  const CSV = "x;kind;loss;host\n1,5;a;2,25;n1\n4;b;1;n2\n";
  beforeEach(() => writeFileSync(at("runs.csv"), CSV));

  it("need objectives, infer a space, and say it", async () => {
    expect((await run("import", at("runs.csv"), "--storage", db)).stderr).toMatch(
      /^error E_IMPORT_OBJECTIVE: .*--minimize COLUMN/,
    );
    const { stdout } = await run("import", at("runs.csv"), "--minimize", "loss", "--ignore", "host", "--storage", db);
    expect(stdout).toMatch(
      /as runs: 2 trials.*\nBest: loss 1 in trial 1\.\nthe space is inferred.*\n {2}x = float\(1\.5, 4\)\n {2}kind = choice\("a", "b"\)\n/,
    );
    expect((await run("import", at("runs.csv"), "--minimize", "los", "--storage", db)).stderr).toContain(
      'Did you mean "loss"?',
    );
  });

  it("may take space, objectives and constraints of a study file", async () => {
    writeFileSync(
      at("study.yaml"),
      "name: y\nspace:\n  x: float(0, 10)\n  kind: choice(a, b)\nobjectives:\n  loss: minimize\ncommand: [node, prog.mjs]\n",
    );
    const { stdout, stderr } = await run(
      "import",
      at("runs.csv"),
      "--like",
      "study.yaml",
      "--as",
      "liked",
      "--storage",
      db,
    );
    expect(stderr).toBe("");
    expect(stdout).toContain("as liked: 2 trials (2 complete).");
    expect(stdout).toContain("not in the space, kept as attributes: host");
    expect(
      (await run("import", at("runs.csv"), "--like", "study.yaml", "--minimize", "loss", "--storage", db)).stderr,
    ).toContain("--like study.yaml says space");
  });
});

describe("other storages", () => {
  const to = () => `sqlite:${at("to.db")}`;
  it("a study is copied, several are merged, and the storage may be a path", async () => {
    expect((await run("import", db, "--study", "demo", "--storage", to())).stdout).toContain(
      "as demo: 5 trials (5 complete).",
    );
    const merged = await run(
      "import",
      at("study.db"),
      "--study",
      "demo",
      "--study",
      "other",
      "--as",
      "both",
      "--storage",
      to(),
    );
    expect(merged.stdout).toContain("as both: 10 trials (10 complete).");
    expect(merged.stdout).toContain("5 trials of demo\n5 trials of other\n");
    expect((await run("import", db, "--study", "demo", "--study", "other", "--storage", to())).stderr).toContain(
      "needs a name: --as NAME",
    );
    expect((await run("import", db, "--study", "demo", "--storage", to())).stderr).toMatch(/^error E_STUDY_EXISTS/);
    expect((await run("import", db, "--study", "dem", "--storage", to())).stderr).toContain('Did you mean "demo"?');
    expect((await run("import", db, "--storage", to())).stderr).toContain("Say which: --study");
  });
});
