/** What a worker thread loads: the data once, then one call a trial. */
import { readFileSync } from "node:fs";
import { pack, packedSize, type Knobs } from "./compress.ts";

/** Real bytes: the first 100,000 of 1,797 scanned digits as text. */
export const DATA = readFileSync(new URL("../digits/digits.csv", import.meta.url)).subarray(0, 100_000);

export default (knobs: Knobs): { bytes: number; steps: number } => {
  const packed = pack(DATA, knobs);
  return { bytes: packedSize(packed), steps: packed.steps / DATA.length };
};
