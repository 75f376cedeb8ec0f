/**
 * The two densities of TPE for one history, kept up to date by folding what is new. A cache: dropping it changes no suggestion.
 */
import type { History } from "../../core/types.ts";
import type { Codec, Column } from "../../space/types.ts";
import { refuse } from "../options.ts";
import { Parzen } from "./parzen.ts";
import { OneObjective } from "./one-objective.ts";
import { SeveralObjectives } from "./several-objectives.ts";
import { ageWeight, type Ranking } from "./split.ts";

/** Columns that are active together, and their densities. */
export class GroupModel {
  readonly columns: readonly Column[];
  /** True when these columns are active in every configuration. */
  readonly always: boolean;
  readonly below: Parzen;
  readonly above: Parzen;

  /** `equal`: good trials weigh the same however old they are. */
  constructor(columns: readonly Column[], priorWeight: number, equal: boolean) {
    this.columns = columns;
    this.always = columns.every(column => column.group === "");
    this.below = new Parzen(columns, equal ? { priorWeight } : { priorWeight, weight: ageWeight });
    this.above = new Parzen(columns, { priorWeight, weight: ageWeight });
  }

  /** True when the row has all of these columns: only such trials are modelled. */
  covers(x: ArrayLike<number>, offset: number): boolean {
    for (const column of this.columns) if (Number.isNaN(x[offset + column.index]!)) return false;
    return true;
  }
}

export interface ModelOptions {
  readonly gamma: (n: number) => number;
  readonly objectives: number;
  readonly multivariate: boolean;
  readonly constantLiar: boolean;
  readonly priorWeight: number;
}

/** More trials than this are taken in at once. */
const MANY = 1000;
const NOWHERE = 0;
const BELOW = 1;
const ABOVE = 2;

export class TpeModel {
  groups: readonly GroupModel[] = [];
  readonly #options: ModelOptions;
  readonly #ranking: Ranking;
  #codec: Codec | undefined;
  #version = -1;
  #generation = -1;
  /** Side of each trial number, and the flags it follows from. */
  #side = new Uint8Array(0);
  #ranked = new Uint8Array(0);
  #good = new Uint8Array(0);
  #pending = new Uint8Array(0);
  #goodList: number[] = [];
  #pendingList: readonly number[] = [];

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#ranking = options.objectives > 1 ? new SeveralObjectives() : new OneObjective();
  }

  /** Complete and pruned trials that count. */
  get finished(): number {
    return this.#ranking.size;
  }

  /** Sizes of the split. */
  get below(): number {
    return this.#goodList.length;
  }

  /** Brings the model to this history; `pending` are the trials under way. */
  follow(history: History, pending: readonly number[]): void {
    const { codec } = history;
    if (codec !== this.#codec || codec.version !== this.#version || history.generation !== this.#generation) {
      this.#reset(codec, history.generation);
    }
    this.#reserve(history.size);
    const seen = this.#ranking.seen;
    this.#ranking.follow(history, this.#ranked);
    const moved = [...this.#setGood(history), ...this.#setPending(this.#options.constantLiar ? pending : [])];
    if (this.#ranking.seen - seen > MANY) {
      this.#rebuild(history);
      return;
    }
    moved.push(...history.finished.subarray(seen, this.#ranking.seen));
    let changes = 0;
    for (const number of moved) if (this.#side[number] !== this.#sideOf(number)) changes++;
    if (4 * changes > this.#ranking.size + pending.length) this.#rebuild(history);
    else for (const number of moved) this.#place(history, number);
  }

  /** Counts a configuration that is being suggested as a bad one until the function returned is called. */
  lie(number: number, row: Float64Array): () => void {
    const added = this.groups.filter(group => group.covers(row, 0) && !group.above.has(number));
    for (const group of added) group.above.add(number, row);
    return () => {
      for (const group of added) group.above.remove(number);
    };
  }

  #reset(codec: Codec, generation: number): void {
    this.#codec = codec;
    this.#version = codec.version;
    this.#generation = generation;
    this.#ranking.clear();
    this.#goodList = [];
    this.#pendingList = [];
    for (const flags of [this.#side, this.#ranked, this.#good, this.#pending]) flags.fill(0);
    const { multivariate, priorWeight, objectives } = this.#options;
    this.groups = groupColumns(codec, multivariate).map(
      columns => new GroupModel(columns, priorWeight, objectives > 1),
    );
  }

  #reserve(size: number): void {
    if (size <= this.#side.length) return;
    const grow = (flags: Uint8Array): Uint8Array<ArrayBuffer> => {
      const grown = new Uint8Array(Math.ceil(1.5 * size));
      grown.set(flags);
      return grown;
    };
    this.#side = grow(this.#side);
    this.#ranked = grow(this.#ranked);
    this.#good = grow(this.#good);
    this.#pending = grow(this.#pending);
  }

  /** Marks the good trials; returns those that became good or no longer are. */
  #setGood(history: History): number[] {
    const n = this.#ranking.size;
    const count = this.#options.gamma(n);
    if (!(Number.isInteger(count) && count >= 0)) {
      refuse("tpe", `gamma(${n})`, count, "how many of n finished trials are good, a whole number");
    }
    const before = this.#goodList;
    const list = Array.from(this.#ranking.best(history, Math.min(count, n)));
    for (const number of before) this.#good[number] = 0;
    for (const number of list) this.#good[number] = 1;
    this.#goodList = list;
    const left = before.filter(number => this.#good[number] === 0);
    return [...left, ...list.filter(number => this.#side[number] !== BELOW)];
  }

  /** Marks the pending trials; returns those that became pending or no longer are, and those whose parameters may have grown. */
  #setPending(pending: readonly number[]): number[] {
    const before = this.#pendingList;
    for (const number of before) this.#pending[number] = 0;
    for (const number of pending) this.#pending[number] = 1;
    this.#pendingList = pending.slice();
    return [...before.filter(number => this.#pending[number] === 0), ...pending];
  }

  #sideOf(number: number): number {
    if (this.#good[number] === 1) return BELOW;
    return this.#ranked[number] === 1 || this.#pending[number] === 1 ? ABOVE : NOWHERE;
  }

  #place(history: History, number: number): void {
    const want = this.#sideOf(number);
    const have = this.#side[number];
    const offset = number * history.codec.width;
    for (const group of this.groups) {
      if (have !== want) {
        if (have === BELOW) group.below.remove(number);
        if (have === ABOVE) group.above.remove(number);
      }
      if (want === NOWHERE || !group.covers(history.x, offset)) continue;
      (want === BELOW ? group.below : group.above).add(number, history.x, offset);
    }
    this.#side[number] = want;
  }

  #rebuild(history: History): void {
    const { x, size } = history;
    const { width } = history.codec;
    for (let number = 0; number < size; number++) this.#side[number] = this.#sideOf(number);
    const numbers = new Int32Array(size);
    for (const group of this.groups) {
      for (const [side, estimator] of [
        [BELOW, group.below],
        [ABOVE, group.above],
      ] as const) {
        let count = 0;
        for (let number = 0; number < size; number++) {
          if (this.#side[number] === side && group.covers(x, number * width)) numbers[count++] = number;
        }
        estimator.fill(numbers, count, x, width);
      }
    }
  }
}

/** Columns with more than one value: those active together, or each alone. */
function groupColumns(codec: Codec, multivariate: boolean): Column[][] {
  const groups = new Map<string, Column[]>();
  for (const column of codec.columns) {
    if (column.levels === 1) continue;
    const key = multivariate ? column.group : column.name;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [column]);
    else group.push(column);
  }
  return [...groups.values()];
}
