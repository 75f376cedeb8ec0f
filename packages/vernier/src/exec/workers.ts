/** Evaluates trials in worker threads: for objectives that compute in JavaScript or TypeScript. */
import { systemClock } from "../core/clock.ts";
import { checkOptionNames } from "../core/define.ts";
import { milliseconds, type Duration } from "../core/duration.ts";
import { checkNeeds } from "../core/slots.ts";
import type { Clock, Executor, Needs, Outcome, RunFacts, StudySpec, TrialContext } from "../core/types.ts";
import { capacityOf, refuseDynamic, wholeOption } from "./capacity.ts";
import { isolate, preload, stopAll, type IsolateOptions, type Running } from "./isolate.ts";
import type { ModulePlace } from "./isolated/protocol.ts";
import { modulePlace, type ModuleOptions } from "./module-place.ts";
import { ThreadPool, type ThreadLimits } from "./thread-pool.ts";

/** Options of `workers`. */
export interface WorkersOptions extends ModuleOptions {
  /** Threads at most. Default: the run's concurrency, as far as there are processors. Given alone, it is the run's concurrency. */
  readonly threads?: number;
  /** Limits of each thread's heap, as Node's Worker takes them: `{ maxOldGenerationSizeMb: 512 }`. Default: Node's own. */
  readonly resourceLimits?: ThreadLimits;
  /** From an abort (prune, timeout, end of the run) to the end of the thread, in ms or as text. Default: "4s". */
  readonly killGrace?: Duration;
  /** Slots that one trial takes, in a run that has some: { cpus: 1 }. */
  readonly needs?: Needs;
  readonly clock?: Clock;
}

/** An executor that keeps threads or processes, until it is closed. */
export interface IsolatedExecutor extends Executor {
  bind(spec: StudySpec, run?: RunFacts): Promise<Executor>;
  /** Ends them. Nobody has to: idle ones do not keep the process alive. */
  close(): Promise<void>;
}

/**
 * Evaluates trials in threads of this process. Each thread imports `module` once and calls its objective for one trial after the other:
 * `(params, trial) => number | { name: number }`, the same as a function given to `run`. `trial.signal.aborted` is up to date even in a loop
 * that never waits. A thread that dies (process.exit, memory) or does not end after an abort fails its trial and is replaced.
 *
 * @throws VernierError E_OPTION, E_WORKER_MODULE; from the run, before its first trial: E_WORKER_LOAD, E_WORKER_EXPORT, E_WORKER_CAPACITY,
 * E_WORKER_DYNAMIC. Trials fail with E_WORKER_EXIT, E_WORKER_MEMORY, E_WORKER_CRASH, E_WORKER_RESULT.
 * @example
 * await study.run(workers({ module: new URL("./objective.ts", import.meta.url) }), { trials: 100, concurrency: 4 });
 */
export function workers(options: WorkersOptions): IsolatedExecutor {
  checkOptionNames("workers()", options, NAMES);
  const { resourceLimits } = options;
  if (resourceLimits !== undefined)
    checkOptionNames("workers()'s resourceLimits", resourceLimits, [
      ...["maxOldGenerationSizeMb", "maxYoungGenerationSizeMb", "codeRangeSizeMb", "stackSizeMb"],
    ]);
  const clock = options.clock ?? systemClock;
  return new WorkersExecutor(
    {
      module: modulePlace("workers()", options),
      threads: wholeOption("workers()", "threads", options.threads, "how many trials run at a time"),
      resourceLimits,
      needs: options.needs === undefined ? undefined : checkNeeds(options.needs),
      isolate: {
        clock,
        grace: milliseconds(options.killGrace ?? 4000, "workers()'s killGrace"),
        running: new Set<Running>(),
      },
    },
    [],
  );
}

const NAMES = ["module", "export", "cwd", "threads", "resourceLimits", "killGrace", "needs", "clock"];

interface Plan {
  readonly module: ModulePlace;
  readonly threads: number | undefined;
  readonly resourceLimits: ThreadLimits | undefined;
  readonly needs: Needs | undefined;
  readonly isolate: IsolateOptions;
}

class WorkersExecutor implements IsolatedExecutor {
  readonly name = "workers";
  readonly needs: Needs | undefined;
  readonly capacity: number | undefined;
  readonly #plan: Plan;
  /** The newest one last; shared by all that were bound from one another. */
  readonly #pools: Promise<ThreadPool>[];

  constructor(plan: Plan, pools: Promise<ThreadPool>[], capacity = plan.threads) {
    this.#plan = plan;
    this.needs = plan.needs;
    this.capacity = capacity;
    this.#pools = pools;
  }

  async bind(spec: StudySpec, run?: RunFacts): Promise<Executor> {
    refuseDynamic("workers()", spec);
    const threads = capacityOf("workers()", "threads", this.#plan.threads, run);
    const bound = new WorkersExecutor(this.#plan, this.#pools, threads);
    const pool = await bound.#pool();
    await preload((message, host) => pool.start(message, host));
    return bound;
  }

  async run(trial: TrialContext): Promise<Outcome> {
    const pool = await this.#pool();
    return isolate(trial, this.#plan.isolate, (message, host) => pool.start(message, host));
  }

  async close(): Promise<void> {
    await stopAll(this.#plan.isolate.running);
    await Promise.all(this.#pools.splice(0).map(async pool => (await pool).destroy()));
  }

  /** The threads there are, when they are enough; a larger pool replaces a smaller one. */
  async #pool(): Promise<ThreadPool> {
    const { module, resourceLimits } = this.#plan;
    const threads = this.capacity ?? 1;
    const last = this.#pools.at(-1);
    if (last !== undefined) {
      const pool = await last;
      if (pool.threads >= threads) return pool;
      if (this.#pools.at(-1) !== last) return this.#pool();
      if (!pool.busy) {
        void this.#pools.pop();
        await pool.destroy();
        if (this.#pools.length > 0) return this.#pool();
      }
    }
    const opening = ThreadPool.open({ module, threads, resourceLimits });
    this.#pools.push(opening);
    return opening;
  }
}
