import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { importOptunaSqlite } from "./index.ts";
import { CREATE, TestFolder } from "./optuna.fixture.ts";

const folder = new TestFolder();
afterAll(() => folder.remove());

describe("a database that is not as Optuna writes it", () => {
  /** The recorded database, changed. */
  const spoiled = (sql: string): string => {
    const path = folder.fresh("db");
    writeFileSync(path, readFileSync(folder.recorded("optuna-5.0.0.db")));
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
    await expect(importOptunaSqlite(folder.journal(CREATE))).rejects.toThrow(/is not a SQLite database/);
    await expect(importOptunaSqlite(join(folder.path, "none.db"))).rejects.toThrow(/does not exist/);
    await expect(importOptunaSqlite(folder.path)).rejects.toThrow(/is a folder/);
    const half = folder.fresh("db");
    const whole = readFileSync(folder.recorded("optuna-5.0.0.db"));
    writeFileSync(half, whole.subarray(0, whole.length / 2));
    await expect(importOptunaSqlite(half)).rejects.toThrow(/Nothing was imported/);
  });

  test("reading leaves the file and its folder as they are", async () => {
    const path = folder.recorded("optuna-5.0.0.db");
    const [bytes, names] = [readFileSync(path), readdirSync(folder.path)];
    await importOptunaSqlite(path);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(readdirSync(folder.path)).toEqual(names);
  });
});
