/** Define-by-run searches as well as a declared space does: conditional parameters are learnt, and suggested together. */
import { expect, test } from "vitest";
import { wilcoxon } from "../math/index.ts";
import { random, tpe } from "../samplers/index.ts";
import { dynamic, float, int, oneOf, space } from "../space/index.ts";
import { testEngine } from "../testing/test-study.ts";
import type { Sampler } from "./types.ts";

const SEEDS = 14;
const TRIALS = 100;

/** Two branches with a basin each, one a little deeper, and layers that each have a best width. */
const sgd = (momentum: number, lr: number): number => 0.05 + (momentum - 0.8) ** 2 + 0.1 * (Math.log10(lr) + 2) ** 2;
const adam = (beta: number, lr: number): number => 5 * (beta - 0.95) ** 2 + 0.1 * (Math.log10(lr) + 4) ** 2;
const layer = (i: number, width: number): number => 0.05 * (Math.log2(width) - 3 - i) ** 2;

async function byRun(sampler: Sampler, seed: number): Promise<number> {
  const study = await testEngine().engine.create({
    name: "d",
    space: dynamic(),
    objectives: { loss: "minimize" },
    sampler,
    seed,
  });
  await study.run(
    (_, trial) => {
      const optimizer = trial.choice("optimizer", ["sgd", "adam"]);
      let loss =
        optimizer === "sgd"
          ? sgd(trial.float("sgd.momentum", 0, 1), trial.float("sgd.lr", 1e-5, 1, { scale: "log" }))
          : adam(trial.float("adam.beta", 0.8, 1), trial.float("adam.lr", 1e-5, 1, { scale: "log" }));
      const layers = trial.int("layers", 1, 3);
      for (let i = 1; i <= layers; i++) loss += layer(i, trial.int(`layer${i}.width`, 4, 256, { scale: "log" }));
      return loss + 0.1 * (3 - layers);
    },
    { trials: TRIALS },
  );
  return study.best?.metrics.loss ?? NaN;
}

async function declared(sampler: Sampler, seed: number): Promise<number> {
  const width = { width: int(4, 256, { scale: "log" }) };
  const lr = float(1e-5, 1, { scale: "log" });
  const study = await testEngine().engine.create({
    name: "s",
    space: space({
      optimizer: oneOf({ sgd: { momentum: float(0, 1), lr }, adam: { beta: float(0.8, 1), lr } }),
      depth: oneOf({ one: { a: width }, two: { a: width, b: width }, three: { a: width, b: width, c: width } }),
    }),
    objectives: { loss: "minimize" },
    sampler,
    seed,
  });
  await study.run(
    ({ optimizer, depth }) => {
      let loss = optimizer.kind === "sgd" ? sgd(optimizer.momentum, optimizer.lr) : adam(optimizer.beta, optimizer.lr);
      loss += layer(1, depth.a.width);
      if (depth.kind !== "one") loss += layer(2, depth.b.width);
      if (depth.kind === "three") loss += layer(3, depth.c.width);
      return loss + 0.1 * { one: 2, two: 1, three: 0 }[depth.kind];
    },
    { trials: TRIALS },
  );
  return study.best?.metrics.loss ?? NaN;
}

test("TPE on a learnt conditional space beats random, and finds what it finds on the declared space", async () => {
  const rows = { dynamic: [] as number[], random: [] as number[], declared: [] as number[] };
  for (let seed = 1; seed <= SEEDS; seed++) {
    rows.dynamic.push(await byRun(tpe(), seed));
    rows.random.push(await byRun(random(), seed));
    rows.declared.push(await declared(tpe(), seed));
  }
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
  expect(wilcoxon(rows.dynamic, rows.random, "less").p).toBeLessThan(0.01);
  expect(median(rows.dynamic)).toBeLessThan(median(rows.random));
  expect(median(rows.dynamic)).toBeLessThan(1.5 * median(rows.declared));
});
