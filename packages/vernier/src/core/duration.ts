/** Lengths of time as people write them. */
import { VernierError } from "./errors.ts";
import { spell } from "../space/spell.ts";

/** Milliseconds, or a number with its unit: 500, "500ms", "90s", "10m", "2h", "1d". */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Timers of JavaScript hold no more; longer ones would fire at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * A duration in ms. `what` begins the error: "timeout".
 *
 * @throws E_DURATION when it is not positive, or not a duration at all.
 */
export function milliseconds(value: unknown, what: string): number {
  const ms = typeof value === "number" ? value : fromText(value);
  if (ms !== undefined && ms > 0 && ms < Infinity) return Math.min(ms, LONGEST);
  throw new VernierError(
    "E_DURATION",
    `${what} is ${spell(value)}. A duration is a positive number of milliseconds, or a text such as "90s", "10m" or "2h". ` +
      `Leave it out for no limit.`,
  );
}

function fromText(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const [, amount, unit] = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h|d)$/.exec(value.trim()) ?? [];
  return amount === undefined || unit === undefined ? undefined : Number(amount) * (UNITS[unit] ?? NaN);
}
