/**
 * The log: decisions, fold, history, memory storage.
 *
 * @module
 */
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
// Studies: ask and tell, the run loop, replay.
export { createEngine, type Engine, type EngineOptions, type OpenOptions } from "./engine.ts";
export { defineStudy, type DefinedStudy } from "./define-study.ts";
export { milliseconds, type Duration } from "./duration.ts";
export { Front, isCandidate } from "./front.ts";
export { inline } from "./inline.ts";
export { LEASE } from "./leases.ts";
export type { ReplayReport } from "./replay.ts";
export { hasCode, outcomeMetrics, Paused, Pruned, trialError } from "./result.ts";
export type { Parts } from "./session.ts";
export { partSpec, studySpec } from "./spec.ts";
export { replay } from "./study.ts";
export type { TableColumns, TableRow } from "./table.ts";
export type {
  Annotation,
  Asked,
  AskedTrial,
  AskOptions,
  Constraints,
  EventsOptions,
  FinishedTrial,
  IsDynamic,
  MetricsOf,
  Objective,
  ObjectiveFunction,
  Objectives,
  ObjectiveTrial,
  OutcomeOf,
  ParamsOf,
  PartOf,
  RunOptions,
  RunSummary,
  StopReason,
  Study,
  StudyDefinition,
  StudyOptions,
  Suggest,
  Trial,
  TrialView,
} from "./study-types.ts";
export * from "./types.ts";
