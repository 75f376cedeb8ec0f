/**
 * Scales and grids of numbers: where a value lies between 0 and 1.
 *
 * A scale S is increasing; the encoded value is u = (S(v) - S(a)) / (S(b) - S(a)) over the range [a, b]. Stepped and integer
 * parameters take a = low - step/2, b = high + step/2, so that every value owns a cell and the ends are not squeezed.
 */
import { exp, log as ln } from "../math/elementary.ts";
import type { FloatNode, IntNode, Scale } from "./types.ts";

/** S over a range: `to` and `from` work on that scale, not yet on [0,1]. */
export interface Curve {
  to(v: number): number;
  from(s: number): number;
}

const linear: Curve = { to: v => v, from: s => s };
const log: Curve = { to: ln, from: exp };
// log(v / (1 - v)); the inverse is written per sign so that neither tail cancels.
const logit: Curve = {
  to: v => ln(v / (1 - v)),
  from: s => (s >= 0 ? 1 / (1 + exp(-s)) : exp(s) / (1 + exp(s))),
};

/** The scale's curve on [a, b]. "reverse-log" is the log scale mirrored in the middle of the range: dense near b. */
export function curve(scale: Scale, a: number, b: number): Curve {
  switch (scale) {
    case "linear":
      return linear;
    case "log":
      return log;
    case "logit":
      return logit;
    case "reverse-log":
      return { to: v => -ln(a + b - v), from: s => a + b - exp(-s) };
  }
}

/** Values low, low + step, ..., high. `step` 0 stands for a continuous range. */
export interface Grid {
  readonly low: number;
  readonly high: number;
  readonly step: number;
  /** Number of values; 0 when continuous. */
  readonly count: number;
  /** The k-th value as the decimal a person would write: 3 steps of 0.1 are 0.3, not 0.30000000000000004. */
  at(k: number): number;
}

/** Digits after the point in the shortest spelling of x: 0.1 has 1, 2.5e-7 has 8. */
function decimals(x: number): number {
  const [mantissa = "", exponent = "0"] = x.toExponential().split("e");
  const point = mantissa.indexOf(".");
  return Math.max(0, (point < 0 ? 0 : mantissa.length - point - 1) - Number(exponent));
}

/** Steps from low to v, when v lies on the grid up to rounding; otherwise undefined. */
export function stepsTo(v: number, low: number, step: number): number | undefined {
  const steps = (v - low) / step;
  const k = Math.round(steps);
  return Math.abs(steps - k) <= 1e-9 * Math.max(1, Math.abs(k)) ? k : undefined;
}

/** The grid of a number parameter; integers step by 1 where nothing else is said. */
export function grid(node: FloatNode | IntNode): Grid {
  const { low, high } = node;
  const step = node.step ?? (node.type === "int" ? 1 : 0);
  if (step === 0) return { low, high, step, count: 0, at: () => low };
  const last = Math.round((high - low) / step);
  const digits = Math.max(decimals(low), decimals(step));
  const ten = 10 ** digits;
  const lowUnits = Math.round(low * ten);
  const stepUnits = Math.round(step * ten);
  // A quotient of two integers below 2^53 is the double nearest to the decimal; beyond that plain steps must do.
  const exact = digits <= 15 && Math.abs(lowUnits) + last * stepUnits <= Number.MAX_SAFE_INTEGER;
  const at =
    node.type === "int"
      ? (k: number): number => low + k * step
      : (k: number): number => (k === last ? high : exact ? (lowUnits + k * stepUnits) / ten : low + k * step);
  return { low, high, step, count: last + 1, at };
}
