/** A table as it comes from a file, before anybody knows what its columns mean. */
import type { Place } from "../errors.ts";

export interface Row {
  /** Text from CSV; from Parquet whatever its types say. Absent or empty cells are null. */
  readonly cells: readonly unknown[];
  readonly place: Place;
}
export interface Table {
  readonly file: string;
  readonly names: readonly string[];
  /** Where the names stand. */
  readonly head: Place;
  readonly rows: readonly Row[];
  /** Numbers may be written with a decimal comma. */
  readonly comma?: boolean;
}
