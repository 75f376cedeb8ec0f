/**
 * Where the acquisition is largest: quasi-random points, then from the best of them, from some drawn by their worth and from the best trial,
 * uphill by turns in the continuous columns (L-BFGS within bounds) and in each of the others (README.md beside this file).
 */
import { halton, HALTON_MAX_DIMENSION } from "../../math/halton.ts";
import { minimizeBounded } from "../../math/lbfgs.ts";
import type { Rng } from "../../math/rng.ts";
import { sobol, SOBOL_MAX_DIMENSION } from "../../math/sobol.ts";
import { isLocal } from "../../space/json.ts";
import type { Codec, Params } from "../../space/types.ts";
import type { Acquisition } from "./acquisition.ts";
import type { Features } from "./features.ts";
import type { Move } from "./moves.ts";

export interface Task {
  readonly codec: Codec;
  readonly features: Features;
  readonly acquisition: Acquisition;
  readonly continuous: readonly number[];
  readonly moves: readonly Move[];
  /** Roots of the weights of the features that are numbers: steps are taken in lengthscales. */
  readonly roots: Float64Array;
  /** The encoded rows of the best trials. */
  readonly bests: readonly Float64Array[];
  readonly candidates: number;
  readonly starts: number;
  /** Scrambles the quasi-random points. */
  readonly seed: string;
  readonly rng: Rng;
  /** Whether a configuration that `where` allows may be suggested: it is new. */
  accept(params: Params, row: Float64Array): boolean;
}

/** Turns of continuous and other steps. */
const ROUNDS = 20;
/** A step must be worth more than that. */
const GAIN = 1e-6;
/** Largest component of the projected gradient, in lengthscales, at which a climb ends. */
const TOLERANCE = 1e-2;
const ITERATIONS = 200;
/** How often a climb that ended where `where` forbids is halved towards its start. */
const HALVINGS = 6;

interface Place {
  /** All columns filled. */
  readonly z: Float64Array;
  /** NaN where inactive, everything snapped. */
  readonly row: Float64Array;
  readonly x: Float64Array;
  /** The acquisition; `score` is -Infinity where the configuration may not be suggested. */
  readonly value: number;
  readonly score: number;
}

export class Search {
  readonly #task: Task;
  readonly #flat: boolean;
  readonly #where: boolean;

  constructor(task: Task) {
    this.#task = task;
    const { columns, space } = task.codec;
    const plain = new Set(["numeric", "ordinal", "category"]);
    this.#flat = columns.every(({ group, kernel }) => group === "" && plain.has(kernel));
    this.#where = space.where !== undefined || isLocal(space);
  }

  /** The best new configuration found; undefined when there was none. */
  run(): Params | undefined {
    const { codec, candidates } = this.#task;
    if (codec.size <= candidates) return this.#all();
    const screened = this.#screen();
    const found = this.#startsOf(screened).map(start => this.#climb(start));
    found.sort((a, b) => b.score - a.score);
    const best = found[0];
    if (best !== undefined && best.score > -Infinity) return codec.decode(best.z);
    const order = Array.from(screened.values, (_, i) => i).sort((a, b) => screened.values[b]! - screened.values[a]!);
    for (const i of order) {
      const z = screened.z.subarray(i * codec.width, (i + 1) * codec.width);
      const params = this.#allowed(z, screened.rows.subarray(i * codec.width, (i + 1) * codec.width));
      if (params !== undefined) return params;
    }
    return undefined;
  }

  /** A small finite space: every configuration that is left. */
  #all(): Params | undefined {
    const { codec, features, acquisition, accept } = this.#task;
    const left: Params[] = [];
    const rows: Float64Array[] = [];
    for (const params of codec.enumerate()) {
      const row = new Float64Array(codec.width);
      codec.encode(params, row);
      if (!accept(params, row)) continue;
      left.push(params);
      rows.push(row);
    }
    const x = new Float64Array(rows.length * features.count);
    for (const [i, row] of rows.entries()) features.write(row, 0, x, i * features.count);
    const values = new Float64Array(rows.length);
    acquisition.values(x, rows.length, values);
    return left[argmax(values)];
  }

  #screen(): { z: Float64Array; rows: Float64Array; values: Float64Array } {
    const { codec, features, acquisition, candidates, seed, rng } = this.#task;
    const { width } = codec;
    const z = new Float64Array(candidates * width);
    const rows = new Float64Array(candidates * width);
    const x = new Float64Array(candidates * features.count);
    const points = pointsOf(width, seed, rng);
    const u = new Float64Array(width);
    let kept = 0;
    for (let i = 0; i < candidates; i++) {
      const at = kept * width;
      codec.fromCube(points(i, u), z, at);
      if (this.#where && !codec.feasible(codec.decode(z, at))) continue;
      this.#place(z, rows, at);
      features.write(rows, at, x, kept * features.count);
      kept++;
    }
    const values = new Float64Array(kept);
    acquisition.values(x, kept, values);
    return { z, rows, values };
  }

  /** The best point, points drawn with p ~ exp(value), and the best trial. */
  #startsOf({ z, values }: { readonly z: Float64Array; readonly values: Float64Array }): Place[] {
    const { codec, bests, starts, rng } = this.#task;
    const chosen: number[] = [];
    if (values.length > 0) {
      const first = argmax(values);
      chosen.push(first);
      const weights = values.map(v => Math.exp(v - values[first]!));
      weights[first] = 0;
      const draw = rng.fork("roulette");
      while (chosen.length < starts - 1) {
        const total = weights.reduce((a, b) => a + b, 0);
        if (!(total > 0)) break;
        let left = draw.next() * total;
        let i = 0;
        while (i < weights.length - 1 && (weights[i] === 0 || left >= weights[i]!)) left -= weights[i++]!;
        if (weights[i] === 0) break;
        weights[i] = 0;
        chosen.push(i);
      }
    }
    const places = chosen.map(i => this.#look(z.slice(i * codec.width, (i + 1) * codec.width)));
    const { columns } = codec;
    for (const best of bests) {
      places.push(this.#look(best.map((v, i) => (Number.isNaN(v) ? (columns[i]!.kind === "category" ? 0 : 0.5) : v))));
    }
    return places;
  }

  /** Uphill until nothing helps. */
  #climb(start: Place): Place {
    const { moves } = this.#task;
    let place = start;
    for (let round = 0; round < ROUNDS; round++) {
      place = this.#slide(place);
      const before = place;
      for (const move of moves) place = this.#step(place, move);
      if (place === before) break;
    }
    return place;
  }

  /** The continuous columns that are active. */
  #slide(place: Place): Place {
    const { continuous, features, acquisition, roots, codec } = this.#task;
    const columns = continuous.filter(c => !Number.isNaN(place.row[c]!));
    if (columns.length === 0) return place;
    const which = columns.map(c => features.ofColumn[c]!);
    const lengths = which.map(d => 1 / Math.max(roots[d]!, 1e-6));
    const x = place.x.slice();
    const full = new Float64Array(features.count);
    const { x: end } = minimizeBounded(
      (v, gradient) => {
        for (const [k, d] of which.entries()) x[d] = v[k]! * lengths[k]!;
        const value = acquisition.at(x, full);
        for (const [k, d] of which.entries()) gradient[k] = -full[d]! * lengths[k]!;
        return -value;
      },
      which.map((d, k) => place.x[d]! / lengths[k]!),
      {
        ...{ lower: which.map(() => 0), upper: lengths.map(length => 1 / length) },
        ...{ tolerance: TOLERANCE, iterations: ITERATIONS, gain: 1e-6 },
      },
    );
    for (let share = 1, tries = 0; tries < HALVINGS; tries++, share /= 2) {
      const z = place.z.slice();
      for (const [k, c] of columns.entries()) {
        const to = Math.min(1, Math.max(0, end[k]! * lengths[k]!));
        z[c] = share === 1 ? to : z[c]! + share * (to - z[c]!);
      }
      if (this.#where && !codec.feasible(codec.decode(z))) continue;
      const found = this.#look(z);
      return found.score > place.score + GAIN ? found : place;
    }
    return place;
  }

  /** The best alternative of one move that may be suggested. */
  #step(place: Place, move: Move): Place {
    const { features, acquisition, codec } = this.#task;
    if (move.columns.every(c => Number.isNaN(place.row[c]!))) return place;
    const alternatives = move.alternatives(place.z);
    if (alternatives.length === 0) return place;
    const zs = new Float64Array(alternatives.length * codec.width);
    const rows = new Float64Array(zs.length);
    const x = new Float64Array(alternatives.length * features.count);
    for (const [i, changes] of alternatives.entries()) {
      const at = i * codec.width;
      zs.set(place.z, at);
      for (const [column, value] of changes) zs[at + column] = value;
      this.#place(zs, rows, at);
      features.write(rows, at, x, i * features.count);
    }
    const values = new Float64Array(alternatives.length);
    acquisition.values(x, alternatives.length, values);
    const order = Array.from(values, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
    for (const i of order) {
      if (!(values[i]! > place.score + GAIN)) break;
      const z = zs.slice(i * codec.width, (i + 1) * codec.width);
      const row = rows.slice(i * codec.width, (i + 1) * codec.width);
      if (this.#allowed(z, row) === undefined) continue;
      const from = i * features.count;
      return { z, row, x: x.slice(from, from + features.count), value: values[i]!, score: values[i]! };
    }
    return place;
  }

  #look(z: Float64Array): Place {
    const { codec, features, acquisition } = this.#task;
    const row = new Float64Array(codec.width);
    this.#place(z, row, 0);
    const x = new Float64Array(features.count);
    features.write(row, 0, x, 0);
    const [value] = valuesOf(acquisition, x, 1) as unknown as [number];
    return { z, row, x, value, score: this.#allowed(z, row) === undefined ? -Infinity : value };
  }

  #allowed(z: Float64Array, row: Float64Array): Params | undefined {
    const { codec, accept } = this.#task;
    const params = codec.decode(z);
    if (this.#where && !codec.feasible(params)) return undefined;
    return accept(params, row) ? params : undefined;
  }

  /** The row that the filled columns at z[at...] come to. */
  #place(z: Float64Array, rows: Float64Array, at: number): void {
    const { codec } = this.#task;
    if (this.#flat) for (const column of codec.columns) rows[at + column.index] = column.snap(z[at + column.index]!);
    else codec.encode(codec.decode(z, at), rows, at);
  }
}

function valuesOf(acquisition: Acquisition, x: Float64Array, points: number): Float64Array {
  const values = new Float64Array(points);
  acquisition.values(x, points, values);
  return values;
}

function argmax(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

function pointsOf(width: number, seed: string, rng: Rng): (i: number, out: Float64Array) => Float64Array {
  if (width <= HALTON_MAX_DIMENSION) {
    const sequence = width <= SOBOL_MAX_DIMENSION ? sobol(width, seed) : halton(width, seed);
    return (i, out) => sequence.point(i, out);
  }
  const draws = rng.fork("points");
  return (_, out) => draws.fill(out);
}
