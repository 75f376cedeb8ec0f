import { expect, test } from "vitest";
import { createEngine, memoryStorage } from "../core/index.ts";
import type { Suggest, Trial } from "../core/study-types.ts";
import { random } from "../samplers/index.ts";
import { none } from "../schedulers/index.ts";
import { dynamic } from "../space/index.ts";
import { copyStudy } from "./copy.ts";
import { writeCsv } from "./csv/write.ts";
import { dumpOf } from "./dump.ts";

test("a define-by-run study shows the space it learnt; its copy has learnt it, too; deleted trials are left out", async () => {
  const storage = memoryStorage();
  const engine = createEngine({ storage, sampler: () => random(), scheduler: () => none() });
  const study = await engine.create({ name: "s", space: dynamic(), objectives: { loss: "minimize" }, seed: 1 });
  type Asking = Suggest & Trial<unknown, "loss">;
  const loss = (_: unknown, trial: Asking): number =>
    trial.float("x", 0, 1) + (trial.choice("kind", ["a", "b"]) === "a" ? 1 : 0);
  await study.run(loss, { trials: 6 });
  await study.deleteTrial(2);
  const dump = await dumpOf(storage, study.id);
  expect(Object.keys(dump.learnt?.shape ?? {}).toSorted()).toEqual(["kind", "x"]);
  expect(dump.trials.map(({ number }) => number)).toEqual([0, 1, 3, 4, 5]);
  const [head] = [...writeCsv(dump)];
  expect(head).toContain("params.kind,params.x");
  const { info } = await copyStudy({ storage, id: study.id }, storage, { as: "copy" });
  expect((await dumpOf(storage, info.id)).learnt).toEqual(dump.learnt);
  await expect(dumpOf(storage, 99)).rejects.toThrow(/^there is no study with id 99 in memory:/);
  await study.close();
});
