/** What importers make and exporters read: a whole study as data. */
import type { Json, Report, StudySpec, TimedEvent, TrialRecord } from "../core/types.ts";

export type { TimedEvent } from "../core/types.ts";

/** A study as `Storage.importStudy(spec, events, { createdAt })` takes it, in one transaction. `events` holds no "study.created". */
export interface StudyLog {
  readonly spec: StudySpec;
  readonly events: readonly TimedEvent[];
  /** ms since 1970 UTC; the first event's time when left out. */
  readonly createdAt?: number;
}

/** A study as exporters read it: the current projection. Trials in number order, deleted ones left out. */
export interface StudyDump {
  readonly spec: StudySpec;
  readonly attrs: Readonly<Record<string, Json>>;
  readonly tags: readonly string[];
  readonly note: string | null;
  readonly trials: readonly TrialRecord[];
  /** Visible reports by trial number; trials without reports are absent. */
  readonly reports: ReadonlyMap<number, readonly Report[]>;
}

/** A finished (or waiting) trial of a foreign study, before it becomes events. Times in ms since 1970 UTC. */
export interface ForeignTrial {
  readonly number: number;
  readonly state: TrialRecord["state"];
  readonly params: TrialRecord["params"];
  readonly metrics: TrialRecord["metrics"];
  readonly error?: TrialRecord["error"];
  readonly reports?: readonly { readonly step: number; readonly metrics: Readonly<Record<string, number>> }[];
  readonly attrs?: Readonly<Record<string, Json>>;
  readonly tags?: readonly string[];
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}
