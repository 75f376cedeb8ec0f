import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { VernierError } from "vernier/math";

export type Cell = string | number;
export interface TableParameter {
  readonly name: string;
  readonly values: readonly Cell[];
}

/** The .json beside a .f32 file, as far as it is read. */
interface Header {
  readonly suite: string;
  readonly name: string;
  readonly direction: "minimize" | "maximize";
  readonly parameters: readonly TableParameter[];
  readonly rows: number;
  readonly seeds: number;
  readonly optimumOfSeedMean: number;
  readonly medianOfSeedMean: number;
}

/** Every configuration of a small search space with its measured results: an objective that costs nothing to call. */
export interface Table {
  /** "hpobench.car" */
  readonly id: string;
  readonly suite: string;
  readonly direction: "minimize" | "maximize";
  readonly parameters: readonly TableParameter[];
  /** Row by row, the mean over the stored seeds (those that are present). */
  readonly means: Float64Array;
  readonly optimum: number;
  readonly median: number;
}

/** Reads the table `folder/id.json` and `folder/id.f32` (Float32, little-endian, [rows][seeds]). */
export function readTable(folder: string, id: string): Table {
  const header = JSON.parse(readFileSync(join(folder, `${id}.json`), "utf8")) as Header;
  const bytes = readFileSync(join(folder, `${id}.f32`));
  const expected = header.rows * header.seeds * 4;
  if (bytes.length !== expected) {
    throw new VernierError(
      "E_BENCH_DATA",
      `${id}.f32 has ${bytes.length} bytes. ${header.rows} rows of ${header.seeds} seeds need ${expected}. Fetch the table again.`,
    );
  }
  return {
    id: `${header.suite}.${header.name}`,
    suite: header.suite,
    direction: header.direction,
    parameters: header.parameters,
    means: seedMeans(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), header.rows, header.seeds),
    optimum: header.optimumOfSeedMean,
    median: header.medianOfSeedMean,
  };
}

/** All tables of a folder, by name. */
export function readTables(folder: string): Table[] {
  const ids = readdirSync(folder).flatMap(file => (file.endsWith(".json") ? [file.slice(0, -".json".length)] : []));
  return ids.sort().map(id => readTable(folder, id));
}

function seedMeans(view: DataView, rows: number, seeds: number): Float64Array {
  const means = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    let present = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const value = view.getFloat32((row * seeds + seed) * 4, true);
      if (Number.isNaN(value)) continue;
      sum += value;
      present++;
    }
    means[row] = sum / present;
  }
  return means;
}

/** Row of a configuration: mixed radix over the parameters in their order, the last one fastest. */
export function rowOf(table: Table, params: Readonly<Record<string, unknown>>): number {
  let row = 0;
  for (const { name, values } of table.parameters) {
    const index = values.indexOf(params[name] as Cell);
    if (index < 0) {
      throw new VernierError(
        "E_BENCH_PARAMS",
        `${table.id}: ${name} = ${JSON.stringify(params[name])} is not in the table. It holds ${values.join(", ")}. Use one of them.`,
      );
    }
    row = row * values.length + index;
  }
  return row;
}
