/** Runs a loaded study to its end, shows it meanwhile, and says what came of it. */
import { SlotPool } from "../core/slots.ts";
import type { Executor, Metrics, StudySpec, TrialRecord } from "../core/types.ts";
import type { Params } from "../space/types.ts";
import type { StopReason } from "../core/study-types.ts";
import { VernierError } from "../math/errors.ts";
import { defaultsOf, hasOwnDefaults } from "./defaults.ts";
import { createOrResume, recordsOf } from "./engine.ts";
import type { AnyStudy } from "./engine.ts";
import { EXIT } from "./errors.ts";
import { escapedError, onEscaped } from "./escaped.ts";
import { executorFor } from "./evaluate.ts";
import { onInterrupt } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { printJson, trialJson } from "./json.ts";
import type { LoadedStudy, RunLimits } from "./load/loaded.ts";
import { keepPlace, movedError } from "./moved.ts";
import { openForWriting, shellWord, shownUrl, storageHint } from "./open.ts";
import { summarize } from "./summarize.ts";
import { count } from "./view/format.ts";
import { Progress } from "./view/progress.ts";
import { openRunView } from "./view/run-view.ts";
import { renderSummary } from "./view/summary.ts";
import type { Summary } from "./view/summary.ts";
import { checkEarlier, earlierStudies, startWarm } from "./warm-start.ts";

/** Finished trials when neither a number nor a time is given. */
const TRIALS = 30;
/** Spaces up to this size are counted, `where` respected. */
const COUNTED = 10_000;

export interface RunRequest {
  readonly io: Io;
  readonly json: boolean;
  readonly storage: string;
  /** The command that runs the study again; undefined for a line that is not repeated, because it may hold secrets. */
  readonly again: string | undefined;
  /** --default-first or --no-default-first; undefined leaves it to the space. */
  readonly defaultFirst: boolean | undefined;
  /** Earlier studies whose best configurations a new study begins with. */
  readonly warmStart: readonly string[];
  /** What of them goes over. */
  readonly warmAs: "guesses" | "trials";
  /** --trials was given: it belongs to the command that goes on. */
  readonly asked: boolean;
}

/** What `final` returned, as far as it is numbers. */
const finalMetrics =
  (final: NonNullable<LoadedStudy["final"]>) =>
  async (params: Params | null): Promise<Metrics> => {
    const value: unknown = await final(params ?? {});
    if (typeof value === "number") return { value };
    return Object.fromEntries(
      Object.entries((value ?? {}) as object).filter(
        (entry): entry is [string, number] => typeof entry[1] === "number",
      ),
    );
  };

/** What the person may do now. The line itself is not repeated when it was typed: it may hold a secret. */
const nextSteps = (spec: StudySpec, outcome: Outcome, request: RunRequest): Summary["next"] => {
  const { progress } = outcome;
  const { finished } = progress;
  const { trials } = progress.options;
  const name = ` --study ${shellWord(spec.name)}`;
  const look = {
    line: `vernier trials${name}${storageHint(request.storage)}`,
    what: progress.counts.failed > 0 ? "every trial, and why some failed" : "every trial",
  };
  if (outcome.exhausted) return [look];
  const unfinished = finished < trials;
  const wanted = unfinished ? trials : Math.max(2 * finished, 1);
  const more = unfinished && !(request.asked && Number.isFinite(trials)) ? "" : ` --trials ${wanted}`;
  // Whoever typed the line has its --trials in front of him; only a larger one is news.
  const typed = unfinished ? "the same line again" : `the same line with${more}`;
  const line = request.again === undefined ? typed : `${request.again}${more}`;
  return [
    { line, what: unfinished ? "goes on where it ended" : `${count(Math.max(finished, 1), "trial")} more` },
    look,
  ];
};

const REASONS: Partial<Record<StopReason, string>> = {
  timeout: "The time was up; what was running went back to waiting.",
  target: "The target is reached.",
  idle: "The scheduler has nothing left to start.",
};

interface Outcome {
  readonly progress: Progress;
  readonly interrupted: boolean;
  /** undefined when there was nothing to run. */
  readonly reason: StopReason | undefined;
  readonly elapsed: number;
  /** Every configuration of a finite space was tried. */
  readonly exhausted: boolean;
}

/** How many configurations a small space holds; Infinity for the others. */
const sizeOf = async ({ space }: StudySpec): Promise<number> => {
  if (space.dynamic === true) return Infinity;
  const { compile } = await import("../space/index.ts");
  const codec = compile(space);
  return codec.size > COUNTED ? Infinity : [...codec.enumerate()].length;
};

/** Runs until a limit, shows it, and gives running trials back at the first Ctrl-C. */
const follow = async (
  study: AnyStudy,
  executor: Executor,
  limits: RunLimits,
  request: RunRequest,
): Promise<Outcome> => {
  const { io, json } = request;
  const { spec } = study;
  const size = await sizeOf(spec);
  const { trials = limits.timeout === undefined ? Math.min(TRIALS, size) : Infinity, ...others } = limits;
  const startedAt = Date.now();
  const progress = new Progress({ objectives: spec.objectives, constraints: spec.constraints, trials, startedAt });
  for (const trial of recordsOf(study)) progress.see(trial, true);
  if (progress.finished >= trials)
    return { progress, interrupted: false, reason: undefined, elapsed: 0, exhausted: study.history.distinct >= size };
  if (progress.finished > 0)
    io.err(
      `Resuming ${spec.name}: ${progress.finished} trials are finished${trials === Infinity ? "" : `, ${trials} are wanted`}.\n`,
    );
  const elsewhere = study.counts.running;
  if (elsewhere > 0)
    io.err(
      `${count(elsewhere, "trial")} ${elsewhere === 1 ? "is" : "are"} running elsewhere. What a process that died has left is taken over within a minute.\n`,
    );
  const view = openRunView({ name: spec.name, progress, io, json });
  const interrupt = onInterrupt(
    () => view.stopping(),
    () => view.end(),
  );
  const watch = async (): Promise<void> => {
    for await (const event of study.events()) {
      const trial = "number" in event ? study.trial(event.number) : undefined;
      if (trial !== undefined) view.see(trial as TrialRecord);
    }
  };
  let escaped: { readonly error: unknown } | undefined;
  const endEscapes = onEscaped(error => {
    escaped ??= { error };
    interrupt.stop();
  });
  const place = keepPlace(study.storage.url, interrupt.stop);
  // A storage that fails makes `run` fail, too, which says it better.
  watch().catch(() => undefined);
  try {
    const { reason } = await study.run(executor, { ...others, total: trials, signal: interrupt.signal });
    if (escaped !== undefined) throw escapedError(escaped.error);
    if (!place.still()) throw movedError(shownUrl(study.storage.url));
    return {
      progress,
      interrupted: interrupt.signal.aborted,
      reason,
      elapsed: Date.now() - startedAt,
      exhausted: study.history.distinct >= size,
    };
  } finally {
    for (const trial of recordsOf(study)) view.see(trial);
    view.end();
    interrupt.end();
    endEscapes();
    place.end();
  }
};

const report = async (
  study: AnyStudy,
  outcome: Outcome,
  final: LoadedStudy["final"],
  request: RunRequest,
): Promise<void> => {
  const { io, json } = request;
  const { spec } = study;
  const { progress, interrupted, reason, elapsed } = outcome;
  const measured = final === undefined || interrupted || progress.best.size === 0 ? undefined : finalMetrics(final);
  if (measured !== undefined) io.err("Measuring the best and the default configuration once more...\n");
  const summary = await summarize(spec, recordsOf(study), {
    ran: reason === undefined ? null : { elapsed, finished: progress.finishedNow },
    interrupted,
    history: study.history,
    note: outcome.exhausted ? "Every configuration of the space was tried." : (REASONS[reason ?? "total"] ?? null),
    ...(measured !== undefined && { final: measured }),
    next: nextSteps(spec, outcome, request),
  });
  if (json) return printJson(io, "run", summaryJson(summary, spec, outcome));
  if (reason === undefined)
    io.out(`${spec.name} has ${count(progress.finished, "finished trial")} already; a larger --trials goes on.\n`);
  io.out(`\n${renderSummary(summary, io.columns(), io.style).join("\n")}\n`);
};

/** Queues the first guesses that are not queued yet: the same file again adds none, a longer list adds its new ones. */
const queueGuesses = async (study: AnyStudy, guesses: NonNullable<LoadedStudy["queue"]>): Promise<void> => {
  if (guesses.length === 0) return;
  const { canonical } = await import("../space/index.ts");
  const known = new Set<string>();
  for (let number = 0; number < study.history.size; number++) {
    const fixed = study.history.record(number)?.fixed ?? null;
    if (fixed !== null) known.add(canonical(fixed));
  }
  for (const guess of guesses) if (!known.has(canonical(guess))) await study.queue(guess);
};

/**
 * Queues the configuration of all defaults, so that the best has something to be compared with: when asked for, or for a new study whose every
 * parameter names its default. Never a second time, and not when it stands in the queue.
 */
const queueDefaults = async (study: AnyStudy, wanted: boolean | undefined): Promise<void> => {
  const trials = recordsOf(study);
  if (!(wanted ?? (trials.length === 0 && hasOwnDefaults(study.spec.space)))) return;
  const defaults = await defaultsOf(study.spec);
  if (defaults === null) {
    throw new VernierError(
      "E_DEFAULTS_UNKNOWN",
      "--default-first: this space has no default configuration: it is learnt while running, or its defaults break a `where`. Leave the flag out.",
    );
  }
  const { codec, params } = defaults;
  const key = codec.key(params);
  const same = (other: Params | null): boolean =>
    other !== null && codec.check(other).length === 0 && codec.key(other) === key;
  if (trials.some(trial => same(trial.params ?? trial.fixed))) return;
  const number = await study.queue(params);
  // Of several runs that begin at once the first one's stays: the queue's answer brought what the others did.
  const twice = recordsOf(study).some(trial => trial.number < number && same(trial.params ?? trial.fixed));
  if (twice) await study.deleteTrial(number);
};

/** Runs a study as it was loaded; returns the exit code. */
export const runStudy = async (loaded: LoadedStudy, request: RunRequest): Promise<number> => {
  const { name, space, objectives, constraints, run } = loaded;
  const parts = { sampler: { name: "auto" }, scheduler: { name: "none" } };
  // A missing program or an unknown placeholder must not leave an empty study behind.
  const spec: StudySpec = { version: 1, name, space, objectives, constraints, ...parts, seed: 0, owner: "client" };
  const facts = { concurrency: run.concurrency };
  const checked = await executorFor(loaded.work, spec, request.io, facts);
  const needs = run.needs ?? checked.needs;
  if (run.slots !== undefined || needs !== undefined) new SlotPool(run.slots ?? {}, needs ?? {});
  const storage = await openForWriting(request.storage, request.io);
  try {
    const earlier = await earlierStudies(request.warmStart, storage, request.io);
    if (earlier.length > 0 && (await storage.findStudy(name)) === undefined) {
      const limit = run.trials ?? (run.timeout === undefined ? TRIALS : undefined);
      await checkEarlier(spec, earlier, { as: request.warmAs, trials: limit });
    }
    const study = await createOrResume(loaded, storage);
    const fresh = recordsOf(study).length === 0;
    await queueGuesses(study, loaded.queue ?? []);
    await startWarm(study, earlier, { fresh, as: request.warmAs }, request.io);
    const executor = await executorFor(loaded.work, study.spec, request.io, facts);
    await queueDefaults(study, request.defaultFirst);
    const outcome = await follow(study, executor, run, request);
    await report(study, outcome, loaded.final, request);
    await study.close();
    if (outcome.interrupted) return EXIT.interrupted;
    return outcome.progress.counts.complete === 0 ? EXIT.failed : EXIT.ok;
  } finally {
    await checked.close?.();
    await storage.close();
  }
};

const summaryJson = (summary: Summary, spec: StudySpec, { interrupted, reason }: Outcome): Record<string, unknown> => ({
  study: {
    name: spec.name,
    objectives: spec.objectives,
    constraints: spec.constraints,
    seed: spec.seed,
    counts: summary.counts,
  },
  interrupted,
  reason: reason ?? null,
  finishedNow: summary.ran?.finished ?? 0,
  elapsedMs: summary.ran?.elapsed ?? 0,
  best: Object.keys(spec.objectives).length === 1 && summary.best[0] !== undefined ? trialJson(summary.best[0]) : null,
  front: summary.best.map(trialJson),
  defaults: summary.defaults,
  defaultTrial: summary.defaultTrial === null ? null : trialJson(summary.defaultTrial),
  final: summary.final,
  importance: summary.importance === null ? null : summary.importance.bars,
});
