/** Splits bytes into lines without ever holding more than one line of bounded length. */

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Bytes. Longer lines are skipped: they hold no metric, and a program may print gigabytes without an end of line. */
export const LONGEST_LINE = 1 << 20;

/**
 * `push` yields the lines a chunk completes, `end` what is left. "\n", "\r\n" and a bare "\r" (progress bars) end a line. Lines
 * longer than `limit` bytes are left out whole.
 */
export class LineSplitter {
  readonly #limit: number;
  #held: Buffer[] = [];
  #length = 0;

  constructor(limit = LONGEST_LINE) {
    this.#limit = limit;
  }

  *push(chunk: Buffer): Generator<string, void, undefined> {
    let start = 0;
    let newline = chunk.indexOf(NEWLINE);
    let back = chunk.indexOf(RETURN);
    while (newline >= 0 || back >= 0) {
      const end = newline < 0 ? back : back < 0 ? newline : Math.min(newline, back);
      const line = this.#complete(chunk, start, end);
      if (line !== undefined && line !== "") yield line;
      start = end + 1;
      if (end === newline) newline = chunk.indexOf(NEWLINE, start);
      else back = chunk.indexOf(RETURN, start);
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  /** The last line when nothing ended it; undefined when there is none. */
  end(): string | undefined {
    return this.#complete(NOTHING, 0, 0) || undefined;
  }

  #complete(chunk: Buffer, start: number, end: number): string | undefined {
    const length = this.#length + end - start;
    const held = this.#held;
    this.#held = [];
    this.#length = 0;
    if (length > this.#limit) return undefined;
    if (held.length === 0) return chunk.toString("utf8", start, end);
    held.push(chunk.subarray(start, end));
    return Buffer.concat(held, length).toString("utf8");
  }

  #hold(rest: Buffer): void {
    this.#length += rest.length;
    if (this.#length > this.#limit) this.#held = [];
    else this.#held.push(rest);
  }
}

const NOTHING = Buffer.alloc(0);
