/** node compare.ts [RUNS]: tunes, then measures the default and the chosen configuration by turns. */
import { createStudy, type Executor } from "vernier";
import { evaluate } from "./objective.ts";
import { DEFAULTS, type Config } from "./service.ts";
import study from "./study.ts";

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

const runs = Number(process.argv[2] ?? 9);
const { space, objectives, executor } = study;
const tuned = await createStudy({ name: "service", space, objectives, seed: 1 });
await tuned.queue({ ...DEFAULTS });
await tuned.run(executor as Executor, { trials: 60, trialTimeout: "1m" });

// The most throughput among what serves the unlucky no worse than the defaults do.
const limit = tuned.trial(0)?.metrics?.["p99"] ?? Infinity;
const [best] = tuned.front
  .filter(({ metrics }) => (metrics["p99"] ?? Infinity) <= limit)
  .sort((a, b) => (b.metrics["throughput"] ?? 0) - (a.metrics["throughput"] ?? 0));
const chosen = (best?.params ?? DEFAULTS) as Config;
console.log("chosen", JSON.stringify(chosen));

const results = {
  default: [] as { throughput: number; p99: number }[],
  chosen: [] as { throughput: number; p99: number }[],
};
for (let run = 0; run < runs; run++) {
  results.default.push(await evaluate(DEFAULTS));
  results.chosen.push(await evaluate(chosen));
}
for (const [name, measured] of Object.entries(results)) {
  const throughput = median(measured.map(result => result.throughput));
  const p99 = median(measured.map(result => result.p99));
  console.log(`${name}: ${throughput.toFixed(0)} requests/s, p99 ${p99.toFixed(1)} ms (median of ${runs})`);
}
