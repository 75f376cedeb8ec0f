/**
 * Minimising a smooth function within bounds: L-BFGS (Liu & Nocedal 1989, "On the limited memory BFGS method for large scale
 * optimization") on the variables that no bound holds, with steps projected onto the box (Bertsekas 1982, "Projected Newton methods for
 * optimization problems with simple constraints"). Deterministic; where the function is NaN or infinite the step is shortened.
 */

/** Bounds and when to stop. */
export interface BoundedOptions {
  /** Smallest values; none when left out. */
  readonly lower?: ArrayLike<number> | undefined;
  /** Largest values; none when left out. */
  readonly upper?: ArrayLike<number> | undefined;
  /** Ends when no component of the projected gradient is larger; 1e-5. */
  readonly tolerance?: number;
  /** Ends when a step gains less than this share of |f|; 1e-12. */
  readonly gain?: number;
  /** Steps; 200. */
  readonly iterations?: number;
  /** Pairs of steps and changes of the gradient that are remembered; 10. */
  readonly memory?: number;
}

/** Where a minimisation ended. */
export interface Minimum {
  readonly x: Float64Array;
  /** Never larger than at the start. NaN or infinite only where the start was so. */
  readonly value: number;
  readonly iterations: number;
  readonly evaluations: number;
  /** The projected gradient is within the tolerance. */
  readonly converged: boolean;
}

/** Share of the decrease promised by the slope that a step must keep. */
const ARMIJO = 1e-4;
/** Shortenings of a step before the search ends where it is. */
const SHORTENINGS = 25;

/**
 * A local minimum of `f` within the bounds, from `start` (moved into them). `f` returns its value and writes its gradient, as long as x.
 *
 * @example minimizeBounded((x, g) => ((g[0] = 2 * x[0]), x[0] ** 2), [3], { lower: [1] }).x // [1]
 */
export function minimizeBounded(
  f: (x: Float64Array, gradient: Float64Array) => number,
  start: ArrayLike<number>,
  { lower, upper, tolerance = 1e-5, gain = 1e-12, iterations = 200, memory = 10 }: BoundedOptions = {},
): Minimum {
  const n = start.length;
  const inside = (i: number, v: number): number =>
    Math.min(upper?.[i] ?? Infinity, Math.max(lower?.[i] ?? -Infinity, v));
  let x = Float64Array.from({ length: n }, (_, i) => inside(i, start[i]!));
  let gradient = new Float64Array(n);
  let next = new Float64Array(n);
  let nextGradient = new Float64Array(n);
  const direction = new Float64Array(n);
  const free = new Uint8Array(n);
  const pairs = new Pairs(n, memory);
  let value = f(x, gradient);
  let evaluations = 1;
  let step = 0;
  let converged = false;
  for (; step < iterations && Number.isFinite(value); step++) {
    let largest = 0;
    let norm = 0;
    for (let i = 0; i < n; i++) {
      const g = gradient[i]!;
      const projected = x[i]! - inside(i, x[i]! - g);
      free[i] = projected === 0 ? 0 : 1;
      largest = Math.max(largest, Math.abs(projected));
      if (free[i] === 1) norm += g * g;
    }
    converged = largest <= tolerance;
    if (converged || !Number.isFinite(norm)) break;
    let length = pairs.solve(gradient, free, direction) ? 1 : Math.min(1, 1 / Math.sqrt(norm));
    let slope = 0;
    for (let i = 0; i < n; i++) slope += direction[i]! * gradient[i]!;
    if (!(slope < 0)) {
      pairs.clear();
      for (let i = 0; i < n; i++) direction[i] = free[i] === 1 ? -gradient[i]! : 0;
      length = Math.min(1, 1 / Math.sqrt(norm));
    }
    let found = NaN;
    for (let tries = 0; tries < SHORTENINGS; tries++) {
      let promised = 0;
      for (let i = 0; i < n; i++) {
        next[i] = inside(i, x[i]! + length * direction[i]!);
        promised += gradient[i]! * (next[i]! - x[i]!);
      }
      const candidate = f(next, nextGradient);
      evaluations++;
      if (candidate <= value + ARMIJO * promised && allFinite(nextGradient)) {
        found = candidate;
        break;
      }
      // The minimum of the parabola through both values and the slope.
      const shorter = -promised / (2 * (candidate - value - promised));
      length *= Number.isFinite(candidate) && Number.isFinite(shorter) ? Math.min(0.5, Math.max(0.1, shorter)) : 0.1;
    }
    if (Number.isNaN(found)) {
      if (!pairs.clear()) break;
      continue;
    }
    pairs.add(x, next, gradient, nextGradient);
    const gained = value - found;
    [x, next] = [next, x];
    [gradient, nextGradient] = [nextGradient, gradient];
    value = found;
    if (gained <= gain * Math.abs(value)) {
      step++;
      break;
    }
  }
  return { x, value, iterations: step, evaluations, converged };
}

function allFinite(values: Float64Array): boolean {
  for (const v of values) if (v - v !== 0) return false;
  return true;
}

/** The newest steps s and changes y of the gradient. */
class Pairs {
  readonly #s: Float64Array[] = [];
  readonly #y: Float64Array[] = [];
  readonly #memory: number;
  readonly #n: number;

  constructor(n: number, memory: number) {
    this.#n = n;
    this.#memory = memory;
  }

  /** True when there was something to forget. */
  clear(): boolean {
    const had = this.#s.length > 0;
    this.#s.length = this.#y.length = 0;
    return had;
  }

  add(x: Float64Array, next: Float64Array, gradient: Float64Array, nextGradient: Float64Array): void {
    const s = new Float64Array(this.#n);
    const y = new Float64Array(this.#n);
    let [sy, yy] = [0, 0];
    for (let i = 0; i < this.#n; i++) {
      s[i] = next[i]! - x[i]!;
      y[i] = nextGradient[i]! - gradient[i]!;
      sy += s[i]! * y[i]!;
      yy += y[i]! * y[i]!;
    }
    // Negative curvature would turn the direction uphill.
    if (!(sy > 1e-12 * yy)) return;
    if (this.#s.length === this.#memory) {
      this.#s.shift();
      this.#y.shift();
    }
    this.#s.push(s);
    this.#y.push(y);
  }

  /** direction <- -H g on the free variables, 0 on the others (two loops, Nocedal 1980). False: no pair was of use, H is the identity. */
  solve(gradient: Float64Array, free: Uint8Array, direction: Float64Array): boolean {
    const n = this.#n;
    const dot = (a: Float64Array, b: Float64Array): number => {
      let sum = 0;
      for (let i = 0; i < n; i++) if (free[i] === 1) sum += a[i]! * b[i]!;
      return sum;
    };
    for (let i = 0; i < n; i++) direction[i] = free[i] === 1 ? -gradient[i]! : 0;
    const used: { s: Float64Array; y: Float64Array; sy: number; alpha: number }[] = [];
    let scale = NaN;
    for (let k = this.#s.length - 1; k >= 0; k--) {
      const [s, y] = [this.#s[k]!, this.#y[k]!];
      const [sy, yy] = [dot(s, y), dot(y, y)];
      if (!(sy > 1e-12 * yy)) continue;
      if (Number.isNaN(scale)) scale = sy / yy;
      const alpha = dot(s, direction) / sy;
      for (let i = 0; i < n; i++) if (free[i] === 1) direction[i]! -= alpha * y[i]!;
      used.push({ s, y, sy, alpha });
    }
    if (used.length === 0) return false;
    for (let i = 0; i < n; i++) direction[i]! *= scale;
    for (const { s, y, sy, alpha } of used.toReversed()) {
      const beta = dot(y, direction) / sy;
      for (let i = 0; i < n; i++) if (free[i] === 1) direction[i]! += (alpha - beta) * s[i]!;
    }
    return true;
  }
}
