/**
 * The fold: how an event changes a trial and its study. Pure, and the only place that knows; every storage, cache and export
 * that follows the log calls it, so they cannot disagree.
 */
import { withMember } from "./member.ts";
import { VernierError } from "./errors.ts";
import type { EventBody, Report, StudyEvent, StudyInfo, TrialRecord, TrialState } from "./types.ts";

type Placed<T> = T & { readonly revision: StudyEvent["revision"]; readonly at: number };
/** Events about one trial. */
export type TrialEvent = Placed<Extract<EventBody, { number: number }>>;
/** Events about the study itself. */
export type OwnEvent = Placed<Exclude<EventBody, { number: number }>>;

export const NO_REPORTS: readonly Report[] = Object.freeze([]);
const NO_ITEMS: readonly never[] = Object.freeze([]);
const NO_ATTRS = Object.freeze({});

/** True for events about one trial. */
export function isTrialEvent(event: StudyEvent): event is TrialEvent {
  return "number" in event;
}

/** A trial of which nothing has happened but its number. Shared by storages that read rows. */
export function blankTrial(number: number, at: number): TrialRecord {
  return {
    number,
    state: "waiting",
    params: null,
    fixed: null,
    attempt: 0,
    failures: 0,
    retries: 0,
    basis: null,
    sampler: null,
    why: null,
    metrics: null,
    ranked: true,
    error: null,
    parent: null,
    until: null,
    bracket: null,
    checkpoint: null,
    artifacts: NO_ITEMS,
    attrs: NO_ATTRS,
    tags: NO_ITEMS,
    note: null,
    queuedAt: at,
    startedAt: null,
    finishedAt: null,
    last: null,
    deleted: false,
  };
}

/**
 * The trial after the event. `visible` are its visible reports before the event, in step order; only a restart reads them (it
 * hides some), so leave them out only for trials without reports. `startedAt` is the start of the newest attempt.
 *
 * @throws VernierError E_LOG_BROKEN when the event is about a trial that no earlier event made.
 */
export function applyTrial(
  record: TrialRecord | undefined,
  event: TrialEvent,
  visible: readonly Report[] = NO_REPORTS,
): TrialRecord {
  return Object.freeze(changed(record, event, visible));
}

function changed(record: TrialRecord | undefined, event: TrialEvent, visible: readonly Report[]): TrialRecord {
  if (event.type === "trial.queued") {
    const fresh = blankTrial(event.number, event.at);
    return {
      ...fresh,
      fixed: event.params,
      attrs: event.attrs ?? fresh.attrs,
      tags: event.tags ?? fresh.tags,
      parent: event.parent ?? null,
      until: event.until ?? null,
      bracket: event.bracket ?? null,
    };
  }
  if (event.type === "trial.started") return started(record, event, visible);
  if (record === undefined) {
    throw new VernierError(
      "E_LOG_BROKEN",
      `the log has "${event.type}" at revision ${event.revision} for trial ${event.number}, which was never queued or started. ` +
        `Events must be read in order from the start. Re-open the study; if it stays, restore a backup.`,
    );
  }
  switch (event.type) {
    case "trial.suggested":
      return {
        ...record,
        params: event.params,
        basis: event.basis,
        sampler: event.sampler,
        why: event.why ?? null,
      };
    case "trial.param":
      return { ...record, params: withMember(record.params ?? {}, event.path ?? [event.name], event.value) };
    case "trial.reported": {
      const newest = record.last === null || event.step >= record.last.step;
      return newest ? { ...record, last: Object.freeze({ step: event.step, metrics: event.metrics }) } : record;
    }
    case "trial.checkpointed":
      return { ...record, checkpoint: Object.freeze({ step: event.step, hash: event.hash }) };
    case "trial.artifact": {
      const others = record.artifacts.filter(artifact => artifact.name !== event.artifact.name);
      return { ...record, artifacts: Object.freeze([...others, event.artifact]) };
    }
    case "trial.logged":
      return record;
    case "trial.paused":
      return { ...record, state: "paused" };
    case "trial.released":
      return { ...record, state: "waiting" };
    case "trial.failed":
      return {
        ...record,
        state: event.state,
        failures: record.failures + 1,
        error: event.error,
        metrics: event.metrics ?? record.metrics,
        finishedAt: event.state === "failed" ? event.at : null,
      };
    case "trial.finished":
      return {
        ...record,
        state: event.state,
        metrics: event.metrics ?? record.metrics,
        ranked: event.ranked !== false,
        error: null,
        finishedAt: event.at,
      };
    case "trial.corrected": {
      const state = event.state ?? record.state;
      const unchanged = state === record.state;
      const error = state === "failed" ? { kind: "result" as const, message: event.reason } : null;
      return {
        ...record,
        state,
        metrics: event.metrics ? Object.freeze({ ...record.metrics, ...event.metrics }) : record.metrics,
        error: unchanged ? record.error : error,
      };
    }
    case "trial.annotated":
      return {
        ...record,
        attrs: event.attrs ? mergeAttrs(record.attrs, event.attrs) : record.attrs,
        tags: event.tags ?? record.tags,
        note: event.note === undefined ? record.note : event.note,
      };
    case "trial.deleted":
      return { ...record, deleted: true };
    case "trial.restored":
      return { ...record, deleted: false };
  }
}

function started(
  record: TrialRecord | undefined,
  event: Extract<TrialEvent, { type: "trial.started" }>,
  visible: readonly Report[],
): TrialRecord {
  const before = record ?? blankTrial(event.number, event.at);
  const beyond = hidesBeyond(record, event);
  return {
    ...before,
    state: "running",
    attempt: event.attempt,
    failures: before.failures + (event.lost ? 1 : 0),
    retries: event.retries,
    until: event.until ?? before.until,
    bracket: event.bracket ?? before.bracket,
    parent: event.parent ?? before.parent,
    params: event.params ?? before.params,
    basis: event.basis ?? before.basis,
    sampler: event.sampler ?? before.sampler,
    why: event.why ?? before.why,
    startedAt: event.at,
    last: beyond === undefined ? before.last : newestUpTo(visible, beyond),
  };
}

/**
 * The step beyond which a start hides the trial's earlier reports: its checkpoint's, -1 (all) without one; undefined when it hides
 * nothing. A paused trial that continues keeps what it reported, so that its rung results stand while it works its way back.
 */
export function hidesBeyond(record: TrialRecord | undefined, event: TrialEvent): number | undefined {
  if (event.type !== "trial.started" || record === undefined || record.attempt === 0) return undefined;
  if (record.state === "paused") return undefined;
  return record.checkpoint?.step ?? -1;
}

function newestUpTo(visible: readonly Report[], step: number): TrialRecord["last"] {
  for (let i = visible.length - 1; i >= 0; i--) {
    const report = visible[i]!;
    if (report.step <= step) return Object.freeze({ step: report.step, metrics: report.metrics });
  }
  return null;
}

/**
 * Applies an event to the list of a trial's visible reports, in place: in step order, at each step the newest attempt's. `record` is
 * the trial BEFORE the event. In place because a trial may report a hundred thousand times.
 */
export function foldReports(visible: Report[], record: TrialRecord | undefined, event: TrialEvent): void {
  if (event.type === "trial.reported") {
    const report: Report = Object.freeze({ attempt: event.attempt, step: event.step, metrics: event.metrics });
    let at = visible.length;
    while (at > 0 && visible[at - 1]!.step >= event.step) at--;
    if (at === visible.length) visible.push(report);
    else visible.splice(at, visible[at]!.step === event.step ? 1 : 0, report);
    return;
  }
  const beyond = hidesBeyond(record, event);
  if (beyond === undefined) return;
  while (visible.length > 0 && visible[visible.length - 1]!.step > beyond) visible.pop();
}

/** Attributes after a change: names given are set, a null removes the name. */
export function mergeAttrs<T>(
  old: Readonly<Record<string, T>>,
  change: Readonly<Record<string, T>>,
): Record<string, T> {
  const merged: Record<string, T> = { ...old, ...change };
  for (const name in change) if (change[name] === null) delete merged[name];
  return Object.freeze(merged);
}

/**
 * The study after one of its own events: spec, annotations, deletion. `revision` follows every event; `counts` are the
 * caller's business (`applyCounts`), because they depend on the trial before and after.
 */
export function applyStudy(
  info: StudyInfo | undefined,
  event: StudyEvent,
  id: StudyInfo["id"] = info?.id ?? 0,
): StudyInfo {
  if (event.type === "study.created") {
    return Object.freeze({
      id,
      spec: event.spec,
      revision: event.revision,
      createdAt: event.at,
      deleted: false,
      attrs: NO_ATTRS,
      tags: NO_ITEMS,
      note: null,
      counts: NO_COUNTS,
    });
  }
  if (info === undefined) {
    throw new VernierError(
      "E_LOG_BROKEN",
      `the log begins with "${event.type}" at revision ${event.revision}. The first event of a study is "study.created". ` +
        `Read the log from the start; if it stays, restore a backup.`,
    );
  }
  return Object.freeze({ ...info, revision: event.revision, ...ownChange(info, event) });
}

function ownChange(info: StudyInfo, event: StudyEvent): Partial<StudyInfo> {
  switch (event.type) {
    case "study.edited":
      return { spec: Object.freeze({ ...info.spec, space: event.space }) };
    case "study.configured": {
      const { sampler = info.spec.sampler, scheduler = info.spec.scheduler } = event;
      return { spec: Object.freeze({ ...info.spec, sampler, scheduler }) };
    }
    case "study.annotated":
      return {
        attrs: event.attrs ? mergeAttrs(info.attrs, event.attrs) : info.attrs,
        tags: event.tags ?? info.tags,
        note: event.note === undefined ? info.note : event.note,
      };
    case "study.deleted":
      return { deleted: true };
    case "study.restored":
      return { deleted: false };
    default:
      return {};
  }
}

/** No trials in any state. */
export const NO_COUNTS: Readonly<Record<TrialState, number>> = Object.freeze({
  waiting: 0,
  running: 0,
  paused: 0,
  complete: 0,
  pruned: 0,
  failed: 0,
});

/** Counts trials that are not deleted, in place. */
export function applyCounts(
  counts: Record<TrialState, number>,
  before: TrialRecord | undefined,
  after: TrialRecord,
): void {
  if (before && !before.deleted) counts[before.state]--;
  if (!after.deleted) counts[after.state]++;
}
