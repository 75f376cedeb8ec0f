/** Gathers what the closing summary shows. */
import type { History, Metrics, StudySpec, TrialRecord } from "../core/types.ts";
import { defaultsOf, defaultTrial } from "./defaults.ts";
import { bestOf } from "./rank.ts";
import type { Importance, Summary } from "./view/summary.ts";

export interface RunFacts {
  readonly ran?: Summary["ran"];
  readonly interrupted?: boolean;
  readonly note?: string | null;
  readonly final?: (params: TrialRecord["params"]) => Promise<Metrics>;
  readonly next?: Summary["next"];
  /** For what mattered. */
  readonly history?: History;
}

/** Trials below which importance says nothing worth reading. */
const FEW = 8;
/** Rank correlation from which on a direction is named. */
const CLEAR = 0.3;

export const summarize = async (spec: StudySpec, trials: readonly TrialRecord[], facts: RunFacts): Promise<Summary> => {
  const live = trials.filter(trial => !trial.deleted);
  const counts = { complete: 0, pruned: 0, failed: 0 };
  for (const { state } of live) if (state === "complete" || state === "pruned" || state === "failed") counts[state]++;
  const best = bestOf(spec, live);
  const defaults = await defaultsOf(spec);
  const single = Object.keys(spec.objectives).length === 1;
  const [top] = best;
  const final =
    facts.final !== undefined && single && top !== undefined
      ? await finalOf(facts.final, top, defaults?.params ?? null)
      : null;
  return {
    name: spec.name,
    objectives: spec.objectives,
    counts,
    ran: facts.ran ?? null,
    interrupted: facts.interrupted ?? false,
    note: facts.note ?? null,
    best,
    defaults: defaults?.params ?? null,
    defaultTrial: defaultTrial(defaults, live),
    final,
    importance: facts.history !== undefined && counts.complete >= FEW ? await importanceOf(spec, facts.history) : null,
    failure: live.findLast(trial => trial.state === "failed") ?? null,
    next: facts.next ?? [],
  };
};

/** A `final` that throws costs its rows, never the summary. */
const finalOf = async (
  final: NonNullable<RunFacts["final"]>,
  best: TrialRecord,
  defaults: TrialRecord["params"],
): Promise<Summary["final"]> => {
  try {
    return { best: await final(best.params), defaults: defaults === null ? null : await final(defaults), error: null };
  } catch (error) {
    return { best: {}, defaults: null, error: error instanceof Error ? error.message : String(error) };
  }
};

/** By the first objective. */
const importanceOf = async (spec: StudySpec, history: History): Promise<Importance> => {
  const [objective = "", { direction } = { direction: "minimize" as const }] = Object.entries(spec.objectives)[0] ?? [];
  const { importance } = await import("../insight/index.ts");
  const { parameters, note } = importance(history, { objective });
  const better = (effect: number | undefined): string => {
    if (effect === undefined || Math.abs(effect) < CLEAR) return "";
    return effect > 0 === (direction === "maximize") ? "more is better" : "less is better";
  };
  return { bars: parameters.map(({ name, share, effect }) => ({ name, share, better: better(effect) })), note };
};
