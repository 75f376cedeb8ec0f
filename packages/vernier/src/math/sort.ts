/** Orders of numbers: argsort and binary search. */

/**
 * The indices that sort the first `n` values ascending. Stable: equal values keep their order (0 and -0 are equal); NaN
 * last. Merge sort for few values, radix sort for many (3.5 times faster at 10,000).
 */
export function argsort(values: Float64Array, n = values.length): Int32Array {
  return n < RADIX_FROM ? mergeArgsort(values, n) : radixArgsort(values, n);
}

const RADIX_FROM = 1500;

/** Bottom-up, without a comparator call; linear when the values are already sorted. */
function mergeArgsort(values: Float64Array, n: number): Int32Array {
  let from = new Int32Array(n);
  let to = new Int32Array(n);
  for (let i = 0; i < n; i++) from[i] = i;
  for (let start = 0; start < n; start += RUN) insertionSort(values, from, start, Math.min(start + RUN, n));
  for (let width = RUN; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      merge(values, from, to, start, Math.min(start + width, n), Math.min(start + 2 * width, n));
    }
    [from, to] = [to, from];
  }
  return from;
}

const RUN = 8;

/** x sorts strictly before y. */
function before(x: number, y: number): boolean {
  return x < y || (y !== y && x === x);
}

function insertionSort(values: Float64Array, order: Int32Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const index = order[i]!;
    const value = values[index]!;
    let j = i;
    while (j > start && before(value, values[order[j - 1]!]!)) {
      order[j] = order[j - 1]!;
      j--;
    }
    order[j] = index;
  }
}

/** Merges the sorted runs from[start, middle) and from[middle, end) into `to`. */
function merge(
  values: Float64Array,
  from: Int32Array,
  to: Int32Array,
  start: number,
  middle: number,
  end: number,
): void {
  if (middle >= end || !before(values[from[middle]!]!, values[from[middle - 1]!]!)) {
    for (let k = start; k < end; k++) to[k] = from[k]!;
    return;
  }
  let left = start;
  let right = middle;
  for (let k = start; k < end; k++) {
    const takeRight = left >= middle || (right < end && before(values[from[right]!]!, values[from[left]!]!));
    to[k] = takeRight ? from[right++]! : from[left++]!;
  }
}

/**
 * Least significant digit first: six passes of 11 bits over the doubles' bits, made to order like unsigned integers.
 */
function radixArgsort(values: Float64Array, n: number): Int32Array {
  const copy = new Float64Array(n);
  for (let i = 0; i < n; i++) copy[i] = values[i]! + 0; // -0 + 0 is 0
  const bits = new Uint32Array(copy.buffer);
  const words = [new Uint32Array(n), new Uint32Array(n)] as const;
  const [low, high] = words;
  for (let i = 0; i < n; i++) {
    const l = bits[2 * i + 1 - HIGH_WORD]!;
    const h = bits[2 * i + HIGH_WORD]!;
    const flip = copy[i] !== copy[i] ? 0 : h >>> 31 ? 0xffffffff : 0x80000000;
    high[i] = flip === 0 ? 0xffffffff : h ^ flip;
    low[i] = flip === 0 ? 0xffffffff : flip === 0xffffffff ? ~l : l;
  }
  let from = new Int32Array(n);
  let to = new Int32Array(n);
  for (let i = 0; i < n; i++) from[i] = i;
  const starts = new Uint32Array(2048);
  for (const word of words) {
    for (let shift = 0; shift < 32; shift += 11) {
      starts.fill(0);
      for (let i = 0; i < n; i++) starts[(word[i]! >>> shift) & 2047]! += 1;
      let sum = 0;
      for (let digit = 0; digit < 2048; digit++) {
        const count = starts[digit]!;
        starts[digit] = sum;
        sum += count;
      }
      for (let i = 0; i < n; i++) {
        const index = from[i]!;
        to[starts[(word[index]! >>> shift) & 2047]!++] = index;
      }
      [from, to] = [to, from];
    }
  }
  return from;
}

/** Which half of a double's bytes holds its sign: 1 on little-endian machines. */
const HIGH_WORD = new Uint32Array(Float64Array.of(-1).buffer)[1] === 0 ? 0 : 1;

/** The first index of the ascending `sorted[0..n)` whose value is >= x; n when there is none. No NaN in either. */
export function lowerBound(sorted: ArrayLike<number>, x: number, n = sorted.length): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index of the ascending `sorted[0..n)` whose value is > x; n when there is none. No NaN in either. */
export function upperBound(sorted: ArrayLike<number>, x: number, n = sorted.length): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
