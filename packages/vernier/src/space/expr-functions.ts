/** The functions of the expression language. All of them are total: bad arguments give NaN, never an exception. */

export interface ExprFunction {
  readonly apply: (numbers: readonly number[]) => number;
  /** `one`: exactly one number. `many`: numbers, or one list of numbers. `any list`: one list of anything, or a text. */
  readonly takes: "one" | "many" | "any list";
}

const one = (apply: (x: number) => number): ExprFunction => ({ takes: "one", apply: ([x = NaN]) => apply(x) });
const many = (apply: (numbers: readonly number[]) => number): ExprFunction => ({ takes: "many", apply });

export const FUNCTIONS: ReadonlyMap<string, ExprFunction> = new Map([
  ["min", many(numbers => numbers.reduce((a, b) => Math.min(a, b), Infinity))],
  ["max", many(numbers => numbers.reduce((a, b) => Math.max(a, b), -Infinity))],
  ["sum", many(numbers => numbers.reduce((a, b) => a + b, 0))],
  ["abs", one(Math.abs)],
  ["log", one(Math.log)],
  ["log10", one(Math.log10)],
  ["log2", one(Math.log2)],
  ["exp", one(Math.exp)],
  ["sqrt", one(Math.sqrt)],
  ["floor", one(Math.floor)],
  ["ceil", one(Math.ceil)],
  ["round", one(Math.round)],
  ["len", { takes: "any list", apply: ([n = NaN]) => n }],
]);
