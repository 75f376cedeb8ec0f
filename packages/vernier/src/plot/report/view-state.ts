/** What the report shows: which trials are selected, by brushes and a filter. Without a page, so that it can be tested. */
import { bandAxis, numberAxis, valueAxis, valueRange, type Axis } from "../axis.ts";
import { evaluate, parseExpression, type ScopeTypes } from "../../space/expression.ts";
import { STATE_NAMES, type Cells, type ReportData } from "./data.ts";
import { cellText } from "./cells.ts";

/** A column as an axis: where each trial stands on it. */
export interface Column {
  readonly name: string;
  readonly label: string;
  readonly kind: "number" | "category";
  readonly categories: readonly string[];
  readonly axis: Axis;
  readonly cells: Cells;
  /** From 0 to 1 by trial, clipped to the axis; NaN where there is none. */
  readonly at: Float32Array;
  readonly objective: boolean;
}
/** Part of an axis, from 0 to 1. */
export interface Brush {
  readonly low: number;
  readonly high: number;
}

const numberOf = (cell: Cells[number] | undefined): number =>
  cell === null || cell === undefined ? NaN : Number(cell);

function positions(axis: Axis, cells: Cells): Float32Array {
  return Float32Array.from(cells, cell => {
    const value = numberOf(cell);
    return Number.isFinite(value) ? Math.min(1, Math.max(0, axis.at(value))) : NaN;
  });
}

/** The axes of a report: the trial's number, objectives and other metrics, then parameters by importance. */
export function columnsOf(data: ReportData): { number: Column; metrics: Column[]; parameters: Column[] } {
  const column = (name: string, label: string, axis: Axis, cells: Cells, rest: Partial<Column> = {}): Column => ({
    ...{ name, label, kind: "number", categories: [], axis, cells, at: positions(axis, cells), objective: false },
    ...rest,
  });
  const last = data.numbers.at(-1) ?? 1;
  const number = column("trial", "trial", numberAxis(0, Math.max(1, last), "linear", true), data.numbers);
  const metrics = data.metrics.map((metric, k) => {
    const complete = metric.cells.filter((_, i) => data.states[i] === "c");
    const range = valueRange(complete.map(numberOf), metric.direction === "maximize");
    const unit = metric.unit === null ? "" : ` (${metric.unit})`;
    const goal =
      metric.direction === null ? "" : metric.direction === "maximize" ? ", higher is better" : ", lower is better";
    return column(metric.name, `${metric.name}${unit}${goal}`, valueAxis(range), metric.cells, {
      objective: k < data.objectives,
    });
  });
  const parameters = data.parameters.map(parameter => {
    const { name, kind, categories, low, high, scale, whole, cells, unit } = parameter;
    const room = whole && scale === "linear" && high - low <= 30 ? 0.5 : 0;
    const axis = kind === "category" ? bandAxis(categories) : numberAxis(low - room, high + room, scale, whole);
    const label = `${name}${unit === null ? "" : ` (${unit})`}${scale === "linear" ? "" : ` [${scale}]`}`;
    return column(name, label, axis, cells, { kind, categories });
  });
  return { number, metrics, parameters };
}

/** Steps of the ramp by trial: 0 the worst tenth to 9 the best, -1 for what is not complete, by the first objective. */
export function rampOf(data: ReportData): Int8Array {
  const [first] = data.metrics;
  const sign = first?.direction === "maximize" ? 1 : -1;
  const values = data.numbers.map((_, i) => (data.states[i] === "c" ? numberOf(first?.cells[i]) : NaN));
  const feasible = (i: number): number => Number(data.flags[i]) & 1;
  const order = values.flatMap((value, i) => (Number.isFinite(value) ? [i] : []));
  order.sort((a, b) => feasible(a) - feasible(b) || sign * (values[a]! - values[b]!));
  const ramp = new Int8Array(values.length).fill(-1);
  order.forEach((trial, i) => (ramp[trial] = Math.ceil((10 * (i + 1)) / order.length) - 1));
  return ramp;
}

export class ViewState {
  readonly data: ReportData;
  readonly columns: ReturnType<typeof columnsOf>;
  readonly ramp: Int8Array;
  readonly brushes = new Map<Column, Brush>();
  /** 1 for each selected trial. */
  readonly selected: Uint8Array;
  count: number;
  /** Grows with every change of what is selected. */
  selection = 0;
  /** Position of the trial looked at, or -1. */
  focus = -1;
  #filter: ((i: number) => boolean) | undefined;
  readonly #listeners: (() => void)[] = [];

  constructor(data: ReportData) {
    this.data = data;
    this.columns = columnsOf(data);
    this.ramp = rampOf(data);
    this.selected = new Uint8Array(data.numbers.length).fill(1);
    this.count = data.numbers.length;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  get isFiltered(): boolean {
    return this.brushes.size > 0 || this.#filter !== undefined;
  }

  brush(column: Column, brush: Brush | null): void {
    if (brush === null || (brush.low <= 0 && brush.high >= 1)) this.brushes.delete(column);
    else this.brushes.set(column, { low: Math.max(0, brush.low), high: Math.min(1, brush.high) });
    this.#select();
  }

  clear(): void {
    this.brushes.clear();
    this.#select();
  }

  look(trial: number): void {
    this.focus = trial;
    this.#tell();
  }

  /** Words that must all be in a trial's cells, or a condition. Gives what is wrong with it, or undefined; a wrong one changes nothing. */
  filter(text: string): string | undefined {
    if (text.trim() === "") this.#filter = undefined;
    else if (/[<>=]|\b(in|and|or|not)\b/.test(text)) {
      try {
        this.#filter = conditionOf(this.data, text);
      } catch (error) {
        return (error as Error).message;
      }
    } else this.#filter = wordsOf(this.data, text);
    this.#select();
    return undefined;
  }

  #select(): void {
    const brushes = [...this.brushes];
    let count = 0;
    for (let i = 0; i < this.selected.length; i++) {
      let inside = this.#filter?.(i) ?? true;
      for (const [{ at }, { low, high }] of brushes) {
        // A trial without the parameter fails both comparisons.
        if (!(at[i]! >= low - 1e-6 && at[i]! <= high + 1e-6)) inside = false;
      }
      this.selected[i] = inside ? 1 : 0;
      if (inside) count++;
    }
    this.count = count;
    this.selection++;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function wordsOf(data: ReportData, text: string): (i: number) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return i => {
    const cells = [
      String(data.numbers[i]),
      STATE_NAMES[data.states[i] ?? ""] ?? "",
      data.errors[i] ?? "",
      ...data.parameters.map(parameter => cellText(parameter, parameter.cells[i])),
    ].map(cell => cell.toLowerCase());
    return words.every(word => cells.some(cell => cell.includes(word)));
  };
}

type Nested = { [name: string]: unknown };

/** @throws VernierError E_EXPRESSION_* with the place in the text. */
function conditionOf(data: ReportData, text: string): (i: number) => boolean {
  const types: Nested = {};
  for (const { path, kind, categories } of data.parameters)
    put(types, path, kind === "number" ? "number" : { values: categories }, true);
  for (const { name } of data.metrics) types[name] = "number";
  const own: ScopeTypes = { number: "number", state: { values: Object.values(STATE_NAMES) }, seconds: "number" };
  const expression = parseExpression(text, { ...(types as ScopeTypes), ...own }, { result: "boolean" });
  return i => {
    const scope: Nested = {};
    for (const parameter of data.parameters) {
      const cell = parameter.cells[i];
      if (cell !== null && cell !== undefined)
        put(
          scope,
          parameter.path,
          parameter.kind === "number" ? Number(cell) : parameter.categories[Number(cell)],
          false,
        );
    }
    for (const { name, cells } of data.metrics) if (cells[i] !== null) scope[name] = numberOf(cells[i]);
    const took = data.took[i];
    return (
      evaluate(expression, {
        ...scope,
        number: data.numbers[i],
        state: STATE_NAMES[data.states[i] ?? ""],
        ...(took != null && { seconds: took / 1000 }),
      }) === true
    );
  };
}

/** Sets a value at a path. For types, groups are wrapped as the language has them. */
function put(target: Nested, path: readonly string[], value: unknown, types: boolean): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = target[name] as { record?: Nested } & Nested;
  const group: Nested = typeof inner === "object" ? (types ? (inner.record ?? {}) : inner) : {};
  put(group, rest, value, types);
  target[name] = types ? { record: group } : group;
}

/** Positions in the order of a column; those without a value last either way. */
export function sorted(
  cells: Cells,
  positionsOf: readonly number[],
  down: boolean,
  categories: readonly string[] = [],
): number[] {
  const key = (i: number): number | string => {
    const cell = cells[i];
    if (cell === null || cell === undefined) return NaN;
    return categories.length > 0 ? (categories[Number(cell)] ?? "") : Number(cell);
  };
  const keys = new Map(positionsOf.map(i => [i, key(i)]));
  const sign = down ? -1 : 1;
  return [...positionsOf].sort((a, b) => {
    const [x, y] = [keys.get(a)!, keys.get(b)!];
    const [nx, ny] = [Number.isNaN(x), Number.isNaN(y)];
    if (nx || ny) return Number(nx) - Number(ny) || a - b;
    return x === y ? a - b : x < y ? -sign : sign;
  });
}
