/** The run loop: hands trials to an executor, a few at a time, until a limit is reached. */
import { ask } from "./ask.ts";
import { systemClock } from "./clock.ts";
import { VernierError } from "./errors.ts";
import { Evaluation, giveBack, type Ending } from "./evaluation.ts";
import { Front, reachesTargets } from "./front.ts";
import { isLost, LEASE } from "./leases.ts";
import { SlotPool } from "./slots.ts";
import { hasCode, trialError } from "./result.ts";
import type { Limits } from "./run-options.ts";
import type { Session } from "./session.ts";
import type { RunSummary, StopReason } from "./study-types.ts";
import type { LiveTrial } from "./trial.ts";
import { STATE, type Executor, type TrialError } from "./types.ts";

/** Look again this often when only others can change something, ms. */
const POLL = 1000;
/** An objective that never waits would never let timers and Ctrl-C through: the loop lets them through this often, ms. */
const BREATH = 50;
/** Spaces up to this size are counted exactly, `where` respected, to know when all of it was tried. */
const COUNTABLE = 1_000_000;

/** Runs until a limit is reached. Rejects when the storage or the sampler fails; trials that fail are part of the summary. */
export async function run(session: Session, executor: Executor, limits: Limits): Promise<RunSummary> {
  const needs = limits.needs ?? executor.needs;
  const slots = limits.slots || needs ? new SlotPool(limits.slots ?? {}, needs ?? {}) : undefined;
  const fit = slots === undefined || slots.size === Infinity ? undefined : slots.size;
  const wanted = Math.min(limits.concurrency ?? fit ?? Infinity, fit ?? Infinity);
  const { clock } = session;
  const began = clock.now();
  const binding = executor.bind?.(session.info.spec, { concurrency: wanted === Infinity ? undefined : wanted });
  const bound = binding === undefined ? executor : await unlessStopped(binding, session, limits);
  // Stopped while the executor was still loading: nothing is started.
  if (bound === undefined) {
    return new Run(session, executor, limits.signal?.aborted ? limits : { ...limits, timeout: 0 }, 1, slots).go();
  }
  const left = { ...limits, timeout: Math.max(0, limits.timeout - Math.max(0, clock.now() - began)) };
  const concurrency = Math.min(wanted === Infinity ? (bound.capacity ?? 1) : wanted, bound.capacity ?? Infinity);
  return new Run(session, bound, left, concurrency, slots).go();
}

/** The executor once it is bound, or undefined when the run's signal or time ends first: a module may take for ever to load. */
async function unlessStopped(
  binding: Promise<Executor> | Executor,
  { clock }: Session,
  { signal, timeout }: Limits,
): Promise<Executor | undefined> {
  const stops: (() => void)[] = [];
  const stopped = new Promise<undefined>(resolve => {
    const stop = (): void => resolve(undefined);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
    stops.push(() => signal?.removeEventListener("abort", stop));
    if (timeout < Infinity) stops.push(clock.timer(timeout, stop));
  });
  try {
    return await Promise.race([binding, stopped]);
  } finally {
    for (const stop of stops) stop();
  }
}

class Run {
  readonly #session: Session;
  readonly #executor: Executor;
  readonly #limits: Limits;
  readonly #concurrency: number;
  readonly #slots: SlotPool | undefined;
  readonly #front = new Front();
  readonly #running = new Map<number, Evaluation>();
  /** Every trial this run has started. */
  readonly #mine = new Set<number>();
  /** Trials of this run with an attempt left. */
  readonly #retry: number[] = [];
  /** Asks under way that may bring a trial not in `#mine`. */
  #asking = 0;
  #reason: StopReason | undefined;
  /** No waiting for what runs: the run was stopped from outside, or broke. */
  #halted: VernierError | undefined;
  #broken: { readonly error: unknown } | undefined;
  #deadline = Infinity;
  #breath = systemClock.now();
  #cancelGrace: (() => void) | undefined;
  /** Distinct configurations to try when nothing else limits the run. */
  #space = Infinity;
  /** A sampler said that it has nothing left. */
  #spent = false;
  #sinceBest = 0;
  #failuresInARow = 0;
  /** Since when only other workers' trials stand between us and `total`. */
  #waitingSince: number | undefined;
  /** Asks under way, by how to stop waiting for them: when the grace is over, a slow sampler is not waited for either. */
  readonly #asks = new Set<() => void>();
  readonly #counts = { complete: 0, pruned: 0, failed: 0, released: 0, retried: 0, lost: 0 };
  #error: TrialError | undefined;

  constructor(session: Session, executor: Executor, limits: Limits, concurrency: number, slots: SlotPool | undefined) {
    this.#session = session;
    this.#executor = executor;
    this.#limits = limits;
    this.#concurrency = concurrency;
    this.#slots = slots;
  }

  async go(): Promise<RunSummary> {
    const { clock, history } = this.#session;
    const { signal, timeout } = this.#limits;
    const began = clock.now();
    if (this.#unbounded()) this.#space = countSpace(history.codec);
    const onAbort = (): void => this.#halt("signal", "the run was stopped by its signal");
    const stops: (() => void)[] = [];
    if (signal?.aborted) onAbort();
    else if (signal) {
      signal.addEventListener("abort", onAbort);
      stops.push(() => signal.removeEventListener("abort", onAbort));
    }
    if (timeout < Infinity) {
      this.#deadline = began + timeout;
      stops.push(clock.timer(timeout, () => this.#halt("timeout", "the run reached its timeout")));
    }
    stops.push(this.#session.onClose(() => this.#halt("close", "the study is being closed")));
    // Never more of them than the slots have room for, so that a trial that was asked for can start at once.
    const loops = Array.from({ length: Math.min(this.#concurrency, this.#limits.trials) }, () => this.#loop());
    await Promise.all(loops);
    for (const stop of stops) stop();
    this.#cancelGrace?.();
    if (this.#broken) throw this.#broken.error;
    if (this.#halted === undefined) await this.#prunePaused();
    return {
      reason: this.#reason ?? this.#limit(),
      started: this.#mine.size,
      ...this.#counts,
      duration: clock.now() - began,
      error: this.#error,
    };
  }

  async #loop(): Promise<void> {
    try {
      for (let trial = await this.#next(); trial !== undefined; trial = await this.#next()) await this.#evaluate(trial);
    } catch (error) {
      // Only storage and sampler get here. What runs is given back, if the storage still listens.
      this.#broken ??= { error };
      this.#halt("idle", "the run broke off");
    }
  }

  // ------------------------------------------------------------------------------------------------------ the next trial

  /** The next trial to evaluate; undefined when this loop is done. */
  async #next(): Promise<LiveTrial | undefined> {
    for (;;) {
      const now = systemClock.now();
      if (now - this.#breath >= BREATH) {
        await new Promise<void>(resolve => systemClock.timer(0, resolve));
        this.#breath = systemClock.now();
      }
      if (this.#isOver()) return undefined;
      const again = this.#retry.shift();
      if (again !== undefined) {
        const trial = await this.#ask({ only: again });
        if (trial !== undefined) return trial;
        continue;
      }
      const room = this.#room();
      if (room === "none") return undefined;
      const { total } = this.#limits;
      const trial = await this.#ask(room === "start" ? (total < Infinity ? { total } : {}) : { create: false });
      if (trial !== undefined) {
        this.#waitingSince = undefined;
        return trial;
      }
      if (this.#isOver() || this.#spent) continue;
      if (this.#room() !== room) continue; // others were quicker, as the answer told
      if (room === "start" && !this.#anyRunning()) {
        // The scheduler has nothing to start and nothing is under way that could change that.
        this.#reason ??= "idle";
        return undefined;
      }
      if (room === "claim") this.#waitingSince ??= this.#session.clock.now();
      await this.#session.changed(POLL);
      if (!this.#session.closed) await this.#session.refresh();
    }
  }

  async #ask(how: { only?: number; create?: boolean; total?: number }): Promise<LiveTrial | undefined> {
    this.#asking++;
    try {
      const asked = ask(this.#session, { ...how, retries: this.#limits.retries });
      const { sampler } = this.#session;
      const trial = await ("inside" in sampler && sampler.inside ? asked : this.#patiently(asked));
      if (trial !== undefined) this.#mine.add(trial.number);
      return trial;
    } catch (error) {
      if (how.only !== undefined && isLost(error)) return undefined; // somebody else was quicker
      if (!hasCode(error, "E_SPACE_EXHAUSTED")) throw error;
      this.#spent = true;
      return undefined;
    } finally {
      this.#asking--;
    }
  }

  /** What was asked of a sampler that may take its time, or undefined once the grace is over; what still comes then goes back. */
  #patiently(asked: Promise<LiveTrial | undefined>): Promise<LiveTrial | undefined> {
    return new Promise((resolve, reject) => {
      let waiting = true;
      const giveUp = (): void => {
        waiting = false;
        resolve(undefined);
      };
      this.#asks.add(giveUp);
      asked.then(
        trial => {
          this.#asks.delete(giveUp);
          if (waiting) resolve(trial);
          else trial?.release().catch(() => trial.drop());
        },
        (error: unknown) => {
          this.#asks.delete(giveUp);
          reject(error as Error);
        },
      );
    });
  }

  #isOver(): boolean {
    if (this.#deadline < Infinity && this.#session.clock.now() >= this.#deadline) {
      this.#halt("timeout", "the run reached its timeout");
    }
    return this.#reason !== undefined;
  }

  /** Whether another trial may begin: a new one, only one that others left behind, or none. */
  #room(): "start" | "claim" | "none" {
    const { trials, total } = this.#limits;
    const { distinct, finishedCount } = this.#session.history;
    if (this.#mine.size + this.#asking >= trials) return "none";
    if (this.#spent || distinct + this.#asking >= this.#space) return "none";
    if (total === Infinity) return "start";
    const sure = finishedCount + this.#running.size + this.#asking;
    if (sure >= total) return "none";
    if (sure + this.#othersRunning() < total) return "start";
    // Trials of other workers will count when they finish. One whose worker died is claimed once its lease is over; what still runs
    // after that is in good hands, or was taken without a lease: nothing to wait for.
    const waited = this.#session.clock.now() - (this.#waitingSince ?? Infinity);
    return waited > LEASE + POLL ? "none" : "claim";
  }

  /** Which limit left no room. */
  #limit(): StopReason {
    const { trials, total } = this.#limits;
    if (this.#mine.size >= trials) return "trials";
    return this.#spent || total === Infinity ? "space" : "total";
  }

  #othersRunning(): number {
    const { pending, states } = this.#session.history;
    return pending.filter(number => states[number] === STATE.running && !this.#running.has(number)).length;
  }

  #anyRunning(): boolean {
    return this.#running.size + this.#asking + this.#retry.length > 0 || this.#othersRunning() > 0;
  }

  #unbounded(): boolean {
    const { trials, total, timeout, patience, stopAtTarget, signal } = this.#limits;
    return Math.min(trials, total, timeout, patience) === Infinity && !stopAtTarget && signal === undefined;
  }

  // ---------------------------------------------------------------------------------------------------------- evaluating

  async #evaluate(trial: LiveTrial): Promise<void> {
    if (this.#halted) return this.#count(trial, await giveBack(trial));
    const held = this.#slots?.take();
    trial.slots = held;
    const evaluation = new Evaluation(this.#session, this.#executor, trial, this.#limits);
    this.#running.set(trial.number, evaluation);
    try {
      this.#count(trial, await evaluation.run(() => this.#halted !== undefined));
    } finally {
      this.#running.delete(trial.number);
      if (held !== undefined) this.#slots?.give(held);
    }
  }

  #count(trial: LiveTrial, ending: Ending): void {
    const { error } = ending;
    if (error !== undefined) this.#error = trialError(error);
    switch (ending.how) {
      case "released":
      case "lost":
        this.#counts[ending.how]++;
        return;
      case "waiting":
        this.#counts.retried++;
        this.#retry.push(trial.number);
        return;
      case "ended":
        this.#tally(trial);
        if (error === undefined || ++this.#failuresInARow < this.#limits.maxConsecutiveFailures) return;
        this.#broken ??= { error: failing(this.#failuresInARow, trial.number, error) };
        this.#halt("idle", "the run broke off");
    }
  }

  /** Counts a finished trial, and looks whether the search is over. */
  #tally({ number }: LiveTrial): void {
    const { history } = this.#session;
    const state = history.record(number)?.state;
    if (state !== "complete" && state !== "pruned" && state !== "failed") return;
    this.#counts[state]++;
    if (state !== "failed") this.#failuresInARow = 0;
    const { patience, stopAtTarget } = this.#limits;
    if (stopAtTarget && reachesTargets(history, number)) this.#reason ??= "target";
    if (patience === Infinity) return;
    const front = this.#front.of(history);
    const better = front.includes(number) && (front.length === 1 || history.objectives.length > 1);
    this.#sinceBest = better ? 0 : this.#sinceBest + 1;
    if (this.#sinceBest >= patience) this.#reason ??= "patience";
  }

  // ------------------------------------------------------------------------------------------------------------ stopping

  /** Ends the run now: what runs is told so, and abandoned after the grace. */
  #halt(reason: StopReason, why: string): void {
    if (this.#halted) return;
    this.#reason = this.#reason ?? reason;
    this.#halted = new VernierError("E_RUN_STOPPED", `${why}. The trial goes back to waiting. Let this error pass.`);
    for (const { trial } of this.#running.values()) trial.abort(this.#halted);
    this.#session.wake();
    this.#cancelGrace = this.#session.clock.timer(this.#limits.grace, () => {
      for (const running of this.#running.values()) running.abandon();
      for (const giveUp of this.#asks) giveUp();
    });
  }

  /** The search is over: nobody will continue what is paused, unless another worker still runs. */
  async #prunePaused(): Promise<void> {
    const { pending, states } = this.#session.history;
    if (!pending.some(number => states[number] === STATE.paused) || this.#othersRunning() > 0) return;
    const { pruned } = await this.#session.execute({ type: "close" });
    this.#counts.pruned += pruned;
  }
}

function countSpace(codec: { readonly size: number; enumerate(): IterableIterator<unknown> }): number {
  if (codec.size > COUNTABLE) return codec.size;
  let count = 0;
  for (const _ of codec.enumerate()) count++;
  return count;
}

function failing(times: number, number: number, cause: unknown): VernierError {
  return new VernierError(
    "E_RUN_FAILING",
    `${times} trials in a row failed, the last one, trial ${number}, with: ${trialError(cause).message} ` +
      `The run stops after maxConsecutiveFailures=${times}. Mend the objective and run again; what is stored is kept.`,
    { cause },
  );
}
