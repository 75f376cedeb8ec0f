/** Lines of a file as they stream by, with a bound on their length. */
import { createReadStream } from "node:fs";
import { broken } from "./errors.ts";

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** It ends in a newline; only the last line of a file may lack one. */
  readonly whole: boolean;
}

/** No operation of Optuna's comes near; a longer line is no journal. */
export const LONGEST_LINE = 64 * 2 ** 20;
const NEWLINE = 10;

/** @throws VernierError E_IMPORT_BROKEN on a line that is too long or is not UTF-8; what the file system throws. */
export async function* linesOf(path: string, longest = LONGEST_LINE): AsyncGenerator<readonly Line[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;
  const take = (whole: boolean): Line => {
    number++;
    const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    parts = [];
    length = 0;
    try {
      return { number, text: decoder.decode(bytes), whole };
    } catch (error) {
      // Half a character at the torn end of a file.
      if (!whole) return { number, text: bytes.toString("latin1"), whole };
      throw broken(path, `line ${number}`, "it is not UTF-8 text", error);
    }
  };
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 18 }) as AsyncIterable<Buffer>) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      parts.push(chunk.subarray(start, end));
      length += end - start;
      if (length > longest) throw tooLong(path, number + 1, longest);
      lines.push(take(true));
      start = end + 1;
    }
    if (start < chunk.length) {
      parts.push(chunk.subarray(start));
      length += chunk.length - start;
      if (length > longest) throw tooLong(path, number + 1, longest);
    }
    if (lines.length > 0) yield lines;
  }
  if (length > 0) yield [take(false)];
}

function tooLong(path: string, line: number, longest: number): Error {
  return broken(path, `line ${line}`, `it is longer than ${Math.round(longest / 2 ** 20)} MiB`);
}
