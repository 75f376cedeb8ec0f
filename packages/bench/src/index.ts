/** Benchmarks as functions, for scripts that compare samplers of their own. */
export { dataDir, dataSet } from "./data-dir.ts";
export { readTable, readTables, rowOf, type Table } from "./tables/table.ts";
export { normalisedRegret, regretCurve, type Regret } from "./tables/regret.ts";
export { runTables, type TablesOptions } from "./tables/suite.ts";
export { tableSpace } from "./tables/encoding.ts";
export { runOverhead, type Figure, type OverheadOptions } from "./overhead/suite.ts";
export { runMulti, type MultiOptions, type MultiResult } from "./multi/suite.ts";
