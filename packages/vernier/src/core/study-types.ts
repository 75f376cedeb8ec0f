/**
 * The types users see of a study: parameters, metric names and objectives are inferred from what `createStudy` is given.
 * P is the type of the parameters, K the name of every metric (objectives and constraints), O the names of the objectives.
 */
import type { DynamicParams, Infer, IsUnion, Mistake, Param, Shape, Space, Value } from "../space/infer.ts";
import type { NumberOptions } from "../space/builders.ts";
import type { Params, Scalar, SpaceJson } from "../space/types.ts";
import type { Duration } from "./duration.ts";
import type { TableColumns, TableRow } from "./table.ts";
import type {
  ArtifactRef,
  ConstraintSpec,
  Direction,
  Executor,
  HeldSlots,
  History,
  Json,
  Lineage,
  Needs,
  ObjectiveSpec,
  PartSpec,
  Report,
  Revision,
  Sampler,
  Scheduler,
  Slots,
  Storage,
  StudyEvent,
  StudyInfo,
  StudySpec,
  TrialError,
  TrialRecord,
  TrialState,
} from "./types.ts";

/** A metric's direction, or a record with its target, hypervolume reference, unit and description. */
export type Objective = Direction | ObjectiveSpec;
// Spelled out, so that the compiler's complaint about a typo shows the words there are.
/** Objectives by metric name. */
export type Objectives = Readonly<Record<string, "minimize" | "maximize" | ObjectiveSpec>>;
/** Bounds by metric name. */
export type Constraints = Readonly<Record<string, ConstraintSpec>>;

/** A number for each metric. */
export type MetricsOf<K extends string> = { [Name in K]: number };
/** What an evaluation returns: named numbers; a bare one where there is a single metric. Further numbers are kept as metrics. */
export type OutcomeOf<K extends string> = IsUnion<K> extends true ? MetricsOf<K> : number | MetricsOf<K>;

/** Some of the parameters, to any depth; what is left out is suggested. */
export type PartOf<P> = P extends readonly unknown[]
  ? P
  : P extends object
    ? { readonly [Name in keyof P]?: PartOf<P[Name]> }
    : P;

/** A trial as the study's cache holds it. */
export interface TrialView<P, K extends string> extends Omit<TrialRecord, "params" | "metrics"> {
  readonly params: P | null;
  /** As told; null until then. A failed trial may hold only some. */
  readonly metrics: Readonly<Partial<MetricsOf<K>> & Record<string, number>> | null;
}
/** A complete trial with its configuration and metrics. */
export interface FinishedTrial<P, K extends string> extends Omit<TrialRecord, "params" | "metrics"> {
  readonly params: P;
  readonly metrics: Readonly<MetricsOf<K>>;
}

/** A change of attributes (a null removes the name), tags (replaced) and note. */
export interface Annotation {
  attrs?: Readonly<Record<string, Json>>;
  tags?: readonly string[];
  note?: string | null;
}

/** A trial under evaluation. */
export interface Trial<P, K extends string> {
  readonly number: number;
  /** 1 at the first start. */
  readonly attempt: number;
  readonly params: P;
  /** Aborted when the trial should end: pruned, paused, out of time, or the run is stopped. `signal.reason` is the error. */
  readonly signal: AbortSignal;
  /** The resource (epochs, rows, tokens) to reach in this run; undefined means to the end. */
  readonly until: number | undefined;
  /** Where to continue after a retry or a pause: the last checkpoint. */
  readonly resumed: { readonly step: number; readonly checkpoint: Uint8Array } | undefined;
  /** The slots it holds, in a run that has some. */
  readonly slots?: HeldSlots | undefined;
  /** True once the scheduler has stopped this trial. */
  readonly stopped: boolean;
  /**
   * Records metrics at a step; steps grow within an attempt. When the scheduler says stop, aborts `signal` and throws Pruned, at this
   * call and every later one; let it pass.
   *
   * @throws E_PRUNED, E_PAUSED, E_REPORT_STEP, E_METRICS, E_LEASE_LOST; the reason of `signal` once it is aborted.
   */
  report(step: number, metrics: Partial<MetricsOf<K>>): Promise<void>;
  /** Keeps bytes to continue from. The newest one counts. */
  checkpoint(step: number, bytes: Uint8Array): Promise<void>;
  /** Keeps a named file with the trial; the same name again replaces it. */
  artifact(name: string, bytes: Uint8Array, type?: string): Promise<ArtifactRef>;
  /** Keeps a line of text with the trial. Written in the background, before the trial ends. */
  log(text: string): void;
  /** Sets attributes, tags and the note of this trial. */
  annotate(change: Annotation): Promise<void>;
}

/**
 * Define-by-run: each call names a parameter and gets its value; the same name again gets the same value. Dots in a name make groups:
 * `trial.int("model.layers", 1, 6)` is `params.model.layers`.
 *
 * @throws E_PARAM_EXISTS when a trial asks for one name with two definitions, E_SPACE_DYNAMIC when a name is a parameter and a group, and
 * every E_SPACE_* of the builders.
 */
export interface Suggest {
  /** A real number of [low, high]. */
  float(name: string, low: number, high: number, options?: NumberOptions): number;
  /** A whole number of [low, high], both included. */
  int(name: string, low: number, high: number, options?: NumberOptions): number;
  /** One of several unordered values. */
  choice<const C extends readonly Scalar[]>(name: string, choices: C, options?: { default?: C[number] }): C[number];
  /** One of several ordered values. */
  ordinal<const C extends readonly (string | number)[]>(
    name: string,
    choices: C,
    options?: { default?: C[number] },
  ): C[number];
  /** All items in some order, or only the first `length` of them. */
  permutation<const C extends readonly Scalar[]>(
    name: string,
    items: C,
    options?: { length?: number; default?: readonly C[number][] },
  ): C[number][];
  /** Some of the items, in their declared order. */
  subset<const C extends readonly Scalar[]>(
    name: string,
    items: C,
    options?: { min?: number; max?: number; default?: readonly C[number][] },
  ): C[number][];
  /** Non-negative shares that sum to 1. */
  simplex<const C extends readonly string[]>(
    name: string,
    parts: C,
    options?: { default?: { readonly [Part in C[number]]: number } },
  ): { [Part in C[number]]: number };
  /** Between `min` (0) and `max` items of one kind, drawn together. For items that need code of their own, ask in a loop: `layer${i}.units`. */
  list<const I extends Param<unknown> | Shape>(
    name: string,
    item: I,
    options: { min?: number; max: number },
  ): Value<I>[];
  /** A text from an open vocabulary that starts with the seeds. */
  text(name: string, options: { seeds: readonly string[]; default?: string }): string;
  /** A constant, kept with the trial's parameters. */
  fixed<const V>(name: string, value: V): V;
}

/** Whether a space is learnt while running. */
export type IsDynamic<P> = "__dynamic" extends keyof P ? true : false;

/** The trial that an objective gets. */
export type ObjectiveTrial<P, K extends string> = IsDynamic<P> extends true ? Trial<P, K> & Suggest : Trial<P, K>;

/** A trial that was asked for, to be ended by exactly one of tell, fail, prune, pause and release. */
export interface Asked<P, K extends string> extends Trial<P, K> {
  /**
   * Records the result. After the scheduler stopped the trial it is recorded as pruned and never ranked.
   *
   * @throws E_RESULT when a metric is missing or not finite (the trial stays as it is, so correct and tell again), E_TRIAL_FINISHED when it
   * was told before, E_LEASE_LOST when another worker took over, E_STUDY_CLOSED.
   */
  tell(outcome: OutcomeOf<K>): Promise<void>;
  /** Records a failed attempt; says whether another one is left ("waiting") or the trial failed. `final` gives up the others. */
  fail(error: unknown, options?: { final?: boolean }): Promise<"waiting" | "failed">;
  /** Ends the trial as pruned; its newest report is its value. */
  prune(): Promise<void>;
  /** Sets the trial aside, to be continued from its checkpoint. */
  pause(): Promise<void>;
  /** Gives the trial back to be started again; consumes no attempt. */
  release(): Promise<void>;
}
/** The trial that `ask` gives: with the calls of define-by-run where the space is dynamic. */
export type AskedTrial<P, K extends string> = IsDynamic<P> extends true ? Asked<P, K> & Suggest : Asked<P, K>;

/** How a trial is asked for. */
export interface AskOptions {
  /** How long the trial stays ours without a sign of life; renewed while this process lives. Default 60 s; null takes no lease. */
  lease?: Duration | null;
  /** Failures the trial survives. Default 0. */
  retries?: number;
  /** False: only a new trial, never a queued, released or abandoned one. Default true. */
  claim?: boolean;
}

/** Limits of one `run`. At least one of trials, total, timeout, patience, stopAtTarget and signal is needed, except on finite spaces. */
export interface RunOptions {
  /** Start this many trials (a retry of one of them does not count again). */
  trials?: number;
  /**
   * Go on until the study has this many finished trials, whoever ran them: the same call again resumes. Trials that other workers
   * run count; for up to a lease's length (60 s) the run waits to take over those of dead workers.
   */
  total?: number;
  /** Evaluations at a time. Default: as many as the slots allow, or the executor takes; else 1. */
  concurrency?: number;
  /** What of the machine the run may use: a trial starts only when what it needs is free. */
  slots?: Slots;
  /** Slots that one trial takes. Default: what the executor needs, else one of each kind that there is. */
  needs?: Needs;
  /** Stop after this time; running trials go back to waiting. */
  timeout?: Duration;
  /** Fail an attempt after this time, even if the objective never returns. */
  trialTimeout?: Duration;
  /** Failures each trial survives. Default 0. */
  retries?: number;
  /** Aborting it stops the run; running trials go back to waiting. */
  signal?: AbortSignal;
  /** Stop after this many finished trials in a row without a better one (with several objectives: without a new one on the front). */
  patience?: number;
  /** Stop once a feasible trial reaches every objective's target. */
  stopAtTarget?: boolean;
  /** Stop with E_RUN_FAILING when this many trials in a row have failed. Default 0: never. */
  maxConsecutiveFailures?: number;
  /** How long an evaluation may take to end after its signal was aborted, before it is abandoned. Default 5 s. */
  grace?: Duration;
}

/** Why a run ended. `space`: every configuration of a finite space was tried. `close`: the study was closed. */
export type StopReason = "trials" | "total" | "timeout" | "signal" | "patience" | "target" | "space" | "idle" | "close";

/** What a run did. */
export interface RunSummary {
  readonly reason: StopReason;
  /** Trials this run started, retries not counted again. */
  readonly started: number;
  readonly complete: number;
  readonly pruned: number;
  readonly failed: number;
  /** Given back because the run was stopped. */
  readonly released: number;
  /** Attempts that failed with another one left. */
  readonly retried: number;
  /** Taken over or ended by someone else meanwhile. */
  readonly lost: number;
  /** ms by the engine's clock. */
  readonly duration: number;
  /** The newest failure of this run. */
  readonly error: TrialError | undefined;
}

/** How the feed is read. */
export interface EventsOptions {
  /** Begin after this revision; START gives the whole log. Default: from now on. */
  since?: Revision;
  /** Aborting it ends the iteration. */
  signal?: AbortSignal;
  /** How often to look for events of other processes. Default 1 s. */
  poll?: Duration;
}

/** An objective: evaluates one configuration. */
export type ObjectiveFunction<P, K extends string> = (
  params: P,
  trial: ObjectiveTrial<P, K>,
) => OutcomeOf<K> | Promise<OutcomeOf<K>>;

/** A search under way. `best`, `front`, `trials`, `counts` are views of the local cache, which follows this process's own doings; `refresh` fetches the others'. */
export interface Study<P, K extends string, O extends string> {
  readonly name: string;
  readonly spec: StudySpec;
  readonly storage: Storage;
  readonly id: StudyInfo["id"];
  /** What samplers and schedulers see; for insight. */
  readonly history: History;
  readonly counts: Readonly<Record<TrialState, number>>;
  readonly attrs: Readonly<Record<string, Json>>;
  readonly tags: readonly string[];
  readonly note: string | null;

  /**
   * Evaluates trials until a limit is reached. A failing trial does not end it. Without an objective the engine's executor evaluates.
   *
   * @throws E_RUN_UNBOUNDED when nothing would end it, E_RUN_FAILING (see maxConsecutiveFailures), E_RUN_OPTION, E_STORAGE_*, and
   * what the sampler throws.
   */
  run(objective: ObjectiveFunction<P, K> | Executor | undefined, options?: RunOptions): Promise<RunSummary>;
  /** Hands out one trial: a queued one first, else a new suggestion. */
  ask(options?: AskOptions): Promise<AskedTrial<P, K>>;
  /** A handle to a trial that is running already, for example asked for by another process. Takes no lease. */
  attach(number: number): Promise<AskedTrial<P, K>>;
  /** Queues a configuration, whole or in part, to be tried before new suggestions. Gives its number. */
  queue(
    params: PartOf<P>,
    options?: { attrs?: Readonly<Record<string, Json>>; tags?: readonly string[]; parent?: Lineage; until?: number },
  ): Promise<number>;

  /** The best complete trial that meets every constraint. */
  readonly best: IsUnion<O> extends true
    ? Mistake<"several objectives have no single best: use study.front">
    : FinishedTrial<P, K> | undefined;
  /** Complete trials that meet every constraint and are dominated by no other, by the first objective. */
  readonly front: readonly FinishedTrial<P, K>[];
  /** In number order, without deleted ones. */
  readonly trials: readonly TrialView<P, K>[];
  /** One trial; undefined when there is no such number, or it is deleted. */
  trial(number: number): TrialView<P, K> | undefined;
  /**
   * Define-by-run: what the complete trials asked for, as a declared space, conditions found in the code's paths as `when`. To freeze it,
   * give it to a new study. Of a declared space, that space. `spaceToTypeScript` writes it as builders.
   *
   * @throws E_STUDY_LEARNT before the first complete trial.
   */
  learnt(): Space<Params>;
  /** Visible reports of a trial in step order. */
  reports(number: number): readonly Report[];
  /**
   * All trials as plain flat records, or as columns, for notebooks and data frames. Every row has every name; null stands where there is none.
   *
   * @example console.table(study.toTable()); study.toTable({ as: "columns" })["metrics.loss"]
   */
  toTable(options?: { as?: "rows" }): TableRow<K>[];
  /** By columns: an array of one value a trial under each name. */
  toTable(options: { as: "columns" }): TableColumns<K>;

  /** Fetches what other processes did. */
  refresh(): Promise<void>;
  /** The log as it grows, own and others' events, until the study is closed or the loop is left. */
  events(options?: EventsOptions): AsyncIterableIterator<StudyEvent>;

  /** Mends a finished trial; the correction is part of the log. @throws E_RESULT where a complete trial would have no usable result */
  correct(
    number: number,
    change: { state?: "complete" | "pruned" | "failed"; metrics?: Partial<MetricsOf<K>>; reason: string },
  ): Promise<void>;
  /** Takes a trial out of everything; `restoreTrial` undoes it. */
  deleteTrial(number: number): Promise<void>;
  /** Undoes `deleteTrial`. */
  restoreTrial(number: number): Promise<void>;
  /** Sets attributes, tags and the note of the study. */
  annotate(change: Annotation): Promise<void>;
  /** Sets attributes, tags and the note of a trial, finished ones included. */
  annotateTrial(number: number, change: Annotation): Promise<void>;
  /**
   * Changes bounds, adds or retires choices, adds parameters with a default; history is read through the new space from then on.
   *
   * @throws E_SPACE_EDIT where history would be lost.
   */
  editSpace(space: SpaceJson): Promise<void>;
  /** Records another sampler or scheduler, and uses it. */
  configure(change: { sampler?: Sampler; scheduler?: Scheduler }): Promise<void>;

  /** Stops runs of this study, gives back what they were evaluating, and lets go of the storage. */
  close(): Promise<void>;
  /** `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Anything but a space turns into a sentence. */
export type OnlySpace<S> = S extends { readonly version: 1 } ? unknown : Mistake<"wrap the parameters: space({ ... })">;
/** A constraint named like an objective turns into a sentence. */
export type OnlyConstraints<C, O> = string extends keyof O
  ? unknown
  : {
      [Name in keyof C]: Name extends keyof O
        ? Mistake<"a metric is an objective or a constraint, not both: rename one of them">
        : C[Name];
    };
/** The parameters of a space given to `createStudy`. */
export type ParamsOf<S> = S extends SpaceJson ? Infer<S> : never;

/** What a study is. `O` and `C` are inferred from the values. */
export interface StudyOptions<S, O, C> {
  /** Unique in its storage. */
  name: string;
  /** Made by `space({ ... })`; `dynamic()` for parameters named while running. */
  space: S & OnlySpace<S>;
  /** Metrics to minimise or maximise, by name. */
  objectives: O;
  /** Bounds on further metrics, by name. */
  constraints?: C & OnlyConstraints<C, O>;
  /** Default `auto()`. */
  sampler?: Sampler;
  /** Default `none()`: every trial runs to its end. */
  scheduler?: Scheduler;
  /** A whole number from 0; random when left out. Recorded either way. */
  seed?: number;
  /** When the name is taken: "error" (default), or "resume" the stored study, which must have the same space, objectives and constraints. */
  ifExists?: "error" | "resume";
}

/** A study as a file for `vernier run` describes it: what to tune, and how a trial is evaluated. */
export interface StudyDefinition<S, O, C> extends Omit<StudyOptions<S, O, C>, "name" | "ifExists"> {
  /** Default: the file's name. */
  name?: string;
  storage?: string;
  /** Defaults of the command line's flags. `trials` counts the study's finished trials in total. */
  run?: Omit<RunOptions, "total" | "signal">;
  /** First guesses, whole or in part: tried before anything is suggested, each once. */
  queue?: readonly PartOf<ParamsOf<NoInfer<S>>>[];
  /** Evaluates a trial in this process. Give one of this, `command` and `executor`. */
  objective?: ObjectiveFunction<ParamsOf<NoInfer<S>>, (keyof NoInfer<O> | keyof NoInfer<C>) & string>;
  /** The program that evaluates a trial. */
  command?: unknown;
  /** What else evaluates a trial: `workers({ ... })`, `children({ ... })`, or an executor of your own. */
  executor?: Executor;
  /** For the closing summary: measures the best configuration once more, for example on data kept aside. */
  final?: (params: ParamsOf<S>) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;
}

export type { DynamicParams, PartSpec, Space };
