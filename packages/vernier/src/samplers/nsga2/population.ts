/**
 * The population as a fold of the history: generations are blocks of trials in the order in which they finished, whoever suggested
 * them. Deb et al. 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II", section III.
 */
import { STATE, type History } from "../../core/types.ts";
import { crowdingDistances } from "../../math/crowding.ts";
import { nonDominatedRanks } from "../../math/pareto.ts";

/** A trial that may be a parent. Smaller is better in every number but the last. */
export interface Member {
  readonly number: number;
  /** Sum of the violated constraints; Infinity when unknown. */
  readonly violation: number;
  /** Constrained non-dominated rank among those it was chosen from; infeasible members are ranked by their violation. */
  readonly rank: number;
  /** Crowding distance within its rank; larger is better. */
  readonly crowding: number;
}

export interface PopulationOptions {
  /** Members of the population. */
  readonly population: number;
  /** Trials of a generation. */
  readonly offspring: number;
}

/** Follows a history; whatever happens to it, the members depend on what it says now and on nothing else. */
export class Population {
  /** Empty until the first `population` trials are complete, then that many; best first. */
  members: readonly Member[] = [];
  /** Generations selected so far. */
  generation = 0;
  readonly #options: PopulationOptions;
  #generation = -1;
  #read = 0;
  #block: number[] = [];

  constructor(options: PopulationOptions) {
    this.#options = options;
  }

  follow(history: History): void {
    if (history.generation !== this.#generation || history.finishedCount < this.#read) {
      this.#generation = history.generation;
      this.#read = 0;
      this.#block = [];
      this.members = [];
      this.generation = 0;
    }
    const { population, offspring } = this.#options;
    for (; this.#read < history.finishedCount; this.#read++) {
      const number = history.finished[this.#read]!;
      if (!isCandidate(history, number)) continue;
      this.#block.push(number);
      if (this.#block.length < (this.generation === 0 ? population : offspring)) continue;
      const all = [...this.members.map(member => member.number), ...this.#block];
      this.members = select(history, all, population);
      this.#block = [];
      this.generation++;
    }
  }
}

/** Complete, with finite objectives, and of the space as it is now. */
function isCandidate(history: History, number: number): boolean {
  if (history.states[number] !== STATE.complete || history.ranked[number] !== 1) return false;
  const { width } = history.codec;
  if (width === 0) return true;
  for (let j = number * width; j < (number + 1) * width; j++) if (!Number.isNaN(history.x[j]!)) return true;
  return false;
}

/** The best `size` of these trials: rank after rank, the last one by crowding distance; ties by number. */
export function select(history: History, numbers: readonly number[], size: number): Member[] {
  const m = history.objectives.length;
  const values = new Float64Array(numbers.length * m);
  const violations = new Float64Array(numbers.length);
  for (const [i, number] of numbers.entries()) {
    const violation = history.violation[number]!;
    violations[i] = Number.isNaN(violation) ? Infinity : violation;
    for (const [k, { direction }] of history.objectives.entries()) {
      const value = history.values[number * m + k]!;
      values[i * m + k] = direction === "maximize" ? -value : value;
    }
  }
  const chosen: Member[] = [];
  for (const [rank, front] of constrainedFronts(values, m, violations).entries()) {
    const distances = crowdingDistances(values, m, front);
    const members = front.map((i, at) => ({
      number: numbers[i]!,
      violation: violations[i]!,
      rank,
      crowding: distances[at]!,
    }));
    members.sort((a, b) => descending(a.crowding, b.crowding) || a.number - b.number);
    chosen.push(...members.slice(0, size - chosen.length));
    if (chosen.length === size) break;
  }
  return chosen;
}

/** Fronts under constrained domination (section VI-A): feasible ones by the objectives, then the others by their violation. */
function constrainedFronts(values: Float64Array, m: number, violations: Float64Array): number[][] {
  const fronts: number[][] = [];
  const feasible = Array.from(violations.keys()).filter(i => violations[i] === 0);
  const rows = new Float64Array(feasible.length * m);
  for (const [at, i] of feasible.entries()) rows.set(values.subarray(i * m, i * m + m), at * m);
  const ranks = nonDominatedRanks(rows, m);
  for (const [at, i] of feasible.entries()) (fronts[ranks[at]!] ??= []).push(i);
  const others = Array.from(violations.keys()).filter(i => violations[i] !== 0);
  const first = fronts.length;
  const steps = nonDominatedRanks(
    Float64Array.from(others, i => violations[i]!),
    1,
  );
  for (const [at, i] of others.entries()) (fronts[first + steps[at]!] ??= []).push(i);
  return fronts;
}

function descending(a: number, b: number): number {
  return a === b ? 0 : b - a; // two infinities are equal
}

/** The winner of a tournament of two: constrained domination (a smaller rank), then the less crowded, then `coin`. */
export function better(a: Member, b: Member, coin: () => boolean): Member {
  if (a.rank !== b.rank) return a.rank < b.rank ? a : b;
  if (a.crowding !== b.crowding) return a.crowding > b.crowding ? a : b;
  return coin() ? a : b;
}
