/** How many threads or processes an executor keeps: what it was told, agreed with what the run asks for. */
import { availableParallelism } from "node:os";
import { VernierError } from "../core/errors.ts";
import type { RunFacts, StudySpec } from "../core/types.ts";
import { spell } from "../space/spell.ts";

/**
 * Told a number: that many, and a run that asks for more is refused, since a trial that waits for a thread would spend its time waiting. Told
 * none: as many as the run asks for, up to the processors there are.
 *
 * @throws VernierError E_WORKER_CAPACITY
 */
export function capacityOf(what: string, option: string, given: number | undefined, run: RunFacts | undefined): number {
  const asked = run?.concurrency;
  if (given === undefined) return Math.min(asked ?? 1, availableParallelism());
  if (asked === undefined || asked <= given) return Math.min(given, asked ?? given);
  throw new VernierError(
    "E_WORKER_CAPACITY",
    `the run evaluates ${asked} trials at a time, but ${what} was given ${option}: ${given}. Each trial has one to itself. ` +
      `Raise ${option} to ${asked}, lower the concurrency to ${given}, or leave ${option} out.`,
  );
}

/** @throws VernierError E_OPTION */
export function wholeOption(what: string, name: string, value: unknown, unit: string): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 1))
    return value as number | undefined;
  throw new VernierError(
    "E_OPTION",
    `${what} got ${name} ${spell(value)}. It is ${unit}, a whole number of at least 1.`,
  );
}

/** @throws VernierError E_WORKER_DYNAMIC */
export function refuseDynamic(what: string, spec: StudySpec): void {
  if (spec.space.dynamic !== true) return;
  throw new VernierError(
    "E_WORKER_DYNAMIC",
    `the study's space is dynamic(), and ${what} cannot evaluate it: a parameter named while running is drawn at once, by the study, ` +
      `which another thread or process cannot wait for. Declare the space, or evaluate with a function.`,
  );
}
