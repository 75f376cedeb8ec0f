/** Trials as rows: number, state, metrics, time, then a column a parameter while the screen has room, else all parameters in one. */
import type { Params, StudySpec, TrialRecord } from "../../core/types.ts";
import { flatten, formatDuration, formatNumber, formatParams, formatValue } from "./format.ts";
import { failureLine } from "./progress.ts";
import { oneLine, widthOf } from "./style.ts";
import type { Style } from "./style.ts";
import { renderTable } from "./table.ts";
import type { Column } from "./table.ts";

/** How a state is painted everywhere. */
export const statePaint = (state: string, style: Style): ((text: string) => string) =>
  state === "complete" ? style.green : state === "failed" ? style.red : state === "pruned" ? style.dim : style.yellow;

/** Columns that the reader named. */
export const pickedTable = (
  columns: readonly { readonly title: string; readonly valueOf: (trial: TrialRecord) => unknown }[],
  trials: readonly TrialRecord[],
  width: number,
  style: Style,
): string[] => {
  const rows = trials.map(trial => columns.map(({ valueOf }) => valueOf(trial)));
  const text = (value: unknown): string => (value === undefined || value === null ? "-" : formatValue(value));
  return renderTable(
    columns.map(({ title }, i): Column => ({
      title,
      align: rows.every(row => typeof (row[i] ?? 0) === "number") ? "right" : "left",
      ...(title === "state" && { paint: cell => statePaint(cell.trim(), style) }),
    })),
    rows.map(row => row.map(text)),
    { width, style },
  );
};

export const trialTable = (spec: StudySpec, trials: readonly TrialRecord[], width: number, style: Style): string[] => {
  const objectives = Object.keys(spec.objectives);
  const metricsOf = (trial: TrialRecord): Readonly<Record<string, number>> =>
    trial.metrics ?? (trial.state === "failed" ? {} : (trial.last?.metrics ?? {}));
  const metrics = [
    ...new Set([
      ...objectives,
      ...Object.keys(spec.constraints),
      ...trials.flatMap(trial => Object.keys(metricsOf(trial))),
    ]),
  ];
  // A guess that waits shows what it fixes.
  const paramsOf = (trial: TrialRecord): Params => trial.params ?? trial.fixed ?? {};
  const flat = trials.map(trial => new Map(flatten(paramsOf(trial))));
  const params = [...new Set(flat.flatMap(map => [...map.keys()]))];
  const failures = trials.some(trial => trial.state === "failed");
  const time = (trial: TrialRecord): string =>
    trial.startedAt !== null && trial.finishedAt !== null ? formatDuration(trial.finishedAt - trial.startedAt) : "";
  const value = (x: number | undefined): string => (x === undefined ? "-" : formatNumber(x));

  const head: Column[] = [
    { title: "trial", align: "right", least: 5 },
    { title: "state", least: 8, paint: cell => statePaint(cell.trim(), style) },
    ...metrics.map((title): Column => ({ title, align: "right", least: 6 })),
    { title: "time", align: "right", least: 7 },
  ];
  const cells = trials.map(trial => [
    String(trial.number),
    trial.state,
    ...metrics.map(name => value(metricsOf(trial)[name])),
    time(trial),
  ]);
  const wide = params.map(title =>
    Math.max(widthOf(title), ...flat.map(map => (map.has(title) ? widthOf(formatValue(map.get(title))) : 1))),
  );
  const used = head.map((column, i) => Math.max(widthOf(column.title), ...cells.map(row => widthOf(row[i] ?? ""))));
  const total = [...used, ...wide].reduce((sum, w) => sum + w + 2, -2);
  const each = total <= width;
  const paramColumns: Column[] = each
    ? params.map((title, i): Column => ({
        title,
        align: flat.every(map => typeof (map.get(title) ?? 0) === "number") ? "right" : "left",
        least: wide[i] ?? 4,
      }))
    : [{ title: "parameters", least: 10 }];
  const errorColumn: Column[] = failures ? [{ title: "error", least: 10, paint: () => style.red }] : [];
  const rows = trials.map((trial, i) => [
    ...(cells[i] ?? []),
    ...(each
      ? params.map(name => (flat[i]?.has(name) ? formatValue(flat[i].get(name)) : "-"))
      : [formatParams(paramsOf(trial))]),
    ...(failures ? [trial.state === "failed" ? oneLine(failureLine(trial)) : ""] : []),
  ]);
  return renderTable([...head, ...paramColumns, ...errorColumn], rows, { width, style });
};
