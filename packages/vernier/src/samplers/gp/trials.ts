/** The finished trials as points and values, folded from the history. */
import { STATE, type History } from "../../core/types.ts";
import { fitPower, yeoJohnson } from "./power.ts";
import { median } from "../../math/quantile.ts";
import type { Features } from "./features.ts";
import { Points, Surrogate, standardise } from "./surrogate.ts";

/** What a trial's value is worth. */
const TRUSTED = 0;
/** Of a trial that was stopped, or told too late: counted as no better than the median of the trusted ones. */
const PARTIAL = 1;
/** There is none: as bad as the worst. */
const NONE = 2;

/** Powers are looked for as far from 1 on both sides, 1 changing nothing: from -2 to 4. */
const POWERS = 3;
/** Fewer values say nothing of their distribution. */
const FEWEST_WARPED = 5;

/** A constrained metric, and the trials that know it. */
export interface Limited {
  readonly points: Points;
  readonly surrogate: Surrogate;
  readonly values: number[];
  readonly min: number;
  readonly max: number;
}

/** Values of the first points in the units that are modelled. */
export interface Modelled {
  /** Mean 0 and variance 1, larger is better. */
  readonly y: Float64Array;
  /** The same of another value, as told. */
  of(value: number): number;
}

/** Follows a history that only grows. */
export class Trials {
  readonly points: Points;
  /** One an objective. */
  readonly surrogates: readonly Surrogate[];
  readonly limits: readonly Limited[];
  /** Number of the trial of each point. */
  readonly numbers: number[] = [];
  readonly #features: Features;
  readonly #warp: boolean;
  readonly #signs: readonly number[];
  /** By objective, larger is better. */
  readonly #values: readonly number[][];
  readonly #trust: readonly number[][];
  readonly #feasible: boolean[] = [];
  #read = 0;

  constructor(
    history: History,
    features: Features,
    { deterministic, warp }: { readonly deterministic: boolean; readonly warp: boolean },
  ) {
    this.#features = features;
    this.#warp = warp;
    this.#signs = history.objectives.map(({ direction }) => (direction === "maximize" ? 1 : -1));
    this.#values = this.#signs.map(() => []);
    this.#trust = this.#signs.map(() => []);
    this.points = new Points(features.count);
    this.surrogates = this.#signs.map(
      (_, k) => new Surrogate(this.points, features.numbers, deterministic, n => this.modelled(n, k).y),
    );
    this.limits = history.constraints.map(({ min = -Infinity, max = Infinity }) => {
      const values: number[] = [];
      const points = new Points(features.count);
      const of = (n: number): Float64Array => {
        const first = Float64Array.from(values.slice(0, n));
        standardise(first);
        return first;
      };
      return { points, surrogate: new Surrogate(points, features.numbers, deterministic, of), values, min, max };
    });
  }

  /** Finished trials read so far. */
  get read(): number {
    return this.#read;
  }

  follow(history: History): void {
    const { width } = history.codec;
    for (; this.#read < history.finishedCount; this.#read++) {
      const number = history.finished[this.#read]!;
      const from = number * width;
      if (!isKnown(history.x, from, width)) continue;
      const complete = history.states[number] === STATE.complete;
      const failed = history.states[number] === STATE.failed;
      this.numbers.push(number);
      for (const [k, sign] of this.#signs.entries()) {
        const value = sign * history.values[number * this.#signs.length + k]!;
        this.#values[k]!.push(value);
        const none = failed || !Number.isFinite(value);
        this.#trust[k]!.push(none ? NONE : complete && history.ranked[number] === 1 ? TRUSTED : PARTIAL);
      }
      this.#feasible.push(history.violation[number] === 0);
      this.#add(this.points, history, from);
      if (failed || this.limits.length === 0) continue;
      const record = history.record(number);
      const metrics = complete ? record?.metrics : { ...record?.metrics, ...record?.last?.metrics };
      for (const [k, limit] of this.limits.entries()) {
        const metric = metrics?.[history.constraints[k]!.name];
        if (metric === undefined || !Number.isFinite(metric)) continue;
        limit.values.push(metric);
        this.#add(limit.points, history, from);
      }
    }
  }

  /** Objective k of the first `n` points. Where no complete value is known, those of stopped trials stand in. */
  modelled(n: number, k = 0): Modelled {
    const trusted = this.#known(n, k, TRUSTED);
    const base = trusted.length > 0 ? trusted : this.#known(n, k, PARTIAL);
    const y = new Float64Array(n);
    if (base.length === 0) return { y, of: () => 0 };
    const worst = base.reduce((a, b) => Math.min(a, b));
    const middle = trusted.length > 0 ? median(trusted) : Infinity;
    for (let i = 0; i < n; i++) {
      const trust = this.#trust[k]![i]!;
      const value = this.#values[k]![i]!;
      y[i] = trust === TRUSTED ? value : trust === NONE ? worst : Math.max(worst, Math.min(middle, value));
    }
    const sign = this.#signs[k]!;
    const first = standardise(y);
    const plain = (value: number): number => (sign * value - first.mean) / first.deviation;
    if (!this.#warp || n < FEWEST_WARPED) return { y, of: plain };
    // Yeo and Johnson's powers tell the tail of the bad values by its sign: here it is the upper one.
    for (let i = 0; i < n; i++) y[i] = -y[i]!;
    const power = fitPower(y, 1 - POWERS, 1 + POWERS);
    for (let i = 0; i < n; i++) y[i] = -yeoJohnson(y[i]!, power);
    const { mean, deviation } = standardise(y);
    return { y, of: value => (-yeoJohnson(-plain(value), power) - mean) / deviation };
  }

  /** The point with the best value that is trusted and feasible; the best feasible of the others where there is none; undefined: no such point. */
  best(y: Float64Array): number | undefined {
    return this.ranked().reduce<number | undefined>(
      (best, i) => (best === undefined || y[i]! > y[best]! ? i : best),
      undefined,
    );
  }

  /** The points whose values are trusted and feasible; the feasible of the others where there are none. */
  ranked(): number[] {
    for (const trust of [TRUSTED, PARTIAL]) {
      const found: number[] = [];
      for (let i = 0; i < this.points.n; i++) {
        if (this.#feasible[i] === true && this.#trust.every(of => of[i] === trust)) found.push(i);
      }
      if (found.length > 0) return found;
    }
    return [];
  }

  #known(n: number, k: number, trust: number): Float64Array {
    const values: number[] = [];
    for (let i = 0; i < n; i++) if (this.#trust[k]![i] === trust) values.push(this.#values[k]![i]!);
    return Float64Array.from(values);
  }

  #add(points: Points, history: History, from: number): void {
    const offset = points.add();
    this.#features.write(history.x, from, points.x, offset);
  }
}

/** False while a trial's configuration is not known, or outside an edited space. */
export function isKnown(x: Float64Array, from: number, width: number): boolean {
  for (let i = from; i < from + width; i++) if (!Number.isNaN(x[i]!)) return true;
  return false;
}
