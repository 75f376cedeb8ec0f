/** What importers say: the file, the place in it, the fact, the rule and the next step. */
import { VernierError, type ErrorCode } from "../core/errors.ts";

/** A place in a file. Lines and columns count from 1; rows are those of a table that has no lines. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly row?: number;
}

/** Said of every refusal: an import is one transaction. */
export const NOTHING = "Nothing was imported.";

/** An error at a place in a file. `message` says fact, rule and next step. */
export function importError(code: ErrorCode, place: Place, message: string, cause?: unknown): VernierError {
  const { file, line, column, row } = place;
  const at = line === undefined ? "" : `:${line}${column === undefined ? "" : `:${column}`}`;
  const where = row === undefined ? "" : ` (row ${row})`;
  return new VernierError(code, `${file}${at}${where}: ${message} ${NOTHING}`, {
    details: { ...place },
    ...(cause !== undefined && { cause }),
  });
}
