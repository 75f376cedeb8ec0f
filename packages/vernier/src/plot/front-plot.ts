/** Several objectives: what no trial beats in all of them. */
import { valueRange, type Axis, valueAxis } from "./axis.ts";
import { count } from "./format.ts";
import {
  bottomOf,
  chart,
  heading,
  leftOf,
  panel,
  sentence,
  sizeOf,
  xIn,
  yIn,
  type Box,
  type LegendEntry,
} from "./frame.ts";
import { drawMarks, type Mark } from "./marks.ts";
import { isCandidate, objectiveOf, readSource, type Data, type PlotSource, type Row } from "./source.ts";
import { checkPlotOptions, document, pathOf, tag, type PlotOptions } from "./svg.ts";
import { VernierError } from "../core/errors.ts";
import { nonDominatedRows } from "../math/pareto.ts";
import { objectiveLabel, trialTitle, whyEmpty } from "./words.ts";

/** Options of `front`. */
export interface FrontOptions extends PlotOptions {
  /** Which objectives. Default: all. Two make one chart, more a matrix of pairs. */
  readonly objectives?: readonly string[];
}
/** What `front` draws: trials by their objectives, the front marked. */
export interface FrontData {
  readonly objectives: readonly { readonly name: string; readonly direction: "minimize" | "maximize" }[];
  /** Complete trials with finite values. `values` go with `objectives`. */
  readonly points: readonly {
    readonly number: number;
    readonly values: readonly number[];
    readonly feasible: boolean;
    readonly front: boolean;
  }[];
}

/** The candidates that no other candidate dominates in the objectives given (positions); equal ones all belong. */
export function frontOf(data: Data, picked: readonly number[]): ReadonlySet<Row> {
  const m = picked.length;
  const rows = data.rows.filter(isCandidate);
  const values = new Float64Array(rows.length * m);
  rows.forEach((row, i) =>
    picked.forEach((k, j) => {
      // + 0 makes -0 a 0, so that both have one key.
      values[i * m + j] = (data.objectives[k]!.direction === "maximize" ? -row.values[k]! : row.values[k]!) + 0;
    }),
  );
  const key = (i: number): string => values.subarray(i * m, (i + 1) * m).join(" ");
  const keys = new Set(Array.from(nonDominatedRows(values, m, rows.length), key));
  return new Set(rows.filter((_, i) => keys.has(key(i))));
}

const pickedOf = (data: Data, names: readonly string[] | undefined): number[] => {
  const picked = names === undefined ? data.objectives.map((_, k) => k) : names.map(name => objectiveOf(data, name));
  if (new Set(picked).size === picked.length) return picked;
  throw new VernierError(
    "E_PLOT_OBJECTIVE",
    `objectives names one of ${(names ?? []).join(", ")} twice. Each axis shows another one. Name each once.`,
  );
};

/** @throws E_PLOT_OBJECTIVE, E_PLOT_SOURCE. */
export function frontData(source: PlotSource, options: Pick<FrontOptions, "objectives"> = {}): FrontData {
  const data = readSource(source);
  const picked = pickedOf(data, options.objectives);
  const members = frontOf(data, picked);
  return {
    objectives: picked.map(k => ({ name: data.objectives[k]!.name, direction: data.objectives[k]!.direction })),
    points: shownRows(data, picked).map(row => ({
      number: row.number,
      values: picked.map(k => row.values[k]!),
      feasible: row.feasible,
      front: members.has(row),
    })),
  };
}

const shownRows = (data: Data, picked: readonly number[]): Row[] =>
  data.rows.filter(row => row.state === "complete" && picked.every(k => Number.isFinite(row.values[k]!)));

/**
 * The front of several objectives. Two objectives make one chart, three and more a matrix of pairs, in which the front is that of all.
 *
 * @throws E_PLOT_OBJECTIVE, E_PLOT_OPTION, E_PLOT_SOURCE.
 */
export function front(source: PlotSource, options: FrontOptions = {}): string {
  checkPlotOptions("front", options, ["objectives"]);
  const data = readSource(source);
  const picked = pickedOf(data, options.objectives);
  const names = picked.map(k => data.objectives[k]!.name);
  const title = `Front of ${names.join(", ")}`;
  if (picked.length < 2)
    return sentence(options, title, "A front needs two objectives; this study is about one. See the history.");
  const rows = shownRows(data, picked);
  const empty = whyEmpty(data, rows.length, "every objective");
  if (empty !== undefined) return sentence(options, title, empty);
  const members = frontOf(data, picked);
  const axes = picked.map(k => {
    const { low, high, scale, beyond } = valueRange(
      rows.map(row => row.values[k]!),
      data.objectives[k]!.direction === "maximize",
    );
    return { k, beyond, axis: valueAxis({ low, high, scale }) };
  });
  const legend: LegendEntry[] = [
    { text: `front: ${count(members.size, "trial")}`, mark: "dot", colour: "2" },
    { text: "dominated", mark: "dot", colour: "1" },
    ...(rows.some(row => !row.feasible) ? [{ text: "breaks a constraint", mark: "cross", colour: "4" } as const] : []),
  ];
  const beyond = axes.reduce((sum, axis) => sum + axis.beyond, 0);
  const subtitle = `${count(rows.length, "complete trial")}${beyond > 0 ? `; ${beyond} worse than the axes show, drawn at their edges` : ""}`;
  const said = `${picked.map(k => objectiveLabel(data.objectives[k]!)).join("; ")}. ${members.size} of ${count(rows.length, "trial")} ${members.size === 1 ? "is" : "are"} on the front.`;
  const draw = (box: Box, x: Shown, y: Shown, steps: boolean): string => {
    const place = (row: Row): [number, number] => [
      xIn(box, x.axis, row.values[x.k]!),
      yIn(box, y.axis, row.values[y.k]!),
    ];
    const marks = rows.map((row): Mark => {
      const [px, py] = place(row);
      const on = members.has(row);
      return {
        ...{ x: px, y: py, colour: on ? "2" : row.feasible ? "1" : "4", shape: row.feasible ? "dot" : "cross" },
        title: () => trialTitle(data, row),
        ...(on && { important: true }),
      };
    });
    return (steps ? drawSteps(data, box, x, y, members) : "") + drawMarks(marks, steps ? 3.2 : 2.2);
  };
  const [first, second] = axes;
  if (axes.length === 2) {
    return chart(
      options,
      { title, subtitle, legend },
      said,
      { axis: first!.axis, label: objectiveLabel(data.objectives[first!.k]!) },
      { axis: second!.axis, label: objectiveLabel(data.objectives[second!.k]!) },
      box => draw(box, first!, second!, true),
      440,
    );
  }
  return matrix(options, { title: options.title ?? title, subtitle, legend }, said, data, axes, (box, x, y) =>
    draw(box, x, y, false),
  );
}

interface Shown {
  readonly k: number;
  readonly axis: Axis;
}

/** The border of what the front dominates. */
function drawSteps(data: Data, box: Box, x: Shown, y: Shown, members: ReadonlySet<Row>): string {
  const sorted = [...members].sort((a, b) => a.values[x.k]! - b.values[x.k]!);
  const corner = data.objectives[x.k]!.direction === "maximize";
  const points: [number, number][] = [];
  for (const row of sorted) {
    const at: [number, number] = [xIn(box, x.axis, row.values[x.k]!), yIn(box, y.axis, row.values[y.k]!)];
    const before = points.at(-1);
    if (before !== undefined) points.push(corner ? [before[0], at[1]] : [at[0], before[1]]);
    points.push(at);
  }
  return tag("path", { class: "s2 vp-line vp-faint", d: pathOf(points) });
}

/** The lower triangle of all pairs. */
function matrix(
  options: PlotOptions,
  head: { title: string; subtitle: string; legend: LegendEntry[] },
  said: string,
  data: Data,
  axes: readonly Shown[],
  draw: (box: Box, x: Shown, y: Shown) => string,
): string {
  const n = axes.length - 1;
  const width = sizeOf(options, 0).width;
  const { svg, below } = heading(head, width);
  const left = 16 + Math.max(...axes.map(({ axis }) => leftOf(axis, 130, false).width));
  const across = (width - left - 16) / n;
  const down =
    options.height === undefined ? Math.min(240, Math.max(130, across * 0.85)) : (options.height - below - 50) / n;
  const under = bottomOf(axes[0]!.axis, across, false).height;
  const height = options.height ?? Math.round(below + n * down + under + 34);
  let body = "";
  for (let r = 0; r < n; r++) {
    for (let c = 0; c <= r; c++) {
      const [x, y] = [axes[c]!, axes[r + 1]!];
      const box = { x: left + c * across, y: below + 24 + r * down, width: across - 14, height: down - 34 };
      body += panel(
        box,
        { axis: x.axis, label: r === n - 1 ? data.objectives[x.k]!.name : "", bare: r < n - 1 },
        { axis: y.axis, label: c === 0 ? data.objectives[y.k]!.name : "", bare: c > 0 },
      );
      body += draw(box, x, y);
    }
  }
  return document(options, { width, height: Math.round(height) }, head.title, said, svg + body);
}
