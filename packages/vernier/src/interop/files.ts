/** Files as importers read them: in pieces, so that a file that is not what it seems costs nothing. */
import { createReadStream } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { TextDecoder } from "node:util";
import { importError, type Place } from "./errors.ts";

/** Bytes a line may have, unless told: 64 MiB. */
export const LINE_LIMIT = 64 * 1024 * 1024;

/** The first bytes of a file. @throws VernierError E_IMPORT_FILE when it cannot be read, or is empty. */
export async function headOf(path: string, length = 4096): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, 0);
    if (bytesRead === 0)
      throw importError("E_IMPORT_FORMAT", { file: path }, "the file is empty. There is nothing in it to read.");
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await handle?.close();
  }
}

function unreadable(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== "string" || code.startsWith("E_")) return error;
  const facts: Record<string, string> = {
    ENOENT: "there is no such file. Correct the path.",
    EISDIR: "this is a folder. Name a file in it.",
    EACCES: "the file may not be read. Check its rights.",
  };
  return importError("E_IMPORT_FILE", { file: path }, facts[code] ?? `the file cannot be read (${code}).`, error);
}

/** What a file is that should have been text, by its first bytes; undefined for what may be text. */
export function binaryKind(
  head: Uint8Array,
  path: string,
): { readonly name: string; readonly advice: string } | undefined {
  const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  const ascii = (text: string) => starts(...[...text].map(c => c.charCodeAt(0)));
  if (starts(0x1f, 0x8b)) return { name: "compressed with gzip", advice: `Unpack it first: gunzip ${path}.` };
  if (starts(0x28, 0xb5, 0x2f, 0xfd))
    return { name: "compressed with zstd", advice: `Unpack it first: unzstd ${path}.` };
  if (starts(0xfd, 0x37, 0x7a, 0x58)) return { name: "compressed with xz", advice: `Unpack it first: unxz ${path}.` };
  if (ascii("BZh")) return { name: "compressed with bzip2", advice: `Unpack it first: bunzip2 ${path}.` };
  if (starts(0x50, 0x4b, 0x03, 0x04)) {
    return { name: "a ZIP archive (a spreadsheet, perhaps)", advice: "Save the sheet as CSV, or unpack the archive." };
  }
  if (ascii("PAR1")) return { name: "a Parquet file", advice: "Import it as one: --format parquet." };
  if (ascii("SQLite format 3\0"))
    return { name: "a SQLite database", advice: "Name a study in it, or import it as Optuna's." };
  if (ascii("ARROW1")) return { name: "an Arrow (Feather) file", advice: "Save the table as Parquet or CSV." };
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) return { name: "text in UTF-16", advice: "Save it as UTF-8." };
  return undefined;
}

/** @throws VernierError E_IMPORT_FORMAT for a file that cannot be text. */
export async function checkText(path: string): Promise<void> {
  const kind = binaryKind(await headOf(path), path);
  if (kind)
    throw importError(
      "E_IMPORT_FORMAT",
      { file: path },
      `the file is ${kind.name}, and text was wanted. ${kind.advice}`,
    );
}

export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
}

/**
 * The lines of a UTF-8 file, without their ends ("\n" or "\r\n") and without a byte order mark. Holds one line and one piece of the file.
 *
 * @throws VernierError E_IMPORT_LINE for a line of more than `limit` bytes, before the rest of it is read; E_IMPORT_ENCODING; E_IMPORT_FILE.
 */
export async function* linesOf(path: string, limit = LINE_LIMIT): AsyncGenerator<Line> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let pieces: Buffer[] = [];
  let held = 0;
  let number = 1;
  const line = (last: Buffer): Line => {
    const bytes = pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
    pieces = [];
    held = 0;
    const end = bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length;
    return { text: decoded(decoder, bytes.subarray(0, end), { file: path, line: number }), number: number++ };
  };
  const tooLong = () =>
    importError(
      "E_IMPORT_LINE",
      { file: path, line: number },
      `the line has more than ${limit.toLocaleString("en-US")} bytes. A line holds one event or one row. ` +
        `Check that the file has line ends; the limit can be raised (lineLimit).`,
    );
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let to = chunk.indexOf(0x0a); to !== -1; to = chunk.indexOf(0x0a, from)) {
        if (held + to - from > limit) throw tooLong();
        yield line(chunk.subarray(from, to));
        from = to + 1;
      }
      held += chunk.length - from;
      if (held > limit) throw tooLong();
      if (from < chunk.length) pieces.push(Buffer.from(chunk.subarray(from)));
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  if (held > 0) yield line(Buffer.alloc(0));
}

function decoded(decoder: TextDecoder, bytes: Uint8Array, place: Place): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw importError(
      "E_IMPORT_ENCODING",
      place,
      "the line is not UTF-8. Text files are read as UTF-8. Save it in that encoding: iconv -f latin1 -t utf-8 FILE",
      error,
    );
  }
}
