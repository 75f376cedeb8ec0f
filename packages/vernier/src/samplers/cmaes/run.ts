/**
 * CMA-ES as a fold of the history. Which trials are the strategy's own, and where they were drawn before they were rounded, is not
 * stored: both follow from drawing each trial's point once more, because draws depend only on the seed, the number and the state.
 */
import type { History } from "../../core/types.ts";
import { STATE } from "../../core/types.ts";
import { stream, type Rng } from "../../math/rng.ts";
import { isLocal } from "../../space/json.ts";
import type { Codec } from "../../space/types.ts";
import { defaultPopulation } from "./constants.ts";
import { Margin, type Cell } from "./margin.ts";
import { nextStart, Stopping, type RestartRule } from "./restart.ts";
import { Strategy, type Told } from "./strategy.ts";
import { warmStart } from "./warm-start.ts";

export interface RunOptions {
  readonly startup: number;
  readonly sigma: number;
  readonly population: number | undefined;
  readonly separable: boolean;
  readonly margin: boolean;
  readonly adaptRates: boolean;
  readonly warmStart: boolean;
  readonly restart: RestartRule;
}

/** A point of the strategy: as drawn, and as a row of encoded columns, categories included. */
export interface Point {
  readonly x: Float64Array;
  readonly row: Float64Array;
}

/** Draws for a point inside the box before it is clipped. */
const REDRAWS = 100;
/** Points looked at for a suggestion, and to find a trial again. Beyond them suggestions are random ones. */
export const TRIES = 64;

interface Ranked extends Told {
  readonly violation: number;
}

export class Run {
  /** Undefined until enough trials have finished, and for spaces without numbers. */
  strategy: Strategy | undefined;
  /** Restarts so far. */
  restarts = 0;
  readonly #codec: Codec;
  readonly #seed: number;
  readonly #options: RunOptions;
  /** Columns the strategy moves, and the others. */
  readonly #numeric: readonly number[];
  readonly #categories: readonly number[];
  #margin: Margin;
  #stopping: Stopping;
  #generation = -1;
  #read = 0;
  #startup: number[] = [];
  #block: Ranked[] = [];
  #evaluations = { large: 0, small: 0 };

  constructor(codec: Codec, seed: number, options: RunOptions) {
    this.#codec = codec;
    this.#seed = seed;
    this.#options = options;
    this.#numeric = codec.columns.filter(({ kind }) => kind === "numeric").map(({ index }) => index);
    this.#categories = codec.columns.filter(({ kind }) => kind === "category").map(({ index }) => index);
    this.#margin = this.#newMargin();
    this.#stopping = new Stopping(options.sigma);
  }

  follow(history: History): void {
    if (history.generation !== this.#generation || history.finishedCount < this.#read) {
      this.#generation = history.generation;
      this.#read = 0;
      this.#startup = [];
      this.#block = [];
      this.strategy = undefined;
      this.restarts = 0;
      this.#evaluations = { large: 0, small: 0 };
    }
    if (this.#numeric.length === 0) return;
    for (; this.#read < history.finishedCount; this.#read++) {
      const number = history.finished[this.#read]!;
      if (history.states[number] !== STATE.complete || history.ranked[number] !== 1) continue;
      if (this.strategy === undefined) this.#begin(history, number);
      else this.#take(history, number, this.strategy);
    }
    if (this.strategy === undefined && this.#options.startup === 0) this.#start(history);
  }

  /** Points for a trial, one after another, without end; the first that suits is suggested. */
  *points(rng: Rng): Generator<Point> {
    const strategy = this.strategy;
    if (strategy === undefined) return;
    const { columns, width } = this.#codec;
    for (;;) {
      const x = this.#drawInside(strategy, rng);
      const row = new Float64Array(width);
      for (const [j, index] of this.#numeric.entries()) {
        const column = columns[index]!;
        const v = column.levels === 0 ? x[j]! : this.#margin.stretched(strategy, x[j]!, j);
        row[index] = column.snap(Math.min(1, Math.max(0, v)));
      }
      for (const index of this.#categories) row[index] = rng.int(Math.max(1, columns[index]!.levels));
      yield { x, row };
    }
  }

  #drawInside(strategy: Strategy, rng: Rng): Float64Array {
    const { columns } = this.#codec;
    const x = new Float64Array(this.#numeric.length);
    for (let k = 0; k < REDRAWS; k++) {
      strategy.draw(rng, x);
      if (this.#numeric.every((index, j) => columns[index]!.levels > 0 || (x[j]! >= 0 && x[j]! <= 1))) return x;
    }
    for (const [j, index] of this.#numeric.entries()) {
      if (columns[index]!.levels === 0) x[j] = Math.min(1, Math.max(0, x[j]!));
    }
    return x;
  }

  #begin(history: History, number: number): void {
    this.#startup.push(number);
    if (this.#startup.length >= this.#options.startup) this.#start(history);
  }

  #start(history: History): void {
    const n = this.#numeric.length;
    const { sigma, population, separable, adaptRates } = this.#options;
    const warm = this.#options.warmStart ? warmStart(history, this.#startup, this.#numeric) : undefined;
    const from = warm ?? { mean: new Float64Array(n).fill(0.5), sigma };
    const { covariance } = warm ?? {};
    this.strategy = new Strategy({
      ...{ mean: from.mean, sigma: from.sigma, lambda: population ?? defaultPopulation(n), separable, adaptRates },
      ...(covariance !== undefined && { covariance: separable ? diagonalOf(covariance, n) : covariance }),
    });
    this.#margin = this.#newMargin();
    this.#stopping = new Stopping(from.sigma);
  }

  #take(history: History, number: number, strategy: Strategy): void {
    const x = this.#found(history, number);
    if (x === undefined) return;
    const k = history.objectives.length;
    const value = history.values[number * k]!;
    const sign = history.objectives[0]?.direction === "maximize" ? -1 : 1;
    const violation = history.violation[number]!;
    this.#block.push({ x, value: sign * value, violation: Number.isNaN(violation) ? Infinity : violation });
    const { lambda } = strategy.constants;
    if (this.#block.length < lambda) return;
    const sorted = this.#block.toSorted((a, b) => compare(a.violation, b.violation) || compare(a.value, b.value));
    this.#block = [];
    // Ranks are all the update reads; infeasible points go behind the feasible ones.
    strategy.tell(sorted.map((point, rank) => ({ x: point.x, value: rank })));
    if (this.#options.margin) this.#margin.correct(strategy);
    this.#evaluations[this.#isLarge(lambda) ? "large" : "small"] += lambda;
    const values = sorted.filter(point => point.violation === 0).map(point => point.value);
    if (this.#options.restart !== "none" && this.#stopping.reached(strategy, values)) this.#restart();
  }

  #isLarge(lambda: number): boolean {
    const first = this.#options.population ?? defaultPopulation(this.#numeric.length);
    return this.#options.restart !== "bipop" || lambda >= first * 2 ** this.restarts || this.restarts === 0;
  }

  #restart(): void {
    const n = this.#numeric.length;
    this.restarts++;
    const rng = stream(this.#seed, "cmaes", "restart", this.restarts);
    const first = this.#options.population ?? defaultPopulation(n);
    const { lambda, sigma } = nextStart(this.#options.restart, {
      ...{ restarts: this.restarts, first, sigma: this.#options.sigma, rng, evaluations: this.#evaluations },
    });
    const mean = Float64Array.from({ length: n }, () => rng.next());
    const { separable, adaptRates } = this.#options;
    this.strategy = new Strategy({ mean, sigma, lambda, separable, adaptRates });
    this.#margin = this.#newMargin();
    this.#stopping = new Stopping(sigma);
  }

  /** The point that became this trial; undefined when it is not one of the present generation's. */
  #found(history: History, number: number): Float64Array | undefined {
    const { width } = this.#codec;
    const wanted = history.x.subarray(number * width, (number + 1) * width);
    const row = new Float64Array(width);
    // Where every draw is new and meets the constraints, the first one was suggested.
    const limit =
      Number.isFinite(this.#codec.size) || this.#codec.space.where || isLocal(this.#codec.space) ? TRIES : 1;
    let tries = 0;
    for (const point of this.points(stream(this.#seed, number, "suggest"))) {
      this.#codec.encode(this.#codec.decode(point.row), row);
      if (same(row, wanted)) return point.x;
      if (++tries === limit) return undefined;
    }
    return undefined;
  }

  #newMargin(): Margin {
    const { columns } = this.#codec;
    return new Margin(this.#numeric.map(index => (this.#options.margin ? cellOf(columns[index]!) : undefined)));
  }
}

function cellOf(column: Codec["columns"][number]): Cell | undefined {
  if (column.levels === 0) return undefined;
  return v => {
    const [low, high] = column.cell(column.snap(Math.min(1, Math.max(0, v))));
    // Rounding noise must not make a narrow cell of what lies at the end of the range.
    return [low < 1e-12 ? -Infinity : low, high > 1 - 1e-12 ? Infinity : high];
  };
}

function same(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) return false;
  return true;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function diagonalOf(matrix: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => matrix[i * n + i]!);
}
