import { textTable } from "../text-table.ts";
import type { ExecFigure } from "./suite.ts";

export function reportExec(figures: readonly ExecFigure[]): string {
  const rows = figures.map(({ title, min, median, bar }) => [
    title,
    round(min),
    round(median),
    bar === undefined ? "" : `${bar.value.toPrecision(3)} ${bar.what} (<= ${bar.atMost})`,
    bar === undefined ? "" : bar.value <= bar.atMost ? "pass" : "MISS",
  ]);
  return textTable(["one trial", "us, min", "us, median", "bar", ""], rows);
}

const round = (x: number): string => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));
