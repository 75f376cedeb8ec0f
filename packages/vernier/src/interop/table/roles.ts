/** What each column of a table is: a metric, a parameter, something known of a trial, or an attribute. */
import type { SpaceJson } from "../../space/types.ts";
import { spell } from "../../space/spell.ts";
import { importError } from "../errors.ts";
import { METRICS, PARAMS } from "./columns.ts";
import { pathsOf } from "./convert.ts";
import { missingColumn } from "./infer.ts";
import type { Table } from "./table.ts";

export type Special =
  "number" | "state" | "queued" | "started" | "finished" | "sampler" | "error" | "tags" | "note" | "attrs";

/** Names of our tables, and those of data frames of Optuna. "seconds" follows from the times. */
const SPECIAL: Readonly<Record<string, Special | "unread">> = {
  number: "number",
  trial: "number",
  id: "number",
  state: "state",
  queued: "queued",
  started: "started",
  datetime_start: "started",
  finished: "finished",
  datetime_complete: "finished",
  seconds: "unread",
  duration: "unread",
  sampler: "sampler",
  error: "error",
  tags: "tags",
  note: "note",
  attrs: "attrs",
};

export interface Roles {
  readonly metrics: readonly { readonly at: number; readonly name: string }[];
  readonly params: readonly { readonly at: number; readonly path: string }[];
  readonly special: ReadonlyMap<Special, number>;
  readonly attrs: readonly { readonly at: number; readonly name: string }[];
  readonly notes: readonly string[];
}

export interface RoleOptions {
  /** Objectives and constraints. */
  readonly metrics: readonly string[];
  readonly space: SpaceJson | undefined;
  readonly ignore: readonly string[];
}

/** @throws VernierError E_IMPORT_COLUMN: two columns of one name, a metric or an ignored column that is not there. */
export function rolesOf(table: Table, { metrics, space, ignore }: RoleOptions): Roles {
  const paths = space && !space.dynamic ? pathsOf(space.shape) : undefined;
  const roles = {
    metrics: [] as { at: number; name: string }[],
    params: [] as { at: number; path: string }[],
    special: new Map<Special, number>(),
    attrs: [] as { at: number; name: string }[],
    notes: [] as string[],
  };
  const seen = new Map<string, number>();
  table.names.forEach((name, at) => {
    const before = seen.get(name);
    if (before !== undefined && name !== "") {
      throw importError(
        "E_IMPORT_COLUMN",
        table.head,
        `columns ${before + 1} and ${at + 1} are both called ${spell(name)}. A column has a name of its own. Rename one.`,
      );
    }
    seen.set(name, at);
    if (ignore.includes(name)) return;
    if (name === "") {
      roles.notes.push(`column ${at + 1} has no name and is left out`);
      return;
    }
    const metric = name.startsWith(METRICS) ? name.slice(METRICS.length) : metrics.includes(name) ? name : undefined;
    if (metric !== undefined) return void roles.metrics.push({ at, name: metric });
    const param = name.startsWith(PARAMS)
      ? name.slice(PARAMS.length)
      : name.startsWith("params_")
        ? name.slice(7)
        : undefined;
    if (param !== undefined && (paths === undefined || paths.has(param)))
      return void roles.params.push({ at, path: param });
    if (paths?.has(name)) return void roles.params.push({ at, path: name });
    const special = Object.hasOwn(SPECIAL, name) ? SPECIAL[name] : undefined;
    if (special === "unread") return;
    if (special !== undefined && !roles.special.has(special)) return void roles.special.set(special, at);
    if (space === undefined) return void roles.params.push({ at, path: name });
    roles.attrs.push({ at, name });
  });
  for (const name of metrics) {
    if (!roles.metrics.some(metric => metric.name === name)) throw missingColumn(table, "the metric", name);
  }
  for (const name of ignore) if (!table.names.includes(name)) throw missingColumn(table, "the ignored", name);
  if (roles.attrs.length > 0) {
    const names = roles.attrs.map(({ name }) => name);
    roles.notes.push(
      `not in the space, kept as attributes: ${names.slice(0, 8).join(", ")}${names.length > 8 ? ` and ${names.length - 8} more` : ""}`,
    );
  }
  return roles;
}
