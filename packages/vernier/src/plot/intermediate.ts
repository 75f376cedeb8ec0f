/** Reports over steps: how trials went while they ran. */
import { numberAxis, valueRange, valueAxis } from "./axis.ts";
import { count } from "./format.ts";
import { chart, sentence, xIn, yIn, type LegendEntry } from "./frame.ts";
import { rampClass, standings } from "./ranking.ts";
import { bestRow, objectiveOf, readSource, type Data, type PlotSource, type Row } from "./source.ts";
import { checkPlotOptions, escapeXml, pathOf, tag, type PlotOptions } from "./svg.ts";
import { VernierError } from "../core/errors.ts";
import { spell } from "../space/spell.ts";
import { objectiveLabel, trialTitle } from "./words.ts";

/** Options of `intermediate`. */
export interface IntermediateOptions extends PlotOptions {
  /** Any reported metric. Default: the first objective. */
  readonly metric?: string;
}
/** What `intermediate` draws: what each trial reported, step by step. */
export interface IntermediateData {
  readonly metric: string;
  /** Trials with at least one finite report of the metric, in number order. */
  readonly curves: readonly {
    readonly number: number;
    readonly state: Row["state"];
    readonly steps: readonly number[];
    readonly values: readonly number[];
  }[];
}

/** @throws E_PLOT_METRIC, E_PLOT_SOURCE. */
export function intermediateData(
  source: PlotSource,
  options: Pick<IntermediateOptions, "metric"> = {},
): IntermediateData {
  const data = readSource(source);
  return curvesOf(data, metricOf(data, options.metric));
}

function curvesOf(data: Data, metric: string): IntermediateData {
  const curves = data.rows.flatMap(({ number, state }) => {
    const finite = data.reports(number).filter(({ metrics }) => Number.isFinite(metrics[metric] ?? NaN));
    if (finite.length === 0) return [];
    return [
      { number, state, steps: finite.map(({ step }) => step), values: finite.map(({ metrics }) => metrics[metric]!) },
    ];
  });
  return { metric, curves };
}

function metricOf(data: Data, name: string | undefined): string {
  const first = data.objectives[0]?.name ?? "";
  if (name === undefined || name === first) return first;
  const known = new Set(data.objectives.map(objective => objective.name));
  for (const row of data.rows)
    for (const report of data.reports(row.number)) for (const metric in report.metrics) known.add(metric);
  if (known.has(name)) return name;
  throw new VernierError(
    "E_PLOT_METRIC",
    `no trial reported a metric ${spell(name)}. Reported are ${[...known].slice(0, 12).join(", ")}. Use one of them.`,
  );
}

const MOST = 250;
/** Points a curve is drawn with. */
const POINTS = 200;

/** A curve a trial: the better it ended the stronger its colour; pruned ones end early in grey. @throws E_PLOT_METRIC, E_PLOT_OPTION, E_PLOT_SOURCE. */
export function intermediate(source: PlotSource, options: IntermediateOptions = {}): string {
  checkPlotOptions("intermediate", options, ["metric"]);
  const data = readSource(source);
  const metric = metricOf(data, options.metric);
  const { curves } = curvesOf(data, metric);
  const title = `${metric} while trials ran`;
  if (curves.length === 0)
    return sentence(options, title, data.rows.length === 0 ? "No trials yet." : `No trial has reported ${metric}.`);
  const objective = data.objectives.find(({ name }) => name === metric);
  const k = objective === undefined ? 0 : objectiveOf(data, metric);
  const standing = standings(data, k);
  const byNumber = new Map(data.rows.map(row => [row.number, row]));
  const best = bestRow(data, k);
  const order = curves
    .map(curve => ({ curve, row: byNumber.get(curve.number)!, at: standing.get(byNumber.get(curve.number)!) ?? -1 }))
    .sort((a, b) => a.at - b.at);
  const shown =
    order.length <= MOST
      ? order
      : order.filter((_, i) => i >= order.length - 60 || i % Math.ceil(order.length / (MOST - 60)) === 0);
  let [low, high, steps] = [Infinity, -Infinity, 0];
  const values: number[] = [];
  for (const { curve } of shown) {
    for (const step of curve.steps) {
      low = Math.min(low, step);
      high = Math.max(high, step);
    }
    steps += curve.steps.length;
    for (const value of curve.values) values.push(value);
  }
  const range = valueRange(values, objective?.direction === "maximize");
  const y = valueAxis(range);
  const whole = shown.every(({ curve }) => curve.steps.every(Number.isInteger));
  const x = numberAxis(low, high, "linear", whole);
  const pruned = order.filter(({ row }) => row.state === "pruned").length;
  const legend: LegendEntry[] = [
    { text: "complete, by rank", mark: "line", colour: "q7" },
    ...(pruned > 0 ? [{ text: `pruned: ${pruned}`, mark: "line", colour: "m" } as const] : []),
    ...(best !== undefined && curves.some(curve => curve.number === best.number)
      ? [{ text: `best: trial ${best.number}`, mark: "line", colour: "2" } as const]
      : []),
  ];
  const subtitle = [
    shown.length < order.length
      ? `${shown.length} of ${count(order.length, "trial")}, the best among them`
      : count(order.length, "trial"),
    count(steps, "report"),
    ...(range.beyond > 0 ? ["values beyond the axis are drawn at its edge"] : []),
  ].join("; ");
  return chart(
    options,
    { title, subtitle, legend },
    `${count(order.length, "trial")} reported ${metric} over steps ${low} to ${high}.`,
    { axis: x, label: "step" },
    { axis: y, label: objective === undefined ? metric : objectiveLabel(objective) },
    box =>
      shown
        .map(({ curve, row, at }) => {
          const every = Math.ceil(curve.steps.length / POINTS);
          const points = curve.steps.flatMap((step, i): [number, number][] =>
            i % every === 0 || i === curve.steps.length - 1 ? [[xIn(box, x, step), yIn(box, y, curve.values[i]!)]] : [],
          );
          const cls =
            row === best ? "s2 vp-line" : at < 0 ? "sm vp-thin vp-fainter" : `s${rampClass(at)} vp-thin vp-faint`;
          const tip = `<title>${escapeXml(trialTitle(data, row))}</title>`;
          const [only] = points;
          if (points.length === 1 && only !== undefined)
            return tag(
              "circle",
              { cx: only[0], cy: only[1], r: 2, class: row === best ? "f2" : at < 0 ? "fm" : `f${rampClass(at)}` },
              tip,
            );
          return tag("path", { class: cls, d: pathOf(points) }, tip);
        })
        .join(""),
  );
}
