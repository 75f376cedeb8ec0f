/** node speed.ts [THREADS] [TRIALS] [ROUNDS]: the same trials in one thread and in several. */
import { availableParallelism } from "node:os";
import { createStudy } from "vernier";
import { workers } from "vernier/exec";
import { random } from "vernier/samplers";
import study from "./study.ts";

/**
 * Seconds for the same configurations, whatever the number of threads: random suggestions depend on nothing but seed and number. The
 * smallest of so many rounds, the two taking turns, so that other load on the machine meets both.
 */
export async function compare(threads: number, trials: number, rounds: number): Promise<{ one: number; many: number }> {
  const { space, objectives, constraints = {} } = study;
  const pools = [1, threads].map(count =>
    workers({ module: new URL("./objective.ts", import.meta.url), threads: count }),
  );
  const times = pools.map(() => Infinity);
  // The first round starts the threads and warms the compiler up; it does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const [i, executor] of pools.entries()) {
      const study = await createStudy({ name: "speed", space, objectives, constraints, sampler: random(), seed: 7 });
      const start = performance.now();
      await study.run(executor, { trials });
      const seconds = (performance.now() - start) / 1000;
      if (round > 0) times[i] = Math.min(times[i] ?? Infinity, seconds);
    }
  }
  for (const executor of pools) await executor.close();
  const [one = NaN, many = NaN] = times;
  return { one, many };
}

if (import.meta.main) {
  const [threads = availableParallelism(), trials = 32, rounds = 5] = process.argv.slice(2).map(Number);
  const { one, many } = await compare(threads, trials, rounds);
  console.log(`${trials} trials, 1 thread:  ${one.toFixed(2)} s`);
  console.log(`${trials} trials, ${threads} threads: ${many.toFixed(2)} s, ${(one / many).toFixed(2)} times as fast`);
}
