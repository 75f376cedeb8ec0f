/** What importers make and exporters read: a whole study as data. */
import type { SpaceJson } from "../space/types.ts";
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
  /** Define-by-run: the space that all complete trials have in common; absent for other studies. */
  readonly learnt?: SpaceJson;
  /** ms since 1970 UTC. */
  readonly createdAt?: number;
  readonly attrs: Readonly<Record<string, Json>>;
  readonly tags: readonly string[];
  readonly note: string | null;
  readonly trials: readonly TrialRecord[];
  /** Visible reports by trial number; trials without reports are absent. */
  readonly reports: ReadonlyMap<number, readonly Report[]>;
}

/** A trial of a foreign study in any state, before `eventsOf` makes events of it. Times in ms since 1970 UTC. */
export interface ForeignTrial {
  readonly number: number;
  readonly state: TrialRecord["state"];
  readonly params: TrialRecord["params"];
  readonly metrics: TrialRecord["metrics"];
  readonly error?: TrialRecord["error"];
  /** Each at its own time; without one, when the trial started. */
  readonly reports?: readonly {
    readonly step: number;
    readonly metrics: Readonly<Record<string, number>>;
    readonly at?: number;
  }[];
  readonly attrs?: Readonly<Record<string, Json>>;
  readonly tags?: readonly string[];
  readonly note?: string | null;
  /** The parameters somebody fixed when it was queued; the trial is then queued at `queuedAt` and started at `startedAt`. */
  readonly fixed?: TrialRecord["fixed"];
  /** Who suggested it; "imported" when left out. */
  readonly sampler?: string | null;
  /** false when its value is not to be ranked. */
  readonly ranked?: boolean;
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}
