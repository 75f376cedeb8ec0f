/** Keeps the beginning and the end of what a program prints, in bounded memory. */
import { stripVTControlCharacters } from "node:util";

/** The first quarter and the last three quarters of `limit` bytes: how it began, and what it said last. */
export class Keep {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  #head: Buffer = Buffer.alloc(0);
  #headLength = 0;
  /** A ring; made when the head is full, so that quiet programs cost nothing. */
  #tail: Buffer = Buffer.alloc(0);
  #pushedToTail = 0;

  constructor(limit: number) {
    this.#headLimit = Math.floor(limit / 4);
    this.#tailLimit = limit - this.#headLimit;
  }

  /** Bytes pushed so far. */
  get total(): number {
    return this.#headLength + this.#pushedToTail;
  }

  push(chunk: Buffer): void {
    const first = chunk.subarray(0, this.#headLimit - this.#headLength);
    if (first.length > 0) this.#pushHead(first);
    const rest = chunk.subarray(first.length);
    if (rest.length > 0) this.#pushTail(rest);
  }

  #pushHead(bytes: Buffer): void {
    const length = this.#headLength + bytes.length;
    if (length > this.#head.length) {
      const grown = Buffer.alloc(Math.min(this.#headLimit, Math.max(1024, 2 * length)));
      this.#head.copy(grown, 0, 0, this.#headLength);
      this.#head = grown;
    }
    bytes.copy(this.#head, this.#headLength);
    this.#headLength = length;
  }

  #pushTail(bytes: Buffer): void {
    const size = this.#tailLimit;
    if (this.#tail.length !== size) this.#tail = Buffer.alloc(size);
    // Only the end of a chunk larger than the ring survives, at the place where it would have come to lie.
    const skipped = Math.max(0, bytes.length - size);
    const at = (this.#pushedToTail + skipped) % size;
    const last = bytes.subarray(skipped);
    const copied = last.copy(this.#tail, at);
    last.copy(this.#tail, 0, copied);
    this.#pushedToTail += bytes.length;
  }

  /** What was kept; where bytes are missing, a line says how many. */
  bytes(): Buffer {
    const head = this.#head.subarray(0, this.#headLength);
    if (this.#pushedToTail === 0) return head;
    if (this.#pushedToTail <= this.#tailLimit) return Buffer.concat([head, this.#tail.subarray(0, this.#pushedToTail)]);
    const start = this.#pushedToTail % this.#tailLimit;
    const gap = Buffer.from(`\n[... ${this.#pushedToTail - this.#tailLimit} bytes left out ...]\n`);
    return Buffer.concat([head, gap, this.#tail.subarray(start), this.#tail.subarray(0, start)]);
  }

  /** The last `count` lines that are not empty, each cut to 500 characters, without colours. */
  lastLines(count: number): string[] {
    const lines = cleanText(this.bytes().toString("utf8"))
      .split(/[\r\n]+/)
      .filter(line => line.trim() !== "");
    return lines.slice(-count).map(line => (line.length > 500 ? `${line.slice(0, 497)}...` : line));
  }
}

/** Without the sequences that steer a terminal. */
export function cleanText(text: string): string {
  return text.includes("\u001b") ? stripVTControlCharacters(text) : text;
}
