/** From a command to all that a storage has to write: decide, place in the log, project. */
import { decide, type Decision } from "./decide.ts";
import { applyTrial, hidesBeyond, isTrialEvent, NO_REPORTS } from "./fold.ts";
import type { Command, EventBody, ResultOf, StudyEvent, TrialRecord } from "./types.ts";
import type { Lease, View } from "./view.ts";

/** One event with the trial around it. */
export interface Change {
  readonly event: StudyEvent;
  /** Both undefined for events about the study itself. */
  readonly before: TrialRecord | undefined;
  readonly after: TrialRecord | undefined;
}

/** All that a storage writes for a command, in one transaction. */
export interface Transaction<R> {
  readonly result: R;
  /** At most one change a trial. */
  readonly changes: readonly Change[];
  /** A lease to set. A trial whose state after a change is not "running" has none; drop it. */
  readonly lease: Decision["lease"];
  /** A configuration key to remember. */
  readonly key: Decision["key"];
}

/** Runs a command against a view at storage time `now`. Pure but for `view.reserve()`; throws what `decide` throws. */
export function transact<C extends Command>(view: View, command: C, now: number): Transaction<ResultOf<C>> {
  const decision = decide(command, view, now);
  const { events, handsOut } = decision;
  const changes: Change[] = [];
  let handed: TrialRecord | null = null;
  for (const body of events) {
    const change = project(view, body, now);
    changes.push(change);
    if (change.after !== undefined && change.after.number === handsOut) handed = change.after;
  }
  const result =
    handsOut === undefined ? decision.result : { trial: handed, suggested: handed !== null && handed.params !== null };
  return { result: result as ResultOf<C>, changes, lease: decision.lease, key: decision.key };
}

/** Places one event in the log at time `now` and folds it. */
export function project(view: View, body: EventBody, now: number): Change {
  const event: StudyEvent = Object.freeze({ revision: view.reserve(), at: now, ...body });
  if (!isTrialEvent(event)) return { event, before: undefined, after: undefined };
  const before = view.trial(event.number);
  const visible = hidesBeyond(before, event) === undefined ? NO_REPORTS : view.reports(event.number);
  return { event, before, after: applyTrial(before, event, visible) };
}

/** The lease a trial is left with: undefined means as it was, null means none. */
export function leaseAfter(transaction: Transaction<unknown>, after: TrialRecord): Lease | null | undefined {
  if (transaction.lease?.number === after.number) return transaction.lease.lease;
  return after.state === "running" ? undefined : null;
}
