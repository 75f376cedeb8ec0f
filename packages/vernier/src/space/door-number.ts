/** Door checks of `float` and `int`. */
import { refuse, type Raw } from "./door-refuse.ts";
import { stepsTo } from "./scale.ts";
import { didYouMean, spell, spellNumber } from "./spell.ts";
import type { FloatNode, IntNode, NumberPrior, Scale } from "./types.ts";
import { isPlain } from "./names.ts";

const SCALES: readonly string[] = ["linear", "log", "logit", "reverse-log"];
/** Above 2^50 cells of [0,1] a double can no longer tell neighbours apart; on a curved scale above 2^40. */
const MOST_VALUES = 2 ** 50;
const HIGHEST_CURVED = 2 ** 40;

/** -0 would be another value for `Object.is` and for the hash. */
const positiveZero = (x: number): number => (x === 0 ? 0 : x);

function numberOf(raw: Raw, name: string, path: string): number {
  const value = raw[name];
  if (typeof value !== "number" || !Number.isFinite(value)) {
    return refuse(
      "E_SPACE_NUMBER",
      raw,
      path,
      `needs a finite number for ${name}; got ${spell(value)}. Write ${String(raw["type"])}(low, high).`,
    );
  }
  if (raw["type"] === "int" && !Number.isSafeInteger(value)) {
    const hint = Number.isInteger(value) ? "Stay within ±2^53." : "Round it, or use float.";
    return refuse("E_SPACE_NUMBER", raw, path, `needs a whole number for ${name}; got ${spellNumber(value)}. ${hint}`);
  }
  return positiveZero(value);
}

function scaleOf(raw: Raw, path: string, low: number, high: number): Scale {
  const scale = raw["scale"] ?? "linear";
  if (typeof scale !== "string" || !SCALES.includes(scale)) {
    const hint = typeof scale === "string" ? didYouMean(scale, SCALES) : "";
    return refuse(
      "E_SPACE_SCALE",
      raw,
      path,
      `has no scale ${spell(scale)}. The scales are linear, log, logit and reverse-log.${hint}`,
    );
  }
  const range = `low=${spellNumber(low)}, high=${spellNumber(high)}`;
  if ((scale === "log" || scale === "reverse-log") && low <= 0) {
    const hint = `Raise low${raw["type"] === "float" ? " (1e-6, say)" : " to 1"}, or leave out the scale.`;
    return refuse("E_SPACE_SCALE", raw, path, `needs low > 0 on a ${scale} scale; got ${range}. ${hint}`);
  }
  if (scale === "logit") {
    if (raw["type"] === "int") {
      return refuse("E_SPACE_SCALE", raw, path, "cannot use a logit scale: it is for shares in (0, 1). Use float.");
    }
    if (low <= 0 || high >= 1) {
      return refuse(
        "E_SPACE_SCALE",
        raw,
        path,
        `needs 0 < low and high < 1 on a logit scale; got ${range}. Use (0.001, 0.999), say, or leave out the scale.`,
      );
    }
  }
  return scale as Scale;
}

function stepOf(raw: Raw, path: string, low: number, high: number, scale: Scale): number {
  const isInt = raw["type"] === "int";
  const step = raw["step"] ?? (isInt ? 1 : 0);
  if (raw["step"] !== undefined) {
    if (typeof step !== "number" || !Number.isFinite(step) || step <= 0) {
      return refuse("E_SPACE_STEP", raw, path, `needs step > 0; got ${spell(step)}. Leave it out for no steps.`);
    }
    if (isInt && !Number.isInteger(step)) {
      return refuse("E_SPACE_STEP", raw, path, `needs a whole step; got ${spellNumber(step)}. Use float for others.`);
    }
    if (!isInt && scale !== "linear") {
      return refuse(
        "E_SPACE_STEP",
        raw,
        path,
        `takes a step only on the linear scale; got step=${spellNumber(step)} with scale "${scale}". Leave one of them out, or list the values with ordinal([...]).`,
      );
    }
  }
  if (typeof step !== "number" || step === 0) return 0;
  if (stepsTo(high, low, step) === undefined) {
    const steps = Math.floor((high - low) / step);
    const below = Number((low + steps * step).toPrecision(12));
    const above = Number((low + (steps + 1) * step).toPrecision(12));
    const near = steps > 0 ? `${spellNumber(below)} or ${spellNumber(above)}` : spellNumber(above);
    return refuse(
      "E_SPACE_STEP",
      raw,
      path,
      `needs high = low + a whole number of steps; got low=${spellNumber(low)}, high=${spellNumber(high)}, step=${spellNumber(step)}. Use high=${near}.`,
    );
  }
  if ((high - low) / step >= MOST_VALUES) {
    return refuse("E_SPACE_RANGE", raw, path, `has more than 2^50 values. Use a larger step, or float.`);
  }
  if (scale !== "linear" && (low - step / 2 <= 0 || high > HIGHEST_CURVED)) {
    return refuse(
      "E_SPACE_RANGE",
      raw,
      path,
      `on a ${scale} scale needs low > step/2 and high <= 2^40; got low=${spellNumber(low)}, high=${spellNumber(high)}, step=${spellNumber(step)}. Change the range, or use float.`,
    );
  }
  return step;
}

function priorOf(raw: Raw, path: string, low: number, high: number): NumberPrior | undefined {
  const prior = raw["prior"];
  if (prior === undefined) return undefined;
  if (!isPlain(prior) || typeof prior["mean"] !== "number" || typeof prior["sd"] !== "number") {
    return refuse(
      "E_SPACE_PRIOR",
      raw,
      path,
      `needs a prior { mean, sd }; got ${spell(prior)}. mean is in the parameter's units, sd a share of the range.`,
    );
  }
  const { mean, sd } = prior as unknown as NumberPrior;
  if (!(mean >= low && mean <= high)) {
    const range = `${spellNumber(low)} and ${spellNumber(high)}`;
    return refuse(
      "E_SPACE_PRIOR",
      raw,
      path,
      `needs a prior mean between ${range}; got ${spell(mean)}. Move it inside.`,
    );
  }
  if (!(sd > 0 && Number.isFinite(sd))) {
    return refuse(
      "E_SPACE_PRIOR",
      raw,
      path,
      `needs a prior sd > 0; got ${spell(sd)}. It is a share of the range on its scale: 0.1 is narrow, 0.5 wide.`,
    );
  }
  return { mean: positiveZero(mean), sd };
}

/** Is v one of the parameter's values? Returns the reason why not. */
export function numberFault(v: unknown, low: number, high: number, step: number, isInt: boolean): string | undefined {
  if (typeof v !== "number" || !Number.isFinite(v)) return `must be a number; got ${spell(v)}`;
  // Words only where there is a fault: this is asked of every number of every trial.
  const range = () => `from ${spellNumber(low)} to ${spellNumber(high)}`;
  if (isInt && !Number.isInteger(v)) return `must be a whole number ${range()}; got ${spellNumber(v)}`;
  if (v < low || v > high) return `must be ${range()}; got ${spellNumber(v)}`;
  if (step > 0 && stepsTo(v, low, step) === undefined) {
    const near = Number((low + Math.round((v - low) / step) * step).toPrecision(12));
    return `must be ${spellNumber(low)} plus steps of ${spellNumber(step)}; got ${spellNumber(v)}, the nearest is ${spellNumber(near)}`;
  }
  return undefined;
}

/** A checked, normalised `float` or `int` node (without its documentation). */
export function admitNumber(raw: Raw, path: string): FloatNode | IntNode {
  const type = raw["type"] as "float" | "int";
  const low = numberOf(raw, "low", path);
  const high = numberOf(raw, "high", path);
  if (!(low < high)) {
    const hint = low === high ? `For a constant use fixed(${spellNumber(low)}).` : "Swap them.";
    const range = `low=${spellNumber(low)}, high=${spellNumber(high)}`;
    return refuse("E_SPACE_RANGE", raw, path, `needs low < high; got ${range}. ${hint}`);
  }
  if (!Number.isFinite(high - low)) {
    return refuse("E_SPACE_RANGE", raw, path, "is wider than a double can hold. Narrow the range, or use a log scale.");
  }
  const scale = scaleOf(raw, path, low, high);
  const step = stepOf(raw, path, low, high, scale);
  const prior = priorOf(raw, path, low, high);
  const given = raw["default"];
  if (given !== undefined) {
    const fault = numberFault(given, low, high, step, type === "int");
    if (fault !== undefined) return refuse("E_SPACE_DEFAULT", raw, path, `has a bad default: it ${fault}.`);
  }
  return {
    type,
    low,
    high,
    ...(scale !== "linear" && { scale }),
    ...(raw["step"] !== undefined && !(type === "int" && step === 1) && { step }),
    ...(given !== undefined && { default: positiveZero(given as number) }),
    ...(prior !== undefined && { prior }),
  };
}
