/** Where a command's result is read from, as the user asks for it. */
import { VernierError } from "../core/errors.ts";
import { spell } from "../space/spell.ts";
import { parseTemplate, type Template } from "./placeholders.ts";

/**
 * Where the result is. Left out: the file at VERNIER_RESULT when it was written, else JSON lines, `name: value` lines, a bare number as the
 * last line, and last the newest report.
 */
export type ResultSource =
  /** The last JSON line with the metric. */
  | "json"
  /** The last line that tells the metric as `name: value` or `name=value`. */
  | "names"
  /** The last line is the number. */
  | "number"
  /** The file at VERNIER_RESULT: JSON, `name: value` lines or a bare number. */
  | "file"
  /** A file of the program's own choice, from its working directory; placeholders are filled in. */
  | { readonly file: string }
  /**
   * A regular expression per metric, on single lines; the last match counts, and in it the group named like the metric, else the first group,
   * else the whole. One expression for all: its groups are named like the metrics; without named groups it is the single metric's.
   */
  | {
      readonly pattern: string | RegExp | Readonly<Record<string, string | RegExp>>;
      readonly from?: "stdout" | "stderr";
    };

/** The parsed form. `any` is the default order. */
export type ResultPlan =
  | { readonly read: "any" | "json" | "names" | "number" }
  | { readonly read: "file"; readonly file: Template | undefined }
  | { readonly read: "pattern"; readonly from: "stdout" | "stderr"; readonly patterns: readonly MetricPattern[] };

export interface MetricPattern {
  /** undefined: the expression's own group names, or the single metric. */
  readonly metric: string | undefined;
  readonly pattern: RegExp;
}

/** @throws VernierError E_COMMAND_RESULT on an unknown source, E_COMMAND_PATTERN on a regular expression that is none. */
export function planResult(source: ResultSource | undefined): ResultPlan {
  if (source === undefined) return { read: "any" };
  if (source === "json" || source === "names" || source === "number") return { read: source };
  if (source === "file") return { read: "file", file: undefined };
  if (typeof source === "object" && source !== null) {
    if ("file" in source && typeof source.file === "string" && source.file !== "")
      return { read: "file", file: parseTemplate(source.file) };
    if ("pattern" in source) return planPattern(source.pattern, source.from ?? "stdout");
  }
  throw unknownSource(source);
}

function planPattern(given: unknown, from: unknown): ResultPlan {
  if (from !== "stdout" && from !== "stderr") throw unknownSource({ pattern: given, from });
  if (typeof given === "string" || given instanceof RegExp)
    return { read: "pattern", from, patterns: [{ metric: undefined, pattern: lineRegExp(given) }] };
  if (typeof given !== "object" || given === null || Object.keys(given).length === 0)
    throw unknownSource({ pattern: given });
  const patterns = Object.entries(given).map(([metric, pattern]) => ({ metric, pattern: lineRegExp(pattern, metric) }));
  return { read: "pattern", from, patterns };
}

/** Without the flags that would carry state from one line to the next. */
function lineRegExp(given: unknown, metric?: string): RegExp {
  try {
    if (given instanceof RegExp) return new RegExp(given.source, given.flags.replace(/[gy]/g, ""));
    if (typeof given === "string" && given !== "") return new RegExp(given, "u");
  } catch (error) {
    throw patternError(given, metric, (error as Error).message.replace(/^Invalid regular expression: /, ""), error);
  }
  throw patternError(given, metric, "it is no text");
}

function patternError(given: unknown, metric: string | undefined, fault: string, cause?: unknown): VernierError {
  const what = metric === undefined ? "the result's pattern" : `the pattern of the metric ${spell(metric)}`;
  return new VernierError(
    "E_COMMAND_PATTERN",
    `${what} is not a regular expression: ${fault}. It is written as in JavaScript, with the value in a group: "loss is (\\S+)". Correct ${spell(given)}.`,
    cause === undefined ? {} : { cause },
  );
}

function unknownSource(source: unknown): VernierError {
  return new VernierError(
    "E_COMMAND_RESULT",
    `a command's result cannot be read from ${spell(source)}. It is "json", "names", "number", "file", { file: "path" } or ` +
      `{ pattern: "loss is (\\\\S+)" }. Leave it out to try them all.`,
  );
}
