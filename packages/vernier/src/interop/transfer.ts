/** Studies into files and out of them. */
import { existsSync } from "node:fs";
import { link, open, rename, rm, unlink } from "node:fs/promises";
import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { VernierError } from "../core/errors.ts";
import type { Storage, StudyInfo } from "../core/types.ts";
import { spell } from "../space/spell.ts";
import { importError } from "./errors.ts";
import {
  checkWrite,
  formatNamed,
  formatOfName,
  sniff,
  type Format,
  type FormatName,
  type ReadOptions,
  type WriteOptions,
} from "./formats.ts";
import { lineOf } from "./jsonl/read.ts";
import type { StudyLog } from "./types.ts";

export interface ReadFileOptions extends ReadOptions {
  /** Found out from the file when left out. */
  readonly format?: FormatName;
}

/** What a file holds, read and not yet imported. */
export interface ReadFile {
  readonly file: string;
  readonly format: Format;
  readonly studies: readonly (StudyLog & { readonly notes?: readonly string[] })[];
}

/**
 * Reads the studies of a file. Tables need `table`: names, objectives and, where it is known, the space.
 *
 * @throws VernierError E_IMPORT_*, with file and line.
 */
export async function readStudies(path: string, options: ReadFileOptions = {}): Promise<ReadFile> {
  const format = options.format === undefined ? await sniff(path) : formatNamed(options.format);
  return { file: path, format, studies: await format.read(path, options) };
}

/** How a log is imported. */
export interface ImportLogOptions {
  /** The new study's name; that of the log when left out. */
  readonly as?: string;
  /** Where the log comes from, for errors; with `format` "jsonl" an error names the line. */
  readonly file?: string;
  readonly format?: FormatName;
}

/**
 * Puts a log into a storage as a new study, in one transaction.
 *
 * @throws VernierError E_STUDY_EXISTS, E_STUDY_NAME; E_LOG_BROKEN naming the event and, for a JSON Lines file, its line.
 */
export async function importLog(storage: Storage, log: StudyLog, options: ImportLogOptions = {}): Promise<StudyInfo> {
  const { as, file, format } = options;
  const spec = as === undefined ? log.spec : { ...log.spec, name: as };
  try {
    return await storage.importStudy(spec, log.events, log.createdAt === undefined ? {} : { createdAt: log.createdAt });
  } catch (error) {
    if (!(error instanceof VernierError) || error.code !== "E_LOG_BROKEN" || file === undefined) throw error;
    const position = error.details?.["position"];
    const line = format === "jsonl" && typeof position === "number" ? { line: lineOf(position) } : {};
    throw importError(error.code, { file, ...line }, error.message, error);
  }
}

/** How a study is exported. */
export interface ExportOptions extends WriteOptions {
  /** By the ending of the path when left out. */
  readonly format?: FormatName;
  /** Replace a file that is there. */
  readonly force?: boolean;
}

/**
 * Writes a stored study to a file. The file appears under its name when it is whole, so a failure leaves what was there before.
 *
 * @throws VernierError E_EXPORT_EXISTS, E_EXPORT_FORMAT, E_EXPORT_OPTION, E_EXPORT_COLUMN, E_EXPORT_FILE, E_STUDY_UNKNOWN.
 */
export async function exportStudy(
  storage: Storage,
  id: StudyInfo["id"],
  path: string,
  options: ExportOptions = {},
): Promise<{ readonly format: FormatName }> {
  const format = options.format === undefined ? formatOfName(path) : formatNamed(options.format);
  if (format === undefined) {
    throw new VernierError(
      "E_EXPORT_FORMAT",
      `${spell(path)} does not tell its format by its ending. Known are .jsonl, .json, .csv and .parquet. Say which: --format jsonl`,
    );
  }
  checkWrite(format, options);
  if (isOpen(storage, path)) {
    throw new VernierError(
      "E_EXPORT_EXISTS",
      `${spell(path)} is the storage that is read. An export is a file of its own. Choose another name.`,
    );
  }
  if (!options.force && existsSync(path)) throw taken(path);
  // In the same folder, so that giving it its name is one step.
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    if (format.write) await format.write(storage, id, part, options);
    else await writePieces(part, format.pieces!(storage, id, options));
    if (options.force) await rename(part, path);
    else {
      // A link does not replace what appeared meanwhile.
      await link(part, path);
      await unlink(part);
    }
  } catch (error) {
    await rm(part, { force: true });
    throw unwritable(path, error);
  }
  return { format: format.name };
}

/**
 * A study as text in pieces, for a stream.
 *
 * @throws VernierError E_EXPORT_FORMAT for a format that is no text, at once; otherwise as `exportStudy`.
 */
export function exportText(
  storage: Storage,
  id: StudyInfo["id"],
  name: FormatName,
  options: WriteOptions = {},
): AsyncIterable<string> {
  const format = formatNamed(name);
  if (!format.text || format.pieces === undefined) {
    throw new VernierError("E_EXPORT_FORMAT", `${name} is no text, so it is not printed. Name a file: --out FILE`);
  }
  checkWrite(format, options);
  return format.pieces(storage, id, options) as AsyncIterable<string>;
}

async function writePieces(path: string, pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
  const file = await open(path, "wx");
  try {
    let held: string[] = [];
    let size = 0;
    for await (const piece of pieces) {
      if (typeof piece !== "string") {
        await file.write(piece);
        continue;
      }
      held.push(piece);
      size += piece.length;
      if (size < 1 << 18) continue;
      await file.write(held.join(""));
      held = [];
      size = 0;
    }
    if (held.length > 0) await file.write(held.join(""));
    await file.sync();
  } finally {
    await file.close();
  }
}

function isOpen(storage: Storage, path: string): boolean {
  const own = /^sqlite:(.*?)(\?.*)?$/s.exec(storage.url)?.[1];
  try {
    return own !== undefined && realpathSync(own) === realpathSync(path);
  } catch {
    return false; // one of them is not there
  }
}

function taken(path: string): VernierError {
  return new VernierError(
    "E_EXPORT_EXISTS",
    `there is a file ${spell(path)} already. An export does not replace files unless told. Choose another name, or say --force (force: true).`,
  );
}

function unwritable(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof VernierError || typeof code !== "string") return error;
  if (code === "EEXIST") return taken(path);
  const facts: Record<string, string> = {
    ENOENT: "its folder does not exist",
    EACCES: "its folder may not be written",
    ENOSPC: "the disk is full",
    EISDIR: "it is a folder",
  };
  return new VernierError(
    "E_EXPORT_FILE",
    `${spell(path)} cannot be written: ${facts[code] ?? code}. Nothing was written. Correct the path.`,
    { cause: error },
  );
}
