/** Orders of numbers: argsort and binary search. */

/**
 * The indices that sort the first `n` values ascending. Stable: equal values keep their order (0 and -0 are equal); NaN last.
 * A bottom-up merge sort without a comparator call; linear when the values are already sorted.
 */
export function argsort(values: Float64Array, n = values.length): Int32Array {
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
