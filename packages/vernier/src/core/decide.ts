/**
 * Every rule about what may happen to a trial, as one pure function: a command and what the storage shows of the study give the
 * events to append. Storages contain no rules; they load rows, call this inside a transaction and write what it says.
 */
import { VernierError } from "./errors.ts";
import { describe, jsonCopy, metricsCopy, recordCopy } from "./json.ts";
import { memberAt } from "./member.ts";
import { held, known, live, unfinished } from "./rules.ts";
import { decideStart, leaseUntil, startBody } from "./start.ts";
import {
  FINISHED,
  type Command,
  type EventBody,
  type Json,
  type Params,
  type Queued,
  type TrialRecord,
} from "./types.ts";
import type { Lease, View } from "./view.ts";

/** What a command comes to. A result that shows a trial (`handsOut`) is completed with the record after the events. */
export interface Decision {
  readonly events: readonly EventBody[];
  readonly result: unknown;
  /** The trial of a `StartResult`; null when there was none to hand out. */
  readonly handsOut?: number | null;
  /** A new lease for a trial. Ends of attempts drop leases by themselves. */
  readonly lease?: { readonly number: number; readonly lease: Lease };
  /** The configuration key to remember for a trial. */
  readonly key?: { readonly number: number; readonly key: string };
}

const NOTHING: Decision = Object.freeze({ events: Object.freeze([]), result: null });

/**
 * Decides one command at storage time `now` (ms).
 *
 * @throws VernierError E_STUDY_DELETED, E_TRIAL_UNKNOWN, E_TRIAL_DELETED, E_TRIAL_FINISHED, E_TRIAL_STATE, E_TRIAL_SUGGESTED,
 * E_LEASE_LOST, E_REPORT_STEP, E_METRICS, E_PARAMS, E_PARAM_EXISTS, E_JSON, E_COMMAND. Nothing has happened then.
 */
export function decide(command: Command, view: View, now: number): Decision {
  const study = view.study();
  if (study.deleted) {
    throw new VernierError(
      "E_STUDY_DELETED",
      `study "${study.spec.name}" is deleted. A deleted study takes no commands. Restore it first, or use another name.`,
    );
  }
  switch (command.type) {
    case "start":
      return decideStart(command, view, now);
    case "finish":
      return finish(command, view);
    case "report":
      return report(command, view);
    case "renew": {
      const record = held(view, command.number, command.attempt);
      const lease = view.lease(record.number);
      // An unleased trial never expires, so there is nothing to move.
      if (lease === undefined || lease.expires === null) return NOTHING;
      const expires = leaseUntil(command.lease, now);
      return { ...NOTHING, lease: { number: record.number, lease: { owner: lease.owner, expires } } };
    }
    case "queue":
      return queue(command, view);
    case "suggest":
      return suggest(command, view);
    case "param":
      return param(command, view);
    case "checkpoint": {
      const { number, attempt, size } = command;
      held(view, number, attempt);
      const step = checkedStep(command.step);
      const hash = checkedText("a checkpoint's hash", command.hash);
      return one({ type: "trial.checkpointed", number, attempt, step, hash, size: checkedSize(size) });
    }
    case "artifact": {
      unfinished(view, command.number);
      const { name, hash, size, type } = command.artifact;
      checkedText("an artifact's name", name);
      checkedText("an artifact's hash", hash);
      const artifact = Object.freeze({ name, hash, size: checkedSize(size), ...(type !== undefined && { type }) });
      return one({ type: "trial.artifact", number: command.number, artifact });
    }
    case "log": {
      const { number, attempt, text } = command;
      held(view, number, attempt);
      if (typeof text !== "string") throw badField("the text of a log", text, "a string");
      return one({ type: "trial.logged", number, attempt, text });
    }
    case "pause": {
      held(view, command.number, command.attempt);
      return one({ type: "trial.paused", number: command.number, attempt: command.attempt });
    }
    case "resume": {
      const { number, owner, lease } = command;
      const record = unfinished(view, number);
      if (record.state !== "paused") {
        throw new VernierError(
          "E_TRIAL_STATE",
          `trial ${number} is ${record.state}. Only a paused trial is resumed. Start it by number when it is waiting; ` +
            `otherwise leave it to its worker.`,
        );
      }
      const until = command.until === undefined ? {} : { until: checkedStep(command.until) };
      return {
        events: [startBody(record, number, owner, record.retries, until)],
        result: null,
        handsOut: number,
        lease: { number, lease: { owner, expires: leaseUntil(lease, now) } },
      };
    }
    case "release": {
      held(view, command.number, command.attempt);
      return one({ type: "trial.released", number: command.number, attempt: command.attempt });
    }
    case "fail":
      return fail(command, view);
    case "correct":
      return correct(command, view);
    case "annotate":
      return annotate(command, view);
    case "delete":
      return known(view, command.number).deleted ? NOTHING : one({ type: "trial.deleted", number: command.number });
    case "restore":
      return known(view, command.number).deleted ? one({ type: "trial.restored", number: command.number }) : NOTHING;
    case "edit":
      return one({ type: "study.edited", space: recordCopy(command.space, "E_JSON", "space") as never });
    case "configure": {
      const sampler = command.sampler && { sampler: recordCopy(command.sampler, "E_JSON", "sampler") as never };
      const scheduler = command.scheduler && {
        scheduler: recordCopy(command.scheduler, "E_JSON", "scheduler") as never,
      };
      return sampler || scheduler ? one({ type: "study.configured", ...sampler, ...scheduler }) : NOTHING;
    }
    case "close": {
      const events: EventBody[] = [];
      for (const { number, attempt } of view.paused()) {
        events.push({ type: "trial.finished", number, attempt, state: "pruned" });
      }
      return { events, result: { pruned: events.length } };
    }
    default:
      throw badField("a command's type", (command as { type: unknown }).type, "one of those of `Command`");
  }
}

type Of<T extends Command["type"]> = Extract<Command, { type: T }>;

function one(event: EventBody): Decision {
  return { events: [event], result: null };
}

function finish(command: Of<"finish">, view: View): Decision {
  const { number, attempt, state, metrics } = command;
  held(view, number, attempt);
  if (state !== "complete" && state !== "pruned") throw badField("a finishing state", state, '"complete" or "pruned"');
  if (metrics === undefined) {
    return one({ type: "trial.finished", number, attempt, state, ...(command.ranked === false && { ranked: false }) });
  }
  const copy = metricsCopy(metrics);
  if (command.ranked === false)
    return one({ type: "trial.finished", number, attempt, state, metrics: copy, ranked: false });
  return one({ type: "trial.finished", number, attempt, state, metrics: copy });
}

function report(command: Of<"report">, view: View): Decision {
  const { number, attempt } = command;
  held(view, number, attempt);
  const step = checkedStep(command.step);
  const metrics = metricsCopy(command.metrics);
  const last = view.lastReport(number, attempt);
  if (last !== undefined && step <= last.step) {
    // The same report again is what a client sends that did not hear the first answer.
    if (step === last.step && sameMetrics(last.metrics, metrics)) return NOTHING;
    throw new VernierError(
      "E_REPORT_STEP",
      `trial ${number} reported step ${step} after step ${last.step}. Steps grow within an attempt. ` +
        `Report all metrics of a step at once, or count the steps on.`,
      { details: { number, step, last: last.step } },
    );
  }
  return one({ type: "trial.reported", number, attempt, step, metrics });
}

function queue(command: Of<"queue">, view: View): Decision {
  const number = view.nextNumber();
  const events = [command, ...(command.others ?? [])].map((queued, i) => queuedBody(queued, number + i));
  return { events, result: { number } };
}

function queuedBody(queued: Queued, number: number): EventBody {
  const params = recordCopy(queued.params, "E_PARAMS", "params") as Params;
  const parent = queued.parent && { parent: recordCopy(queued.parent, "E_JSON", "parent") as never };
  return {
    type: "trial.queued",
    number,
    params,
    ...annotation(queued),
    ...parent,
    ...(queued.until !== undefined && { until: checkedStep(queued.until) }),
    ...(queued.bracket !== undefined && { bracket: queued.bracket }),
  };
}

function suggest(command: Of<"suggest">, view: View): Decision {
  const { number, attempt, basis, sampler, why, unique } = command;
  const record = held(view, number, attempt);
  if (record.params !== null) {
    throw new VernierError(
      "E_TRIAL_SUGGESTED",
      `trial ${number} already has its configuration. A trial's parameters are suggested once. Ask for a new trial.`,
    );
  }
  const params = recordCopy(command.params, "E_PARAMS", "params") as Params;
  if (unique !== undefined && view.keyTaken(unique, number)) return { events: [], result: "duplicate" };
  const body: EventBody = {
    type: "trial.suggested",
    number,
    attempt,
    params,
    basis,
    sampler,
    ...(why !== undefined && { why }),
  };
  return { events: [body], result: "ok", ...(unique !== undefined && { key: { number, key: unique } }) };
}

function param(command: Of<"param">, view: View): Decision {
  const { number, attempt, node } = command;
  const record = held(view, number, attempt);
  const name = checkedText("a parameter's name", command.name);
  const value = jsonCopy(command.value, "E_PARAMS", `params.${name}`) as Json;
  const path = command.path === undefined ? [name] : checkedPath(command.path);
  const recorded = record.params === null ? undefined : memberAt(record.params, path);
  const taken = recorded !== undefined;
  if (taken && command.redraw !== true) {
    const same = JSON.stringify(recorded) === JSON.stringify(value);
    if (same && node === undefined) return NOTHING;
    if (!same)
      throw new VernierError(
        "E_PARAM_EXISTS",
        `trial ${number} already has ${name} = ${JSON.stringify(recorded)}; got ${JSON.stringify(value)}. ` +
          `A parameter is drawn once a trial. Use the recorded value, or another name.`,
      );
  }
  const copy = node && { node: recordCopy(node, "E_JSON", `node of ${name}`) as never };
  return one({ type: "trial.param", number, attempt, name, value, ...copy, ...(path.length > 1 && { path }) });
}

function checkedPath(path: readonly string[]): readonly string[] {
  if (Array.isArray(path) && path.length > 0 && path.every(step => typeof step === "string" && step !== "__proto__"))
    return Object.freeze([...path]);
  throw badField("a parameter's path", path, "a list of names");
}

function fail(command: Of<"fail">, view: View): Decision {
  const { number, attempt, metrics } = command;
  const record = held(view, number, attempt);
  const error = recordCopy(command.error, "E_JSON", "error") as unknown as NonNullable<TrialRecord["error"]>;
  const spent = command.final === true || record.failures + 1 > record.retries;
  const state = spent ? "failed" : "waiting";
  const body: EventBody = {
    type: "trial.failed",
    number,
    attempt,
    state,
    error,
    ...(metrics !== undefined && { metrics: metricsCopy(metrics) }),
  };
  return { events: [body], result: { state } };
}

function correct(command: Of<"correct">, view: View): Decision {
  const { number, state, metrics } = command;
  const record = live(view, number);
  if (!FINISHED.has(record.state)) {
    throw new VernierError(
      "E_TRIAL_STATE",
      `trial ${number} is ${record.state}. Only what a finished trial was told can be corrected. Tell it instead.`,
    );
  }
  const reason = checkedText("a correction's reason", command.reason);
  if (state === undefined && metrics === undefined) {
    throw new VernierError(
      "E_COMMAND",
      `the correction of trial ${number} changes nothing. A correction gives a new state, new metrics or both. Add one.`,
    );
  }
  if (state !== undefined && !FINISHED.has(state)) {
    throw badField("a corrected state", state, '"complete", "pruned" or "failed"');
  }
  const copy = metrics && { metrics: metricsCopy(metrics) };
  return one({ type: "trial.corrected", number, ...(state && { state }), ...copy, reason });
}

function annotate(command: Of<"annotate">, view: View): Decision {
  const change = annotation(command);
  if (command.note !== undefined) change.note = command.note === null ? null : String(command.note);
  if (Object.keys(change).length === 0) return NOTHING;
  if (command.number === undefined) return one({ type: "study.annotated", ...change });
  live(view, command.number);
  return one({ type: "trial.annotated", number: command.number, ...change });
}

function annotation(command: { attrs?: Readonly<Record<string, Json>>; tags?: readonly string[] }): {
  attrs?: Record<string, Json>;
  tags?: readonly string[];
  note?: string | null;
} {
  const { attrs, tags } = command;
  return {
    ...(attrs !== undefined && { attrs: recordCopy(attrs, "E_JSON", "attrs") as Record<string, Json> }),
    ...(tags !== undefined && { tags: Object.freeze(tags.map(tag => checkedText("a tag", tag))) }),
  };
}

function sameMetrics(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every(name => Object.is(a[name], b[name]));
}

function checkedStep(step: number): number {
  if (typeof step === "number" && step >= 0 && step < Infinity) return step + 0;
  throw new VernierError(
    "E_REPORT_STEP",
    `a step is a finite number >= 0; got ${describe(step)}. It counts the resource (epochs, rows, tokens). Start at 0 or 1.`,
  );
}

function checkedSize(size: number): number {
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw badField("a size", size, "a whole number of bytes");
}

function checkedText(what: string, text: string): string {
  if (typeof text === "string" && text !== "") return text;
  throw badField(what, text, "a string that is not empty");
}

function badField(what: string, got: unknown, rule: string): VernierError {
  return new VernierError("E_COMMAND", `${what} is ${describe(got)}. It must be ${rule}. Check the call.`);
}
