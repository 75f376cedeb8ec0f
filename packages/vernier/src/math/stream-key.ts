/**
 * Turns a key such as (seed, trial, "suggest") into 128 bits. Philox itself is the compression function, chained as
 * state <- philox(counter = state, key = 64 bits of the part) ^ state, so no second primitive has to be trusted.
 * The encoding of parts is prefix-free: each block carries its kind, and a string's first block its length.
 */

import { VernierError } from "./errors.ts";
import { philox4x32 } from "./philox.ts";

/** One part of a stream's key. 1 and "1" are different parts; 0 and -0 are the same. */
export type KeyPart = number | string;

/** The 128-bit identity of a stream. */
export interface StreamKey {
  readonly h0: number;
  readonly h1: number;
  readonly h2: number;
  readonly h3: number;
}

const INTEGER = 1;
const REAL = 2;
const TEXT = 3;
const MORE_TEXT = 4;

/** ASCII "vernier stream 1". A change of the scheme must change the number: streams are promised to be stable. */
export const ROOT_KEY: StreamKey = { h0: 0x7665726e, h1: 0x69657220, h2: 0x73747265, h3: 0x616d2031 };

const state = new Int32Array(4);
const block = new Int32Array(4);
const realBits = new DataView(new ArrayBuffer(8));

function absorbWords(kind: number, extra: number, m0: number, m1: number): void {
  const h0 = state[0]!;
  const h1 = state[1]!;
  const h2 = state[2]!;
  const h3 = state[3]!;
  philox4x32(block, h0, h1, h2 ^ extra, h3 ^ kind, m0, m1);
  state[0] = h0 ^ block[0]!;
  state[1] = h1 ^ block[1]!;
  state[2] = h2 ^ block[2]!;
  state[3] = h3 ^ block[3]!;
}

function absorbNumber(part: number): void {
  if (Number.isSafeInteger(part)) {
    absorbWords(INTEGER, 0, part | 0, Math.floor(part / 4294967296) | 0);
  } else if (Number.isFinite(part)) {
    realBits.setFloat64(0, part);
    absorbWords(REAL, 0, realBits.getInt32(4), realBits.getInt32(0));
  } else {
    throw new VernierError(
      "E_SEED",
      `a seed or stream key is a finite number or a string; got ${part}. Pass one of those.`,
    );
  }
}

function absorbText(part: string): void {
  let kind = TEXT;
  // Four UTF-16 units a block; charCodeAt beyond the end is NaN, which the shifts read as 0 (the length tells them apart).
  for (let i = 0; i === 0 || i < part.length; i += 4) {
    const m0 = part.charCodeAt(i) | (part.charCodeAt(i + 1) << 16);
    const m1 = part.charCodeAt(i + 2) | (part.charCodeAt(i + 3) << 16);
    absorbWords(kind, part.length, m0, m1);
    kind = MORE_TEXT;
  }
}

/**
 * The identity of `parent` extended by the parts, in order: extending by "a" then "b" equals extending by ("a", "b"),
 * and differs from extending by "ab".
 *
 * @throws VernierError E_SEED when a part is neither a finite number nor a string.
 */
export function extendKey(parent: StreamKey, parts: readonly KeyPart[]): StreamKey {
  state[0] = parent.h0;
  state[1] = parent.h1;
  state[2] = parent.h2;
  state[3] = parent.h3;
  for (let i = 0; i < parts.length; i++) {
    const part: unknown = parts[i];
    if (typeof part === "number") absorbNumber(part);
    else if (typeof part === "string") absorbText(part);
    else {
      throw new VernierError(
        "E_SEED",
        `a seed or stream key is a finite number or a string; got ${part === null ? "null" : typeof part}. Pass one of those.`,
      );
    }
  }
  return { h0: state[0], h1: state[1], h2: state[2], h3: state[3] };
}
