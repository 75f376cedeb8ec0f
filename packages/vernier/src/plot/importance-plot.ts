/** Which parameters mattered, as bars. */
import { importance as measureImportance, type Importance } from "../insight/importance.ts";
import { fit, textWidth } from "./format.ts";
import { heading, sentence, sizeOf } from "./frame.ts";
import { historyOf, objectiveOf, readSource, type PlotSource } from "./source.ts";
import { checkPlotOptions, document, tag, text, type PlotOptions } from "./svg.ts";
import { whyEmpty } from "./words.ts";

/** Options of `importance`. */
export interface ImportanceOptions extends PlotOptions {
  readonly objective?: string;
}

/** What `importance` of vernier/insight says, also of plain data. @throws E_PLOT_OBJECTIVE, E_PLOT_SOURCE. */
export function importanceData(source: PlotSource, options: Pick<ImportanceOptions, "objective"> = {}): Importance {
  const data = readSource(source);
  return measureImportance(historyOf(source), {
    objective: data.objectives[objectiveOf(data, options.objective)]!.name,
  });
}

const SHOWN = 20;
/** Rank correlation from which on a direction is named. */
const CLEAR = 0.3;

/** A bar a parameter, the most important first. @throws E_PLOT_OBJECTIVE, E_PLOT_OPTION, E_PLOT_SOURCE. */
export function importance(source: PlotSource, options: ImportanceOptions = {}): string {
  checkPlotOptions("importance", options, ["objective"]);
  const data = readSource(source);
  const objective = data.objectives[objectiveOf(data, options.objective)]!;
  const title = `What mattered for ${objective.name}`;
  const empty = whyEmpty(data, data.rows.filter(row => row.ranked).length, objective.name);
  if (empty !== undefined) return sentence(options, title, empty);
  const { parameters, note, trials } = importanceData(source, options);
  if (parameters.length === 0) return sentence(options, title, "The space has no parameters to compare.");
  const total = parameters.reduce((sum, { share }) => sum + share, 0);
  if (total === 0) return sentence(options, title, note);
  const shown = parameters.slice(0, SHOWN);
  const rest = parameters.slice(SHOWN);
  const bars = shown.map(({ name, share, effect }) => ({ name, share, better: hint(effect, objective.direction) }));
  if (rest.length > 0)
    bars.push({ name: `${rest.length} others`, share: rest.reduce((sum, { share }) => sum + share, 0), better: "" });
  const width = sizeOf(options, 0).width;
  const head = heading({ title: options.title ?? title, subtitle: note }, width);
  const rowHeight = options.height === undefined ? 26 : Math.max(12, (options.height - head.below - 14) / bars.length);
  const height = Math.round(options.height ?? head.below + bars.length * rowHeight + 16);
  const names = Math.min(width * 0.34, Math.max(...bars.map(({ name }) => textWidth(name, 12))) + 4);
  const x = 16 + names + 10;
  const wide = width > 460;
  const room = width - x - 56 - (wide ? 104 : 0);
  const top = Math.max(...bars.map(({ share }) => share));
  const body = bars.map(({ name, share, better }, i) => {
    const y = head.below + 8 + i * rowHeight;
    const length = Math.max(share > 0 ? 1.5 : 0, (share / top) * room);
    const middle = y + rowHeight / 2 + 1;
    const percent = share > 0 && share < 0.01 ? "<1 %" : `${Math.round(share * 100)} %`;
    return (
      text(x - 8, middle, fit(name, names, 12), { anchor: "end", full: name }) +
      tag("rect", { x, y: y + rowHeight * 0.14, width: length, height: rowHeight * 0.62, rx: 2, class: "f1" }) +
      text(x + length + 7, middle, percent) +
      (wide && better !== "" ? text(width - 16, middle, better, { anchor: "end", class: "vp-small" }) : "")
    );
  });
  const said = `${trials} trials. ${bars.map(({ name, share }) => `${name} ${Math.round(share * 100)} %`).join(", ")}.`;
  return document(options, { width, height }, options.title ?? title, said, head.svg + body.join(""));
}

const hint = (effect: number | undefined, direction: string): string =>
  effect === undefined || Math.abs(effect) < CLEAR
    ? ""
    : effect > 0 === (direction === "maximize")
      ? "more is better"
      : "less is better";
