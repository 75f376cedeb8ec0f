import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nonDominatedRanks, nonDominatedRows } from "./pareto.ts";
import { stream } from "./rng.ts";

type Row = readonly number[];
const flat = (rows: readonly Row[]): Float64Array => Float64Array.from(rows.flat());
const dominates = (a: Row, b: Row): boolean => a.every((x, j) => x <= b[j]!) && a.some((x, j) => x < b[j]!);

/** By the definition: fronts taken away one by one. */
function byDefinition(rows: readonly Row[]): number[] {
  const ranks = rows.map(() => -1);
  let rest = rows.flatMap((row, i) => (row.some(Number.isNaN) ? [] : [i]));
  let rank = 0;
  for (; rest.length > 0; rank++) {
    const front = rest.filter(i => !rest.some(k => dominates(rows[k]!, rows[i]!)));
    for (const i of front) ranks[i] = rank;
    rest = rest.filter(i => !front.includes(i));
  }
  return ranks.map(r => (r < 0 ? rank : r));
}

const value = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 6 }) },
  fc.constantFrom(Infinity, -Infinity, -0, NaN),
);
const rowsOf = (m: number): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(value, { minLength: m, maxLength: m }), { maxLength: 30 });
const anyRows = fc.integer({ min: 1, max: 6 }).chain(m => fc.record({ m: fc.constant(m), rows: rowsOf(m) }));
const SETTINGS = { seed: 1, numRuns: 1500 };

describe("nonDominatedRanks", () => {
  test("is the definition, ties, infinities and NaN included", () => {
    fc.assert(
      fc.property(anyRows, ({ m, rows }) => {
        expect(Array.from(nonDominatedRanks(flat(rows), m))).toEqual(byDefinition(rows));
      }),
      SETTINGS,
    );
  });

  test("stops after enough rows: whole fronts, then one rank for the rest, then NaN", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 0, max: 32 }), ({ m, rows }, enough) => {
        const all = byDefinition(rows);
        const whole = rows.filter(row => !row.some(Number.isNaN)).length;
        let last = 0;
        while (all.filter((rank, i) => rank < last && !rows[i]!.some(Number.isNaN)).length < Math.min(enough, whole))
          last++;
        const rest = rows.some((row, i) => all[i]! >= last && !row.some(Number.isNaN));
        const expected = rows.map((row, i) =>
          row.some(Number.isNaN) ? last + (rest ? 1 : 0) : Math.min(all[i]!, last),
        );
        expect(Array.from(nonDominatedRanks(flat(rows), m, rows.length, { enough }))).toEqual(expected);
      }),
      SETTINGS,
    );
  });

  test.each([2, 3, 4])("is the definition on 300 random rows of %i values, and on one front", m => {
    const rng = stream(7, m);
    const random = Array.from({ length: 300 }, () => Array.from({ length: m }, () => rng.next()));
    expect(Array.from(nonDominatedRanks(flat(random), m))).toEqual(byDefinition(random));
    const front = random.map(row => [...row.slice(1), -row.slice(1).reduce((sum, x) => sum + x, 0)]);
    expect(new Set(nonDominatedRanks(flat(front), m))).toEqual(new Set([0]));
  });

  test("a chain has a rank for each row", () => {
    for (const m of [1, 2, 3, 4]) {
      const chain = Array.from({ length: 100 }, (_, i) => Array.from({ length: m }, () => (i * 37) % 100));
      expect(Array.from(nonDominatedRanks(flat(chain), m))).toEqual(chain.map(row => row[0]));
    }
  });

  test("only the first n rows are read", () => {
    expect(Array.from(nonDominatedRanks(Float64Array.of(1, 1, 2, 2, 0, 0), 2, 2))).toEqual([0, 1]);
    expect(Array.from(nonDominatedRanks(new Float64Array(0), 3))).toEqual([]);
  });

  test.each([
    [5, 2, undefined],
    [4, 2, 3],
    [4, 0, undefined],
    [4, 1.5, 2],
  ])("%i values with m = %d, n = %s are refused", (length, m, n) => {
    expect(() => nonDominatedRanks(new Float64Array(length), m, n)).toThrow(
      new RegExp(`rows need m >= 1 values each, row after row; got ${length} values with m = ${m}`),
    );
  });
});

test("nonDominatedRows are the first of each distinct row of rank 0, in lexicographic order", () => {
  fc.assert(
    fc.property(anyRows, ({ m, rows }) => {
      const ranks = byDefinition(rows);
      const seen = new Set<string>();
      const expected = rows.flatMap((row, i) => {
        const key = row.map(x => x + 0).join();
        if (ranks[i] !== 0 || row.some(Number.isNaN) || seen.has(key)) return [];
        seen.add(key);
        return [i];
      });
      expected.sort((a, b) => {
        const j = rows[a]!.findIndex((x, k) => x !== rows[b]![k]);
        return rows[a]![j]! < rows[b]![j]! ? -1 : 1;
      });
      expect(Array.from(nonDominatedRows(flat(rows), m))).toEqual(expected);
    }),
    SETTINGS,
  );
});
