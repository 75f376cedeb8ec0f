import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createStudy } from "../../index.ts";
import { importOptunaJournal } from "../../interop/index.ts";
import { SCHEMAS } from "../../interop/optuna/sqlite-schema.ts";
import { choice, float, space } from "../../space/index.ts";
import { fakeIo } from "../fixtures.ts";
import { program } from "../program.ts";
import { OPTUNA_SCHEMAS } from "./export.ts";

let dir = "";
let db = "";
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "vernier-export-"));
  db = `sqlite:${join(dir, "study.db")}`;
  const shape = space({ x: float(0, 10), kind: choice(["a", "b"]), loss: float(0, 1) });
  const study = await createStudy({
    name: "demo",
    space: shape,
    objectives: { loss: "minimize" },
    storage: db,
    seed: 1,
  });
  await study.run(({ x }) => ({ loss: x, extra: 2 * x }), { trials: 6 });
  await study.close();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = async (...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = fakeIo({ cwd: dir });
  const code = await program(["export", "demo", "--storage", db, ...argv], io);
  return { code, stdout: io.stdout(), stderr: io.stderr() };
};
const at = (name: string): string => join(dir, name);
const WHERE = ["--where", "number in [1, 3, 4]"];

it("knows the schemas that there are", () => {
  expect(OPTUNA_SCHEMAS).toEqual(SCHEMAS);
});

it.each(["json", "csv", "parquet", "optuna-journal", "optuna-sqlite"])(
  "%s holds the trials that --where chooses",
  async format => {
    const out = at(`out.${format}`);
    expect(await run("--format", format, "--out", out, ...WHERE)).toEqual({
      code: 0,
      stdout: `${out} holds 3 of 6 trials of demo as ${format}.\n`,
      stderr: "",
    });
    if (format === "json") {
      const { trials } = JSON.parse(readFileSync(out, "utf8")) as { trials: { number: number }[] };
      expect(trials.map(({ number }) => number)).toEqual([1, 3, 4]);
    } else if (format === "csv") {
      expect(
        readFileSync(out, "utf8")
          .trimEnd()
          .split("\r\n")
          .slice(1)
          .map(line => line.split(",")[0]),
      ).toEqual(["1", "3", "4"]);
    } else if (format === "optuna-journal") {
      const [study] = await importOptunaJournal(out);
      const attrs = study!.events.flatMap(event =>
        event.type === "trial.annotated" ? [event.attrs?.["vernier:number"]] : [],
      );
      expect(attrs).toEqual([1, 3, 4]);
    } else if (format === "optuna-sqlite") {
      const sqlite = new DatabaseSync(out);
      expect(sqlite.prepare("SELECT count(*) AS n FROM trials").get()).toMatchObject({ n: 3 });
      sqlite.close();
    }
  },
);

it("the log is not cut, and a misspelt name or a wrong option says what there is", async () => {
  const log = await run(...WHERE);
  expect(log.code).toBe(2);
  expect(log.stdout).toBe("");
  expect(log.stderr).toMatch(/^error E_EXPORT_OPTION: jsonl holds the whole log.*--format json, csv, parquet/);
  expect((await run("--out", at("a.jsonl"), ...WHERE)).stderr).toContain("E_EXPORT_OPTION");
  expect((await run("--format", "csv", "--where", "los < 1")).stderr).toMatch(/Did you mean "loss"\?/);
  expect((await run("--format", "json", "--columns", "x")).stderr).toMatch(
    /E_EXPORT_OPTION: columns are chosen, and json has none/,
  );
  expect((await run("--format", "csv", "--columns", "x,")).stderr).toContain("Write names with commas between");
  expect((await run("--format", "csv", "--optuna-schema", "v3.0.0.d")).stderr).toContain(
    "Only Optuna's databases have a schema",
  );
  expect((await run("--format", "optuna-sqlite", "--out", at("o.db"), "--optuna-schema", "v1")).stderr).toContain(
    'It is "v3.2.0.a" for Optuna 3.2 and later, or "v3.0.0.d"',
  );
});

it("a table has the columns that are asked for, in their order, and no trial is a table too", async () => {
  const { stdout } = await run("--format", "csv", "--columns", "x,number,extra,metrics.loss", "--where", "number == 2");
  expect(stdout).toMatch(/^params\.x,number,metrics\.extra,metrics\.loss\r\n([\d.]+),2,[\d.]+,\1\r\n$/);
  expect((await run("--format", "csv", "--columns", "number", "--where", "number > 99")).stdout).toBe("number\r\n");
  expect((await run("--format", "csv", "--columns", "loss")).stderr).toMatch(
    /E_EXPORT_COLUMN: the column "loss" may be metrics\.loss or params\.loss/,
  );
  expect((await run("--format", "csv", "--columns", "kid")).stderr).toMatch(
    /no column "kid"\. Did you mean "kind"\? The columns are number, state/,
  );
  expect((await run("--out", at("c.parquet"), "--columns", "kind,number")).code).toBe(0);
});

it("--optuna-schema decides which Optuna opens a database; --json counts what was taken", async () => {
  const version = (file: string): unknown => {
    const sqlite = new DatabaseSync(file);
    const row = sqlite.prepare("SELECT version_num FROM alembic_version").get();
    sqlite.close();
    return row?.["version_num"];
  };
  await run("--format", "optuna-sqlite", "--out", at("new.db"));
  const old = await run(
    "--format",
    "optuna-sqlite",
    "--optuna-schema",
    "v3.0.0.d",
    "--out",
    at("old.db"),
    "--json",
    ...WHERE,
  );
  expect([version(at("new.db")), version(at("old.db"))]).toEqual(["v3.2.0.a", "v3.0.0.d"]);
  expect(JSON.parse(old.stdout)).toMatchObject({ command: "export", trials: 3, format: "optuna-sqlite" });
});
