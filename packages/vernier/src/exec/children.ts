/** Evaluates trials in child processes that live on: for objectives that may crash, leak, or need an environment of their own. */
import { resolve } from "node:path";
import { systemClock } from "../core/clock.ts";
import { checkOptionNames } from "../core/define.ts";
import { milliseconds, type Duration } from "../core/duration.ts";
import { VernierError } from "../core/errors.ts";
import { checkNeeds } from "../core/slots.ts";
import type { Clock, Executor, HeldSlots, Needs, Outcome, RunFacts, StudySpec, TrialContext } from "../core/types.ts";
import { spell } from "../space/spell.ts";
import { capacityOf, refuseDynamic, wholeOption } from "./capacity.ts";
import { Child, gpusKey, startError, type ChildOptions } from "./child.ts";
import type { Environment, EnvironmentOptions } from "./environment.ts";
import { isolate, preload, stopAll, type IsolateOptions, type Running } from "./isolate.ts";
import { modulePlace, type ModuleOptions } from "./module-place.ts";
import { checkEnv } from "./options.ts";
import type { IsolatedExecutor } from "./workers.ts";

/** Options of `children`. */
export interface ChildrenOptions extends ModuleOptions {
  /** Processes at most. Default: the run's concurrency, as far as there are processors. Given alone, it is the run's concurrency. */
  readonly processes?: number;
  /** Arguments of each process, after the module's own: process.argv.slice(2). */
  readonly args?: readonly string[];
  /** Node's own arguments: ["--max-old-space-size=4096"]. Default: those of this process. */
  readonly execArgv?: readonly string[];
  /** Trials after which a process is replaced by a new one. Default: none. */
  readonly maxCalls?: number;
  /** Resident memory in MB (1e6 bytes) above which a process is replaced, looked at after each trial. Default: not looked at. */
  readonly maxMemory?: number;
  /** What a process sees of `environment`. Default: a list without secrets, `SAFE_VARIABLES`. */
  readonly env?: EnvironmentOptions;
  /** The environment that processes inherit from, usually process.env. Default: none at all. */
  readonly environment?: Environment;
  /** Whether what a process prints is passed on to stderr. Its last lines are kept with a failure either way. Default: true. */
  readonly print?: boolean;
  /** From an abort (prune, timeout, end of the run) to SIGKILL, in ms or as text. Default: "4s". */
  readonly killGrace?: Duration;
  /** Slots that one trial takes, in a run that has some: { gpus: 1 }. */
  readonly needs?: Needs;
  readonly clock?: Clock;
}

const NAMES = [
  ...[
    "module",
    "export",
    "cwd",
    "processes",
    "args",
    "execArgv",
    "maxCalls",
    "maxMemory",
    "env",
    "environment",
    "print",
  ],
  ...["killGrace", "needs", "clock"],
];

/**
 * Evaluates trials in processes of their own, each of which imports `module` once and calls its objective for one trial after the other:
 * `(params, trial) => number | { name: number }`. A process that crashes fails its trial and is replaced; one that does not end after an abort
 * is killed, with everything it started (its process group). In a run with `gpus`, a process sees its trial's cards as CUDA_VISIBLE_DEVICES.
 *
 * @throws VernierError E_OPTION, E_WORKER_MODULE; from the run, before its first trial: E_WORKER_LOAD, E_WORKER_EXPORT, E_WORKER_CAPACITY,
 * E_WORKER_DYNAMIC, E_WORKER_START. Trials fail with E_WORKER_EXIT, E_WORKER_MEMORY, E_WORKER_RESULT.
 * @example
 * await study.run(children({ module: new URL("./objective.ts", import.meta.url), environment: process.env }), { trials: 100 });
 */
export function children(options: ChildrenOptions): IsolatedExecutor {
  const what = "children()";
  checkOptionNames(what, options, NAMES);
  const { args = [], execArgv, env = {}, print = true, maxMemory } = options;
  for (const [name, list] of [
    ["args", args],
    ["execArgv", execArgv],
  ] as const) {
    if (list === undefined || (Array.isArray(list) && list.every(item => typeof item === "string"))) continue;
    throw new VernierError(
      "E_OPTION",
      `${what} got ${name} ${spell(list)}. They are arguments, each a text. Write ["--fast"].`,
    );
  }
  if (typeof print !== "boolean")
    throw new VernierError("E_OPTION", `${what} got print ${spell(print)}. It is true or false. Write false.`);
  if (maxMemory !== undefined && !(typeof maxMemory === "number" && maxMemory > 0))
    throw new VernierError("E_OPTION", `${what} got maxMemory ${spell(maxMemory)}. It is a number of MB. Write 2000.`);
  checkEnv(env, what);
  const clock = options.clock ?? systemClock;
  const grace = milliseconds(options.killGrace ?? 4000, `${what}'s killGrace`);
  return new ChildrenExecutor({
    processes: wholeOption(what, "processes", options.processes, "how many trials run at a time"),
    maxCalls: wholeOption(what, "maxCalls", options.maxCalls, "how many trials a process evaluates") ?? Infinity,
    maxMemory: maxMemory === undefined ? Infinity : maxMemory * 1e6,
    needs: options.needs === undefined ? undefined : checkNeeds(options.needs),
    isolate: { clock, grace, running: new Set<Running>() },
    child: {
      ...{ module: modulePlace(what, options), args, execArgv, env, grace, clock },
      cwd: resolve(options.cwd ?? "."),
      environment: options.environment ?? {},
      watchMemory: maxMemory !== undefined,
      print: print ? chunk => void process.stderr.write(chunk) : undefined,
    },
    all: new Set(),
    idle: [],
  });
}

interface Plan {
  readonly processes: number | undefined;
  readonly maxCalls: number;
  readonly maxMemory: number;
  readonly needs: Needs | undefined;
  readonly isolate: IsolateOptions;
  readonly child: ChildOptions;
  /** Shared by all that were bound from one another. */
  readonly all: Set<Child>;
  /** The one that worked last comes last. */
  readonly idle: Child[];
}

class ChildrenExecutor implements IsolatedExecutor {
  readonly name = "children";
  readonly needs: Needs | undefined;
  readonly capacity: number | undefined;
  readonly #plan: Plan;

  constructor(plan: Plan, capacity = plan.processes) {
    this.#plan = plan;
    this.needs = plan.needs;
    this.capacity = capacity;
  }

  async bind(spec: StudySpec, run?: RunFacts): Promise<Executor> {
    refuseDynamic("children()", spec);
    const bound = new ChildrenExecutor(this.#plan, capacityOf("children()", "processes", this.#plan.processes, run));
    // Any of those there are has loaded the module.
    if (this.#plan.idle.some(child => child.alive)) return bound;
    // Cards are not given out yet: this process serves runs without them, and is replaced otherwise.
    const child = this.#child(undefined);
    await preload((message, host) => child.start(message, host));
    child.calls = 0;
    this.#giveBack(child);
    return bound;
  }

  async run(trial: TrialContext): Promise<Outcome> {
    let child: Child | undefined;
    try {
      return await isolate(trial, this.#plan.isolate, (message, host) => {
        child = this.#child(trial.slots);
        return child.start(message, host);
      });
    } finally {
      if (child !== undefined) this.#giveBack(child);
    }
  }

  async close(): Promise<void> {
    const { isolate, all, idle } = this.#plan;
    await stopAll(isolate.running);
    idle.length = 0;
    const last = [...all];
    for (const child of last) child.end();
    await Promise.all(last.map(({ gone }) => gone));
  }

  /** An idle process with the same cards, the one that worked last; else a new one. */
  #child(slots: HeldSlots | undefined): Child {
    const { idle, all } = this.#plan;
    const gpus = gpusKey(slots?.gpus);
    const at = idle.findLastIndex(child => child.alive && child.gpus === gpus);
    const [found] = at < 0 ? [] : idle.splice(at, 1);
    if (found !== undefined) return found;
    let child: Child;
    try {
      child = new Child(this.#plan.child, slots?.gpus);
    } catch (error) {
      throw startError(error);
    }
    all.add(child);
    void child.gone.then(() => {
      all.delete(child);
      const place = idle.indexOf(child);
      if (place >= 0) idle.splice(place, 1);
    });
    return child;
  }

  /** Keeps it for the next trial, unless it is used up or one too many. */
  #giveBack(child: Child): void {
    const { idle, all, maxCalls, maxMemory } = this.#plan;
    if (!child.alive) return;
    if (child.calls >= maxCalls || child.memory > maxMemory) return child.end();
    idle.push(child);
    if (all.size > (this.capacity ?? 1)) idle.shift()?.end();
  }
}
