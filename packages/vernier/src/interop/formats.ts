/** The file formats of studies: what each is called, how a file of it looks, who reads and who writes it. */
import { VernierError } from "../core/errors.ts";
import type { Storage, StudyInfo, TrialRecord } from "../core/types.ts";
import { didYouMean, spell } from "../space/spell.ts";
import { writeCsv } from "./csv/write.ts";
import { readCsv } from "./csv/read.ts";
import { dumpOf } from "./dump.ts";
import { importError } from "./errors.ts";
import { binaryKind, headOf } from "./files.ts";
import { FORMAT as TRIALS } from "./json/format.ts";
import { readJson } from "./json/read.ts";
import { writeJson } from "./json/write.ts";
import { FORMAT as STUDY } from "./jsonl/format.ts";
import { readJsonl } from "./jsonl/read.ts";
import { writeJsonl } from "./jsonl/write.ts";
import type { OptunaSchema } from "./optuna/index.ts";
import type { TableOptions, ReadStudy } from "./table/read.ts";
import type { StudyLog } from "./types.ts";

/** Names of the file formats. */
export type FormatName = "jsonl" | "json" | "csv" | "parquet" | "optuna-journal" | "optuna-sqlite";

/** What reading a file may need. */
export interface ReadOptions {
  /** Tables: what they do not say of their study. */
  readonly table?: TableOptions;
  /** Files that hold several studies: the one wanted. */
  readonly study?: string;
  /** Text: bytes a line may have; 64 MiB when left out. */
  readonly lineLimit?: number;
}

/** What of a study is written, and for whom. */
export interface WriteOptions {
  /** Which trials; all of them when left out. Not for the log, of which a part is none. */
  readonly where?: (trial: TrialRecord) => boolean;
  /** Tables: these columns, in this order (`params.lr`, or `lr` where no metric has the name); all of them when left out. */
  readonly columns?: readonly string[];
  /** "optuna-sqlite": "v3.2.0.a" (default) is read by Optuna 3.2 and later, "v3.0.0.d" by Optuna 3.0 and 3.1. */
  readonly schema?: OptunaSchema;
}

/** A file format of studies. */
export interface Format {
  readonly name: FormatName;
  readonly about: string;
  /** Endings of file names, the first one being the usual. */
  readonly endings: readonly string[];
  /** Tables know neither objectives nor space: `ReadOptions.table` is needed. */
  readonly table?: true;
  /** Holds the log and not the trials as they stand. */
  readonly log?: true;
  /** Text is written in pieces, other formats by path. */
  readonly text: boolean;
  /** Reads the studies of a file. */
  read(path: string, options: ReadOptions): Promise<readonly (StudyLog & Partial<Pick<ReadStudy, "notes">>)[]>;
  /** Pieces of the file, for formats that can be written to a stream. */
  pieces?(storage: Storage, id: StudyInfo["id"], options?: WriteOptions): AsyncIterable<string | Uint8Array>;
  /** Writes the file itself. */
  write?(storage: Storage, id: StudyInfo["id"], path: string, options?: WriteOptions): Promise<void>;
}

function table({ table: options }: ReadOptions, path: string): TableOptions {
  if (options !== undefined) return options;
  throw importError(
    "E_IMPORT_OBJECTIVE",
    { file: path },
    "a table does not say what is to be made small or large. Name the objectives: --minimize COLUMN.",
  );
}

/** In the order that help lists them. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  jsonl: {
    name: "jsonl",
    about: "JSON Lines: the whole log, lossless",
    endings: [".jsonl", ".ndjson"],
    log: true,
    text: true,
    read: async (path, { lineLimit }) => [await readJsonl(path, lineLimit === undefined ? {} : { lineLimit })],
    pieces: (storage, id) => writeJsonl(storage, id),
  },
  json: {
    name: "json",
    about: "one JSON document: the study and its trials with their reports",
    endings: [".json"],
    text: true,
    read: async path => [await readJson(path)],
    pieces: async function* (storage, id, { where } = {}) {
      yield* writeJson(await dumpOf(storage, id, where));
    },
  },
  csv: {
    name: "csv",
    about: "a table, one row a trial",
    endings: [".csv", ".tsv"],
    table: true,
    text: true,
    read: async (path, options) => {
      const { lineLimit } = options;
      return [await readCsv(path, { ...table(options, path), ...(lineLimit !== undefined && { lineLimit }) })];
    },
    pieces: async function* (storage, id, { where, columns } = {}) {
      yield* writeCsv(await dumpOf(storage, id, where), columns);
    },
  },
  parquet: {
    name: "parquet",
    about: "a typed table, one row a trial",
    endings: [".parquet"],
    table: true,
    text: false,
    read: async (path, options) => {
      const { readParquet } = await import("./parquet/read.ts");
      return [await readParquet(path, table(options, path))];
    },
    pieces: async function* (storage, id, { where, columns } = {}) {
      const { writeParquet } = await import("./parquet/write.ts");
      yield await writeParquet(await dumpOf(storage, id, where), columns);
    },
  },
  "optuna-journal": {
    name: "optuna-journal",
    about: "Optuna's JournalStorage file",
    endings: [".log", ".journal"],
    text: false,
    read: async (path, { study }) => {
      const { importOptunaJournal } = await import("./optuna/index.ts");
      return importOptunaJournal(path, study === undefined ? {} : { study });
    },
    write: async (storage, id, path, { where } = {}) => {
      const { exportOptunaJournal } = await import("./optuna/index.ts");
      await exportOptunaJournal([await dumpOf(storage, id, where)], path);
    },
  },
  "optuna-sqlite": {
    name: "optuna-sqlite",
    about: "Optuna's SQLite storage",
    endings: [".db", ".sqlite3"],
    text: false,
    read: async (path, { study }) => {
      const { importOptunaSqlite } = await import("./optuna/index.ts");
      return importOptunaSqlite(path, study === undefined ? {} : { study });
    },
    write: async (storage, id, path, { where, schema } = {}) => {
      const { exportOptunaSqlite } = await import("./optuna/index.ts");
      await exportOptunaSqlite([await dumpOf(storage, id, where)], path, schema === undefined ? {} : { schema });
    },
  },
};

/** @throws VernierError E_EXPORT_OPTION for an option that the format cannot follow. */
export function checkWrite({ name, log, table: isTable }: Format, options: WriteOptions): void {
  const refuse = (fact: string, rule: string, step: string) =>
    new VernierError("E_EXPORT_OPTION", `${fact}. ${rule}. ${step}`);
  if (options.where !== undefined && log) {
    const others = Object.values(FORMATS).flatMap(format => (format.log ? [] : [format.name]));
    throw refuse(
      `${name} holds the whole log, and some of the trials are asked for (where)`,
      "A part of a log could not be replayed, so none is written",
      `Take the trials as they stand: --format ${others.join(", ")}`,
    );
  }
  if (options.columns !== undefined && !isTable) {
    throw refuse(
      `columns are chosen, and ${name} has none`,
      "Only tables have columns",
      "Leave them out, or write --format csv or parquet",
    );
  }
  if (options.schema !== undefined && name !== "optuna-sqlite") {
    throw refuse(
      `the schema ${spell(options.schema)} is asked for, and the format is ${name}`,
      "Only Optuna's databases have a schema",
      "Leave it out, or write --format optuna-sqlite",
    );
  }
}

/** @throws VernierError E_IMPORT_FORMAT for a name that is none. */
export function formatNamed(name: string): Format {
  if (Object.hasOwn(FORMATS, name)) return FORMATS[name as FormatName];
  const names = Object.keys(FORMATS);
  throw new VernierError(
    "E_IMPORT_FORMAT",
    `there is no format ${spell(name)}.${didYouMean(name, names)} The formats are ${names.join(", ")}.`,
  );
}

/** The format that a file to be written has by its name; undefined where the name does not tell. */
export function formatOfName(path: string): Format | undefined {
  const name = path.toLowerCase();
  return Object.values(FORMATS).find(
    ({ endings, name: format }) =>
      format !== "optuna-sqlite" && format !== "optuna-journal" && endings.some(ending => name.endsWith(ending)),
  );
}

/**
 * Finds out what a file is, by what it holds; its name decides only between kinds of text.
 *
 * @throws VernierError E_IMPORT_FORMAT when it is none of the formats, E_IMPORT_FILE.
 */
export async function sniff(path: string): Promise<Format> {
  const head = await headOf(path);
  const place = { file: path };
  if (head.subarray(0, 4).toString("latin1") === "PAR1") return FORMATS.parquet;
  if (head.subarray(0, 15).toString("latin1") === "SQLite format 3") {
    // Ours says so in bytes 68 to 71: its application id.
    if (head.subarray(68, 72).toString("latin1") === "VRNR") {
      throw importError(
        "E_IMPORT_FORMAT",
        place,
        "this is a storage of Vernier, which may hold several studies. Name it as one: vernier import sqlite:FILE --study NAME --as NAME",
      );
    }
    return FORMATS["optuna-sqlite"];
  }
  const kind = binaryKind(head, path);
  if (kind) throw importError("E_IMPORT_FORMAT", place, `the file is ${kind.name}. ${kind.advice}`);
  const text = head
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .trimStart();
  if (text.startsWith("{")) {
    if (/^\{[^\n]*"op_code"\s*:/.test(text)) return FORMATS["optuna-journal"];
    const says = (format: string) => new RegExp(`"format"\\s*:\\s*"${format}"`).test(text);
    return says(TRIALS) && !says(STUDY) ? FORMATS.json : FORMATS.jsonl;
  }
  if (head.includes(0))
    throw importError(
      "E_IMPORT_FORMAT",
      place,
      `the file is not text, and none of ${Object.keys(FORMATS).join(", ")}. Check the path.`,
    );
  if (/[,;\t]/.test(text.split("\n", 1)[0] ?? "")) return FORMATS.csv;
  throw importError(
    "E_IMPORT_FORMAT",
    place,
    `the file is none of ${Object.keys(FORMATS).join(", ")} by its first line. Say what it is: --format csv`,
  );
}
