/** Who may change a trial: the refusals shared by all commands, each with the fact, the rule and the next step. */
import { VernierError } from "./errors.ts";
import { describe } from "./json.ts";
import { FINISHED, type TrialRecord } from "./types.ts";
import type { View } from "./view.ts";

/** The trial, which must exist. Throws E_TRIAL_UNKNOWN. */
export function known(view: View, number: number): TrialRecord {
  const record = Number.isSafeInteger(number) && number >= 0 ? view.trial(number) : undefined;
  if (record !== undefined) return record;
  const next = view.nextNumber();
  const range = next === 0 ? "has no trials yet" : next === 1 ? "has only trial 0" : `has trials 0 to ${next - 1}`;
  throw new VernierError(
    "E_TRIAL_UNKNOWN",
    `there is no trial ${describe(number)}; study "${view.study().spec.name}" ${range}. ` +
      `Trials are called by their number. List them, or ask for a new one.`,
  );
}

/** The trial, which must exist and not be deleted. Throws E_TRIAL_UNKNOWN, E_TRIAL_DELETED. */
export function live(view: View, number: number): TrialRecord {
  const record = known(view, number);
  if (!record.deleted) return record;
  throw new VernierError(
    "E_TRIAL_DELETED",
    `trial ${number} is deleted. A deleted trial takes no changes. Restore it first, or use another trial.`,
  );
}

/** The trial, which must not be finished. Throws E_TRIAL_FINISHED too. */
export function unfinished(view: View, number: number): TrialRecord {
  const record = live(view, number);
  if (FINISHED.has(record.state)) throw finishedError(record);
  return record;
}

/**
 * The trial, which must be running the caller's attempt. An expired lease does not matter while nobody else has claimed the
 * trial. Throws E_LEASE_LOST, E_TRIAL_FINISHED, E_TRIAL_STATE.
 */
export function held(view: View, number: number, attempt: number): TrialRecord {
  const record = live(view, number);
  if (attempt !== record.attempt) throw lostError(record, attempt);
  switch (record.state) {
    case "running":
      return record;
    case "paused":
      throw new VernierError(
        "E_TRIAL_STATE",
        `trial ${number} is paused. Only a running trial reports and is told. Resume it first.`,
      );
    case "waiting":
      throw lostError(record, attempt);
    default:
      // One that was failed because its lease ran out is "lost" to its late teller; any other end was its own tell.
      throw record.error?.kind === "lost" ? lostError(record, attempt) : finishedError(record);
  }
}

function lostError(record: TrialRecord, attempt: number): VernierError {
  const { number } = record;
  const now =
    record.state === "waiting"
      ? `is waiting to be started again`
      : record.state === "running"
        ? `is running attempt ${record.attempt}`
        : `is ${record.state}`;
  const fact = Number.isSafeInteger(attempt)
    ? `attempt ${attempt} of trial ${number} is not running: the trial ${now}`
    : `${describe(attempt)} is not an attempt of trial ${number}, which ${now}`;
  return new VernierError(
    "E_LEASE_LOST",
    `${fact}. An attempt ends when it is told, failed or released, or when its lease expires and another worker claims the trial; ` +
      `what it says afterwards is not recorded. Drop this result and ask for the next trial; renew leases more often if this recurs.`,
    { details: { number, attempt, current: record.attempt, state: record.state } },
  );
}

/** Says how and when the trial ended. */
export function finishedError(record: TrialRecord): VernierError {
  const when = record.finishedAt === null ? "" : ` since ${new Date(record.finishedAt).toISOString()}`;
  return new VernierError(
    "E_TRIAL_FINISHED",
    `trial ${record.number} is ${record.state}${when}. A finished trial is told once and does not change. ` +
      `To mend a wrong value record a correction; to try the same configuration again, queue it.`,
    { details: { number: record.number, state: record.state, finishedAt: record.finishedAt } },
  );
}
