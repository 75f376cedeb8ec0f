/** The tables of Optuna's RDB storage in SQLite, as alembic heads v3.2.0.a and v3.0.0.d have them. */

/** v3.2.0.a: Optuna 3.2 and later. v3.0.0.d: Optuna 3.0 and 3.1. They differ by one index. */
export type OptunaSchema = "v3.2.0.a" | "v3.0.0.d";
export const SCHEMAS: readonly OptunaSchema[] = ["v3.2.0.a", "v3.0.0.d"];
/** `version_info.schema_version` since 2018; alembic's head tells the rest. */
export const SCHEMA_VERSION = 12;
/** The release a file of each schema names as its maker: it decides how that release and ours read the times. */
export const MAKERS: Readonly<Record<OptunaSchema, string>> = { "v3.2.0.a": "5.0.0", "v3.0.0.d": "3.1.0" };

/** A table of (id, owner, key, value_json). */
const attributes = (table: string, id: string, owner: string, owners: string): string => `
CREATE TABLE ${table} (
  ${id} INTEGER NOT NULL, ${owner} INTEGER, "key" VARCHAR(512), value_json TEXT,
  PRIMARY KEY (${id}), UNIQUE (${owner}, "key"), FOREIGN KEY(${owner}) REFERENCES ${owners} (${owner})
);`;

export const TABLES = `
CREATE TABLE studies (
  study_id INTEGER NOT NULL, study_name VARCHAR(512) NOT NULL,
  PRIMARY KEY (study_id)
);
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE TABLE version_info (
  version_info_id INTEGER NOT NULL, schema_version INTEGER, library_version VARCHAR(256),
  PRIMARY KEY (version_info_id), CHECK (version_info_id=1)
);
CREATE TABLE study_directions (
  study_direction_id INTEGER NOT NULL, direction VARCHAR(8) NOT NULL, study_id INTEGER NOT NULL, objective INTEGER NOT NULL,
  PRIMARY KEY (study_direction_id), UNIQUE (study_id, objective), FOREIGN KEY(study_id) REFERENCES studies (study_id)
);${attributes("study_user_attributes", "study_user_attribute_id", "study_id", "studies")}${attributes(
  "study_system_attributes",
  "study_system_attribute_id",
  "study_id",
  "studies",
)}
CREATE TABLE trials (
  trial_id INTEGER NOT NULL, number INTEGER, study_id INTEGER, state VARCHAR(8) NOT NULL,
  datetime_start DATETIME, datetime_complete DATETIME,
  PRIMARY KEY (trial_id), FOREIGN KEY(study_id) REFERENCES studies (study_id)
);${attributes("trial_user_attributes", "trial_user_attribute_id", "trial_id", "trials")}${attributes(
  "trial_system_attributes",
  "trial_system_attribute_id",
  "trial_id",
  "trials",
)}
CREATE TABLE trial_params (
  param_id INTEGER NOT NULL, trial_id INTEGER, param_name VARCHAR(512), param_value FLOAT, distribution_json TEXT,
  PRIMARY KEY (param_id), UNIQUE (trial_id, param_name), FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_values (
  trial_value_id INTEGER NOT NULL, trial_id INTEGER NOT NULL, objective INTEGER NOT NULL, value FLOAT,
  value_type VARCHAR(7) NOT NULL,
  PRIMARY KEY (trial_value_id), UNIQUE (trial_id, objective), FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
  trial_intermediate_value_id INTEGER NOT NULL, trial_id INTEGER NOT NULL, step INTEGER NOT NULL, intermediate_value FLOAT,
  intermediate_value_type VARCHAR(7) NOT NULL,
  PRIMARY KEY (trial_intermediate_value_id), UNIQUE (trial_id, step), FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_heartbeats (
  trial_heartbeat_id INTEGER NOT NULL, trial_id INTEGER NOT NULL, heartbeat DATETIME NOT NULL,
  PRIMARY KEY (trial_heartbeat_id), UNIQUE (trial_id), FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE alembic_version (
  version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);`;

/** What v3.2.0.a adds, under the name that `create_all` gives it. */
export const INDEX = "CREATE INDEX ix_trials_study_id ON trials (study_id);";

/** What is read, so what must be there. */
export const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  studies: ["study_id", "study_name"],
  study_directions: ["direction", "study_id", "objective"],
  study_user_attributes: ["study_id", "key", "value_json"],
  study_system_attributes: ["study_id", "key", "value_json"],
  trials: ["trial_id", "number", "study_id", "state", "datetime_start", "datetime_complete"],
  trial_user_attributes: ["trial_id", "key", "value_json"],
  trial_system_attributes: ["trial_id", "key", "value_json"],
  trial_params: ["trial_id", "param_name", "param_value", "distribution_json"],
  trial_values: ["trial_id", "objective", "value", "value_type"],
  trial_intermediate_values: ["trial_id", "step", "intermediate_value", "intermediate_value_type"],
  version_info: ["schema_version", "library_version"],
  alembic_version: ["version_num"],
};
