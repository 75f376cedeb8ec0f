/**
 * What is said between a run and the objective it isolated in a thread or a process. The same words either way:
 *
 *   run ->                       RunMessage          one trial
 *       <- CallMessage, LogMessage                   what the objective does with its trial
 *   ReplyMessage, AbortMessage ->
 *       <- ResultMessage                             how it ended
 *
 * Everything in them can be cloned by `structuredClone`. A result says how many messages went before it, because a thread's result travels
 * another way than its messages and may be there first.
 */
import { VernierError, type ErrorCode } from "../../core/errors.ts";
import { Paused, Pruned } from "../../core/result.ts";
import { spell } from "../../space/spell.ts";
import type { HeldSlots, Params, TrialContext } from "../../core/types.ts";

export interface RunMessage {
  readonly type: "run";
  /** Distinct in the process that sends it. */
  readonly id: number;
  readonly number: number;
  readonly attempt: number;
  readonly params: Params;
  readonly until: number | undefined;
  readonly resumed: TrialContext["resumed"];
  readonly slots: HeldSlots | undefined;
}
/** Loads the objective without running it, so that a module that cannot work is known before the first trial. */
export interface LoadMessage {
  readonly type: "load";
  readonly id: number;
}
export interface AbortMessage {
  readonly type: "abort";
  readonly id: number;
  readonly error: WireError;
}
export interface ReplyMessage {
  readonly type: "reply";
  readonly id: number;
  readonly call: number;
  readonly value?: unknown;
  readonly error?: WireError;
}
export type ToWorker = AbortMessage | ReplyMessage;

/** The methods of a trial that are answered. */
export type Method = "report" | "checkpoint" | "artifact" | "annotate";
export interface CallMessage {
  readonly type: "call";
  readonly id: number;
  readonly call: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}
export interface LogMessage {
  readonly type: "log";
  readonly id: number;
  readonly text: string;
}
export type FromWorker = CallMessage | LogMessage;

export interface ResultMessage {
  readonly type: "result";
  readonly id: number;
  /** Messages that were sent before. */
  readonly sent: number;
  readonly outcome?: unknown;
  readonly error?: WireError;
  /** Resident memory of the process, bytes, where it is watched. */
  readonly memory?: number;
}

/** Where the objective is. */
export interface ModulePlace {
  /** "file:///..." */
  readonly url: string;
  readonly export: string | undefined;
}

/** An error that can be cloned. `thrown`: what was thrown was no error; this is how it reads. */
export interface WireError {
  readonly name?: string;
  readonly message?: string;
  readonly stack?: string;
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly ours?: true;
  readonly thrown?: string;
}

export function toWire(error: unknown): WireError {
  if (typeof error === "string") return { thrown: error };
  const { name, message, stack, code, details } = (error ?? {}) as Partial<VernierError>;
  if (typeof message !== "string") return { thrown: `threw ${spell(error)}` };
  return {
    message,
    ...(typeof name === "string" && { name }),
    ...(typeof stack === "string" && { stack }),
    ...(typeof code === "string" && { code }),
    ...(name === "VernierError" && { ours: true }),
    ...(details !== undefined && isCloneable(details) && { details }),
  };
}

export function fromWire(wire: WireError): unknown {
  const { name, message = "", stack, code, details, ours, thrown } = wire;
  if (thrown !== undefined) return thrown;
  if (ours === true && code !== undefined) {
    if (code === "E_PRUNED") return new Pruned(message);
    if (code === "E_PAUSED") return new Paused(message);
    return new VernierError(code as ErrorCode, message, details === undefined ? {} : { details });
  }
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return Object.assign(error, {
    ...(name !== undefined && { name }),
    ...(code !== undefined && { code }),
    ...(details !== undefined && { details }),
  });
}

export function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
