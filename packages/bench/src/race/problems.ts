/** Suites of problems with one objective, by name. */
import { float, space, VernierError, type Params } from "vernier";
import { dataSet } from "../data-dir.ts";
import { bbob, type TestFunction } from "../functions/bbob.ts";
import { cec2022 } from "../functions/cec2022.ts";
import type { Problem } from "../subjects/subject.ts";
import { tableSpace } from "../tables/encoding.ts";
import { readTables, rowOf } from "../tables/table.ts";
import { readReactions } from "./reactions.ts";

/** What a suite is called, with what it holds. */
export const SUITES: Readonly<Record<string, string>> = {
  "bbob:D": "24 functions of BBOB in D dimensions, instance 1",
  "cec2022:D": "12 functions of CEC 2022 in 2, 10 or 20 dimensions (9 in 2)",
  tables: "7 tables of trained networks, every configuration measured",
  reactions: "tables of chemical reactions, every combination measured",
};

/**
 * The problems of a suite such as "bbob:5".
 *
 * @throws VernierError E_BENCH_USAGE for an unknown suite; E_BENCH_DATA when its data is not there.
 */
export function problemsOf(suite: string, data?: string): Problem[] {
  const [name, argument] = suite.split(":");
  const dimension = Number(argument);
  switch (name) {
    case "bbob":
      if (!Number.isInteger(dimension) || dimension < 2) break;
      return Array.from({ length: 24 }, (_, i) => ofFunction(bbob(i + 1, dimension)));
    case "cec2022": {
      if (![2, 10, 20].includes(dimension)) break;
      const folder = needed("cec2022", data);
      const numbers = Array.from({ length: 12 }, (_, i) => i + 1).filter(n => dimension > 2 || n < 6 || n > 8);
      return numbers.map(n => ofFunction(cec2022(folder, n, dimension)));
    }
    case "tables":
      return readTables(needed("hpo-tables", data)).map(table => ({
        id: `tables-${table.id}`,
        space: tableSpace(table),
        direction: table.direction,
        optimum: table.optimum,
        scale: "share",
        median: table.median,
        evaluate: (params: Params) => table.means[rowOf(table, params)]!,
      }));
    case "reactions":
      return readReactions(needed("reactions", data));
  }
  throw new VernierError(
    "E_BENCH_USAGE",
    `there is no suite "${suite}". Suites are ${Object.keys(SUITES).join(", ")}, with a dimension for D. Write for example bbob:5.`,
  );
}

function ofFunction(f: TestFunction): Problem {
  const names = Array.from({ length: f.dimension }, (_, i) => `x${i}`);
  return {
    id: f.id,
    space: space(Object.fromEntries(names.map(name => [name, float(f.low, f.high)]))),
    direction: "minimize",
    optimum: f.optimum,
    scale: "log",
    evaluate: params => f.evaluate(names.map(name => params[name] as number)),
  };
}

function needed(name: string, data: string | undefined): string {
  const folder = dataSet(name, data);
  if (folder !== undefined) return folder;
  throw new VernierError(
    "E_BENCH_DATA",
    `the folder ${name} was not found. It is read from VERNIER_DATA or ../shared/data. Point VERNIER_DATA at the data sets.`,
  );
}
