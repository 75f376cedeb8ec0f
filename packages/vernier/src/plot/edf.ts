/** Which share of trials reached which value: studies compared without their order. */
import { numberAxis, valueRange, valueAxis } from "./axis.ts";
import { count } from "./format.ts";
import { chart, sentence, xIn, yIn } from "./frame.ts";
import { objectiveOf, readSource, type PlotSource } from "./source.ts";
import { checkPlotOptions, pathOf, tag, type PlotOptions } from "./svg.ts";
import { objectiveLabel } from "./words.ts";

/** Options of `edf`. */
export interface EdfOptions extends PlotOptions {
  readonly objective?: string;
}
/** What `edf` draws: the sorted values of each study. */
export interface EdfData {
  readonly objective: string;
  /** `values` ascending, of complete trials that meet every constraint; the share at values[i] is (i + 1) / values.length. */
  readonly studies: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** @throws E_PLOT_OBJECTIVE, E_PLOT_SOURCE. */
export function edfData(
  sources: PlotSource | readonly PlotSource[],
  options: Pick<EdfOptions, "objective"> = {},
): EdfData {
  const list = "spec" in sources ? [sources] : sources;
  const all = list.map(readSource);
  const studies = all.map(data => {
    const k = objectiveOf(data, options.objective);
    const values = data.rows.filter(row => row.ranked && row.feasible).map(row => row.values[k]!);
    return { name: data.name, values: values.sort((a, b) => a - b) };
  });
  const [first] = all;
  return {
    objective: first === undefined ? "" : first.objectives[objectiveOf(first, options.objective)]!.name,
    studies,
  };
}

/**
 * The empirical distribution of the objective: for each value the share of trials at or below it. Several studies make several lines.
 *
 * @throws E_PLOT_OBJECTIVE, E_PLOT_OPTION, E_PLOT_SOURCE.
 */
export function edf(sources: PlotSource | readonly PlotSource[], options: EdfOptions = {}): string {
  checkPlotOptions("edf", options, ["objective"]);
  const { objective, studies } = edfData(sources, options);
  const title = `How trials spread over ${objective}`;
  const values = studies.flatMap(study => study.values);
  if (values.length === 0)
    return sentence(options, title, "No complete trial meets every constraint with a finite value.");
  const source = "spec" in sources ? sources : sources[0]!;
  const spec = readSource(source).objectives.find(({ name }) => name === objective)!;
  const range = valueRange(values, spec.direction === "maximize");
  const x = valueAxis(range);
  const y = numberAxis(0, 1);
  return chart(
    options,
    {
      title,
      subtitle: `${count(values.length, "complete trial")}${range.beyond > 0 ? `; ${range.beyond} beyond the axis` : ""}`,
      legend:
        studies.length > 1
          ? studies.map(({ name }, i) => ({ text: name, mark: "line", colour: String((i % 8) + 1) }))
          : [],
    },
    `The share of trials at or below each value of ${objective}. ${objectiveLabel(spec)}.`,
    { axis: x, label: objectiveLabel(spec) },
    { axis: y, label: "share of trials at or below" },
    box =>
      studies
        .map(({ values: sorted }, i) => {
          const points: [number, number][] = [];
          const every = Math.max(1, Math.floor(sorted.length / 1500));
          let share = 0;
          sorted.forEach((value, j) => {
            if (j % every !== 0 && j !== sorted.length - 1) return;
            const at = xIn(box, x, value);
            points.push([at, yIn(box, y, share)]);
            share = (j + 1) / sorted.length;
            points.push([at, yIn(box, y, share)]);
          });
          if (points.length > 0) points.push([box.x + box.width, yIn(box, y, 1)]);
          return tag("path", { class: `s${(i % 8) + 1} vp-line`, d: pathOf(points) });
        })
        .join(""),
    320,
  );
}
