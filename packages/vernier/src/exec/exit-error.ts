/** The error of a program that ended with another code than 0, or by a signal. */
import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { VernierError } from "../core/errors.ts";
import { spell } from "../space/spell.ts";
import type { ProgramEnd } from "./process.ts";

export interface FailedProgram {
  readonly program: string;
  readonly end: ProgramEnd;
  /** Last lines of stderr, or of stdout where stderr is empty. */
  readonly tail: readonly string[];
  readonly tailOf: "stderr" | "stdout";
  readonly shell: boolean;
  /** Arguments that hold no placeholder, and where they were looked up, when the program ran in a directory of its own. */
  readonly moved: { readonly args: readonly string[]; readonly from: string; readonly to: string } | undefined;
}

export function exitError(failed: FailedProgram): VernierError {
  const { program, end, tail } = failed;
  const how = end.code === null ? `was ended by ${end.signal}` : `ended with exit code ${end.code}`;
  const last = tail.at(-1);
  const message =
    `${program} ${how}${last === undefined ? "" : `: ${last.trim().replace(/[.:]+$/, "")}`}. ` +
    `A program that succeeds ends with 0; any other end fails the attempt. ${nextStep(failed)}`;
  return new VernierError("E_COMMAND_EXIT", message, {
    details: {
      kind: "exit",
      ...(end.code !== null && { exitCode: end.code }),
      ...(end.signal !== null && { signal: end.signal }),
      ...(tail.length > 0 && { tail: tail.join("\n") }),
    },
  });
}

function nextStep({ end, shell, moved, tail, tailOf }: FailedProgram): string {
  const astray = moved?.args.find(
    arg =>
      /[./]/.test(arg) &&
      !isAbsolute(arg) &&
      existsSync(resolve(moved.from, arg)) &&
      !existsSync(resolve(moved.to, arg)),
  );
  if (astray !== undefined)
    return `It ran in the trial's own directory, where there is no ${spell(astray)}: write {cwd}/${astray}.`;
  if (end.signal === "SIGKILL" || end.code === 137) return "SIGKILL most often means that memory ran out.";
  if (end.signal !== null) return "It crashed or was ended from outside; try it by hand with the trial's parameters.";
  if (shell && end.code === 127) return "127 is the shell's word for a program that it does not find.";
  if (shell && end.code === 126) return "126 is the shell's word for a file that may not be executed.";
  if (tail.length === 0) return "It said nothing; try it by hand with the trial's parameters.";
  return `Read the trial's ${tailOf}.`;
}

/** A timeout with what the program said last, which tells where it got stuck; any other reason as it is. */
export function withTail(reason: unknown, lines: readonly string[]): unknown {
  if (!(reason instanceof VernierError) || reason.details?.["kind"] !== "timeout" || lines.length === 0) return reason;
  const details = { ...reason.details, tail: lines.join("\n") };
  return new VernierError(reason.code, reason.message, { cause: reason, details });
}
