/** The limits of a run, checked and in milliseconds. */
import { checkOptionNames } from "./define.ts";
import { milliseconds } from "./duration.ts";
import { VernierError } from "./errors.ts";
import { spell } from "../space/spell.ts";
import { checkNeeds, checkSlots } from "./slots.ts";
import type { RunOptions } from "./study-types.ts";
import type { History, Needs, Slots } from "./types.ts";

/** Everything `run` needs to know; Infinity where there is no limit. */
export interface Limits {
  readonly trials: number;
  readonly total: number;
  /** undefined where it was not said. */
  readonly concurrency: number | undefined;
  readonly slots: Slots | undefined;
  readonly needs: Needs | undefined;
  readonly timeout: number;
  /** undefined for none: then no timers are made. */
  readonly trialTimeout: number | undefined;
  readonly retries: number;
  readonly signal: AbortSignal | undefined;
  readonly patience: number;
  readonly stopAtTarget: boolean;
  readonly maxConsecutiveFailures: number;
  readonly grace: number;
}

const NAMES: readonly (keyof RunOptions)[] = [
  "trials",
  "total",
  "concurrency",
  "slots",
  "needs",
  "timeout",
  "trialTimeout",
  "retries",
  "signal",
  "patience",
  "stopAtTarget",
  "maxConsecutiveFailures",
  "grace",
];

/**
 * @throws E_OPTION on an unknown name, E_RUN_OPTION on a bad value, E_DURATION, and E_RUN_UNBOUNDED when nothing would ever end the run.
 */
export function checkRunOptions(options: RunOptions, history: History): Limits {
  checkOptionNames("run()", options, NAMES);
  const { signal, stopAtTarget = false, trialTimeout } = options;
  if (signal !== undefined && !isSignal(signal)) {
    throw bad("signal", signal, "It must be an AbortSignal. Pass controller.signal.");
  }
  if (typeof stopAtTarget !== "boolean") throw bad("stopAtTarget", stopAtTarget, "It is true or false.");
  if (stopAtTarget && !history.objectives.some(objective => objective.target !== undefined)) {
    throw new VernierError(
      "E_RUN_OPTION",
      `run() got stopAtTarget, but no objective has a target. Give one: objectives: { loss: { direction: "minimize", target: 0.1 } }.`,
    );
  }
  const limits: Limits = {
    trials: whole("trials", options.trials, 1, Infinity),
    total: whole("total", options.total, 1, Infinity),
    concurrency: options.concurrency === undefined ? undefined : whole("concurrency", options.concurrency, 1, 1),
    slots: options.slots === undefined ? undefined : checkSlots(options.slots),
    needs: options.needs === undefined ? undefined : checkNeeds(options.needs),
    timeout: options.timeout === undefined ? Infinity : milliseconds(options.timeout, "timeout"),
    trialTimeout: trialTimeout === undefined ? undefined : milliseconds(trialTimeout, "trialTimeout"),
    retries: whole("retries", options.retries, 0, 0),
    signal,
    patience: whole("patience", options.patience, 1, Infinity),
    stopAtTarget,
    maxConsecutiveFailures: whole("maxConsecutiveFailures", options.maxConsecutiveFailures, 0, 0) || Infinity,
    grace: options.grace === undefined ? 5000 : milliseconds(options.grace, "grace"),
  };
  const { trials, total, timeout, patience } = limits;
  if (
    Math.min(trials, total, timeout, patience) === Infinity &&
    !stopAtTarget &&
    !signal &&
    history.codec.size === Infinity
  ) {
    throw new VernierError(
      "E_RUN_UNBOUNDED",
      `run() got no limit and would never end. Give one of trials, total, timeout, patience, stopAtTarget and signal: ` +
        `study.run(objective, { trials: 100 }).`,
    );
  }
  return limits;
}

function whole(name: string, value: unknown, least: number, fallback: number): number {
  if (value === undefined) return fallback;
  // Infinity is what "no limit" is called by those who compute it.
  if (
    typeof value === "number" &&
    value >= least &&
    (Number.isSafeInteger(value) || (value === Infinity && fallback === Infinity))
  ) {
    return value;
  }
  throw bad(
    name,
    value,
    `It must be a whole number of at least ${least}. Leave it out for ${fallback === Infinity ? "no limit" : String(fallback)}.`,
  );
}

function isSignal(signal: unknown): signal is AbortSignal {
  return typeof signal === "object" && signal !== null && "aborted" in signal && "addEventListener" in signal;
}

function bad(name: string, value: unknown, rule: string): VernierError {
  return new VernierError("E_RUN_OPTION", `run() got ${name}=${spell(value)}. ${rule}`);
}
