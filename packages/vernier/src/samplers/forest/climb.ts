/** Local search in the one-exchange neighbourhood: SMAC's, Hutter et al. 2011, section 4.3. */
import type { Rng } from "../../math/rng.ts";
import { bulk } from "../../math/sfc32.ts";
import type { Column } from "../../space/types.ts";
import type { Model } from "./model.ts";
import type { TreeSpace } from "./tree-space.ts";

/** Steps that may lead to as good a configuration, one after another, before a search ends. */
const PLATEAU = 10;
/** Steps of a search in all. */
const STEPS = 100;
/** Draws a numeric column, normal about its value with this standard deviation, cut to [0, 1]. */
const DRAWS = 4;
const SPREAD = 0.05;

/** Where a search ended. */
export interface Peak {
  readonly row: Float64Array;
  readonly score: number;
}

/**
 * Goes to the best neighbour while it is better, at most `PLATEAU` times in a row to one as good; undefined when it never moved.
 */
export function climb(model: Model, start: Float64Array, startScore: number, rng: Rng): Peak | undefined {
  const { space } = model;
  const neighbours = new Neighbours(space, rng);
  let row = start;
  let score = startScore;
  let level = 0;
  let scores = new Float64Array(0);
  for (let step = 0; step < STEPS; step++) {
    const count = neighbours.of(row);
    if (scores.length < count) scores = new Float64Array(count);
    model.score(neighbours.x, count, scores);
    const next = neighbours.best(scores, count);
    if (next === undefined || scores[next]! < score || (scores[next] === score && ++level > PLATEAU)) break;
    if (scores[next]! > score) level = 0;
    score = scores[next]!;
    row = neighbours.x.slice(next * space.width, (next + 1) * space.width);
  }
  return row === start ? undefined : { row, score };
}

/** The one-exchange neighbourhood of a row, as `Codec.neighbours` has it, on rows: making configurations took four fifths of a search. */
class Neighbours {
  x: Float64Array;
  readonly #space: TreeSpace;
  readonly #rng: Rng;
  readonly #limited: boolean;
  readonly #u: Float64Array;
  /** Columns of each permutation. */
  readonly #orders: readonly (readonly number[])[];
  #count = 0;

  constructor(space: TreeSpace, rng: Rng) {
    const { codec, width } = space;
    this.#space = space;
    this.#rng = bulk(rng);
    this.#limited = (codec.space.where ?? []).length > 0;
    this.#u = new Float64Array(width);
    this.x = new Float64Array(64 * width);
    const orders = new Map<string, number[]>();
    for (const { kernel, param, index } of codec.columns) {
      if (kernel === "permutation") orders.set(param, [...(orders.get(param) ?? []), index]);
    }
    this.#orders = [...orders.values()];
  }

  /** Fills `x` with the neighbours of a row: how many. */
  of(row: Float64Array): number {
    const { codec } = this.#space;
    this.#count = 0;
    for (const column of codec.columns) {
      const here = row[column.index]!;
      if (column.kernel === "permutation" || this.#space.isAbsent(column.index, here)) continue;
      for (const v of column.kind === "category" ? otherCodes(column, here) : this.#numbers(column, here)) {
        this.#put(row, column.index, v);
      }
    }
    for (const order of this.#orders) {
      if (this.#space.isAbsent(order[0]!, row[order[0]!]!)) continue;
      for (const [i, a] of order.entries()) for (const b of order.slice(i + 1)) this.#put(row, a, row[b]!, b, row[a]!);
    }
    return this.#count;
  }

  /** The neighbour with the largest score that `where` allows; of equal ones a random one. */
  best(scores: Float64Array, count: number): number | undefined {
    const { codec, width } = this.#space;
    const refused = new Set<number>();
    while (refused.size < count) {
      let best: number | undefined;
      let equal = 0;
      for (let i = 0; i < count; i++) {
        if (refused.has(i)) continue;
        if (best === undefined || scores[i]! > scores[best]!) {
          best = i;
          equal = 1;
        } else if (scores[i] === scores[best] && this.#rng.int(++equal) === 0) best = i;
      }
      if (best === undefined || !this.#limited || codec.feasible(codec.decode(this.x, best * width))) return best;
      refused.add(best);
    }
    return undefined;
  }

  /** Four draws about a number; the two next ones, too, where it moves in steps. */
  #numbers(column: Column, here: number): Set<number> {
    const found = new Set<number>();
    if (column.levels > 0) {
      const [low, high] = column.cell(here);
      if (low > 1e-9) found.add(column.snap(low - 1e-9));
      if (high < 1 - 1e-9) found.add(column.snap(high + 1e-9));
    }
    for (let k = 0; k < DRAWS; k++) {
      const v = here + SPREAD * this.#rng.normal();
      if (v >= 0 && v <= 1) found.add(column.snap(v));
    }
    found.delete(here);
    return found;
  }

  /** Adds the row with one or two columns changed. What this brings to life is drawn from the priors, what it puts to sleep goes. */
  #put(row: Float64Array, a: number, va: number, b = a, vb = va): void {
    const { codec, flat, width } = this.#space;
    const at = this.#count++ * width;
    if (at + width > this.x.length) {
      const grown = new Float64Array(2 * (at + width));
      grown.set(this.x);
      this.x = grown;
    }
    const { x } = this;
    if (!flat) codec.fromCube(this.#rng.fill(this.#u), x, at);
    for (let c = 0; c < width; c++) if (flat || !this.#space.isAbsent(c, row[c]!)) x[at + c] = row[c]!;
    x[at + a] = va;
    x[at + b] = vb;
    if (flat) return;
    codec.encode(codec.decode(x, at), x, at);
    this.#space.fillGaps(x, at);
  }
}

function otherCodes({ levels }: Column, here: number): number[] {
  return Array.from({ length: levels }, (_, code) => code).filter(code => code !== here);
}
