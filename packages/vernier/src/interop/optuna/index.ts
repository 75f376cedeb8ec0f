/**
 * Optuna's own files in both directions: the journal (JournalStorage over a file) and the SQLite file of RDBStorage, as Optuna 3.0 to 5
 * read and write them. docs/coming-from-optuna.md says what becomes of what.
 */
import { rename, rm, stat, writeFile } from "node:fs/promises";
import { VernierError } from "../../math/errors.ts";
import { didYouMean, spell } from "../../space/spell.ts";
import type { StudyDump } from "../types.ts";
import { fromStudy } from "./from-study.ts";
import { readJournal } from "./journal-read.ts";
import { journalLines } from "./journal-write.ts";
import type { OptunaFile } from "./records.ts";
import { readSqlite } from "./sqlite-read.ts";
import { SCHEMAS, type OptunaSchema } from "./sqlite-schema.ts";
import { writeSqlite } from "./sqlite-write.ts";
import { toStudy, type OptunaStudyLog } from "./to-study.ts";

export type { OptunaSchema } from "./sqlite-schema.ts";
export type { OptunaStudyLog } from "./to-study.ts";

/** What of a file is imported. */
export interface OptunaImportOptions {
  /** Only the study of this name; every study of the file when left out. */
  readonly study?: string;
}
/** For which Optuna a file is written. */
export interface OptunaSqliteExportOptions {
  /** "v3.2.0.a" (default) is read by Optuna 3.2 and later, "v3.0.0.d" by Optuna 3.0 and 3.1. */
  readonly schema?: OptunaSchema;
}

/**
 * The studies of a journal, ready for `Storage.importStudy`. Deleted studies are left out; operations that were not legal when they were
 * written have no effect, as in Optuna; a torn last line is left out. `notes` say what a
 * person should know; they stay with the study, in its attribute "optuna".
 *
 * @throws VernierError E_IMPORT_FORMAT, E_IMPORT_BROKEN with the line, E_IMPORT_SPACE, E_IMPORT_STUDY when there is no study of the name,
 *   E_IMPORT_READ.
 */
export async function importOptunaJournal(
  path: string,
  options: OptunaImportOptions = {},
): Promise<readonly OptunaStudyLog[]> {
  await checkReadable(path);
  return logsOf(path, await readJournal(path), options);
}

/**
 * The studies of a SQLite file of Optuna 3.0 or later, read from one state of it without writing. Otherwise as `importOptunaJournal`.
 *
 * @throws VernierError E_IMPORT_FORMAT, E_IMPORT_VERSION, E_IMPORT_BROKEN with table and row, E_IMPORT_SPACE, E_IMPORT_STUDY,
 *   E_IMPORT_READ.
 */
export async function importOptunaSqlite(
  path: string,
  options: OptunaImportOptions = {},
): Promise<readonly OptunaStudyLog[]> {
  return logsOf(path, await readSqlite(path), options);
}

/**
 * Writes studies as a new journal, whole or not at all. Read by Optuna 3.1 and later.
 *
 * @throws VernierError E_EXPORT_EXISTS when there is something at the path, E_EXPORT_NAME for two studies of one name, E_EXPORT_WRITE.
 */
export async function exportOptunaJournal(dumps: readonly StudyDump[], path: string): Promise<void> {
  checkNames(dumps);
  if ((await stat(path).catch(() => undefined)) !== undefined) throw exists(path);
  const draft = `${path}.${process.pid}.part`;
  try {
    await writeFile(draft, journalLines(dumps.map(dump => fromStudy(dump, "named"))), { flush: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new VernierError(
      "E_EXPORT_WRITE",
      `${path} cannot be written (${error instanceof Error ? error.message : String(error)}). Nothing was left behind. ` +
        `Check that its folder exists and is writable.`,
      { cause: error, details: { path } },
    );
  }
}

/**
 * Writes studies as a new SQLite file for RDBStorage, whole or not at all.
 *
 * @throws VernierError E_EXPORT_EXISTS, E_EXPORT_NAME, E_EXPORT_WRITE, E_OPTION for an unknown schema.
 */
export async function exportOptunaSqlite(
  dumps: readonly StudyDump[],
  path: string,
  options: OptunaSqliteExportOptions = {},
): Promise<void> {
  checkNames(dumps);
  const schema = options.schema ?? "v3.2.0.a";
  if (!SCHEMAS.includes(schema)) {
    throw new VernierError(
      "E_OPTION",
      `schema is ${spell(schema)}. It is "v3.2.0.a" for Optuna 3.2 and later, or "v3.0.0.d" for 3.0 and 3.1. Leave it out for the newer.`,
    );
  }
  // Names of constraints are known from Optuna 5 on; the older schema is for older ones.
  const constraints = schema === "v3.2.0.a" ? "named" : "list";
  await writeSqlite(
    dumps.map(dump => fromStudy(dump, constraints)),
    path,
    schema,
  );
}

function logsOf(path: string, { studies, notes }: OptunaFile, { study }: OptunaImportOptions): OptunaStudyLog[] {
  if (study === undefined) return studies.map(one => toStudy(one, notes));
  const found = studies.find(({ name }) => name === study);
  if (found !== undefined) return [toStudy(found, notes)];
  const names = studies.map(({ name }) => name);
  const known = names.length === 0 ? "It holds none." : `It holds ${names.slice(0, 20).map(spell).join(", ")}.`;
  throw new VernierError(
    "E_IMPORT_STUDY",
    `${path} has no study ${spell(study)}. ${known}${didYouMean(study, names)} Name one of them, or leave the name out for all.`,
    { details: { path, study, known: names } },
  );
}

async function checkReadable(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  const fact =
    found instanceof Error
      ? `cannot be read (${found.code === "ENOENT" ? "there is no such file" : found.message})`
      : found.isDirectory()
        ? "is a folder"
        : found.size === 0
          ? "is empty"
          : undefined;
  if (fact === undefined) return;
  throw new VernierError("E_IMPORT_READ", `${path} ${fact}. Nothing was imported. Name the journal's file.`, {
    details: { path },
  });
}

function checkNames(dumps: readonly StudyDump[]): void {
  const names = new Set<string>();
  for (const { spec } of dumps) {
    if (names.has(spec.name)) {
      throw new VernierError(
        "E_EXPORT_NAME",
        `two studies are named ${spell(spec.name)}. In Optuna a name is one study's. Export them into two files.`,
      );
    }
    names.add(spec.name);
  }
}

function exists(path: string): VernierError {
  return new VernierError(
    "E_EXPORT_EXISTS",
    `${path} exists. An export makes a new file, so that nothing is overwritten. Choose another name, or remove the file first.`,
    { details: { path } },
  );
}
