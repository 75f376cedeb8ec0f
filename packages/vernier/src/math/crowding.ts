/** Crowding distance. Deb et al. 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II", section III-B. */

import { argsort } from "./sort.ts";

/**
 * The crowding distance of each member (indices of rows of m values) within the members: the sum over the values of the gap between
 * its two neighbours, as a share of the members' range. The smallest and the largest of each value get Infinity (of equal ones one,
 * the first and the last in the order given). A value that is the same everywhere adds nothing; an infinite gap makes Infinity; NaN sorts
 * last and its gaps add nothing.
 *
 * @example crowdingDistances(Float64Array.of(0, 4, 1, 1, 4, 0), 2, [0, 1, 2]) // Infinity, 2, Infinity
 */
export function crowdingDistances(values: Float64Array, m: number, members: ArrayLike<number>): Float64Array {
  const n = members.length;
  const distances = new Float64Array(n);
  const keys = new Float64Array(n);
  for (let k = 0; k < m; k++) {
    for (let i = 0; i < n; i++) keys[i] = values[members[i]! * m + k]!;
    const order = argsort(keys);
    const low = keys[order[0]!];
    const high = keys[order[n - 1]!];
    if (low === high || low === undefined || high === undefined) continue;
    distances[order[0]!] = Infinity;
    distances[order[n - 1]!] = Infinity;
    for (let i = 1; i + 1 < n; i++) {
      const gap = keys[order[i + 1]!]! - keys[order[i - 1]!]!;
      const share = gap === Infinity ? Infinity : gap / (high - low);
      if (share > 0) distances[order[i]!]! += share; // not NaN: a value that is NaN, or two equal infinities
    }
  }
  return distances;
}
