/** A table as a study: every row a trial. */
import { VernierError } from "../../core/errors.ts";
import { partSpec, studySpec } from "../../core/spec.ts";
import type { ConstraintSpec, Direction, Json, ObjectiveSpec, PartSpec } from "../../core/types.ts";
import { auto } from "../../samplers/index.ts";
import { none } from "../../schedulers/index.ts";
import { compile } from "../../space/index.ts";
import type { Space } from "../../space/infer.ts";
import { spell } from "../../space/spell.ts";
import type { Codec, Params, SpaceJson } from "../../space/types.ts";
import { importError, type Place } from "../errors.ts";
import { eventsOf } from "../trial-events.ts";
import type { ForeignTrial, StudyLog } from "../types.ts";
import { jsonOf, numberOf, stateOf, timeOf } from "./cells.ts";
import { CellError, configuration, put, type Nested } from "./convert.ts";
import { inferSpace } from "./infer.ts";
import { rolesOf, type Roles, type Special } from "./roles.ts";
import type { Row, Table } from "./table.ts";

/** What a table does not say of its study. */
export interface TableOptions {
  readonly name: string;
  readonly objectives: Readonly<Record<string, Direction | ObjectiveSpec>>;
  readonly constraints?: Readonly<Record<string, ConstraintSpec>>;
  /** Inferred from the columns when left out. */
  readonly space?: SpaceJson;
  readonly sampler?: PartSpec;
  readonly scheduler?: PartSpec;
  readonly seed?: number;
  /** Columns to leave out. */
  readonly ignore?: readonly string[];
  /** Leave rows out that are wrong, instead of refusing the table. */
  readonly skipBad?: boolean;
  /** The time of trials that have none, ms since 1970 UTC; now when left out. */
  readonly now?: number;
}

/** A study read from elsewhere, and what whoever reads it should know. */
export interface ReadStudy extends StudyLog {
  readonly notes: readonly string[];
}

/** @throws VernierError E_IMPORT_COLUMN, E_IMPORT_CELL, E_IMPORT_LINE, E_STUDY_*, E_SPACE_*: with file and line. */
export function studyOfTable(table: Table, options: TableOptions): ReadStudy {
  const metrics = [...Object.keys(options.objectives), ...Object.keys(options.constraints ?? {})];
  const roles = rolesOf(table, { metrics, space: options.space, ignore: options.ignore ?? [] });
  const notes = [...roles.notes];
  if (table.rows.length === 0)
    throw importError(
      "E_IMPORT_FORMAT",
      table.head,
      "the table has names, but no rows. There is nothing in it to import.",
    );
  let { space } = options;
  if (space === undefined) {
    if (roles.params.length === 0)
      throw importError(
        "E_IMPORT_COLUMN",
        table.head,
        "no column is left for a parameter. A study needs one. Check the names of the columns.",
      );
    const inferred = inferSpace(table, roles.params);
    ({ space } = inferred);
    notes.push(
      "the space is inferred from the values seen, so it ends where they end; check it:",
      ...inferred.notes.map(line => `  ${line}`),
    );
  }
  const spec = studySpec({
    name: options.name,
    space,
    objectives: options.objectives,
    constraints: options.constraints ?? {},
    seed: options.seed,
    sampler: auto(),
    scheduler: none(),
  });
  const parts = { sampler: options.sampler ?? partSpec(auto()), scheduler: options.scheduler ?? partSpec(none()) };
  const reader = new RowReader(
    table,
    roles,
    options,
    compile(space as Space<Params>, { fresh: true }) as unknown as Codec,
  );
  const trials: ForeignTrial[] = [];
  for (const row of table.rows) {
    try {
      trials.push(reader.trial(row));
    } catch (error) {
      if (!options.skipBad || !(error instanceof VernierError)) throw error;
      if (notes.length < 30) notes.push(`left out: ${error.message.replace(/ Nothing was imported\.$/, "")}`);
    }
  }
  if (trials.length === 0)
    throw importError("E_IMPORT_FORMAT", table.head, "every row is wrong. See the first one without skipping.");
  const { file } = table;
  const origin = (trial: ForeignTrial): Record<string, Json> => ({
    from: { file: file.replace(/^.*[/\\]/, ""), number: trial.number },
  });
  return { spec: { ...spec, ...parts }, events: eventsOf(trials, { origin }), notes };
}

class RowReader {
  readonly #table: Table;
  readonly #roles: Roles;
  readonly #codec: Codec;
  readonly #objectives: readonly string[];
  readonly #comma: boolean;
  readonly #now: number;
  readonly #numbers = new Map<number, Place>();
  #read = 0;

  constructor(table: Table, roles: Roles, options: TableOptions, codec: Codec) {
    this.#table = table;
    this.#roles = roles;
    this.#codec = codec;
    this.#objectives = Object.keys(options.objectives);
    this.#comma = table.comma === true;
    this.#now = options.now ?? Date.now();
  }

  trial(row: Row): ForeignTrial {
    const metrics = this.#metrics(row);
    const valued = this.#objectives.every(name => metrics[name] !== undefined);
    const given = this.#special(row, "state");
    let state = given === null ? (valued ? "complete" : "failed") : stateOf(given);
    if (state === undefined) throw this.#cell(row, "state", given, "waiting, complete, pruned or failed");
    if (state === "complete" && !valued) {
      const missing = this.#objectives.find(name => metrics[name] === undefined);
      throw importError(
        "E_IMPORT_CELL",
        row.place,
        `the trial is complete, and ${spell(missing)} is empty. A complete trial has a value of every objective. Fill it, or write failed.`,
      );
    }
    const lost = state === "running" || state === "paused";
    if (lost) state = "failed";
    const error = this.#special(row, "error");
    const message = lost
      ? "It was not finished when the table was written."
      : typeof error === "string"
        ? error
        : "The table has no value for it.";
    const params = this.#params(row, state !== "waiting");
    const started = this.#time(row, "started");
    const queued = this.#time(row, "queued") ?? started ?? this.#now;
    return {
      number: this.#number(row),
      state,
      params,
      metrics: Object.keys(metrics).length === 0 ? null : metrics,
      ...(state === "failed" && { error: { kind: "result" as const, message } }),
      sampler: this.#text(row, "sampler"),
      ...this.#annotations(row),
      queuedAt: queued,
      startedAt: started,
      finishedAt: this.#time(row, "finished") ?? started ?? queued,
    };
  }

  #special(row: Row, name: Special): unknown {
    const at = this.#roles.special.get(name);
    return at === undefined ? null : (row.cells[at] ?? null);
  }

  #text(row: Row, name: Special): string | null {
    const cell = this.#special(row, name);
    return cell === null ? null : String(cell as string);
  }

  #number(row: Row): number {
    const place = this.#read++;
    const cell = this.#special(row, "number");
    if (cell === null) {
      if (!this.#roles.special.has("number")) return place;
      throw this.#cell(row, "number", null, "a whole number >= 0");
    }
    const number = numberOf(cell, this.#comma);
    if (number === undefined || !Number.isSafeInteger(number) || number < 0) {
      throw this.#cell(row, "number", cell, "a whole number >= 0");
    }
    const before = this.#numbers.get(number);
    if (before !== undefined) {
      const where = before.line === undefined ? `row ${before.row ?? "?"}` : `line ${before.line}`;
      throw importError(
        "E_IMPORT_CELL",
        row.place,
        `trial ${number} is in ${where} already. A number is one trial's. Remove one of the two rows.`,
      );
    }
    this.#numbers.set(number, row.place);
    return number;
  }

  #time(row: Row, name: Special): number | null {
    const cell = this.#special(row, name);
    if (cell === null) return null;
    const time = timeOf(cell);
    if (time !== undefined) return time;
    throw this.#cell(row, name, cell, "a time such as 2026-01-31T12:00:00Z");
  }

  #metrics(row: Row): Record<string, number> {
    const metrics: Record<string, number> = {};
    for (const { at, name } of this.#roles.metrics) {
      const cell = row.cells[at] ?? null;
      if (cell === null || cell === "") continue;
      const value = numberOf(cell, this.#comma);
      if (value === undefined) throw this.#cell(row, name, cell, "a number, nan or inf");
      metrics[name] = value;
    }
    return metrics;
  }

  #params(row: Row, whole: boolean): Params {
    const nested: Nested = {};
    for (const { at, path } of this.#roles.params) {
      const cell = row.cells[at] ?? null;
      if (cell !== null) put(nested, path, cell);
    }
    let params: Params;
    try {
      params = configuration(this.#codec.space.shape, nested, this.#comma);
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      throw importError("E_IMPORT_CELL", row.place, `${error.message}. Correct the cell, or the space.`, error);
    }
    // What waits may fix a part; its rest is drawn when it is asked for.
    const issues = whole ? this.#codec.check(params) : [];
    const [issue] = issues;
    if (issue === undefined) return params;
    const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
    throw importError(
      "E_IMPORT_CELL",
      row.place,
      `${issue.path} ${issue.message}${/[.?]$/.test(issue.message) ? "" : "."}${more} The row is outside the space. Correct it, or widen the space.`,
    );
  }

  #annotations(row: Row): Pick<ForeignTrial, "attrs" | "tags" | "note"> {
    const attrs: Record<string, Json> = {};
    for (const { at, name } of this.#roles.attrs) {
      const cell = row.cells[at] ?? null;
      if (cell !== null) attrs[name] = (typeof cell === "string" ? cell : jsonOf(cell)) as Json;
    }
    const own = this.#special(row, "attrs");
    if (own !== null) {
      const value = jsonOf(own);
      if (typeof value !== "object" || value === null || Array.isArray(value))
        throw this.#cell(row, "attrs", own, "a JSON object");
      Object.assign(attrs, value);
    }
    const tags = this.#special(row, "tags");
    const list = tags === null ? [] : tagsOf(tags);
    if (list === undefined) throw this.#cell(row, "tags", tags, "a JSON array of texts, or texts with commas between");
    const note = this.#text(row, "note");
    return { attrs, tags: list, ...(note !== null && { note }) };
  }

  #cell(row: Row, name: string, cell: unknown, rule: string): VernierError {
    const column = this.#table.names.find(n => n === name || n === `metrics.${name}`) ?? name;
    return importError(
      "E_IMPORT_CELL",
      row.place,
      `${column} is ${cell === null ? "empty" : spell(cell)}. It is ${rule}. Correct the cell.`,
    );
  }
}

function tagsOf(cell: unknown): string[] | undefined {
  const value =
    typeof cell === "string" && !cell.trim().startsWith("[") ? cell.split(",").map(tag => tag.trim()) : jsonOf(cell);
  if (!Array.isArray(value) || !value.every(tag => typeof tag === "string")) return undefined;
  return value.filter(tag => tag !== "");
}
