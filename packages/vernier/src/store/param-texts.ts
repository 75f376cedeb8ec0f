/**
 * Parameters of a whole study, parsed when they are read. A hundred thousand parsed configurations would be most of the memory of
 * an open study, and what is read of them again and again is their encoded columns; so their text is kept in buffers, outside
 * JavaScript's heap, at a byte a character.
 */
import type { Params } from "../core/types.ts";
import { storedJson } from "./stored-json.ts";

/** Trials a block; each block is one JSON array. */
export const BLOCK = 128;
/** Configurations remembered after being read one by one. */
const SLOTS = 64;

interface Block {
  readonly bytes: Buffer;
  /** Item i is bytes[starts[i], starts[i + 1] - 1). */
  readonly starts: Uint32Array;
}

export class ParamTexts {
  readonly #blocks: Block[] = [];
  #size = 0;
  #last = -1;
  /** The block being read in order, and its number. */
  #open: readonly (Params | null)[] = [];
  #openAt = -1;
  readonly #recent: { readonly index: number; readonly params: Params | null }[] = [];
  /** The property `params` of every record whose parameters are kept here, one descriptor so that the records share a shape. */
  readonly property: PropertyDescriptor;

  constructor() {
    const read = (index: number) => this.at(index);
    this.property = {
      enumerable: true,
      get(this: { readonly number: number }) {
        return read(this.number);
      },
    };
  }

  /** Appends the texts of the next `BLOCK` trials (fewer only at the end). */
  add(texts: readonly string[]): void {
    const starts = new Uint32Array(texts.length + 1);
    let joined = "[";
    for (let i = 0; i < texts.length; i++) {
      starts[i] = joined.length;
      joined += `${texts[i]!},`;
    }
    starts[texts.length] = joined.length;
    const bytes = Buffer.from(joined, "utf8");
    // The comma after the last item becomes the bracket that ends the array.
    bytes[bytes.length - 1] = "]".charCodeAt(0);
    if (bytes.length !== joined.length) countBytes(texts, starts);
    this.#blocks.push({ bytes, starts });
    this.#size += texts.length;
  }

  /** Parameters of a trial. Reading in order parses a block at a time, which takes half the time of one by one. */
  at(index: number): Params | null {
    const inOrder = index === this.#last + 1;
    this.#last = index;
    const number = Math.floor(index / BLOCK);
    if (number !== this.#openAt) {
      if (!inOrder) return this.#one(index);
      this.#open = parsedBlock(this.#blocks[number]);
      // A block read to its end will not be wanted again soon.
      this.#openAt = number;
    }
    const params = this.#open[index % BLOCK] ?? null;
    if (index === this.#size - 1) this.#close();
    return params;
  }

  #close(): void {
    this.#open = [];
    this.#openAt = -1;
  }

  #one(index: number): Params | null {
    const recent = this.#recent[index % SLOTS];
    if (recent?.index === index) return recent.params;
    const { bytes, starts } = this.#blocks[Math.floor(index / BLOCK)]!;
    const i = index % BLOCK;
    const params = storedJson(bytes.toString("utf8", starts[i], starts[i + 1]! - 1)) as Params | null;
    this.#recent[index % SLOTS] = { index, params: Object.freeze(params) };
    return params;
  }
}

function parsedBlock(block: Block | undefined): readonly (Params | null)[] {
  if (block === undefined) return [];
  const items = storedJson(block.bytes.toString("utf8")) as (Params | null)[];
  for (const params of items) Object.freeze(params);
  return items;
}

/** Positions in characters to positions in bytes, for texts beyond ASCII. */
function countBytes(texts: readonly string[], starts: Uint32Array): void {
  let at = 1;
  for (let i = 0; i < texts.length; i++) {
    starts[i] = at;
    at += Buffer.byteLength(texts[i]!, "utf8") + 1;
  }
  starts[texts.length] = at;
}
