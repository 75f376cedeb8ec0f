import { describe, expect, test } from "vitest";
import { normalCdf } from "../../math/normal.ts";
import { stream } from "../../math/rng.ts";
import { choice, compile, float, int, ordinal, space } from "../../space/index.ts";
import type { ParzenColumn } from "./column.ts";
import { Parzen } from "./parzen.ts";
import { ageWeight } from "./split.ts";

/** A continuous column. */
const real = (index: number, prior?: ParzenColumn["prior"]): ParzenColumn => ({
  index,
  kind: "numeric",
  levels: 0,
  cell: u => [u, u],
  snap: u => u,
  ...(prior && { prior }),
});
/** Integers 1..levels on a linear scale. */
const whole = (index: number, levels: number): ParzenColumn => ({
  index,
  kind: "numeric",
  levels,
  cell: u => [Math.round(u * levels - 0.5) / levels, (Math.round(u * levels - 0.5) + 1) / levels],
  snap: u => (Math.min(levels - 1, Math.floor(u * levels)) + 0.5) / levels,
});
const category = (index: number, levels: number, prior?: ParzenColumn["prior"]): ParzenColumn => ({
  index,
  kind: "category",
  levels,
  cell: u => [u, u],
  snap: u => u,
  ...(prior && { prior }),
});
const fit = (columns: ParzenColumn[], rows: number[][]): Parzen => {
  const parzen = new Parzen(columns);
  for (const [id, row] of rows.entries()) parzen.add(id, row);
  return parzen;
};

describe("golden: log densities of the card's vectors (Optuna 5.0.0-rc1)", () => {
  test("float on [0,1]", () => {
    const parzen = fit([real(0)], [[0.2], [0.25], [0.9]]);
    const expected = [
      [0, -0.01650554],
      [0.25, 0.27279717],
      [0.5, -0.01036896],
      [1, -0.36051584],
    ] as const;
    for (const [x, logPdf] of expected) expect(parzen.logPdf([x])).toBeCloseTo(logPdf, 7);
  });

  test("log float on [1e-5, 0.1]: the encoding divides by log(range), a constant of the density", () => {
    const low = Math.log(1e-5);
    const range = Math.log(0.1) - low;
    const encode = (v: number): number => (Math.log(v) - low) / range;
    const parzen = fit([real(0)], [[encode(1e-4)], [encode(1e-2)]]);
    const expected = [
      [1e-5, -2.41823858],
      [1e-3, -2.12614132],
      [5e-2, -2.33780421],
    ] as const;
    for (const [v, logPdf] of expected) expect(parzen.logPdf([encode(v)]) - Math.log(range)).toBeCloseTo(logPdf, 7);
  });

  test("int 1..8: mass over cells, stable order of ties", () => {
    const encode = (v: number): number => (v - 0.5) / 8;
    const parzen = fit([whole(0, 8)], [[encode(2)], [encode(7)], [encode(7)]]);
    const expected = [
      [1, -2.45623243],
      [2, -2.374362],
      [5, -2.00570997],
      [8, -1.91622709],
    ] as const;
    for (const [v, logPdf] of expected) expect(parzen.logPdf([encode(v)])).toBeCloseTo(logPdf, 7);
  });

  test("categorical with 3 choices", () => {
    const parzen = fit([category(0, 3)], [[0], [0], [2]]);
    const expected = [-0.74193734, -1.65822808, -1.09861229];
    for (const [code, logPdf] of expected.entries()) expect(parzen.logPdf([code])).toBeCloseTo(logPdf, 7);
  });

  test("joint float and category", () => {
    const parzen = fit(
      [real(0), category(1, 3)],
      [
        [0.2, 0],
        [0.9, 2],
      ],
    );
    expect(parzen.logPdf([0.3, 0])).toBeCloseTo(-0.86894529, 7);
    expect(parzen.logPdf([0.3, 1])).toBeCloseTo(-1.48768904, 7);
  });
});

/** The formulas as they stand, O(n d) a point and a sort a column: what the fast estimator must agree with. */
function plainLogPdf(
  columns: readonly ParzenColumn[],
  rows: readonly (readonly number[])[],
  x: readonly number[],
): number {
  const n = rows.length;
  const kernels = rows.map((row, j) => ({ weight: ageWeight(j, n), log: 0, row }));
  let prior = 0;
  for (const column of columns) {
    const at = x[column.index]!;
    const [low, high] = column.cell(at);
    const density = (mu: number, sigma: number): number => {
      const inside = normalCdf((1 - mu) / sigma) - normalCdf(-mu / sigma);
      if (column.levels > 0) return (normalCdf((high - mu) / sigma) - normalCdf((low - mu) / sigma)) / inside;
      return Math.exp(-0.5 * ((at - mu) / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI) * inside);
    };
    if (column.kind === "category") {
      const base = 1 / (n + 1);
      for (const kernel of kernels) {
        const hit = kernel.row[column.index] === at ? 1 : 0;
        kernel.log += Math.log((base + hit) / (1 + base * column.levels));
      }
      const weights = column.prior && "weights" in column.prior ? column.prior.weights : undefined;
      prior += Math.log(weights?.[at] ?? 1 / column.levels);
      continue;
    }
    const sorted = kernels.toSorted((a, b) => a.row[column.index]! - b.row[column.index]!);
    for (const [i, kernel] of sorted.entries()) {
      const mu = kernel.row[column.index]!;
      const left = sorted[i - 1]?.row[column.index] ?? (n === 1 ? 0 : mu);
      const right = sorted[i + 1]?.row[column.index] ?? (n === 1 ? 1 : mu);
      const sigma = Math.min(1, Math.max(1 / Math.min(100, 2 + n), mu - left, right - mu));
      kernel.log += Math.log(density(mu, sigma));
    }
    const normal = column.prior && "mean" in column.prior ? column.prior : { mean: 0.5, sd: 1 };
    prior += Math.log(density(normal.mean, normal.sd));
  }
  const total = kernels.reduce((sum, kernel) => sum + kernel.weight, 1);
  const p = kernels.reduce((sum, kernel) => sum + kernel.weight * Math.exp(kernel.log), Math.exp(prior));
  return Math.log(p / total);
}

/** Every way a column is evaluated: continuous, tables of equal and of unequal cells, many cells (wide and narrow), categories, priors. */
const mixed: readonly ParzenColumn[] = compile(
  space({
    a: float(0, 1),
    b: int(1, 5),
    c: choice(["p", "q", "r", "s"]),
    d: float(1e-3, 1, { scale: "log", prior: { mean: 0.01, sd: 0.1 } }),
    e: choice(["x", "y"], { prior: [9, 1] }),
    f: int(1, 300),
    g: int(1, 40, { scale: "log" }),
    h: int(1, 5000, { scale: "log" }),
    i: int(0, 30_000, { prior: { mean: 1000, sd: 0.3 } }),
    j: ordinal([1, 2, 4, 8, 16]),
  }),
).columns;
const width = mixed.length;
const rng = stream(1, "parzen.test");
const randomRow = (from = rng): number[] =>
  mixed.map(column => (column.kind === "category" ? from.int(column.levels) : column.snap(from.next())));

describe("the incremental estimator", () => {
  test("agrees with the plain formulas at every size", () => {
    const parzen = new Parzen(mixed, { weight: ageWeight });
    const rows: number[][] = [];
    for (let n = 0; n <= 150; n++) {
      const row = n % 7 === 3 ? rows[n - 2]! : randomRow(); // ties
      if (n > 0) {
        rows.push(row);
        parzen.add(n, row);
      }
      if (n % 10 > 1) continue;
      for (const x of [randomRow(), rows[0] ?? randomRow(), randomRow()]) {
        expect(parzen.logPdf(x)).toBeCloseTo(plainLogPdf(mixed, rows, x), 6.5);
      }
    }
  });

  test("gives the same bits however the set of observations came about", () => {
    const warm = new Parzen(mixed, { weight: ageWeight });
    const present = new Map<number, number[]>();
    const x0 = randomRow(stream(3));
    for (let step = 0; step < 600; step++) {
      const id = rng.int(260);
      if (present.has(id) && rng.next() < 0.6) {
        present.delete(id);
        warm.remove(id);
      } else if (!present.has(id)) {
        const row = rng.next() < 0.2 ? ([...present.values()][0] ?? randomRow()) : randomRow();
        present.set(id, row);
        warm.add(id, row);
      }
      if (step % 9 !== 0) continue;
      const cold = new Parzen(mixed, { weight: ageWeight });
      const lazy = new Parzen(mixed, { weight: ageWeight });
      lazy.add(0, x0);
      lazy.clear();
      const ids = [...present.keys()];
      for (const key of ids.toSorted((a, b) => a - b)) cold.add(key, present.get(key)!);
      for (const key of rng.shuffle(ids)) lazy.add(key, present.get(key)!);
      const x = randomRow();
      expect([warm.size, lazy.size]).toEqual([present.size, present.size]);
      expect([warm.logPdf(x), lazy.logPdf(x)]).toEqual([cold.logPdf(x), cold.logPdf(x)]);
      const [a, b] = [new Float64Array(width), new Float64Array(width)];
      warm.draw(stream(step), a);
      cold.draw(stream(step), b);
      expect(a).toEqual(b);
    }
  });

  test("taken in all at once: the same bits, and the plain formulas, also where most kernels are too far to matter", () => {
    const own = stream(2, "parzen.test");
    const crowd = (i: number): number[] =>
      randomRow(own).map((u, c) => (mixed[c]!.kind === "category" || i % 3 === 0 ? u : mixed[c]!.snap(0.4 + u / 50)));
    const tie = randomRow(own);
    const rows = Array.from({ length: 2000 }, (_, i) => (i % 90 === 7 ? tie : crowd(i)));
    const warm = new Parzen(mixed, { weight: ageWeight });
    for (const [id, row] of rows.entries()) warm.add(2 * id, row);
    const ids = Int32Array.from(rows, (_, i) => 2 * i);
    const table = new Float64Array(2 * rows.length * width);
    for (const [i, row] of rows.entries()) table.set(row, 2 * i * width);
    const filled = new Parzen(mixed, { weight: ageWeight });
    filled.add(1, rows[5]!); // forgotten
    filled.fill(ids, rows.length, table, width);
    const points = [crowd(1), randomRow(own), rows[4]!, tie];
    for (const x of points) {
      expect(filled.logPdf(x)).toBe(warm.logPdf(x));
      expect(filled.logPdf(x)).toBeCloseTo(plainLogPdf(mixed, rows, x), 6.5);
    }
    // Goes on from there one at a time.
    for (const id of [0, 14, 1998]) for (const parzen of [warm, filled]) parzen.remove(id);
    for (const parzen of [warm, filled]) parzen.add(5, points[0]!);
    for (const x of points) expect(filled.logPdf(x)).toBe(warm.logPdf(x));
  });

  test("a single continuous column is summed by bins: the plain formulas, and the same bits however it came about", () => {
    const own = stream(4, "parzen.test");
    for (const prior of [undefined, { mean: 0.1, sd: 0.01 }]) {
      const column = real(0, prior);
      const warm = new Parzen([column], { weight: ageWeight });
      const rows: number[][] = [];
      for (let id = 0; id < 700; id++) {
        const clustered = id % 3 > 0 ? 0.7 + 0.02 * own.next() : own.next();
        rows.push([id % 50 === 0 ? 1 : prior === undefined ? clustered : 0.6 + clustered / 4]);
        warm.add(id, rows[id]!);
        if (id % 30 > 0) continue;
        warm.remove(id >> 1);
        warm.logPdf([0.5]);
        warm.add(id >> 1, rows[id >> 1]!);
        const cold = new Parzen([column], { weight: ageWeight });
        for (const [each, row] of rows.entries()) cold.add(each, row);
        for (const x of [[0], [0.7], [own.next()], [1], rows[id]!]) {
          expect(warm.logPdf(x)).toBeCloseTo(plainLogPdf([column], rows, x), 8);
          expect(warm.logPdf(x)).toBe(cold.logPdf(x));
        }
      }
    }
  });

  test("draws what it says: the mean of exp(-log p) over draws is the volume of the space", () => {
    const columns = [real(0), category(1, 3), whole(2, 4)];
    const parzen = fit(columns, [
      [0.1, 0, 0.125],
      [0.15, 1, 0.875],
      [0.7, 0, 0.375],
      [0.2, 0, 0.125],
    ]);
    const out = new Float64Array(3);
    let sum = 0;
    const n = 20_000;
    for (let i = 0; i < n; i++) {
      parzen.draw(rng, out);
      sum += Math.exp(-parzen.logPdf(out));
    }
    expect(sum / n / 12).toBeCloseTo(1, 1.5);
  });

  test("forgets", () => {
    const parzen = fit([real(0)], [[0.3], [0.4]]);
    parzen.clear();
    expect(parzen.size).toBe(0);
    expect(parzen.logPdf([0.5])).toBeCloseTo(new Parzen([real(0)]).logPdf([0.5]), 12);
    parzen.add(7, [0.9]);
    expect([parzen.has(7), parzen.has(0)]).toEqual([true, false]);
    parzen.remove(0);
    expect(parzen.size).toBe(1);
  });
});
