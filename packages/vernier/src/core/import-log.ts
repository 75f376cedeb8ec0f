/** A log from elsewhere, event by event: what could not have happened is refused in the words of `decide`, the rest is projected. */
import { compile, fromJson } from "../space/index.ts";
import type { SpaceJson } from "../space/types.ts";
import { VernierError } from "./errors.ts";
import { checkedEvent } from "./event-shape.ts";
import { held, live, unfinished } from "./rules.ts";
import { project, type Transaction } from "./transact.ts";
import { FINISHED, type StudySpec, type TimedEvent, type TrialRecord } from "./types.ts";
import type { View } from "./view.ts";

/** How far ahead of the storage's clock an event may lie, ms: clocks differ, but a year 9999 would make every later lease last for ever. */
const AHEAD = 24 * 3600 * 1000;

type Of<T extends TimedEvent["type"]> = Extract<TimedEvent, { type: T }>;

export interface ImportOptions {
  /** Time of "study.created", which is in the log already. */
  readonly createdAt: number;
  /** The storage's clock. */
  readonly now: number;
}

/** When a study with this past was created. */
export function creationOf(
  events: readonly TimedEvent[],
  options: { readonly createdAt?: number } | undefined,
  now: number,
): number {
  const at: unknown = options?.createdAt ?? events[0]?.at ?? now;
  // A first event without a time is refused where it is read.
  return typeof at === "number" && Number.isFinite(at) ? Math.min(at, now + AHEAD) : now;
}

/**
 * Puts a log into a study that holds only its "study.created". `write` appends and projects, so that the view shows what came before.
 *
 * @throws VernierError E_LOG_BROKEN, naming the event's place; the caller undoes what was written.
 */
export function importEvents(
  view: View,
  write: (transaction: Transaction<unknown>) => void,
  spec: StudySpec,
  events: readonly TimedEvent[],
  { createdAt, now }: ImportOptions,
): void {
  const log = new ImportedLog(view, spec, createdAt);
  for (let i = 0; i < events.length; i++) {
    try {
      const event = checkedEvent(events[i]);
      log.check(event, i, now);
      write({ ...UNCHANGED, changes: [project(view, event, event.at)] });
    } catch (error) {
      throw atPlace(error, events[i], i);
    }
  }
  log.checkEnd(events.length);
  for (const number of log.running()) {
    const lease = { owner: log.ownerOf(number), expires: now };
    write({ ...UNCHANGED, lease: { number, lease } });
  }
  const codec = log.space.dynamic ? undefined : compile(log.space as never);
  if (codec === undefined || codec.size === Infinity) return;
  for (let number = 0; number < log.size; number++) {
    const params = view.trial(number)?.params;
    if (params && codec.check(params).length === 0) {
      write({ ...UNCHANGED, key: { number, key: codec.key(params) } });
    }
  }
}

const UNCHANGED: Transaction<null> = Object.freeze({ result: null, changes: [], lease: undefined, key: undefined });

class ImportedLog {
  readonly #view: View;
  /** The space in force. */
  space: SpaceJson;
  #last: number;
  #deleted = false;
  /** Kept here: a storage may have to look for it. */
  #next = 0;
  readonly #owners = new Map<number, string>();

  constructor(view: View, spec: StudySpec, createdAt: number) {
    this.#view = view;
    this.space = spec.space;
    this.#last = createdAt;
  }

  /** Trials so far. */
  get size(): number {
    return this.#next;
  }

  /** Trials that nobody runs here, though the log says that somebody does. */
  *running(): Iterable<number> {
    for (const number of this.#owners.keys()) if (this.#view.trial(number)?.state === "running") yield number;
  }

  ownerOf(number: number): string {
    return this.#owners.get(number) ?? "";
  }

  checkEnd(length: number): void {
    if (!this.#deleted) return;
    throw new VernierError(
      "E_LOG_BROKEN",
      `the log ends with the study deleted (${length} events). A deleted study is not imported. Restore it where it comes from.`,
      { details: { position: length - 1 } },
    );
  }

  check(event: TimedEvent, position: number, now: number): void {
    const { at } = event;
    if (at < this.#last) {
      throw impossible(
        `it is at ${time(at)}, before ${time(this.#last)} of the one before it`,
        "Time never runs backwards",
      );
    }
    if (at > now + AHEAD) {
      throw impossible(`it is at ${time(at)}, and now it is ${time(now)}`, "An event lies at most a day in the future");
    }
    this.#last = at;
    if (this.#deleted && event.type !== "study.restored") {
      throw impossible("the study is deleted there", "A deleted study takes no commands");
    }
    this.#happens(event, position + 2);
  }

  #happens(event: TimedEvent, revision: number): void {
    switch (event.type) {
      case "study.edited":
        this.space = fromJson(event.space);
        return;
      case "study.deleted":
        this.#deleted = true;
        return;
      case "study.restored":
        if (!this.#deleted) throw impossible("the study is not deleted there", "Only a deleted study is restored");
        this.#deleted = false;
        return;
      case "trial.queued":
        return this.#isNext(event.number);
      case "trial.started":
        return this.#starts(event, revision);
      case "trial.suggested": {
        const record = held(this.#view, event.number, event.attempt);
        return checkSuggestion(record, event.basis, revision);
      }
      case "trial.reported":
        return this.#reports(event);
      case "trial.param":
      case "trial.checkpointed":
      case "trial.logged":
      case "trial.paused":
      case "trial.released":
        held(this.#view, event.number, event.attempt);
        return;
      case "trial.artifact":
        unfinished(this.#view, event.number);
        return;
      case "trial.failed": {
        const record = held(this.#view, event.number, event.attempt);
        if (event.state === "waiting" && record.failures + 1 > record.retries) {
          throw impossible(
            `trial ${event.number} has no attempt left (retries ${record.retries})`,
            "It is failed then, not waiting",
          );
        }
        return;
      }
      case "trial.finished": {
        const record = this.#view.trial(event.number);
        // Closing a study prunes its paused trials.
        if (
          record?.state === "paused" &&
          !record.deleted &&
          event.state === "pruned" &&
          event.attempt === record.attempt
        )
          return;
        held(this.#view, event.number, event.attempt);
        return;
      }
      case "trial.corrected": {
        const { state } = live(this.#view, event.number);
        if (!FINISHED.has(state))
          throw impossible(`trial ${event.number} is ${state}`, "Only a finished trial is corrected");
        return;
      }
      case "trial.annotated":
        live(this.#view, event.number);
        return;
      case "trial.deleted":
        live(this.#view, event.number);
        return;
      case "trial.restored": {
        const record = this.#view.trial(event.number);
        if (record?.deleted) return;
        throw impossible(
          record ? `trial ${event.number} is not deleted` : `there is no trial ${event.number}`,
          "Only a deleted trial is restored",
        );
      }
    }
  }

  #isNext(number: number): void {
    if (number < this.#next) throw impossible(`there is a trial ${number} already`, "A number is given once");
    if (number > this.#next) {
      throw impossible(`the next new trial is ${this.#next}, not ${number}`, "Numbers are 0, 1, 2, ... without gaps");
    }
    this.#next++;
  }

  #starts(event: Of<"trial.started">, revision: number): void {
    const { number, attempt, lost } = event;
    this.#owners.set(number, event.owner);
    const known = number < this.#next ? live(this.#view, number) : undefined;
    if (known === undefined) this.#isNext(number);
    const before = known?.attempt ?? 0;
    if (attempt !== before + 1) {
      throw impossible(
        `attempt ${attempt} of trial ${number} starts after attempt ${before}`,
        "Attempts are numbered by start",
      );
    }
    const state = known?.state ?? "waiting";
    if (FINISHED.has(state)) throw impossible(`trial ${number} is ${state}`, "A finished trial does not start again");
    if (state === "running" && !lost) {
      throw impossible(
        `trial ${number} is running`,
        "Only a lost attempt is taken over, and then the start says lost: true",
      );
    }
    if (state !== "running" && lost) throw impossible(`trial ${number} is ${state}`, "Only a running attempt is lost");
    if (event.params === undefined) {
      if (event.basis === undefined && event.sampler === undefined) return;
      throw impossible("it has a basis or a sampler, but no params", "A suggestion has all three");
    }
    if (event.basis === undefined || event.sampler === undefined) {
      throw impossible("it has params, but no basis or sampler", "A suggestion has all three");
    }
    checkSuggestion(known, event.basis, revision);
  }

  #reports({ number, attempt, step }: Of<"trial.reported">): void {
    const record = held(this.#view, number, attempt);
    if (record.last === null) return;
    const last = this.#view.lastReport(number, attempt);
    if (last === undefined || step > last.step) return;
    throw impossible(`trial ${number} reports step ${step} after step ${last.step}`, "Steps grow within an attempt");
  }
}

function checkSuggestion(record: TrialRecord | undefined, basis: number | string, revision: number): void {
  if (record !== undefined && record.params !== null) {
    throw impossible(`trial ${record.number} already has its configuration`, "Parameters are suggested once a trial");
  }
  if (typeof basis === "number" && basis < revision) return;
  throw impossible(
    `its basis ${basis} is not before its own revision ${revision}`,
    "A sampler reads only what is past",
  );
}

function impossible(fact: string, rule: string): VernierError {
  return new VernierError("E_LOG_BROKEN", `${fact}. ${rule}.`);
}

function time(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}

/** The error with the event's place in front. Errors of the storage itself pass as they are. */
function atPlace(error: unknown, event: unknown, position: number): unknown {
  if (!(error instanceof VernierError) || error.code.startsWith("E_STORAGE_")) return error;
  const { type, number } = (event ?? {}) as { type?: unknown; number?: unknown };
  const about = Number.isSafeInteger(number) ? ` of trial ${String(number)}` : "";
  const what = typeof type === "string" ? ` (${type.slice(0, 60)}${about})` : "";
  return new VernierError(
    "E_LOG_BROKEN",
    `event ${position + 1} of the log${what} cannot be imported: ${error.message} ` +
      `A log is read whole or not at all. Mend the event, or export the study again.`,
    { cause: error, details: { position, ...(typeof type === "string" && { type }) } },
  );
}
