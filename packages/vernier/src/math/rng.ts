/**
 * Counter-based random streams: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3",
 * §3.3). A stream is a pure function of its key, so the numbers a trial sees never depend on the order in which trials
 * were asked.
 */

import { Draws } from "./draws.ts";
import { philox4x32 } from "./philox.ts";
import { extendKey, ROOT_KEY, type StreamKey } from "./stream-key.ts";

/** A stream of random numbers. Not shared between trials: derive one by `stream(seed, trial, purpose)`. */
export interface Rng {
  /** Uniform on [0,1) with 53 random bits. */
  next(): number;
  /** Uniform unsigned 32-bit integer. */
  uint32(): number;
  /** Uniform integer in [0, n); unbiased. n in 1..2^53. */
  int(n: number): number;
  /** Standard normal. */
  normal(): number;
  /** Fills with uniforms on [0,1). */
  fill(out: Float64Array): Float64Array;
  /** Fisher-Yates, in place. */
  shuffle<T>(items: T[]): T[];
  /** An independent stream keyed by this stream's key and the label; does not advance this stream. */
  fork(label: string | number): Rng;
}

const block = new Int32Array(4);

/** Philox as a stream: the first half of the identity is the key, the second half the counter's high words. */
class PhiloxStream extends Draws {
  readonly #key: StreamKey;
  #low = 0;
  #high = 0;
  #used = 4;
  #w1 = 0;
  #w2 = 0;
  #w3 = 0;

  constructor(key: StreamKey) {
    super();
    this.#key = key;
  }

  protected word(): number {
    switch (this.#used++) {
      case 1:
        return this.#w1;
      case 2:
        return this.#w2;
      case 3:
        return this.#w3;
    }
    const { h0, h1, h2, h3 } = this.#key;
    philox4x32(block, this.#low, this.#high, h2, h3, h0, h1);
    this.#low = (this.#low + 1) | 0;
    if (this.#low === 0) this.#high = (this.#high + 1) | 0;
    this.#used = 1;
    this.#w1 = block[1]!;
    this.#w2 = block[2]!;
    this.#w3 = block[3]!;
    return block[0]!;
  }

  fork(label: string | number): Rng {
    return new PhiloxStream(extendKey(this.#key, [label]));
  }
}

/**
 * The stream of a key: a pure function of (seed, ...key), stable between releases and platforms. Keys are prefix-free:
 * (1, "ab"), (1, "a", "b"), (1, "a") and ("1", "a") are four independent streams of 2^64 blocks each. Integers are read
 * exactly; other finite numbers by their bits. `stream(s, "a").fork("b")` is `stream(s, "a", "b")`.
 *
 * @throws VernierError E_SEED when a part of the key is neither a finite number nor a string.
 * @example const rng = stream(study.seed, trial.number, "suggest")
 */
export function stream(seed: number | string, ...key: (number | string)[]): Rng {
  return new PhiloxStream(extendKey(extendKey(ROOT_KEY, [seed]), key));
}
