/** Refusals of foreign files. Nothing is imported when one is thrown. */
import { VernierError } from "../../math/errors.ts";

/** A place in a file: "line 12" of a journal, "trials row 7" of a database. */
export type Place = string;

/** Content that no Optuna writes. */
export function broken(path: string, place: Place, fact: string, cause?: unknown): VernierError {
  return new VernierError(
    "E_IMPORT_BROKEN",
    `${path}, ${place}: ${fact}. Nothing was imported. Take the file anew from where Optuna wrote it, or mend that place.`,
    { ...(cause !== undefined && { cause }), details: { path, place } },
  );
}

/** The file is something else altogether. */
export function notOptuna(path: string, fact: string, next: string, cause?: unknown): VernierError {
  return new VernierError("E_IMPORT_FORMAT", `${path} ${fact}. Nothing was imported. ${next}`, {
    ...(cause !== undefined && { cause }),
    details: { path },
  });
}

/** Runs `body`, whose errors do not know the file yet. */
export function placed<T>(path: string, place: Place, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof VernierError) || error.code === "E_IMPORT_BROKEN") throw error;
    throw broken(path, place, error.message.replace(/\. [^.]*\.$/, "").replace(/\.$/, ""), error);
  }
}
