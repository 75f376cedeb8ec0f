/** Random histories for tests of samplers: everything that may happen to trials, in any order. */
import { STATE, type Metrics, type Params, type Sampler } from "../core/types.ts";
import type { Rng } from "../math/rng.ts";
import type { SpaceJson } from "../space/types.ts";
import type { SamplerStudy } from "./sampler-study.ts";

/** A value in [0,1) that depends on nothing but the configuration: an objective for any space. */
export function anyValue(params: Params): number {
  let hash = 0;
  for (const char of JSON.stringify(params)) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0;
  return (hash >>> 0) / 4_294_967_296;
}

/** As `anyValue`, one for each metric that counts; a constraint is violated about as often as not. */
function anyMetrics({ history }: SamplerStudy, params: Params): number | Metrics {
  const { objectives, constraints } = history;
  if (objectives.length === 1 && constraints.length === 0) return anyValue(params);
  const metrics: Record<string, number> = {};
  for (const { name } of [...objectives, ...constraints]) metrics[name] = anyValue({ ...params, "the metric": name });
  for (const { name, min, max } of constraints) metrics[name]! += (max ?? min ?? 0) - 0.5;
  return metrics;
}

const pick = <T>(rng: Rng, items: readonly T[]): T | undefined => items[rng.int(Math.max(1, items.length))];

/** Numbers of the trials in a state. */
function inState(study: SamplerStudy, ...states: readonly number[]): number[] {
  const { history } = study;
  return Array.from({ length: history.size }, (_, i) => i).filter(i => states.includes(history.states[i]!));
}

/** What may happen next, with how often. `edit`: spaces the study may be edited to. */
export interface WalkOptions {
  readonly edits?: readonly SpaceJson[];
  /** Deletions, corrections and restorations happen, too. */
  readonly undo?: boolean;
}

/** Lets one random thing happen. */
export async function randomStep(
  study: SamplerStudy,
  sampler: Sampler,
  rng: Rng,
  options: WalkOptions = {},
): Promise<void> {
  const u = rng.next();
  const running = inState(study, STATE.running).filter(number => study.history.params(number) !== null);
  const waiting = inState(study, STATE.waiting);
  if (u < 0.45 || running.length === 0) {
    const { params } = await study.tryAsk(sampler);
    if (params[0] !== undefined) study.start(rng.next() < 0.03 ? null : params[0]);
    return;
  }
  const number = pick(rng, running) ?? 0;
  const params = study.history.params(number) ?? {};
  if (u < 0.75) study.complete(number, rng.next() < 0.05 ? NaN : anyMetrics(study, params));
  else if (u < 0.82)
    study.prune(number, rng.next() < 0.2 ? undefined : rng.int(5), rng.next() < 0.2 ? NaN : anyMetrics(study, params));
  else if (u < 0.86) study.fail(number, rng.next() < 0.5);
  else if (u < 0.89) study.release(number);
  else if (u < 0.95 && waiting.length > 0) study.restart(pick(rng, waiting) ?? 0);
  else if (options.undo === true) undo(study, rng, options.edits ?? []);
}

function undo(study: SamplerStudy, rng: Rng, edits: readonly SpaceJson[]): void {
  const complete = inState(study, STATE.complete);
  const deleted = inState(study, STATE.none);
  const target = pick(rng, complete);
  const u = rng.next();
  if (u < 0.4 && target !== undefined) study.correct(target, rng.next());
  else if (u < 0.7 && target !== undefined) study.delete(target);
  else if (u < 0.9 && deleted.length > 0) study.restore(pick(rng, deleted) ?? 0);
  else if (edits.length > 0) study.edit(pick(rng, edits) ?? edits[0]!);
}
