/** What plots read: a study, or the same facts as plain data. */
import { VernierError } from "../core/errors.ts";
import { blankTrial } from "../core/fold.ts";
import { LiveHistory } from "../core/history.ts";
import { measure } from "../core/measure.ts";
import { START, type History, type Metrics, type ObjectiveSpec, type Report } from "../core/types.ts";
import type { StudySpec, TrialRecord, TrialState } from "../core/types.ts";
import { compile } from "../space/codec.ts";
import { didYouMean, spell } from "../space/spell.ts";

/** A trial as plots need it; `TrialRecord` and what `--json` prints after parsing both fit. */
export interface PlotTrial {
  readonly number: number;
  readonly state: TrialState;
  readonly params: object | null;
  readonly metrics: Readonly<Record<string, number>> | null;
  /** Default true. */
  readonly ranked?: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt?: number | null;
  readonly finishedAt?: number | null;
  readonly last?: { readonly step: number; readonly metrics: Metrics } | null;
  readonly deleted?: boolean;
}

/** A study, or plain data with the same names: a dump read back from a file does. */
export interface PlotSource {
  readonly spec: Pick<StudySpec, "name" | "space" | "objectives" | "constraints">;
  readonly trials: readonly PlotTrial[];
  /** Reports of a trial in step order, as a function or by trial number. None when left out. */
  readonly reports?: ((number: number) => readonly Report[]) | ReadonlyMap<number, readonly Report[]>;
  readonly history?: History;
}

export interface Objective extends ObjectiveSpec {
  readonly name: string;
}

/** A trial with what it is worth. */
export interface Row {
  readonly number: number;
  readonly state: TrialState;
  readonly params: object | null;
  readonly metrics: Readonly<Record<string, number>> | null;
  /** One an objective; NaN when missing. A pruned trial's are those of its newest report. */
  readonly values: readonly number[];
  /** Meets every constraint. False while a constrained metric is unknown. */
  readonly feasible: boolean;
  /** Complete, every objective finite, not told too late. */
  readonly ranked: boolean;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

/** A source made ready: deleted trials left out, values measured as samplers see them. */
export interface Data {
  readonly source: PlotSource;
  readonly name: string;
  readonly objectives: readonly Objective[];
  readonly constrained: boolean;
  readonly rows: readonly Row[];
  reports(number: number): readonly Report[];
}

const NO_REPORTS: readonly Report[] = [];

/** @throws E_PLOT_SOURCE for anything but a study or its data. */
export function readSource(source: PlotSource): Data {
  const given = source as Partial<PlotSource> | null | undefined;
  if (!given?.spec?.objectives || !Array.isArray(given.trials)) {
    throw new VernierError(
      "E_PLOT_SOURCE",
      `a plot got ${spell(source)}. It needs a study, or { spec, trials, reports }. Pass what createStudy() or openStudy() gave.`,
    );
  }
  const { spec, trials, reports } = source;
  const objectives = Object.entries(spec.objectives).map(([name, objective]) => ({ name, ...objective }));
  const constraints = Object.entries(spec.constraints).map(([name, bounds]) => ({ name, ...bounds }));
  const measured = { values: new Float64Array(objectives.length), violation: 0, ranked: 0 as 0 | 1 };
  const rows: Row[] = [];
  for (const trial of trials) {
    if (trial.deleted === true) continue;
    measure(recordOf(trial), objectives, constraints, measured);
    rows.push({
      number: trial.number,
      state: trial.state,
      params: trial.params,
      metrics: trial.metrics,
      values: Array.from(measured.values),
      feasible: measured.violation === 0,
      ranked: trial.state === "complete" && measured.ranked === 1,
      startedAt: trial.startedAt ?? null,
      finishedAt: trial.finishedAt ?? null,
    });
  }
  rows.sort((a, b) => a.number - b.number);
  const reportsOf = (number: number): readonly Report[] => {
    if (reports === undefined) return NO_REPORTS;
    return (typeof reports === "function" ? reports.call(source, number) : reports.get(number)) ?? NO_REPORTS;
  };
  return { source, name: spec.name, objectives, constrained: constraints.length > 0, rows, reports: reportsOf };
}

function recordOf(trial: PlotTrial): TrialRecord {
  const blank = blankTrial(trial.number, trial.startedAt ?? 0);
  return { ...blank, ...(trial as Partial<TrialRecord>) };
}

/** The source's history; plain data is folded into one. */
export function historyOf(source: PlotSource): History {
  if (source.history !== undefined) return source.history;
  const { spec } = source;
  // By position: what reads this history wants the trials, not their numbers, which in foreign data may be anything.
  const trials = source.trials
    .filter(trial => trial.deleted !== true)
    .map((trial, i) => ({ ...recordOf(trial), number: i }));
  const finished = trials.filter(trial => trial.finishedAt !== null || trial.state === "complete");
  finished.sort((a, b) => (a.finishedAt ?? 0) - (b.finishedAt ?? 0) || a.number - b.number);
  return new LiveHistory({
    spec,
    codec: compile(spec.space),
    snapshot: {
      revision: START,
      trials,
      finished: finished.map(({ number }) => number),
      reports: new Map(),
    },
  });
}

/** Position of the objective a plot looks at: the named one, else the first. @throws E_PLOT_OBJECTIVE */
export function objectiveOf(data: Data, name: string | undefined): number {
  if (name === undefined) return 0;
  const names = data.objectives.map(objective => objective.name);
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw new VernierError(
    "E_PLOT_OBJECTIVE",
    `the study has no objective ${spell(name)}. It has ${names.join(", ")}.${didYouMean(name, names) || " Use one of them."}`,
  );
}

/** Whether `a` is a better value than `b`; never with NaN. */
export const better = (objective: Objective, a: number, b: number): boolean =>
  objective.direction === "maximize" ? a > b : a < b;

/** A trial that may be called best. */
export const isCandidate = (row: Row): boolean => row.ranked && row.feasible;

/** The best candidate by one objective; the earliest of several. */
export function bestRow(data: Data, k: number): Row | undefined {
  const objective = data.objectives[k];
  let best: Row | undefined;
  if (objective === undefined) return best;
  for (const row of data.rows) {
    if (!isCandidate(row)) continue;
    if (best === undefined || better(objective, row.values[k]!, best.values[k]!)) best = row;
  }
  return best;
}
