/**
 * A space made ready is a tree of parts, one per parameter, group, branch and list position. Each part owns fixed columns of
 * the encoded form and knows how to go between them and values. Nothing is looked up by name while sampling.
 */
import type { Rng } from "../math/rng.ts";
import type { Condition } from "./analysis.ts";
import type { Column, Issue, OptionalNode, TextNode } from "./types.ts";
import type { OptionalPart } from "./part-record.ts";
import type { Vocabulary } from "./part-text.ts";

export type Place = readonly (string | number)[];

/** Where a part sits. */
export interface Site {
  /** Path in the values, for messages: "optimizer.momentum". */
  readonly path: string;
  /** Path in the space, for columns: "optimizer.sgd.momentum". */
  readonly column: string;
  readonly place: Place;
  readonly group: string;
}

/** What `check` accepts besides whole configurations. */
export interface CheckMode {
  /** Missing names are fine (a queued trial that fixes only some parameters). */
  readonly partial: boolean;
  /** Unknown names are fine, and conditions are not asked (define-by-run). */
  readonly open: boolean;
  /** Issues that may only follow from others: told where there are no others. */
  readonly doubtful: Issue[];
}

/** How `merge` joins two configurations. */
export interface MergeMode {
  /** Takes what is neither given nor in the base from any default, or only from a declared one. */
  readonly fill: "any default" | "declared default";
  /** Given values that have no place (inactive, unknown): kept, for `check` to refuse, or dropped. */
  readonly inactive: "keep" | "drop";
}

export interface Part {
  /** Reads a value and writes its active columns; `out` holds NaN beforehand. Values outside are clipped or left NaN. */
  encode(value: unknown, out: Float64Array, o: number): void;
  /** The value, or undefined for an inactive optional. NaN columns give the default. */
  decode(x: ArrayLike<number>, o: number): unknown;
  /** Uniforms to encoded columns through the priors, active or not. `u` starts at 0, `out` at `o`. */
  cube(u: ArrayLike<number>, out: Float64Array, o: number): void;
  check(value: unknown, issues: Issue[], mode: CheckMode): void;
  /** `given` where it says something, else `base`, else the default. */
  merge(given: unknown, base: unknown, mode: MergeMode): unknown;
  /** Canonical text of a value. */
  key(value: unknown): string;
  /** Number of values; a pinned leaf counts once. */
  size(pinned?: Pinned): number;
}

/** A part with columns of its own: what is enumerated and varied. */
export interface Leaf extends Part {
  readonly at: number;
  readonly width: number;
  readonly site: Site;
  /** Number of own values: of a `oneOf` its branches, of a `list` its lengths. Infinity when continuous or open. */
  readonly count: number;
  /** Writes the columns of own value i. */
  option(i: number, x: Float64Array): void;
  /** Other values one step away; `undefined` list items and missing branch names are to be filled. */
  alternatives(value: unknown, rng: Rng): unknown[];
}

/** Leaves whose value is settled, for counting. */
export interface Pinned {
  readonly leaves: ReadonlySet<Part>;
  readonly x: Float64Array;
}

/** What the parts of one codec share while they are built and used. */
export class Plan {
  readonly columns: Column[] = [];
  readonly leaves: Leaf[] = [];
  readonly optionals: OptionalPart[] = [];
  /** Optionals whose condition reads something decoded after them: settled in a second pass. */
  readonly late: OptionalPart[] = [];
  readonly conditions: ReadonlyMap<OptionalNode, Condition>;
  readonly vocabularies = new Map<TextNode, Vocabulary>();
  readonly textPaths = new Map<string, Vocabulary>();
  /** Number of the current decode or merge: tells which records belong to it. */
  epoch = 0;
  /** Grows with the vocabularies. */
  version = 0;

  constructor(conditions: ReadonlyMap<OptionalNode, Condition>) {
    this.conditions = conditions;
  }

  /** Adds a column and returns its index. */
  column(column: Omit<Column, "index">): number {
    const index = this.columns.length;
    // Descriptors are kept, not values: the levels of a text column are a getter.
    this.columns.push(Object.defineProperty(column, "index", { value: index, enumerable: true }) as Column);
    return index;
  }
}

const same = (u: number): number => u;
const point = (u: number): readonly [number, number] => [u, u];

/** A continuous column on [0,1]. */
export function continuousColumn(site: Site, name: string, kernel: Column["kernel"]): Omit<Column, "index"> {
  const { column: param, group } = site;
  return { name, param, kind: "numeric", kernel, levels: 0, group, cell: point, snap: same };
}

/** The nearest of the codes 0..levels-1. */
export function code(x: number, levels: number): number {
  const c = Math.round(x);
  return c <= 0 ? 0 : c >= levels ? levels - 1 : c;
}

/** A column of codes without order. */
export function categoryColumn(
  site: Site,
  name: string,
  kernel: Column["kernel"],
  levels: number,
  weights?: readonly number[],
): Omit<Column, "index"> {
  const { column: param, group } = site;
  return {
    name,
    param,
    kind: "category",
    kernel,
    levels,
    group,
    ...(weights && { prior: { weights } }),
    cell: point,
    snap: u => code(u, levels),
  };
}

/** A column of `levels` equal cells. */
export function cellColumn(site: Site, name: string, kernel: Column["kernel"], levels: number): Omit<Column, "index"> {
  const { column: param, group } = site;
  return {
    name,
    param,
    kind: "numeric",
    kernel,
    levels,
    group,
    cell: u => {
      const k = cellOf(u, levels);
      return [k / levels, (k + 1) / levels];
    },
    snap: u => centre(cellOf(u, levels), levels),
  };
}

/** Index of the cell that holds u; 0 for NaN. */
export function cellOf(u: number, levels: number): number {
  const k = Math.floor(u * levels);
  return k >= levels ? levels - 1 : k > 0 ? k : 0;
}

/** Middle of cell k. */
export function centre(k: number, levels: number): number {
  return (k + 0.5) / levels;
}

/** An own property, or undefined: a parameter may be called "toString". */
export function own(record: unknown, name: string): unknown {
  if (typeof record !== "object" || record === null) return undefined;
  const value = (record as Record<string, unknown>)[name];
  // What a plain object inherits are functions, and its prototype; asking every time would cost more than the reading.
  const doubtful = typeof value === "function" || name === "__proto__";
  return doubtful && !Object.hasOwn(record, name) ? undefined : value;
}

/** Is one of several columns of a part NaN? */
export function anyMissing(x: ArrayLike<number>, start: number, width: number): boolean {
  for (let i = start; i < start + width; i++) if (Number.isNaN(x[i])) return true;
  return false;
}

export const inside = (group: string, label: string): string => (group === "" ? label : `${group}/${label}`);
