/** A study as CSV (RFC 4180): one row a trial, a header, CRLF, UTF-8 without a byte order mark. */
import { columnsOf, type Cell, type ColumnKind } from "../table/columns.ts";
import type { StudyDump } from "../types.ts";

/**
 * The rows, each with its line end, the header first. Times are ISO 8601, numbers have a decimal point and every digit, absent cells are
 * empty, an empty text is `""`.
 *
 * @param names Only these columns, in this order; all of them when left out.
 * @throws VernierError E_EXPORT_COLUMN.
 */
export function* writeCsv(dump: StudyDump, names?: readonly string[]): Generator<string> {
  const columns = columnsOf(dump, names);
  yield row(columns.map(({ name }) => quoted(name)));
  for (let i = 0; i < dump.trials.length; i++)
    yield row(columns.map(({ kind, cells }) => text(cells[i] ?? null, kind)));
}

function row(cells: readonly string[]): string {
  return `${cells.join(",")}\r\n`;
}

function text(cell: Cell, kind: ColumnKind): string {
  if (cell === null) return "";
  if (kind === "time") return new Date(cell as number).toISOString();
  if (typeof cell === "string") return cell === "" ? '""' : quoted(cell);
  return Object.is(cell, -0) ? "-0" : String(cell);
}

function quoted(value: string): string {
  return /[",\r\n;\t]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
