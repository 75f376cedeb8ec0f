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
const POWERS = 2;
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

/** Follows a history that only grows. */
export class Trials {
  readonly points: Points;
  readonly surrogate: Surrogate;
  readonly limits: readonly Limited[];
  /** Number of the trial of each point. */
  readonly numbers: number[] = [];
  readonly #features: Features;
  readonly #warp: boolean;
  /** Larger is better. */
  readonly #values: number[] = [];
  readonly #trust: number[] = [];
  readonly #feasible: boolean[] = [];
  #read = 0;

  constructor(
    history: History,
    features: Features,
    options: { readonly deterministic: boolean; readonly warp: boolean },
  ) {
    const { deterministic } = options;
    this.#features = features;
    this.#warp = options.warp;
    this.points = new Points(features.count);
    this.surrogate = new Surrogate(this.points, features.numbers, deterministic, n => this.values(n));
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
    const count = history.objectives.length;
    const sign = history.objectives[0]?.direction === "maximize" ? 1 : -1;
    for (; this.#read < history.finishedCount; this.#read++) {
      const number = history.finished[this.#read]!;
      const from = number * width;
      if (!isKnown(history.x, from, width)) continue;
      const value = sign * history.values[number * count]!;
      const complete = history.states[number] === STATE.complete;
      const failed = history.states[number] === STATE.failed;
      const finite = Number.isFinite(value);
      this.numbers.push(number);
      this.#values.push(value);
      this.#trust.push(failed || !finite ? NONE : complete && history.ranked[number] === 1 ? TRUSTED : PARTIAL);
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

  /**
   * Values of the first `n` points, mean 0 and variance 1, larger is better. Where no complete value is known, those of stopped trials
   * stand in.
   */
  values(n: number): Float64Array {
    const trusted = this.#known(n, TRUSTED);
    const base = trusted.length > 0 ? trusted : this.#known(n, PARTIAL);
    const out = new Float64Array(n);
    if (base.length === 0) return out;
    const worst = base.reduce((a, b) => Math.min(a, b));
    const middle = trusted.length > 0 ? median(trusted) : Infinity;
    for (let i = 0; i < n; i++) {
      const trust = this.#trust[i]!;
      const value = this.#values[i]!;
      out[i] = trust === TRUSTED ? value : trust === NONE ? worst : Math.max(worst, Math.min(middle, value));
    }
    standardise(out);
    if (this.#warp && n >= FEWEST_WARPED) {
      // Yeo and Johnson's powers tell the tail of the bad values by its sign: here it is the upper one.
      for (let i = 0; i < n; i++) out[i] = -out[i]!;
      const power = fitPower(out, -POWERS, 2 + POWERS);
      for (let i = 0; i < n; i++) out[i] = -yeoJohnson(out[i]!, power);
      standardise(out);
    }
    return out;
  }

  /** The point with the best value that is trusted and feasible; the best feasible of the others where there is none; undefined: no such point. */
  best(y: Float64Array): number | undefined {
    for (const trust of [TRUSTED, PARTIAL]) {
      let best: number | undefined;
      for (let i = 0; i < y.length; i++) {
        if (this.#trust[i] !== trust || !this.#feasible[i]) continue;
        if (best === undefined || y[i]! > y[best]!) best = i;
      }
      if (best !== undefined) return best;
    }
    return undefined;
  }

  #known(n: number, trust: number): Float64Array {
    const values: number[] = [];
    for (let i = 0; i < n; i++) if (this.#trust[i] === trust) values.push(this.#values[i]!);
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
