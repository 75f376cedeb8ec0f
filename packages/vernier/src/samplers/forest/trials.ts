/** What the finished trials teach: rows and values. */
import { median } from "../../math/quantile.ts";
import { STATE, type History } from "../../core/types.ts";
import type { TreeSpace } from "./tree-space.ts";

/** The finished trials whose configuration is known, in the order of their numbers. */
export interface Taught {
  readonly count: number;
  /** Rows of `width` numbers, gaps filled. */
  readonly x: Float64Array;
  /** Smaller is better; finite. */
  readonly y: Float64Array;
  /** Sum of violations; NaN where it is not known. */
  readonly violation: Float64Array;
  /** 1 where the trial is complete and its value its own. */
  readonly trusted: Uint8Array;
}

/**
 * Values of the finished trials. Stopped ones have what they last reported, but are no better than the median of the complete ones; without
 * a value, a trial is as bad as the worst. Undefined when no trial has a value.
 */
export function taught(history: History, space: TreeSpace): Taught | undefined {
  const { width } = space;
  const numbers = history.finished
    .slice(0, history.finishedCount)
    .sort()
    .filter(number => isKnown(history, number));
  const count = numbers.length;
  const x = new Float64Array(count * width);
  const y = new Float64Array(count).fill(NaN);
  const violation = new Float64Array(count);
  const trusted = new Uint8Array(count);
  const sign = history.objectives[0]?.direction === "maximize" ? -1 : 1;
  for (const [i, number] of numbers.entries()) {
    x.set(history.x.subarray(number * width, (number + 1) * width), i * width);
    space.fillGaps(x, i * width);
    violation[i] = history.violation[number]!;
    const value = sign * history.values[number]!;
    if (history.states[number] === STATE.failed || !Number.isFinite(value)) continue;
    y[i] = value;
    if (history.states[number] === STATE.complete && history.ranked[number] === 1) trusted[i] = 1;
  }
  const own = y.filter((_, i) => trusted[i] === 1);
  const known = y.filter(value => !Number.isNaN(value));
  if (known.length === 0) return undefined;
  const worst = (own.length > 0 ? own : known).reduce((a, b) => Math.max(a, b));
  const least = own.length > 0 ? median(own) : -Infinity;
  for (let i = 0; i < count; i++) {
    if (trusted[i] === 1) continue;
    y[i] = Number.isNaN(y[i]!) ? worst : Math.min(worst, Math.max(least, y[i]!));
  }
  return { count, x, y, violation, trusted };
}

/** False while a trial's configuration is not known, or outside an edited space. */
function isKnown({ x, codec: { width } }: History, number: number): boolean {
  for (let c = number * width; c < (number + 1) * width; c++) if (!Number.isNaN(x[c]!)) return true;
  return false;
}
