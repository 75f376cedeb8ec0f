/** Where trials stand among each other: the colour of many plots. */
import { better, isCandidate, type Data, type Row } from "./source.ts";

/**
 * Position of each complete trial by one objective: 1 the best, 0 the worst; ties share their mean. Trials that break a constraint stand
 * behind all that do not; trials without a finite value are absent.
 */
export function standings(data: Data, k: number): ReadonlyMap<Row, number> {
  const objective = data.objectives[k];
  const rows = data.rows.filter(row => row.state === "complete" && Number.isFinite(row.values[k] ?? NaN));
  const standing = new Map<Row, number>();
  if (objective === undefined) return standing;
  const tier = (row: Row): number => (isCandidate(row) ? 1 : 0);
  rows.sort(
    (a, b) =>
      tier(a) - tier(b) ||
      (better(objective, a.values[k]!, b.values[k]!) ? 1 : better(objective, b.values[k]!, a.values[k]!) ? -1 : 0),
  );
  for (let i = 0; i < rows.length;) {
    let j = i;
    while (
      j + 1 < rows.length &&
      rows[j + 1]!.values[k] === rows[i]!.values[k] &&
      tier(rows[j + 1]!) === tier(rows[i]!)
    )
      j++;
    const at = rows.length === 1 ? 1 : (i + j) / 2 / (rows.length - 1);
    for (let m = i; m <= j; m++) standing.set(rows[m]!, at);
    i = j + 1;
  }
  return standing;
}

/** The ramp's class for a standing. */
export const rampClass = (standing: number): string => `q${Math.min(9, Math.max(0, Math.floor(standing * 10)))}`;
