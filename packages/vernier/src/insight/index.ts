/**
 * The door of insight: what a finished or running study tells.
 *
 * @module
 */
export { importance, type Importance, type ParameterImportance } from "./importance.ts";
export { objectiveHistory, type HistoryPoint } from "./objective-history.ts";
export type { Source } from "./source.ts";
