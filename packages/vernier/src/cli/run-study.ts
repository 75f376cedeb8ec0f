/** Runs a loaded study to its end, shows it meanwhile, and says what came of it. */
import type { Metrics, StudySpec, TrialRecord } from "../core/types.ts";
import type { Params } from "../space/types.ts";
import { createOrResume, recordsOf } from "./engine.ts";
import { EXIT } from "./errors.ts";
import { executorFor } from "./evaluate.ts";
import { onInterrupt } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { printJson, trialJson } from "./json.ts";
import type { LoadedStudy } from "./load/loaded.ts";
import { openForWriting, storageHint } from "./open.ts";
import { summarize } from "./summarize.ts";
import { count } from "./view/format.ts";
import { Progress } from "./view/progress.ts";
import { openRunView } from "./view/run-view.ts";
import { renderSummary } from "./view/summary.ts";
import type { Summary } from "./view/summary.ts";

/** Finished trials when neither a number nor a time is given. */
const TRIALS = 30;

export interface RunRequest {
  readonly io: Io;
  readonly json: boolean;
  readonly storage: string;
  /** The command that runs the study again; undefined for a line that is not repeated, because it may hold secrets. */
  readonly again: string | undefined;
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

const nextSteps = (
  spec: StudySpec,
  trials: readonly TrialRecord[],
  request: RunRequest,
  total: number,
  stopped: boolean,
): Summary["next"] => {
  const hint = storageHint(request.storage);
  const name = ` --study ${/^[\w.-]+$/.test(spec.name) ? spec.name : JSON.stringify(spec.name)}`;
  const finished = trials.filter(
    ({ state }) => state === "complete" || state === "pruned" || state === "failed",
  ).length;
  const more = stopped && finished < total ? "" : ` --trials ${Math.max(2 * finished, finished + 1)}`;
  const what = more === "" ? "goes on where it stopped" : `${count(Math.max(finished, 1), "trial")} more`;
  const line =
    request.again === undefined ? `the same line${more === "" ? " again" : ` with${more}`}` : `${request.again}${more}`;
  const failed = trials.some(({ state }) => state === "failed");
  return [
    { line, what },
    { line: `vernier trials${name}${hint}`, what: failed ? "every trial, and why some failed" : "every trial" },
  ];
};

export const runStudy = async (loaded: LoadedStudy, request: RunRequest): Promise<number> => {
  const { io, json } = request;
  const draft: StudySpec = {
    version: 1,
    name: loaded.name,
    space: loaded.space,
    objectives: loaded.objectives,
    constraints: loaded.constraints,
    sampler: { name: "auto" },
    scheduler: { name: "none" },
    seed: 0,
    owner: "client",
  };
  await executorFor(loaded.work, draft, io);
  const storage = await openForWriting(request.storage, io);
  const study = await createOrResume(loaded, storage);
  try {
    const { spec } = study;
    const executor = await executorFor(loaded.work, spec, io);
    const { trials = loaded.run.timeout === undefined ? TRIALS : Infinity, ...limits } = loaded.run;
    const startedAt = Date.now();
    const progress = new Progress({ objectives: spec.objectives, constraints: spec.constraints, trials, startedAt });
    for (const trial of recordsOf(study)) progress.see(trial, true);
    const before = progress.finished;
    const done = before >= trials;
    let interrupted = false;
    if (!done) {
      if (before > 0)
        io.err(
          `Resuming ${spec.name}: ${before} of ${trials === Infinity ? "any number of" : trials} trials are finished.\n`,
        );
      interrupted = await follow();
    }

    async function follow(): Promise<boolean> {
      const view = openRunView({ name: spec.name, progress, io, json });
      const interrupt = onInterrupt(
        () => view.stopping(),
        () => view.end(),
      );
      const seen = (async () => {
        for await (const event of study.events())
          if ("number" in event) {
            const trial = study.trial(event.number);
            if (trial !== undefined) view.see(trial as TrialRecord);
          }
      })();
      try {
        await study.run(executor, {
          ...limits,
          ...(trials === Infinity ? {} : { total: trials }),
          signal: interrupt.signal,
        });
      } finally {
        for (const trial of recordsOf(study)) view.see(trial);
        view.end();
        interrupt.end();
      }
      void seen;
      return interrupt.signal.aborted;
    }

    const final = loaded.final === undefined || interrupted ? undefined : finalMetrics(loaded.final);
    if (final !== undefined && progress.counts.complete > 0)
      io.err("Measuring the best and the default configuration with `final`...\n");
    const records = recordsOf(study);
    const summary = await summarize(spec, records, {
      ran: done ? null : { elapsed: Date.now() - startedAt, finished: progress.finishedNow },
      interrupted,
      ...(final !== undefined && { final }),
      next: nextSteps(spec, records, request, trials, interrupted),
    });
    if (json) printJson(io, "run", summaryJson(summary, spec, interrupted));
    else {
      if (done) io.out(`${spec.name} has its ${count(trials, "trial")} already; --trials N asks for more.\n`);
      io.out(`\n${renderSummary(summary, io.columns(), io.style).join("\n")}\n`);
    }
    if (interrupted) return EXIT.interrupted;
    return progress.counts.complete === 0 ? EXIT.failed : EXIT.ok;
  } finally {
    await study.close();
    await storage.close();
  }
};

const summaryJson = (summary: Summary, spec: StudySpec, interrupted: boolean): Record<string, unknown> => ({
  study: {
    name: spec.name,
    objectives: spec.objectives,
    constraints: spec.constraints,
    seed: spec.seed,
    counts: summary.counts,
  },
  interrupted,
  finishedNow: summary.ran?.finished ?? 0,
  elapsedMs: summary.ran?.elapsed ?? 0,
  best: Object.keys(spec.objectives).length === 1 && summary.best[0] !== undefined ? trialJson(summary.best[0]) : null,
  front: summary.best.map(trialJson),
  defaults: summary.defaults,
  final: summary.final,
  importance: summary.importance === null ? null : summary.importance.bars,
});
