/** Parameters as axes: every configuration, however nested, read as numbers and categories under flat names. */
import { VernierError } from "../core/errors.ts";
import { curve } from "../space/scale.ts";
import { didYouMean, spell } from "../space/spell.ts";
import { isNode } from "../space/names.ts";
import type { Node, Params, Scale, Shape } from "../space/types.ts";
import { formatNumber } from "./format.ts";
import { historyOf, type Data, type Row } from "./source.ts";
import { importance } from "../insight/importance.ts";

/** One parameter as an axis. */
export interface ParameterAxis {
  /** "model.layers", "optimizer.kind", "optimizer.sgd.momentum", "mixture[web]". */
  readonly name: string;
  /** The parameter it belongs to, as importance names it: "mixture" for "mixture[web]". */
  readonly param: string;
  /** Where the value stands in a configuration: ["optimizer", "momentum"]. */
  readonly path: readonly string[];
  readonly kind: "number" | "category";
  readonly scale: Scale;
  /** Ends of the declared range, widened to the values there are. */
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
  /** Texts of the categories, in declared order; [] for numbers. */
  readonly categories: readonly string[];
  readonly unit: string | undefined;
  /** A number, a category's position, or NaN where the trial has none. */
  read(params: object | null): number;
  /** The value as a reader sees it, be it among the categories or not; undefined where there is none. */
  text(params: object | null): string | undefined;
  /** Position from 0 to 1 on the axis. */
  at(value: number): number;
}

/** More categories than this share one: "(other)". Those that nobody declared are many and long sooner. */
const MOST = { declared: 24, found: 10 } as const;

type Get = (params: object) => unknown;
interface Leaf {
  readonly name: string;
  readonly param: string;
  readonly path: readonly string[];
  readonly get: Get;
  readonly node: Node | undefined;
}

/** Every axis of the space in declared order, then of values that no declaration knows (define-by-run). */
export function parameterAxes(data: Data): ParameterAxis[] {
  const { source, rows } = data;
  const shape = source.history?.codec.space.shape ?? source.spec.space.shape;
  const leaves: Leaf[] = [];
  walk(shape, { name: "", path: [] }, params => params, leaves);
  const dynamic = source.spec.space.dynamic === true;
  if (leaves.length === 0 || dynamic) found(rows, new Set(leaves.map(leaf => leaf.name)), leaves);
  return leaves.map(leaf => axisOf(leaf, rows));
}

const own = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Params)[name] : undefined;

/** Where the walk stands: the name counts branches, the path only what values hold. */
interface Place {
  readonly name: string;
  readonly path: readonly string[];
}
const below = (place: Place, name: string): Place => ({
  name: place.name === "" ? name : `${place.name}.${name}`,
  path: [...place.path, name],
});

function walk(shape: Shape, place: Place, base: Get, out: Leaf[]): void {
  for (const [name, member] of Object.entries(shape)) {
    const get: Get = params => own(base(params), name);
    if (!isNode(member)) walk(member, below(place, name), get, out);
    else leaf(member, below(place, name), get, out);
  }
}

function leaf(node: Node, place: Place, get: Get, out: Leaf[]): void {
  const { name: param, path } = place;
  switch (node.type) {
    case "fixed":
      return;
    case "optional":
      return leaf(node.p, place, get, out);
    case "simplex":
      for (const part of node.parts) {
        const share: Get = params => own(get(params), part);
        out.push({
          name: `${param}[${part}]`,
          param,
          path: [...path, part],
          get: share,
          node: { type: "float", low: 0, high: 1 },
        });
      }
      return;
    case "oneOf": {
      const tag = node.tag ?? "kind";
      const branches = Object.entries(node.branches);
      const choices = branches.map(([name]) => name);
      const kind: Get = params => own(get(params), tag);
      if (choices.length > 1)
        out.push({
          name: `${param}.${tag}`,
          param,
          path: [...path, tag],
          get: kind,
          node: { type: "choice", choices },
        });
      for (const [name, shape] of branches) {
        const inside: Get = params => (choices.length === 1 || kind(params) === name ? get(params) : undefined);
        walk(shape, { name: `${param}.${name}`, path }, inside, out);
      }
      return;
    }
    default:
      out.push({ name: param, param, path, get, node });
  }
}

/** Names that only the trials know. */
function found(rows: readonly Row[], known: ReadonlySet<string>, out: Leaf[]): void {
  const seen = new Set(known);
  const look = (value: object, place: Place, base: Get): void => {
    for (const [key, inner] of Object.entries(value)) {
      const { name, path } = below(place, key);
      const get: Get = params => own(base(params), key);
      if (typeof inner === "object" && inner !== null && !Array.isArray(inner))
        look(inner as object, { name, path }, get);
      else if (!seen.has(name)) {
        seen.add(name);
        out.push({ name, param: name, path, get, node: undefined });
      }
    }
  };
  for (const { params } of rows) if (params !== null) look(params, { name: "", path: [] }, all => all);
}

function axisOf({ name, param, path, get, node }: Leaf, rows: readonly Row[]): ParameterAxis {
  const unit = node !== undefined && "unit" in node ? node.unit : undefined;
  const text = (params: object | null): string | undefined => {
    const value = params === null ? undefined : get(params);
    return value === undefined
      ? undefined
      : typeof value === "number"
        ? formatNumber(value, 6)
        : shortened(categoryText(value));
  };
  const values = rows.flatMap(({ params }) => {
    const value = params === null ? undefined : get(params);
    return value === undefined ? [] : [value];
  });
  const isNumber = node === undefined ? values.length > 0 && values.every(v => typeof v === "number") : false;
  if (node?.type === "float" || node?.type === "int" || isNumber) {
    const numbers = (values as number[]).filter(Number.isFinite);
    const declared = node?.type === "float" || node?.type === "int" ? node : undefined;
    const low = numbers.reduce((a, b) => Math.min(a, b), declared?.low ?? Infinity);
    const high = numbers.reduce((a, b) => Math.max(a, b), declared?.high ?? -Infinity);
    const [a, b] = low <= high ? [low, high] : [0, 1];
    const scale = declared?.scale ?? "linear";
    const usable = fits(scale, a, b) ? scale : "linear";
    const { to } = curve(usable, a, b);
    const ends = [to(a), to(b)] as const;
    return {
      ...{ name, param, path, text, kind: "number", scale: usable, low: a, high: b, categories: [], unit },
      whole: node === undefined ? numbers.every(Number.isInteger) : node.type === "int",
      read: params => {
        const value = params === null ? undefined : get(params);
        return typeof value === "number" && Number.isFinite(value) ? value : NaN;
      },
      at: value => (ends[0] === ends[1] ? 0.5 : (to(value) - ends[0]) / (ends[1] - ends[0])),
    };
  }
  const declared =
    node?.type === "choice" || node?.type === "ordinal"
      ? [...node.choices, ...("retired" in node && node.retired ? node.retired : [])]
      : undefined;
  const texts = categoriesOf(declared, values);
  const codes = new Map(texts.map((text, i) => [text, i]));
  const categories = texts.map(shortened);
  const other = codes.get(OTHER);
  return {
    ...{ name, param, path, text, kind: "category", scale: "linear", low: 0, high: Math.max(0, categories.length - 1) },
    ...{ categories, unit, whole: true },
    read: params => {
      const value = params === null ? undefined : get(params);
      return value === undefined ? NaN : (codes.get(categoryText(value)) ?? other ?? NaN);
    },
    at: value => (categories.length < 2 ? 0.5 : value / (categories.length - 1)),
  };
}

/** The scale's formula needs values inside its domain; foreign data may lie outside. */
const fits = (scale: Scale, low: number, high: number): boolean =>
  scale === "log" ? low > 0 : scale === "logit" ? low > 0 && high < 1 : scale === "linear" || low > 0;

const OTHER = "(other)";

/** Prompts and other long texts are categories, too: their beginning is enough to tell them. */
const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 199)}…` : text);

/** A category's text: strings bare, lists of scalars with commas, the rest as JSON. */
export function categoryText(value: unknown): string {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || value.some(item => typeof item === "object"))
    return JSON.stringify(value) ?? String(value);
  return value.length === 0 ? "(none)" : value.join(", ");
}

function categoriesOf(declared: readonly unknown[] | undefined, values: readonly unknown[]): string[] {
  const counts = new Map<string, number>((declared ?? []).map(value => [categoryText(value), 0]));
  for (const value of values) {
    const text = categoryText(value);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const most = declared === undefined ? MOST.found : MOST.declared;
  if (counts.size <= most) return [...counts.keys()];
  const kept = [...counts].sort((a, b) => b[1] - a[1]).slice(0, most - 1);
  const names = new Set(kept.map(([text]) => text));
  return [...[...counts.keys()].filter(text => names.has(text)), OTHER];
}

/** The axes named, or all, the most important for the objective first. @throws E_PLOT_PARAMETER */
export function chosenAxes(data: Data, k: number, names: readonly string[] | undefined): ParameterAxis[] {
  const axes = parameterAxes(data);
  if (names !== undefined) {
    return names.map(name => {
      const axis = axes.find(each => each.name === name);
      if (axis !== undefined) return axis;
      const known = axes.map(each => each.name);
      throw new VernierError(
        "E_PLOT_PARAMETER",
        `the study has no parameter ${spell(name)}. It has ${known.slice(0, 12).join(", ") || "none"}.${didYouMean(name, known) || " Use one of them."}`,
      );
    });
  }
  const shares = sharesOf(data, k);
  return axes
    .map((axis, i) => ({ axis, i, share: shares.get(axis.param) ?? 0 }))
    .sort((a, b) => b.share - a.share || a.i - b.i)
    .map(({ axis }) => axis);
}

/** Importance by parameter; empty where a history cannot be made of the data. */
export function sharesOf(data: Data, k: number): ReadonlyMap<string, number> {
  const objective = data.objectives[k]?.name;
  if (objective === undefined || data.rows.length === 0) return new Map();
  const { parameters } = importance(historyOf(data.source), { objective });
  return new Map(parameters.map(({ name, share }) => [name, share]));
}
