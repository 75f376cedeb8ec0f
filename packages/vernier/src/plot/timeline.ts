/** When trials ran, and how many at a time. */
import { durationAxis, numberAxis } from "./axis.ts";
import { count, formatDuration } from "./format.ts";
import { chart, sentence, type LegendEntry } from "./frame.ts";
import { readSource, type PlotSource, type Row } from "./source.ts";
import { checkPlotOptions, escapeXml, px, tag, type PlotOptions } from "./svg.ts";
import { trialTitle } from "./words.ts";

/** Options of `timeline`. */
export type TimelineOptions = PlotOptions;
/** What `timeline` draws: when each trial ran. */
export interface TimelineData {
  /** ms since 1970 UTC of the first start; null without trials. */
  readonly start: number | null;
  /** ms from the first start to the last known moment. */
  readonly span: number;
  /** How many ran at once at most: the number of lanes. */
  readonly lanes: number;
  /** `from` and `to` in ms after the first start. A running trial reaches to the last known moment. */
  readonly bars: readonly {
    readonly number: number;
    readonly state: Row["state"];
    readonly lane: number;
    readonly from: number;
    readonly to: number;
  }[];
}

/** Trials that were started, each in the lowest lane that was free. @throws E_PLOT_SOURCE. */
export function timelineData(source: PlotSource): TimelineData {
  return layOut(readSource(source).rows);
}

function layOut(rows: readonly Row[]): TimelineData {
  const started = rows.filter(
    row => row.startedAt !== null && (row.finishedAt !== null || row.state === "running" || row.state === "paused"),
  );
  started.sort((a, b) => a.startedAt! - b.startedAt! || a.number - b.number);
  const [first] = started;
  if (first === undefined) return { start: null, span: 0, lanes: 0, bars: [] };
  const start = first.startedAt!;
  const end = started.reduce((latest, row) => Math.max(latest, row.finishedAt ?? row.startedAt!), start);
  const free: number[] = [];
  const bars = started.map(row => {
    const from = row.startedAt! - start;
    const to = Math.max(from, (row.finishedAt ?? end) - start);
    let lane = free.findIndex(until => until <= from);
    if (lane < 0) lane = free.length;
    free[lane] = to;
    return { number: row.number, state: row.state, lane, from, to };
  });
  return { start, span: end - start, lanes: free.length, bars };
}

const COLOURS: Readonly<Record<string, string>> = {
  complete: "1",
  pruned: "8",
  failed: "2",
  running: "3",
  paused: "5",
  waiting: "m",
};
const MANY = 1500;

/** A bar a trial over time, one line for each that ran at the same time. @throws E_PLOT_OPTION, E_PLOT_SOURCE. */
export function timeline(source: PlotSource, options: TimelineOptions = {}): string {
  checkPlotOptions("timeline", options);
  const data = readSource(source);
  const { bars, span, lanes, start } = layOut(data.rows);
  const title = "When trials ran";
  if (start === null) return sentence(options, title, "No trial has been started.");
  const x = durationAxis(span);
  const y = numberAxis(1, Math.max(1, lanes), "linear", true);
  const byNumber = new Map(data.rows.map(row => [row.number, row]));
  const states = [...new Set(bars.map(bar => bar.state))].sort();
  const legend = states.map((state): LegendEntry => ({
    text: `${state}: ${bars.filter(bar => bar.state === state).length}`,
    mark: "bar",
    colour: COLOURS[state] ?? "m",
  }));
  const busy = bars.reduce((sum, bar) => sum + bar.to - bar.from, 0);
  return chart(
    options,
    {
      title,
      subtitle: `${count(bars.length, "trial")} in ${formatDuration(span)}, from ${new Date(start).toISOString().slice(0, 16).replace("T", " ")} UTC; at most ${lanes} at once, ${(span > 0 ? busy / span : lanes).toFixed(1)} on average`,
      legend,
    },
    `${count(bars.length, "trial")} over ${formatDuration(span)}, at most ${lanes} at once.`,
    { axis: x, label: "time since the first start" },
    {
      axis: {
        ...y,
        at: lane => (lane - 0.5) / lanes,
        ticks: most => y.ticks(most).map(tick => ({ ...tick, at: (Number(tick.text) - 0.5) / lanes })),
      },
      label: "at the same time",
    },
    box => {
      const high = box.height / lanes;
      const inset = high > 6 ? Math.min(3, high * 0.12) : 0;
      const rect = (bar: (typeof bars)[number]): [number, number, number, number] => [
        box.x + x.at(bar.from) * box.width,
        box.y + box.height - (bar.lane + 1) * high + inset,
        Math.max(0.8, (x.at(bar.to) - x.at(bar.from)) * box.width - (bars.length < 400 ? 0.6 : 0)),
        Math.max(0.6, high - 2 * inset),
      ];
      if (bars.length <= MANY) {
        return bars
          .map(bar => {
            const [rx, ry, width, height] = rect(bar);
            const tip = `${trialTitle(data, byNumber.get(bar.number)!)}\n${formatDuration(bar.to - bar.from)}`;
            return tag(
              "rect",
              { x: rx, y: ry, width, height, rx: Math.min(2, width / 3), class: `f${COLOURS[bar.state] ?? "m"}` },
              `<title>${escapeXml(tip)}</title>`,
            );
          })
          .join("");
      }
      return joined(bars.map(bar => ({ lane: bar.lane, colour: COLOURS[bar.state] ?? "m", rect: rect(bar) })));
    },
    Math.min(520, 190 + lanes * 26),
  );
}

/** Bars that touch within half a pixel become one. */
function joined(bars: readonly { lane: number; colour: string; rect: [number, number, number, number] }[]): string {
  const open = new Map<string, [number, number, number, number]>();
  const paths = new Map<string, string>();
  const close = (colour: string, [x, y, w, h]: [number, number, number, number]): void => {
    paths.set(colour, `${paths.get(colour) ?? ""}M${px(x)} ${px(y)}h${px(w)}v${px(h)}h${px(-w)}z`);
  };
  for (const { lane, colour, rect } of bars) {
    const key = `${lane} ${colour}`;
    const before = open.get(key);
    if (before !== undefined && rect[0] <= before[0] + before[2] + 0.5)
      before[2] = Math.max(before[2], rect[0] + rect[2] - before[0]);
    else {
      if (before !== undefined) close(colour, before);
      open.set(key, [...rect]);
    }
  }
  for (const [key, rect] of open) close(key.split(" ")[1] ?? "m", rect);
  return [...paths]
    .map(([colour, d]) => tag("path", { style: `fill:var(--vp-${colour === "m" ? "muted" : colour})`, d }))
    .join("");
}
