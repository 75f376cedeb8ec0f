/** The JSON form of a space. */
import { analysisOf } from "./analysis.ts";
import { admit, localError } from "./door.ts";
import type { Space } from "./infer.ts";
import type { Params, SpaceJson } from "./types.ts";

/** Does the space hold a function under `where`? Such a space cannot leave its process. */
export function isLocal(space: SpaceJson): boolean {
  return (analysisOf(space)?.functions.length ?? 0) > 0;
}

/**
 * The space as plain JSON, ready for `JSON.stringify`. A space is that already; this makes sure that nothing is lost.
 *
 * @param options.local "drop" leaves functions under `where` out instead of refusing them.
 * @throws VernierError E_SPACE_LOCAL where a function would be lost.
 */
export function toJson(space: SpaceJson, options: { local?: "drop" | "refuse" } = {}): SpaceJson {
  const checked = analysisOf(space) === undefined ? fromJson(space) : space;
  if (!isLocal(checked)) return checked;
  if (options.local !== "drop") throw localError();
  const { version, shape, where, dynamic } = checked;
  return admit({ version, shape, ...(where && { where }), ...(dynamic && { dynamic }) }, "json");
}

/**
 * A space from JSON (`JSON.parse` of what `JSON.stringify(space)` wrote), checked as strictly as the builders' own.
 *
 * @throws VernierError E_SPACE_VERSION for a version this release does not read, and every E_SPACE_* of the builders.
 */
export function fromJson(json: unknown): Space<Params> {
  return admit(json, "json") as Space<Params>;
}
