/**
 * The Philox4x32-10 block function (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3",
 * SC'11, §3.3): a bijection of 128-bit counters chosen by a 64-bit key, ten rounds of two 32x32-bit products.
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9; // golden ratio
const W1 = 0xbb67ae85; // sqrt(3) - 1

/** High 32 bits of the unsigned product a * (bHigh * 2^16 + bLow), as a signed integer. */
export function mulHigh(a: number, bHigh: number, bLow: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  // 16-bit limbs: every partial product fits 32 bits, so Math.imul loses nothing. Measured faster than products in doubles.
  const x = Math.imul(aHigh, bLow);
  const y = Math.imul(aLow, bHigh);
  const carry = (x & 0xffff) + (y & 0xffff) + (Math.imul(aLow, bLow) >>> 16);
  return (Math.imul(aHigh, bHigh) + (x >>> 16) + (y >>> 16) + (carry >>> 16)) | 0;
}

/**
 * Writes the block of counter (c0..c3) under key (k0, k1) to `out[0..3]` as signed 32-bit integers.
 * Words are taken modulo 2^32, so signed and unsigned spellings are the same word.
 */
export function philox4x32(
  out: Int32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): void {
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(c0, M0 >>> 16, M0 & 0xffff);
    const low0 = Math.imul(c0, M0);
    const high1 = mulHigh(c2, M1 >>> 16, M1 & 0xffff);
    const low1 = Math.imul(c2, M1);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}
