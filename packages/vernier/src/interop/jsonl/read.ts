/** A study from lines of JSON, checked as if an enemy had written them. */
import { VernierError } from "../../core/errors.ts";
import type { Metrics, TimedEvent } from "../../core/types.ts";
import { spell } from "../../space/spell.ts";
import { importError, type Place } from "../errors.ts";
import { checkText, LINE_LIMIT, linesOf } from "../files.ts";
import { deepFreeze } from "../freeze.ts";
import { checkedStudy } from "../study-spec.ts";
import type { StudyLog } from "../types.ts";
import { FORMAT, VERSION } from "./format.ts";
import { parseLine } from "./parse.ts";

export interface ReadJsonlOptions {
  /** Bytes a line may have; 64 MiB when left out. */
  readonly lineLimit?: number;
}

/**
 * Reads what `writeJsonl` wrote.
 *
 * @throws VernierError E_IMPORT_FILE, E_IMPORT_FORMAT, E_IMPORT_VERSION, E_IMPORT_LINE, E_IMPORT_ENCODING, E_IMPORT_TRUNCATED: each with the
 * file and the line. Whether the events could have happened is the storage's to say (`importError` of `placeOf`).
 */
export async function readJsonl(path: string, options: ReadJsonlOptions = {}): Promise<StudyLog> {
  await checkText(path);
  const events: TimedEvent[] = [];
  let head: Pick<StudyLog, "spec" | "createdAt"> | undefined;
  let ended = false;
  let last = 0;
  for await (const { text, number } of linesOf(path, options.lineLimit ?? LINE_LIMIT)) {
    const place: Place = { file: path, line: number };
    last = number;
    if (text.trim() === "") {
      // An empty line would shift what the later ones are.
      if (ended) continue;
      throw importError("E_IMPORT_LINE", place, "the line is empty. Each line holds one JSON object. Remove it.");
    }
    const value = parseLine(text, place);
    if (head === undefined) head = headerOf(value, place);
    else if (ended)
      throw importError(
        "E_IMPORT_LINE",
        place,
        "there are lines after the last one, which said that the log ends. Remove them.",
      );
    else if (value["type"] === "end") {
      ended = true;
      if (value["events"] !== events.length) {
        throw importError(
          "E_IMPORT_TRUNCATED",
          place,
          `the log has ${events.length} events, and this line counts ${spell(value["events"])}. Lines are missing or were added. Export the study again.`,
        );
      }
    } else events.push(eventOf(value, place));
  }
  if (head === undefined || !ended) {
    throw importError(
      "E_IMPORT_TRUNCATED",
      { file: path, line: last },
      `the file ends here, without its last line {"type":"end","events":${events.length}}. It was cut, or is still being written. ` +
        `Export the study again.`,
    );
  }
  return { ...head, events };
}

/** Where in the file an event of `readJsonl` stands: its place in the log, counted from 0, two lines on. */
export const lineOf = (position: number): number => position + 2;

function headerOf(
  value: Record<string, unknown>,
  place: Place,
): Pick<StudyLog, "spec" | "createdAt"> & { createdAt: number } {
  const { format, version, createdAt, spec } = value;
  if (format !== FORMAT) {
    const optuna = "op_code" in value ? " This is an Optuna journal: import it with --format optuna-journal." : "";
    throw importError(
      "E_IMPORT_FORMAT",
      place,
      `this is no Vernier study: line 1 has ${format === undefined ? "no format" : `the format ${spell(format)}`}. ` +
        `It begins with {"format":"${FORMAT}","version":${VERSION},...}.${optuna || " Write it with: vernier export --format jsonl"}`,
    );
  }
  if (version !== VERSION) {
    const newer = typeof version === "number" && version > VERSION;
    throw importError(
      "E_IMPORT_VERSION",
      place,
      `the file has version ${spell(version)} of the format; this release reads version ${VERSION}. ` +
        (newer ? "Update vernier." : "Export the study again."),
    );
  }
  if (typeof createdAt !== "number" || !Number.isFinite(createdAt)) {
    throw importError(
      "E_IMPORT_LINE",
      place,
      `createdAt is ${spell(createdAt)}. It is the study's time in milliseconds since 1970 UTC. Mend it.`,
    );
  }
  try {
    return { createdAt, spec: deepFreeze(checkedStudy(spec)) };
  } catch (error) {
    if (!(error instanceof VernierError)) throw error;
    throw importError(error.code, place, `the study's spec is wrong: ${error.message}`, error);
  }
}

const WORDS = ["NaN", "Infinity", "-Infinity", "-0"];

function eventOf(value: Record<string, unknown>, place: Place): TimedEvent {
  const { metrics } = value;
  if (typeof metrics === "object" && metrics !== null && !Array.isArray(metrics)) {
    for (const [name, given] of Object.entries(metrics)) {
      if (typeof given === "number") continue;
      if (typeof given !== "string" || !WORDS.includes(given)) {
        throw importError(
          "E_IMPORT_LINE",
          place,
          `metric ${spell(name)} is ${spell(given)}. A metric is a number, or one of ${WORDS.map(word => `"${word}"`).join(", ")}. Mend it.`,
        );
      }
      (metrics as Record<string, number>)[name] = Number(given);
    }
    value["metrics"] = metrics as Metrics;
  }
  return deepFreeze(value) as unknown as TimedEvent;
}
