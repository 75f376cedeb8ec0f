/** Handing out trials: queued ones once, abandoned ones again, else new ones. */
import { VernierError } from "./errors.ts";
import { describe, recordCopy } from "./json.ts";
import { live, finishedError } from "./rules.ts";
import type { Decision } from "./decide.ts";
import { FINISHED, type Command, type EventBody, type Params, type TrialRecord } from "./types.ts";
import type { View } from "./view.ts";

type Start = Extract<Command, { type: "start" }>;
type StartBody = Extract<EventBody, { type: "trial.started" }>;

const NONE: Decision = Object.freeze({ events: Object.freeze([]), result: null, handsOut: null });

export function decideStart(command: Start, view: View, now: number): Decision {
  if (typeof command.owner !== "string" || command.owner === "") {
    throw new VernierError(
      "E_COMMAND",
      `the owner of a lease is ${describe(command.owner)}. It must be a string that is not empty. Name the worker.`,
    );
  }
  if (command.only !== undefined) return startOnly(command, command.only, view, now);
  if (command.claim !== false) {
    const waiting = view.oldestWaiting();
    if (waiting !== undefined) return handOut(command, waiting, view, now, []);
  }
  const before: EventBody[] = [];
  if (command.claim !== false) {
    for (const record of view.expired(now)) {
      const claimed = claim(command, record, view, now, before);
      if (claimed !== undefined) return claimed;
    }
  }
  if (command.create === false || isFull(command, view))
    return before.length === 0 ? NONE : { ...NONE, events: before };
  return handOut(command, undefined, view, now, before);
}

/** Whether a new trial would be one too many. Numbers that were never given need no counting. */
function isFull({ total = Infinity }: Start, view: View): boolean {
  return view.nextNumber() >= total && view.occupied() >= total;
}

/** The one trial asked for by number; null while another worker runs it. */
function startOnly(command: Start, number: number, view: View, now: number): Decision {
  const record = live(view, number);
  if (FINISHED.has(record.state)) throw finishedError(record);
  if (record.state === "waiting") return handOut(command, record, view, now, []);
  if (record.state === "paused") {
    throw new VernierError("E_TRIAL_STATE", `trial ${number} is paused. Only a waiting trial is started. Resume it.`);
  }
  const expires = view.lease(number)?.expires ?? null;
  if (expires === null || expires > now) return NONE;
  const events: EventBody[] = [];
  return claim(command, record, view, now, events) ?? { ...NONE, events };
}

/** Takes over a trial whose lease expired. That attempt is consumed; undefined when it was the last one (the trial is failed). */
function claim(
  command: Start,
  record: TrialRecord,
  view: View,
  now: number,
  events: EventBody[],
): Decision | undefined {
  const { number, attempt } = record;
  if (record.failures + 1 <= record.retries) return handOut(command, record, view, now, events);
  const lease = view.lease(number);
  const until = lease?.expires == null ? "" : ` at ${new Date(lease.expires).toISOString()}`;
  events.push({
    type: "trial.failed",
    number,
    attempt,
    state: "failed",
    error: Object.freeze({
      kind: "lost",
      message: `The lease of ${lease?.owner ?? "its worker"} expired${until}, and no attempt was left. Its worker died or was cut off; retries give a trial further attempts.`,
    }),
  });
  return undefined;
}

function handOut(
  command: Start,
  record: TrialRecord | undefined,
  view: View,
  now: number,
  before: EventBody[],
): Decision {
  const number = record?.number ?? view.nextNumber();
  const retries = record !== undefined && record.attempt > 0 ? record.retries : checkedRetries(command.retries ?? 0);
  const body: Mutable<StartBody> = startBody(record, number, command.owner, retries, {});
  if (record === undefined || record.attempt === 0) {
    // What a queued trial says of itself goes before what its starter would give it.
    if (command.until !== undefined && record?.until == null) body.until = command.until;
    if (command.bracket !== undefined && record?.bracket == null) body.bracket = command.bracket;
    if (command.parent !== undefined && record?.parent == null) {
      body.parent = recordCopy(command.parent, "E_JSON", "parent") as never;
    }
  }
  let key: string | undefined;
  if (command.suggest !== undefined && (record === undefined || record.params === null)) {
    const basis = view.study().revision;
    const suggestion = command.suggest(number, view.eventsSince(), basis);
    body.params = recordCopy(suggestion.params, "E_PARAMS", "params") as Params;
    body.basis = basis;
    body.sampler = suggestion.sampler;
    if (suggestion.why !== undefined) body.why = suggestion.why;
    key = suggestion.key;
  }
  if (record?.state === "running") body.lost = true;
  before.push(body);
  return {
    events: before,
    result: null,
    handsOut: number,
    lease: { number, lease: { owner: command.owner, expires: leaseUntil(command.lease, now) } },
    ...(key !== undefined && { key: { number, key } }),
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A start of the trial's next attempt. */
export function startBody(
  record: TrialRecord | undefined,
  number: number,
  owner: string,
  retries: number,
  more: { readonly until?: number },
): StartBody {
  return { type: "trial.started", number, attempt: (record?.attempt ?? 0) + 1, owner, retries, ...more };
}

/** When a lease taken now expires. Throws E_COMMAND for a length that is not positive. */
export function leaseUntil(lease: number | null, now: number): number | null {
  if (lease === null) return null;
  if (typeof lease === "number" && lease > 0 && lease < Infinity) return now + lease;
  throw new VernierError(
    "E_COMMAND",
    `a lease lasts ${describe(lease)} ms. It must be a positive number of milliseconds, or null for none. Use 60000 and renew it.`,
  );
}

function checkedRetries(retries: number): number {
  if (Number.isSafeInteger(retries) && retries >= 0) return retries;
  throw new VernierError(
    "E_COMMAND",
    `retries is ${describe(retries)}. It must be a whole number >= 0: how many failures a trial survives. Use 0 or 1.`,
  );
}
