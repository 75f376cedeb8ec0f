/**
 * The shape of `--json`: exactly one document on standard output, `{ "vernier": 1, "command": ..., ... }`. The number changes when a field is
 * renamed, removed or changes its meaning; new fields may come at any time. Documented in docs/cli.md.
 */
import { metricsToWire } from "../core/json.ts";
import type { WireMetrics } from "../core/json.ts";
import type { StudyInfo, TrialRecord } from "../core/types.ts";
import type { Io } from "./io.ts";

export const JSON_VERSION = 1;

/** Prints the one document of a command. */
export const printJson = (io: Io, command: string, body: Readonly<Record<string, unknown>>): void =>
  io.out(`${JSON.stringify({ vernier: JSON_VERSION, command, ...body })}\n`);

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const metrics = (m: TrialRecord["metrics"]): WireMetrics | null => (m === null ? null : metricsToWire(m));

/** A trial as `--json` shows it. Numbers that JSON cannot write are the strings "NaN", "Infinity", "-Infinity", "-0". */
export const trialJson = (trial: TrialRecord): Record<string, unknown> => ({
  number: trial.number,
  state: trial.state,
  attempt: trial.attempt,
  params: trial.params,
  fixed: trial.fixed,
  metrics: metrics(trial.metrics),
  ranked: trial.ranked,
  error: trial.error,
  last: trial.last === null ? null : { step: trial.last.step, metrics: metrics(trial.last.metrics) },
  sampler: trial.sampler,
  why: trial.why,
  tags: trial.tags,
  note: trial.note,
  queuedAt: time(trial.queuedAt),
  startedAt: time(trial.startedAt),
  finishedAt: time(trial.finishedAt),
});

export const studyJson = (info: StudyInfo): Record<string, unknown> => ({
  name: info.spec.name,
  objectives: info.spec.objectives,
  constraints: info.spec.constraints,
  sampler: info.spec.sampler.name,
  scheduler: info.spec.scheduler.name,
  seed: info.spec.seed,
  createdAt: time(info.createdAt),
  counts: info.counts,
});
