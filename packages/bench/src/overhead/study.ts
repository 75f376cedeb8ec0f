import { createStudy, float, space, type Sampler } from "vernier";
import { auto, random, tpe } from "vernier/samplers";

/** Ten floats: the space all overhead is measured on. */
export const TEN_FLOATS = space(Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`x${i}`, float(0, 1)])));

/** A study over ten floats that minimises the first. Opens the one stored there when it exists. */
export function tenFloats(storage: string, sampler: Sampler, seed = 1) {
  return createStudy({
    name: "overhead",
    space: TEN_FLOATS,
    objectives: { value: "minimize" },
    sampler,
    storage,
    seed,
    ifExists: "resume",
  });
}
export type TenFloats = Awaited<ReturnType<typeof tenFloats>>;

/** `count` trials by ask and tell. */
export async function askTell(study: TenFloats, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const trial = await study.ask();
    await trial.tell({ value: trial.params["x0"] ?? NaN });
  }
}

/** A study over ten floats with two objectives in conflict. */
export function twoObjectives(storage: string, sampler: Sampler, seed = 1) {
  return createStudy({
    name: "overhead",
    space: TEN_FLOATS,
    objectives: { a: "minimize", b: "minimize" },
    sampler,
    storage,
    seed,
  });
}
export type TwoObjectives = Awaited<ReturnType<typeof twoObjectives>>;

/** `count` trials by ask and tell. */
export async function askTellTwo(study: TwoObjectives, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const trial = await study.ask();
    const x = Object.values(trial.params);
    const far = x.reduce((sum, u) => sum + (u - 0.5) ** 2, 0);
    await trial.tell({ a: x[0]! + far, b: x[1]! + far });
  }
}

/** TPE that draws its first `count` trials at random, so that a long history costs nothing to build. */
export function tpeAfter(count: number): Sampler {
  const [model, cheap] = [tpe(), random()];
  return { ...model, suggest: context => (context.number < count ? cheap : model).suggest(context) };
}

/** Stored as `auto`, suggests at random: writes the history that a study of the default sampler would have. */
export function autoInName(): Sampler {
  const cheap = random();
  return { ...auto(), suggest: context => cheap.suggest(context) };
}
