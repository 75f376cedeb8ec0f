/** A value inside nested records, by its path. */
import type { Json, Params } from "./types.ts";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** undefined where nothing is. */
export function memberAt(params: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let here: unknown = params;
  for (const step of path) {
    if (!isRecord(here) || !Object.hasOwn(here, step)) return undefined;
    here = here[step];
  }
  return here;
}

/** The record with one value set, frozen; the records on the way are copied, and made where they are missing. */
export function withMember(params: Readonly<Record<string, unknown>>, path: readonly string[], value: Json): Params {
  const [step = "", ...rest] = path;
  const inner = Object.hasOwn(params, step) ? params[step] : undefined;
  const member = rest.length === 0 ? value : withMember(isRecord(inner) ? inner : {}, rest, value);
  return Object.freeze({ ...params, [step]: member });
}
