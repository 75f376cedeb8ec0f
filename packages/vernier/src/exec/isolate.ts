/** One attempt in a thread or a process: the protocol's course, whatever carries it. */
import { VernierError } from "../core/errors.ts";
import type { Clock, Outcome, TrialContext } from "../core/types.ts";
import { withTail } from "./exit-error.ts";
import { Host } from "./host.ts";
import {
  fromWire,
  toWire,
  type LoadMessage,
  type ResultMessage,
  type RunMessage,
  type ToWorker,
} from "./isolated/protocol.ts";

/** What carries one trial to a thread or process and back. */
export interface Carrier {
  /** Rejects when the thread or process ended without a result, with the reason. */
  readonly result: Promise<ResultMessage>;
  tell(message: ToWorker): void;
  /** Ends the thread or process at once; `result` rejects. */
  kill(): void;
  /** What it printed last. */
  tail(): readonly string[];
  /** Nobody listens any longer. */
  release(): void;
}
export type Start = (message: RunMessage | LoadMessage, host: Host | undefined) => Carrier;

/** A trial that is being evaluated, for `close`. */
export interface Running {
  stop(reason: VernierError): void;
  readonly done: Promise<unknown>;
}

export interface IsolateOptions {
  readonly clock: Clock;
  /** From an abort to the kill, ms. */
  readonly grace: number;
  readonly running: Set<Running>;
}

let ids = 0;

/** Loads the module somewhere, so that what cannot work in any trial is thrown before the first one. */
export async function preload(start: Start): Promise<void> {
  const carrier = start({ type: "load", id: ++ids }, undefined);
  const { error } = await carrier.result;
  carrier.release();
  if (error !== undefined) throw fromWire(error);
}

/**
 * Evaluates one attempt. An abort is told to the objective; what has not ended after the grace is killed. Nothing is written for the trial
 * any more once this has settled.
 */
export async function isolate(trial: TrialContext, options: IsolateOptions, start: Start): Promise<Outcome> {
  const id = ++ids;
  const { number, attempt, params, until, resumed, slots } = trial;
  let aborted: { readonly reason: unknown } | undefined;
  /** Why it was killed. */
  let stopped: { readonly reason: unknown } | undefined;
  let cancel: (() => void) | undefined;
  let carrier: Carrier | undefined;
  const host = new Host(id, trial, message => carrier?.tell(message));
  const forget = onAbort(trial, reason => {
    aborted = { reason };
    carrier?.tell({ type: "abort", id, error: toWire(reason) });
    cancel = options.clock.timer(options.grace, () => {
      stopped ??= { reason };
      carrier?.kill();
    });
  });
  let running: Running | undefined;
  try {
    if (aborted !== undefined) throw (aborted as { readonly reason: unknown }).reason;
    const started = start({ type: "run", id, number, attempt, params, until, resumed, slots }, host);
    carrier = started;
    const { result } = started;
    running = {
      stop: reason => {
        stopped ??= { reason };
        started.kill();
      },
      done: result.catch(() => undefined),
    };
    options.running.add(running);
    const { sent, outcome, error } = await result;
    await host.caughtUp(sent);
    if (error !== undefined) throw withTail(fromWire(error), started.tail());
    return outcome as Outcome;
  } catch (error) {
    await host.quiet();
    throw stopped === undefined ? error : withTail((stopped as { reason: unknown }).reason, carrier?.tail() ?? []);
  } finally {
    forget();
    cancel?.();
    if (running !== undefined) options.running.delete(running);
    carrier?.release();
  }
}

function onAbort(trial: TrialContext, listener: (reason: unknown) => void): () => void {
  if (trial.onAbort !== undefined) return trial.onAbort(listener);
  const { signal } = trial;
  const tell = (): void => listener(signal.reason);
  if (signal.aborted) tell();
  else signal.addEventListener("abort", tell);
  return () => signal.removeEventListener("abort", tell);
}

export const closedError = (): VernierError =>
  new VernierError(
    "E_EXECUTOR_CLOSED",
    "the executor was closed while the trial ran. Closing ends every thread and process. Let the trials end first.",
  );

/** Ends what still runs, as a timeout would. */
export async function stopAll(running: Set<Running>): Promise<void> {
  const reason = closedError();
  const all = [...running];
  for (const { stop } of all) stop(reason);
  await Promise.all(all.map(({ done }) => done));
}
