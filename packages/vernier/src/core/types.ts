/**
 * The contract between the parts: study specs, the event log, commands, storages, samplers, schedulers, executors.
 * Types only; everything here is JSON or a function type, and browser-safe.
 *
 * How it hangs together: a client sends a `Command` to a `Storage`. Inside ONE transaction the storage loads the rows the
 * command needs, calls the pure `decide(command, rows, now)` of core/decide.ts, appends the returned events to the log and
 * projects them with the pure `applyTrial(record, event)` of core/fold.ts. Readers follow the log by revision.
 */
import type { Codec, Params, SpaceJson, Node } from "../space/types.ts";
import type { Rng } from "../math/rng.ts";

export type { Params } from "../space/types.ts";

/** What every stored value but metrics is made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Opaque cursor into the log. Totally ordered by the storage; clients only store it, compare it for equality and send it back. */
export type Revision = number | string;
/** Before the first event. */
export const START: Revision = 0;

/** Whether smaller or larger is better. */
export type Direction = "minimize" | "maximize";
/** A metric that is optimised. */
export interface ObjectiveSpec {
  readonly direction: Direction;
  /** Reaching it (and every constraint) is success; `run` can stop there. */
  readonly target?: number;
  /** Reference point of the hypervolume. */
  readonly reference?: number;
  readonly unit?: string;
  readonly description?: string;
}
/** Bounds on a metric, both included; a trial outside them is infeasible. */
export interface ConstraintSpec {
  readonly min?: number;
  readonly max?: number;
}
/** A sampler or scheduler by name; options are JSON. `local: true` when it came as a function and cannot be rebuilt elsewhere. */
export interface PartSpec {
  readonly name: string;
  readonly options?: Json;
  readonly local?: true;
}

/** What a study is, as stored. */
export interface StudySpec {
  readonly version: 1;
  readonly name: string;
  readonly space: SpaceJson;
  readonly objectives: Readonly<Record<string, ObjectiveSpec>>;
  readonly constraints: Readonly<Record<string, ConstraintSpec>>;
  readonly sampler: PartSpec;
  readonly scheduler: PartSpec;
  readonly seed: number;
  /** Who suggests: each client, or the server that owns the storage. */
  readonly owner: "client" | "server";
}

/** Numbers by name. NaN and the infinities are kept as they are. */
export type Metrics = Readonly<Record<string, number>>;
/** Where a trial stands: queued or given back, under evaluation, set aside, or finished in one of three ways. */
export type TrialState = "waiting" | "running" | "paused" | "complete" | "pruned" | "failed";
/** States that a trial leaves only by a correction. */
export const FINISHED: ReadonlySet<TrialState> = new Set(["complete", "pruned", "failed"]);

/** Why an attempt failed. `kind`: a throw, a non-zero exit, a timeout, a lost lease. */
export interface TrialError {
  readonly kind: "throw" | "exit" | "timeout" | "lost" | "result";
  readonly message: string;
  readonly code?: string;
  /** The last lines of stderr or the stack, for people. */
  readonly tail?: string;
}
/** The trial that another one was bred from, and where it goes on. */
export interface Lineage {
  readonly number: number;
  readonly step?: number;
  /** Content hash of the checkpoint the child starts from. */
  readonly checkpoint?: string;
}
/** A named file of a trial, by the address of its content. */
export interface ArtifactRef {
  readonly name: string;
  /** Content address: "sha256-..." hex. */
  readonly hash: string;
  readonly size: number;
  readonly type?: string;
}
/** Metrics at a step, as one attempt reported them. */
export interface Report {
  readonly attempt: number;
  readonly step: number;
  readonly metrics: Metrics;
}

/** A trial as projected from the log. Finished trials change only by `corrected`, `annotated`, `deleted`, `restored`. */
export interface TrialRecord {
  readonly number: number;
  readonly state: TrialState;
  /** The configuration; while piecemeal (define-by-run, Optuna's protocol) it grows. null until suggested. */
  readonly params: Params | null;
  /** Parameters a queued trial fixes; the sampler's suggestion fills the rest. */
  readonly fixed: Params | null;
  /** Number of starts so far; the fencing token of the running one. 0 while never started. */
  readonly attempt: number;
  /** Attempts consumed by throw, non-zero exit, timeout or lost lease. */
  readonly failures: number;
  /** How many failures this trial survives before it is failed. */
  readonly retries: number;
  /** Revision the sampler read. null for a fully queued trial. */
  readonly basis: Revision | null;
  /** Which sampler suggested it (spec name), and why in one line, when it says so. */
  readonly sampler: string | null;
  readonly why: string | null;
  readonly metrics: Metrics | null;
  /** False when a value came after the trial was told to stop: recorded, never ranked. */
  readonly ranked: boolean;
  readonly error: TrialError | null;
  readonly parent: Lineage | null;
  /** Resource the scheduler lets it reach, and its bracket. */
  readonly until: number | null;
  readonly bracket: number | null;
  /** Newest checkpoint; a retry or resume starts there. */
  readonly checkpoint: { readonly step: number; readonly hash: string } | null;
  readonly artifacts: readonly ArtifactRef[];
  readonly attrs: Readonly<Record<string, Json>>;
  readonly tags: readonly string[];
  readonly note: string | null;
  /** Milliseconds since 1970 UTC, by the storage's clock. */
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Newest visible report. */
  readonly last: { readonly step: number; readonly metrics: Metrics } | null;
  readonly deleted: boolean;
}

// ---------------------------------------------------------------------------------------------------------------- events

interface EventBase {
  readonly revision: Revision;
  /** Storage clock, ms since 1970 UTC, never runs backwards within a storage. */
  readonly at: number;
}
/** What happened, without its place in the log. */
export type EventBody =
  | { readonly type: "study.created"; readonly spec: StudySpec }
  /** The space was edited (bounds, choices added or retired). History is read through the new space from here on. */
  | { readonly type: "study.edited"; readonly space: SpaceJson }
  | { readonly type: "study.configured"; readonly sampler?: PartSpec; readonly scheduler?: PartSpec }
  | {
      readonly type: "study.annotated";
      readonly attrs?: Readonly<Record<string, Json>>;
      readonly tags?: readonly string[];
      readonly note?: string | null;
    }
  | { readonly type: "study.deleted" }
  | { readonly type: "study.restored" }
  | {
      readonly type: "trial.queued";
      readonly number: number;
      readonly params: Params;
      readonly attrs?: Readonly<Record<string, Json>>;
      readonly tags?: readonly string[];
      readonly parent?: Lineage;
      readonly until?: number;
      readonly bracket?: number;
    }
  | {
      readonly type: "trial.started";
      readonly number: number;
      readonly attempt: number;
      readonly owner: string;
      readonly retries: number;
      readonly until?: number;
      readonly bracket?: number;
      readonly parent?: Lineage;
      /** Present when the suggestion was made inside the same transaction. */
      readonly params?: Params;
      readonly basis?: Revision;
      readonly sampler?: string;
      readonly why?: string;
      /** Present when another worker's expired lease was taken over: that attempt is consumed. */
      readonly lost?: true;
    }
  | {
      readonly type: "trial.suggested";
      readonly number: number;
      readonly attempt: number;
      readonly params: Params;
      readonly basis: Revision;
      readonly sampler: string;
      readonly why?: string;
    }
  /**
   * One parameter at a time (define-by-run). `name` is a flat name; `node` its definition. With `path` the value sits in nested records
   * ("layer1.units" in params.layer1.units); without it under `name` as it is.
   */
  | {
      readonly type: "trial.param";
      readonly number: number;
      readonly attempt: number;
      readonly name: string;
      readonly value: Json;
      readonly node?: Node;
      readonly path?: readonly string[];
    }
  | {
      readonly type: "trial.reported";
      readonly number: number;
      readonly attempt: number;
      readonly step: number;
      readonly metrics: Metrics;
    }
  | {
      readonly type: "trial.checkpointed";
      readonly number: number;
      readonly attempt: number;
      readonly step: number;
      readonly hash: string;
      readonly size: number;
    }
  | { readonly type: "trial.artifact"; readonly number: number; readonly artifact: ArtifactRef }
  | { readonly type: "trial.logged"; readonly number: number; readonly attempt: number; readonly text: string }
  | { readonly type: "trial.paused"; readonly number: number; readonly attempt: number }
  /** Back to waiting without consuming an attempt (Ctrl-C, drain). */
  | { readonly type: "trial.released"; readonly number: number; readonly attempt: number }
  /** An attempt failed; `state` waiting when another attempt is left, failed otherwise. */
  | {
      readonly type: "trial.failed";
      readonly number: number;
      readonly attempt: number;
      readonly state: "waiting" | "failed";
      readonly error: TrialError;
      readonly metrics?: Metrics;
    }
  | {
      readonly type: "trial.finished";
      readonly number: number;
      readonly attempt: number;
      readonly state: "complete" | "pruned";
      readonly metrics?: Metrics;
      readonly ranked?: false;
    }
  | {
      readonly type: "trial.corrected";
      readonly number: number;
      readonly state?: "complete" | "pruned" | "failed";
      readonly metrics?: Metrics;
      readonly reason: string;
    }
  | {
      readonly type: "trial.annotated";
      readonly number: number;
      readonly attrs?: Readonly<Record<string, Json>>;
      readonly tags?: readonly string[];
      readonly note?: string | null;
    }
  | { readonly type: "trial.deleted"; readonly number: number }
  | { readonly type: "trial.restored"; readonly number: number };
/** One entry of the log. */
export type StudyEvent = EventBase & EventBody;
/** An event without its revision, which the storage gives it. `at`: ms since 1970 UTC, never falling within a study. */
export type TimedEvent = EventBody & { readonly at: number };

// -------------------------------------------------------------------------------------------------------------- commands

/** A suggestion made inside the storage's transaction: called with the number just reserved and every event since the caller's
 * cursor; must be synchronous and quick (random, Sobol, grid). A remote storage ignores it; the caller then sends `suggest`. */
export type SuggestInside = (
  number: number,
  events: readonly StudyEvent[],
  basis: Revision,
) => {
  readonly params: Params;
  readonly sampler: string;
  readonly why?: string;
  /** The configuration's `codec.key`, remembered for later `unique` checks. Give it on finite spaces. */
  readonly key?: string;
};

/** A trial to be queued. */
export interface Queued {
  /** What it fixes; the sampler adds the rest. */
  readonly params: Params;
  readonly attrs?: Readonly<Record<string, Json>>;
  readonly tags?: readonly string[];
  readonly parent?: Lineage;
  readonly until?: number;
  readonly bracket?: number;
}

/** What a client may ask for. Unknown trial: E_TRIAL_UNKNOWN. Stale attempt or lost lease: E_LEASE_LOST. Finished: E_TRIAL_FINISHED. */
export type Command =
  /** `others` are queued behind it in the same transaction, all or none; they get the numbers that follow. */
  | ({ readonly type: "queue"; readonly others?: readonly Queued[] } & Queued)
  /**
   * Hand out a trial: the oldest waiting one (queued or to be retried), else a running one whose lease has expired (its attempt is
   * consumed; when none is left it is failed and the search goes on), else a new one if `create` (default true).
   * `lease` in ms; null takes none. `retries` applies to trials started now for the first time. `total`: no new one once the study has
   * that many trials that are finished, running or waiting, so that workers who start at the same moment do not overshoot.
   */
  | {
      readonly type: "start";
      readonly owner: string;
      readonly lease: number | null;
      readonly retries?: number;
      readonly create?: boolean;
      readonly total?: number;
      readonly claim?: boolean;
      readonly only?: number;
      readonly until?: number;
      readonly bracket?: number;
      readonly parent?: Lineage;
      readonly suggest?: SuggestInside;
    }
  /** Commit a suggestion made outside the transaction. `unique`: refuse when another live trial already has this key (result "duplicate"). */
  | {
      readonly type: "suggest";
      readonly number: number;
      readonly attempt: number;
      readonly params: Params;
      readonly basis: Revision;
      readonly sampler: string;
      readonly why?: string;
      readonly unique?: string;
    }
  | {
      readonly type: "param";
      readonly number: number;
      readonly attempt: number;
      readonly name: string;
      readonly value: Json;
      /** Its definition. A parameter that a joint draw already gave is recorded again with it: only then was it asked for. */
      readonly node?: Node;
      /** Where the value sits, for a name of nested records. */
      readonly path?: readonly string[];
      /** The value replaces that of the joint draw, which the definition does not allow. */
      readonly redraw?: true;
    }
  | {
      readonly type: "report";
      readonly number: number;
      readonly attempt: number;
      readonly step: number;
      readonly metrics: Metrics;
    }
  | {
      readonly type: "checkpoint";
      readonly number: number;
      readonly attempt: number;
      readonly step: number;
      readonly hash: string;
      readonly size: number;
    }
  | { readonly type: "artifact"; readonly number: number; readonly artifact: ArtifactRef }
  | { readonly type: "log"; readonly number: number; readonly attempt: number; readonly text: string }
  | { readonly type: "pause"; readonly number: number; readonly attempt: number }
  /** Continue a paused trial: a new attempt number, no attempt consumed. */
  | {
      readonly type: "resume";
      readonly number: number;
      readonly owner: string;
      readonly lease: number | null;
      readonly until?: number;
    }
  | { readonly type: "release"; readonly number: number; readonly attempt: number }
  | {
      readonly type: "finish";
      readonly number: number;
      readonly attempt: number;
      readonly state: "complete" | "pruned";
      readonly metrics?: Metrics;
      readonly ranked?: false;
    }
  | {
      readonly type: "fail";
      readonly number: number;
      readonly attempt: number;
      readonly error: TrialError;
      readonly metrics?: Metrics;
      /** Skip remaining retries. */ readonly final?: boolean;
    }
  /** No event: moves the expiry. An expired lease that nobody claimed is renewed. */
  | { readonly type: "renew"; readonly number: number; readonly attempt: number; readonly lease: number }
  | {
      readonly type: "correct";
      readonly number: number;
      readonly state?: "complete" | "pruned" | "failed";
      readonly metrics?: Metrics;
      readonly reason: string;
    }
  | {
      readonly type: "annotate";
      readonly number?: number;
      readonly attrs?: Readonly<Record<string, Json>>;
      readonly tags?: readonly string[];
      readonly note?: string | null;
    }
  | { readonly type: "delete"; readonly number: number }
  | { readonly type: "restore"; readonly number: number }
  | { readonly type: "edit"; readonly space: SpaceJson }
  | { readonly type: "configure"; readonly sampler?: PartSpec; readonly scheduler?: PartSpec }
  /** The study ends: every paused trial becomes pruned. */
  | { readonly type: "close" };

/** What `start` and `resume` hand out. */
export interface StartResult {
  /** null when nothing was waiting and `create` was false. */
  readonly trial: TrialRecord | null;
  /** True when the trial already has its whole configuration (retry, resume, suggested inside, fully queued is decided by the caller). */
  readonly suggested: boolean;
}
/** What `execute` answers per command type; commands not listed answer null. */
export interface Results {
  queue: { readonly number: number };
  start: StartResult;
  resume: StartResult;
  suggest: "ok" | "duplicate";
  fail: { readonly state: "waiting" | "failed" };
  close: { readonly pruned: number };
}
/** The answer to a command. */
export type ResultOf<C extends Command> = C["type"] extends keyof Results ? Results[C["type"]] : null;

// --------------------------------------------------------------------------------------------------------------- storage

/** A study without its trials. */
export interface StudyInfo {
  /** Storage's own id. */
  readonly id: number | string;
  readonly spec: StudySpec;
  readonly revision: Revision;
  readonly createdAt: number;
  readonly deleted: boolean;
  readonly attrs: Readonly<Record<string, Json>>;
  readonly tags: readonly string[];
  readonly note: string | null;
  readonly counts: Readonly<Record<TrialState, number>>;
}
/** A study as of one revision. */
export interface Snapshot {
  readonly revision: Revision;
  /** In number order, deleted ones included. */
  readonly trials: readonly TrialRecord[];
  /** The same trials where the storage can make them one by one: reading these leaves no list in memory. */
  readonly rows?: TrialRows;
  /** Numbers of finished trials in the order they first finished, deleted ones included. */
  readonly finished: readonly number[];
  /** Visible reports by trial number, in step order; trials without reports are absent. */
  readonly reports: ReadonlyMap<number, readonly Report[]>;
}
/** Trials 0 to size - 1 of a snapshot, made when they are asked for. */
export interface TrialRows {
  readonly size: number;
  /** The record of a trial, made now. */
  record(number: number): TrialRecord | undefined;
  /** Its parameters alone. */
  params(number: number): Params | null;
}
/** The answer to a command, with the feed. */
export interface Executed<R> {
  readonly result: R;
  /** Every event after `since`, own ones included, in order ([] when `since` was not given). */
  readonly events: readonly StudyEvent[];
  readonly revision: Revision;
}
/** Which trials to list; everything left out allows all. Deleted ones only with `deleted: true`. */
export interface TrialFilter {
  readonly states?: readonly TrialState[];
  readonly after?: number;
  readonly limit?: number;
  readonly deleted?: boolean;
}

/** Where studies live. Every method may throw E_STORAGE_* errors; a method that throws has changed nothing. */
export interface Storage {
  /** As the user wrote it: "memory:", "sqlite:study.db". */
  readonly url: string;
  /** E_STUDY_EXISTS when the name is taken (by a deleted study too: says so). */
  createStudy(spec: StudySpec): Promise<StudyInfo>;
  /**
   * Creates a study with a past, in one transaction: "study.created" gets revision 1, `events` (without it) get 2, 3, ... and are projected
   * as if they had happened here. `createdAt` is the time of the first event when left out (now when there is none). Trials that the log
   * leaves running have no worker here: their lease counts as expired, so the next start that claims takes them over. Artifacts and
   * checkpoints are only named in a log; put their bytes yourself.
   *
   * Hand over deeply frozen events where there are many: others are copied.
   *
   * E_STUDY_EXISTS; E_LOG_BROKEN with `details.position` (0 for the first event) when an event could not have happened there, is not
   * well-formed, or lies more than a day in the future. Nothing has happened then.
   */
  importStudy(
    spec: StudySpec,
    events: readonly TimedEvent[],
    options?: { readonly createdAt?: number },
  ): Promise<StudyInfo>;
  /** undefined when absent or deleted (unless `deleted: true`). */
  findStudy(name: string, options?: { deleted?: boolean }): Promise<StudyInfo | undefined>;
  /** In the order they were created; deleted ones only when asked for. */
  listStudies(options?: { deleted?: boolean }): Promise<readonly StudyInfo[]>;
  /** Undoable until `purgeStudy`. */
  deleteStudy(id: StudyInfo["id"]): Promise<void>;
  /** Undoes `deleteStudy`. */
  restoreStudy(id: StudyInfo["id"]): Promise<void>;
  /** Only for deleted studies: removes rows and unreferenced artifacts for good. E_STUDY_NOT_DELETED otherwise. */
  purgeStudy(id: StudyInfo["id"]): Promise<void>;
  /** One transaction: decide, append, project. */
  execute<C extends Command>(id: StudyInfo["id"], command: C, since?: Revision): Promise<Executed<ResultOf<C>>>;
  /** Current projection with the revision it stands at. */
  snapshot(id: StudyInfo["id"]): Promise<Snapshot>;
  /** The feed: at most `limit` (default 10,000) events after `since`, in order; [] when there is nothing new. */
  changes(id: StudyInfo["id"], since: Revision, limit?: number): Promise<readonly StudyEvent[]>;
  /** One trial, deleted or not; undefined when the study has no such number. */
  trial(id: StudyInfo["id"], number: number): Promise<TrialRecord | undefined>;
  /** Trials in number order. */
  trials(id: StudyInfo["id"], filter?: TrialFilter): Promise<readonly TrialRecord[]>;
  /** Visible reports of a trial in step order. */
  reports(id: StudyInfo["id"], number: number): Promise<readonly Report[]>;
  /** Lines that a trial logged, oldest first. */
  logs(
    id: StudyInfo["id"],
    number: number,
  ): Promise<readonly { readonly at: number; readonly attempt: number; readonly text: string }[]>;
  readonly artifacts: ArtifactStore;
  /** Lets go of files and connections. Every later call throws E_STORAGE_CLOSED; a second close does nothing. */
  close(): Promise<void>;
}
/** Content-addressed bytes beside the storage. */
export interface ArtifactStore {
  /** Stores (idempotent, atomic) and returns the address. */
  put(bytes: Uint8Array): Promise<{ readonly hash: string; readonly size: number }>;
  /** E_ARTIFACT_UNKNOWN when absent, E_ARTIFACT_CORRUPT when the bytes do not match the address. */
  get(hash: string): Promise<Uint8Array>;
}

// --------------------------------------------------------------------------------------------------------------- history

/** Codes in `History.states`. */
export const STATE = { none: 0, waiting: 1, running: 2, paused: 3, complete: 4, pruned: 5, failed: 6 } as const;

/**
 * Everything a sampler or scheduler may know, as of one revision. Row i is trial number i (deleted or unknown rows have state 0).
 * Arrays may be longer than `size`; they are replaced when they grow, so read them from the history at each call.
 */
export interface History {
  readonly revision: Revision;
  /** Numbers known: rows 0..size-1. */
  readonly size: number;
  readonly codec: Codec;
  readonly objectives: readonly {
    readonly name: string;
    readonly direction: Direction;
    readonly target?: number;
    readonly reference?: number;
  }[];
  readonly constraints: readonly { readonly name: string; readonly min?: number; readonly max?: number }[];
  /** Grows by one whenever something other than a plain append or state change happened (correction, deletion, restore, space edit, vocabulary
   * growth): caches folded from the history start anew. */
  readonly generation: number;
  readonly states: Uint8Array;
  /** Encoded parameters, row-major [size][codec.width]; NaN where inactive, whole row NaN while unknown or outside the (edited) space. */
  readonly x: Float64Array;
  /** Objective k of row i at [i * objectives.length + k], as told (not sign-flipped), NaN when missing. For pruned trials: the newest visible report. */
  readonly values: Float64Array;
  /** Sum of positive constraint violations; 0 feasible, NaN unknown, 0 everywhere without constraints. */
  readonly violation: Float64Array;
  /** Newest visible report step; NaN without reports. */
  readonly lastStep: Float64Array;
  /** 1 when the trial's value may be ranked (complete with finite objectives, ranked !== false; pruned), else 0. */
  readonly ranked: Uint8Array;
  /** Numbers of finished trials (complete, pruned, failed) in the order they finished, `finishedCount` of them. */
  readonly finished: Int32Array;
  readonly finishedCount: number;
  /** Numbers of trials running or paused whose parameters are known, ascending. */
  readonly pending: readonly number[];
  /** Parameters of a trial; null when unknown or deleted. */
  params(number: number): Params | null;
  /** The record of a trial, deleted or not. */
  record(number: number): TrialRecord | undefined;
  /** Visible reports in step order. */
  reports(number: number): readonly Report[];
  /** Finite spaces: how many live trials (waiting with full params, running, paused, finished; not deleted) have this codec.key. 0 on infinite spaces. */
  seen(key: string): number;
  /** Finite spaces: number of distinct keys seen. */
  readonly distinct: number;
}

// --------------------------------------------------------------------------------------------- samplers and schedulers

/** All that a suggestion may depend on. */
export interface SuggestContext {
  readonly space: Codec;
  readonly history: History;
  readonly pending: readonly number[];
  /** stream(seed, number, "suggest"): this trial's own numbers. */
  readonly rng: Rng;
  /** The study's seed, for what is constant over a study (Sobol scrambling, grid order). */
  readonly seed: number;
  /** Number of the first trial asked for. */
  readonly number: number;
  /** How many configurations are wanted; trial number + i for the i-th. */
  readonly n: number;
  readonly resource: number | undefined;
  readonly bracket: number | undefined;
  /** Record why, one line, in the trial. Last call wins. */
  why(text: string): void;
}

/**
 * Pure and blind: a suggestion is a function of (seed, trial number, log up to basis). State is a fold of the history; anything kept between
 * calls is a cache that may be dropped. Must return configurations that satisfy codec.check and codec.feasible.
 */
export interface Sampler {
  readonly name: string;
  /** JSON form of the options, defaults filled; null when it cannot be rebuilt elsewhere. */
  readonly options: Json;
  /** Synchronous and quick: may be called inside the storage's transaction, so that concurrent processes see every earlier trial. */
  readonly inside?: boolean;
  /** `n` configurations for the trials from `number` on. */
  suggest(context: SuggestContext): readonly Params[] | Promise<readonly Params[]>;
}

/** All that a verdict at a report may depend on. */
export interface DecideContext {
  readonly history: History;
  readonly number: number;
  readonly step: number;
  readonly rng: Rng;
}
/** All that the choice of what to start next may depend on. */
export interface NextContext {
  readonly history: History;
  readonly rng: Rng;
}
/** What becomes of a trial at a report. */
export type Verdict = "continue" | "stop" | "pause";
/** What to do for a worker that is free: start a new trial, resume a paused one, or nothing yet. */
export type NextMove =
  | { readonly start: { readonly until?: number; readonly bracket?: number } }
  | { readonly resume: number; readonly until?: number }
  | "wait";
/** Decides at reports which trials go on, and at ask what to start. As pure as a sampler. */
export interface Scheduler {
  readonly name: string;
  readonly options: Json;
  /** At a report (already in the history). */
  decide(context: DecideContext): Verdict;
  /** At ask, before the sampler; absent means always start a new trial. */
  next?(context: NextContext): NextMove;
}

// -------------------------------------------------------------------------------------------------------------- execution

/** What an evaluation returns: a bare number for a single metric, or named metrics. */
export type Outcome = number | Readonly<Record<string, number>>;

/** What of the machine a run may use. `gpus` are named as CUDA_VISIBLE_DEVICES names them: numbers, or texts such as "GPU-8f6a". */
export interface Slots {
  readonly cpus?: number;
  readonly gpus?: readonly (number | string)[];
}
/** How many slots one trial takes. Default: one of each kind that the run has. */
export interface Needs {
  readonly cpus?: number;
  readonly gpus?: number;
}
/** The slots that a trial holds while it runs, of the kinds that the run has; `gpus` is empty for a trial that needs none. */
export interface HeldSlots {
  readonly cpus?: number;
  readonly gpus?: readonly (number | string)[];
}

/** A trial as the objective sees it. */
export interface TrialContext {
  readonly number: number;
  readonly attempt: number;
  readonly params: Params;
  /** Aborted on prune, timeout, Ctrl-C and study end. signal.reason is the error. */
  readonly signal: AbortSignal;
  /** Calls back at the abort (at once after one) until the returned function is called: for executors, to whom a signal a trial is dear. */
  onAbort?(listener: (reason: unknown) => void): () => void;
  /** Resource to reach in this run; undefined means to the end. */
  readonly until: number | undefined;
  /** Where to continue after a retry, resume or inheritance. */
  readonly resumed: { readonly step: number; readonly checkpoint: Uint8Array } | undefined;
  /** The slots it holds, in a run that has some. */
  readonly slots?: HeldSlots | undefined;
  /** Records metrics at a step (>= 0, finite). When the scheduler says stop: aborts the signal and throws Pruned; pause throws Paused. */
  report(step: number, metrics: Metrics): Promise<void>;
  /** Keeps bytes to continue from. */
  checkpoint(step: number, bytes: Uint8Array): Promise<void>;
  /** Keeps a named file with the trial. */
  artifact(name: string, bytes: Uint8Array, type?: string): Promise<ArtifactRef>;
  /** Keeps a line of text with the trial. */
  log(text: string): void;
  /** Sets attributes, tags and the note. */
  annotate(change: {
    attrs?: Readonly<Record<string, Json>>;
    tags?: readonly string[];
    note?: string | null;
  }): Promise<void>;
}

/** What a run tells its executor. */
export interface RunFacts {
  /** Evaluations at a time, as far as it was said (or follows from slots). */
  readonly concurrency: number | undefined;
}

/** How a trial is evaluated. `inline` calls a function, `command` a program. */
export interface Executor {
  readonly name: string;
  /** Slots that one trial takes; the run's own `needs` go before it. */
  readonly needs?: Needs | undefined;
  /** Evaluations it takes at a time: a run starts no more, and as many where it was told nothing. Default: no limit, and 1. */
  readonly capacity?: number | undefined;
  /** Evaluates one attempt. Throws to fail it (VernierError with details.kind, details.tail where known). Must settle soon after signal aborts. */
  run(trial: TrialContext): Promise<Outcome>;
  /** Called before the first trial of a run; the returned executor is used. Throws what could not work in any trial: a placeholder without
   * a parameter, a missing program. */
  bind?(study: StudySpec, run?: RunFacts): Executor | Promise<Executor>;
  /** Called when no more trials will come. */
  close?(): Promise<void>;
}

/** Injected time. `now` in ms since 1970 UTC. */
export interface Clock {
  /** ms since 1970 UTC. */
  now(): number;
  /** Calls back once after `ms`; returns a canceller. Must not keep the process alive when `background`. */
  timer(ms: number, callback: () => void, background?: boolean): () => void;
}
