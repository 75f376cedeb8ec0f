/**
 * A study as one JSON document, for programs that want its trials as they stand: the spec, annotations, and every trial with its visible
 * reports. The fields of a trial are those of `vernier trials --json`, with attributes and reports. Times are ISO 8601 in UTC; metrics that
 * JSON cannot write are the strings "NaN", "Infinity", "-Infinity" and "-0". Written with one trial a line.
 */
import type { WireMetrics } from "../../core/json.ts";
import type { Json, Params, StudySpec, TrialError, TrialState } from "../../core/types.ts";
import type { SpaceJson } from "../../space/types.ts";

export const FORMAT = "vernier-trials";
/** What this release writes, and the newest it reads. */
export const VERSION = 1;

export interface TrialsDocument {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly createdAt?: string;
  readonly spec: StudySpec;
  /** Define-by-run: the space that all complete trials have in common. */
  readonly learnt?: SpaceJson;
  readonly attrs: Readonly<Record<string, Json>>;
  readonly tags: readonly string[];
  readonly note: string | null;
  readonly trials: readonly TrialDocument[];
}

export interface TrialDocument {
  readonly number: number;
  readonly state: TrialState;
  /** Starts so far; a reader makes one of them. */
  readonly attempt: number;
  readonly params: Params | null;
  readonly fixed: Params | null;
  readonly metrics: WireMetrics | null;
  readonly ranked: boolean;
  readonly error: TrialError | null;
  readonly reports: readonly { readonly step: number; readonly metrics: WireMetrics }[];
  readonly sampler: string | null;
  readonly why: string | null;
  readonly attrs: Readonly<Record<string, Json>>;
  readonly tags: readonly string[];
  readonly note: string | null;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}
