/**
 * Finite spaces: never the same configuration twice while others remain. Shared by every sampler that draws.
 */
import { VernierError } from "../math/errors.ts";
import type { Rng } from "../math/rng.ts";
import type { Codec, Params } from "../space/types.ts";
import type { History } from "../core/types.ts";

/** Rejections before the remaining configurations are enumerated. On a space that is 95% used up this finds a new one with p = 0.96. */
const TRIES = 64;
/** Up to this size the rest is enumerated whole and drawn from uniformly; beyond it the first unseen configuration is taken. */
const ENUMERABLE = 100_000;

/** The configurations already handed out in the ask under way: the history does not know them yet. */
export class Batch {
  readonly #keys = new Set<string>();
  readonly #finite: boolean;
  readonly #codec: Codec;
  readonly #history: History;

  constructor(codec: Codec, history: History) {
    this.#codec = codec;
    this.#history = history;
    this.#finite = Number.isFinite(codec.size);
  }

  /** Configurations in this batch, finite spaces only. */
  get size(): number {
    return this.#keys.size;
  }

  /** True when an earlier ask found every configuration of this finite space tried. */
  get exhausted(): boolean {
    const known = exhausted.get(this.#history);
    return (
      known !== undefined && known.generation === this.#history.generation && known.distinct === this.#history.distinct
    );
  }

  /** True when the study, or this batch, has this configuration. Always false on infinite spaces, where a repeat has probability 0. */
  has(params: Params): boolean {
    if (!this.#finite) return false;
    const key = this.#codec.key(params);
    return this.#keys.has(key) || this.#history.seen(key) > 0;
  }

  add(params: Params): void {
    if (this.#finite) this.#keys.add(this.#codec.key(params));
  }
}

/** Cache only: the number of distinct keys at which a history was found to have used up its space. Deletions raise the generation. */
const exhausted = new WeakMap<History, { readonly generation: number; readonly distinct: number }>();

/**
 * A configuration nobody has tried, drawn from the priors, or undefined when the space is used up.
 * Infinite spaces: one draw. Finite: rejection, then one of the rest by enumeration.
 */
export function sampleUnseen(codec: Codec, history: History, batch: Batch, rng: Rng): Params | undefined {
  const finite = Number.isFinite(codec.size);
  if (batch.exhausted) return undefined;
  for (let i = 0; i < TRIES; i++) {
    const params = drawOrNothing(codec, rng, finite);
    if (params === undefined) break;
    if (!batch.has(params)) return params;
  }
  const rest = pickRest(codec, batch, rng);
  if (rest === undefined && batch.size === 0)
    exhausted.set(history, { generation: history.generation, distinct: history.distinct });
  return rest;
}

/** `codec.sample`; on a finite space "no feasible draw found" gives way to enumeration, which cannot miss. */
function drawOrNothing(codec: Codec, rng: Rng, finite: boolean): Params | undefined {
  try {
    return codec.sample(rng);
  } catch (error) {
    if (finite && error instanceof VernierError && error.code === "E_SPACE_INFEASIBLE") return undefined;
    throw error;
  }
}

/** One of the configurations not yet handed out, uniformly by reservoir sampling: no list is kept in memory. */
function pickRest(codec: Codec, batch: Batch, rng: Rng): Params | undefined {
  let chosen: Params | undefined;
  let count = 0;
  for (const params of codec.enumerate()) {
    if (batch.has(params)) continue;
    if (codec.size > ENUMERABLE) return params;
    count++;
    if (rng.int(count) === 0) chosen = params;
  }
  return chosen;
}
