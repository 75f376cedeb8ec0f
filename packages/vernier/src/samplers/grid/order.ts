/** A random order of 0..n-1 without a list: a keyed permutation that is worked out a number at a time. */
import { stream } from "../../math/rng.ts";

/** Largest n: both halves of a number stay below 2^26. */
export const MOST_CELLS = 2 ** 52;
/** Luby & Rackoff 1988 need four rounds for a permutation that cannot be told from a random one. */
const ROUNDS = 4;

/**
 * A pseudo-random permutation of 0..n-1 as a function: a Feistel network over the next power of four, walked until it lands below n (Black &
 * Rogaway 2002, "Ciphers with arbitrary finite domains", section 3: at most 4 steps on average). n is at most 2^52.
 */
export function shuffledOrder(n: number, seed: number): (position: number) => number {
  let half = 1;
  while (4 ** half < n) half++;
  const size = 2 ** half;
  const rng = stream(seed, "grid");
  const keys = Array.from({ length: ROUNDS }, () => rng.uint32());
  return position => {
    let x = position;
    do {
      let left = Math.floor(x / size);
      let right = x % size;
      for (const key of keys) [left, right] = [right, (left ^ (mix(right, key) & (size - 1))) >>> 0];
      x = left * size + right;
    } while (x >= n);
    return x;
  };
}

/** The finaliser of MurmurHash3 (Appleby): every bit of the input reaches every bit of the output. */
function mix(x: number, key: number): number {
  let h = (x ^ key) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
