/** Trials of elsewhere as a log: what must have happened for them to stand as they do, in the order of time. */
import { VernierError } from "../core/errors.ts";
import type { Json, Params, TimedEvent } from "../core/types.ts";
import { spell } from "../space/spell.ts";
import { deepFreeze } from "./freeze.ts";
import type { ForeignTrial } from "./types.ts";

/** How trials become events. */
export interface EventsOptions {
  /** The worker that the log names; "import" when left out. */
  readonly owner?: string;
  /** The sampler of trials that name none; "imported" when left out. No study has a sampler of that name, so a replay skips them. */
  readonly sampler?: string;
  /** Attributes that say where a trial comes from, added to its own. */
  readonly origin?: (trial: ForeignTrial) => Readonly<Record<string, Json>>;
}

/** Named in the record of a trial that was not suggested here. */
export const IMPORTED = "imported";

type Draft = TimedEvent extends infer E ? (E extends unknown ? { -readonly [K in keyof E]: E[K] } : never) : never;

/**
 * A valid log, ordered by time, for trials that are only known as they stand. Each is queued (where it has `fixed`, or waits), started with
 * its parameters, reports, and ends. Deeply frozen, so that `importStudy` copies nothing.
 *
 * Trials get the numbers 0, 1, 2, ... in the order of the given ones, which may have gaps. Times that contradict each other are moved
 * later, never earlier: a trial begins no earlier than the one before it, and ends no earlier than it starts.
 *
 * @throws VernierError E_IMPORT_TRIAL for a number or a time that is none, and for two trials of one number.
 */
export function eventsOf(trials: Iterable<ForeignTrial>, options: EventsOptions = {}): TimedEvent[] {
  const sorted = [...trials].sort((a, b) => a.number - b.number);
  const events: Draft[] = [];
  let begun = -Infinity;
  for (let number = 0; number < sorted.length; number++) {
    const trial = sorted[number]!;
    checkTrial(trial, sorted[number - 1]);
    const own = eventsOfTrial(trial, number, options, begun);
    begun = own[0]!.at;
    for (const event of own) events.push(event);
  }
  // Stable, so that at one time trials keep their order, and so do the events of a trial.
  events.sort((a, b) => a.at - b.at);
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!;
    // What stands before event i is at revision i + 1; "study.created" is at 1.
    if ("basis" in event) event.basis = i + 1;
    deepFreeze(event);
  }
  return events as TimedEvent[];
}

function eventsOfTrial(trial: ForeignTrial, number: number, options: EventsOptions, begun: number): Draft[] {
  const { state } = trial;
  const events: Draft[] = [];
  let now = Math.max(begun, trial.queuedAt);
  const later = (at: number | null | undefined): number => (now = Math.max(now, at ?? now));
  const attrs = { ...options.origin?.(trial), ...trial.attrs };
  const about = {
    ...(Object.keys(attrs).length > 0 && { attrs }),
    ...(trial.tags !== undefined && trial.tags.length > 0 && { tags: [...trial.tags] }),
  };
  const note = trial.note == null ? {} : { note: trial.note };
  const annotate = (change: object): void => {
    if (Object.keys(change).length > 0) events.push({ type: "trial.annotated", number, ...change, at: now });
  };
  const fixed = trial.fixed ?? (state === "waiting" ? (trial.params ?? {}) : null);
  if (fixed !== null)
    events.push({ type: "trial.queued", number, params: { ...fixed }, ...about, at: later(trial.queuedAt) });
  if (state === "waiting") {
    annotate(note);
    return events;
  }
  const suggested = suggestion(trial.params, trial.sampler ?? options.sampler ?? IMPORTED);
  const attempt = 1;
  const owner = options.owner ?? "import";
  // A start is at the time the trial was queued where nothing says that it was queued first.
  const startedAt = trial.startedAt ?? trial.queuedAt;
  events.push({ type: "trial.started", number, attempt, owner, retries: 0, ...suggested, at: later(startedAt) });
  annotate({ ...(fixed === null && about), ...note });
  const reports = [...(trial.reports ?? [])].sort((a, b) => a.step - b.step);
  for (let i = 0; i < reports.length; i++) {
    const { step, metrics, at } = reports[i]!;
    // Two values at one step: the later one stands.
    if (reports[i + 1]?.step === step) continue;
    events.push({ type: "trial.reported", number, attempt, step, metrics: { ...metrics }, at: later(at) });
  }
  const metrics = trial.metrics === null ? {} : { metrics: { ...trial.metrics } };
  if (state === "paused") events.push({ type: "trial.paused", number, attempt, at: now });
  else if (state === "failed") {
    const error = trial.error ?? { kind: "throw" as const, message: "It failed; why is not known." };
    events.push({
      type: "trial.failed",
      number,
      attempt,
      state,
      error: { ...error },
      ...metrics,
      at: later(trial.finishedAt),
    });
  } else if (state !== "running") {
    const ranked = trial.ranked === false ? ({ ranked: false } as const) : {};
    events.push({ type: "trial.finished", number, attempt, state, ...metrics, ...ranked, at: later(trial.finishedAt) });
  }
  return events;
}

function suggestion(params: Params | null, sampler: string): { params?: Params; basis?: number; sampler?: string } {
  return params === null ? {} : { params: { ...params }, basis: 0, sampler };
}

const STATES: readonly ForeignTrial["state"][] = ["waiting", "running", "paused", "complete", "pruned", "failed"];

function checkTrial(trial: ForeignTrial, before: ForeignTrial | undefined): void {
  const { number, state, queuedAt, startedAt, finishedAt } = trial;
  const bad = (fact: string, rule: string) =>
    new VernierError("E_IMPORT_TRIAL", `${fact}. ${rule}. Nothing was imported.`, { details: { number } });
  if (!Number.isSafeInteger(number) || number < 0) {
    throw bad(`a trial has the number ${spell(number)}`, "A number is a whole number >= 0");
  }
  if (before?.number === number) throw bad(`two trials have the number ${number}`, "A number is one trial's");
  if (!STATES.includes(state))
    throw bad(`trial ${number} has the state ${spell(state)}`, `It is one of ${STATES.join(", ")}`);
  for (const [name, at] of Object.entries({ queuedAt, startedAt, finishedAt })) {
    if (at === null && name !== "queuedAt") continue;
    if (typeof at !== "number" || !Number.isFinite(at)) {
      throw bad(
        `trial ${number} has ${name} = ${spell(at)}`,
        "A time is a finite number of milliseconds since 1970 UTC",
      );
    }
  }
}
