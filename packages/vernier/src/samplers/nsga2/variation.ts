/** Children of a population: tournament, crossover, mutation, on encoded rows. */
import type { History } from "../../core/types.ts";
import type { Rng } from "../../math/rng.ts";
import type { Codec, Params } from "../../space/types.ts";
import { blend, type Crossover, simulatedBinary } from "./crossover.ts";
import { better, type Member } from "./population.ts";

export interface VariationOptions {
  readonly crossover: Crossover;
  readonly crossoverProbability: number;
  readonly swapProbability: number;
  readonly mutationProbability?: number | undefined;
  readonly alpha?: number | undefined;
  readonly eta?: number | undefined;
}

/** Redraws of a child that equals a parent; in a space of one configuration all children do. */
const RETRIES = 16;

/** What is inherited or redrawn as a whole: a column, or all columns of a permutation or a simplex. */
interface Gene {
  readonly columns: readonly number[];
  /** A number between others: crossovers may blend it. */
  readonly numeric: boolean;
}

function genesOf(codec: Codec): Gene[] {
  const genes: Gene[] = [];
  const whole = new Map<string, number[]>();
  for (const { index, param, kernel } of codec.columns) {
    if (kernel !== "permutation" && kernel !== "simplex") {
      genes.push({ columns: [index], numeric: kernel === "numeric" || kernel === "ordinal" });
      continue;
    }
    const columns = whole.get(param);
    if (columns !== undefined) columns.push(index);
    else {
      const first = [index];
      whole.set(param, first);
      genes.push({ columns: first, numeric: false });
    }
  }
  return genes;
}

/** Makes children of one population. */
export class Variation {
  readonly #codec: Codec;
  readonly #history: History;
  readonly #members: readonly Member[];
  readonly #options: VariationOptions;
  readonly #genes: readonly Gene[];
  /** Of the child: NaN where inactive. */
  readonly #active: Float64Array;

  constructor(history: History, members: readonly Member[], options: VariationOptions) {
    this.#codec = history.codec;
    this.#history = history;
    this.#members = members;
    this.#options = options;
    this.#genes = genesOf(this.#codec);
    this.#active = new Float64Array(this.#codec.width);
  }

  /** One child. It may break a `where`, and differs from its parents wherever the space allows. */
  child(rng: Rng): Params {
    const { width } = this.#codec;
    const one = this.#pick(rng, -1);
    const first = this.#rowOf(one);
    const crossed = this.#members.length > 1 && rng.next() < this.#options.crossoverProbability;
    const second = crossed ? this.#rowOf(this.#pick(rng, one)) : first;
    const row = first.slice();
    if (crossed) for (const gene of this.#genes) this.#cross(gene, row, second, rng);
    const fresh = this.#draw(rng);
    for (let j = 0; j < width; j++) if (Number.isNaN(row[j]!)) row[j] = fresh[j]!;
    return this.#mutate(row, [first, second], rng);
  }

  /** The place of a member that won a binary tournament, not that of `except`. */
  #pick(rng: Rng, except: number): number {
    const n = except < 0 ? this.#members.length : this.#members.length - 1;
    const draw = (): number => {
      const i = rng.int(n);
      return except >= 0 && i >= except ? i + 1 : i;
    };
    const [a, b] = [draw(), draw()];
    const winner = better(this.#members[a]!, this.#members[b]!, () => rng.next() < 0.5);
    return winner === this.#members[a] ? a : b;
  }

  #rowOf(member: number): Float64Array {
    const { width } = this.#codec;
    const { number } = this.#members[member]!;
    return this.#history.x.slice(number * width, (number + 1) * width);
  }

  /** Genes that only one parent has are taken from it: the child may turn out to need them. */
  #cross({ columns, numeric }: Gene, row: Float64Array, second: Float64Array, rng: Rng): void {
    const {
      crossover,
      swapProbability,
      alpha = 0.5,
      eta = this.#history.objectives.length > 1 ? 20 : 2,
    } = this.#options;
    const at = columns[0]!;
    if (Number.isNaN(row[at]!)) for (const j of columns) row[j] = second[j]!;
    if (Number.isNaN(second[at]!) || second[at] === undefined) return;
    if (numeric && crossover === "blx-alpha") row[at] = blend(row[at]!, second[at], alpha, rng);
    else if (numeric && crossover === "sbx") {
      const child = simulatedBinary(row[at]!, second[at], eta, rng);
      if (rng.next() < swapProbability) row[at] = child;
    } else if (rng.next() < swapProbability) for (const j of columns) row[j] = second[j]!;
  }

  /** Each active gene is drawn anew with probability 1 / (their number); then one more while the child is a parent's twin. */
  #mutate(row: Float64Array, parents: readonly Float64Array[], rng: Rng): Params {
    const codec = this.#codec;
    const params = codec.decode(row);
    codec.encode(params, this.#active);
    const active = this.#genes.filter(({ columns }) => !Number.isNaN(this.#active[columns[0]!]!));
    if (active.length === 0) return params;
    const probability = this.#options.mutationProbability ?? 1 / active.length;
    const fresh = this.#draw(rng);
    for (const { columns } of active) {
      if (rng.next() < probability) for (const j of columns) row[j] = fresh[j]!;
    }
    for (let attempt = 0; ; attempt++) {
      const child = codec.decode(row);
      codec.encode(child, this.#active);
      if (attempt === RETRIES || !parents.some(parent => sameRow(parent, this.#active))) return child;
      const again = this.#draw(rng);
      for (const j of active[rng.int(active.length)]!.columns) row[j] = again[j]!;
    }
  }

  /** A row drawn from the priors, all columns filled. */
  #draw(rng: Rng): Float64Array {
    const row = new Float64Array(this.#codec.width);
    this.#codec.fromCube(rng.fill(new Float64Array(this.#codec.width)), row);
    return row;
  }
}

function sameRow(a: Float64Array, b: Float64Array): boolean {
  for (let j = 0; j < a.length; j++) if (!Object.is(a[j], b[j])) return false;
  return true;
}
