// The log: decisions, fold, history, memory storage.
export { VernierError, type ErrorCode } from "./errors.ts";
export { systemClock } from "./clock.ts";
export { LiveHistory, type HistoryOptions } from "./history.ts";
export { measure, type Measured } from "./measure.ts";
export { memoryStorage } from "./memory.ts";
export { transact, leaseAfter, type Change, type Transaction } from "./transact.ts";
export { decide, type Decision } from "./decide.ts";
export type { Lease, View } from "./view.ts";
export {
  applyCounts,
  applyStudy,
  applyTrial,
  blankTrial,
  foldReports,
  hidesBeyond,
  isTrialEvent,
  NO_COUNTS,
  type OwnEvent,
  type TrialEvent,
} from "./fold.ts";
export { metricsFromWire, metricsToWire, type WireMetrics } from "./json.ts";
export { contentHash } from "./memory-artifacts.ts";
// Making parts.
export {
  checkOptionNames,
  defineExecutor,
  defineSampler,
  defineScheduler,
  type ExecutorDefinition,
  type Factory,
  type SamplerDefinition,
  type SchedulerDefinition,
} from "./define.ts";
