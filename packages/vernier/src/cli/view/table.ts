/** Aligned columns for a terminal. */
import { clip, widthOf } from "./style.ts";
import type { Paint, Style } from "./style.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Never narrower than this when the table has to shrink (default 4). */
  readonly least?: number;
  readonly paint?: (cell: string, row: number) => Paint | undefined;
}

/**
 * Lines of a table with a heading. When it is wider than `width`, the widest column gives way first, down to `least`; what still does not
 * fit is cut at the right edge, never wrapped.
 */
export const renderTable = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { width: number; style: Style; indent?: number },
): string[] => {
  const { style, indent = 0 } = options;
  const gap = 2;
  const widths = columns.map((column, i) => Math.max(widthOf(column.title), ...rows.map(row => widthOf(row[i] ?? ""))));
  const total = (): number => widths.reduce((sum, w) => sum + w, indent + gap * (columns.length - 1));
  while (total() > options.width) {
    let widest = -1;
    for (let i = 0; i < widths.length; i++)
      if ((widths[i] ?? 0) > (columns[i]?.least ?? 4) && (widest < 0 || (widths[i] ?? 0) > (widths[widest] ?? 0)))
        widest = i;
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const line = (cells: readonly string[], paint: (cell: string, i: number) => string): string => {
    let used = indent;
    let text = " ".repeat(indent);
    for (const [i, column] of columns.entries()) {
      const width = Math.min(widths[i] ?? 0, options.width - used);
      if (width <= 0) break;
      const cell = clip(cells[i] ?? "", width);
      const space = " ".repeat(width - widthOf(cell));
      text += column.align === "right" ? space + paint(cell, i) : paint(cell, i) + space;
      used += width + gap;
      if (i < columns.length - 1) text += " ".repeat(gap);
    }
    return text.trimEnd();
  };
  return [
    line(
      columns.map(c => c.title),
      cell => style.dim(cell),
    ),
    ...rows.map((row, r) => line(row, (cell, i) => columns[i]?.paint?.(cell, r)?.(cell) ?? cell)),
  ];
};
