/** Sentences that several plots share. */
import { count, formatNumber } from "./format.ts";
import type { ParameterAxis } from "./parameters.ts";
import type { Data, Objective, Row } from "./source.ts";

/** "loss (ms), lower is better" */
export const objectiveLabel = ({ name, unit, direction }: Objective): string =>
  `${name}${unit === undefined ? "" : ` (${unit})`}, ${direction === "maximize" ? "higher" : "lower"} is better`;

export const axisLabel = ({ name, unit, scale }: ParameterAxis): string =>
  `${name}${unit === undefined ? "" : ` (${unit})`}${scale === "linear" ? "" : ` [${scale}]`}`;

/** A parameter's value as the reader knows it. */
export const valueText = (axis: ParameterAxis, value: number): string =>
  Number.isNaN(value) ? "not there" : axis.kind === "category" ? (axis.categories[value] ?? "?") : formatNumber(value);

/** What a mark says when the pointer rests on it. */
export function trialTitle(data: Data, row: Row, axes: readonly ParameterAxis[] = []): string {
  const parts = data.objectives.map(({ name }, k) => `${name}: ${formatNumber(row.values[k]!, 6)}`);
  const state = row.state === "complete" ? "" : `, ${row.state}`;
  const broken = data.constrained && !row.feasible && row.state === "complete" ? ", breaks a constraint" : "";
  return [
    `trial ${row.number}${state}${broken}`,
    ...parts,
    ...axes.map(axis => `${axis.name}: ${valueText(axis, axis.read(row.params))}`),
  ].join("\n");
}

/** Why there is nothing to show, or undefined when there is. */
export function whyEmpty(data: Data, shown: number, objective: string): string | undefined {
  if (shown > 0) return undefined;
  const { rows } = data;
  if (rows.length === 0) return "No trials yet.";
  const failed = rows.filter(row => row.state === "failed").length;
  if (failed === rows.length) return `All of ${count(failed, "trial")} failed: there is nothing to show.`;
  const complete = rows.filter(row => row.state === "complete").length;
  if (complete === 0) return `No trial is complete yet, of ${count(rows.length, "trial")}.`;
  return `No trial has a finite value of ${objective}, of ${count(rows.length, "trial")}.`;
}

/** "12 failed, 3 pruned not shown" */
export const leftOut = (parts: readonly (readonly [number, string])[]): string =>
  parts
    .filter(([n]) => n > 0)
    .map(([n, what]) => `${n.toLocaleString("en-US")} ${what}`)
    .join(", ");
