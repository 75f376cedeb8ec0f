import { describe, expect, test } from "vitest";
import { float, space } from "../../space/index.ts";
import { SamplerStudy } from "../../testing/sampler-study.ts";
import { better, type Member, Population, select } from "./population.ts";

const X = space({ x: float(0, 1) });
const TWO = { objectives: { a: { direction: "minimize" }, b: { direction: "maximize" } } } as const;

/** A study whose trials have these values of a (to be minimised), b (to be maximised) and c (at most 0). */
function studyOf(rows: readonly (readonly [a: number, b: number, c?: number])[]): SamplerStudy {
  const study = new SamplerStudy(X, { ...TWO, constraints: { c: { max: 0 } } });
  for (const [a, b, c = 0] of rows) study.complete(study.start({ x: 0.5 }), { a, b, c });
  return study;
}
const numbers = (members: readonly Member[]): number[] => members.map(member => member.number);

describe("select", () => {
  test("takes rank after rank, the last one by crowding, ties by number", () => {
    // 0, 1, 2, 3 are the front, 4 is behind it. 1 is more crowded than 2.
    const study = studyOf([
      [0, 0],
      [1, 2],
      [5, 6],
      [9, 9],
      [9, 0],
    ]);
    expect(numbers(select(study.history, [4, 3, 2, 1, 0], 5))).toEqual([0, 3, 2, 1, 4]);
    expect(numbers(select(study.history, [0, 1, 2, 3, 4], 3))).toEqual([0, 3, 2]);
    expect(select(study.history, [0, 4], 2)[1]).toEqual({ number: 4, violation: 0, rank: 1, crowding: 0 });
  });

  test("the feasible come first, then the least violated; an unknown constraint is the worst", () => {
    const study = studyOf([
      [9, 0, 0],
      [0, 9, 2],
      [0, 9, 1],
      [0, 9, NaN],
      [1, 9, 1],
    ]);
    expect(select(study.history, [0, 1, 2, 3, 4], 5).map(({ number, rank }) => [number, rank])).toEqual([
      [0, 0],
      [2, 1],
      [4, 1],
      [1, 2],
      [3, 3],
    ]);
  });
});

describe("generations are blocks in the order of finishing", () => {
  const fold = (study: SamplerStudy, population = 2, offspring = 2): Population => {
    const found = new Population({ population, offspring });
    found.follow(study.history);
    return found;
  };

  test("nothing before the first is whole; a block that is not whole does not count", () => {
    expect(fold(studyOf([[0, 0]])).members).toEqual([]);
    expect(
      numbers(
        fold(
          studyOf([
            [2, 0],
            [3, 0],
          ]),
        ).members,
      ),
    ).toEqual([0, 1]);
    expect(
      numbers(
        fold(
          studyOf([
            [2, 0],
            [3, 0],
            [0, 0],
          ]),
        ).members,
      ),
    ).toEqual([0, 1]);
    expect(
      numbers(
        fold(
          studyOf([
            [2, 0],
            [3, 0],
            [0, 0],
            [9, 0],
          ]),
        ).members,
      ),
    ).toEqual([2, 0]);
    expect(
      numbers(
        fold(
          studyOf([
            [2, 0],
            [3, 0],
            [0, 0],
          ]),
          2,
          1,
        ).members,
      ),
    ).toEqual([2, 0]);
  });

  test("failed, pruned and unrankable trials do not count, whoever suggested the others does not matter", () => {
    const study = studyOf([[2, 0]]);
    study.fail(study.start({ x: 0.1 }));
    study.prune(study.start({ x: 0.1 }), 1, { a: 0, b: 0 });
    study.complete(study.start({ x: 0.1 }), { a: NaN, b: 0, c: 0 });
    study.start({ x: 0.1 });
    expect(fold(study).members).toEqual([]);
    study.complete(study.start({ x: 0.1 }), { a: 1, b: 0, c: 0 });
    expect(numbers(fold(study).members)).toEqual([5, 0]);
  });

  test("a trial counts when it finishes, not when it was asked for", () => {
    const study = new SamplerStudy(X, TWO);
    for (let i = 0; i < 4; i++) study.start({ x: 0.5 });
    for (const [number, a] of [
      [3, 3],
      [1, 1],
      [0, 0],
      [2, 2],
    ] as const) {
      study.complete(number, { a, b: 0 });
      if (number === 1) expect(numbers(fold(study).members)).toEqual([1, 3]);
    }
    expect(numbers(fold(study).members)).toEqual([0, 1]);
  });

  test("a deleted trial leaves its block, a restored one comes back", () => {
    const study = studyOf([
      [2, 0],
      [3, 0],
      [0, 0],
      [9, 0],
      [5, 0],
    ]);
    const warm = new Population({ population: 2, offspring: 2 });
    warm.follow(study.history);
    study.delete(0);
    warm.follow(study.history);
    expect(numbers(warm.members)).toEqual([2, 1]); // blocks 1 2 and 3 4
    study.restore(0);
    warm.follow(study.history);
    expect(numbers(warm.members)).toEqual([2, 0]);
  });
});

test("a tournament goes by rank, then by crowding, then by a coin", () => {
  const member = (rank: number, crowding: number): Member => ({ number: 0, violation: 0, rank, crowding });
  const coin = (): never => {
    throw new Error("not needed");
  };
  const [good, bad, lonely] = [member(0, 1), member(1, Infinity), member(0, 2)];
  expect(better(good, bad, coin)).toBe(good);
  expect(better(bad, good, coin)).toBe(good);
  expect(better(good, lonely, coin)).toBe(lonely);
  const twin = member(0, 1);
  expect(better(good, twin, () => true)).toBe(good);
  expect(better(good, twin, () => false)).toBe(twin);
});
