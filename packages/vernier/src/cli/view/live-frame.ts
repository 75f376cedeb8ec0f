/** The picture that the live view draws: a pure function of the progress, the time and the size of the terminal. */
import { formatDuration, formatNumber, formatParams } from "./format.ts";
import { formatMetrics } from "./plain.ts";
import { failureLine } from "./progress.ts";
import type { Progress } from "./progress.ts";
import { bar, sparkline } from "./sparkline.ts";
import { clip, oneLine, padEnd, widthOf } from "./style.ts";
import type { Style } from "./style.ts";

export interface Frame {
  readonly name: string;
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
  readonly style: Style;
  /** Ctrl-C was pressed: running trials are being given back. */
  readonly stopping: boolean;
  /** Present where other processes run the study. */
  readonly watch?: {
    /** Who runs each running trial. */
    readonly owners: ReadonlyMap<number, string>;
    /** Why nothing can be read just now. */
    readonly waiting: string | undefined;
    /** Trials in the queue. */
    readonly queued: number;
  };
}

const LABEL = 9;

const rateText = (rate: number): string => {
  if (!Number.isFinite(rate)) return "";
  return rate >= 1 ? `${formatNumber(Number(rate.toPrecision(3)))} trials/s` : `${formatDuration(1000 / rate)} a trial`;
};

const watchFacts = (progress: Progress, { owners, queued }: NonNullable<Frame["watch"]>): string => {
  const workers = new Set(owners.values()).size;
  return [
    progress.running.size === 0 ? "nothing runs" : `${progress.running.size} running`,
    // One each needs no saying.
    workers > 1 && workers < progress.running.size ? `on ${workers} workers` : "",
    queued > 0 ? `${queued} queued` : "",
  ]
    .filter(Boolean)
    .join("  ");
};

const watchHint = ({ waiting }: NonNullable<Frame["watch"]>, width: number, style: Style): string =>
  waiting === undefined
    ? style.dim(clip("Ctrl-C ends the watch; the study goes on.", width))
    : style.yellow(clip(`Waiting: ${oneLine(waiting)}.`, width));

export const drawFrame = (progress: Progress, frame: Frame): string[] => {
  const { style, now } = frame;
  const width = Math.max(20, frame.columns - 1);
  const objectives = Object.entries(progress.options.objectives);
  const names = objectives.map(([name]) => name);
  const { trials } = progress.options;
  const lines: string[] = [];
  const row = (label: string, text: string): void =>
    void lines.push(`${style.dim(padEnd(label, LABEL))}${clip(text, width - LABEL)}`);

  const eta = progress.eta(now);
  // A rate that nothing goes on with only sinks.
  const still = frame.watch !== undefined && progress.running.size === 0;
  const facts = [
    frame.watch === undefined ? "" : watchFacts(progress, frame.watch),
    still ? "" : rateText(progress.rate(now)),
    Number.isFinite(trials) && Number.isFinite(eta) && eta > 0 && !still ? `ETA ${formatDuration(eta)}` : "",
    frame.watch === undefined ? `${formatDuration(now - progress.options.startedAt)} so far` : "",
  ].filter(Boolean);
  const title = clip(frame.name, 24);
  if (Number.isFinite(trials) && width >= 60) {
    const share = trials === 0 ? 1 : progress.finished / trials;
    const long = frame.watch === undefined || width >= 90 ? 20 : 12;
    const meter = padEnd(bar(share, long), long);
    const rest = clip(`  ${progress.finished}/${trials}  ${facts.join("  ")}`, width - widthOf(title) - long - 2);
    lines.push(`${style.bold(title)}  ${style.green(meter)}${rest}`);
  } else
    lines.push(
      `${style.bold(title)}${clip(`  ${progress.finished}${Number.isFinite(trials) ? `/${trials}` : ""} trials  ${facts.join("  ")}`, width - widthOf(title))}`,
    );

  for (const [name, { unit }] of objectives) {
    const best = progress.best.get(name);
    const value =
      best === undefined ? "" : `${name} ${formatNumber(best.value)}${unit === undefined ? "" : ` ${unit}`}`;
    if (best === undefined) row("best", names[0] === name ? "none yet" : `${name}: none yet`);
    else {
      const rest = clip(
        `  trial ${best.trial.number}  ${formatParams(best.trial.params ?? {})}`,
        Math.max(0, width - LABEL - widthOf(value)),
      );
      lines.push(`${style.dim(padEnd("best", LABEL))}${style.green(style.bold(clip(value, width - LABEL)))}${rest}`);
    }
  }
  const direction = objectives[0]?.[1].direction ?? "minimize";
  const curve = sparkline(progress.values, Math.min(60, width - LABEL), direction);
  if (progress.values.length > 1) row(clip(names[0] ?? "", LABEL - 1), curve);

  const failures = progress.failures.map(trial => `trial ${trial.number}: ${failureLine(trial)}`);
  // What does not fit on the screen cannot be erased again, so running trials give way first.
  const space = Math.max(1, frame.rows - lines.length - failures.length - 3);
  const running = [...progress.running.values()].sort((a, b) => a.number - b.number);
  const several = new Set(frame.watch?.owners.values()).size > 1;
  for (const [i, trial] of running.slice(0, space).entries()) {
    const report =
      trial.last === null ? "" : `step ${trial.last.step} ${formatMetrics(trial.last.metrics, names, false)}`;
    const age = trial.startedAt === null ? "" : formatDuration(now - trial.startedAt);
    const text = [
      padEnd(String(trial.number), 4),
      padEnd(age, 7),
      several ? (frame.watch?.owners.get(trial.number) ?? "").slice(0, 4).padEnd(4) : "",
      report,
      trial.params === null ? "choosing parameters" : formatParams(trial.params),
    ];
    row(i === 0 ? "running" : "", text.filter(Boolean).join("  "));
  }
  if (running.length > space) row("", `and ${running.length - space} more`);
  for (const [i, text] of failures.entries())
    lines.push(`${style.dim(padEnd(i === 0 ? "failed" : "", LABEL))}${style.red(clip(text, width - LABEL))}`);
  if (frame.watch !== undefined) lines.push(watchHint(frame.watch, width, style));
  else
    lines.push(
      frame.stopping
        ? style.yellow(clip("Stopping: running trials go back to waiting. Ctrl-C again stops at once.", width))
        : style.dim(clip("Ctrl-C stops; what is finished is kept.", width)),
    );
  return lines;
};
