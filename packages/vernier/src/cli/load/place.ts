/** Where things stand in a study file, and how a message shows it. */

export type Path = readonly (string | number)[];

export interface Spot {
  /** "study.yaml:3:5" for data files, "study.ts" for programs. */
  readonly text: string;
  /** From 1; absent for programs. */
  readonly line?: number;
  readonly column?: number;
  /** The line with a caret under the place, each on a line of its own; "" for programs. */
  readonly quote: string;
}

/**
 * The place of a path. `part` says whether the mistake is the key or its value; `at` is an offset inside the value, which is a text.
 * What a path does not lead to stands at the nearest place above it.
 */
export type Place = (path: Path, part?: "key" | "value", at?: number) => Spot;

/** What a program gives: nothing but the file is known. */
export const wholeFile =
  (file: string): Place =>
  () => ({ text: file, quote: "" });

const BEFORE = 60;
const SHOWN = 120;

/**
 * `  3 | lr: floot(0, 1)` and the caret under column `column`. A long line is cut around the place.
 *
 * @param column from 1
 */
export const quoteLine = (source: string, line: number, column: number): string => {
  const from = Math.max(0, column - 1 - BEFORE);
  // Tabs and control characters would move the caret or the terminal.

  const shown = source.slice(from, from + SHOWN).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ");
  const label = String(line);
  const blank = " ".repeat(label.length);
  return `\n  ${label} | ${shown.trimEnd()}\n  ${blank} | ${" ".repeat(column - 1 - from)}^`;
};

/** A message without the excerpt that a text's own reader put into it: the file's line is shown in its place. */
export const withoutExcerpt = (message: string): string =>
  message
    .replace(/([.?!]?)\n {2}[^\n]*\n {2} *\^(\n|$)/, (_, end: string, newline: string) =>
      newline === "" ? end : `${end === "" ? "." : end} `,
    )
    .trimEnd();
