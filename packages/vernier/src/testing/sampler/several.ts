/** Contract of a sampler for several objectives and constraints. */
import type { Metrics, Params } from "../../core/types.ts";
import type { Codec, SpaceJson } from "../../space/types.ts";
import { SamplerStudy, type SamplerStudyOptions } from "../sampler-study.ts";
import { assertPure, type Fate, play, type SamplerCase, survives, TRIALS, useUp } from "./play.ts";
import { FINITE, MIXED, SPACES } from "./spaces.ts";

const TWO: SamplerStudyOptions = { objectives: { loss: { direction: "minimize" }, gain: { direction: "maximize" } } };
const THREE: SamplerStudyOptions = {
  objectives: { ...TWO.objectives, cost: { direction: "minimize" } },
  constraints: { memory: { max: 0.4 }, speed: { min: 0.1 } },
};

/** Smooth and in conflict: squared distances from 0.3, to 0.7 and from 0.5. */
function metricsOf(codec: Codec, params: Params): Metrics {
  const x = new Float64Array(codec.width);
  codec.encode(params, x);
  const away = (from: number): number => x.reduce((sum, u) => (Number.isNaN(u) ? sum : sum + (u - from) ** 2), 0);
  const last = x.findLast(u => !Number.isNaN(u)) ?? 0;
  return { loss: away(0.3), gain: -away(0.7), cost: away(0.5), memory: last, speed: x[0]! };
}

/** As `varied`, with values missing and infinite now and then. */
const variedMetrics: Fate = (study, number, params) => {
  const metrics = metricsOf(study.codec, params);
  const { gain: _, ...some } = metrics;
  if (number % 6 === 1) study.prune(number, 1 + (number % 4), number % 12 === 1 ? some : metrics);
  else if (number % 6 === 3) study.fail(number, number % 4 === 3);
  else if (number % 13 === 2) study.complete(number, number % 2 === 0 ? some : { ...metrics, loss: Infinity });
  else if (number % 11 !== 5) study.complete(number, metrics);
};

const completesMetrics: Fate = (study, number, params) => study.complete(number, metricsOf(study.codec, params));

/** For samplers that take them. One that does not skips these. */
export const several: readonly SamplerCase[] = [
  {
    title: "suggests for two objectives, one of them to be maximised",
    async run(make) {
      const study = new SamplerStudy(MIXED, { seed: 13, ...TWO });
      const sampler = make();
      await play(sampler, study, completesMetrics);
      await assertPure(make, sampler, study);
      await assertPure(make, sampler, study, 3);
    },
  },
  {
    title: "three objectives with constraints: depends on seed, number and history only",
    async run(make) {
      const study = new SamplerStudy(MIXED, { seed: 14, ...THREE });
      const sampler = make();
      for (let k = 0; k < TRIALS; k++) {
        await assertPure(make, sampler, study);
        await play(sampler, study, variedMetrics, 1);
      }
      await assertPure(make, sampler, study, 4);
    },
  },
  {
    title: "copes with several objectives and branches",
    async run(make) {
      const study = new SamplerStudy(SPACES["nested branches and when"] as SpaceJson, { seed: 15, ...THREE });
      const sampler = make();
      await play(sampler, study, variedMetrics);
      await assertPure(make, sampler, study, 2);
    },
  },
  {
    title: "copes when all values of several objectives are equal",
    run: survives((study, number) => study.complete(number, { loss: 0, gain: 0 }), TWO),
  },
  {
    title: "copes when no trial has all of several objectives",
    run: survives((study, number) => study.complete(number, { loss: number }), TWO),
  },
  {
    title: "copes when every trial for several objectives is pruned",
    run: survives((study, number, params) => study.prune(number, number % 3, metricsOf(study.codec, params)), TWO),
  },
  {
    title: "copes when every trial for several objectives is infeasible or of unknown feasibility",
    run: survives((study, number, params) => {
      const { memory, speed: _, ...rest } = metricsOf(study.codec, params);
      study.complete(number, number % 5 === 0 ? rest : { ...rest, memory: 1 + memory!, speed: number % 2 });
    }, THREE),
  },
  {
    title: "copes with values of several objectives of any size",
    run: survives(
      (study, number) =>
        study.complete(number, { loss: (number % 2 === 0 ? 1 : -1) * 10 ** (12 * number), gain: number % 3 }),
      TWO,
    ),
  },
  {
    title: "hands out a finite space whole with several objectives",
    async run(make) {
      await useUp(make, FINITE, completesMetrics, 3, TWO);
    },
  },
  {
    title: "copes with trials of several objectives deleted, restored and corrected",
    async run(make) {
      const study = new SamplerStudy(MIXED, { seed: 16, ...TWO });
      const sampler = make();
      await play(sampler, study, completesMetrics);
      for (const number of [0, 3, 4, 20]) study.delete(number);
      await assertPure(make, sampler, study);
      study.restore(3);
      study.correct(6, 100); // its objectives are gone
      await assertPure(make, sampler, study);
      await play(sampler, study, variedMetrics, 3);
    },
  },
];
