/**
 * Counting and listing the configurations of a finite space.
 *
 * Both walk the leaves in an order in which everything a condition reads comes before what it decides. Whether a leaf is active
 * is asked of the codec itself: decode the columns so far, encode the result, and see whether the leaf's column is NaN.
 */
import { VernierError } from "../math/errors.ts";
import type { SpaceCodec } from "./codec.ts";
import type { Leaf, Place } from "./part.ts";
import type { Params } from "./types.ts";

/** Most assignments tried to count a conditional space exactly. */
const MOST_VISITS = 200_000;

/** Does one place lie in the other? A name on a list means every position, -1 the last. */
function overlap(a: Place, b: Place): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i], b[j]];
    if (typeof x === "string" && typeof y === "number") j++;
    else if (typeof x === "number" && typeof y === "string") i++;
    else {
      if (x !== y && !(typeof x === "number" && typeof y === "number" && (x < 0 || y < 0))) return false;
      i++;
      j++;
    }
  }
  return true;
}

/** Leaves in declared order, those under late optionals after what these read. */
function orderedLeaves(codec: SpaceCodec): Leaf[] {
  const { leaves, late } = codec.plan;
  if (late.length === 0) return leaves;
  const rank = new Map<Leaf, number>();
  for (const leaf of leaves) {
    const over = late.filter(optional => startsWith(leaf.site.group, optional.site.group));
    rank.set(leaf, over.length === 0 ? -1 : Math.max(...over.map(o => o.order)));
  }
  return [...leaves].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
}

const startsWith = (group: string, outer: string): boolean => group === outer || group.startsWith(`${outer}/`);

class Walk {
  readonly x: Float64Array;
  visits = 0;
  readonly #codec: SpaceCodec;
  readonly #leaves: readonly Leaf[];
  readonly #seen: Float64Array;

  constructor(codec: SpaceCodec, leaves: readonly Leaf[]) {
    this.#codec = codec;
    this.#leaves = leaves;
    // Leaves that are not walked need some value for decode: the default.
    this.x = new Float64Array(codec.width).fill(NaN);
    this.#seen = new Float64Array(codec.width);
  }

  #active(leaf: Leaf): boolean {
    if (leaf.site.group === "") return true;
    this.#codec.encode(this.#codec.decode(this.x), this.#seen);
    return !Number.isNaN(this.#seen[leaf.at]);
  }

  /** Yields once for every joint value of the active leaves. */
  *run(depth = 0): Generator<undefined> {
    let i = depth;
    let leaf = this.#leaves[i];
    while (leaf !== undefined && !this.#active(leaf)) {
      this.x.fill(NaN, leaf.at, leaf.at + leaf.width);
      leaf = this.#leaves[++i];
    }
    if (leaf === undefined) {
      this.visits++;
      yield undefined;
      return;
    }
    for (let option = 0; option < leaf.count; option++) {
      leaf.option(option, this.x);
      yield* this.run(i + 1);
    }
  }
}

/**
 * The number of configurations, `where` not subtracted; Infinity with a continuous or open parameter. Exact, unless the
 * conditions of `when` read parameters with more than 200,000 joint values: then an upper bound.
 */
export function countConfigurations(codec: SpaceCodec): number {
  const bound = codec.root.size();
  const { optionals } = codec.plan;
  if (optionals.length === 0 || bound === Infinity) return bound;
  // Only what the conditions read, and the branches and lists around them, must be walked; the rest multiplies.
  const places = optionals.flatMap(optional => [optional.site.place, ...optional.reads]);
  const walked = orderedLeaves(codec).filter(leaf => places.some(place => overlap(leaf.site.place, place)));
  const leaves = new Set<Leaf>(walked);
  const walk = new Walk(codec, walked);
  let sum = 0;
  for (const _ of walk.run()) {
    if (walk.visits > MOST_VISITS) return bound;
    codec.decode(walk.x);
    sum += codec.root.size({ leaves, x: walk.x });
  }
  return sum;
}

/**
 * Every configuration once, in a fixed order: the first parameter varies slowest.
 *
 * @throws VernierError E_SPACE_INFINITE, naming the parameters that make it so.
 */
export function enumerateConfigurations(codec: SpaceCodec): Generator<Params> {
  const endless = codec.plan.leaves.filter(leaf => leaf.count === Infinity);
  if (endless.length > 0) {
    const names = endless.slice(0, 5).map(leaf => `"${leaf.site.path}"`);
    throw new VernierError(
      "E_SPACE_INFINITE",
      `the space has infinitely many configurations because of ${names.join(", ")}${endless.length > 5 ? ", ..." : ""}. To enumerate it, give numbers a step, or list their values with ordinal([...]).`,
    );
  }
  return configurations(codec);
}

function* configurations(codec: SpaceCodec): Generator<Params> {
  const walk = new Walk(codec, orderedLeaves(codec));
  for (const _ of walk.run()) {
    const params = codec.decode(walk.x);
    if (codec.feasible(params)) yield params;
  }
}
