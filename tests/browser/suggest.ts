/** Runs in Node and, bundled, in a page: the suggestions of a study as texts. */
import { choice, createStudy, float, int, oneOf, space } from "vernier";
import type { Sampler } from "vernier/core";
import { exp, log, stream } from "vernier/math";
import { cmaes, nsga2, random, sobol, tpe } from "vernier/samplers";

export type SamplerName = "tpe" | "random" | "sobol" | "nsga2" | "cmaes";
const SAMPLERS: Readonly<Record<SamplerName, () => Sampler>> = { tpe, random, sobol, nsga2, cmaes };

/** The first 50 configurations of a fixed study. JSON keeps every bit of a number. */
export async function suggestions(name: SamplerName): Promise<string[]> {
  const study = await createStudy({
    name: "same",
    space: space({
      lr: float(1e-5, 1, { scale: "log" }),
      width: float(0, 1),
      layers: int(1, 8),
      act: choice(["relu", "gelu", "tanh"]),
      optimizer: oneOf({ sgd: { momentum: float(0, 0.99) }, adam: { beta2: float(0.9, 0.9999, { scale: "logit" }) } }),
    }),
    objectives: { loss: "minimize" },
    sampler: SAMPLERS[name](),
    seed: 42,
  });
  // Sums and products of doubles alone: what differs between engines is not arithmetic but functions like Math.log.
  await study.run(({ lr, layers, act }) => (lr - 0.01) * (lr - 0.01) + layers * 0.125 + (act === "gelu" ? 0 : 1), {
    trials: 50,
  });
  return study.trials.map(({ params }) => JSON.stringify(params));
}

/** The bits of exp and log at 100,000 places each, folded into one number. */
export function elementaryBits(): number {
  const rng = stream(8, "elementary");
  const values = new Float64Array(2);
  const words = new Uint32Array(values.buffer);
  let hash = 2166136261;
  for (let i = 0; i < 100_000; i++) {
    values[0] = exp((rng.next() - 0.5) * (i % 2 === 0 ? 1450 : 4));
    values[1] = log(values[0] + rng.next());
    for (const word of words) hash = Math.imul(hash ^ word, 16777619);
  }
  return hash >>> 0;
}

/** What a browser says to a file. */
export const refused = (): Promise<string> =>
  createStudy({
    name: "file",
    space: space({ x: float(0, 1) }),
    objectives: { y: "minimize" },
    storage: "sqlite:study.db",
  }).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
