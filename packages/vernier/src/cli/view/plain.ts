/** One line a finished trial, for files, pipes and CI. */
import type { TrialRecord } from "../../core/types.ts";
import { formatDuration, formatNumber, formatParams } from "./format.ts";
import { failureLine } from "./progress.ts";
import type { Progress } from "./progress.ts";
import { clip, padEnd, padStart } from "./style.ts";

/** Objectives first, then the other metrics, as `loss=0.03 accuracy=0.98`. */
export const formatMetrics = (
  metrics: Readonly<Record<string, number>>,
  objectives: readonly string[],
  others = true,
): string => {
  const names = [
    ...objectives.filter(name => name in metrics),
    ...Object.keys(metrics).filter(name => others && !objectives.includes(name)),
  ];
  return names.map(name => `${name}=${formatNumber(metrics[name] ?? NaN)}`).join(" ");
};

export const plainTrial = (trial: TrialRecord, progress: Progress): string => {
  const objectives = Object.keys(progress.options.objectives);
  const total = progress.options.trials;
  const place = Number.isFinite(total)
    ? `[${padStart(String(progress.finished), String(total).length)}/${total}]`
    : `[${progress.finished}]`;
  const result =
    trial.state === "failed"
      ? clip(failureLine(trial), 120)
      : [
          formatMetrics(trial.metrics ?? trial.last?.metrics ?? {}, objectives, false),
          trial.state === "pruned" && trial.last !== null ? `at step ${trial.last.step}` : "",
          trial.state === "complete" && progress.isBest(trial) ? "(best so far)" : "",
        ]
          .filter(Boolean)
          .join(" ");
  const time =
    trial.startedAt !== null && trial.finishedAt !== null ? formatDuration(trial.finishedAt - trial.startedAt) : "";
  const params = trial.params === null ? "" : formatParams(trial.params);
  return [`${place} trial ${padEnd(String(trial.number), 3)} ${padEnd(trial.state, 8)}`, result, time, params]
    .filter(Boolean)
    .join("  ");
};
