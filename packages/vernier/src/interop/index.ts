/**
 * Studies and spaces of other tools, and files to take away.
 *
 * @module
 */
export type { ForeignTrial, StudyDump, StudyLog, TimedEvent } from "./types.ts";
export { dumpOf } from "./dump.ts";
export { eventsOf, IMPORTED, type EventsOptions } from "./trial-events.ts";
export {
  FORMATS,
  formatNamed,
  sniff,
  type Format,
  type FormatName,
  type ReadOptions,
  type WriteOptions,
} from "./formats.ts";
export { writeJson } from "./json/write.ts";
export { writeJsonl } from "./jsonl/write.ts";
export { writeCsv } from "./csv/write.ts";
export { writeParquet } from "./parquet/write.ts";
export type { TableOptions } from "./table/read.ts";
export {
  exportStudy,
  exportText,
  importLog,
  readStudies,
  type ExportOptions,
  type ImportLogOptions,
  type ReadFile,
  type ReadFileOptions,
} from "./transfer.ts";
export { copyStudy, logOf, type Copied, type StudyAt } from "./copy.ts";
export { mergeStudies, type Merged, type MergeOptions } from "./merge.ts";
export {
  checkWarm,
  firstGuesses,
  warmStart,
  type Guess,
  type WarmStarted,
  type WarmStartOptions,
  type WarmTarget,
} from "./warm-start.ts";
export {
  exportOptunaJournal,
  exportOptunaSqlite,
  importOptunaJournal,
  importOptunaSqlite,
  type OptunaImportOptions,
  type OptunaSchema,
  type OptunaSqliteExportOptions,
  type OptunaStudyLog,
} from "./optuna/index.ts";
export { SPACE_FORMATS, spaceFrom, type ForeignSpace, type SpaceFormat } from "./spaces/index.ts";
