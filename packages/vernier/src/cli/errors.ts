/** What a person sees when something goes wrong, and the exit code. */
import { VernierError } from "../math/errors.ts";
import { JSON_VERSION } from "./json.ts";
import type { Io } from "./io.ts";
import { wrap } from "./help.ts";

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** A study file may bring its own copy of the library, whose class is another one: the name and the code decide. */
export const isVernierError = (error: unknown): error is VernierError =>
  error instanceof VernierError ||
  (error instanceof Error && error.name === "VernierError" && typeof (error as { code?: unknown }).code === "string");

const isDebug = (io: Io): boolean => io.env["VERNIER_DEBUG"] === "1";
const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? String(error)) : String(error));
const causes = (error: unknown): string => {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? "" : `\ncaused by ${stackOf(cause)}${causes(cause)}`;
};

/** What to say when the system refuses what was printed. */
export const unwritten = ({ code, message }: NodeJS.ErrnoException): string =>
  `standard output cannot be written (${code ?? message}). ` +
  (code === "ENOSPC" ? "The disk that it goes to is full. Free some space" : "Send it to another file or pipe") +
  ", then run the same line again; what is stored is safe.";

/** Prints the error (and the JSON document of a failed command) and returns the exit code. */
export const reportError = (
  error: unknown,
  io: Io,
  options: { command: string; json: boolean; version: string },
): number => {
  const { style } = io;
  const known = isVernierError(error);
  const message = error instanceof Error ? error.message : String(error);
  if (options.json) {
    const body = known
      ? { code: error.code, message, ...(error.details !== undefined && { details: error.details }) }
      : { code: "E_BUG", message };
    io.out(`${JSON.stringify({ vernier: JSON_VERSION, command: options.command, error: body })}\n`);
  }
  const trace = isDebug(io) ? `${stackOf(error)}${causes(error)}\n` : "";
  if (known) {
    // Broken at words for a person; in files and pipes a message stays one line. One with lines of its own is laid out already.
    const plain = `error ${error.code}: ${message}`;
    const text = io.live && !message.includes("\n") ? wrap(plain, Math.min(io.columns(), 100) - 1).join("\n") : plain;
    const painted = text.replace(`error ${error.code}`, () => `${style.red("error")} ${style.bold(error.code)}`);
    io.err(`${painted}\n${trace}`);
    return EXIT.usage;
  }
  io.err(
    `${style.red("error")} ${style.bold("E_BUG")}: ${message}\n` +
      `This is a bug in vernier ${options.version}, not in what you did. What is stored is safe.\n` +
      (trace ||
        `Run the same line with VERNIER_DEBUG=1 to see where; that output is what whoever maintains vernier needs.\n`),
  );
  return EXIT.failed;
};
