/** Cells as values. Each returns undefined for what it cannot read; the caller knows the place. */
import type { TrialState } from "../../core/types.ts";

const WORDS: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  "+inf": Infinity,
  "-inf": -Infinity,
  infinity: Infinity,
  "+infinity": Infinity,
  "-infinity": -Infinity,
};

/** A number as programs and spreadsheets write it. `comma`: "0,5" is one half. */
export function numberOf(cell: unknown, comma: boolean): number | undefined {
  if (typeof cell === "number") return cell;
  if (typeof cell === "bigint") {
    const value = Number(cell);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  if (typeof cell !== "string") return undefined;
  const text = cell.trim();
  const word = WORDS[text.toLowerCase()];
  if (word !== undefined) return word;
  const plain = comma && /^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(text) ? text.replace(",", ".") : text;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : undefined;
}

/** Milliseconds since 1970 UTC. A time without a zone is UTC. */
export function timeOf(cell: unknown): number | undefined {
  if (cell instanceof Date) return finite(cell.getTime());
  if (typeof cell === "number") return finite(cell);
  if (typeof cell === "bigint") return finite(Number(cell));
  if (typeof cell !== "string") return undefined;
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(cell.trim());
  if (match === null) return undefined;
  const [, day, time = "00:00", zone = "Z"] = match;
  // Date.parse reads milliseconds; more digits are dropped by every engine, but not by the standard.
  return finite(Date.parse(`${day!}T${time.replace(/(\.\d{3})\d+$/, "$1")}${zone.toUpperCase()}`));
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

const STATES: Readonly<Record<string, TrialState>> = {
  waiting: "waiting",
  queued: "waiting",
  running: "running",
  paused: "paused",
  complete: "complete",
  completed: "complete",
  finished: "complete",
  done: "complete",
  ok: "complete",
  success: "complete",
  pruned: "pruned",
  stopped: "pruned",
  failed: "failed",
  fail: "failed",
  error: "failed",
};

export function stateOf(cell: unknown): TrialState | undefined {
  if (typeof cell !== "string") return undefined;
  const word = cell
    .trim()
    .toLowerCase()
    .replace(/^trialstate\./, "");
  return Object.hasOwn(STATES, word) ? STATES[word] : undefined;
}

/** JSON text, or the value itself where the file had a type for it. */
export function jsonOf(cell: unknown): unknown {
  if (typeof cell !== "string") return plain(cell);
  try {
    return JSON.parse(cell);
  } catch {
    return undefined;
  }
}

/** Values of typed files as JSON has them. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  return value;
}
