/** Runs in Node and, bundled, in a page: the suggestions of a study as texts. */
import { choice, createStudy, float, int, oneOf, space } from "vernier";
import { random, tpe } from "vernier/samplers";

/** The first 50 configurations of a fixed study. JSON keeps every bit of a number. */
export async function suggestions(name: "tpe" | "random"): Promise<string[]> {
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
    sampler: name === "tpe" ? tpe() : random(),
    seed: 42,
  });
  // Sums and products of doubles alone: what differs between engines is not arithmetic but functions like Math.log.
  await study.run(({ lr, layers, act }) => (lr - 0.01) * (lr - 0.01) + layers * 0.125 + (act === "gelu" ? 0 : 1), {
    trials: 50,
  });
  return study.trials.map(({ params }) => JSON.stringify(params));
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
