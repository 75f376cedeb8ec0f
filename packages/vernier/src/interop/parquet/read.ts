/** A study from a Parquet file: a table whose cells have types. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import * as zlib from "node:zlib";
import { VernierError } from "../../core/errors.ts";
import { importError } from "../errors.ts";
import { headOf } from "../files.ts";
import { studyOfTable, type ReadStudy, type TableOptions } from "../table/read.ts";
import type { Table } from "../table/table.ts";

/** Rows of a file that are read; a study has fewer. */
const MOST_ROWS = 10_000_000;

/** @throws VernierError E_IMPORT_*, with the row. */
export async function readParquet(path: string, options: TableOptions): Promise<ReadStudy> {
  return studyOfTable(await parquetTable(path), options);
}

/** The file's cells. Groups are flattened by dotted path. */
export async function parquetTable(path: string): Promise<Table> {
  const place = { file: path };
  const head = await headOf(path);
  if (head.subarray(0, 4).toString("latin1") !== "PAR1") {
    throw importError(
      "E_IMPORT_FORMAT",
      place,
      'this is no Parquet file: it does not begin with "PAR1". Check the path, or name another --format.',
    );
  }
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import("hyparquet");
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const count = Number(metadata.num_rows);
    if (count > MOST_ROWS) {
      throw importError(
        "E_IMPORT_FORMAT",
        place,
        `the table has ${count.toLocaleString("en-US")} rows. At most ${MOST_ROWS.toLocaleString("en-US")} are read. Split it.`,
      );
    }
    const objects = await parquetReadObjects({ file, metadata, compressors: COMPRESSORS });
    const [root] = metadata.schema;
    const names = metadata.schema.length > 1 ? topLevel(metadata.schema.slice(1), root?.num_children ?? 0) : [];
    const rows = objects.map((object, i) => ({
      cells: names.map(name => (object[name] as unknown) ?? null),
      place: { ...place, row: i + 1 },
    }));
    return { file: path, names, head: place, rows };
  } catch (error) {
    if (error instanceof VernierError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw importError(
      "E_IMPORT_FORMAT",
      place,
      `the Parquet file cannot be read (${message.slice(0, 200)}). It was cut or damaged, or uses a codec that is not known here. Write it again.`,
      error,
    );
  }
}

/** Names of the columns at the top; each element is followed by its own children. */
function topLevel(
  schema: readonly { readonly name: string; readonly num_children?: number }[],
  count: number,
): string[] {
  const names: string[] = [];
  let at = 0;
  const skip = (): void => {
    const children = schema[at++]?.num_children ?? 0;
    for (let i = 0; i < children; i++) skip();
  };
  for (let i = 0; i < count && at < schema.length; i++) {
    names.push(schema[at]!.name);
    skip();
  }
  return names;
}

type Decompress = (input: Uint8Array) => Uint8Array;
/** Codecs that Node brings; Snappy is the reader's own. */
const COMPRESSORS: Record<string, Decompress> = {
  GZIP: input => gunzipSync(input),
  BROTLI: input => brotliDecompressSync(input),
  // From Node 22.15 on.
  ZSTD: input => {
    const { zstdDecompressSync } = zlib as unknown as { zstdDecompressSync?: Decompress };
    if (zstdDecompressSync === undefined) throw new Error("zstd needs Node 22.15 or newer");
    return zstdDecompressSync(input);
  },
};
