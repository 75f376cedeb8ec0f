/**
 * Counter-based random streams: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", §3.3).
 * A stream is a pure function of its key, so the numbers a trial sees never depend on the order in which trials were asked.
 */

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
