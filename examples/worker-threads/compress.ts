/**
 * A small compressor of the LZ77 family: every piece of the input is a literal byte, or "copy `length` bytes from `distance` back". Where to
 * look for copies, and for how long, are its knobs. The size is that of an ideal entropy coder: what the pieces cost by their frequencies.
 */
export interface Knobs {
  /** Copies reach back 2^window bytes. */
  readonly window: number;
  /** Places with the same first bytes are found by a table of 2^hash entries. */
  readonly hash: number;
  /** Shortest copy worth its cost. */
  readonly minimum: number;
  /** Candidates looked at for one copy. */
  readonly chain: number;
  /** A copy of this length is good enough to stop looking. */
  readonly nice: number;
  /** Bytes that may stay literals because the next one begins a longer copy. */
  readonly lazy: number;
}

export const DEFAULTS: Knobs = { window: 15, hash: 15, minimum: 3, chain: 128, nice: 128, lazy: 1 };
const LONGEST = 258;

export interface Packed {
  /** Literals as they are; copies as [length, distance] in the same order: `kinds` says which comes next (1: a copy). */
  readonly kinds: readonly number[];
  readonly literals: readonly number[];
  readonly lengths: readonly number[];
  readonly distances: readonly number[];
  /** Bytes that were compared: what the search cost, the same on every machine. */
  readonly steps: number;
}

export function pack(bytes: Uint8Array, knobs: Knobs): Packed {
  const size = bytes.length;
  const reach = 2 ** knobs.window;
  const mask = 2 ** knobs.hash - 1;
  const head = new Int32Array(mask + 1).fill(-1);
  const before = new Int32Array(size).fill(-1);
  const [kinds, literals, lengths, distances]: [number[], number[], number[], number[]] = [[], [], [], []];
  let steps = 0;

  const slot = (at: number): number =>
    (Math.imul((bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!, 0x9e3779b1) >>> 8) & mask;
  const enter = (at: number): void => {
    if (at + 2 >= size) return;
    const key = slot(at);
    before[at] = head[key]!;
    head[key] = at;
  };
  const longest = (at: number): { length: number; distance: number } => {
    let [length, distance] = [0, 0];
    if (at + 2 >= size) return { length, distance };
    const most = Math.min(LONGEST, size - at);
    let left = knobs.chain;
    for (let from = head[slot(at)]!; from >= 0 && at - from <= reach && left-- > 0; from = before[from]!) {
      let same = 0;
      while (same < most && bytes[from + same] === bytes[at + same]) same++;
      steps += same + 1;
      if (same <= length) continue;
      [length, distance] = [same, at - from];
      if (length >= knobs.nice) break;
    }
    return { length, distance };
  };

  const literal = (at: number): void => {
    kinds.push(0);
    literals.push(bytes[at]!);
  };

  let at = 0;
  while (at < size) {
    let found = longest(at);
    enter(at);
    // As long as the next byte begins a longer copy, this one stays a literal.
    for (let left = knobs.lazy; left > 0 && found.length >= knobs.minimum && found.length < knobs.nice; left--) {
      const later = longest(at + 1);
      if (later.length <= found.length) break;
      literal(at++);
      enter(at);
      found = later;
    }
    if (found.length < knobs.minimum) {
      literal(at++);
      continue;
    }
    kinds.push(1);
    lengths.push(found.length);
    distances.push(found.distance);
    const end = at + found.length;
    while (++at < end) enter(at);
  }
  return { kinds, literals, lengths, distances, steps };
}

export function unpack({ kinds, literals, lengths, distances }: Packed): Uint8Array {
  const out: number[] = [];
  let [literal, copy] = [0, 0];
  for (const kind of kinds) {
    if (kind === 0) out.push(literals[literal++]!);
    else {
      const from = out.length - distances[copy]!;
      for (let i = 0; i < lengths[copy]!; i++) out.push(out[from + i]!);
      copy++;
    }
  }
  return Uint8Array.from(out);
}

/** Bytes of an ideal entropy coder over the three streams; a distance costs its magnitude's code and that many plain bits. */
export function packedSize({ kinds, literals, lengths, distances }: Packed): number {
  const magnitudes = distances.map(distance => Math.floor(Math.log2(distance)));
  const plain = magnitudes.reduce((sum, bits) => sum + bits, 0);
  return Math.ceil((entropy(kinds) + entropy(literals) + entropy(lengths) + entropy(magnitudes) + plain) / 8);
}

/** Bits of all symbols together. */
function entropy(symbols: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const symbol of symbols) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / symbols.length);
  return bits;
}
