/** Where the acquisition is largest: random candidates, and local searches from the best of them and of the trials. */
import type { Rng } from "../../math/rng.ts";
import { argsort } from "../../math/sort.ts";
import type { Params } from "../../space/types.ts";
import type { Batch } from "../unseen.ts";
import { climb } from "./climb.ts";
import type { Model } from "./model.ts";
import { poolOf } from "./pool.ts";

/** How much is searched. */
export interface SearchOptions {
  /** Random candidates. */
  readonly candidates: number;
  /** Local searches from the best candidates, and as many from the best trials. */
  readonly starts: number;
}

/** The best configuration found that `accept` takes, given with its row; undefined when it takes none. */
export function search(
  model: Model,
  batch: Batch,
  { candidates, starts }: SearchOptions,
  rng: Rng,
  accept: (params: Params, row: Float64Array) => boolean,
): Params | undefined {
  const { space, taught } = model;
  const { codec, width } = space;
  const pool = poolOf(space, batch, candidates, rng.fork("candidates"));
  const scores = new Float64Array(pool.count);
  model.score(pool.x, pool.count, scores);
  const order = argsort(scores.map(score => -score));
  const offered: { row: Float64Array; score: number }[] = [];
  if (!pool.whole) {
    const from: Float64Array[] = [];
    for (const i of order.subarray(0, starts)) from.push(pool.x.slice(i * width, (i + 1) * width));
    for (const i of model.starts.subarray(0, starts)) from.push(taught.x.slice(i * width, (i + 1) * width));
    const score = new Float64Array(1);
    for (const [k, start] of from.entries()) {
      model.score(start, 1, score);
      const peak = climb(model, start, score[0]!, rng.fork(k));
      if (peak !== undefined) offered.push(peak);
    }
    offered.sort((a, b) => b.score - a.score);
  }
  let next = 0;
  for (const i of order) {
    for (; next < offered.length && offered[next]!.score >= scores[i]!; next++) {
      const params = codec.decode(offered[next]!.row);
      if (accept(params, offered[next]!.row)) return params;
    }
    const row = pool.x.subarray(i * width, (i + 1) * width);
    const params = codec.decode(row);
    if (accept(params, row)) return params;
  }
  for (const { row } of offered.slice(next)) {
    const params = codec.decode(row);
    if (accept(params, row)) return params;
  }
  return undefined;
}
