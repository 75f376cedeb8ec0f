/** What the page says of a trial. */
import { formatDuration } from "../../format.ts";
import { cellText } from "../cells.ts";
import { STATE_NAMES, type ReportData } from "../data.ts";
import type { Column } from "../view-state.ts";

export function titleOf(data: ReportData, i: number, columns: readonly Column[]): string {
  const state = STATE_NAMES[data.states[i] ?? ""] ?? "";
  const broken = state === "complete" && (Number(data.flags[i]) & 1) === 0 ? ", breaks a constraint" : "";
  const named = columns.filter(column => column.name !== "trial");
  return [
    `trial ${data.numbers[i]}${state === "complete" ? "" : `, ${state}`}${broken}`,
    ...named.map(column => `${column.name}: ${cellText(column, column.cells[i])}`),
  ].join("\n");
}

/** Every fact of a trial as pairs. */
export function factsOf(data: ReportData, i: number): [name: string, text: string][] {
  const took = data.took[i];
  const number = { kind: "number", categories: [] } as const;
  return [
    ["state", STATE_NAMES[data.states[i] ?? ""] ?? ""],
    ...data.metrics.flatMap(({ name, cells }): [string, string][] =>
      cells[i] === null ? [] : [[name, cellText(number, cells[i])]],
    ),
    ...(took == null ? [] : [["took", formatDuration(took)] as [string, string]]),
    ...data.parameters.flatMap((parameter): [string, string][] =>
      parameter.cells[i] === null ? [] : [[parameter.name, cellText(parameter, parameter.cells[i])]],
    ),
    ...(data.errors[i] === undefined ? [] : [["error", data.errors[i]] as [string, string]]),
  ];
}
