/** Keeps the leases of the trials this process holds alive: one background timer for all of them. */
import { hasCode } from "./result.ts";
import type { Clock, Storage, StudyInfo } from "./types.ts";

/** How long a lease lasts between renewals, ms. */
export const LEASE = 60_000;

/** A trial as far as its lease is concerned. */
interface Held {
  readonly number: number;
  readonly attempt: number;
  /** Called when another worker has taken the trial over. */
  abort(reason: unknown): void;
}

/** Renews each lease at a third of its length, so that two renewals may fail before it expires. */
export class Leases {
  readonly #held = new Map<number, { readonly trial: Held; readonly lease: number }>();
  readonly #storage: Storage;
  readonly #id: StudyInfo["id"];
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;
  #every = Infinity;

  constructor(storage: Storage, id: StudyInfo["id"], clock: Clock) {
    this.#storage = storage;
    this.#id = id;
    this.#clock = clock;
  }

  add(trial: Held, lease: number): void {
    this.#held.set(trial.number, { trial, lease });
    if (lease / 3 < this.#every) {
      this.#every = lease / 3;
      this.#cancel?.();
      this.#cancel = undefined;
    }
    // The timer outlives the trial that set it: arming one for each would cost more than the trial.
    this.#cancel ??= this.#clock.timer(this.#every, () => this.#renew(), true);
  }

  drop(trial: Held): void {
    if (this.#held.get(trial.number)?.trial === trial) this.#held.delete(trial.number);
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#held.clear();
  }

  #renew(): void {
    this.#cancel = undefined;
    if (this.#held.size === 0) {
      this.#every = Infinity;
      return;
    }
    this.#cancel = this.#clock.timer(this.#every, () => this.#renew(), true);
    for (const { trial, lease } of this.#held.values()) {
      const { number, attempt } = trial;
      this.#storage.execute(this.#id, { type: "renew", number, attempt, lease }).catch((error: unknown) => {
        // A storage that is out of reach now may answer the next time; until then the lease runs on.
        if (!isLost(error)) return;
        this.drop(trial);
        trial.abort(error);
      });
    }
  }
}

/** Whether an error says that a trial is no longer ours to tell. */
export function isLost(error: unknown): boolean {
  return LOST.some(code => hasCode(error, code));
}
const LOST = ["E_LEASE_LOST", "E_TRIAL_FINISHED", "E_TRIAL_DELETED", "E_TRIAL_STATE"];
