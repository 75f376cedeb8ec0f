/** The objective against each parameter alone. */
import { type Axis, bandAxis, numberAxis, valueRange, valueAxis } from "./axis.ts";
import { count } from "./format.ts";
import { bottomOf, heading, leftOf, panel, sentence, sizeOf, xIn, yIn, type Box } from "./frame.ts";
import { drawMarks, type Mark } from "./marks.ts";
import { chosenAxes, type ParameterAxis } from "./parameters.ts";
import { rampClass, standings } from "./ranking.ts";
import { bestRow, objectiveOf, readSource, type PlotSource } from "./source.ts";
import { checkPlotOptions, document, type PlotOptions } from "./svg.ts";
import { axisLabel, objectiveLabel, trialTitle, whyEmpty } from "./words.ts";

/** Options of `slice`. */
export interface SliceOptions extends PlotOptions {
  readonly objective?: string;
  /** Default: the twelve most important. */
  readonly parameters?: readonly string[];
}
/** What `slice` draws: an objective against each parameter. */
export interface SliceData {
  readonly objective: string;
  readonly slices: readonly {
    readonly parameter: string;
    readonly kind: "number" | "category";
    readonly scale: string;
    readonly categories: readonly string[];
    /** Complete trials that have the parameter; `x` is a number or a category's position. */
    readonly points: readonly {
      readonly number: number;
      readonly x: number;
      readonly y: number;
      readonly feasible: boolean;
    }[];
  }[];
}

const SHOWN = 12;

/** @throws E_PLOT_OBJECTIVE, E_PLOT_PARAMETER, E_PLOT_SOURCE. */
export function sliceData(source: PlotSource, options: Pick<SliceOptions, "objective" | "parameters"> = {}): SliceData {
  const data = readSource(source);
  const k = objectiveOf(data, options.objective);
  const rows = data.rows.filter(row => row.state === "complete" && Number.isFinite(row.values[k]!));
  const slices = chosenAxes(data, k, options.parameters).map(axis => ({
    parameter: axis.name,
    kind: axis.kind,
    scale: axis.scale,
    categories: axis.categories,
    points: rows.flatMap(row => {
      const x = axis.read(row.params);
      return Number.isNaN(x) ? [] : [{ number: row.number, x, y: row.values[k]!, feasible: row.feasible }];
    }),
  }));
  return { objective: data.objectives[k]!.name, slices };
}

/** An axis of a picture for a parameter. */
export function pictureAxis(axis: ParameterAxis): Axis {
  if (axis.kind === "category") return bandAxis(axis.categories);
  const { low, high, scale, whole } = axis;
  // Few whole numbers get half a step of room, so that none sits on the frame.
  const room = whole && scale === "linear" && high - low <= 30 ? 0.5 : 0;
  return numberAxis(low - room, high + room, scale, whole);
}

/** A number from -1 to 1 that depends on nothing but the trial: categories spread out sideways. */
export const jitter = (number: number): number => (((number * 2654435761) % 4294967296) / 4294967296) * 2 - 1;

/**
 * The objective against each parameter: a small chart each, the most important first; the later a trial, the stronger its colour.
 *
 * @throws E_PLOT_OBJECTIVE, E_PLOT_PARAMETER, E_PLOT_OPTION, E_PLOT_SOURCE.
 */
export function slice(source: PlotSource, options: SliceOptions = {}): string {
  checkPlotOptions("slice", options, ["objective", "parameters"]);
  const data = readSource(source);
  const k = objectiveOf(data, options.objective);
  const objective = data.objectives[k]!;
  const title = `${objective.name} by parameter`;
  const rows = [...standings(data, k).keys()].sort((a, b) => a.number - b.number);
  const empty = whyEmpty(data, rows.length, objective.name);
  if (empty !== undefined) return sentence(options, title, empty);
  const all = chosenAxes(data, k, options.parameters);
  if (all.length === 0) return sentence(options, title, "The space has no parameters to show.");
  const axes = options.parameters === undefined ? all.slice(0, SHOWN) : all;

  const width = sizeOf(options, 0).width;
  const perRow = Math.max(1, Math.min(axes.length, Math.floor((width - 20) / 230)));
  const lines = Math.ceil(axes.length / perRow);
  const range = valueRange(
    rows.map(row => row.values[k]!),
    objective.direction === "maximize",
  );
  const y = valueAxis(range);
  const best = bestRow(data, k);
  const subtitle = [
    count(rows.length, "complete trial"),
    ...(all.length > axes.length ? [`${count(all.length - axes.length, "less important parameter")} not shown`] : []),
    ...(range.beyond > 0 ? [`${range.beyond} worse than the axis shows, drawn at its edge`] : []),
  ].join("; ");
  const head = heading(
    {
      title: options.title ?? title,
      subtitle,
      legend: [
        { text: "early", mark: "dot", colour: "q2" },
        { text: "late", mark: "dot", colour: "q9" },
        ...(best === undefined ? [] : [{ text: `best: trial ${best.number}`, mark: "dot", colour: "2" } as const]),
        ...(rows.some(row => !row.feasible)
          ? [{ text: "breaks a constraint", mark: "cross", colour: "4" } as const]
          : []),
      ],
    },
    width,
  );
  const rowHeight = options.height === undefined ? 230 : Math.max(140, (options.height - head.below) / lines);
  const size = { width, height: Math.round(head.below + lines * rowHeight + 6) };
  const left = leftOf(y, rowHeight - 90, false).width;
  const across = (width - 32 - left) / perRow;
  const last = rows.length - 1;
  let body = "";
  axes.forEach((axis, i) => {
    const column = i % perRow;
    const shown = pictureAxis(axis);
    const boxWidth = across - 26;
    const under = bottomOf(shown, boxWidth, axis.kind === "category").height;
    const box: Box = {
      x: 16 + left + column * across,
      y: head.below + Math.floor(i / perRow) * rowHeight + 26,
      width: boxWidth,
      height: rowHeight - 56 - under,
    };
    const band = axis.kind === "category" ? Math.min(14, boxWidth / Math.max(1, axis.categories.length) / 3) : 0;
    const marks = rows.flatMap((row, order): Mark[] => {
      const x = axis.read(row.params);
      if (Number.isNaN(x)) return [];
      return [
        {
          x: xIn(box, shown, x) + band * jitter(row.number),
          y: yIn(box, y, row.values[k]!),
          colour: row === best ? "2" : row.feasible ? rampClass(last === 0 ? 1 : 0.2 + (0.8 * order) / last) : "4",
          shape: row.feasible ? "dot" : "cross",
          title: () => trialTitle(data, row, [axis]),
          ...(row === best && { important: true }),
        },
      ];
    });
    body +=
      panel(
        box,
        { axis: shown, label: axisLabel(axis), categories: axis.kind === "category" },
        { axis: y, label: column === 0 ? objective.name : "", bare: column > 0 },
      ) + drawMarks(marks, axes.length > 6 ? 2.4 : 2.8);
  });
  const said = `${objectiveLabel(objective)}, against ${axes.map(({ name }) => name).join(", ")} in ${count(axes.length, "small chart")}.`;
  return document(options, size, options.title ?? title, said, head.svg + body);
}
