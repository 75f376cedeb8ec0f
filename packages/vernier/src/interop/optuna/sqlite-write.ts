/** Writing an RDB storage into a new SQLite file. */
import { createForeign, type ForeignWriter } from "../../store/foreign.ts";
import { writeDistribution } from "./distribution.ts";
import { writePythonJson, type PyJson } from "./python-json.ts";
import type { OptunaStudy, OptunaTrial } from "./records.ts";
import { INDEX, MAKERS, SCHEMA_VERSION, TABLES, type OptunaSchema } from "./sqlite-schema.ts";
import { sqlTime } from "./times.ts";

/** Makes the file with every study, or nothing. @throws VernierError E_EXPORT_EXISTS, E_EXPORT_WRITE. */
export function writeSqlite(studies: Iterable<OptunaStudy>, path: string, schema: OptunaSchema): Promise<void> {
  return createForeign(path, writer => {
    writer.exec(TABLES);
    if (schema === "v3.2.0.a") writer.exec(INDEX);
    writer.prepare("INSERT INTO version_info VALUES (1, ?, ?)")(SCHEMA_VERSION, MAKERS[schema]);
    writer.prepare("INSERT INTO alembic_version VALUES (?)")(schema);
    const write = new SqliteWriting(writer, schema);
    for (const study of studies) write.study(study);
  });
}

/** A number and the word that says which one a REAL column cannot hold. */
function stored(value: number): [number | null, string] {
  if (Number.isNaN(value)) return [null, "NAN"];
  if (Number.isFinite(value)) return [value, "FINITE"];
  return [null, value > 0 ? "INF_POS" : "INF_NEG"];
}

class SqliteWriting {
  readonly #insert: Readonly<
    Record<
      "study" | "direction" | "trial" | "param" | "value" | "intermediate",
      (...values: (string | number | null)[]) => void
    >
  >;
  readonly #attribute: (table: string) => (...values: (string | number | null)[]) => void;
  readonly #naive: "utc" | "local";
  #studyId = 0;
  #trialId = 0;

  constructor(writer: ForeignWriter, schema: OptunaSchema) {
    const into = (table: string, columns: string): ((...values: (string | number | null)[]) => void) =>
      writer.prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.replace(/[^,]+/g, "?")})`);
    this.#insert = {
      study: into("studies", "study_id, study_name"),
      direction: into("study_directions", "study_id, objective, direction"),
      trial: into("trials", "trial_id, number, study_id, state, datetime_start, datetime_complete"),
      param: into("trial_params", "trial_id, param_name, param_value, distribution_json"),
      value: into("trial_values", "trial_id, objective, value, value_type"),
      intermediate: into("trial_intermediate_values", "trial_id, step, intermediate_value, intermediate_value_type"),
    };
    const attributes = new Map(
      ["study_user", "study_system", "trial_user", "trial_system"].map(name => [
        name,
        into(`${name}_attributes`, `${name.split("_")[0]}_id, "key", value_json`),
      ]),
    );
    this.#attribute = name => attributes.get(name) as (...values: (string | number | null)[]) => void;
    // Optuna 3.1 stores and shows local times, Optuna 5 stores UTC.
    this.#naive = schema === "v3.0.0.d" ? "local" : "utc";
  }

  study(study: OptunaStudy): void {
    const id = ++this.#studyId;
    this.#insert.study(id, study.name);
    for (const [i, direction] of study.directions.entries()) this.#insert.direction(id, i, direction);
    this.#attributes("study", id, study);
    for (const trial of study.trials) this.#trial(id, trial);
  }

  #trial(study: number, trial: OptunaTrial): void {
    const id = ++this.#trialId;
    const time = (at: number | null): string | null => (at === null ? null : sqlTime(at, this.#naive));
    this.#insert.trial(id, trial.number, study, trial.state, time(trial.start), time(trial.complete));
    for (const [name, { internal, distribution }] of trial.params) {
      this.#insert.param(id, name, internal, writeDistribution(distribution));
    }
    for (const [i, value] of trial.values?.entries() ?? []) this.#insert.value(id, i, ...stored(value));
    for (const [step, value] of trial.intermediate) this.#insert.intermediate(id, step, ...stored(value));
    this.#attributes("trial", id, trial);
  }

  #attributes(
    owner: "study" | "trial",
    id: number,
    from: Record<"user" | "system", ReadonlyMap<string, PyJson>>,
  ): void {
    for (const kind of ["user", "system"] as const) {
      const insert = this.#attribute(`${owner}_${kind}`);
      for (const [key, value] of from[kind]) insert(id, key, writePythonJson(value));
    }
  }
}
