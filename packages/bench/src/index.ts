/** Benchmarks as functions, for scripts that compare samplers of their own. */
export { dataDir, dataSet } from "./data-dir.ts";
export { normalisedRegret, readTable, readTables, regretCurve, rowOf, type Table } from "./tables/table.ts";
export { runTables, type Regret, type TablesOptions } from "./tables/suite.ts";
export { tableSpace } from "./tables/encoding.ts";
export { runOverhead, type Figure, type OverheadOptions } from "./overhead/suite.ts";
