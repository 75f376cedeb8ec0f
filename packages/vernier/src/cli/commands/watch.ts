import type { StudySpec, TrialRecord } from "../../core/types.ts";
import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { durationOf, intOf, isOn, jsonFlag, storageFlag, studyFlag, studyPlace, textOf } from "../flags.ts";
import { DEFAULT_STORAGE } from "../flags.ts";
import { Follower } from "../follow.ts";
import type { Look } from "../follow.ts";
import { onInterrupt } from "../interrupt.ts";
import { printJson, studyJson, trialJson } from "../json.ts";
import { findStudy, openForReading, sqlitePath, withPlace } from "../open.ts";
import { bestOf } from "../rank.ts";
import { count, formatNumber } from "../view/format.ts";
import { Progress } from "../view/progress.ts";
import { openWatchView } from "../view/watch-view.ts";

/** Between looks at the storage, ms. */
const EVERY = 500;
/** Quiet time after which a study with nothing open is called finished, ms: between two trials of a run nothing runs, either. */
const QUIET = 3_000;
/** Trials that finished this shortly before the watch began count for the rate, ms. */
const RECENT = 60_000;

/** What was finished before is old news; the newest of it still tells the rate. */
const progressOf = (follower: Follower, spec: StudySpec, trials: number): Progress => {
  const now = Date.now();
  const isRecent = (trial: TrialRecord): boolean => now - (trial.startedAt ?? 0) < RECENT && trial.finishedAt !== null;
  const all = follower.ordered;
  const startedAt = Math.min(now, ...all.filter(isRecent).map(trial => trial.startedAt ?? now));
  const progress = new Progress({ objectives: spec.objectives, constraints: spec.constraints, trials, startedAt });
  for (const trial of all) progress.see(trial, !isRecent(trial));
  progress.failures = all
    .filter(trial => trial.state === "failed")
    .slice(-3)
    .reverse();
  return progress;
};

/** `vernier watch STUDY` */
export const watch: Command = {
  name: "watch",
  about: "Watch a study that other processes run.",
  usage: ["vernier watch [STUDY] [flags]"],
  args: {
    ...studyPlace,
    until: {
      type: "string",
      valueHint: "WHEN",
      description: "finished: end when nothing runs or waits any more for 3 s (default: at Ctrl-C).",
    },
    trials: {
      type: "string",
      valueHint: "N",
      description: "How many finished trials are wanted, for the meter; with --until finished it ends there.",
    },
    every: { type: "string", valueHint: "TIME", description: "Between two looks (default: 500ms)." },
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
  },
  values: { place: "study", until: ["finished"] },
  notes: [
    "At a terminal a live view; elsewhere a line for each trial that finishes. Only what is new is read, and nothing is written. " +
      "The view waits while the file is locked or gone, and goes on when another one stands in its place.",
    "Exits with 0, also at Ctrl-C: the study goes on. With --json the document is printed at the end.",
  ],
  examples: [
    ["vernier watch digits", "Until Ctrl-C"],
    ["vernier watch digits --until finished && vernier best", "Then go on"],
  ],
  run: async (flags, { io, positionals }) => {
    const until = textOf(flags, "until");
    if (until !== undefined && until !== "finished")
      throw usageError(`--until is ${JSON.stringify(until)}. It can be finished; without it the watch ends at Ctrl-C.`);
    const wanted = intOf(flags, "trials", 1) ?? Infinity;
    const every = durationOf(flags, "every") ?? EVERY;
    const json = isOn(flags, "json");
    const chosen = withPlace(flags, positionals[0]);
    const url = textOf(flags, "storage") ?? DEFAULT_STORAGE;
    const storage = await openForReading(flags, io);
    const name = await findStudy(storage, chosen).then(
      info => info.spec.name,
      async (error: unknown) => {
        await storage.close();
        throw error;
      },
    );
    await storage.close();
    const follower = new Follower({ name, open: () => openForReading(flags, io), file: sqlitePath(url, io.cwd) });
    await follower.begin();
    const { spec } = follower.info;
    let progress = progressOf(follower, spec, wanted);
    const began = progress.finished;
    const startedAt = Date.now();
    let quietSince = Date.now();
    let waiting: string | undefined;
    // Before anything is shown: who sees it may end it.
    const interrupt = onInterrupt(
      () => undefined,
      () => view.end(),
    );
    const view = openWatchView({
      name,
      io,
      json,
      progress: () => progress,
      owners: () => follower.owners,
      waiting: () => waiting,
      queued: () => [...follower.open.values()].filter(state => state === "waiting").length,
    });
    const isDone = (): boolean => {
      if (until === undefined || waiting !== undefined) return false;
      if (progress.finished >= wanted) return true;
      return wanted === Infinity && follower.open.size === 0 && Date.now() - quietSince >= Math.max(QUIET, 2 * every);
    };
    const take = (look: Look): void => {
      waiting = look.kind === "waiting" ? look.why : undefined;
      view.waiting(waiting);
      if (look.kind === "waiting") return;
      if (look.kind === "anew") {
        progress = progressOf(follower, spec, wanted);
        view.anew();
      } else for (const trial of look.trials) view.see(trial);
      if (look.kind === "anew" || look.events > 0) quietSince = Date.now();
    };
    try {
      while (!interrupt.signal.aborted && !isDone()) {
        await pause(every, interrupt.signal);
        if (!interrupt.signal.aborted) take(await follower.look());
      }
    } finally {
      view.end();
      interrupt.end();
      await follower.end();
    }
    const best = bestOf(spec, follower.trials);
    const single = Object.keys(spec.objectives).length === 1;
    if (json)
      return printJson(io, "watch", {
        study: studyJson(follower.info),
        counts: progress.counts,
        finishedNow: Math.max(0, progress.finished - began),
        reason: interrupt.signal.aborted ? "signal" : "finished",
        watchedMs: Date.now() - startedAt,
        best: single && best[0] !== undefined ? trialJson(best[0]) : null,
        front: best.map(trialJson),
      });
    const value = single && best[0] !== undefined ? Object.keys(spec.objectives)[0] : undefined;
    const found =
      value === undefined
        ? ""
        : `; best ${value} ${formatNumber(best[0]?.metrics?.[value] ?? NaN)} (trial ${best[0]?.number})`;
    io.out(`${name} has ${count(progress.finished, "finished trial")}${found}\n`);
  },
};

/** Ends early when the signal is aborted. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
