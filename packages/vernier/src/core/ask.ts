/**
 * Ask: reserve a number, suggest, commit. A sampler that may run `inside` does all of it in one transaction, so that it has seen
 * every earlier trial of every process; the others suggest outside, from the log up to a recorded basis.
 */
import { DynamicTrial } from "./dynamic.ts";
import { VernierError } from "./errors.ts";
import { isLost, LEASE } from "./leases.ts";
import { trialError } from "./result.ts";
import { finishedError } from "./rules.ts";
import type { Session } from "./session.ts";
import { isThenable, suggest, wanted, type Suggestion } from "./suggestion.ts";
import { leaseLength, LiveTrial } from "./trial.ts";
import type { AskOptions } from "./study-types.ts";
import { stream } from "../math/rng.ts";
import { spell } from "../space/spell.ts";
import {
  FINISHED,
  type Command,
  type Params,
  type Sampler,
  type Scheduler,
  type StartResult,
  type TrialContext,
  type TrialRecord,
} from "./types.ts";

type Start = Extract<Command, { type: "start" }>;

/** Suggestions that another process was quicker with, before a repeat is accepted. */
const DUPLICATES = 20;

export interface AskRequest extends AskOptions {
  /** Only this trial. */
  readonly only?: number;
  /** False: nothing new, only what waits or was abandoned. */
  readonly create?: boolean;
  /** Nothing new once the study has this many trials. */
  readonly total?: number;
}

/**
 * One trial; undefined when there is nothing to start now: the scheduler says wait, the trial asked for is not to be had, or nothing
 * waits and `create` is false.
 */
export async function ask(session: Session, request: AskRequest = {}): Promise<LiveTrial | undefined> {
  const given = session.sampler;
  const sampler = isThenable(given) ? await given : given;
  const decider = session.scheduler;
  const scheduler = isThenable(decider) ? await decider : decider;
  const lease = leaseLength(request.lease, LEASE);
  const { only, create, total, claim, retries } = request;
  const start: Start = {
    type: "start",
    owner: session.owner,
    lease,
    ...(retries !== undefined && { retries }),
    ...(claim !== undefined && { claim }),
    ...(only !== undefined && { only }),
    ...(create !== undefined && { create }),
    ...(total !== undefined && { total }),
  };
  const started =
    scheduler.next === undefined || only !== undefined || create === false
      ? await send(session, sampler, start)
      : await scheduled(session, sampler, scheduler, start);
  const record = started?.trial;
  if (record == null) return undefined;
  const trial = newTrial(session, record, scheduler);
  // From here on: the sampler may take longer than a lease.
  if (lease !== null) session.leases.add(trial, lease);
  if (record.params === null) trial.params = await suggestOutside(session, sampler, trial, record);
  const from = beginning(record);
  if (from !== undefined) trial.resumed = await resumedFrom(trial, session, from);
  return trial;
}

/** A handle to a trial that is running already. */
export async function attach(session: Session, number: number): Promise<LiveTrial> {
  await session.refresh();
  const decider = session.scheduler;
  const scheduler = isThenable(decider) ? await decider : decider;
  const record = session.history.record(number);
  if (record === undefined) {
    const { size } = session.history;
    throw new VernierError(
      "E_TRIAL_UNKNOWN",
      `there is no trial ${spell(number)}; study "${session.info.spec.name}" has ${size === 0 ? "no trials yet" : `trials 0 to ${size - 1}`}. ` +
        `Trials are called by their number. List them, or ask for a new one.`,
    );
  }
  if (FINISHED.has(record.state)) throw finishedError(record);
  if (record.state !== "running") {
    throw new VernierError(
      "E_TRIAL_STATE",
      `trial ${number} is ${record.state}. Only a running trial can be attached to. Ask for it first.`,
    );
  }
  const trial = newTrial(session, record, scheduler);
  const from = beginning(record);
  if (from !== undefined) trial.resumed = await resumedFrom(trial, session, from);
  return trial;
}

function newTrial(session: Session, record: TrialRecord, scheduler: Scheduler): LiveTrial {
  return session.learner === undefined
    ? new LiveTrial(session, record, scheduler)
    : new DynamicTrial(session, record, scheduler);
}

async function send(session: Session, sampler: Sampler, start: Start): Promise<StartResult> {
  if (sampler.inside !== true) return session.execute(start);
  const since = session.history.revision;
  return session.execute({
    ...start,
    suggest: (number, events) => {
      session.absorb(since, events);
      const { until = null, bracket = null } = start;
      const queued = session.history.record(number);
      const made = suggest(
        sampler,
        session.history,
        wanted(session.info.spec.seed, {
          number,
          until: queued?.until ?? until,
          bracket: queued?.bracket ?? bracket,
          fixed: queued?.fixed ?? null,
        }),
      );
      if (!isThenable(made)) return made;
      throw new VernierError(
        "E_SAMPLER_INSIDE",
        `the sampler "${sampler.name}" answered with a promise although it is "inside". A suggestion inside a transaction cannot wait. ` +
          `Remove inside: true from the sampler.`,
      );
    },
  });
}

/** What the scheduler wants next. Trials that wait already go first: they are promises made. */
async function scheduled(
  session: Session,
  sampler: Sampler,
  scheduler: Scheduler,
  start: Start,
): Promise<StartResult | undefined> {
  for (;;) {
    if (start.claim !== false) {
      const waiting = await send(session, sampler, { ...start, create: false });
      if (waiting.trial !== null) return waiting;
    }
    await session.refresh();
    const { history } = session;
    const move = scheduler.next?.({ history, rng: stream(session.info.spec.seed, history.size, "next") }) ?? "wait";
    if (move === "wait") return undefined;
    if ("start" in move) return send(session, sampler, { ...start, ...move.start });
    try {
      const { owner, lease } = start;
      const until = move.until === undefined ? {} : { until: move.until };
      return await session.execute({ type: "resume", number: move.resume, owner, lease, ...until });
    } catch (error) {
      if (!isLost(error)) throw error; // another worker was quicker: look again
    }
  }
}

async function suggestOutside(
  session: Session,
  sampler: Sampler,
  trial: LiveTrial,
  record: TrialRecord,
): Promise<Params> {
  const { number, attempt } = trial;
  try {
    for (let tries = 0; ; tries++) {
      const { history } = session;
      const basis = history.revision;
      const made = await unhurried(session, suggest(sampler, history, wanted(session.info.spec.seed, record)));
      const { params, why, key } = made;
      // A configuration that the sampler knew to be taken is a repeat on purpose.
      const unique = key !== undefined && tries < DUPLICATES && history.seen(key) === 0 ? { unique: key } : {};
      const answer = await session.execute({
        type: "suggest",
        number,
        attempt,
        params,
        basis,
        sampler: made.sampler,
        ...(why !== undefined && { why }),
        ...unique,
      });
      if (answer === "ok") return session.history.params(number) ?? params;
    }
  } catch (error) {
    await trial.release().catch(() => trial.drop()); // the first error is the one to tell
    throw error;
  }
}

/** Waits for a suggestion that takes its time, during which its history stands still. */
async function unhurried(session: Session, made: Suggestion | Promise<Suggestion>): Promise<Suggestion> {
  if (!isThenable(made)) return made;
  const unpin = session.pin();
  try {
    return await made;
  } finally {
    unpin();
  }
}

interface Beginning {
  readonly step: number;
  readonly hash: string;
}

/** The checkpoint a start continues from: its own, else the one it inherits. */
function beginning(record: TrialRecord): Beginning | undefined {
  const { checkpoint, parent } = record;
  if (checkpoint !== null) return checkpoint;
  return parent?.checkpoint === undefined ? undefined : { step: parent.step ?? 0, hash: parent.checkpoint };
}

async function resumedFrom(trial: LiveTrial, session: Session, from: Beginning): Promise<TrialContext["resumed"]> {
  try {
    return { step: from.step, checkpoint: await session.storage.artifacts.get(from.hash) };
  } catch (error) {
    // Starting over costs time; refusing to start would cost the trial.
    trial.log(`Starting over: the checkpoint of step ${from.step} cannot be read. ${trialError(error).message}`);
    return undefined;
  }
}
