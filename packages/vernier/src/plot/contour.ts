/** Two parameters at once: where the objective is good. */
import { count } from "./format.ts";
import { chart, sentence, xIn, yIn, type Box } from "./frame.ts";
import { drawMarks, type Mark } from "./marks.ts";
import { chosenAxes, type ParameterAxis } from "./parameters.ts";
import { rampClass, standings } from "./ranking.ts";
import { jitter, pictureAxis } from "./slice.ts";
import { bestRow, objectiveOf, readSource, type Data, type PlotSource, type Row } from "./source.ts";
import { checkPlotOptions, px, tag, type PlotOptions } from "./svg.ts";
import { VernierError } from "../core/errors.ts";
import { axisLabel, objectiveLabel, trialTitle, whyEmpty } from "./words.ts";

export interface ContourOptions extends PlotOptions {
  readonly objective?: string;
  /** Two names. Default: the two most important. */
  readonly parameters?: readonly string[];
}
/** What `contour` and `rank` draw: trials by two parameters, and the picture between them. */
export interface ContourData {
  readonly objective: string;
  readonly x: string;
  readonly y: string;
  /** `standing`: 1 the best trial, 0 the worst. Categories stand as their positions. */
  readonly points: readonly {
    readonly number: number;
    readonly x: number;
    readonly y: number;
    readonly value: number;
    readonly standing: number;
  }[];
}

interface Pair {
  readonly x: ParameterAxis;
  readonly y: ParameterAxis;
  readonly points: readonly { readonly row: Row; readonly x: number; readonly y: number; readonly standing: number }[];
}

function pairOf(data: Data, k: number, names: readonly string[] | undefined): Pair | undefined {
  if (names !== undefined && (names.length !== 2 || names[0] === names[1])) {
    throw new VernierError(
      "E_PLOT_PARAMETER",
      `parameters holds ${names.length} names${names[0] === names[1] && names.length > 1 ? ", the same twice" : ""}. A contour has two axes. Name two different parameters.`,
    );
  }
  const axes = chosenAxes(data, k, names);
  const standing = [...standings(data, k)];
  const points = (x: ParameterAxis, y: ParameterAxis): Pair["points"] =>
    standing.flatMap(([row, at]) => {
      const [a, b] = [x.read(row.params), y.read(row.params)];
      return Number.isNaN(a) || Number.isNaN(b) ? [] : [{ row, x: a, y: b, standing: at }];
    });
  const [x] = axes;
  // Parameters of different branches never meet: the next one that does.
  const y = axes.slice(1).find(axis => names !== undefined || points(x!, axis).length > 0) ?? axes[1];
  return x === undefined || y === undefined ? undefined : { x, y, points: points(x, y) };
}

/** @throws E_PLOT_OBJECTIVE, E_PLOT_PARAMETER, E_PLOT_SOURCE. */
export function contourData(
  source: PlotSource,
  options: Pick<ContourOptions, "objective" | "parameters"> = {},
): ContourData {
  const data = readSource(source);
  const k = objectiveOf(data, options.objective);
  const pair = pairOf(data, k, options.parameters);
  return {
    objective: data.objectives[k]!.name,
    x: pair?.x.name ?? "",
    y: pair?.y.name ?? "",
    points: (pair?.points ?? []).map(({ row, x, y, standing }) => ({
      number: row.number,
      x,
      y,
      value: row.values[k]!,
      standing,
    })),
  };
}

/**
 * Two parameters and the objective as ground: the ranks of the trials nearby, weighed by distance. Ground that no trial is near stays
 * empty. Nothing is modelled: between trials the picture is a guess.
 *
 * @throws E_PLOT_OBJECTIVE, E_PLOT_PARAMETER, E_PLOT_OPTION, E_PLOT_SOURCE.
 */
export const contour = (source: PlotSource, options: ContourOptions = {}): string =>
  twoParameters("contour", source, options, true);

/** Two parameters with the trials coloured by their rank, and no ground. @throws as contour. */
export const rank = (source: PlotSource, options: ContourOptions = {}): string =>
  twoParameters("rank", source, options, false);

function twoParameters(plot: string, source: PlotSource, options: ContourOptions, ground: boolean): string {
  checkPlotOptions(plot, options, ["objective", "parameters"]);
  const data = readSource(source);
  const k = objectiveOf(data, options.objective);
  const objective = data.objectives[k]!;
  const pair = pairOf(data, k, options.parameters);
  if (pair === undefined)
    return sentence(options, objective.name, "This plot needs two parameters; the space has fewer.");
  const { x, y, points } = pair;
  const title = `${objective.name} by ${x.name} and ${y.name}`;
  const empty = whyEmpty(data, standings(data, k).size, objective.name);
  if (empty !== undefined) return sentence(options, title, empty);
  if (points.length === 0) return sentence(options, title, `No complete trial has both ${x.name} and ${y.name}.`);
  const best = bestRow(data, k);
  const [xs, ys] = [pictureAxis(x), pictureAxis(y)];
  const draw = (box: Box): string => {
    const bandX = x.kind === "category" ? Math.min(22, box.width / Math.max(1, x.categories.length) / 3) : 0;
    const bandY = y.kind === "category" ? Math.min(16, box.height / Math.max(1, y.categories.length) / 3) : 0;
    const marks = points.map(({ row, x: a, y: b, standing }): Mark => ({
      x: xIn(box, xs, a) + bandX * jitter(row.number),
      y: yIn(box, ys, b) + bandY * jitter(row.number + 7),
      colour: row === best ? "2" : row.feasible ? rampClass(standing) : "4",
      shape: row.feasible ? "dot" : "cross",
      title: () => trialTitle(data, row, [x, y]),
      ...(row === best && { important: true }),
    }));
    return (ground ? drawGround(box, pair) : "") + drawMarks(marks, ground ? 2.6 : 3.4);
  };
  return chart(
    options,
    {
      title,
      subtitle: `${count(points.length, "complete trial")}${ground ? "; ground: ranks of the trials nearby, a guess between them" : ""}`,
      legend: [
        { text: "worst rank", mark: ground ? "bar" : "dot", colour: "q1" },
        { text: "middle", mark: ground ? "bar" : "dot", colour: "q5" },
        { text: "best", mark: ground ? "bar" : "dot", colour: "q9" },
        ...(best === undefined ? [] : [{ text: `best: trial ${best.number}`, mark: "dot", colour: "2" } as const]),
      ],
    },
    `${objectiveLabel(objective)}, over ${x.name} and ${y.name}, ${count(points.length, "trial")}.`,
    { axis: xs, label: axisLabel(x), categories: x.kind === "category" },
    { axis: ys, label: axisLabel(y), categories: y.kind === "category" },
    draw,
    480,
  );
}

const CELLS = 44;
/** Standard deviation of the weights, as a share of the axis. */
const REACH = 0.045;

/** Rectangles of equal colour, joined along rows. */
function drawGround(box: Box, { x, y, points }: Pair): string {
  const nx = x.kind === "category" ? Math.max(1, x.categories.length) : CELLS;
  const ny = y.kind === "category" ? Math.max(1, y.categories.length) : CELLS;
  const weight = new Float64Array(nx * ny);
  const sum = new Float64Array(nx * ny);
  const spread = (axis: ParameterAxis, n: number, value: number): [first: number, last: number, at: number] => {
    if (axis.kind === "category") return [value, value, value];
    const at = axis.at(value) * n - 0.5;
    const reach = 3 * REACH * n;
    return [Math.max(0, Math.ceil(at - reach)), Math.min(n - 1, Math.floor(at + reach)), at];
  };
  for (const point of points) {
    const [x0, x1, xAt] = spread(x, nx, point.x);
    const [y0, y1, yAt] = spread(y, ny, point.y);
    for (let j = y0; j <= y1; j++) {
      for (let i = x0; i <= x1; i++) {
        const distance = ((i - xAt) / (nx * REACH)) ** 2 + ((j - yAt) / (ny * REACH)) ** 2;
        const w = Math.exp(-distance / 2);
        weight[j * nx + i]! += w;
        sum[j * nx + i]! += w * point.standing;
      }
    }
  }
  const paths = new Map<string, string>();
  const [w, h] = [box.width / nx, box.height / ny];
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx;) {
      const cls = classAt(j * nx + i);
      let end = i + 1;
      while (end < nx && classAt(j * nx + end) === cls) end++;
      if (cls !== undefined) {
        const top = box.y + box.height - (j + 1) * h;
        const d = `M${px(box.x + i * w)} ${px(top)}h${px((end - i) * w)}v${px(h + 0.2)}h${px(-(end - i) * w)}z`;
        paths.set(cls, (paths.get(cls) ?? "") + d);
      }
      i = end;
    }
  }
  function classAt(cell: number): string | undefined {
    return weight[cell]! < 0.12 ? undefined : rampClass(sum[cell]! / weight[cell]!);
  }
  return [...paths].map(([cls, d]) => tag("path", { style: `fill:var(--vp-${cls})`, opacity: "0.62", d })).join("");
}
