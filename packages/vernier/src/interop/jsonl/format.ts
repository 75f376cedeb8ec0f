/**
 * A study as JSON Lines. Line 1 is the header: format, version, the spec the study was created with, its time. Then one event a line, in
 * the order of the log, so that line n holds revision n. The last line says how many events there are: a file that was cut lacks it.
 * Metrics that JSON cannot write are the strings "NaN", "Infinity", "-Infinity" and "-0". Times are milliseconds since 1970 UTC.
 */
import type { StudySpec } from "../../core/types.ts";

export const FORMAT = "vernier-study";
/** What this release writes, and the newest it reads. */
export const VERSION = 1;

export interface Header {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly createdAt: number;
  readonly spec: StudySpec;
}
export interface Footer {
  readonly type: "end";
  readonly events: number;
}
