/** Optuna's RDB storage in a SQLite file. */
import { VernierError } from "../../math/errors.ts";
import { readForeign, type ForeignReader, type ForeignRow } from "../../store/foreign.ts";
import { externalValue, parseDistribution } from "./distribution.ts";
import { broken, notOptuna, placed } from "./errors.ts";
import { parsePythonJson } from "./python-json.ts";
import { DIRECTIONS, STATES } from "./records.ts";
import type { OptunaDirection, OptunaFile, OptunaState, OptunaStudy, OptunaTrial } from "./records.ts";
import { COLUMNS, SCHEMAS, SCHEMA_VERSION, type OptunaSchema } from "./sqlite-schema.ts";
import { parseTime } from "./times.ts";

/** Numbers that a REAL column cannot hold, by the word beside it. */
const SPECIAL: Readonly<Record<string, number>> = { INF_POS: Infinity, INF_NEG: -Infinity, NAN: NaN };

/**
 * The studies of a database.
 *
 * @throws VernierError E_IMPORT_FORMAT when it is no database of Optuna's, E_IMPORT_VERSION for a schema that must be upgraded first,
 * E_IMPORT_BROKEN with the table and row, E_IMPORT_READ.
 */
export function readSqlite(path: string): Promise<OptunaFile> {
  return readForeign(path, reader => new SqliteReading(path, reader).read());
}

class SqliteReading {
  readonly #path: string;
  readonly #reader: ForeignReader;
  readonly #studies = new Map<number, OptunaStudy & { directions: OptunaDirection[] }>();
  readonly #trials = new Map<number, OptunaTrial>();
  #naive: "utc" | "local" = "utc";
  readonly #notes: string[] = [];

  constructor(path: string, reader: ForeignReader) {
    this.#path = path;
    this.#reader = reader;
  }

  read(): OptunaFile {
    this.#checkTables();
    this.#checkVersion();
    this.#each("studies", "SELECT study_id, study_name FROM studies ORDER BY study_id", row => {
      const name = text(row, "study_name");
      this.#studies.set(integer(row, "study_id"), {
        name,
        directions: [],
        user: new Map(),
        system: new Map(),
        trials: [],
      });
    });
    this.#directions();
    this.#attributes("study", this.#studies);
    this.#readTrials();
    this.#attributes("trial", this.#trials);
    this.#params();
    this.#values();
    this.#intermediate();
    for (const [id, { directions }] of this.#studies) {
      if (directions.length === 0) throw this.#fault(`studies row ${id}`, "it has no direction in study_directions");
    }
    return { studies: [...this.#studies.values()], notes: this.#notes };
  }

  #checkTables(): void {
    const { tables } = this.#reader;
    const none = Object.keys(COLUMNS).filter(name => !tables.has(name));
    if (none.length > 4 || !tables.has("studies") || !tables.has("trials")) {
      const names = [...tables.keys()].slice(0, 5).join(", ") || "none";
      throw notOptuna(
        this.#path,
        `is not an Optuna database (its tables: ${names})`,
        'Name the file of create_study(storage="sqlite:///FILE").',
      );
    }
    for (const [table, columns] of Object.entries(COLUMNS)) {
      const found = tables.get(table);
      const missing = found === undefined ? undefined : columns.find(column => !found.includes(column));
      if (found !== undefined && missing === undefined) continue;
      const fact = missing === undefined ? `it has no table ${table}` : `its table ${table} has no column ${missing}`;
      throw versionError(this.#path, fact);
    }
  }

  #checkVersion(): void {
    const [head] = [...this.#reader.rows("SELECT version_num FROM alembic_version LIMIT 2")];
    const [info] = [...this.#reader.rows("SELECT schema_version, library_version FROM version_info LIMIT 2")];
    const version = head?.["version_num"];
    if (!SCHEMAS.includes(version as OptunaSchema)) {
      throw versionError(this.#path, `its schema is ${JSON.stringify(version) ?? "unknown"}`);
    }
    const schema = info?.["schema_version"];
    if (schema !== SCHEMA_VERSION) {
      throw versionError(this.#path, `its version_info has schema_version ${JSON.stringify(schema) ?? "none"}`);
    }
    const library = String(info?.["library_version"]);
    if (Number.parseInt(library, 10) >= 5) return;
    this.#naive = "local";
    this.#notes.push(`times were read as local times of this machine, as Optuna ${library} writes them`);
  }

  #directions(): void {
    const sql = "SELECT study_id, objective, direction FROM study_directions ORDER BY study_id, objective";
    this.#each("study_directions", sql, row => {
      const directions = this.#owner(this.#studies, row, "study_id").directions;
      const direction = DIRECTIONS.find(name => name === row["direction"]);
      if (direction === undefined) throw wrong(row, "direction");
      if (integer(row, "objective") !== directions.length) throw wrong(row, "objective");
      directions.push(direction);
    });
  }

  #attributes(owner: "study" | "trial", owners: ReadonlyMap<number, Pick<OptunaTrial, "user" | "system">>): void {
    for (const kind of ["user", "system"] as const) {
      const table = `${owner}_${kind}_attributes`;
      this.#each(table, `SELECT ${owner}_id, "key", value_json FROM ${table} ORDER BY rowid`, row => {
        const attrs = this.#owner(owners, row, `${owner}_id`)[kind];
        const key = text(row, "key");
        if (attrs.has(key)) throw new VernierError("E_IMPORT_ROW", `the key ${JSON.stringify(key)} is there twice.`);
        attrs.set(key, parsePythonJson(text(row, "value_json")));
      });
    }
  }

  #readTrials(): void {
    const sql =
      "SELECT trial_id, number, study_id, state, datetime_start, datetime_complete FROM trials ORDER BY study_id, number, trial_id";
    this.#each("trials", sql, row => {
      const { trials } = this.#owner(this.#studies, row, "study_id");
      const number = integer(row, "number");
      if (number !== trials.length) {
        const fact = number < trials.length ? "is there twice" : `follows ${trials.length - 1}; one between is missing`;
        throw new VernierError("E_IMPORT_ROW", `the trial number ${number} ${fact}.`);
      }
      const trial: OptunaTrial = {
        number,
        state: STATES.find(name => name === row["state"]) ?? refuse(row, "state"),
        params: new Map(),
        values: null,
        intermediate: new Map(),
        user: new Map(),
        system: new Map(),
        start: this.#time(row, "datetime_start"),
        complete: this.#time(row, "datetime_complete"),
      } satisfies { state: OptunaState } & OptunaTrial;
      trials.push(trial);
      this.#trials.set(integer(row, "trial_id"), trial);
    });
  }

  #params(): void {
    const sql = "SELECT trial_id, param_name, param_value, distribution_json FROM trial_params ORDER BY param_id";
    this.#each("trial_params", sql, row => {
      const { params } = this.#owner(this.#trials, row, "trial_id");
      const name = text(row, "param_name");
      if (params.has(name))
        throw new VernierError("E_IMPORT_ROW", `the parameter ${JSON.stringify(name)} is there twice.`);
      const distribution = parseDistribution(text(row, "distribution_json"));
      const internal = float(row, "param_value");
      externalValue(internal, distribution);
      params.set(name, { internal, distribution });
    });
  }

  #values(): void {
    const sql = "SELECT trial_id, objective, value, value_type FROM trial_values ORDER BY trial_id, objective";
    this.#each("trial_values", sql, row => {
      const trial = this.#owner(this.#trials, row, "trial_id");
      const before = trial.values ?? [];
      if (integer(row, "objective") !== before.length) throw wrong(row, "objective");
      trial.values = [...before, special(row, "value", "value_type")];
    });
  }

  #intermediate(): void {
    const sql =
      "SELECT trial_id, step, intermediate_value, intermediate_value_type FROM trial_intermediate_values ORDER BY trial_id, step";
    this.#each("trial_intermediate_values", sql, row => {
      const { intermediate } = this.#owner(this.#trials, row, "trial_id");
      const step = integer(row, "step");
      if (intermediate.has(step)) throw new VernierError("E_IMPORT_ROW", `the step ${step} is there twice.`);
      intermediate.set(step, special(row, "intermediate_value", "intermediate_value_type"));
    });
  }

  #time(row: ForeignRow, column: string): number | null {
    const value = row[column];
    return value === null ? null : parseTime(value, this.#naive);
  }

  #owner<T>(owners: ReadonlyMap<number, T>, row: ForeignRow, column: string): T {
    const id = integer(row, column);
    const found = owners.get(id);
    if (found !== undefined) return found;
    throw new VernierError("E_IMPORT_ROW", `there is no ${column.replace("_id", "")} with ${column} ${id}.`);
  }

  #each(table: string, sql: string, take: (row: ForeignRow) => void): void {
    let at = 0;
    for (const row of this.#reader.rows(sql)) {
      at++;
      // Placed only when it fails: a closure a row would double the time.
      try {
        take(row);
      } catch (error) {
        placed(this.#path, `table ${table}, row ${at} (${describe(row)})`, () => {
          throw error;
        });
      }
    }
  }

  #fault(place: string, fact: string): VernierError {
    return broken(this.#path, place, fact);
  }
}

/** The first columns, which identify a row. */
function describe(row: ForeignRow): string {
  return Object.entries(row)
    .slice(0, 2)
    .map(([name, value]) => `${name} ${String(value).slice(0, 40)}`)
    .join(", ");
}

function integer(row: ForeignRow, column: string): number {
  const value = row[column];
  return typeof value === "number" && Number.isSafeInteger(value) ? value : refuse(row, column);
}

function float(row: ForeignRow, column: string): number {
  const value = row[column];
  return typeof value === "number" && Number.isFinite(value) ? value : refuse(row, column);
}

function text(row: ForeignRow, column: string): string {
  const value = row[column];
  return typeof value === "string" ? value : refuse(row, column);
}

function special(row: ForeignRow, column: string, type: string): number {
  const word = row[type];
  if (word === "FINITE") return float(row, column);
  return typeof word === "string" && Object.hasOwn(SPECIAL, word) ? (SPECIAL[word] as number) : refuse(row, type);
}

function refuse(row: ForeignRow, column: string): never {
  throw wrong(row, column);
}

function wrong(row: ForeignRow, column: string): VernierError {
  const value = row[column];
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : String(value);
  return new VernierError("E_IMPORT_ROW", `${column} is ${shown}.`);
}

function versionError(path: string, fact: string): VernierError {
  return new VernierError(
    "E_IMPORT_VERSION",
    `${path}: ${fact}; known are ${SCHEMAS.join(" (Optuna 3.2 and later) and ")} (Optuna 3.0 and 3.1). Nothing was imported. ` +
      `For an older file run: optuna storage upgrade --storage sqlite:///${path}. For a newer one update vernier.`,
    { details: { path } },
  );
}
