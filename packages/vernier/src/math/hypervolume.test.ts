import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { selectByHypervolume } from "./hypervolume-subset.ts";
import { hypervolume, hypervolumeContributions } from "./hypervolume.ts";
import { stream } from "./rng.ts";

type Row = readonly number[];
const flat = (rows: readonly Row[]): Float64Array => Float64Array.from(rows.flat());
const volume = (rows: readonly Row[], reference: Row): number => hypervolume(flat(rows), reference.length, reference);

/** Inclusion and exclusion over all subsets: exact on whole numbers. */
function byInclusion(rows: readonly Row[], reference: Row): number {
  let sum = 0;
  for (let set = 1; set < 1 << rows.length; set++) {
    let sign = -1;
    const corner = reference.map(() => -Infinity);
    for (const [i, row] of rows.entries()) {
      if (((set >> i) & 1) === 0) continue;
      sign = -sign;
      for (const [j, x] of row.entries()) corner[j] = Math.max(corner[j]!, x);
    }
    sum += sign * corner.reduce((product, x, j) => product * Math.max(0, reference[j]! - x), 1);
  }
  return sum;
}

const grid = (m: number, maxLength = 9): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: m, maxLength: m }), { maxLength });
const problems = fc
  .integer({ min: 1, max: 6 })
  .chain(m =>
    fc.record({ rows: grid(m), reference: fc.array(fc.integer({ min: 5, max: 11 }), { minLength: m, maxLength: m }) }),
  );
const SETTINGS = { seed: 2, numRuns: 1000 };

describe("hypervolume", () => {
  test("agrees to the last digit with inclusion and exclusion on whole numbers, ties and points beyond the reference included", () => {
    fc.assert(
      fc.property(problems, ({ rows, reference }) => {
        expect(volume(rows, reference)).toBe(byInclusion(rows, reference));
      }),
      SETTINGS,
    );
  });

  test("agrees to 1e-12 with it on fractions", () => {
    for (const m of [2, 3, 4, 5]) {
      const rng = stream(3, m);
      for (let run = 0; run < 40; run++) {
        const rows = Array.from({ length: 10 }, () => Array.from({ length: m }, () => rng.next()));
        const reference = rows[0]!.map(() => 1.1);
        const expected = byInclusion(rows, reference);
        expect(Math.abs(volume(rows, reference) / expected - 1)).toBeLessThan(1e-12);
      }
    }
  });

  test.each([2, 3, 4, 5])("whatever the order of %i objectives and of the points", m => {
    const rng = stream(4, m);
    for (let run = 0; run < 10; run++) {
      const rows = Array.from({ length: 60 }, () => Array.from({ length: m }, () => rng.int(50)));
      const reference = Array.from({ length: m }, () => 45);
      const turned = (row: Row): number[] => [...row.slice(1), row[0]!];
      expect(volume(rng.shuffle(rows.map(turned)), turned(reference))).toBe(volume(rows, reference));
    }
  });

  // n points i/n, 1 - i/n leave n (n + 1) / 2 cells of 1 / n^2 uncovered below the reference (1, 1).
  test("staircase of n points: 1/2 - 1/(2n)", () => {
    for (const n of [1, 2, 10, 1000]) {
      const rows = Array.from({ length: n + 1 }, (_, i) => [i / n, 1 - i / n]);
      expect(volume(rows, [1, 1])).toBeCloseTo(0.5 - 1 / (2 * n), 13);
    }
  });

  // The cells (i, j, k) of an n-cube with i + j + k >= n - 1 of its corner points: their number is n^3 - C(n + 1, 3).
  test("a plane of whole points in three and four dimensions", () => {
    const n = 24;
    const rows: number[][] = [];
    for (let i = 0; i < n; i++) for (let j = 0; i + j < n; j++) rows.push([i, j, n - 1 - i - j]);
    expect(volume(rows, [n, n, n])).toBe(n ** 3 - ((n + 1) * n * (n - 1)) / 6);
    const four = rows.flatMap(([i, j, k]) => Array.from({ length: k! + 1 }, (_, l) => [i!, j!, k! - l, l]));
    expect(volume(four, [n, n, n, n])).toBe(n ** 4 - ((n + 2) * (n + 1) * n * (n - 1)) / 24);
  });

  test("the part of the unit cube outside a ball's octant tends to 1 - pi/6", () => {
    const rng = stream(5);
    const rows = Array.from({ length: 3000 }, () => {
      const [x, y, z] = [rng.normal(), rng.normal(), rng.normal()].map(Math.abs) as [number, number, number];
      const r = Math.hypot(x, y, z);
      return [x / r, y / r, z / r];
    });
    const found = volume(rows, [1, 1, 1]);
    expect(found).toBeLessThan(1 - Math.PI / 6);
    expect(found).toBeGreaterThan(1 - Math.PI / 6 - 0.02);
  });

  test.each<[string, Row[], Row, number]>([
    ["no points", [], [1, 1], 0],
    ["a point on the reference's edge", [[1, 0]], [1, 1], 0],
    ["a point beyond it", [[2, 0, 0]], [1, 1, 1], 0],
    [
      "a point beyond it beside one that counts",
      [
        [2, 0],
        [0.5, 0.5],
      ],
      [1, 1],
      0.25,
    ],
    [
      "NaN does not count",
      [
        [NaN, 0],
        [0.5, 0.5],
      ],
      [1, 1],
      0.25,
    ],
    [
      "the same point twice",
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
      [2, 2, 2],
      8,
    ],
    ["one objective", [[3], [1], [2]], [5], 4],
    ["a point that is infinitely good", [[-Infinity, 0.5]], [1, 1], Infinity],
    ["unless it does not count", [[-Infinity, 1]], [1, 1], 0],
    ["an infinite reference", [[0, 0]], [Infinity, 1], Infinity],
    ["an infinite reference that no point meets", [[0, 2]], [Infinity, 1], 0],
    [
      "an infinitely bad point",
      [
        [Infinity, 0],
        [0, 0],
      ],
      [1, 1],
      1,
    ],
    ["a reference of minus infinity", [[0, 0]], [-Infinity, 1], 0],
  ])("%s", (_, rows, reference, expected) => {
    expect(volume(rows, reference)).toBe(expected);
  });

  test("bad shapes and a NaN in the reference are refused", () => {
    expect(() => hypervolume(new Float64Array(4), 2, [1, 1, 1])).toThrow(
      "a reference point has as many values as the points; got 3 for points of 2. Give 2.",
    );
    expect(() => hypervolume(new Float64Array(4), 2, [1, NaN])).toThrow(/got NaN at index 1/);
    expect(() => hypervolume(new Float64Array(5), 2, [1, 1])).toThrow(/rows need m >= 1 values each/);
  });
});

describe("hypervolumeContributions", () => {
  const contributions = (rows: readonly Row[], reference: Row): number[] =>
    Array.from(hypervolumeContributions(flat(rows), reference.length, reference));

  test("is what is lost without each point", () => {
    fc.assert(
      fc.property(problems, ({ rows, reference }) => {
        const all = byInclusion(rows, reference);
        expect(contributions(rows, reference)).toEqual(
          rows.map((_, i) => all - byInclusion(rows.toSpliced(i, 1), reference)),
        );
      }),
      SETTINGS,
    );
  });

  test.each([2, 3, 4])("a dominated fraction adds exactly nothing (%i objectives)", m => {
    const rng = stream(6, m);
    const rows = Array.from({ length: 40 }, () => Array.from({ length: m }, () => rng.next()));
    const doubled = [...rows, ...rows.map(row => row.map(x => x + 0.01 * rng.int(2)))];
    expect(
      contributions(
        doubled,
        rows[0]!.map(() => 1.3),
      ).slice(40),
    ).toEqual(rows.map(() => 0));
  });

  test("infinite boxes", () => {
    const rows = [
      [-Infinity, 0.5],
      [-Infinity, 0.25],
      [-5, 0],
      [0, 0],
    ];
    expect(contributions(rows, [1, 1])).toEqual([0, Infinity, 1.25, 0]);
    expect(
      contributions(
        [
          [0, 0],
          [1, 2],
          [2, 1],
          [3, 9],
        ],
        [9, Infinity],
      ),
    ).toEqual([Infinity, 0, 0, 0]);
  });
});

describe("selectByHypervolume", () => {
  const select = (rows: readonly Row[], reference: Row, k: number): number[] =>
    Array.from(selectByHypervolume(flat(rows), reference.length, reference, k));

  /** The plain greedy rule: nothing remembered, every gain from two volumes. */
  function plain(rows: readonly Row[], reference: Row, k: number): number[] {
    const chosen: number[] = [];
    while (chosen.length < Math.min(k, rows.length)) {
      const now = byInclusion(
        chosen.map(i => rows[i]!),
        reference,
      );
      let best = -1;
      let most = -1;
      for (const i of rows.keys()) {
        if (chosen.includes(i)) continue;
        const gain =
          byInclusion(
            [...chosen, i].map(c => rows[c]!),
            reference,
          ) - now;
        if (gain > most) [best, most] = [i, gain];
      }
      chosen.push(best);
    }
    return chosen;
  }

  test("is the plain greedy rule, ties by index", () => {
    const cases = fc.integer({ min: 1, max: 5 }).chain(m =>
      fc.record({
        rows: grid(m, 7),
        reference: fc.array(fc.integer({ min: 5, max: 11 }), { minLength: m, maxLength: m }),
        k: fc.integer({ min: 0, max: 8 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ rows, reference, k }) => {
        expect(select(rows, reference, k)).toEqual(plain(rows, reference, k));
      }),
      { seed: 3, numRuns: 600 },
    );
  });

  test.each([2, 3, 4])("chooses what a fresh look at all contributions chooses (%i objectives, 60 points)", m => {
    const rng = stream(8, m);
    const rows = Array.from({ length: 60 }, () => Array.from({ length: m }, () => rng.next()));
    const reference = rows[0]!.map(() => 1.1);
    const got = select(rows, reference, 20);
    const chosen: number[] = [];
    while (chosen.length < 20) {
      const gains = rows.map((row, i) =>
        chosen.includes(i) ? -1 : contributionOf([...chosen.map(c => rows[c]!), row], reference),
      );
      chosen.push(gains.indexOf(Math.max(...gains)));
    }
    expect(got).toEqual(chosen);
  });
  const contributionOf = (rows: readonly Row[], reference: Row): number =>
    hypervolumeContributions(flat(rows), reference.length, reference).at(-1) ?? NaN;

  test("what does not count comes last, NaN at the very end; k is cut", () => {
    expect(
      select(
        [
          [NaN, 0],
          [5, 5],
          [1, 1],
          [0, 2],
          [1, 1],
        ],
        [3, 3],
        9,
      ),
    ).toEqual([2, 3, 1, 4, 0]);
    expect(select([[0, 0]], [1, 1], 0)).toEqual([]);
  });

  test("infinite boxes come first", () => {
    expect(
      select(
        [
          [0, 0],
          [-Infinity, 2],
          [1, -Infinity],
          [-Infinity, 1],
        ],
        [3, 3],
        4,
      ),
    ).toEqual([1, 2, 3, 0]);
    expect(
      select(
        [
          [0, 0],
          [-1, 1],
          [-2, 2],
        ],
        [Infinity, 3],
        3,
      ),
    ).toEqual([0, 1, 2]);
  });

  test.each([-1, 1.5, NaN])("k = %d is refused", k => {
    expect(() => select([[0, 0]], [1, 1], k)).toThrow(`a subset has k >= 0 points, k whole; got ${k}.`);
  });
});
