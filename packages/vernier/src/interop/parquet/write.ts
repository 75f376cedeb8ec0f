/** A study as a Parquet file: the columns of the CSV, typed. */
import type { ColumnSource } from "hyparquet-writer";
import { columnsOf, type TableColumn } from "../table/columns.ts";
import type { StudyDump } from "../types.ts";

/**
 * The bytes of the file (Snappy; one row a trial). Whole numbers are INT32, other numbers DOUBLE, times TIMESTAMP in milliseconds UTC, lists
 * and records JSON text. What is absent is null; NaN stays NaN. `names`: only these columns.
 */
export async function writeParquet(dump: StudyDump, names?: readonly string[]): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const columnData = columnsOf(dump, names).map(source);
  const study = JSON.stringify({
    name: dump.spec.name,
    objectives: dump.spec.objectives,
    constraints: dump.spec.constraints,
  });
  return new Uint8Array(
    parquetWriteBuffer({ columnData, kvMetadata: [{ key: "vernier.study", value: study }], createdBy: "vernier" }),
  );
}

function source({ name, kind, cells }: TableColumn): ColumnSource {
  switch (kind) {
    case "int":
      return { name, data: [...cells], type: "INT32" };
    case "float":
      return { name, data: [...cells], type: "DOUBLE" };
    case "boolean":
      return { name, data: [...cells], type: "BOOLEAN" };
    case "time":
      return { name, data: cells.map(cell => (cell === null ? null : new Date(cell as number))), type: "TIMESTAMP" };
    case "text":
    case "json":
      return { name, data: [...cells], type: "STRING" };
  }
}
