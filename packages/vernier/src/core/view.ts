import type { Report, Revision, StudyEvent, StudyInfo, TrialRecord } from "./types.ts";

/** Who runs a trial and until when (ms by the storage's clock); `expires` null never does. Kept by the storage, not in the log. */
export interface Lease {
  readonly owner: string;
  readonly expires: number | null;
}

/**
 * What a storage shows `decide` of one study, inside its transaction. Every method is a lookup by index; a command calls only
 * those it needs.
 */
export interface View {
  /** `revision` is that of the study's last event. `counts` is not read. */
  study(): Pick<StudyInfo, "spec" | "deleted" | "revision">;
  /** The trial as it stands in this transaction. */
  trial(number: number): TrialRecord | undefined;
  /** The lease of a running trial. */
  lease(number: number): Lease | undefined;
  /** The number the next trial gets: they are 0, 1, 2, ... without gaps. */
  nextNumber(): number;
  /** How many trials are neither paused nor deleted. The one look-up that may cost O(trials): call it last. */
  occupied(): number;
  /** The waiting trial with the lowest number that is not deleted. */
  oldestWaiting(): TrialRecord | undefined;
  /** Running, not deleted trials whose lease expired at or before `now`, longest expired first. */
  expired(now: number): Iterable<TrialRecord>;
  /** Paused, not deleted trials in number order. */
  paused(): Iterable<TrialRecord>;
  /** Visible reports in step order. */
  reports(number: number): readonly Report[];
  /** The last visible report this attempt made. */
  lastReport(number: number, attempt: number): Report | undefined;
  /** Whether a trial other than `except`, not deleted, has this configuration key. */
  keyTaken(key: string, except: number): boolean;
  /** Every event after the caller's cursor; [] when it gave none. */
  eventsSince(): readonly StudyEvent[];
  /** The revision the next appended event gets; a new one at each call. */
  reserve(): Revision;
}
