/**
 * When hyperparameters are fitted anew, and from where: functions of the number of trials alone, so that whoever reads the log at whatever
 * moment fits the same.
 */

/** Up to here every ask fits. */
const EVERY = 50;
/** Beyond, a fit serves until there are 1/20 more trials. */
const SHARE = 20;

/** A fit starts from the one of a landmark: 10, 15, 22, 33, ... trials. A log read anew needs the fits of its landmarks only. */
const FIRST = 10;
const RATIO = 1.5;
/** Trials that a fit looks at. */
export const FIT_LIMIT = 300;

/** With how many of the first trials the hyperparameters for `n` trials are fitted. */
export function fittedAt(n: number): number {
  if (n <= EVERY) return n;
  let at = EVERY;
  for (;;) {
    const next = at + Math.floor(at / SHARE);
    if (next > n) return at;
    at = next;
  }
}

/** The landmark below `n`; 0 when there is none. */
export function landmarkBelow(n: number): number {
  let at = 0;
  for (let next = FIRST; Math.floor(next) < n; next *= RATIO) at = Math.floor(next);
  return at;
}

export function isLandmark(n: number): boolean {
  return landmarkBelow(n + 1) === n;
}

/**
 * Which of the points a fit looks at: all up to `FIT_LIMIT`; beyond, the best third of that number and the others evenly by age. Ascending.
 */
export function fitSubset(y: Float64Array, n: number, limit: number = FIT_LIMIT): Int32Array {
  if (n <= limit) return Int32Array.from({ length: n }, (_, i) => i);
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => y[b]! - y[a]! || a - b);
  const best = Math.floor(limit / 3);
  const rest = order.subarray(best).toSorted();
  const spread = limit - best;
  const chosen = order.slice(0, limit);
  for (let k = 0; k < spread; k++) chosen[best + k] = rest[Math.floor(((k + 0.5) * rest.length) / spread)]!;
  return chosen.sort();
}
