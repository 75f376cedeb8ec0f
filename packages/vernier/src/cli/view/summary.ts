/** The page a run ends with: what was found beside the defaults, what mattered, and the next command. At most 80 columns. */
import type { Metrics, ObjectiveSpec, TrialRecord } from "../../core/types.ts";
import type { Params } from "../../space/types.ts";
import { wrap } from "../help.ts";
import { count, flatten, formatDuration, formatNumber, formatValue } from "./format.ts";
import { formatMetrics } from "./plain.ts";
import { failureLine } from "./progress.ts";
import { bar } from "./sparkline.ts";
import { clip, oneLine, padEnd, padStart, widthOf } from "./style.ts";
import type { Style } from "./style.ts";
import { renderTable } from "./table.ts";

export interface Importance {
  /** `better`: in which direction, in a few words; "" when that is not clear. */
  readonly bars: readonly { readonly name: string; readonly share: number; readonly better: string }[];
  /** What the measure can and cannot say. */
  readonly note: string;
}

export interface Summary {
  readonly name: string;
  readonly objectives: Readonly<Record<string, ObjectiveSpec>>;
  readonly counts: { readonly complete: number; readonly pruned: number; readonly failed: number };
  /** How long this run took and how many trials it finished; null when nothing was run. */
  readonly ran: { readonly elapsed: number; readonly finished: number } | null;
  readonly interrupted: boolean;
  /** Why the run ended, where that is not plain. */
  readonly note: string | null;
  /** One objective: at most one trial. Several: the front. */
  readonly best: readonly TrialRecord[];
  readonly defaults: Params | null;
  /** A complete trial that happened to try the defaults. */
  readonly defaultTrial: TrialRecord | null;
  /** From the study file's `final`, for the best and the default configuration. */
  readonly final: { readonly best: Metrics; readonly defaults: Metrics | null; readonly error: string | null } | null;
  readonly importance: Importance | null;
  /** The newest failure, shown when nothing else can be. */
  readonly failure: TrialRecord | null;
  readonly next: readonly { readonly line: string; readonly what: string }[];
}

const head = (s: Summary, style: Style): string => {
  const { complete, pruned, failed } = s.counts;
  const total = complete + pruned + failed;
  const parts = [
    complete > 0 ? `${complete.toLocaleString("en-US")} complete` : "",
    pruned > 0 ? `${pruned.toLocaleString("en-US")} pruned` : "",
    failed > 0 ? style.red(`${failed.toLocaleString("en-US")} failed`) : "",
  ].filter(Boolean);
  const detail = parts.length === 0 ? "" : ` (${parts.join(", ")})`;
  const { ran } = s;
  const now =
    ran === null
      ? ""
      : ran.finished === total
        ? `, in ${formatDuration(ran.elapsed)}`
        : `, ${ran.finished.toLocaleString("en-US")} of them now, in ${formatDuration(ran.elapsed)}`;
  return `${style.bold(clip(s.name, 24))}  ${s.interrupted ? style.yellow("interrupted after ") : ""}${count(total, "trial")}${detail}${now}`;
};

/** Best and default side by side, changed values marked; metrics below the parameters. */
const comparison = (s: Summary, best: TrialRecord, width: number, style: Style): string[] => {
  const defaults = new Map(s.defaults === null ? [] : flatten(s.defaults));
  const found = flatten(best.params ?? {});
  const names = [
    ...found.map(([name]) => name),
    ...[...defaults.keys()].filter(name => !found.some(([other]) => other === name)),
  ];
  const chosen = new Map(found);
  const cell = (map: ReadonlyMap<string, unknown>, name: string): string =>
    map.has(name) ? formatValue(map.get(name)) : "-";
  const rows = names.map(name => [name, cell(chosen, name), ...(s.defaults === null ? [] : [cell(defaults, name)])]);
  const metricRows: string[][] = [];
  const metric = (name: string, value: number | undefined, other: number | undefined): void => {
    const text = (x: number | undefined): string => (x === undefined ? "-" : formatNumber(x));
    metricRows.push([name, text(value), ...(s.defaults === null ? [] : [text(other)])]);
  };
  const metrics = best.metrics ?? {};
  const order = [...Object.keys(s.objectives), ...Object.keys(metrics).filter(name => !(name in s.objectives))];
  for (const name of order) metric(name, metrics[name], s.defaultTrial?.metrics?.[name]);
  const finals = s.final === null ? [] : Object.keys(s.final.best);
  for (const name of finals) metric(`final ${name}`, s.final?.best[name], s.final?.defaults?.[name]);
  const columns = [
    { title: "", least: 8 },
    { title: "best", align: "right" as const, least: 8, paint: () => style.green },
    ...(s.defaults === null ? [] : [{ title: "default", align: "right" as const, least: 7 }]),
  ];
  const failed = s.final?.error ?? null;
  return [
    ...renderTable(columns, [...rows, [""], ...metricRows], { width, style, indent: 2 }),
    ...(failed === null ? [] : wrap(`final failed: ${oneLine(failed)}`, width - 2).map(line => style.red(`  ${line}`))),
  ];
};

const front = (s: Summary, width: number, style: Style): string[] => {
  const names = Object.keys(s.objectives);
  const shown = s.best.slice(0, 10);
  const columns = [
    { title: "trial", align: "right" as const },
    ...names.map(title => ({ title, align: "right" as const, least: 6 })),
    { title: "parameters", least: 12 },
  ];
  const rows = shown.map(trial => [
    String(trial.number),
    ...names.map(name => formatNumber(trial.metrics?.[name] ?? NaN)),
    flatten(trial.params ?? {})
      .map(([name, value]) => `${name}=${formatValue(value)}`)
      .join(" "),
  ]);
  const more = s.best.length > shown.length ? [`  and ${s.best.length - shown.length} more`] : [];
  return [...renderTable(columns, rows, { width, style, indent: 2 }), ...more];
};

const mattered = (importance: Importance, width: number, style: Style): string[] => {
  const names = Math.min(28, Math.max(...importance.bars.map(({ name }) => widthOf(name))));
  const room = Math.min(30, width - names - 26);
  const top = Math.max(...importance.bars.map(({ share }) => share), 1e-9);
  const lines = importance.bars.slice(0, 8).map(({ name, share, better }) => {
    const percent = padStart(`${Math.round(share * 100)} %`, 5);
    const line = `  ${padEnd(clip(name, names), names)}  ${percent} ${style.cyan(padEnd(bar(share / top, room), room))}`;
    return `${line}  ${style.dim(better)}`;
  });
  const rest =
    importance.bars.length > 8
      ? [style.dim(`  and ${count(importance.bars.length - 8, "parameter")} that mattered less`)]
      : [];
  return [...lines, ...rest, ...wrap(importance.note, width - 2).map(line => style.dim(`  ${line}`))];
};

export const renderSummary = (s: Summary, width: number, style: Style): string[] => {
  const w = Math.min(80, Math.max(40, width));
  const lines = [head(s, style), ...(s.note === null ? [] : [style.dim(s.note)])];
  const objectives = Object.keys(s.objectives);
  const [best] = s.best;
  if (best === undefined) {
    lines.push("");
    if (s.counts.complete > 0) lines.push("  No complete trial holds every constraint with finite objectives.");
    else if (s.counts.failed > 0) lines.push("  No trial is complete.");
    else lines.push("  Nothing is complete yet.");
    if (s.failure !== null)
      lines.push(
        ...wrap(`trial ${s.failure.number}: ${failureLine(s.failure)}`, w - 2)
          .slice(0, 4)
          .map(line => style.red(`  ${line}`)),
      );
  } else if (objectives.length === 1) {
    lines.push(
      "",
      `  best: trial ${best.number}, ${style.bold(style.green(formatMetrics(best.metrics ?? {}, objectives, false)))}`,
      "",
    );
    lines.push(...comparison(s, best, w, style));
  } else
    lines.push(
      "",
      `  front: ${count(s.best.length, "trial")} that no other beats in every objective`,
      "",
      ...front(s, w, style),
    );
  if (s.importance !== null && s.importance.bars.length > 0)
    lines.push("", style.bold("What mattered"), ...mattered(s.importance, w, style));
  if (s.next.length > 0) {
    lines.push("", style.bold("Next"));
    const left = Math.max(...s.next.map(({ line }) => widthOf(line)));
    for (const { line, what } of s.next)
      lines.push(
        left + widthOf(what) + 4 <= w
          ? `  ${style.cyan(padEnd(line, left))}  ${style.dim(what)}`
          : `  ${style.cyan(line)}`,
      );
  }
  return lines.map(line => line.trimEnd());
};
