/** What the cases of the sampler contract are made of: trials that meet a fate, and checks of what was suggested. */
import assert from "node:assert/strict";
import type { Params, Sampler } from "../../core/types.ts";
import { canonical } from "../../space/index.ts";
import type { Codec, SpaceJson } from "../../space/types.ts";
import { SamplerStudy, type SamplerStudyOptions } from "../sampler-study.ts";
import { MIXED } from "./spaces.ts";

export interface SamplerCase {
  readonly title: string;
  run(make: () => Sampler): Promise<void>;
}

/** Enough for any usual number of startup trials to be over. */
export const TRIALS = 24;

export function assertFits(codec: Codec, params: Params): void {
  assert.deepEqual(codec.check(params), [], `not a configuration of the space: ${canonical(params)}`);
  assert.ok(codec.feasible(params), `a where does not hold: ${canonical(params)}`);
  assert.equal(canonical(JSON.parse(JSON.stringify(params))), canonical(params), "params must be JSON");
}

/** A smooth objective on any space: squared distance of the active columns from 0.3. */
export function valueOf(codec: Codec, params: Params): number {
  const x = new Float64Array(codec.width);
  codec.encode(params, x);
  return x.reduce((sum, u) => (Number.isNaN(u) ? sum : sum + (u - 0.3) ** 2), 0);
}

/** Asks for one configuration and checks it. */
export async function askOne(sampler: Sampler, study: SamplerStudy): Promise<Params> {
  const { params } = await study.ask(sampler);
  assert.equal(params.length, 1, "asked for one");
  const [one] = params as [Params];
  assertFits(study.codec, one);
  return one;
}

export type Fate = (study: SamplerStudy, number: number, params: Params) => void;

export const completes: Fate = (study, number, params) => study.complete(number, valueOf(study.codec, params));

/** Complete, pruned, failed, to be retried, and left running. */
export const varied: Fate = (study, number, params) => {
  const value = valueOf(study.codec, params);
  if (number % 6 === 1) study.prune(number, 1 + (number % 4), value);
  else if (number % 6 === 3) study.fail(number, number % 4 === 3);
  else if (number % 11 !== 5) study.complete(number, value);
};

/** `count` more trials; each meets its fate at once. */
export async function play(sampler: Sampler, study: SamplerStudy, fate: Fate, count = TRIALS): Promise<Params[]> {
  const all: Params[] = [];
  for (let i = 0; i < count; i++) {
    const params = await askOne(sampler, study);
    fate(study, study.start(params), params);
    all.push(params);
  }
  return all;
}

/** What a new sampler says after reading the log anew must be what this one says. */
export async function assertPure(make: () => Sampler, sampler: Sampler, study: SamplerStudy, n = 1): Promise<void> {
  const warm = await study.ask(sampler, n);
  const cold = await study.ask(make(), n, study.reopened());
  assert.deepEqual(cold, warm, `trial ${study.history.size}: what is kept between calls must not matter`);
}

/** Plays a history in which every trial has the same fate; the sampler must go on, whatever it kept. */
export function survives(
  fate: Fate,
  { space = MIXED, ...options }: SamplerStudyOptions & { space?: SpaceJson } = {},
): SamplerCase["run"] {
  return async make => {
    const study = new SamplerStudy(space, { seed: 5, ...options });
    const sampler = make();
    await play(sampler, study, fate);
    await assertPure(make, sampler, study);
    await assertPure(make, sampler, study, 3);
    await play(sampler, study, completes, 3);
  };
}

/** Used up: repeating a configuration and ending with E_SPACE_EXHAUSTED are both right. */
export async function assertSpent(sampler: Sampler, study: SamplerStudy): Promise<void> {
  try {
    await askOne(sampler, study);
  } catch (error) {
    assert.equal((error as { code?: unknown }).code, "E_SPACE_EXHAUSTED");
  }
}

/** Hands out a finite space whole, `n` at a time. */
export async function useUp(
  make: () => Sampler,
  space: SpaceJson,
  fate: Fate,
  n: number,
  options: SamplerStudyOptions = {},
): Promise<void> {
  const study = new SamplerStudy(space, { seed: 3, ...options });
  const sampler = make();
  const total = [...study.codec.enumerate()].length;
  const keys = new Set<string>();
  while (keys.size < total) {
    const { params } = await study.ask(sampler, Math.min(n, total - keys.size));
    assert.ok(params.length > 0, `nothing suggested after ${keys.size} of ${total} configurations`);
    for (const one of params) {
      assertFits(study.codec, one);
      const key = study.codec.key(one);
      assert.ok(!keys.has(key), `repeated after ${keys.size} of ${total} configurations: ${key}`);
      keys.add(key);
    }
    for (const one of params) fate(study, study.start(one), one);
  }
  await assertSpent(sampler, study);
}
