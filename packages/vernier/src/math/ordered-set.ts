/** A set of small whole numbers that knows its neighbours: a tree of bits, 32 to a word. */

/** A subset of 0..n-1. Adding, removing and the neighbour on either side cost O(log n) to the base 32. */
export class OrderedSet {
  /** levels[0] has a bit for each number, levels[k + 1] one for each word of levels[k] that is not empty. */
  readonly #levels: Int32Array[] = [];

  constructor(n: number) {
    let words = n;
    do {
      words = (words + 31) >>> 5;
      this.#levels.push(new Int32Array(Math.max(1, words)));
    } while (words > 1);
  }

  clear(): void {
    for (const level of this.#levels) level.fill(0);
  }

  add(i: number): void {
    let at = i;
    for (const level of this.#levels) {
      level[at >>> 5]! |= 1 << (at & 31);
      at >>>= 5;
    }
  }

  remove(i: number): void {
    let at = i;
    for (const level of this.#levels) {
      if ((level[at >>> 5]! &= ~(1 << (at & 31))) !== 0) return;
      at >>>= 5;
    }
  }

  /** The largest member below i, or -1. */
  before(i: number): number {
    let at = i;
    for (let l = 0; l < this.#levels.length; l++) {
      const word = at >>> 5;
      const bits = this.#levels[l]![word]! & ((1 << (at & 31)) - 1);
      if (bits === 0) {
        at = word;
        continue;
      }
      at = 32 * word + 31 - Math.clz32(bits);
      while (l-- > 0) at = 32 * at + 31 - Math.clz32(this.#levels[l]![at]!);
      return at;
    }
    return -1;
  }

  /** The smallest member above i, or -1. */
  after(i: number): number {
    let at = i;
    for (let l = 0; l < this.#levels.length; l++) {
      const word = at >>> 5;
      const bits = this.#levels[l]![word]! & -(2 << (at & 31));
      if (bits === 0) {
        at = word;
        continue;
      }
      at = 32 * word + lowest(bits);
      while (l-- > 0) at = 32 * at + lowest(this.#levels[l]![at]!);
      return at;
    }
    return -1;
  }
}

function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
