/** JSON text that must be an object: a line of a file, or the whole of it. */
import { importError, type Place } from "../errors.ts";

/** Levels an object of ours may be nested; more is an attack on the reader's stack. */
const DEPTH = 256;

/** @throws VernierError E_IMPORT_LINE with line and, where it is known, column. */
export function parseLine(text: string, place: Place): Record<string, unknown> {
  return parseObject(text, "line", at => ({ ...place, ...(at !== undefined && { column: at + 1 }) }));
}

/** The one object of a file. @throws VernierError E_IMPORT_LINE with line and column. */
export function parseFile(text: string, file: string): Record<string, unknown> {
  return parseObject(text, "file", at => {
    if (at === undefined) return { file };
    const before = text.slice(0, at);
    return { file, line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
  });
}

function parseObject(
  text: string,
  what: "line" | "file",
  place: (at: number | undefined) => Place,
): Record<string, unknown> {
  const rule = what === "line" ? "Each line holds one JSON object" : "It holds one JSON object";
  let value: unknown;
  const scanned = isPlain(text) ? PLAIN : scan(text);
  if (scanned.word !== undefined) {
    throw importError(
      "E_IMPORT_LINE",
      place(scanned.word.at),
      `${scanned.word.text} is no JSON, though Python writes it so. A metric that is not finite is a string: "${scanned.word.text}". ` +
        `Quote it (json.dumps(..., allow_nan=False) finds the place).`,
    );
  }
  if (scanned.depth > DEPTH) {
    throw importError(
      "E_IMPORT_LINE",
      place(undefined),
      `the ${what} nests ${scanned.depth} levels deep. At most ${DEPTH} are read. Flatten it.`,
    );
  }
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const found = /at position (\d+)/.exec(message)?.[1];
    const at = found !== undefined ? Number(found) : what === "file" ? text.trimEnd().length : undefined;
    throw importError(
      "E_IMPORT_LINE",
      place(at),
      `the ${what} is not JSON (${short(message)}). ${rule}. Mend it.`,
      error,
    );
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw importError(
    "E_IMPORT_LINE",
    place(undefined),
    `the ${what} holds ${Array.isArray(value) ? "an array" : JSON.stringify(value).slice(0, 40)}. ${rule}. Mend it.`,
  );
}

/** V8 quotes the text it was given. */
function short(message: string): string {
  return message.length > 120 ? `${message.slice(0, 117)}...` : message;
}

const PLAIN: ReturnType<typeof scan> = { depth: 0 };

/** Whether there is nothing to scan for: most lines, told four times as quickly as by scanning them. */
function isPlain(text: string): boolean {
  if (text.includes("NaN") || text.includes("Infinity")) return false;
  let open = 0;
  for (const bracket of ["{", "["]) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1))
      if (++open > DEPTH) return false;
  }
  return true;
}

/** Nesting depth, and the first word outside of strings that Python's json would write for a number that JSON has not. */
function scan(text: string): { depth: number; word?: { text: string; at: number } } {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // "
        for (i++; i < text.length && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++;
        break;
      case 0x7b: // {
      case 0x5b: // [
        deepest = Math.max(deepest, ++depth);
        break;
      case 0x7d:
      case 0x5d:
        depth--;
        break;
      case 0x4e: // N
        if (text.startsWith("NaN", i)) return { depth: deepest, word: { text: "NaN", at: i } };
        break;
      case 0x49: // I
        if (text.startsWith("Infinity", i)) {
          const minus = text[i - 1] === "-";
          return { depth: deepest, word: { text: minus ? "-Infinity" : "Infinity", at: minus ? i - 1 : i } };
        }
        break;
    }
  }
  return { depth: deepest };
}
