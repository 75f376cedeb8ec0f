/** How the objective went, trial by trial, and the best so far. */
import { durationAxis, numberAxis, valueRange, valueAxis } from "./axis.ts";
import { count, formatDuration, formatNumber } from "./format.ts";
import { chart, sentence, xIn, yIn, type LegendEntry } from "./frame.ts";
import { drawMarks, type Mark } from "./marks.ts";
import { better, isCandidate, objectiveOf, readSource, type PlotSource, type Row } from "./source.ts";
import { checkPlotOptions, pathOf, tag, type PlotOptions } from "./svg.ts";
import { leftOut, objectiveLabel, trialTitle, whyEmpty } from "./words.ts";

/** Options of `history`. */
export interface HistoryOptions extends PlotOptions {
  /** Default: the first. */
  readonly objective?: string;
  /** What runs along: trial numbers (default), or time since the first start. */
  readonly x?: "number" | "time";
  /** Default "auto": a log scale where positive values span two powers of ten. */
  readonly scale?: "auto" | "linear" | "log";
}
/** One trial of a history. */
export interface HistoryDatum {
  readonly number: number;
  readonly state: "complete" | "pruned";
  readonly value: number;
  /** Meets every constraint. */
  readonly feasible: boolean;
  /** ms from the first start to this trial's end; null where times are unknown. */
  readonly time: number | null;
  /** The best complete, feasible value so far, in the order shown; null while there is none. */
  readonly best: number | null;
}
/** What `history` draws: values in the order of trials, and the best so far. */
export interface HistoryData {
  readonly objective: string;
  readonly direction: "minimize" | "maximize";
  readonly points: readonly HistoryDatum[];
  readonly failed: number;
}

/**
 * One point a finished trial that has a finite value, in number order, or in order of time with `x: "time"`.
 *
 * @throws E_PLOT_OBJECTIVE, E_PLOT_SOURCE.
 */
export function historyData(source: PlotSource, options: Pick<HistoryOptions, "objective" | "x"> = {}): HistoryData {
  const data = readSource(source);
  const k = objectiveOf(data, options.objective);
  const objective = data.objectives[k]!;
  const starts = data.rows.flatMap(({ startedAt }) => startedAt ?? []);
  const first = starts.reduce((a, b) => Math.min(a, b), Infinity);
  const timeOf = ({ finishedAt }: Row): number | null =>
    finishedAt === null || !Number.isFinite(first) ? null : finishedAt - first;
  let rows = data.rows.filter(
    row => (row.state === "complete" || row.state === "pruned") && Number.isFinite(row.values[k]!),
  );
  if (options.x === "time") rows = rows.filter(row => timeOf(row) !== null).sort((a, b) => timeOf(a)! - timeOf(b)!);
  let best: number | null = null;
  const points = rows.map(row => {
    const value = row.values[k]!;
    if (isCandidate(row) && (best === null || better(objective, value, best))) best = value;
    return {
      number: row.number,
      state: row.state as "complete" | "pruned",
      value,
      feasible: row.feasible,
      time: timeOf(row),
      best,
    };
  });
  const failed = data.rows.filter(row => row.state === "failed").length;
  return { objective: objective.name, direction: objective.direction, points, failed };
}

/**
 * The objective of every trial and the best so far, as an SVG picture. Trials that break a constraint are crosses, pruned ones rings.
 *
 * @throws E_PLOT_OBJECTIVE, E_PLOT_OPTION, E_PLOT_SOURCE.
 * @example writeFileSync("history.svg", history(study));
 */
export function history(source: PlotSource, options: HistoryOptions = {}): string {
  checkPlotOptions("history", options, ["objective", "x", "scale"]);
  const data = readSource(source);
  const k = objectiveOf(data, options.objective);
  const objective = data.objectives[k]!;
  const { points, failed } = historyData(source, options);
  const title = `${objective.name} by ${options.x === "time" ? "time" : "trial"}`;
  const empty = whyEmpty(data, points.length, objective.name);
  if (empty !== undefined) return sentence(options, title, empty);

  const complete = points.filter(point => point.state === "complete");
  const maximize = objective.direction === "maximize";
  const range = valueRange(
    (complete.length > 0 ? complete : points).map(p => p.value),
    maximize,
    options.scale,
  );
  const y = valueAxis(range);
  const last = points.at(-1)!;
  const along = (point: HistoryDatum): number => (options.x === "time" ? point.time! : point.number);
  const x = options.x === "time" ? durationAxis(along(last)) : numberAxis(0, Math.max(1, along(last)), "linear", true);
  const rowOf = new Map(data.rows.map(row => [row.number, row]));
  const beyond = points.filter(({ value }) => value < range.low || value > range.high).length;
  const found = [...complete].reverse().find(point => point.best !== null)?.best ?? last.best;

  const draw = (box: Parameters<typeof xIn>[0]): string => {
    const marks = points.map((point): Mark => {
      const row = rowOf.get(point.number)!;
      const isBest =
        point.best === point.value && point.feasible && point.state === "complete" && point.value === found;
      return {
        x: xIn(box, x, along(point)),
        y: yIn(box, y, point.value),
        colour: isBest ? "2" : point.state === "pruned" ? "m" : point.feasible ? "1" : "4",
        shape: point.state === "pruned" ? "ring" : point.feasible ? "dot" : "cross",
        title: () => trialTitle(data, row),
        ...(isBest && { important: true }),
      };
    });
    const steps: [number, number][] = [];
    for (const point of points) {
      if (point.best === null) continue;
      const at: [number, number] = [xIn(box, x, along(point)), yIn(box, y, point.best)];
      const before = steps.at(-1);
      if (before === undefined) steps.push(at);
      else if (before[1] !== at[1]) steps.push([at[0], before[1]], at);
    }
    if (steps.length > 0) steps.push([xIn(box, x, along(last)), steps.at(-1)![1]]);
    return drawMarks(marks) + tag("path", { class: "s2 vp-line", d: pathOf(steps) });
  };
  const legend: LegendEntry[] = [{ text: "trial", mark: "dot", colour: "1" }];
  if (found !== null) legend.push({ text: `best so far: ${formatNumber(found, 5)}`, mark: "line", colour: "2" });
  if (points.some(p => p.state === "pruned")) legend.push({ text: "pruned", mark: "ring", colour: "m" });
  if (points.some(p => p.state === "complete" && !p.feasible))
    legend.push({ text: "breaks a constraint", mark: "cross", colour: "4" });
  const subtitle = [
    count(points.length, "trial"),
    leftOut([
      [failed, "failed"],
      [beyond, "worse than the axis shows, drawn at its edge"],
    ]),
  ]
    .filter(Boolean)
    .join("; ");
  const took = options.x === "time" ? ` in ${formatDuration(along(last))}` : "";
  return chart(
    options,
    { title, subtitle, legend },
    `${objectiveLabel(objective)}. ${count(points.length, "trial")}${took}${found === null ? "" : `; the best is ${formatNumber(found, 6)}`}.`,
    { axis: x, label: options.x === "time" ? "time since the first start" : "trial" },
    { axis: y, label: objectiveLabel(objective) },
    draw,
  );
}
