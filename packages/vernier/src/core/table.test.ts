import { expect, test } from "vitest";
import { choice, dynamic, float, oneOf, space, subset } from "../space/index.ts";
import { testEngine } from "../testing/test-study.ts";

const make = async () => {
  const { engine, clock } = testEngine();
  const study = await engine.create({
    name: "t",
    space: space({
      deep: { lr: float(0, 1) },
      o: oneOf({ sgd: { momentum: float(0, 1) }, adam: {} }),
      bits: subset(["a", "b"]),
      act: choice(["x"]),
    }),
    objectives: { loss: "minimize" },
    constraints: { memory: { max: 3 } },
    seed: 1,
  });
  return { study, clock };
};

test("rows are flat, and every row has every name", async () => {
  const { study, clock } = await make();
  const base = { deep: { lr: 0.5 }, bits: ["a" as const], act: "x" as const };
  await study.queue({ ...base, o: { kind: "sgd" as const, momentum: 0.25 } });
  await study.queue({ ...base, o: { kind: "adam" as const } });
  await study.queue({ ...base, o: { kind: "adam" as const } });
  const first = await study.ask();
  clock.tick(1500);
  await first.tell({ loss: 1, memory: 2, extra: NaN } as { loss: number; memory: number });
  await (await study.ask()).fail(new Error("no"));
  const third = await study.ask();
  await third.report(4, { loss: 7 });
  await third.prune();
  const [a, b, c] = study.toTable();
  expect(a).toMatchObject({
    number: 0,
    state: "complete",
    "metrics.loss": 1,
    "metrics.memory": 2,
    "metrics.extra": NaN,
    "params.deep.lr": 0.5,
    "params.o.kind": "sgd",
    "params.o.momentum": 0.25,
    "params.bits": ["a"],
    seconds: 1.5,
    error: null,
  });
  expect(b).toMatchObject({ state: "failed", error: "no", "metrics.loss": null, "params.o.momentum": null });
  // A pruned trial is worth its newest report.
  expect(c).toMatchObject({ state: "pruned", "metrics.loss": 7 });
  for (const row of [b, c]) expect(Object.keys(row ?? {})).toEqual(Object.keys(a ?? {}));
  expect(Object.keys(a ?? {})).toEqual([
    ...["number", "state", "metrics.loss", "metrics.memory", "metrics.extra"],
    ...["params.deep.lr", "params.o.kind", "params.o.momentum", "params.bits", "params.act"],
    ...["queued", "started", "finished", "seconds", "sampler", "error"],
  ]);
  const columns = study.toTable({ as: "columns" });
  expect(columns.number).toEqual([0, 1, 2]);
  expect(columns["metrics.loss"]).toEqual([1, null, 7]);
  expect(Object.keys(columns)).toEqual(Object.keys(a ?? {}));
});

test("a metric's name is known to the types; a typo is not one of the study's", async () => {
  const { study } = await make();
  await study.run(() => ({ loss: 1, memory: 1 }), { trials: 1 });
  const loss: number | null = study.toTable()[0]!["metrics.loss"];
  const states: readonly string[] = study.toTable({ as: "columns" }).state;
  expect([loss, states]).toEqual([1, ["complete"]]);
});

test("a study without trials has no rows, and its columns are there", async () => {
  const { study } = await make();
  expect(study.toTable()).toEqual([]);
  expect(study.toTable({ as: "columns" })["metrics.loss"]).toEqual([]);
});

test("define-by-run: what the trials named", async () => {
  const study = await testEngine().engine.create({
    name: "d",
    space: dynamic(),
    objectives: { y: "minimize" },
    seed: 1,
  });
  await study.run((_, trial) => trial.float("x", 0, 1), { trials: 2 });
  expect(study.toTable()[0]).toHaveProperty(["params.x"]);
});

test("other forms are refused", async () => {
  const { study } = await make();
  expect(() => study.toTable({ as: "cells" as "rows" })).toThrowErrorMatchingInlineSnapshot(
    `[VernierError: as is "cells". A table has rows or columns. Write as: "rows" or as: "columns".]`,
  );
});
