/** Errors that leave an objective where no trial can catch them: from callbacks, and from promises that nobody awaits. */
import { VernierError } from "../math/errors.ts";
import { spell } from "../space/spell.ts";

/** `handle` gets each error instead of the process ending with its stack. Returns the end of it. */
export const onEscaped = (handle: (error: unknown) => void): (() => void) => {
  // Rejections that nobody handles come here, too.
  process.on("uncaughtException", handle);
  return () => void process.off("uncaughtException", handle);
};

/** The place that an error's stack names first. */
const placeOf = (error: unknown): string => {
  const place =
    error instanceof Error ? /\bat .*?((?:file:\/\/)?\/[^()\s]+:\d+:\d+)\)?$/m.exec(error.stack ?? "") : null;
  return place?.[1] === undefined ? "" : ` at ${place[1].replace(/^file:\/\//, "")}`;
};

export const escapedError = (error: unknown): VernierError =>
  new VernierError(
    "E_OBJECTIVE_ESCAPED",
    `an error escaped the objective: ${spell(error instanceof Error ? error.message : error, 300)}${placeOf(error)}. ` +
      "A callback threw it, or a promise that nobody awaits, so no trial could fail with it; the run was stopped, and its running trials " +
      "wait. Await every promise and catch in callbacks, then run the same line again.",
    { cause: error },
  );
