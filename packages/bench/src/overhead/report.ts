import { textTable } from "../text-table.ts";
import { passes, type Figure } from "./suite.ts";

/** Figures beside their bars. CPU time, minimum over the runs; wall time, median. */
export function reportOverhead(figures: readonly Figure[], peer?: ReadonlyMap<string, string>): string {
  const rows = figures.map(f => {
    const verdict = passes(f);
    const bar = f.target === undefined ? "" : "atMost" in f.target ? `<= ${f.target.atMost}` : `>= ${f.target.atLeast}`;
    return [
      f.title,
      f.unit,
      bar,
      round(f.value),
      f.wall === undefined ? "" : round(f.wall),
      verdict === undefined ? "" : verdict ? "pass" : "MISS",
      peer?.get(f.id) ?? "",
      f.note ?? "",
    ];
  });
  return textTable(["overhead", "unit", "bar", "CPU, min", "wall, median", "", "Optuna", "note"], rows);
}

function round(x: number): string {
  return x >= 100 ? x.toFixed(0) : x.toPrecision(3);
}
