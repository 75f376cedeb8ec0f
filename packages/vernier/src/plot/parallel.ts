/** Every trial as a line across its parameters. */
import { bandAxis, numberAxis, valueRange, type Axis, valueAxis } from "./axis.ts";
import { count, fit, formatNumber, textWidth } from "./format.ts";
import { heading, sentence, sizeOf } from "./frame.ts";
import { chosenAxes, type ParameterAxis } from "./parameters.ts";
import { rampClass, standings } from "./ranking.ts";
import { bestRow, objectiveOf, readSource, type PlotSource, type Row } from "./source.ts";
import { checkPlotOptions, document, escapeXml, line, px, tag, text, type PlotOptions } from "./svg.ts";
import { objectiveLabel, trialTitle, whyEmpty } from "./words.ts";

/** Options of `parallel`. */
export interface ParallelOptions extends PlotOptions {
  readonly objective?: string;
  /** Which, in which order. Default: the most important that fit the width. */
  readonly parameters?: readonly string[];
}
/** One axis: a parameter or an objective. */
export interface ParallelAxisData {
  readonly name: string;
  readonly kind: "number" | "category";
  readonly scale: string;
  readonly low: number;
  readonly high: number;
  readonly categories: readonly string[];
}
/** What `parallel` draws: axes, and a line for each trial. */
export interface ParallelData {
  readonly objective: string;
  readonly axes: readonly ParallelAxisData[];
  /** Complete trials. `values` go with `axes`: a number, a category's position, or null where the parameter was not there. */
  readonly lines: readonly {
    readonly number: number;
    readonly value: number;
    readonly feasible: boolean;
    readonly values: readonly (number | null)[];
  }[];
}

/** The lines as data, worst first. @throws E_PLOT_OBJECTIVE, E_PLOT_PARAMETER, E_PLOT_SOURCE. */
export function parallelData(
  source: PlotSource,
  options: Pick<ParallelOptions, "objective" | "parameters"> = {},
): ParallelData {
  const data = readSource(source);
  const k = objectiveOf(data, options.objective);
  const axes = chosenAxes(data, k, options.parameters);
  const lines = [...standings(data, k).keys()].map(row => ({
    number: row.number,
    value: row.values[k]!,
    feasible: row.feasible,
    values: axes.map(axis => {
      const value = axis.read(row.params);
      return Number.isNaN(value) ? null : value;
    }),
  }));
  return { objective: data.objectives[k]!.name, axes: axes.map(axisData), lines };
}

export const axisData = ({ name, kind, scale, low, high, categories }: ParameterAxis): ParallelAxisData => ({
  ...{ name, kind, scale, low, high, categories },
});

/** More lines than this say less, not more: the best are kept, the others spread evenly over the ranks. */
const MOST = 1200;

/**
 * Parallel coordinates: a line a complete trial, the better the stronger its colour, the best one marked. Parameters that a trial does not
 * have are passed below the axis.
 *
 * @throws E_PLOT_OBJECTIVE, E_PLOT_PARAMETER, E_PLOT_OPTION, E_PLOT_SOURCE.
 */
export function parallel(source: PlotSource, options: ParallelOptions = {}): string {
  checkPlotOptions("parallel", options, ["objective", "parameters"]);
  const data = readSource(source);
  const k = objectiveOf(data, options.objective);
  const objective = data.objectives[k]!;
  const standing = standings(data, k);
  const title = `Parameters and ${objective.name}`;
  const empty = whyEmpty(data, standing.size, objective.name);
  if (empty !== undefined) return sentence(options, title, empty);
  const all = chosenAxes(data, k, options.parameters);
  if (all.length === 0) return sentence(options, title, "The space has no parameters to show.");

  const size = sizeOf(options, 400);
  const axes =
    options.parameters === undefined
      ? all.slice(0, Math.max(3, Math.floor((size.width - 100) / (size.width < 500 ? 68 : 90))))
      : all;
  const rows = thinned([...standing.keys()]);
  const best = bestRow(data, k);
  const range = valueRange(
    [...standing.keys()].map(row => row.values[k]!),
    objective.direction === "maximize",
  );
  const first = valueAxis(range);
  const hidden = all.length - axes.length;
  const subtitle = [
    rows.length < standing.size
      ? `${rows.length.toLocaleString("en-US")} of ${count(standing.size, "complete trial")}, the best among them`
      : count(standing.size, "complete trial"),
    ...(hidden > 0 ? [`${count(hidden, "less important parameter")} not shown`] : []),
    ...(range.beyond > 0 ? [`${range.beyond} beyond the first axis`] : []),
  ].join("; ");
  const head = heading(
    {
      title: options.title ?? title,
      subtitle,
      legend: [
        { text: "worst", mark: "line", colour: "q1" },
        { text: "better", mark: "line", colour: "q9" },
        ...(best === undefined ? [] : [{ text: `best: trial ${best.number}`, mark: "line", colour: "2" } as const]),
      ],
    },
    size.width,
  );
  const columns = [
    { axis: first, label: objective.name, categories: [] as readonly string[], read: (row: Row) => row.values[k]! },
    ...axes.map(axis => ({
      axis:
        axis.kind === "category"
          ? bandAxis(axis.categories)
          : (numberAxis(axis.low, axis.high, axis.scale, axis.whole) satisfies Axis),
      label: axis.name,
      categories: axis.categories,
      read: (row: Row) => axis.read(row.params),
    })),
  ];
  const gap = 14;
  const top = head.below + 26;
  const conditional = rows.some(row => axes.some(axis => Number.isNaN(axis.read(row.params))));
  const bottom = size.height - 18 - (conditional ? 22 : 0);
  const left = 58;
  const right = 58;
  const step = (size.width - left - right) / Math.max(1, columns.length - 1);
  const xOf = (i: number): number => left + i * step;
  const yOf = (i: number, row: Row): number => {
    const { axis, read } = columns[i]!;
    const value = read(row);
    return Number.isNaN(value) ? bottom + 16 : bottom - Math.min(1, Math.max(0, axis.at(value))) * (bottom - top);
  };
  const shape = (row: Row): string =>
    columns.map((_, i) => `${i === 0 ? "M" : "L"}${px(xOf(i))} ${px(yOf(i, row))}`).join("");
  const dense = rows.length > 300 ? "vp-fainter" : "vp-faint";
  let lines = "";
  for (const row of rows) {
    if (row === best) continue;
    const tip = rows.length <= 300 ? `<title>${escapeXml(trialTitle(data, row, axes))}</title>` : "";
    lines += tag(
      "path",
      { class: `s${row.feasible ? rampClass(standing.get(row)!) : "4"} vp-thin ${dense}`, d: shape(row) },
      tip,
    );
  }
  if (best !== undefined)
    lines += tag(
      "path",
      { class: "s2 vp-line", d: shape(best) },
      `<title>${escapeXml(trialTitle(data, best, axes))}</title>`,
    );
  let frame = "";
  columns.forEach(({ axis, label, categories }, i) => {
    const x = xOf(i);
    frame += line(x, top, x, bottom, "vp-axis");
    const anchor = i === 0 ? "start" : i === columns.length - 1 ? "end" : "middle";
    const at = i === 0 ? x - left + gap : i === columns.length - 1 ? x + right - gap : x;
    frame += text(at, top - 12, fit(label, step - 10, 12), { anchor, class: "vp-name", full: label });
    for (const tick of axis.ticks(
      categories.length > 0 ? Math.floor((bottom - top) / 14) : Math.floor((bottom - top) / 46),
    )) {
      const y = bottom - tick.at * (bottom - top);
      const room = i === columns.length - 1 ? right - 8 : step - 16;
      const shown = fit(tick.text, Math.min(110, room), 11);
      frame += line(x - 3, y, x + 3, y, "vp-axis");
      frame +=
        tag("rect", {
          class: "vp-bg vp-veil",
          x: x + 5,
          y: y - 7,
          width: textWidth(shown, 11) * 0.95 + 4,
          height: 14,
          rx: 2,
          opacity: "0.72",
        }) + text(x + 7, y + 3.5, shown, { class: "vp-tick", full: tick.text });
    }
    if (i > 0 && rows.some(row => Number.isNaN(columns[i]!.read(row))))
      frame += text(x, bottom + 29, "not there", { class: "vp-tick", anchor: "middle" });
  });
  const said = `${count(standing.size, "trial")} as lines over ${axes.map(({ name }) => name).join(", ")}. ${objectiveLabel(objective)}.${best === undefined ? "" : ` The best is trial ${best.number} with ${formatNumber(best.values[k]!, 6)}.`}`;
  return document(options, size, options.title ?? title, said, head.svg + lines + frame);
}

function thinned(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= MOST) return rows;
  const good = rows.slice(-MOST / 4);
  const rest = rows.slice(0, rows.length - good.length);
  const spread = Array.from(
    { length: MOST - good.length },
    (_, i) => rest[Math.floor((i * rest.length) / (MOST - good.length))]!,
  );
  return [...spread, ...good];
}
