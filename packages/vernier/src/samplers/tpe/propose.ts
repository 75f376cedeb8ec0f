/**
 * From the two densities to a configuration: candidates drawn from l, scored by log l - log g, best first, a group at a time. Configurations
 * that `where` forbids, or that a finite space has seen, make way for the next best.
 */
import type { Rng } from "../../math/rng.ts";
import type { Codec, Params } from "../../space/types.ts";
import type { GroupModel } from "./model.ts";

/** Sets of candidates drawn before the search gives up. */
const ROUNDS = 4;
/** Configurations put together from one set of candidates. */
const ATTEMPTS = 64;

export interface Proposal {
  readonly params: Params;
  /** log l - log g, summed over the active groups. */
  readonly score: number;
}

/** The best configuration that `accept` takes, and the best of all (accepted or not), which later steps search around. */
export function propose(
  codec: Codec,
  groups: readonly GroupModel[],
  candidates: number,
  rng: Rng,
  accept: (params: Params) => boolean,
): { readonly accepted: Proposal | undefined; readonly best: Proposal } {
  let best: Proposal | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const draw = new Draw(codec, groups, candidates, rng.fork(round));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const proposal = draw.assemble();
      if (best === undefined || proposal.score > best.score) best = proposal;
      if (accept(proposal.params)) return { accepted: proposal, best };
      if (!draw.stepDown()) break;
    }
  }
  return { accepted: undefined, best: best ?? { params: codec.defaults(), score: 0 } };
}

/** log l - log g of a configuration. */
export function scoreOf(codec: Codec, groups: readonly GroupModel[], params: Params): number {
  const x = new Float64Array(codec.width);
  codec.encode(params, x);
  let score = 0;
  for (const group of groups) if (group.covers(x, 0)) score += group.below.logPdf(x) - group.above.logPdf(x);
  return score;
}

/** One set of candidates for each group that turns out to be active. */
class Draw {
  readonly #codec: Codec;
  readonly #groups: readonly GroupModel[];
  readonly #count: number;
  readonly #rng: Rng;
  readonly #ranked: (RankedCandidates | undefined)[];
  readonly #x: Float64Array;
  readonly #active: Float64Array;
  /** Groups of the configuration assembled last. */
  #used: RankedCandidates[] = [];

  constructor(codec: Codec, groups: readonly GroupModel[], count: number, rng: Rng) {
    this.#codec = codec;
    this.#groups = groups;
    this.#count = count;
    this.#rng = rng;
    this.#ranked = groups.map(() => undefined);
    this.#x = new Float64Array(codec.width);
    this.#active = new Float64Array(codec.width);
  }

  /** The union of each active group's current candidate. */
  assemble(): Proposal {
    this.#x.fill(NaN); // stands for defaults
    this.#used = [];
    if (this.#groups.every(group => group.always)) {
      for (const g of this.#groups.keys()) this.#take(g);
      return { params: this.#codec.decode(this.#x), score: this.#score() };
    }
    // Which groups are active follows from the choices of the others, so go round until no group joins.
    const taken = new Set<number>();
    for (;;) {
      const params = this.#codec.decode(this.#x);
      this.#codec.encode(params, this.#active);
      const before = taken.size;
      for (const [g, group] of this.#groups.entries()) {
        if (taken.has(g) || !group.covers(this.#active, 0)) continue;
        taken.add(g);
        this.#take(g);
      }
      if (taken.size > before) continue;
      // A group that joined while a choice around it was still at its default may be inactive now.
      this.#used = this.#used.filter(ranked => ranked.group.covers(this.#active, 0));
      return { params, score: this.#score() };
    }
  }

  #take(g: number): void {
    const group = this.#groups[g]!;
    const ranked = (this.#ranked[g] ??= new RankedCandidates(group, this.#codec.width, this.#count, this.#rng.fork(g)));
    ranked.write(this.#x);
    this.#used.push(ranked);
  }

  #score(): number {
    let score = 0;
    for (const ranked of this.#used) score += ranked.score;
    return score;
  }

  /** Moves the group that loses least to its next candidate; false when all are at their last. */
  stepDown(): boolean {
    let next: RankedCandidates | undefined;
    for (const ranked of this.#used) if (ranked.loss < (next?.loss ?? Infinity)) next = ranked;
    next?.advance();
    return next !== undefined;
  }
}

/** A group's candidates, best first. */
class RankedCandidates {
  readonly group: GroupModel;
  readonly #width: number;
  readonly #xs: Float64Array;
  readonly #scores: Float64Array;
  #order: Int32Array | undefined;
  #at = 0;
  #current = 0;

  constructor(group: GroupModel, width: number, count: number, rng: Rng) {
    this.group = group;
    this.#width = width;
    this.#xs = new Float64Array(count * width);
    for (let i = 0; i < count; i++) group.below.draw(rng, this.#xs, i * width);
    this.#scores = group.below.logPdfs(this.#xs, count, width);
    const logAbove = group.above.logPdfs(this.#xs, count, width);
    for (let i = 0; i < count; i++) this.#scores[i]! -= logAbove[i]!;
    for (let i = 1; i < count; i++) if (this.#scores[i]! > this.#scores[this.#current]!) this.#current = i;
  }

  get score(): number {
    return this.#scores[this.#current]!;
  }

  /** What moving on costs; Infinity at the end. */
  get loss(): number {
    const next = this.#sorted()[this.#at + 1];
    return next === undefined ? Infinity : this.score - this.#scores[next]!;
  }

  advance(): void {
    this.#current = this.#sorted()[++this.#at]!;
  }

  /** Candidates, best first. The best one mostly does, so the others wait. */
  #sorted(): Int32Array {
    return (this.#order ??= Int32Array.from({ length: this.#scores.length }, (_, i) => i).sort(
      (a, b) => this.#scores[b]! - this.#scores[a]! || a - b,
    ));
  }

  write(x: Float64Array): void {
    const offset = this.#current * this.#width;
    for (const column of this.group.columns) x[column.index] = this.#xs[offset + column.index]!;
  }
}
