/**
 * Checks of sampler options at the door. Every sampler is built from plain JSON (a spec, the CLI, HTTP), so a typo must be a sentence.
 */
import { VernierError } from "../math/errors.ts";
import { closest } from "./suggestion.ts";

/** Throws E_SAMPLER_OPTION when `options` is not an object or holds a name that `known` does not list. */
export function checkNames(sampler: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new VernierError(
      "E_SAMPLER_OPTION",
      `${sampler}() got ${JSON.stringify(options)} as options. Options are an object. Use ${sampler}() or ${sampler}({ ... }).`,
    );
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const guess = closest(name, known);
    throw new VernierError(
      "E_SAMPLER_OPTION",
      `${sampler}() has no option "${name}". It knows ${known.length === 0 ? "no options" : known.join(", ")}. ` +
        (guess === undefined ? "Remove it." : `Did you mean "${guess}"?`),
    );
  }
}

/** An option that is a finite number in [low, high], whole when `whole`. `value` undefined gives `fallback`. */
export function numberOption(
  sampler: string,
  name: string,
  value: unknown,
  fallback: number,
  rule: { readonly low: number; readonly high?: number; readonly whole?: boolean },
): number {
  if (value === undefined) return fallback;
  const high = rule.high ?? Infinity;
  if (
    typeof value === "number" &&
    Number.isFinite(value) &&
    value >= rule.low &&
    value <= high &&
    (rule.whole !== true || Number.isInteger(value))
  ) {
    return value;
  }
  const kind = rule.whole === true ? "a whole number" : "a number";
  const range = high === Infinity ? `of at least ${rule.low}` : `between ${rule.low} and ${high}`;
  throw new VernierError(
    "E_SAMPLER_OPTION",
    `${sampler}() got ${name}=${JSON.stringify(value) ?? String(value)}. ${name} is ${kind} ${range}. The default is ${fallback}.`,
  );
}

/** An option that is true or false. */
export function flagOption(sampler: string, name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value === "boolean") return value;
  throw new VernierError(
    "E_SAMPLER_OPTION",
    `${sampler}() got ${name}=${JSON.stringify(value) ?? String(value)}. ${name} is true or false. The default is ${fallback}.`,
  );
}

/** An option that is one of a few words. */
export function wordOption<W extends string>(
  sampler: string,
  name: string,
  value: unknown,
  fallback: W,
  words: readonly W[],
): W {
  if (value === undefined) return fallback;
  const word = words.find(candidate => candidate === value);
  if (word !== undefined) return word;
  throw new VernierError(
    "E_SAMPLER_OPTION",
    `${sampler}() got ${name}=${JSON.stringify(value) ?? String(value)}. ${name} is one of ${words.join(", ")}. The default is ${fallback}.`,
  );
}
