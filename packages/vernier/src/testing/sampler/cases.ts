/** Contract of a sampler: what holds for every one, on any space and after any history. */
import assert from "node:assert/strict";
import type { Params, Sampler } from "../../core/types.ts";
import type { SpaceJson } from "../../space/types.ts";
import { SamplerStudy } from "../sampler-study.ts";
import {
  askOne,
  assertFits,
  assertPure,
  assertSpent,
  completes,
  play,
  type SamplerCase,
  survives,
  TRIALS,
  useUp,
  valueOf,
  varied,
} from "./play.ts";
import { several } from "./several.ts";
import { AFTER_EDIT, BEFORE_EDIT, FINITE, FINITE_WHEN, FINITE_WHERE, MIXED, NARROW, SINGLE, SPACES } from "./spaces.ts";

export type { SamplerCase } from "./play.ts";

const valid: readonly SamplerCase[] = [
  ...Object.entries(SPACES).map(([name, space]) => ({
    title: `suggests configurations of the space: ${name}`,
    async run(make: () => Sampler) {
      const study = new SamplerStudy(space, { seed: 1 });
      await play(make(), study, completes);
    },
  })),
  {
    title: "gives as many configurations as asked for",
    async run(make) {
      const study = new SamplerStudy(MIXED, { seed: 2 });
      const sampler = make();
      for (const n of [1, 7, 2, 5, 5]) {
        const { params } = await study.ask(sampler, n);
        assert.equal(params.length, n);
        for (const one of params) assertFits(study.codec, one);
        for (const one of params) completes(study, study.start(one), one);
      }
    },
  },
  {
    title: "copes with parameters of a single value",
    run: make => survives(varied, { space: NARROW })(make),
  },
  {
    title: "copes with a space of one configuration",
    async run(make) {
      for (const space of SINGLE) {
        const study = new SamplerStudy(space);
        const sampler = make();
        const params = await askOne(sampler, study);
        completes(study, study.start(params), params);
        await assertSpent(sampler, study);
      }
    },
  },
];

const pure: readonly SamplerCase[] = [
  ...[MIXED, SPACES["nested branches and when"] as SpaceJson, SPACES["text"] as SpaceJson].map((space, i) => ({
    title: `depends on seed, number and history only (${["mixed", "branches", "text"][i]} space)`,
    async run(make: () => Sampler) {
      const study = new SamplerStudy(space, { seed: 11 });
      const sampler = make();
      for (let k = 0; k < TRIALS; k++) {
        await assertPure(make, sampler, study);
        await play(sampler, study, varied, 1);
      }
      await assertPure(make, sampler, study, 4);
    },
  })),
  {
    title: "an ask that comes to nothing leaves no trace",
    async run(make) {
      const [study, quiet] = [new SamplerStudy(MIXED, { seed: 4 }), new SamplerStudy(MIXED, { seed: 4 })];
      const [sampler, other] = [make(), make()];
      for (let k = 0; k < TRIALS; k++) {
        await study.ask(sampler, 1 + (k % 3));
        assert.deepEqual(await play(sampler, study, varied, 1), await play(other, quiet, varied, 1));
      }
    },
  },
  {
    title: "does not mind the order in which it sees histories",
    async run(make) {
      const study = new SamplerStudy(MIXED, { seed: 6 });
      const sampler = make();
      const moments = [];
      for (let k = 0; k < TRIALS; k++) {
        moments.push({ history: study.history.clone(), said: await study.ask(sampler) });
        await play(sampler, study, varied, 1);
      }
      const backwards = make();
      for (const { history, said } of moments.toReversed()) {
        assert.deepEqual(await study.ask(backwards, 1, history), said, `trial ${history.size}`);
      }
    },
  },
  {
    title: "serves two studies in turn as it would each alone",
    async run(make) {
      const spaces = [MIXED, BEFORE_EDIT];
      const together = spaces.map((space, i) => new SamplerStudy(space, { seed: i }));
      const shared = make();
      const said: Params[][] = [[], []];
      for (let k = 0; k < TRIALS; k++) {
        for (const [i, study] of together.entries()) said[i]?.push(...(await play(shared, study, varied, 1)));
      }
      for (const [i, space] of spaces.entries()) {
        assert.deepEqual(await play(make(), new SamplerStudy(space, { seed: i }), varied), said[i]);
      }
    },
  },
  {
    title: "another seed gives other suggestions",
    async run(make) {
      const [a, b] = [7, 8].map(seed => play(make(), new SamplerStudy(MIXED, { seed }), completes, 12));
      assert.notDeepEqual(await a, await b);
    },
  },
];

const finite: readonly SamplerCase[] = [
  {
    title: "hands out a finite space whole before any repeat",
    run: make => useUp(make, FINITE, completes, 1),
  },
  { title: "hands out a finite space whole in batches", run: make => useUp(make, FINITE, completes, 5) },
  { title: "does not hand out what failed, was stopped or is under way", run: make => useUp(make, FINITE, varied, 1) },
  {
    title: "hands out what `where` leaves of a finite space, whole",
    async run(make) {
      for (const n of [1, 4]) await useUp(make, FINITE_WHERE, completes, n);
    },
  },
  {
    title: "hands out a conditional finite space whole",
    async run(make) {
      for (const n of [1, 4]) await useUp(make, FINITE_WHEN, varied, n);
    },
  },
];

const histories: readonly SamplerCase[] = [
  { title: "copes when every trial fails", run: survives((study, number) => study.fail(number)) },
  { title: "copes when every trial waits for a retry", run: survives((study, number) => study.fail(number, true)) },
  {
    title: "copes when every trial is pruned",
    run: survives((study, number, params) => study.prune(number, 1 + (number % 5), valueOf(study.codec, params))),
  },
  { title: "copes when trials are pruned without a report", run: survives((study, number) => study.prune(number)) },
  { title: "copes when every trial is under way", run: survives(() => undefined) },
  {
    title: "copes when no value can be ranked",
    run: survives((study, number) =>
      study.complete(number, number % 3 === 0 ? { other: 1 } : number % 3 === 1 ? NaN : Infinity),
    ),
  },
  { title: "copes when all values are equal", run: survives((study, number) => study.complete(number, 1)) },
  {
    title: "copes with values of any size",
    run: survives((study, number) => study.complete(number, (number % 2 === 0 ? 1 : -1) * 10 ** (12 * number))),
  },
  {
    title: "copes when every trial is infeasible",
    run: survives(
      (study, number, params) =>
        study.complete(
          number,
          number % 5 === 0 ? { value: 1 } : { value: valueOf(study.codec, params), c: 1 + number },
        ),
      { constraints: { c: { max: 0 } } },
    ),
  },
  {
    title: "copes when the objective is maximised",
    run: survives(completes, { objectives: { value: { direction: "maximize" } } }),
  },
  {
    title: "copes with trials deleted, restored and corrected",
    async run(make) {
      const study = new SamplerStudy(MIXED, { seed: 9 });
      const sampler = make();
      await play(sampler, study, completes);
      for (const number of [0, 3, 4, 20]) study.delete(number);
      await assertPure(make, sampler, study);
      await play(sampler, study, varied, 3);
      study.restore(3);
      study.correct(6, 100);
      await assertPure(make, sampler, study);
      for (let number = 0; number < study.history.size; number++) study.delete(number);
      await assertPure(make, sampler, study);
      await play(sampler, study, completes, 3);
    },
  },
  {
    title: "a deleted configuration of a finite space is free again",
    async run(make) {
      const study = new SamplerStudy(FINITE, { seed: 2 });
      const sampler = make();
      const all = await play(sampler, study, completes);
      study.delete(7);
      assert.deepEqual(await askOne(sampler, study), all[7]);
    },
  },
  {
    title: "copes with trials whose configuration is not known yet",
    async run(make) {
      const study = new SamplerStudy(MIXED, { seed: 9 });
      const sampler = make();
      for (let k = 0; k < 8; k++) {
        study.start(null);
        await play(sampler, study, varied, 2);
      }
      await assertPure(make, sampler, study);
    },
  },
  {
    title: "goes on in a space edited under way, and suggests nothing retired",
    async run(make) {
      const study = new SamplerStudy(BEFORE_EDIT, { seed: 12 });
      const sampler = make();
      await play(sampler, study, varied);
      study.edit(AFTER_EDIT);
      await assertPure(make, sampler, study);
      const after = await play(sampler, study, varied);
      assert.ok(
        after.every(({ act }) => act !== "tanh"),
        "tanh is retired",
      );
      await assertPure(make, sampler, study);
    },
  },
];

export const SAMPLER_CASES = { valid, pure, finite, histories, several } as const;
