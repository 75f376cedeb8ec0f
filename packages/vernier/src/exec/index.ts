/**
 * How a trial is evaluated: by a function, or by any program.
 *
 * @module
 */
export { children, type ChildrenOptions } from "./children.ts";
export { command } from "./command.ts";
export { SAFE_VARIABLES, type Environment, type EnvironmentOptions } from "./environment.ts";
export { inline } from "../core/inline.ts";
export { placeholderNamesOf } from "./names.ts";
export { checkCommand, type CommandOptions } from "./options.ts";
export type { ResultSource } from "./result-options.ts";
export type { ThreadLimits } from "./thread-pool.ts";
export { workers, type IsolatedExecutor, type WorkersOptions } from "./workers.ts";
