/**
 * Draws a frame over the last one, at most 8 times a second. What the objective prints meanwhile goes above the frame, and the cursor is given
 * back whatever happens.
 */

const HIDE = "\u001b[?25l";
const SHOW = "\u001b[?25h";
// Terminals fold long lines anew when they change their width, each in its own way: only a clear screen is certain.
const CLEAR_ALL = "\u001b[2J\u001b[H";
const CLEAR_DOWN = "\u001b[0J";
// Terminals that know synchronised updates show a frame whole; the others ignore these two.
const BEGIN = "\u001b[?2026h";
const END = "\u001b[?2026l";
const up = (lines: number): string => (lines === 0 ? "\r" : `\r\u001b[${lines}A`);

const INTERVAL_MS = 125;

type Write = NodeJS.WriteStream["write"];

export class LiveView {
  readonly #frame: () => readonly string[];
  readonly #stream: NodeJS.WriteStream;
  readonly #write: Write;
  readonly #undo: (() => void)[] = [];
  readonly #timer: NodeJS.Timeout;
  #shown: readonly string[] = [];
  /** The unfinished last line of what the objective printed. */
  #partial = "";
  #stopped = false;

  constructor(
    frame: () => readonly string[],
    stream: NodeJS.WriteStream = process.stdout,
    others: readonly NodeJS.WriteStream[] = [process.stderr],
  ) {
    this.#frame = frame;
    this.#stream = stream;
    this.#write = stream.write.bind(stream) as Write;
    for (const other of [stream, ...others]) this.#borrow(other);
    const restore = (): void => this.stop();
    process.on("exit", restore);
    this.#undo.push(() => process.off("exit", restore));
    const resized = (): void => {
      this.#write(CLEAR_ALL);
      this.#shown = [];
      this.draw();
    };
    // A stream of a test is no emitter.
    if (typeof stream.on === "function") {
      stream.on("resize", resized);
      this.#undo.push(() => stream.off("resize", resized));
    }
    this.#write(HIDE);
    this.draw();
    this.#timer = setInterval(() => this.draw(), INTERVAL_MS);
    this.#timer.unref();
  }

  /** Shows the present frame, if it differs. */
  draw(): void {
    if (this.#stopped) return;
    const lines = this.#frame();
    if (lines.length === this.#shown.length && lines.every((line, i) => line === this.#shown[i])) return;
    this.#paint("", lines);
  }

  /** Takes the frame away, gives the cursor and the streams back. May be called twice. */
  stop(): void {
    if (this.#stopped) return;
    clearInterval(this.#timer);
    this.#paint(this.#partial === "" ? "" : `${this.#partial}\n`, []);
    this.#stopped = true;
    for (const undo of this.#undo) undo();
    this.#write(SHOW);
  }

  #paint(above: string, lines: readonly string[]): void {
    const body = lines.map(line => `${line}\n`).join("");
    this.#write(`${BEGIN}${up(this.#shown.length)}${CLEAR_DOWN}${above}${body}${END}`);
    this.#shown = lines;
  }

  /** Prints go above the frame, whole lines at a time; a stream that is no terminal (stderr sent to a file) is left alone. */
  #borrow(stream: NodeJS.WriteStream): void {
    if (!stream.isTTY && stream !== this.#stream) return;
    const original = stream.write;
    stream.write = ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      const text = this.#partial + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
      const end = text.lastIndexOf("\n") + 1;
      this.#partial = text.slice(end);
      if (end > 0) this.#paint(text.slice(0, end), this.#shown);
      const callback = typeof encoding === "function" ? encoding : done;
      if (typeof callback === "function") queueMicrotask(() => (callback as () => void)());
      return true;
    }) as Write;
    this.#undo.push(() => void (stream.write = original));
  }
}
