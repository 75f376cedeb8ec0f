/**
 * All trials of a study as they were read, in pages, from which records are made one at a time. A hundred thousand records would be
 * most of the memory of an open study, while samplers read columns; so a page keeps a value that all its rows share once, numbers
 * in typed arrays, and JSON as text.
 */
import type { Params, TrialRecord, TrialRows } from "../core/types.ts";
import type { Value } from "./driver.ts";
import { BLOCK, ParamTexts } from "./param-texts.ts";
import { assembled, SCALARS, type Row } from "./rows.ts";
import { storedJson } from "./stored-json.ts";

/** The JSON columns but for the parameters: metrics, last, rest. */
const JSONS = [15, 16, 17] as const;
const PARAMS = 14;

/** A value that every row of the page has. */
class Same {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}
type Column = Same | Float64Array | readonly Value[];

interface Page {
  /** In the order of `SCALARS`. */
  readonly scalars: readonly Column[];
  /** One JSON array a column, in the order of `JSONS`; null where no row has a value. */
  readonly texts: readonly (string | null)[];
}

/** Trials 0, 1, 2, ... of a study: add pages of `BLOCK` rows, fewer only in the last. */
export class TrialPages implements TrialRows {
  readonly #pages: Page[] = [];
  readonly #params = new ParamTexts();
  #size = 0;
  /** The page that was read last, its JSON parsed. */
  #openAt = -1;
  #open: readonly (readonly unknown[] | null)[] = [];

  get size(): number {
    return this.#size;
  }

  add(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    const before = this.#pages.at(-1)?.scalars;
    this.#pages.push({
      scalars: SCALARS.map((_, c) => columnOf(rows, c, before?.[c])),
      texts: JSONS.map(c => jsonOf(rows, c)),
    });
    this.#params.add(rows.map(row => (row[PARAMS] as string | null) ?? "null"));
    this.#size += rows.length;
  }

  /** Parameters of a trial, parsed now. */
  params(number: number): Params | null {
    return number < this.#size ? this.#params.at(number) : null;
  }

  /** The record of a trial, made now: each call gives another. Its parameters are parsed when they are read. */
  record(number: number): TrialRecord | undefined {
    const at = Math.floor(number / BLOCK);
    const page = this.#pages[at];
    const i = number % BLOCK;
    if (page === undefined || number >= this.#size) return undefined;
    if (at !== this.#openAt) {
      this.#open = page.texts.map(text => (text === null ? null : (storedJson(text) as unknown[])));
      this.#openAt = at;
    }
    const [metrics, last, rest] = this.#open;
    const record = assembled(c => valueAt(page.scalars[c]!, i), metrics?.[i], last?.[i], rest?.[i]);
    // Added, never redefined: turning a plain property into one that is computed would cost the object its fast layout.
    Object.defineProperty(record, "params", this.#params.property);
    return Object.freeze(record as TrialRecord);
  }

  records(): TrialRecord[] {
    return Array.from({ length: this.#size }, (_, i) => this.record(i)!);
  }
}

function valueAt(column: Column, i: number): Value {
  return column instanceof Same ? column.value : column[i]!;
}

/** `before`: the same column of the page before, whose shared value is kept when it is the same text. */
function columnOf(rows: readonly Row[], c: number, before: Column | undefined): Column {
  const first = rows[0]![c]!;
  let numbers = typeof first === "number";
  let same = true;
  for (let i = 1; i < rows.length; i++) {
    const value = rows[i]![c];
    if (value !== first) same = false;
    if (typeof value !== "number") numbers = false;
    if (!same && !numbers) break;
  }
  if (same) return before instanceof Same && before.value === first ? before : new Same(first);
  if (!numbers) return rows.map(row => row[c]!);
  const column = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) column[i] = rows[i]![c] as number;
  return column;
}

function jsonOf(rows: readonly Row[], c: number): string | null {
  if (rows.every(row => row[c] === null)) return null;
  return `[${rows.map(row => row[c] ?? "null").join(",")}]`;
}
