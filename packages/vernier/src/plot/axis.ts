/** Axes: where a value lies between 0 and 1, and which marks stand beside it. Shared with the report's page. */
import { formatDuration, formatNumber, minus } from "./format.ts";

export interface Tick {
  /** From 0 to 1. */
  readonly at: number;
  readonly text: string;
}

/** A number scale of a picture. */
export type AxisScale = "linear" | "log" | "logit" | "reverse-log";

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly scale: AxisScale;
  /** From 0 to 1 inside the range; unclipped outside. */
  at(value: number): number;
  /** The value at a position: the inverse of `at`. */
  from(u: number): number;
  ticks(most: number): Tick[];
}

/** Largest 1, 2 or 5 times a power of ten that gives at most `most` steps over the span. */
export function niceStep(span: number, most: number): number {
  const raw = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const times = raw / power;
  return (times <= 1.0000001 ? 1 : times <= 2.0000001 ? 2 : times <= 5.0000001 ? 5 : 10) * power;
}

const isUsable = (x: number): boolean => Number.isFinite(x);

function linearTicks(low: number, high: number, most: number, whole: boolean): number[] {
  const span = high - low;
  if (!(span > 0) || !isUsable(span)) return [low];
  const step = Math.max(niceStep(span, most), whole ? 1 : 0);
  const first = Math.ceil(low / step - 1e-9);
  const ticks: number[] = [];
  for (let k = first; k * step <= high + step * 1e-9 && ticks.length < 100; k++) ticks.push(k * step);
  return ticks.length === 0 ? [low] : ticks;
}

/** Digits after the point that tell neighbouring ticks apart. */
function linearText(values: readonly number[]): string[] {
  if (values.length < 2) return values.map(value => formatNumber(value));
  const step = Math.abs(values[1]! - values[0]!);
  const largest = Math.max(...values.map(Math.abs));
  if (largest >= 1e6 || (largest > 0 && largest < 1e-3)) {
    const power = Math.floor(Math.log10(largest) + 1e-9);
    const digits = Math.max(0, Math.min(12, power - Math.floor(Math.log10(step) + 1e-9)));
    return values.map(v => (Math.abs(v) < step / 2 ? "0" : minus(v.toExponential(digits).replace("e+", "e"))));
  }
  const digits = Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)));
  return values.map(value => minus((Math.abs(value) < step / 1e6 ? 0 : value).toFixed(digits)));
}

/** Powers of ten; 1-2-5 of them when there are few; every few powers when there are many. */
function logTicks(low: number, high: number, most: number): number[] {
  const a = Math.log10(low);
  const b = Math.log10(high);
  const decades = b - a;
  const inside = (v: number): boolean => v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9);
  const of = (times: readonly number[]): number[] => {
    const values: number[] = [];
    for (let p = Math.floor(a); p <= Math.ceil(b); p++)
      for (const m of times) if (inside(m * 10 ** p)) values.push(Number(`${m}e${p}`));
    return values;
  };
  if (decades > most) {
    const every = Math.ceil(decades / most);
    return of([1]).filter(v => Math.round(Math.log10(v)) % every === 0);
  }
  for (const times of [[1, 2, 5], [1, 3], [1]]) {
    const values = of(times);
    if (values.length >= 2 && values.length <= most) return values;
  }
  const powers = of([1]);
  return powers.length >= 2 ? powers : linearTicks(low, high, most, false).filter(v => v > 0);
}

const logText = (value: number): string => {
  const power = Math.log10(value);
  if (value >= 1e-3 && value < 1e5) return String(Number(value.toPrecision(3)));
  return minus(Number.isInteger(Math.round(power * 1e9) / 1e9) ? `1e${Math.round(power)}` : formatNumber(value, 2));
};

const logit = (p: number): number => Math.log(p / (1 - p));

/** The transform of a scale over [low, high], and its inverse. */
function transform(scale: AxisScale, low: number, high: number): { to(v: number): number; from(s: number): number } {
  switch (scale) {
    case "log":
      return { to: Math.log, from: Math.exp };
    case "logit":
      return { to: logit, from: s => 1 / (1 + Math.exp(-s)) };
    case "reverse-log":
      return { to: v => -Math.log(low + high - v), from: s => low + high - Math.exp(-s) };
    default:
      return { to: v => v, from: s => s };
  }
}

/** Numbers between two ends. Ends that are equal get room on both sides. `whole` keeps ticks on whole numbers. */
export function numberAxis(low: number, high: number, scale: AxisScale = "linear", whole = false): Axis {
  let [a, b] = isUsable(low) && isUsable(high) ? (low <= high ? [low, high] : [high, low]) : [0, 1];
  const safe =
    (scale === "log" || scale === "reverse-log") && a <= 0
      ? "linear"
      : scale === "logit" && (a <= 0 || b >= 1)
        ? "linear"
        : scale;
  if (a === b) {
    if (safe === "log") [a, b] = [a / 2 || a, Math.min(b * 2, Number.MAX_VALUE)];
    else if (safe === "linear") [a, b] = [a - (Math.abs(a) / 10 || 1), b + (Math.abs(b) / 10 || 1)];
  }
  if (!isUsable(b - a)) [a, b] = [a / 2, b / 2];
  const { to, from } = transform(safe, a, b);
  const [s, e] = [to(a), to(b)];
  const at = (value: number): number => (e === s ? 0.5 : (to(value) - s) / (e - s));
  const ticks = (most: number): Tick[] => {
    const place = (values: readonly number[], text: readonly string[]): Tick[] =>
      values
        .map((value, i) => ({ at: at(value), text: text[i] ?? "" }))
        .filter(tick => tick.at > -1e-6 && tick.at < 1 + 1e-6);
    if (safe === "log") {
      const values = logTicks(a, b, most);
      const apart = values.length > 1 && values[values.length - 1]! / values[0]! >= 5;
      return place(values, apart ? values.map(logText) : linearText(values));
    }
    if (safe === "linear") {
      const values = linearTicks(a, b, most, whole);
      return place(values, linearText(values));
    }
    return place(...curvedTicks(at, a, b, most, safe));
  };
  return { low: a, high: b, scale: safe, at, from: u => from(s + u * (e - s)), ticks };
}

/** logit and reverse-log: candidates at powers of ten from the crowded ends, those kept that stand apart. */
function curvedTicks(
  at: (v: number) => number,
  low: number,
  high: number,
  most: number,
  scale: AxisScale,
): [number[], string[]] {
  const candidates = [low, high];
  const sum = scale === "logit" ? 1 : low + high;
  if (scale === "logit") candidates.push(0.5);
  for (let p = -1; p >= -9; p--) {
    candidates.push(sum - 10 ** p * (scale === "logit" ? 1 : high));
    if (scale === "logit") candidates.push(10 ** p);
  }
  candidates.push(...linearTicks(low, high, most, false));
  const kept: number[] = [];
  for (const v of candidates) {
    if (v < low || v > high) continue;
    if (kept.length < most && kept.every(other => Math.abs(at(other) - at(v)) >= 0.8 / most)) kept.push(v);
  }
  kept.sort((x, y) => x - y);
  return [kept, kept.map(v => minus(String(Number(v.toPrecision(7)))))];
}

/** Time from a beginning, in ms: ticks at whole seconds, minutes, hours, days. */
export function durationAxis(span: number): Axis {
  const axis = numberAxis(0, span > 0 ? span : 1);
  const ticks = (most: number): Tick[] => {
    const units = [
      1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5,
      108e5, 216e5, 432e5, 864e5,
    ];
    const step = units.find(unit => axis.high / unit <= most) ?? niceStep(axis.high / 864e5, most) * 864e5;
    const values: number[] = [];
    for (let k = 0; k * step <= axis.high * (1 + 1e-9) && k < 100; k++) values.push(k * step);
    return values.map(value => ({ at: axis.at(value), text: value === 0 ? "0" : formatDuration(value) }));
  };
  return { ...axis, ticks };
}

/** Categories side by side, each in the middle of its band. */
export function bandAxis(categories: readonly string[]): Axis {
  const n = Math.max(1, categories.length);
  const at = (code: number): number => (code + 0.5) / n;
  return {
    low: 0,
    high: n - 1,
    scale: "linear",
    at,
    from: u => Math.min(n - 1, Math.max(0, Math.floor(u * n))),
    ticks: most => {
      const every = Math.ceil(n / Math.max(1, most));
      return categories.map((text, i) => ({ at: at(i), text })).filter((_, i) => i % every === 0);
    },
  };
}

/** The range that shows an objective's values: a log scale over several powers of ten, bad outliers left to the edge. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
  readonly scale: "linear" | "log";
  /** How many values lie beyond it. */
  readonly beyond: number;
}

export function valueRange(
  values: readonly number[],
  maximize: boolean,
  wanted: "auto" | "linear" | "log" = "auto",
): ValueRange {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const n = sorted.length;
  if (n === 0) return { low: 0, high: 1, scale: "linear", beyond: 0 };
  let [low, high] = [sorted[0]!, sorted[n - 1]!];
  if (low > 0 && wanted !== "linear" && (wanted === "log" || high / low >= 20))
    return { low, high, scale: "log", beyond: 0 };
  // Bad values far out would press all others into a line: the axis ends where most values do.
  const q = (p: number): number => sorted[Math.min(n - 1, Math.floor(p * n))]!;
  const body = q(0.9) - q(0.1);
  if (n >= 10 && body > 0) {
    const fence = maximize ? q(0.1) - 2 * body : q(0.9) + 2 * body;
    if (maximize && low < fence - 2 * body) low = sorted.find(v => v >= fence) ?? low;
    if (!maximize && high > fence + 2 * body) high = sorted.findLast(v => v <= fence) ?? high;
  }
  const beyond = sorted.filter(v => v < low || v > high).length;
  return { low, high, scale: "linear", beyond };
}

/** An axis for a range of values, with a little room at both ends so that no mark sits on the frame. */
export function valueAxis({ low, high, scale }: Pick<ValueRange, "low" | "high" | "scale">): Axis {
  if (low === high) return numberAxis(low, high, scale);
  if (scale === "log") {
    const room = (high / low) ** 0.04;
    return numberAxis(low / room, high * room, "log");
  }
  const room = (high - low) * 0.04;
  return numberAxis(low - room, high + room);
}
