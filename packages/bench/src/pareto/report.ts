import { textTable } from "../text-table.ts";
import type { ParetoFigure } from "./suite.ts";

/** A peer's CPU time in ms and what it found. */
export interface PeerFigure {
  readonly cpuMsMin: number;
  readonly check: number;
}

/** The figures beside the peer's, with the ratio, the bar and whether both found the same. */
export function reportPareto(
  figures: readonly ParetoFigure[],
  peer: { readonly name: string; readonly figures: Readonly<Record<string, PeerFigure>> } | undefined,
): string {
  const rows = figures.map(({ id, title, bar, summary, check }) => {
    const theirs = peer?.figures[id];
    const times = theirs && theirs.cpuMsMin / summary.cpuMs;
    return [
      title,
      summary.cpuMs.toPrecision(3),
      summary.wallMs.toPrecision(3),
      theirs?.cpuMsMin.toPrecision(3) ?? "",
      times === undefined ? "" : `${times.toFixed(times < 10 ? 1 : 0)} x`,
      bar === undefined ? "" : `>= ${bar} x${times === undefined ? "" : times >= bar ? " pass" : " MISS"}`,
      theirs === undefined ? "" : agrees(check, theirs.check) ? "yes" : `no: ${check} and ${theirs.check}`,
    ];
  });
  return textTable(["", "CPU ms, min", "wall, median", peer?.name ?? "peer", "times", "bar", "same result"], rows);
}

/** To 1e-9 of the size: the order of a sum is not the peer's. */
function agrees(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));
}
