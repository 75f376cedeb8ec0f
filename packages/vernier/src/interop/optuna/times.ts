/** Times as Optuna writes them. */
import { VernierError } from "../../math/errors.ts";

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2}(?::?\d{2})?)?$/;

/**
 * Milliseconds since 1970 UTC. A text without a zone is in UTC or in this machine's zone, as `naive` says.
 *
 * @throws VernierError E_IMPORT_TIME for what is no time.
 */
export function parseTime(text: unknown, naive: "utc" | "local"): number {
  const match = typeof text === "string" ? TIME.exec(text) : null;
  if (match === null) throw timeError(text);
  const [, year, month, day, hour, minute, second = "0", fraction = "", zone] = match;
  const fields = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const millis = Math.round(Number(`0.${fraction || "0"}`) * 1000);
  const utc = zone !== undefined || naive === "utc";
  const at = utc ? Date.UTC(...fields) : new Date(...fields).getTime();
  const back = new Date(at);
  const same = utc ? back.getUTCDate() : back.getDate();
  if (
    !Number.isFinite(at) ||
    same !== fields[2] ||
    fields[1] > 11 ||
    fields[3] > 23 ||
    fields[4] > 59 ||
    fields[5] > 59
  ) {
    throw timeError(text);
  }
  return at + millis - offsetOf(zone);
}

function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const [hours = 0, minutes = 0, seconds = 0] = (zone.slice(1).match(/\d{2}/g) ?? []).map(Number);
  return (zone.startsWith("-") ? -1 : 1) * ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** `datetime.isoformat(timespec="microseconds")` of an aware UTC time. */
export function isoTime(at: number): string {
  return new Date(at).toISOString().replace("Z", "000+00:00");
}

/** How SQLAlchemy writes a naive time into SQLite. */
export function sqlTime(at: number, naive: "utc" | "local"): string {
  const date = naive === "utc" ? new Date(at) : new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return date.toISOString().replace("T", " ").replace("Z", "000");
}

function timeError(text: unknown): VernierError {
  return new VernierError(
    "E_IMPORT_TIME",
    `${JSON.stringify(text) ?? "undefined"} is no time. A time is written 2026-01-31 12:00:00.000000.`,
  );
}
