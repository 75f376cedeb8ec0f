/** Tunes the network of network.ts on handwritten digits: `npx vernier run examples/digits/study.ts`. */
import { choice, defineStudy, float, int, oneOf, ordinal, space, type Infer } from "vernier";
import { median } from "vernier/schedulers";
import { loadDigits, split } from "./data.ts";
import { train } from "./train.ts";

const EPOCHS = 20;
const images = split(loadDigits(), 1);

/** The defaults are those most libraries have: Adam with its paper's values, batches of 32, no dropout. */
const knobs = space({
  lr: float(1e-4, 0.3, { scale: "log", default: 1e-3 }),
  batch: ordinal([8, 16, 32, 64, 128], { default: 32 }),
  model: {
    layers: int(1, 2, { default: 2 }),
    units: int(8, 64, { scale: "log", default: 32 }),
    activation: choice(["relu", "tanh"], { default: "relu" }),
    dropout: float(0, 0.6, { default: 0 }),
  },
  optimizer: oneOf(
    {
      adam: { beta2: float(0.9, 0.9999, { scale: "logit", default: 0.999 }) },
      sgd: { momentum: float(0, 0.99, { default: 0.9 }) },
    },
    { default: "adam" },
  ),
  decay: float(1e-6, 1, { scale: "log", default: 1e-4 }),
});

export default defineStudy({
  name: "digits",
  space: knobs,
  objectives: { loss: "minimize" }, // on the validation images; finer than their accuracy, which moves in steps of 0.2 %
  scheduler: median({ warmup: 5 }),
  seed: 1,
  run: { trials: 60 },

  objective: async (params, trial) => {
    const { pixels, labels, size } = images.validation;
    let last = { loss: Infinity, accuracy: 0 };
    for (const { epoch, network } of train(params, images.train, EPOCHS, 1)) {
      last = network.evaluate(pixels, labels, size);
      await trial.report(epoch, last); // a hopeless trial ends here
    }
    return last;
  },

  // The test images are looked at only now. A mean of five networks, because one alone depends on luck.
  final: (params: Infer<typeof knobs>) => {
    const { pixels, labels, size } = images.test;
    let testAccuracy = 0;
    for (let seed = 1; seed <= 5; seed++) {
      const last = [...train(params, images.train, EPOCHS, seed)].at(-1);
      testAccuracy += (last?.network.evaluate(pixels, labels, size).accuracy ?? 0) / 5;
    }
    return { testAccuracy };
  },
});
