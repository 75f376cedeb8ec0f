/** Configurations as trees see them: encoded rows without gaps. */
import type { Codec } from "../../space/types.ts";
import type { TreeColumn } from "./grow.ts";

/** Inactive numbers are put below every active one, so that one split sets them apart. */
const ABSENT = -1;

/** How the columns of a codec are split, and what stands for an inactive one. Valid for one version of the codec. */
export class TreeSpace {
  readonly codec: Codec;
  readonly width: number;
  readonly columns: readonly TreeColumn[];
  /** True where every column is always there and moves on its own: rows can be made without configurations. */
  readonly flat: boolean;
  readonly #absent: Float64Array;

  constructor(codec: Codec) {
    this.codec = codec;
    this.width = codec.width;
    const free = codec.columns.filter(({ levels, kernel, group }) => levels !== 1 || kernel === "text" || group !== "");
    // One code more than there are: that of an inactive category.
    this.columns = free.map(({ index, kind, levels }) => ({ index, codes: kind === "category" ? levels + 1 : 0 }));
    this.flat = codec.columns.every(
      ({ group, kernel }) => group === "" && (kernel === "numeric" || kernel === "ordinal" || kernel === "category"),
    );
    this.#absent = Float64Array.from(codec.columns, ({ kind, levels }) => (kind === "category" ? levels : ABSENT));
  }

  /** Replaces the gaps of the encoded row at x[offset...]. `codec.decode` does not read those columns. */
  fillGaps(x: Float64Array, offset: number): void {
    for (let c = 0; c < this.width; c++) if (Number.isNaN(x[offset + c]!)) x[offset + c] = this.#absent[c]!;
  }

  /** True for what `fillGaps` puts into a column. */
  isAbsent(column: number, value: number): boolean {
    return value === this.#absent[column];
  }
}
