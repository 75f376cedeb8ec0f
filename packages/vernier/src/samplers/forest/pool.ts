/** The configurations that the acquisition is maximised over. */
import { bulk } from "../../math/sfc32.ts";
import type { Rng } from "../../math/rng.ts";
import type { Codec, Params } from "../../space/types.ts";
import type { Batch } from "../unseen.ts";
import type { TreeSpace } from "./tree-space.ts";

/** `count` rows of a TreeSpace. */
export interface Pool {
  readonly x: Float64Array;
  readonly count: number;
  /** True when these are all configurations that are left: no search can find others. */
  readonly whole: boolean;
}

/** `count` draws from the priors, or all that are left of a space that is no larger. `where` is not looked at. */
export function poolOf(space: TreeSpace, batch: Batch, count: number, rng: Rng): Pool {
  return space.codec.size <= count ? rest(space, batch, rng) : drawn(space, count, rng);
}

function drawn(space: TreeSpace, count: number, rng: Rng): Pool {
  const { codec, width, flat } = space;
  const x = new Float64Array(count * width);
  const u = new Float64Array(width);
  const numbers = bulk(rng);
  for (let i = 0; i < count; i++) {
    const at = i * width;
    codec.fromCube(numbers.fill(u), x, at);
    if (flat) continue;
    codec.encode(codec.decode(x, at), x, at);
    space.fillGaps(x, at);
  }
  return { x, count, whole: false };
}

/** Cache only: the rows of all configurations of a small space. */
const known = new WeakMap<
  Codec,
  { readonly version: number; readonly all: readonly Params[]; readonly x: Float64Array }
>();

function rest(space: TreeSpace, batch: Batch, rng: Rng): Pool {
  const { codec, width } = space;
  let found = known.get(codec);
  if (found === undefined || found.version !== codec.version) {
    const all = [...codec.enumerate()];
    const x = new Float64Array(all.length * width);
    for (const [i, params] of all.entries()) {
      codec.encode(params, x, i * width);
      space.fillGaps(x, i * width);
    }
    known.set(codec, (found = { version: codec.version, all, x }));
  }
  const left: number[] = [];
  for (const [i, params] of found.all.entries()) if (!batch.has(params)) left.push(i);
  bulk(rng).shuffle(left); // ties are broken by their order
  const x = new Float64Array(left.length * width);
  for (const [k, i] of left.entries()) x.set(found.x.subarray(i * width, (i + 1) * width), k * width);
  return { x, count: left.length, whole: true };
}
