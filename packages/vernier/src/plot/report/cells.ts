/** How a cell of the report reads. */
import { formatNumber } from "../format.ts";
import type { Cells } from "./data.ts";

/** A number in full, a category by its text, nothing where there is none. */
export function cellText(
  column: { readonly kind: "number" | "category"; readonly categories: readonly string[] },
  cell: Cells[number] | undefined,
): string {
  if (cell === null || cell === undefined) return "";
  if (column.kind === "category") return column.categories[Number(cell)] ?? "";
  return typeof cell === "number" ? formatNumber(cell, 6) : cell;
}
