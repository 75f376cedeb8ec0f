/** Files that two releases of Optuna wrote (recorded/), and what is broken in files. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { memoryStorage } from "../../core/memory.ts";
import type { TrialRecord } from "../../core/types.ts";
import { createStudy } from "../../index.ts";
import { describe as describeSpace, dynamic } from "../../space/index.ts";
import { dumpOf } from "../dump.ts";
import type { StudyDump, StudyLog } from "../types.ts";
import { exportOptunaJournal, exportOptunaSqlite, importOptunaJournal, importOptunaSqlite } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "vernier-optuna-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = (ending: string): string => join(folder, `${files++}.${ending}`);

function recorded(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, gunzipSync(readFileSync(join(import.meta.dirname, "recorded", `${name}.gz`))));
  return path;
}

async function dumped({ spec, events }: StudyLog): Promise<StudyDump> {
  const storage = memoryStorage();
  return dumpOf(storage, (await storage.importStudy(spec, events)).id);
}

const named = (logs: readonly StudyLog[], name: string): StudyLog => {
  const found = logs.find(log => log.spec.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

const states = (trials: readonly TrialRecord[]): string => trials.map(({ state }) => state).join(" ");

describe.each(["3.1.0", "5.0.0"])("a journal and a database of Optuna %s", version => {
  const journal = recorded(`optuna-${version}.log`);
  const database = recorded(`optuna-${version}.db`);
  const both = [
    ["journal", () => importOptunaJournal(journal)],
    ["database", () => importOptunaSqlite(database)],
  ] as const;

  test.each(both)("%s: every study that is not deleted", async (_, load) => {
    expect((await load()).map(({ spec }) => spec.name)).toEqual([
      "everything",
      "conditional",
      "several",
      "moving",
      "empty",
    ]);
  });

  test.each(both)("%s: kinds, states, reports, attributes", async (_, load) => {
    const { spec, trials, reports, attrs } = await dumped(named(await load(), "everything"));
    expect(describeSpace(spec.space)).toEqual([
      "x = float(-1, 1)",
      "lr = float(1e-5, 0.1, log)",
      "dropout = float(0, 0.5, step=0.1)",
      "layers = int(1, 6)",
      "width = int(8, 512, log)",
      "batch = int(32, 256, step=32)",
      "act = choice(null, true, 3, 2.5, relu)",
      'only = fixed("one")',
      '"model_size _MB_" = float(1, 2)',
    ]);
    expect(states(trials)).toBe(
      "complete complete complete pruned failed complete complete complete pruned failed running waiting",
    );
    expect(trials[2]?.metrics).toEqual({ value: Infinity });
    expect(trials[3]?.metrics?.["value"]).toBe(reports.get(3)?.[2]?.metrics["value"]);
    expect(reports.get(0)?.map(({ step, metrics }) => [step, Number.isNaN(metrics["value"])])).toEqual([
      [0, false],
      [1, true],
      [2, false],
    ]);
    expect(trials[10]).toMatchObject({ fixed: { x: 0.25 }, params: { x: 0.25 } });
    expect(trials[11]).toMatchObject({ fixed: { x: 0.125, layers: 2, act: "relu" }, attrs: { who: "me" } });
    expect(trials[0]?.attrs).toMatchObject({ note: "trial 0", gap: "Infinity" });
    expect(attrs).toMatchObject({ dataset: { name: "digits", rows: [1, 2.5, null] }, odd: ["NaN", "-Infinity"] });
    expect(trials.every(({ startedAt }, i) => i === 11 || (startedAt ?? 0) > Date.UTC(2026, 0))).toBe(true);
  });

  test.each(both)("%s: conditional parameters make it define-by-run", async (_, load) => {
    const { spec, trials, attrs } = await dumped(named(await load(), "conditional"));
    expect(spec).toMatchObject({
      space: { dynamic: true, shape: {} },
      objectives: { value: { direction: "maximize" } },
    });
    for (const { params } of trials) {
      expect(Object.keys(params ?? {})).toEqual(
        params?.["optimizer"] === "sgd" ? ["optimizer", "optimizer_momentum"] : ["optimizer", "optimizer_beta"],
      );
    }
    expect(attrs["optuna"]).toMatchObject({
      names: { optimizer_momentum: "optimizer.momentum" },
      notes: expect.arrayContaining([expect.stringContaining("define-by-run")]) as unknown,
    });
  });

  test.each(both)("%s: several objectives and constraints", async (_, load) => {
    const { spec, trials } = await dumped(named(await load(), "several"));
    const names =
      version === "5.0.0"
        ? ["loss", "accuracy", "memory", "time"]
        : ["value_0", "value_1", "constraint_0", "constraint_1"];
    expect(Object.keys(spec.objectives)).toEqual(names.slice(0, 2));
    expect(spec.constraints).toEqual({ [names[2] as string]: { max: 0 }, [names[3] as string]: { max: 0 } });
    const { x, y } = trials[0]?.params as { x: number; y: number };
    expect(trials[0]?.metrics).toEqual(
      Object.fromEntries(names.map((name, i) => [name, [x * y, x - y, x - 2, y - 2.5][i]])),
    );
  });

  test.each(both)("%s: ranges that moved are joined, with a note", async (_, load) => {
    const log = named(await load(), "moving");
    const { spec, attrs, trials } = await dumped(log);
    expect(spec.space.dynamic).toBe(true);
    expect(trials[7]?.params).toEqual({ x: 0.25, n: 1, shape: "[3,4]" });
    const { notes } = attrs["optuna"] as unknown as { notes: string[] };
    expect(notes).toContain('"x" had 3 ranges: 0 to 4 covers them');
    expect(notes).toContain('"n" had 3 ranges: 0 to 8 covers them');
  });

  test("both say the same", async () => {
    const plain = async (logs: readonly StudyLog[]): Promise<unknown> =>
      Promise.all(
        logs.map(async log => {
          const { spec, trials } = await dumped(log);
          const { notes: _notes, ...space } = { ...spec, notes: null };
          return {
            space: space.space,
            states: states(trials),
            keys: trials.map(t => Object.keys(t.params ?? {}).join()),
          };
        }),
      );
    expect(await plain(await importOptunaJournal(journal))).toEqual(await plain(await importOptunaSqlite(database)));
  });

  test("what is exported is imported the same", async () => {
    const dumps = await Promise.all((await importOptunaJournal(journal)).map(dumped));
    const [log, db] = [fresh("log"), fresh("db")];
    await exportOptunaJournal(dumps, log);
    await exportOptunaSqlite(dumps, db, { schema: version === "3.1.0" ? "v3.0.0.d" : "v3.2.0.a" });
    const relevant = ({ spec, trials, reports, attrs }: StudyDump): unknown => ({
      spec,
      attrs: { ...attrs, optuna: { ...(attrs["optuna"] as object), notes: [] } },
      reports,
      trials: trials.map(({ basis: _basis, queuedAt: _queued, ...trial }) => trial),
    });
    for (const logs of [await importOptunaJournal(log), await importOptunaSqlite(db)]) {
      expect((await Promise.all(logs.map(dumped))).map(relevant)).toEqual(dumps.map(relevant));
    }
  });
});

test("one study by its name; unknown names are answered by the known ones", async () => {
  const path = recorded("optuna-5.0.0.log");
  expect((await importOptunaJournal(path, { study: "several" })).map(({ spec }) => spec.name)).toEqual(["several"]);
  await expect(importOptunaJournal(path, { study: "severl" })).rejects.toThrow(
    /no study "severl".*Did you mean "several"\?/s,
  );
});

const CREATE = '{"op_code":0,"worker_id":"w","study_name":"s","directions":[1]}';
const TRIAL = '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":"2026-01-02T03:04:05.678901+00:00"}';
const journalOf = (...lines: string[]): string => {
  const path = fresh("log");
  writeFileSync(path, lines.map(line => `${line}\n`).join(""));
  return path;
};
const param = (name: string, value: number | string, distribution: string): string =>
  `{"op_code":5,"worker_id":"w","trial_id":0,"param_name":"${name}","param_value_internal":${value},"distribution":${JSON.stringify(distribution)}}`;
const FLOAT = '{"name":"FloatDistribution","attributes":{"step":null,"low":0,"high":1,"log":false}}';
const INT = '{"name":"IntDistribution","attributes":{"step":1,"low":0,"high":9,"log":false}}';
const CHOICE = '{"name":"CategoricalDistribution","attributes":{"choices":["a","b"]}}';
const END =
  '{"op_code":6,"worker_id":"w","trial_id":0,"state":1,"values":[0.5],"datetime_complete":"2026-01-02T03:04:06.000000+00:00"}';

describe("a journal replays as in Optuna", () => {
  test("illegal operations have no effect", async () => {
    const path = journalOf(
      CREATE,
      CREATE,
      '{"op_code":2,"worker_id":"w","study_id":7,"user_attr":{"a":1}}',
      '{"op_code":4,"worker_id":"w","study_id":7,"datetime_start":null}',
      TRIAL,
      param("x", 0.5, FLOAT),
      param("x", 3, INT),
      '{"op_code":10,"worker_id":"w","trial_ids":[0]}',
      END,
      '{"op_code":6,"worker_id":"w","trial_id":0,"state":3,"values":[9],"datetime_complete":"2026-01-02T03:04:07+00:00"}',
      '{"op_code":8,"worker_id":"w","trial_id":0,"user_attr":{"late":1}}',
      '{"op_code":7,"worker_id":"w","trial_id":5,"step":1,"intermediate_value":1}',
    );
    const [log, other] = await importOptunaJournal(path);
    expect(other).toBeUndefined();
    const { trials, attrs } = await dumped(log!);
    expect(trials).toHaveLength(1);
    expect(trials[0]).toMatchObject({
      state: "complete",
      params: { x: 0.5 },
      metrics: { value: 0.5 },
      attrs: {},
      startedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 679),
    });
    expect(attrs["optuna"]).toMatchObject({ notes: [expect.stringContaining("Rustuna")] });
  });

  test("a torn last line is left out", async () => {
    const path = journalOf(CREATE, TRIAL);
    writeFileSync(path, `${CREATE}\n${TRIAL}\n${END.slice(0, 30)}`);
    const { trials, attrs } = await dumped((await importOptunaJournal(path))[0]!);
    expect(states(trials)).toBe("running");
    expect(attrs["optuna"]).toMatchObject({ notes: ["line 3, the last, is torn and was left out, as Optuna does"] });
  });

  test.each([
    ["a torn middle", [CREATE, TRIAL.slice(0, 20), END], /line 2: .*Nothing was imported/],
    ["no operation", [CREATE, '{"a":1}'], /line 2: it is no operation/],
    ["an unknown operation", [CREATE, '{"op_code":11}'], /line 2: there is no operation with op_code 11/],
    ["a study without name", ['{"op_code":0,"directions":[1]}'], /line 1: study_name is no text/],
    [
      "an unknown direction",
      ['{"op_code":0,"study_name":"s","directions":[5]}'],
      /line 1: there is no direction with code 5/,
    ],
    [
      "a trial id of nonsense",
      [CREATE, '{"op_code":6,"trial_id":"0","state":1,"values":null}'],
      /line 2: trial_id is "0"/,
    ],
    [
      "an unknown state",
      [CREATE, TRIAL, '{"op_code":6,"trial_id":0,"state":9,"values":null}'],
      /line 3: there is no state with code 9/,
    ],
    [
      "a choice that does not exist",
      [CREATE, TRIAL, param("c", 2, CHOICE)],
      /line 3: the choice with index 2 does not exist; there are 2/,
    ],
    ["a choice before the first", [CREATE, TRIAL, param("c", -1, CHOICE)], /line 3: the choice with index -1/],
    [
      "an infinite parameter",
      [CREATE, TRIAL, param("x", "Infinity", FLOAT)],
      /line 3: the parameter "x" has the value/,
    ],
    [
      "a distribution of nonsense",
      [CREATE, TRIAL, param("x", 1, '{"name":"Beta","attributes":{}}')],
      /line 3: there is no distribution named "Beta"/,
    ],
    [
      "a distribution upside down",
      [CREATE, TRIAL, param("x", 1, FLOAT.replace('"high":1', '"high":-1'))],
      /line 3: float needs finite low <= high/,
    ],
    ["a time of nonsense", [CREATE, TRIAL.replace("2026-01-02T", "2026-02-31T")], /line 2: "2026-02-31T.*" is no time/],
    [
      "an attribute too deep",
      [CREATE, `{"op_code":2,"study_id":0,"user_attr":{"a":${"[".repeat(200)}${"]".repeat(200)}}}`, TRIAL],
      /line 2: the JSON nests deeper than 100 levels/,
    ],
  ])("%s is refused with its line", async (_, lines, message) => {
    await expect(importOptunaJournal(journalOf(...lines))).rejects.toThrow(message);
  });

  test("what is no journal is refused", async () => {
    await expect(importOptunaJournal(journalOf("name,value", "a,1"))).rejects.toThrow(
      /is not an Optuna journal: its first line is no JSON/,
    );
    await expect(importOptunaJournal(journalOf('{"vernier":1}'))).rejects.toThrow(/its first line has no op_code/);
    await expect(importOptunaJournal(join(folder, "none.log"))).rejects.toThrow(/there is no such file/);
    await expect(importOptunaJournal(folder)).rejects.toThrow(/is a folder/);
    await expect(importOptunaJournal(journalOf())).rejects.toThrow(/is empty/);
    const bytes = fresh("log");
    writeFileSync(
      bytes,
      Buffer.concat([Buffer.from(`${CREATE}\n`), Buffer.from([0x22, 0xff, 0xfe, 0x0a]), Buffer.from(`${TRIAL}\n`)]),
    );
    await expect(importOptunaJournal(bytes)).rejects.toThrow(/line 2: it is not UTF-8 text/);
  });
});

describe("a database that is not as Optuna writes it", () => {
  /** The recorded database, changed. */
  const spoiled = (sql: string): string => {
    const path = fresh("db");
    writeFileSync(path, readFileSync(recorded("optuna-5.0.0.db")));
    const db = new DatabaseSync(path);
    db.exec(`PRAGMA foreign_keys = OFF; PRAGMA writable_schema = ON; ${sql}`);
    db.close();
    return path;
  };

  test.each([
    [
      "an older schema",
      "UPDATE alembic_version SET version_num = 'v2.6.0.a'",
      /schema is "v2.6.0.a"; known are.*optuna storage upgrade/,
    ],
    ["a newer schema", "UPDATE alembic_version SET version_num = 'v9.0.0.a'", /schema is "v9.0.0.a".*update vernier/],
    ["another version_info", "UPDATE version_info SET schema_version = 11", /version_info has schema_version 11/],
    ["no version at all", "DELETE FROM alembic_version", /schema is unknown/],
    ["a missing table", "DROP TABLE trial_values", /it has no table trial_values/],
    [
      "a missing column",
      "ALTER TABLE trial_values RENAME COLUMN value_type TO kind",
      /its table trial_values has no column value_type/,
    ],
    ["other tables", "DROP TABLE trials; DROP TABLE studies", /is not an Optuna database/],
    [
      "a view for a table",
      "ALTER TABLE trial_values RENAME TO v; CREATE VIEW trial_values AS SELECT * FROM v",
      /it has no table trial_values/,
    ],
    [
      "two trials of one number",
      "UPDATE trials SET number = 3 WHERE number = 4 AND study_id = 1",
      /table trials, row 5 .*: the trial number 3 is there twice/,
    ],
    [
      "a missing number",
      "DELETE FROM trials WHERE study_id = 4 AND number = 2",
      /table trials, row \d+ .*: the trial number 3 follows 1; one between is missing/,
    ],
    [
      "an unknown state",
      "UPDATE trials SET state = 'DONE' WHERE trial_id = 2",
      /table trials, row 2 .*: state is "DONE"/,
    ],
    [
      "a time of nonsense",
      "UPDATE trials SET datetime_start = 'soon' WHERE trial_id = 2",
      /table trials, row 2 .*: "soon" is no time/,
    ],
    ["a trial of no study", "UPDATE trials SET study_id = 99 WHERE study_id = 4", /there is no study with study_id 99/],
    [
      "a parameter of no trial",
      "UPDATE trial_params SET trial_id = 9999 WHERE param_id = 3",
      /table trial_params, row 3 .*there is no trial with trial_id 9999/,
    ],
    [
      "a text for a number",
      "UPDATE trial_params SET param_value = 'x' WHERE param_id = 3",
      /table trial_params, row 3 .*: param_value is "x"/,
    ],
    [
      "a broken attribute",
      "UPDATE trial_user_attributes SET value_json = '{' WHERE rowid = 1",
      /table trial_user_attributes, row 1 .*: the text ends too early/,
    ],
    [
      "a value type of nonsense",
      "UPDATE trial_values SET value_type = 'BIG' WHERE rowid = 1",
      /table trial_values, row 1 .*: value_type is "BIG"/,
    ],
    [
      "a number beyond any",
      "UPDATE trial_intermediate_values SET step = 9223372036854775807 WHERE rowid = 1",
      /Nothing was imported/,
    ],
    ["no direction", "DELETE FROM study_directions WHERE study_id = 1", /studies row 1: it has no direction/],
  ])("%s is refused", async (_, sql, message) => {
    await expect(importOptunaSqlite(spoiled(sql))).rejects.toThrow(message);
  });

  test("duplicate rows, where the unique index is gone", async () => {
    const sql =
      "ALTER TABLE trial_params RENAME TO old; CREATE TABLE trial_params AS SELECT * FROM old; DROP TABLE old; " +
      "INSERT INTO trial_params SELECT * FROM trial_params WHERE param_id = 1";
    await expect(importOptunaSqlite(spoiled(sql))).rejects.toThrow(/the parameter "x" is there twice/);
  });

  test("what is no database, or half of one, is refused", async () => {
    await expect(importOptunaSqlite(journalOf(CREATE))).rejects.toThrow(/is not a SQLite database/);
    await expect(importOptunaSqlite(join(folder, "none.db"))).rejects.toThrow(/does not exist/);
    await expect(importOptunaSqlite(folder)).rejects.toThrow(/is a folder/);
    const half = fresh("db");
    const whole = readFileSync(recorded("optuna-5.0.0.db"));
    writeFileSync(half, whole.subarray(0, whole.length / 2));
    await expect(importOptunaSqlite(half)).rejects.toThrow(/Nothing was imported/);
  });

  test("reading leaves the file and its folder as they are", async () => {
    const path = recorded("optuna-5.0.0.db");
    const [bytes, names] = [readFileSync(path), readdirSync(folder)];
    await importOptunaSqlite(path);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(readdirSync(folder)).toEqual(names);
  });
});

describe("exports", () => {
  const one = async (): Promise<StudyDump> =>
    dumped((await importOptunaJournal(journalOf(CREATE, TRIAL, param("x", 0.5, FLOAT), END)))[0]!);

  test("make new files only, whole or not at all", async () => {
    const dump = await one();
    for (const [write, ending] of [
      [exportOptunaJournal, "log"],
      [exportOptunaSqlite, "db"],
    ] as const) {
      const path = fresh(ending);
      await write([dump], path);
      const bytes = readFileSync(path);
      await expect(write([dump], path)).rejects.toThrow(/exists\. An export makes a new file/);
      expect(readFileSync(path).equals(bytes)).toBe(true);
      await expect(write([dump, dump], fresh(ending))).rejects.toThrow(/two studies are named "s"/);
      const before = readdirSync(folder);
      await expect(write([dump], join(folder, "none", "x"))).rejects.toThrow(/cannot be written/);
      expect(readdirSync(folder)).toEqual(before);
    }
    await expect(exportOptunaSqlite([dump], fresh("db"), { schema: "v1" as never })).rejects.toThrow(/schema is "v1"/);
  });

  test("a complete trial without a number for every objective is a failed one there", async () => {
    const dump = await one();
    const trials = [NaN, undefined].map((value, number) => ({
      ...dump.trials[0]!,
      number,
      metrics: value === undefined ? {} : { value },
    }));
    const path = fresh("log");
    await exportOptunaJournal([{ ...dump, trials }], path);
    const { trials: back } = await dumped((await importOptunaJournal(path))[0]!);
    expect(back.map(({ state, error }) => [state, error?.message])).toEqual([
      ["failed", "value is NaN"],
      ["failed", "value is missing"],
    ]);
  });

  test("a define-by-run study: what was learnt by its distribution, the rest by the values it had", async () => {
    const storage = memoryStorage();
    const study = await createStudy({
      name: "d",
      space: dynamic(),
      objectives: { loss: "minimize" },
      seed: 1,
      storage,
    });
    await study.run(
      (_, trial) => {
        const x = trial.float("net.lr", 1e-4, 1, { scale: "log" });
        const order = trial.permutation("order", ["a", "b"]);
        if (trial.number === 1) trial.choice("extra", ["on", "off"]);
        return x + order.length;
      },
      { trials: 3 },
    );
    const [info] = await storage.listStudies();
    const path = fresh("log");
    await exportOptunaJournal([await dumpOf(storage, info!.id)], path);
    const [log] = await importOptunaJournal(path);
    const kept = log!.events[0] as unknown as { attrs: { optuna: { distributions: Record<string, string[]> } } };
    expect(Object.keys(kept.attrs.optuna.distributions)).toEqual(["net_lr", "order_a_", "order_b_", "extra"]);
    expect(kept.attrs.optuna.distributions["net_lr"]?.[0]).toContain('"low": 0.0001, "high": 1.0, "log": true');
    expect(kept.attrs.optuna.distributions["extra"]?.[0]).toMatch(/Categorical.*"(on|off)"\]/);
  });

  test("a trial that went on here, beyond the range it came with, widens it", async () => {
    const dump = await one();
    const trials = [dump.trials[0]!, { ...dump.trials[0]!, number: 1, sampler: "tpe", params: { x: 3 } }];
    const path = fresh("log");
    await exportOptunaJournal([{ ...dump, trials }], path);
    const text = readFileSync(path, "utf8").split("\n");
    expect(text[1]).toContain('\\"low\\": 0.0, \\"high\\": 1.0');
    expect(text[2]).toContain('\\"low\\": 0.0, \\"high\\": 3.0');
  });
});
