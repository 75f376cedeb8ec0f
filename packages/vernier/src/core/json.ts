/**
 * Values at the door. Everything a storage keeps is JSON; metrics alone may also hold NaN, the infinities and -0, which JSON
 * has no spelling for.
 */
import { VernierError, type ErrorCode } from "./errors.ts";
import type { Metrics } from "./types.ts";

/**
 * A frozen deep copy of a JSON value, so that neither side can change what the other holds. Keys whose value is undefined
 * are dropped, -0 becomes 0 (as JSON has it).
 *
 * @throws VernierError with `code` at the first value JSON cannot hold, with its path.
 */
export function jsonCopy(value: unknown, code: ErrorCode, path: string): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (!Number.isFinite(value)) throw notJson(code, path, String(value));
      return value + 0;
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return Object.freeze(value.map((item, i) => jsonCopy(item, code, `${path}[${i}]`)));
      if (!isPlain(value)) throw notJson(code, path, `a ${value.constructor?.name ?? "class instance"}`);
      return copyRecord(value as Record<string, unknown>, code, path);
    default:
      throw notJson(code, path, `a ${typeof value}`);
  }
}

/** `jsonCopy` of something that must be a plain object. */
export function recordCopy(value: unknown, code: ErrorCode, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || !isPlain(value)) {
    throw new VernierError(
      code,
      `${path} is ${describe(value)}. It must be a plain object: values by name. Pass for example { lr: 0.1 }.`,
    );
  }
  return copyRecord(value as Record<string, unknown>, code, path);
}

function copyRecord(source: Record<string, unknown>, code: ErrorCode, path: string): Record<string, unknown> {
  // The spread keeps V8's fast property layout (65 ns against 190 ns for a copying loop); only odd values are rewritten.
  const copy: Record<string, unknown> = { ...source };
  for (const name in copy) {
    const value = copy[name];
    if (typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && value - value === 0)) {
      if (value === 0) copy[name] = 0;
    } else if (value === undefined) delete copy[name];
    else copy[name] = jsonCopy(value, code, `${path}.${name}`);
  }
  return Object.freeze(copy);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // The last test is for objects of another realm (vm contexts, worker messages).
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function notJson(code: ErrorCode, path: string, what: string): VernierError {
  return new VernierError(
    code,
    `${path} is ${what}. What is stored is JSON: strings, finite numbers, booleans, null, arrays and plain objects. ` +
      `Convert it, or leave it out.`,
  );
}

/** How a value reads in an error: short, with its type where the text would not tell. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value === null || value === undefined || typeof value === "boolean") return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/**
 * A frozen copy of metrics: names with numbers of any kind.
 *
 * @throws VernierError E_METRICS when something is not a number, or a name is empty.
 */
export function metricsCopy(metrics: unknown): Metrics {
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics)) {
    throw new VernierError(
      "E_METRICS",
      `metrics must be an object of numbers by name; got ${describe(metrics)}. Pass for example { loss: 0.3 }.`,
    );
  }
  const copy: Record<string, number> = { ...(metrics as Record<string, number>) };
  for (const name in copy) {
    const value: unknown = copy[name];
    if (typeof value !== "number" || name === "") {
      throw new VernierError(
        "E_METRICS",
        `metric ${JSON.stringify(name)} is ${describe(value)}. A metric has a name and a number (NaN and infinities are kept). ` +
          `Convert it before you report it.`,
      );
    }
  }
  return Object.freeze(copy);
}

/** Metrics as JSON: a string in place of a number is one that JSON cannot write: "NaN", "Infinity", "-Infinity", "-0". */
export type WireMetrics = Readonly<Record<string, number | string>>;

/** To JSON. Returns the argument itself when every number is plain. */
export function metricsToWire(metrics: Metrics): WireMetrics {
  for (const name in metrics) {
    const value = metrics[name]!;
    if (value - value !== 0 || Object.is(value, -0)) return rewritten(metrics);
  }
  return metrics;
}

function rewritten(metrics: Metrics): WireMetrics {
  const wire: Record<string, number | string> = {};
  for (const [name, value] of Object.entries(metrics)) {
    wire[name] = Object.is(value, -0) ? "-0" : Number.isFinite(value) ? value : String(value);
  }
  return wire;
}

/** From JSON: frozen, and the argument itself when every number is plain. */
export function metricsFromWire(wire: WireMetrics): Metrics {
  for (const name in wire) {
    if (typeof wire[name] === "string") {
      return Object.freeze(Object.fromEntries(Object.entries(wire).map(([key, value]) => [key, Number(value)])));
    }
  }
  return Object.freeze(wire) as Metrics;
}
