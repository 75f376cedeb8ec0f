/** One attempt of one trial: evaluated by an executor, within its time, and written down as it ended. */
import { VernierError } from "./errors.ts";
import { isLost } from "./leases.ts";
import { hasCode, readable } from "./result.ts";
import type { Limits } from "./run-options.ts";
import type { Session } from "./session.ts";
import type { LiveTrial } from "./trial.ts";
import type { Executor } from "./types.ts";

/** How an attempt ended. */
export interface Ending {
  /**
   * ended: told, pruned or failed. waiting: failed, with another attempt left. paused. released: given back unevaluated. lost: somebody
   * else ended or took over the trial.
   */
  readonly how: "ended" | "waiting" | "paused" | "released" | "lost";
  /** What made the attempt fail. */
  readonly error?: unknown;
}

type Settled = { readonly value: unknown } | { readonly error: unknown } | "abandoned";

/** Gives a trial back to be started again. */
export async function giveBack(trial: LiveTrial): Promise<Ending> {
  await trial.release();
  return { how: "released" };
}

export class Evaluation {
  readonly trial: LiveTrial;
  readonly #session: Session;
  readonly #executor: Executor;
  readonly #limits: Pick<Limits, "trialTimeout" | "grace">;
  #resolve: ((settled: Settled) => void) | undefined;
  #late: VernierError | undefined;
  #cancel: (() => void) | undefined;

  constructor(session: Session, executor: Executor, trial: LiveTrial, limits: Pick<Limits, "trialTimeout" | "grace">) {
    this.#session = session;
    this.#executor = executor;
    this.trial = trial;
    this.#limits = limits;
  }

  /** Stops waiting for the executor. */
  abandon(): void {
    this.#resolve?.("abandoned");
  }

  /** Rejects only when the storage fails. `halted` says whether the run is being stopped. */
  async run(halted: () => boolean): Promise<Ending> {
    const { trial } = this;
    this.#startTimer();
    try {
      const settled = await this.#settle();
      this.#cancel?.();
      return trial.ended ? { how: "ended" } : await this.#record(settled, halted);
    } catch (error) {
      if (!isLost(error) && !this.#session.closed) throw error;
      trial.drop();
      return { how: "lost" };
    } finally {
      this.#cancel?.();
    }
  }

  #startTimer(): void {
    const { trialTimeout, grace } = this.#limits;
    if (trialTimeout === undefined) return;
    const { clock } = this.#session;
    this.#cancel = clock.timer(trialTimeout, () => {
      this.#late = timeoutError(this.trial.number, trialTimeout);
      this.trial.abort(this.#late);
      this.#cancel = clock.timer(grace, () => this.abandon());
    });
  }

  #settle(): Promise<Settled> {
    return new Promise(resolve => {
      this.#resolve = resolve;
      try {
        Promise.resolve(this.#executor.run(this.trial)).then(
          value => resolve({ value }),
          (error: unknown) => resolve({ error: readable(error) }),
        );
      } catch (error) {
        resolve({ error: readable(error) });
      }
    });
  }

  /** Writes down how the evaluation ended. A result that came in spite of a stop is a result. */
  async #record(settled: Settled, halted: () => boolean): Promise<Ending> {
    const { trial } = this;
    if (this.#late) return this.#fail(withTail(this.#late, settled));
    if (settled === "abandoned") return giveBack(trial);
    if ("value" in settled) return this.#tell(settled.value);
    const { error } = settled;
    if (hasCode(error, "E_PRUNED")) {
      await trial.prune();
      return { how: "ended" };
    }
    if (hasCode(error, "E_PAUSED")) {
      await trial.pause();
      return { how: "paused" };
    }
    if (isLost(error) || hasCode(error, "E_STUDY_CLOSED")) {
      trial.drop();
      return { how: "lost" };
    }
    return halted() ? giveBack(trial) : this.#fail(error);
  }

  async #tell(value: unknown): Promise<Ending> {
    const { trial } = this;
    try {
      await trial.tell(value);
    } catch (error) {
      if (!hasCode(error, "E_RESULT")) throw error;
      if (!trial.stopped) return this.#fail(error);
      // A trial that was stopped anyway needs no result.
      await trial.prune();
    }
    return { how: "ended" };
  }

  async #fail(error: unknown): Promise<Ending> {
    const state = await this.trial.fail(error);
    return { how: state === "waiting" ? "waiting" : "ended", error };
  }
}

function timeoutError(number: number, ms: number): VernierError {
  return new VernierError(
    "E_TRIAL_TIMEOUT",
    `trial ${number} ran longer than ${ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`}, its trialTimeout. The attempt failed. ` +
      `Raise trialTimeout, or report and check trial.signal to end early.`,
    { details: { kind: "timeout" } },
  );
}

/** The last lines that the evaluation left behind, if it says. */
function withTail(late: VernierError, settled: Settled): VernierError {
  const error = settled !== "abandoned" && "error" in settled ? settled.error : undefined;
  const tail = (error as { details?: { tail?: unknown } } | undefined)?.details?.tail;
  if (typeof tail !== "string") return late;
  return new VernierError(late.code, late.message, { details: { kind: "timeout", tail }, cause: error });
}
