/** Rows of numbers, row-major in one array: their shape, and their lexicographic order. */

import { VernierError } from "./errors.ts";
import { argsort } from "./sort.ts";

/**
 * The number of rows of m values each.
 *
 * @throws VernierError E_MATH_SHAPE unless m is a whole number >= 1 and there are n whole rows.
 */
export function rowCount(values: Float64Array, m: number, n = values.length / m): number {
  if (Number.isInteger(m) && m >= 1 && Number.isInteger(n) && n >= 0 && n * m <= values.length) return n;
  throw new VernierError(
    "E_MATH_SHAPE",
    `rows need m >= 1 values each, row after row; got ${values.length} values with m = ${m}, n = ${n}. ` +
      "Give n times m values.",
  );
}

/** Indices of the first n rows that hold no NaN, ascending. */
export function rowsWithoutNaN(values: Float64Array, m: number, n: number): Int32Array {
  const rows = new Int32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    let whole = true;
    for (let j = i * m; j < i * m + m; j++) if (values[j] !== values[j]) whole = false;
    if (whole) rows[count++] = i;
  }
  return rows.subarray(0, count);
}

/** Sorts row indices in place: by the first value, among equal ones by the second, ...; equal rows keep their order. No NaN. */
export function sortRows(values: Float64Array, m: number, rows: Int32Array): Int32Array {
  sortByColumn(values, m, rows, 0);
  return rows;
}

function sortByColumn(values: Float64Array, m: number, rows: Int32Array, column: number): void {
  const n = rows.length;
  const keys = new Float64Array(n);
  for (let i = 0; i < n; i++) keys[i] = values[rows[i]! * m + column]!;
  const order = argsort(keys);
  const before = rows.slice();
  for (let i = 0; i < n; i++) rows[i] = before[order[i]!]!;
  if (column + 1 === m) return;
  for (let start = 0; start < n;) {
    const key = keys[order[start]!]!;
    let end = start + 1;
    while (end < n && keys[order[end]!] === key) end++;
    if (end - start > 1) sortByColumn(values, m, rows.subarray(start, end), column + 1);
    start = end;
  }
}

/** Whether two rows hold the same numbers (0 and -0 are the same). */
export function equalRows(values: Float64Array, m: number, a: number, b: number): boolean {
  for (let j = 0; j < m; j++) if (values[a * m + j] !== values[b * m + j]) return false;
  return true;
}
