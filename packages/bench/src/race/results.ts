/** Results as JSON lines, one a run: what is there need not be run again, and a torn last line costs one run. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { VernierError } from "vernier";

/** One study of one subject on one problem. */
export interface Outcome {
  readonly subject: string;
  readonly suite: string;
  readonly problem: string;
  readonly seed: number;
  readonly trials: number;
  /** Each improvement of the best value: [trial counted from 1, value]. */
  readonly best: readonly (readonly [number, number])[];
  /** CPU time of this process, ms; of a peer only the waiting is in it. */
  readonly cpuMs: number;
  readonly version?: string;
}

export const keyOf = (o: Pick<Outcome, "subject" | "problem" | "seed" | "trials">): string =>
  JSON.stringify([o.subject, o.problem, o.seed, o.trials]);

/** Runs of a results file; none when there is no file. Throws E_BENCH_RESULTS on a line that is none. */
export function readResults(file: string): Outcome[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n");
  const torn = lines.pop();
  if (torn !== undefined && torn !== "") writeFileSync(file, text.slice(0, text.length - torn.length));
  return lines.map((line, i) => {
    try {
      return JSON.parse(line) as Outcome;
    } catch (cause) {
      throw new VernierError(
        "E_BENCH_RESULTS",
        `line ${i + 1} of ${file} is not JSON. Every line is one run. Remove the line, or choose another file.`,
        { cause },
      );
    }
  });
}

/** Runs of peers that are stored with the bench, so that comparisons work where the peer does not install. */
export function storedResults(): Outcome[] {
  return readResults(fileURLToPath(new URL("../../peers/results/optuna-race.jsonl", import.meta.url)));
}

export function addResult(file: string, outcome: Outcome): void {
  appendFileSync(file, `${JSON.stringify(outcome)}\n`);
}

/** Improvements of the best value. */
export function improvements(values: readonly number[], direction: "minimize" | "maximize"): [number, number][] {
  const sign = direction === "maximize" ? -1 : 1;
  const best: [number, number][] = [];
  for (const [i, value] of values.entries()) {
    const last = best.at(-1);
    if (!Number.isNaN(value) && (last === undefined || sign * value < sign * last[1])) best.push([i + 1, value]);
  }
  return best;
}

/** The best value after `n` trials; NaN when there was none. */
export function bestAfter({ best }: Outcome, n: number): number {
  return best.findLast(([trial]) => trial <= n)?.[1] ?? NaN;
}
