/**
 * Grid search: every cell of the grid once. Where it stands is read off the history alone, so that a study continues after a crash, on another
 * machine, with other trials in between.
 */
import { VernierError } from "../../math/errors.ts";
import { defineSampler } from "../../core/define.ts";
import { STATE, type History } from "../../core/types.ts";
import { didYouMean, spell, spellNumber } from "../../space/spell.ts";
import type { Codec, Params } from "../../space/types.ts";
import { needNumber, needWord, refuse } from "../options.ts";
import { type Cells, cellsOf, DEFAULT_POINTS, DOUBLE, type Points } from "./cells.ts";
import { MOST_CELLS, shuffledOrder } from "./order.ts";

/**
 * Every configuration of a finite space once; continuous parameters take `points` even points on their scale, both ends included. Cells that
 * any trial has (queued, running, finished, failed) are not handed out again. When all are handed out it throws E_SPACE_EXHAUSTED, which
 * ends a run normally; an ask for several gets those that are left.
 *
 * @throws E_OPTION on a bad option, `points` for a parameter the space does not have, or a grid of more than 2^52 cells;
 * E_SPACE_EXHAUSTED when nothing is left.
 * @example createStudy({ sampler: grid({ points: { lr: 5, "model.dropout": 3 } }), ... })
 */
export const grid = defineSampler({
  name: "grid",
  inside: true,
  options: {
    /** Points of each continuous parameter (default 10); or by path, where numbers with steps may be thinned out, too. */
    points: DEFAULT_POINTS as Points,
    /** "shuffled" by the study's seed, so that any beginning covers the space; "natural": the last parameter varies fastest. */
    order: "shuffled" as "shuffled" | "natural",
  },
  check({ points, order }) {
    needWord("grid", "order", order, ["shuffled", "natural"]);
    if (typeof points === "number") needNumber("grid", "points", points, { low: 1, whole: true });
    else if (typeof points !== "object" || points === null || Array.isArray(points)) {
      refuse("grid", "points", points, "a whole number, or whole numbers by path");
    } else {
      for (const [path, n] of Object.entries(points)) {
        needNumber("grid", `points[${spell(path)}]`, n, { low: 1, whole: true });
      }
    }
  },
  suggest({ space, history, seed, n, options }) {
    const walk = walkOf(space, history, seed, options);
    walk.follow(history);
    const suggestions = walk.next(n, history);
    if (suggestions.length === 0) {
      throw new VernierError(
        "E_SPACE_EXHAUSTED",
        `all ${spellNumber(walk.legal)} configurations of the grid were handed out. A grid ends there. ` +
          "Give continuous parameters more points, widen the space, or go on with another sampler.",
      );
    }
    return suggestions;
  },
});

interface Settings {
  readonly points: Points;
  readonly order: "shuffled" | "natural";
}

/** Caches only, by the sampler's options and the history. */
const walks = new WeakMap<Settings, WeakMap<History, GridWalk>>();

function walkOf(codec: Codec, history: History, seed: number, settings: Settings): GridWalk {
  let byHistory = walks.get(settings);
  if (byHistory === undefined) walks.set(settings, (byHistory = new WeakMap()));
  let walk = byHistory.get(history);
  if (walk === undefined || !walk.fits(codec, history, seed)) {
    walk = new GridWalk(codec, history, seed, settings);
    byHistory.set(history, walk);
  }
  return walk;
}

/** The cells in their order, and how far from the start all of them are taken. */
class GridWalk {
  /** Cells passed that are configurations of the space. */
  legal = 0;
  readonly #codec: Codec;
  readonly #version: number;
  readonly #generation: number;
  readonly #seed: number;
  readonly #cells: Cells;
  readonly #order: (position: number) => number;
  readonly #conditional: boolean;
  #position = 0;
  /** Keys of the trials' configurations that the walk has not passed, and the trials whose configuration is not known yet. */
  readonly #taken = new Set<string>();
  #unknown: number[] = [];
  #size = 0;

  constructor(codec: Codec, history: History, seed: number, settings: Settings) {
    this.#codec = codec;
    this.#version = codec.version;
    this.#generation = history.generation;
    this.#seed = seed;
    const names = new Set<string>();
    this.#cells = cellsOf(codec.space.shape, settings.points, names);
    if (typeof settings.points === "object") checkPaths(settings.points, names);
    const { count } = this.#cells;
    if (count > MOST_CELLS) {
      throw new VernierError(
        "E_OPTION",
        `grid() would have ${count.toPrecision(3)} cells. It counts up to 2^52. Give fewer points, or use sobol() or random().`,
      );
    }
    this.#order = settings.order === "natural" ? position => position : shuffledOrder(count, seed);
    this.#conditional = JSON.stringify(codec.space.shape).includes('"optional"');
  }

  fits(codec: Codec, history: History, seed: number): boolean {
    return (
      codec === this.#codec &&
      codec.version === this.#version &&
      history.generation === this.#generation &&
      seed === this.#seed
    );
  }

  /** Takes note of the configurations that became known. Amortised O(1): a trial is looked at until its configuration is known. */
  follow(history: History): void {
    for (; this.#size < history.size; this.#size++) this.#unknown.push(this.#size);
    this.#unknown = this.#unknown.filter(number => {
      const params = history.params(number);
      if (params !== null) this.#taken.add(this.#codec.key(params));
      const state = history.states[number];
      return params === null && (state === STATE.waiting || state === STATE.running || state === STATE.paused);
    });
  }

  /** The next `n` free cells, fewer at the end. They stay free until the history has them. */
  next(n: number, history: History): Params[] {
    const { count } = this.#cells;
    const chosen: Params[] = [];
    let passing = true;
    for (let position = this.#position; position < count && chosen.length < n; position++) {
      const params = this.#cell(position);
      const key = params === undefined ? "" : this.#codec.key(params);
      const free = params !== undefined && !this.#taken.has(key) && history.seen(key) === 0;
      if (free) {
        chosen.push(params);
        passing = false;
      } else if (passing) {
        this.#position = position + 1;
        if (params !== undefined) {
          this.legal++;
          this.#taken.delete(key); // no cell comes twice
        }
      }
    }
    return chosen;
  }

  /** The configuration at a position, or undefined where `where` forbids it or an absent parameter makes it a double. */
  #cell(position: number): Params | undefined {
    const index = this.#order(position);
    let params = this.#cells.value(index);
    if (this.#conditional) {
      const x = new Float64Array(this.#codec.width);
      this.#codec.encode(params as Params, x);
      params = this.#cells.value(index, this.#codec.decode(x));
      if (params === DOUBLE) return undefined;
    }
    return this.#codec.feasible(params as Params) ? (params as Params) : undefined;
  }
}

function checkPaths(points: Readonly<Record<string, number>>, names: ReadonlySet<string>): void {
  for (const path of Object.keys(points)) {
    if (names.has(path)) continue;
    throw new VernierError(
      "E_OPTION",
      `grid() got points for ${spell(path)}, which is not a number or simplex of this space. ` +
        `It has ${[...names].join(", ") || "none"}.${didYouMean(path, names) || " Remove it."}`,
    );
  }
}
