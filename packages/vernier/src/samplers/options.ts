/** Checks of option values; names are checked by `defineSampler`. */
import { VernierError } from "../math/errors.ts";
import { didYouMean, spell, spellList } from "../space/spell.ts";

/** Throws E_OPTION unless `value` is a finite number in [low, high], whole when `whole`. */
export function needNumber(
  sampler: string,
  option: string,
  value: unknown,
  rule: { readonly low: number; readonly high?: number; readonly whole?: true },
): void {
  const { low, high = Infinity, whole } = rule;
  const number = typeof value === "number" && Number.isFinite(value) && value >= low && value <= high;
  if (number && (whole === undefined || Number.isInteger(value))) return;
  const kind = whole ? "a whole number" : "a number";
  const range = high === Infinity ? `of at least ${low}` : `from ${low} to ${high}`;
  refuse(sampler, option, value, `${kind} ${range}`);
}

/** Throws E_OPTION unless `value` is true or false. */
export function needFlag(sampler: string, option: string, value: unknown): void {
  if (typeof value !== "boolean") refuse(sampler, option, value, "true or false");
}

/** Throws E_OPTION unless `value` is one of a few words. */
export function needWord(sampler: string, option: string, value: unknown, words: readonly string[]): void {
  if (words.some(word => word === value)) return;
  refuse(sampler, option, value, spellList(words), typeof value === "string" ? didYouMean(value, words) : "");
}

/** The sentence of every refused option. `hint` takes the place of the general next step. */
export function refuse(sampler: string, option: string, value: unknown, rule: string, hint = ""): never {
  throw new VernierError(
    "E_OPTION",
    `${sampler}() got ${option}=${spell(value)}. ${option} is ${rule}.` +
      (hint || " Correct it, or leave it out for the default."),
  );
}
