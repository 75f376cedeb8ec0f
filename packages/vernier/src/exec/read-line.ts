/** Reads metrics from one line of text: JSON as every language writes it, `name: value` pairs, a bare number. */
import type { Metrics } from "../core/types.ts";

/** Lines longer than this are read as JSON only; nobody writes such a `name: value` line. */
const LONGEST_PAIRS = 2000;

const NUMBER = /^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const NOT_FINITE = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i;
// NumPy 2 and PyTorch print their scalars so: np.float64(0.25), tensor(0.25).
const WRAPPED = /^[a-z][\w.]*\(([^()]*)\)$/i;

/** The number a piece of text spells, NaN and infinities as Python, C and JavaScript write them; undefined when it is none. */
export function readNumber(text: string): number | undefined {
  const word = text.trim();
  if (NUMBER.test(word)) return Number(word.replaceAll("_", ""));
  const special = NOT_FINITE.exec(word);
  if (special !== null) return special[2] !== undefined ? NaN : special[1] === "-" ? -Infinity : Infinity;
  const inside = WRAPPED.exec(word)?.[1];
  return inside === undefined ? undefined : readNumber(inside);
}

/**
 * Parses JSON, and JSON with bare NaN, Infinity and -Infinity, as Python's json.dumps writes it. undefined when it is neither.
 */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (!/NaN|Infinity/.test(text)) return undefined;
  }
  // Strings are matched first, so that a "NaN" inside one stays; the mark cannot stand in a JSON string unescaped.
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, match =>
    match.startsWith('"') ? match : `"\\u0000${match}"`,
  );
  try {
    return JSON.parse(marked, (_key, value: unknown) =>
      typeof value === "string" && value.startsWith("\0") ? Number(value.slice(1)) : value,
    ) as unknown;
  } catch {
    return undefined;
  }
}

/** The JSON object on this line, when there is one. */
export function readJsonObject(line: string): Readonly<Record<string, unknown>> | undefined {
  const text = line.trim();
  if (!text.startsWith("{") || !text.endsWith("}")) return undefined;
  const value = readJson(text);
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** The numbers of a JSON object; a text that spells a number counts ("NaN", since JSON has no other word for it). */
export function numbersOf(object: Readonly<Record<string, unknown>>): Metrics {
  const numbers: Record<string, number> = {};
  for (const [name, value] of Object.entries(object)) {
    const number = typeof value === "number" ? value : typeof value === "string" ? readNumber(value) : undefined;
    if (number !== undefined && name !== "" && name !== "__proto__") numbers[name] = number;
  }
  return numbers;
}

// One pair and what parts it from the next. Each class excludes what may follow it, so matching never backtracks far.
const PAIR = /\s*["']?([\p{L}_][\p{L}\p{N}_./-]*)["']?\s*[:=]\s*([^\s,;|]+)\s*(?:[,;|]\s*)?/uy;

/**
 * The numbers of a line that consists of nothing but `name: value` or `name=value` pairs, between blanks, commas, semicolons or bars;
 * a Python dict and a line of indented JSON are such lines too. undefined for any other line.
 */
export function readPairs(line: string): Metrics | undefined {
  if (line.length > LONGEST_PAIRS) return undefined;
  let text = line.trim();
  if (text.startsWith("{") && text.endsWith("}")) text = text.slice(1, -1).trim();
  const numbers: Record<string, number> = {};
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const match = PAIR.exec(text);
    if (match === null) return undefined;
    const [, name = "", value = ""] = match;
    const number = readNumber(value.replace(/^(["'])(.*)\1$/, "$2"));
    if (number !== undefined && name !== "__proto__") numbers[name] = number;
  }
  return numbers;
}
