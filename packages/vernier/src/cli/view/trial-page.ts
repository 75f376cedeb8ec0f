/** Everything about one trial. */
import type { Report, StudySpec, TrialRecord } from "../../core/types.ts";
import type { Params } from "../../space/types.ts";
import { wrap } from "../help.ts";
import { count, flatten, formatBytes, formatDuration, formatNumber, formatValue } from "./format.ts";
import { sparkline } from "./sparkline.ts";
import { oneLine } from "./style.ts";
import type { Style } from "./style.ts";
import { renderTable } from "./table.ts";
import { statePaint } from "./trial-table.ts";

export interface TrialDetails {
  readonly reports: readonly Report[];
  readonly logs: readonly { readonly at: number; readonly attempt: number; readonly text: string }[];
  readonly defaults: Params | null;
}

export const trialPage = (
  spec: StudySpec,
  trial: TrialRecord,
  details: TrialDetails,
  columns: number,
  style: Style,
): string[] => {
  const width = Math.min(columns, 80);
  const lines = [
    `${style.bold(`trial ${trial.number}`)} of ${spec.name}  ${statePaint(trial.state, style)(trial.state)}`,
  ];
  const section = (title: string, body: readonly string[]): void => {
    if (body.length > 0) lines.push("", style.bold(title), ...body);
  };
  const metrics = Object.entries(trial.metrics ?? {});
  section(
    "Metrics",
    renderTable(
      [{ title: "" }, { title: "", align: "right", paint: () => style.green }, { title: "" }],
      metrics.map(([name, value]) => [
        name,
        formatNumber(value),
        spec.objectives[name]?.direction ?? bound(spec, name),
      ]),
      { width, style, indent: 2 },
    ).slice(1),
  );
  const defaults = new Map(details.defaults === null ? [] : flatten(details.defaults));
  const params = flatten(trial.params ?? {});
  section(
    "Parameters",
    params.length === 0
      ? []
      : renderTable(
          [
            { title: "" },
            { title: "value", align: "right" as const, least: 8 },
            ...(defaults.size > 0 ? [{ title: "default", align: "right" as const, least: 7 }] : []),
          ],
          params.map(([name, value]) => [
            name,
            formatValue(value),
            defaults.has(name) ? formatValue(defaults.get(name)) : "-",
          ]),
          { width, style, indent: 2 },
        ),
  );
  const facts: string[] = [];
  if (trial.startedAt !== null) {
    const took = trial.finishedAt === null ? "" : `, took ${formatDuration(trial.finishedAt - trial.startedAt)}`;
    facts.push(`started ${new Date(trial.startedAt).toISOString()}${took}`);
  }
  if (trial.attempt > 1) facts.push(`attempt ${trial.attempt}, ${count(trial.failures, "failed attempt")}`);
  if (trial.sampler !== null) facts.push(`suggested by ${trial.sampler}${trial.why === null ? "" : `: ${trial.why}`}`);
  if (trial.parent !== null) facts.push(`child of trial ${trial.parent.number}`);
  if (!trial.ranked) facts.push("its values came after it was told to stop: recorded, not ranked");
  if (trial.tags.length > 0) facts.push(`tags ${trial.tags.join(", ")}`);
  if (trial.note !== null) facts.push(`note: ${trial.note}`);
  section(
    "Facts",
    facts.flatMap(fact => wrap(oneLine(fact), width - 2).map(line => `  ${line}`)),
  );
  section("Reports", reportLines(spec, details.reports));
  section(
    "Artifacts",
    renderTable(
      [{ title: "" }, { title: "", align: "right" }, { title: "" }],
      trial.artifacts.map(({ name, size, type }) => [name, formatBytes(size), type ?? ""]),
      { width, style, indent: 2 },
    ).slice(1),
  );
  section(
    "Log",
    details.logs.map(({ text }) => `  ${oneLine(text)}`),
  );
  if (trial.error !== null) {
    const tail = (trial.error.tail ?? "").trimEnd();
    section("Error", [
      ...wrap(oneLine(trial.error.message), width - 2).map(line => style.red(`  ${line}`)),
      ...(tail === ""
        ? []
        : tail
            .split("\n")
            .slice(-20)
            .map(line => style.dim(`  | ${oneLine(line)}`))),
    ]);
  }
  return lines;
};

const bound = (spec: StudySpec, name: string): string => {
  const { min, max } = spec.constraints[name] ?? {};
  return [
    min === undefined ? "" : `at least ${formatNumber(min)}`,
    max === undefined ? "" : `at most ${formatNumber(max)}`,
  ]
    .filter(Boolean)
    .join(", ");
};

/** One curve a metric. */
const reportLines = (spec: StudySpec, reports: readonly Report[]): string[] => {
  const names = [...new Set(reports.flatMap(report => Object.keys(report.metrics)))];
  const pad = Math.max(0, ...names.map(name => name.length));
  return names.map(name => {
    const values = reports.map(report => report.metrics[name]).filter(value => value !== undefined);
    const curve = sparkline(values, 30, spec.objectives[name]?.direction ?? "minimize");
    return `  ${name.padEnd(pad)}  ${curve}  ${formatNumber(values[0] ?? NaN)} to ${formatNumber(values.at(-1) ?? NaN)} in ${count(values.length, "report")}`;
  });
};
