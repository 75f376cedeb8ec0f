/** CSV as programs and spreadsheets write it: RFC 4180, any of three separators, either line end, a byte order mark, decimal commas. */
import { importError, type Place } from "../errors.ts";
import { checkText, LINE_LIMIT, linesOf } from "../files.ts";
import { studyOfTable, type ReadStudy, type TableOptions } from "../table/read.ts";
import type { Row, Table } from "../table/table.ts";

export interface CsvOptions {
  /** Bytes a line, and characters a record may have; 64 MiB when left out. */
  readonly lineLimit?: number;
}

/**
 * A study from a CSV file with names in the first line.
 *
 * @throws VernierError E_IMPORT_*, with the line.
 */
export async function readCsv(path: string, options: TableOptions & CsvOptions): Promise<ReadStudy> {
  return studyOfTable(await csvTable(path, options), options);
}

/** The file's cells. The separator is the one of "," ";" and tab that the first line has most of; with ";" and tab numbers may have commas. */
export async function csvTable(path: string, { lineLimit = LINE_LIMIT }: CsvOptions = {}): Promise<Table> {
  await checkText(path);
  let separator: string | undefined;
  let names: readonly string[] | undefined;
  let head: Place = { file: path, line: 1 };
  const rows: Row[] = [];
  // A record is whole when its quotes are even; its lines are joined then, once.
  let open: string[] = [];
  let size = 0;
  let odd = false;
  let openAt = 0;
  for await (const { text, number } of linesOf(path, lineLimit)) {
    if (open.length === 0 && text.trim() === "") continue;
    if (open.length === 0) openAt = number;
    const place: Place = { file: path, line: openAt };
    open.push(text);
    size += text.length + 1;
    if (quotes(text) % 2 === 1) odd = !odd;
    if (odd) {
      if (size > lineLimit) throw unclosed(place);
      continue;
    }
    const record = open.join("\n");
    open = [];
    size = 0;
    separator ??= separatorOf(record);
    const cells = split(record, separator, place);
    if (names === undefined) {
      names = cells.map(cell => (cell ?? "").trim());
      head = place;
      checkNames(names, place);
      continue;
    }
    if (cells.every(cell => cell === null)) continue;
    if (cells.length !== names.length) {
      throw importError(
        "E_IMPORT_LINE",
        place,
        `the row has ${cells.length} cells, and the first line names ${names.length}. Every row has a cell a column. ` +
          `Quote cells that hold ${JSON.stringify(separator)}.`,
      );
    }
    rows.push({ cells, place });
  }
  if (odd) throw unclosed({ file: path, line: openAt });
  if (names === undefined)
    throw importError(
      "E_IMPORT_FORMAT",
      { file: path },
      "the file holds only empty lines. There is nothing in it to import.",
    );
  return { file: path, names, head, rows, comma: separator !== "," };
}

function unclosed(place: Place): Error {
  return importError(
    "E_IMPORT_LINE",
    place,
    'a quote opens in this row and never closes. A quote inside a cell is doubled (""). Close it.',
  );
}

function checkNames(names: readonly string[], place: Place): void {
  if (names.some(name => name !== "" && !/^[+-]?[\d.,]+(e[+-]?\d+)?$/i.test(name))) return;
  throw importError(
    "E_IMPORT_FORMAT",
    place,
    "the first line holds numbers only. It names the columns. Put a line with their names on top.",
  );
}

function quotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++;
  return count;
}

function separatorOf(line: string): string {
  const plain = line.replace(/"[^"]*"/g, "");
  let best = ",";
  for (const candidate of [",", ";", "\t"]) {
    if (plain.split(candidate).length > plain.split(best).length) best = candidate;
  }
  return best;
}

/** The cells of a record, null where empty and not quoted. @throws VernierError E_IMPORT_LINE */
function split(record: string, separator: string, place: Place): (string | null)[] {
  const cells: (string | null)[] = [];
  let at = 0;
  for (;;) {
    if (record[at] === '"') {
      let cell = "";
      let from = at + 1;
      for (;;) {
        const quote = record.indexOf('"', from);
        if (quote === -1) throw unclosed(place);
        cell += record.slice(from, quote);
        if (record[quote + 1] !== '"') {
          at = quote + 1;
          break;
        }
        cell += '"';
        from = quote + 2;
      }
      if (at < record.length && record[at] !== separator) {
        throw importError(
          "E_IMPORT_LINE",
          place,
          `something follows the closing quote of cell ${cells.length + 1}. A quoted cell ends there. Double the quotes inside a cell.`,
        );
      }
      cells.push(cell);
    } else {
      const end = record.indexOf(separator, at);
      const cell = record.slice(at, end === -1 ? record.length : end);
      cells.push(cell.trim() === "" ? null : cell.trim());
      at = end === -1 ? record.length : end;
    }
    if (at >= record.length) return cells;
    at++;
  }
}
