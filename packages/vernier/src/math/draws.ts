/** What every generator of 32-bit words derives from them, so that all generators turn equal words into equal draws. */

import { VernierError } from "./errors.ts";
import { normalQuantile } from "./normal.ts";
import { mulHigh } from "./philox.ts";
import type { Rng } from "./rng.ts";

const TWO_32 = 4294967296;
const TWO_53 = 9007199254740992;

/** A generator completes this by `word` and `fork`. */
export abstract class Draws implements Rng {
  /** The next random word, as a signed 32-bit integer. */
  protected abstract word(): number;

  abstract fork(label: string | number): Rng;

  uint32(): number {
    return this.word() >>> 0;
  }

  /** Two words: 27 high bits, then 26 low ones. */
  next(): number {
    const high = this.word() >>> 5;
    return (high * 67108864 + (this.word() >>> 6)) / TWO_53;
  }

  /** Lemire 2019, "Fast random integer generation in an interval", up to 2^32; plain rejection above. */
  int(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_53) {
      throw new VernierError(
        "E_MATH_RANGE",
        `int(n) needs an integer n from 1 to 2^53; got ${n}. Pass the number of outcomes.`,
      );
    }
    if (n === TWO_32) return this.uint32();
    if (n < TWO_32) {
      let x = this.word();
      let low = Math.imul(x, n) >>> 0;
      if (low < n) {
        const threshold = (TWO_32 - n) % n;
        while (low < threshold) {
          x = this.word();
          low = Math.imul(x, n) >>> 0;
        }
      }
      return mulHigh(x, n >>> 16, n & 0xffff) >>> 0;
    }
    const limit = TWO_53 - (TWO_53 % n);
    for (;;) {
      const high = this.word() >>> 11;
      const x = high * TWO_32 + (this.word() >>> 0);
      if (x < limit) return x % n;
    }
  }

  /**
   * By inversion: always two words, so the stream's position never depends on values. The uniform is (k + 1/2) / 2^52,
   * exact, symmetric and inside (0,1); draws lie within 8.21 standard deviations.
   */
  normal(): number {
    const high = this.word() >>> 6;
    return normalQuantile((high * 67108864 + (this.word() >>> 6) + 0.5) / 4503599627370496);
  }

  fill(out: Float64Array): Float64Array {
    for (let i = 0; i < out.length; i++) out[i] = this.next();
    return out;
  }

  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const kept = items[i] as T;
      items[i] = items[j] as T;
      items[j] = kept;
    }
    return items;
  }
}
