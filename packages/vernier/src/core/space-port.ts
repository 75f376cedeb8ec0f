// TEMPORARY until space/ exports these.
import type { SpaceJson } from "../space/types.ts";
export const diffSpaces = (a: SpaceJson, b: SpaceJson): string[] =>
  JSON.stringify(a) === JSON.stringify(b) ? [] : ["differs"];
export const edited = (_old: SpaceJson, now: SpaceJson): SpaceJson => now;
