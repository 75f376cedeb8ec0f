import { expect, test } from "vitest";
import { stream, type Rng } from "../../math/rng.ts";
import { Grower, Nodes, sampleOf, type TreeColumn } from "./grow.ts";

const COLUMNS: readonly TreeColumn[] = [
  { index: 0, codes: 0 },
  { index: 2, codes: 5 },
  { index: 3, codes: 0 },
];
const WIDTH = 4;

/** Rows with ties, an unused column, a column of few values and categories. */
function data(rng: Rng, rows: number): { x: Float64Array; t: Float64Array } {
  const x = new Float64Array(rows * WIDTH);
  const t = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    x.set([rng.next(), rng.next(), rng.int(4), rng.int(3) / 2 - (rng.int(4) === 0 ? 2 : 0)], i * WIDTH);
    t[i] = -rng.int(8) / 2;
  }
  return { x, t };
}

/** Sum of squares about the mean. */
function squares(rows: readonly number[], t: Float64Array): number {
  const mean = rows.reduce((sum, i) => sum + t[i]!, 0) / rows.length;
  return rows.reduce((sum, i) => sum + (t[i]! - mean) ** 2, 0);
}

/** The least sum of squares that any threshold, or any subset of codes, leaves; Infinity where nothing can be split. */
function exhaustive(rows: readonly number[], x: Float64Array, t: Float64Array): number {
  let best = Infinity;
  const offer = (goesLeft: (v: number) => boolean, index: number): void => {
    const left = rows.filter(i => goesLeft(x[i * WIDTH + index]!));
    const right = rows.filter(i => !goesLeft(x[i * WIDTH + index]!));
    if (left.length > 0 && right.length > 0) best = Math.min(best, squares(left, t) + squares(right, t));
  };
  for (const { index, codes } of COLUMNS) {
    if (codes > 0) for (let subset = 1; subset < 1 << codes; subset++) offer(v => ((subset >> v) & 1) === 1, index);
    else for (const row of rows) offer(v => v <= x[row * WIDTH + index]!, index);
  }
  return best;
}

const goesLeft = (nodes: Nodes, node: number, x: Float64Array, row: number): boolean => {
  const v = x[row * WIDTH + nodes.column[node]!]!;
  const at = nodes.members[node]!;
  return at < 0 ? v <= nodes.threshold[node]! : nodes.marks[at + v] === 1;
};

test("every split is the best of all thresholds and all subsets of codes", () => {
  for (let seed = 0; seed < 20; seed++) {
    const rng = stream(seed, "grow");
    const { x, t } = data(rng, 25);
    const nodes = new Nodes();
    const root = new Grower(sampleOf(COLUMNS, x, WIDTH, t.length), t).grow(nodes, rng, false);
    const stack = [{ node: root, rows: Array.from({ length: t.length }, (_, i) => i) }];
    let splits = 0;
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { node, rows } = next;
      const best = exhaustive(rows, x, t);
      if (nodes.column[node] === -1) {
        // A leaf: its targets are equal, or nothing tells its rows apart.
        expect(squares(rows, t) < 1e-12 || best === Infinity).toBe(true);
        const mean = rows.reduce((sum, i) => sum + Math.exp(t[i]!), 0) / rows.length;
        expect(nodes.threshold[node]).toBeCloseTo(Math.log(mean), 12);
        continue;
      }
      splits++;
      const left = rows.filter(row => goesLeft(nodes, node, x, row));
      const right = rows.filter(row => !goesLeft(nodes, node, x, row));
      expect(squares(left, t) + squares(right, t)).toBeCloseTo(best, 10);
      stack.push({ node: nodes.left[node]!, rows: left }, { node: nodes.left[node]! + 1, rows: right });
    }
    expect(splits).toBeGreaterThan(5);
  }
});

test("thresholds lie midway between the values they part", () => {
  const x = Float64Array.of(0, 0.5, 0.75);
  const nodes = new Nodes();
  const columns = [{ index: 0, codes: 0 }];
  const t = Float64Array.of(0, -3, -3);
  const root = new Grower(sampleOf(columns, x, 1, 3), t).grow(nodes, stream(1), false);
  expect(nodes.threshold[root]).toBe(0.25);
});

test("of columns that part the rows equally well each is taken now and then", () => {
  const columns = [0, 1, 2].map(index => ({ index, codes: 0 }));
  const x = Float64Array.of(0, 0, 0, 1, 1, 1);
  const t = Float64Array.of(-1, 0);
  const taken = new Set<number>();
  for (let seed = 0; seed < 40; seed++) {
    const nodes = new Nodes();
    const root = new Grower(sampleOf(columns, x, 3, 2), t).grow(nodes, stream(seed), false);
    taken.add(nodes.column[root]!);
  }
  expect([...taken].sort()).toEqual([0, 1, 2]);
});

test("a code that a node has no row of goes left in some trees and right in others", () => {
  const columns = [{ index: 0, codes: 3 }];
  const sides = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const nodes = new Nodes();
    const sample = sampleOf(columns, Float64Array.of(0, 1), 1, 2);
    const root = new Grower(sample, Float64Array.of(-1, 0)).grow(nodes, stream(seed), false);
    expect(nodes.marks[nodes.members[root]!]).toBe(1);
    expect(nodes.marks[nodes.members[root]! + 1]).toBe(0);
    sides.add(nodes.marks[nodes.members[root]! + 2]!);
  }
  expect([...sides].sort()).toEqual([0, 1]);
});
