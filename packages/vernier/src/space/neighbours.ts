/**
 * The one-exchange neighbourhood: one leaf changes by one step, everything else stays. What the change brings to life (the
 * parameters of another branch, a new list item) is drawn from the priors; what it puts to sleep goes.
 */
import type { Rng } from "../math/rng.ts";
import type { SpaceCodec } from "./codec.ts";
import { walk } from "./expr-eval.ts";
import type { Place } from "./part.ts";
import type { Params } from "./types.ts";

/** A copy of `value` with another value at the place. */
function replaced(value: unknown, place: Place, from: number, by: unknown): unknown {
  const step = place[from];
  if (step === undefined) return by;
  if (Array.isArray(value)) {
    return (value as unknown[]).map((item, i) => (i === step ? replaced(item, place, from + 1, by) : item));
  }
  const record = value as Readonly<Record<string, unknown>>;
  return { ...record, [step]: replaced(record[step], place, from + 1, by) };
}

/** See `Codec.neighbours`. Continuous parameters give four steps each: normal with sd 0.05 on [0,1], cut to it. */
export function neighboursOf(codec: SpaceCodec, params: Params, rng: Rng): Params[] {
  const { width } = codec;
  const here = new Float64Array(width);
  const overlaid = new Float64Array(width);
  const x = new Float64Array(width);
  const u = new Float64Array(width);
  codec.encode(params, here);
  const seen = new Set([codec.key(params)]);
  const found: Params[] = [];
  for (const leaf of codec.plan.leaves) {
    if (Number.isNaN(here[leaf.at])) continue;
    for (const value of leaf.alternatives(walk(params, leaf.site.place), rng)) {
      const given = replaced(params, leaf.site.place, 0, value);
      codec.fromCube(rng.fill(u), x);
      codec.encode(given as Params, overlaid);
      for (let i = 0; i < width; i++) if (!Number.isNaN(overlaid[i])) x[i] = overlaid[i] as number;
      const neighbour = codec.merge(given, codec.decode(x), { fill: "any default", inactive: "drop" });
      const key = codec.key(neighbour);
      if (seen.has(key) || !codec.feasible(neighbour)) continue;
      seen.add(key);
      found.push(neighbour);
    }
  }
  return found;
}
