/** A space from what a table's columns hold: a start to be looked at, not a finding. */
import { VernierError } from "../../core/errors.ts";
import { fromJson } from "../../space/index.ts";
import { didYouMean, spell } from "../../space/spell.ts";
import type { Node, SpaceJson } from "../../space/types.ts";
import { importError } from "../errors.ts";
import { numberOf } from "./cells.ts";
import { put, type Nested } from "./convert.ts";
import type { Table } from "./table.ts";

/** More different texts than this are names of something, not categories. */
const CATEGORIES = 64;
/** Positive numbers that span this factor are on a logarithmic scale. */
const LOG_SPAN = 1000;

export interface Inferred {
  readonly space: SpaceJson;
  readonly notes: readonly string[];
}

/** @param columns index in the table and dotted path of each parameter. */
export function inferSpace(table: Table, columns: readonly { readonly at: number; readonly path: string }[]): Inferred {
  const shape: Nested = {};
  const notes: string[] = [];
  const paths = columns.map(({ path }) => path);
  for (const { at, path } of columns) {
    const inside = paths.find(other => other.startsWith(`${path}.`));
    if (inside !== undefined) {
      throw importError(
        "E_IMPORT_COLUMN",
        table.head,
        `${spell(path)} is a parameter, and ${spell(inside)} lies in it. Rename one of the two columns.`,
      );
    }
    const { node, says } = inferNode(table, at, path);
    put(shape, path, node);
    notes.push(`${path} = ${says}`);
  }
  try {
    return { space: fromJson({ version: 1, shape }), notes };
  } catch (error) {
    if (!(error instanceof VernierError)) throw error;
    throw importError(
      error.code,
      table.head,
      `the columns make no space: ${error.message} Rename the column, or give the space.`,
      error,
    );
  }
}

function inferNode(table: Table, at: number, path: string): { node: Node; says: string } {
  const comma = table.comma === true;
  const cells: unknown[] = [];
  for (const { cells: row, place } of table.rows) {
    const cell = row[at] ?? null;
    if (cell === null) {
      throw importError(
        "E_IMPORT_CELL",
        place,
        `${path} is empty. A parameter of an inferred space has a value in every row. Fill it, ignore the column, or give the space.`,
      );
    }
    cells.push(cell);
  }
  const numbers = cells.map(cell => (typeof cell === "boolean" ? undefined : numberOf(cell, comma)));
  if (numbers.every(n => n !== undefined && Number.isFinite(n))) return numeric(numbers as number[]);
  const values = new Set(cells.map(cell => booleanOf(cell) ?? String(cell)));
  if (values.size > CATEGORIES) {
    const odd = cells.findIndex((_, i) => numbers[i] === undefined || !Number.isFinite(numbers[i]));
    const mostly = numbers.filter(n => n !== undefined).length > 0.9 * cells.length;
    const place = mostly ? table.rows[odd]!.place : table.head;
    const fact = mostly
      ? `${path} is ${spell(cells[odd])} in a column of numbers`
      : `${path} has ${values.size} different texts`;
    throw importError(
      "E_IMPORT_COLUMN",
      place,
      `${fact}. A column of a parameter holds numbers, or at most ${CATEGORIES} categories. Correct it, ignore the column, or give the space.`,
    );
  }
  if (values.size === 1) {
    const [value] = values;
    return { node: { type: "fixed", value }, says: `fixed(${spell(value)})` };
  }
  const choices = [...values];
  return {
    node: { type: "choice", choices },
    says: `choice(${choices
      .slice(0, 8)
      .map(c => spell(c))
      .join(", ")}${choices.length > 8 ? ", ..." : ""})`,
  };
}

function booleanOf(cell: unknown): boolean | undefined {
  if (typeof cell === "boolean") return cell;
  const text = typeof cell === "string" ? cell.trim().toLowerCase() : "";
  return text === "true" ? true : text === "false" ? false : undefined;
}

function numeric(numbers: readonly number[]): { node: Node; says: string } {
  let low = Infinity;
  let high = -Infinity;
  for (const n of numbers) {
    low = Math.min(low, n);
    high = Math.max(high, n);
  }
  if (low === high) return { node: { type: "fixed", value: low }, says: `fixed(${low})` };
  const type = numbers.every(n => Number.isSafeInteger(n)) ? "int" : "float";
  const log = low > 0 && high / low >= LOG_SPAN;
  return {
    node: { type, low, high, ...(log && { scale: "log" as const }) },
    says: `${type}(${low}, ${high}${log ? ", log" : ""})`,
  };
}

/** A column that somebody named must be there. */
export function missingColumn(table: Table, what: string, name: string): VernierError {
  const names = table.names.filter(column => column !== "");
  const shown = names.slice(0, 20).join(", ");
  const bare = names.map(column => column.replace(/^(metrics|params)\./, ""));
  return importError(
    "E_IMPORT_COLUMN",
    table.head,
    `there is no column for ${what} ${spell(name)}.${didYouMean(name, bare)} The columns are ${shown}${names.length > 20 ? ` and ${names.length - 20} more` : ""}.`,
  );
}
