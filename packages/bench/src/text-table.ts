/** Rows as aligned text: the first column to the left, the others to the right, a line under the head. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, c) => Math.max(title.length, ...rows.map(row => row[c]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    widths
      .map((width, c) => (c === 0 ? (cells[c] ?? "").padEnd(width) : (cells[c] ?? "").padStart(width)))
      .join("  ")
      .trimEnd();
  return [line(head), widths.map(width => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}
