import { expect, test } from "vitest";
import { stream } from "../math/rng.ts";
import { choice, float, int, space } from "../space/index.ts";
import { SPACES } from "../testing/sampler/spaces.ts";
import { SamplerStudy } from "../testing/sampler-study.ts";
import { randomStep } from "../testing/sampler-walk.ts";
import { auto, cmaes, forest, gp, grid, nsga2, random, sobol, tpe } from "./index.ts";

const XN = space({ x: float(0, 1), n: int(1, 9), c: choice(["a", "b", "c"]) });
const WIDER = space({ x: float(0, 2), n: int(1, 20), c: choice(["a", "b", "c", "d"]) });
const NARROWER = space({ x: float(0, 0.5), n: int(1, 9), c: choice(["a", "b"]) });

/** Whatever happens in whatever order, a sampler that saw it happen says what one says that reads the log anew. */
test.each([
  ["random", random],
  ["sobol", sobol],
  ["grid", () => grid({ points: 4 })],
  ["tpe", tpe],
  ["cmaes", () => cmaes({ population: 5, restart: "ipop" })],
  ["cmaes, separable, from a warm start", () => cmaes({ separable: true, startup: 10, warmStart: true })],
  ["univariate tpe", () => tpe({ startup: 2, multivariate: false, gamma: n => n >> 1 })],
  ["tpe without liar", () => tpe({ startup: 5, constantLiar: false, priorWeight: 3 })],
  ["auto", auto],
  ["forest", () => forest({ startup: 3, candidates: 40, starts: 2 })],
  ["gp", () => gp({ startup: 3, candidates: 32, starts: 3, fantasies: 4 })],
  ["nsga2", () => nsga2({ population: 10 })],
  ["nsga2, after every trial", () => nsga2({ population: 6, offspring: 1, crossover: "sbx" })],
])("%s: random histories, warm and cold", async (name, make) => {
  const rng = stream(4, "purity", name);
  for (const [title, each] of Object.entries({ ...SPACES, edited: XN })) {
    const study = new SamplerStudy(each, { seed: 4 });
    const sampler = make();
    const edits = title === "edited" ? [XN, WIDER, NARROWER] : [];
    for (let i = 0; i < 160; i++) {
      await randomStep(study, sampler, rng, { undo: true, edits });
      if (i % 8 > 0) continue;
      const [warm, cold] = [await study.tryAsk(sampler), await study.tryAsk(make(), 1, study.reopened())];
      expect(cold, `${title} after ${i + 1} steps`).toEqual(warm);
      for (const params of warm.params) expect(study.codec.check(params)).toEqual([]);
    }
  }
});

test.each([
  ["tpe", tpe],
  ["multivariate tpe", () => tpe({ startup: 2, multivariate: true, gamma: n => n >> 1 })],
  ["univariate tpe", () => tpe({ startup: 2, multivariate: false })],
  ["auto", auto],
  ["nsga2", () => nsga2({ population: 10 })],
  ["nsga2, after every trial", () => nsga2({ population: 6, offspring: 1, crossover: "sbx" })],
])("%s: several objectives and constraints, warm and cold", async (name, make) => {
  const rng = stream(6, "purity", name);
  const goals = {
    objectives: { a: { direction: "minimize" }, b: { direction: "maximize" }, c: { direction: "minimize" } },
    constraints: { d: { max: 0 } },
  } as const;
  for (const [title, each] of Object.entries({ ...SPACES, edited: XN })) {
    const study = new SamplerStudy(each, { seed: 4, ...goals });
    const sampler = make();
    const edits = title === "edited" ? [XN, WIDER, NARROWER] : [];
    for (let i = 0; i < 140; i++) {
      await randomStep(study, sampler, rng, { undo: true, edits });
      if (i % 10 > 0) continue;
      const [warm, cold] = [await study.tryAsk(sampler), await study.tryAsk(make(), 1, study.reopened())];
      expect(cold, `${title} after ${i + 1} steps`).toEqual(warm);
    }
  }
});

test.each([
  ["tpe", tpe],
  ["univariate tpe", () => tpe({ multivariate: false })],
])(
  "%s: a long history without corrections, where bandwidths no longer depend on the number of trials",
  async (_, make) => {
    const rng = stream(5, "purity");
    const sampler = make();
    const study = new SamplerStudy(space({ x: float(0, 1), n: int(1, 30), log: int(1, 3000, { scale: "log" }) }));
    for (let i = 0; i < 900; i++) {
      await randomStep(study, sampler, rng);
      if (i % 45 > 0) continue;
      expect(await study.ask(make(), 3, study.reopened()), `after ${i + 1} steps`).toEqual(await study.ask(sampler, 3));
    }
    expect(study.history.finishedCount).toBeGreaterThan(200);
  },
);
