/** Reports of a running program: JSON lines with a "step". */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { VernierError } from "../core/errors.ts";
import type { Metrics, TrialContext } from "../core/types.ts";
import { spell } from "../space/spell.ts";
import { numbersOf } from "./read-line.ts";

export interface ProgramReport {
  readonly step: number;
  readonly metrics: Metrics;
  /** File to store as the trial's checkpoint at this step. */
  readonly checkpoint: string | undefined;
}

/**
 * The report on a line: `{"step": 3, "loss": 0.2}`. With `"checkpoint": "file"` the file is stored too. undefined for a line without a step.
 *
 * @param known the study's metrics; a line that tells none of them is a log line of the program's own. undefined takes every number.
 */
export function readReport(
  object: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string> | undefined,
): ProgramReport | undefined {
  const { step, checkpoint } = object;
  if (typeof step !== "number") return undefined;
  const { step: _, ...metrics } = numbersOf(object);
  const told = Object.keys(metrics).some(name => known?.has(name) ?? true);
  return { step, metrics: told ? metrics : {}, checkpoint: typeof checkpoint === "string" ? checkpoint : undefined };
}

/**
 * Sends a report to the study: the checkpoint first, so that what the scheduler pauses can go on.
 *
 * @throws what `trial.report` throws (Pruned, Paused), and E_COMMAND_CHECKPOINT when the file cannot be read.
 */
export async function sendReport(trial: TrialContext, report: ProgramReport, cwd: string): Promise<void> {
  if (report.checkpoint !== undefined) {
    await trial.checkpoint(report.step, await readCheckpoint(report.checkpoint, report.step, cwd));
  }
  if (Object.keys(report.metrics).length > 0) await trial.report(report.step, report.metrics);
}

async function readCheckpoint(file: string, step: number, cwd: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(cwd, file));
  } catch (error) {
    throw new VernierError(
      "E_COMMAND_CHECKPOINT",
      `the program reported the checkpoint ${spell(file)} at step ${step}, but it cannot be read: ${(error as Error).message}. ` +
        `A checkpoint is a file that is complete when its line is printed. Write it first, then print the line.`,
      { cause: error, details: { kind: "result" } },
    );
  }
}
