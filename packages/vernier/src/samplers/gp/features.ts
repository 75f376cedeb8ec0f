/**
 * What the kernel compares. A configuration becomes numbers (compared by their squared difference) and codes (compared by whether they
 * differ), each with a weight of its own. Every difference is a squared Euclidean distance of some embedding, so that the kernel stays
 * positive definite on conditional spaces, too.
 */
import type { Codec } from "../../space/types.ts";

/** An absent number is put here, so that its distance to a present one is bounded and the weight of the presence can make up the rest. */
const ABSENT = 0.5;
/** Code of an absent category: differs from all present ones. */
const NO_CODE = -1;

/**
 * The features of a codec's columns: numbers first, then codes, then one presence a group of columns that are active together (0 or 1: two
 * configurations of which one has the group are a learnt constant apart). Columns of a single value are left out.
 */
export class Features {
  /** Features that are numbers; the others are codes. */
  readonly numbers: number;
  readonly count: number;
  /** Column of each feature that is a number. */
  readonly numberColumns: readonly number[];
  /** The feature of a column, -1 for those of a single value. */
  readonly ofColumn: Int32Array;
  readonly #codeColumns: readonly number[];
  /** A column of each group that may be absent. */
  readonly #groupColumns: readonly number[];

  constructor({ columns, width }: Codec) {
    const free = columns.filter(({ levels, kernel }) => levels !== 1 || kernel === "text");
    this.numberColumns = free.filter(({ kind }) => kind === "numeric").map(({ index }) => index);
    this.#codeColumns = free.filter(({ kind }) => kind === "category").map(({ index }) => index);
    const groups = new Map<string, number>();
    for (const { group, index } of columns) if (group !== "" && !groups.has(group)) groups.set(group, index);
    this.#groupColumns = [...groups.values()];
    this.numbers = this.numberColumns.length;
    this.count = this.numbers + this.#codeColumns.length + this.#groupColumns.length;
    this.ofColumn = new Int32Array(width).fill(-1);
    for (const [i, column] of this.numberColumns.entries()) this.ofColumn[column] = i;
    for (const [i, column] of this.#codeColumns.entries()) this.ofColumn[column] = this.numbers + i;
  }

  /** Writes `count` features of the encoded row at x[from...] to out[to...]. */
  write(x: Float64Array, from: number, out: Float64Array, to: number): void {
    let k = to;
    for (const column of this.numberColumns) {
      const v = x[from + column]!;
      out[k++] = Number.isNaN(v) ? ABSENT : v;
    }
    for (const column of this.#codeColumns) {
      const v = x[from + column]!;
      out[k++] = Number.isNaN(v) ? NO_CODE : v;
    }
    for (const column of this.#groupColumns) out[k++] = Number.isNaN(x[from + column]!) ? 0 : 1;
  }
}
