/** Evaluates a trial by any program in any language. */
import { isAbsolute, join, resolve } from "node:path";
import { VernierError } from "../core/errors.ts";
import type { Executor, Needs, Outcome, StudySpec, TrialContext } from "../core/types.ts";
import { stream } from "../math/index.ts";
import {
  FACT_NAMES,
  inherited,
  trialFacts,
  trialVariables,
  type FactName,
  type Facts,
  type TrialPaths,
} from "./environment.ts";
import { withDevices } from "./devices.ts";
import { exitError, withTail } from "./exit-error.ts";
import { leaves, parameterNames, placeholderNamesOf, sharedVariables, valueAt, valueText } from "./names.ts";
import { checkPlaceholders, checkShellLine, planCommand, type CommandOptions, type CommandPlan } from "./options.ts";
import { directoryName, fileMark, Places, readResult } from "./places.ts";
import { expand, expandArguments, unknownPlaceholder, type Lookup } from "./placeholders.ts";
import { startProgram, type ProgramEnd, type RunningProgram } from "./process.ts";
import { checkProgram, startError } from "./program.ts";
import { resultMissing } from "./result-missing.ts";
import type { WantedMetrics } from "./results.ts";
import { Watch } from "./watch.ts";

/** Lines of stderr kept with a failed attempt. */
const TAIL_LINES = 20;

/** A trial that is being evaluated. */
interface Running {
  fail(reason: unknown): void;
  readonly done: Promise<unknown>;
}

/** What a study tells its executor. */
interface Bound {
  readonly study: string;
  readonly seed: number;
  /** undefined while the space is learnt by running. */
  readonly names: readonly string[] | undefined;
  readonly shared: ReadonlySet<string> | undefined;
}

/**
 * Evaluates trials by a program. It gets its parameters by `{name}` in its arguments, as variables (VERNIER_PARAMS as JSON,
 * VERNIER_PARAM_LR, ...) and as a JSON file ({params}, VERNIER_PARAMS_FILE), and tells its result by a line of JSON, a line
 * `loss: 0.5`, a number as its last line, or a file. A JSON line with a "step" is a report; when the scheduler says stop, and on a timeout,
 * the program's whole process group gets SIGTERM, then SIGKILL. A non-zero exit fails the attempt.
 *
 * @throws VernierError E_OPTION, E_COMMAND_PLACEHOLDER, E_COMMAND_RESULT, E_COMMAND_PATTERN on options that cannot work
 * @example command({ argv: ["python3", "train.py", "--lr", "{lr}"], environment: process.env })
 */
export function command(options: CommandOptions): ProgramExecutor {
  return new CommandExecutor(planCommand(options));
}

/** An executor that knows at once what it is bound to. */
export interface ProgramExecutor extends Executor {
  bind(spec: StudySpec): Executor;
  close(): Promise<void>;
}

class CommandExecutor implements ProgramExecutor {
  readonly name = "command";
  readonly needs: Needs | undefined;
  readonly #plan: CommandPlan;
  readonly #bound: Bound | undefined;
  readonly #wanted: WantedMetrics | undefined;
  readonly #places: Places;
  readonly #inherited: Record<string, string>;
  readonly #running: Set<Running>;

  /** `running` is shared with the executor this one was bound from: closing either ends all. */
  constructor(plan: CommandPlan, bound?: Bound, wanted?: WantedMetrics, running = new Set<Running>()) {
    this.#plan = plan;
    this.needs = plan.needs;
    this.#running = running;
    this.#bound = bound;
    this.#wanted = wanted ?? (plan.metrics && { objectives: plan.metrics, all: new Set(plan.metrics) });
    this.#inherited = inherited(plan.environment, plan.env);
    const root = plan.root;
    const inStudy = root === undefined || root.named || bound === undefined;
    this.#places = new Places(plan.cwd, inStudy ? root?.path : join(root.path, directoryName(bound.study)));
  }

  /**
   * The executor of a study: it knows every parameter's name and the metrics.
   *
   * @throws VernierError E_COMMAND_PLACEHOLDER, E_COMMAND_CWD, E_COMMAND_NOT_FOUND, E_COMMAND_NOT_EXECUTABLE
   */
  bind(spec: StudySpec): Executor {
    const plan = this.#plan;
    const names = spec.space.dynamic === true ? undefined : placeholderNamesOf(spec.space);
    if (names !== undefined) checkPlaceholders(plan, names);
    const program = plan.shell === undefined ? plan.templates?.[0] : undefined;
    if (program === undefined || !program.open)
      checkProgram(program === undefined ? "/bin/sh" : String(program.pieces[0]), plan.cwd, this.#inherited);
    const objectives = Object.keys(spec.objectives);
    const leafNames = parameterNames(spec.space).flatMap(({ name, leaf }) => (leaf ? [name] : []));
    return new CommandExecutor(
      plan,
      { study: spec.name, seed: spec.seed, names, shared: names && sharedVariables(leafNames) },
      { objectives, all: new Set([...objectives, ...Object.keys(spec.constraints)]) },
      this.#running,
    );
  }

  async run(trial: TrialContext): Promise<Outcome> {
    trial.signal.throwIfAborted();
    const paths = this.#places.prepare(trial);
    try {
      return await this.#evaluate(trial, paths);
    } finally {
      this.#places.finish(paths);
    }
  }

  async #evaluate(trial: TrialContext, paths: TrialPaths): Promise<Outcome> {
    const { result, maxOutput } = this.#plan;
    const seed = this.#bound && stream(this.#bound.seed, trial.number, "program").uint32() >>> 1;
    const facts = trialFacts(trial, paths, seed);
    const lookup = this.#lookup(trial, facts);
    const argv = this.#argv(trial, paths, lookup);
    const own = result.read === "file" && result.file !== undefined ? expand(result.file, lookup) : undefined;
    const file = own === undefined ? paths.result : resolve(paths.dir, own);
    const before = own === undefined ? undefined : await fileMark(file);

    let program: RunningProgram | undefined;
    let failure: { readonly reason: unknown } | undefined;
    const fail = (reason: unknown): void => {
      failure ??= { reason };
      watch.stop();
      program?.terminate();
    };
    const kept = this.#plan.root !== undefined;
    const watch = new Watch({
      ...{ trial, plan: result, wanted: this.#wanted, dir: paths.dir, kept, maxOutput },
      onFailure: fail,
    });
    await watch.open();
    const onAbort = (): void => fail(trial.signal.reason);
    const variables = trialVariables(trial, facts, this.#bound?.study, this.#bound?.shared);
    const env = withDevices({ ...this.#inherited, ...variables }, trial.slots);
    let end: ProgramEnd;
    try {
      // The study may have ended while files were made ready.
      trial.signal.throwIfAborted();
      program = this.#start(argv, paths, env, watch);
      const done = program.ended.then(
        () => undefined,
        () => undefined,
      );
      const entry = { fail, done };
      this.#running.add(entry);
      trial.signal.addEventListener("abort", onAbort);
      try {
        end = await program.ended.catch((error: unknown) => {
          throw startError(error, argv, paths.dir, env);
        });
        await watch.finish();
      } finally {
        trial.signal.removeEventListener("abort", onAbort);
        this.#running.delete(entry);
      }
    } finally {
      await watch.store();
    }
    if (failure !== undefined)
      throw withTail((failure as { reason: unknown }).reason, watch.lastWords(TAIL_LINES).lines);
    if (end.code !== 0) throw this.#exitError(end, watch, paths);
    const written = own === undefined || (await fileMark(file)) !== before;
    const reads = result.read === "any" || result.read === "file";
    const text = reads && written ? await readResult(file) : undefined;
    const found = watch.result.finish(text);
    if (found.missing.length === 0) return found.outcome;
    throw resultMissing({
      ...{ program: this.#plan.label, plan: result, missing: found.missing, bound: this.#wanted !== undefined },
      names: watch.result.names,
      file: result.read === "file" ? { path: file, written: text !== undefined } : undefined,
      stdout: watch.stdout.lastLines(TAIL_LINES),
      stderr: watch.stderr.lastLines(TAIL_LINES),
    });
  }

  #start(argv: readonly string[], paths: TrialPaths, env: Record<string, string>, watch: Watch): RunningProgram {
    try {
      return startProgram({
        ...{ argv, cwd: paths.dir, env, grace: this.#plan.grace, clock: this.#plan.clock },
        stdout: chunk => watch.take("stdout", chunk),
        stderr: chunk => watch.take("stderr", chunk),
      });
    } catch (error) {
      throw startError(error, argv, paths.dir, env);
    }
  }

  #argv(trial: TrialContext, paths: TrialPaths, lookup: Lookup): string[] {
    const { shell, templates = [] } = this.#plan;
    if (shell !== undefined) {
      if (this.#bound?.names === undefined)
        checkShellLine(
          shell,
          leaves(trial.params).map(([name]) => name),
        );
      return ["/bin/sh", "-c", shell];
    }
    const [program = "", ...args] = expandArguments(templates, lookup);
    // The system would look for ./program in the trial's own directory.
    const moved = program.includes("/") && !isAbsolute(program) && paths.dir !== paths.cwd;
    return [moved ? resolve(paths.cwd, program) : program, ...args];
  }

  /** A parameter goes before a fact of the same name. */
  #lookup(trial: TrialContext, facts: Facts): Lookup {
    const names = this.#bound?.names && new Set(this.#bound.names);
    // The seed is the study's.
    const factNames: readonly string[] = this.#bound ? FACT_NAMES : FACT_NAMES.filter(name => name !== "seed");
    const isFact = (name: string): name is FactName => factNames.includes(name);
    return name => {
      const value = valueAt(trial.params, name);
      if (value !== undefined) return valueText(value);
      if (names?.has(name) === true) return undefined;
      if (isFact(name)) return facts[name];
      // Without the study's space, a name beside known ones passes for a branch that was not taken.
      const parent = name.includes(".") ? valueAt(trial.params, name.slice(0, name.lastIndexOf("."))) : undefined;
      if (typeof parent === "object" && parent !== null) return undefined;
      const known = leaves(trial.params).map(([leaf]) => leaf);
      throw unknownPlaceholder(name, `{${name}}`, [...known, ...factNames]);
    };
  }

  #exitError(end: ProgramEnd, watch: Watch, paths: TrialPaths): VernierError {
    const { label, shell, templates, root } = this.#plan;
    const { lines: tail, from: tailOf } = watch.lastWords(TAIL_LINES);
    const args = (templates ?? []).slice(1).flatMap(({ open, pieces }) => (open ? [] : [String(pieces[0])]));
    return exitError({
      ...{ program: label, end, tail, tailOf, shell: shell !== undefined },
      moved: root === undefined ? undefined : { args, from: paths.cwd, to: paths.dir },
    });
  }

  /** Ends what still runs, as a timeout would. */
  async close(): Promise<void> {
    const running = [...this.#running];
    const reason = new VernierError(
      "E_EXECUTOR_CLOSED",
      "the executor was closed while the trial's program ran. Closing ends every program. Let the trials end first.",
    );
    for (const { fail } of running) fail(reason);
    await Promise.all(running.map(({ done }) => done));
  }
}
