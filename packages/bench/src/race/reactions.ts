/** Chemical reactions, every combination measured: the first yield of the table, averaged over repeats, is to be maximised. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { choice, ordinal, space, VernierError } from "vernier";
import type { Problem } from "../subjects/subject.ts";

interface Config {
  readonly parameters: readonly {
    readonly name: string;
    readonly type: string;
    readonly options?: readonly unknown[];
  }[];
}

/** All tables of the folder, by name. */
export function readReactions(folder: string): Problem[] {
  const names = readdirSync(folder).flatMap(file => (file.endsWith(".csv") ? [file.slice(0, -".csv".length)] : []));
  return names.sort().map(name => reaction(folder, name));
}

function reaction(folder: string, name: string): Problem {
  const { parameters } = JSON.parse(readFileSync(join(folder, `${name}.config.json`), "utf8")) as Config;
  const rows = parse(readFileSync(join(folder, `${name}.csv`)), { relax_column_count: false }) as string[][];
  const sums = new Map<string, { sum: number; count: number }>();
  for (const row of rows) {
    const key = JSON.stringify(row.slice(0, parameters.length));
    const cell = sums.get(key) ?? { sum: 0, count: 0 };
    cell.sum += Number(row[parameters.length]);
    cell.count++;
    sums.set(key, cell);
  }
  const yields = new Map([...sums].map(([key, { sum, count }]) => [key, sum / count]));
  const values = parameters.map((_, c) => [...new Set(rows.map(row => row[c]!))]);
  if (values.reduce((product, v) => product * v.length, 1) !== yields.size) {
    throw new VernierError(
      "E_BENCH_DATA",
      `${name}.csv does not hold every combination. A table must be complete to be searched. Fetch it again.`,
    );
  }
  const shape = Object.fromEntries(
    parameters.map(({ name: parameter, type }, c) => {
      const given = values[c]!;
      // Amounts have an order; they are spelled as the table spells them.
      return [
        parameter,
        type === "discrete" ? ordinal(given.sort((a, b) => Number(a) - Number(b))) : choice(given.sort()),
      ];
    }),
  );
  const all = [...yields.values()];
  return {
    id: `reactions-${name}`,
    space: space(shape),
    direction: "maximize",
    optimum: all.reduce((a, b) => Math.max(a, b), -Infinity),
    scale: "share",
    median: all.sort((a, b) => a - b)[all.length >> 1]!,
    evaluate: params => yields.get(JSON.stringify(parameters.map(p => params[p.name])))!,
  };
}
