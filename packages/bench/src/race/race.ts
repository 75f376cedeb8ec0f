/** Runs every subject on every problem for every seed that is not in the results yet, over a few processes. */
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { VernierError } from "vernier";
import { problemsOf } from "./problems.ts";
import { addResult, keyOf, readResults, storedResults, type Outcome } from "./results.ts";

export interface RaceOptions {
  readonly suites: readonly string[];
  readonly subjects: readonly string[];
  readonly seeds: number;
  readonly trials: number;
  readonly workers: number;
  /** Results are kept here; a file that is there is gone on with. */
  readonly file?: string | undefined;
  /** Only problems whose id contains this. */
  readonly only?: string | undefined;
  readonly python: string;
  readonly data?: string | undefined;
  readonly progress?: (line: string) => void;
}

/** One study to run. */
export interface Job {
  readonly suite: string;
  readonly subject: string;
  readonly problem: string;
  readonly seed: number;
  readonly trials: number;
  readonly python: string;
  readonly data: string | undefined;
}

/** @throws VernierError what a subject or problem throws; results so far are kept. */
export async function race(options: RaceOptions): Promise<Outcome[]> {
  const { file, python, data, trials } = options;
  const known = [...storedResults(), ...(file === undefined ? [] : readResults(file))];
  const done = new Map(known.map(outcome => [keyOf(outcome), outcome]));
  const wanted: Job[] = [];
  for (const suite of options.suites) {
    const problems = problemsOf(suite, data).filter(({ id }) => id.includes(options.only ?? ""));
    for (const subject of options.subjects) {
      for (const { id: problem } of problems) {
        for (let seed = 0; seed < options.seeds; seed++) {
          wanted.push({ suite, subject, problem, seed, trials, python, data });
        }
      }
    }
  }
  const queue = wanted.filter(job => !done.has(keyOf(job)));
  options.progress?.(`${wanted.length} studies, ${wanted.length - queue.length} of them done before`);
  const total = queue.length;
  let finished = 0;
  const take = (outcome: Outcome): void => {
    done.set(keyOf(outcome), outcome);
    if (file !== undefined) addResult(file, outcome);
    finished++;
    if (finished % 100 === 0 || finished === total) options.progress?.(`${finished}/${total}`);
  };
  const workers = Array.from({ length: Math.min(options.workers, queue.length) }, () => work(queue, take));
  try {
    await Promise.all(workers.map(({ ended }) => ended));
  } finally {
    for (const { child } of workers) if (child.connected) child.disconnect();
  }
  return wanted.map(job => done.get(keyOf(job))!);
}

function work(queue: Job[], take: (outcome: Outcome) => void): { child: ChildProcess; ended: Promise<void> } {
  const child = fork(fileURLToPath(new URL("child.ts", import.meta.url)), { execArgv: ["--conditions=source"] });
  const { promise: ended, resolve, reject } = Promise.withResolvers<undefined>();
  const next = (): void => {
    const job = queue.shift();
    if (job === undefined) resolve(undefined);
    else child.send(job);
  };
  child.on("message", (message: { result?: Outcome; error?: string }) => {
    if (message.result === undefined) return reject(new VernierError("E_BENCH_RUN", message.error ?? "no result"));
    take(message.result);
    next();
  });
  child.on("exit", code => {
    reject(
      new VernierError(
        "E_BENCH_RUN",
        `a worker ended with exit code ${code}. Its own message stands above. Run again to go on.`,
      ),
    );
  });
  next();
  return { child, ended };
}
