/** What Sobol and grid are better at than random search, and where they are not. */
import { describe, expect, test } from "vitest";
import type { Params, Sampler } from "../core/types.ts";
import { wilcoxon } from "../math/index.ts";
import { choice, compile, float, int, space } from "../space/index.ts";
import type { SpaceJson } from "../space/types.ts";
import { SamplerStudy } from "../testing/sampler-study.ts";
import { grid, random, sobol } from "./index.ts";

const SEEDS = Array.from({ length: 20 }, (_, i) => 100 + i);

/** The configurations of a study's trials, asked for one at a time. */
async function drawn(sampler: Sampler, json: SpaceJson, seed: number, trials: number): Promise<Params[]> {
  const study = new SamplerStudy(json, { seed });
  const all: Params[] = [];
  for (let i = 0; i < trials; i++) {
    const [params] = (await study.ask(sampler)).params as [Params];
    study.complete(study.start(params), i);
    all.push(params);
  }
  return all;
}

/** Squared L2 star discrepancy of points in [0, 1]^d: how far the share of points in a box is from its volume. Warnock 1972. */
function discrepancy(points: readonly (readonly number[])[]): number {
  const n = points.length;
  const d = points[0]?.length ?? 0;
  let single = 0;
  let pairs = 0;
  for (const a of points) {
    single += a.reduce((product, u) => product * ((1 - u * u) / 2), 1);
    for (const b of points) pairs += a.reduce((product, u, k) => product * (1 - Math.max(u, b[k] ?? 0)), 1);
  }
  return 3 ** -d - (2 / n) * single + pairs / (n * n);
}

describe("sobol covers a space more evenly than random, which is what it is for; no better best value is claimed", () => {
  const cube = space({ x1: float(0, 1), x2: float(0, 1), x3: float(0, 1), x4: float(0, 1) });
  const points = async (sampler: Sampler, seed: number): Promise<number[][]> =>
    (await drawn(sampler, cube, seed, 64)).map(params => Object.values(params) as number[]);

  test("its first 64 points have a smaller discrepancy", async () => {
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (const seed of SEEDS) {
      ours.push(discrepancy(await points(sobol(), seed)));
      theirs.push(discrepancy(await points(random(), seed)));
    }
    expect(wilcoxon(ours, theirs, "less").p).toBeLessThan(0.01);
  });

  test("each 64th of every axis has exactly one of its first 64 points", async () => {
    const cells = (all: readonly number[][], axis: number): number =>
      new Set(all.map(x => Math.floor(64 * (x[axis] ?? NaN)))).size;
    const [ours, theirs] = [await points(sobol(), 1), await points(random(), 1)];
    for (let axis = 0; axis < 4; axis++) {
      expect(cells(ours, axis)).toBe(64);
      expect(cells(theirs, axis)).toBeLessThan(64);
    }
  });
});

describe("a finite space used up", () => {
  const finite = space({ a: int(0, 9), b: int(0, 5), c: choice(["x", "y"]) });
  const value = ({ a, b, c }: Params): number =>
    ((a as number) - 7) ** 2 + ((b as number) - 2) ** 2 + (c === "y" ? 0 : 1);

  // Random draws without replacement here, so that with the whole budget it is as good as the grid.
  test.each([
    ["grid", grid],
    ["random", random],
  ] as const)("%s has tried every configuration once and found the exact optimum", async (_, make) => {
    const codec = compile(finite);
    for (const seed of SEEDS.slice(0, 5)) {
      const all = await drawn(make(), finite, seed, 120);
      expect(new Set(all.map(params => codec.key(params as never))).size).toBe(120);
      expect(all.filter(params => value(params) === 0)).toEqual([{ a: 7, b: 2, c: "y" }]);
    }
  });

  test("the grid ends there", async () => {
    await expect(drawn(grid(), finite, 1, 121)).rejects.toMatchObject({ code: "E_SPACE_EXHAUSTED" });
  });
});
