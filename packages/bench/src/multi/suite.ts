import { createStudy, type Params, type Sampler } from "vernier";
import { auto, nsga2, random, sobol, tpe } from "vernier/samplers";
import { PROBLEMS, type Scored } from "./problems.ts";

/** Numbers of trials at which a run is scored. */
export const CHECKPOINTS: readonly number[] = [25, 50, 100, 250];
/** Drawn at random (or quasi-random) by every sampler: left out of the share of feasible suggestions. */
const STARTUP = 10;

/** By the names that a peer's stored results use, where it has the like. */
export const MULTI_SAMPLERS: Readonly<Record<string, () => Sampler>> = {
  random: () => random(),
  sobol: () => sobol(),
  tpe: () => tpe(),
  "tpe-univariate": () => tpe({ multivariate: false }),
  "tpe-multivariate": () => tpe({ multivariate: true }),
  nsga2: () => nsga2(),
  "nsga2-every": () => nsga2({ offspring: 1 }),
  "nsga2-20": () => nsga2({ population: 20 }),
  auto: () => auto(),
};

/** What is run unless told otherwise. */
export const USUAL: readonly string[] = ["random", "sobol", "tpe-univariate", "tpe-multivariate", "nsga2", "auto"];

/** Scores and shares of feasible suggestions, by sampler, problem and seed. NaN where no trial was feasible. */
export interface MultiResult {
  readonly regret: Readonly<Record<string, Readonly<Record<string, readonly (readonly (number | null)[])[]>>>>;
  readonly feasible: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

export interface MultiOptions {
  readonly samplers: readonly string[];
  /** Problems; all when left out. */
  readonly problems?: readonly string[];
  readonly seeds: number;
  readonly progress?: (line: string) => void;
}

/** Runs every sampler on every problem, through the same calls a user makes. */
export async function runMulti({ samplers, problems, seeds, progress }: MultiOptions): Promise<MultiResult> {
  const regret: Record<string, Record<string, number[][]>> = {};
  const feasible: Record<string, Record<string, number[]>> = {};
  for (const id of problems ?? Object.keys(PROBLEMS)) {
    const problem = PROBLEMS[id];
    if (problem === undefined) continue;
    for (const name of samplers) {
      const make = MULTI_SAMPLERS[name];
      if (make === undefined) continue;
      const runs = [];
      for (let seed = 0; seed < seeds; seed++) runs.push(await runOne(id, problem, make(), seed));
      (regret[name] ??= {})[id] = runs.map(({ scores }) => scores);
      (feasible[name] ??= {})[id] = runs.map(({ share }) => share);
      const last = runs.map(({ scores }) => scores.at(-1) ?? NaN);
      progress?.(`${id.padEnd(10)} ${name.padEnd(18)} ${(last.reduce((a, b) => a + b, 0) / seeds).toFixed(4)}`);
    }
  }
  return { regret, feasible };
}

async function runOne(
  name: string,
  problem: Scored,
  sampler: Sampler,
  seed: number,
): Promise<{ scores: number[]; share: number }> {
  const { space, objectives, constraints } = problem;
  const study = await createStudy({ name, space, objectives, constraints, sampler, storage: "memory:", seed });
  const names = Object.keys(objectives);
  const rows: number[][] = [];
  const scores: number[] = [];
  const trials = Math.max(...CHECKPOINTS);
  let inside = 0;
  for (let i = 1; i <= trials; i++) {
    const trial = await study.ask();
    const metrics = problem.evaluate(trial.params as Params);
    await trial.tell(metrics);
    if (isFeasible(problem, metrics)) {
      rows.push(names.map(objective => metrics[objective] ?? NaN));
      if (i > STARTUP) inside++;
    }
    if (CHECKPOINTS.includes(i)) scores.push(problem.score(rows));
  }
  await study.close();
  return { scores, share: inside / (trials - STARTUP) };
}

function isFeasible({ constraints }: Scored, metrics: Readonly<Record<string, number>>): boolean {
  return Object.entries(constraints).every(
    ([name, { min = -Infinity, max = Infinity }]) => metrics[name]! >= min && metrics[name]! <= max,
  );
}
