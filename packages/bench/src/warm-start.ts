/**
 * What a warm start brings: best of 30 trials with and without the five best configurations of an earlier study of a related task.
 *
 *   npx node packages/bench/src/warm-start.ts [--seeds 20] [--shift 0.1]
 *
 * The earlier task is the problem with its optimum moved by `shift` of each range (turn by turn up and down), on another scale
 * (1000 f + 7); it had 50 trials with the same sampler. Seeds are paired: the same seed with and without. Lower is better.
 */
import { parseArgs } from "node:util";
import { createEngine, memoryStorage } from "vernier/core";
import { dumpOf, warmStart, type StudyDump } from "vernier/interop";
import { wilcoxon } from "vernier/math";
import { auto } from "vernier/samplers";
import { none } from "vernier/schedulers";
import { PROBLEMS, type Problem } from "vernier/testing";

const BUDGET = 30;
const EARLIER = 50;
const NAMES = Object.keys(PROBLEMS);

type Params = Record<string, unknown>;
type Ranges = Readonly<Record<string, { readonly type?: string; readonly low: number; readonly high: number }>>;

/** The problem seen from beside: numbers at the top of the space are moved, other parameters stay. */
function moved({ space }: Problem, params: Params, shift: number): Params {
  let sign = 1;
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      const range = (space.shape as Ranges)[name];
      if (range?.type !== "float" || typeof value !== "number") return [name, value];
      sign = -sign;
      return [name, Math.min(Math.max(value + sign * shift * (range.high - range.low), range.low), range.high)];
    }),
  );
}

async function study(
  problem: Problem,
  seed: number,
  trials: number,
  options: { shift?: number; warm?: StudyDump },
): Promise<{ best: number; dump: StudyDump }> {
  const parts = { sampler: () => auto(), scheduler: () => none() };
  const engine = createEngine({ storage: memoryStorage(), ...parts, parts });
  const made = await engine.create({ name: "s", space: problem.space, objectives: { f: "minimize" }, seed });
  if (options.warm) {
    await warmStart(made, options.warm);
    await made.refresh();
  }
  const { shift } = options;
  await made.run(
    (params: unknown) => {
      const given = params as Params;
      return {
        f:
          shift === undefined
            ? problem.evaluate(given as never)
            : 1000 * problem.evaluate(moved(problem, given, shift) as never) + 7,
      };
    },
    { trials },
  );
  const best = made.best?.metrics?.["f"] ?? NaN;
  const dump = await dumpOf(made.storage, made.id);
  await made.close();
  return { best, dump };
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle - 0.5)]! + sorted[Math.floor(middle)]!) / 2;
};

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "20" }, shift: { type: "string", default: "0.1" } },
});
const shift = Number(values.shift);
console.log(`shift ${shift}, ${values.seeds} seeds, ${BUDGET} trials, auto()\n`);
console.log(
  "| problem | cold (median) | warm (median) | warm better | p (Wilcoxon, two-sided) |\n| --- | --- | --- | --- | --- |",
);
const all = PROBLEMS as Readonly<Record<string, Problem>>;
for (const name of NAMES) {
  const problem = all[name];
  if (problem === undefined) continue;
  const cold: number[] = [];
  const warm: number[] = [];
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const earlier = await study(problem, 1000 + seed, EARLIER, { shift });
    cold.push((await study(problem, seed, BUDGET, {})).best - problem.optimum);
    warm.push((await study(problem, seed, BUDGET, { warm: earlier.dump })).best - problem.optimum);
  }
  const better = warm.filter((value, i) => value < cold[i]!).length;
  const { p } = wilcoxon(warm, cold);
  console.log(
    `| ${name} | ${median(cold).toPrecision(3)} | ${median(warm).toPrecision(3)} | ${better} of ${warm.length} | ${p.toPrecision(2)} |`,
  );
}
