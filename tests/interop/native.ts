/** A study of ours with every kind of parameter, and trials in most states. */
import { createStudy } from "vernier";
import { memoryStorage } from "vernier/core";
import { dumpOf, type StudyDump } from "vernier/interop";
import {
  choice,
  fixed,
  float,
  int,
  list,
  oneOf,
  ordinal,
  permutation,
  simplex,
  space,
  subset,
  text,
  when,
} from "vernier/space";

export const everyKind = space({
  lr: float(1e-5, 1e-1, { scale: "log" }),
  rate: float(0.01, 0.99, { scale: "logit" }),
  width: int(8, 512, { scale: "log" }),
  batch: ordinal([16, 32, 64]),
  act: choice(["relu", "gelu", null]),
  leak: when('act == "relu"', float(0, 1)),
  order: permutation(["a", "b", "c"], { length: 2 }),
  features: subset(["f1", "f2"]),
  mixture: simplex(["web", "code"]),
  blocks: list({ size: int(1, 9) }, { max: 2 }),
  optimizer: oneOf({ sgd: { momentum: float(0, 0.9) }, adam: { beta: float(0.8, 0.999), more: { eps: float(0, 1) } } }),
  model: { depth: int(1, 4) },
  prompt: text({ seeds: ["terse", "kind"] }),
  epochs: fixed(3),
});

export async function nativeStudy(): Promise<StudyDump> {
  const storage = memoryStorage();
  const study = await createStudy({
    name: "native",
    space: everyKind,
    objectives: { loss: "minimize" },
    constraints: { memory: { max: 8 }, speed: { min: 1, max: 4 } },
    sampler: (await import("vernier/samplers")).random(),
    seed: 1,
    storage,
  });
  for (let i = 0; i < 10; i++) {
    const trial = await study.ask();
    await trial.report(0, { loss: 2 });
    if (i === 3) await trial.fail("it broke");
    else await trial.tell({ loss: trial.params.lr, memory: i, speed: 2, extra: i } as never);
  }
  await study.queue({ lr: 0.01, optimizer: { kind: "sgd" } });
  const running = await study.ask();
  await running.report(1, { loss: 0.5 });
  await study.queue({ order: ["b", "a"] });
  const [info] = await storage.listStudies();
  if (info === undefined) throw new Error("no study");
  const dump = await dumpOf(storage, info.id);
  await study.close();
  return dump;
}
