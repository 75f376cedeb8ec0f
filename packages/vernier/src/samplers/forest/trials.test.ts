import { expect, test } from "vitest";
import { float, oneOf, space } from "../../space/index.ts";
import { SamplerStudy } from "../../testing/sampler-study.ts";
import { violationShares } from "./model.ts";
import { taught } from "./trials.ts";
import { TreeSpace } from "./tree-space.ts";

const X = space({ x: float(0, 1) });

test("a complete trial has its value, a stopped one at best the median, a failed one the worst", () => {
  const study = new SamplerStudy(X);
  const at = (x: number): number => study.start({ x });
  for (const [i, value] of [5, 1, 3].entries()) study.complete(at(i / 10), value);
  study.prune(at(0.3), 1, -100);
  study.prune(at(0.4), 1, 4);
  study.prune(at(0.5), 1, 1000);
  study.prune(at(0.6));
  study.fail(at(0.7));
  study.complete(at(0.8), NaN);
  at(0.9); // under way
  const known = taught(study.history, new TreeSpace(study.codec))!;
  expect([...known.y]).toEqual([5, 1, 3, 3, 4, 5, 5, 5, 5]);
  expect([...known.trusted]).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0]);
  expect(known.x[8]).toBeCloseTo(0.8, 12);
});

test("maximised values change their sign; trials count by number, not in the order in which they finish", () => {
  const study = new SamplerStudy(X, { objectives: { value: { direction: "maximize" } } });
  const [first, second] = [study.start({ x: 0.1 }), study.start({ x: 0.2 })];
  study.complete(second, 2);
  study.complete(first, 1);
  expect([...taught(study.history, new TreeSpace(study.codec))!.y]).toEqual([-1, -2]);
});

test("without any value there is nothing to learn", () => {
  const study = new SamplerStudy(X);
  study.fail(study.start({ x: 0.1 }));
  expect(taught(study.history, new TreeSpace(study.codec))).toBeUndefined();
});

test("what is inactive lies below every number and is a category of its own", () => {
  const study = new SamplerStudy(
    space({ opt: oneOf({ sgd: { m: float(0, 1), mode: oneOf({ a: {}, b: {} }) }, adam: {} }) }),
  );
  study.complete(study.start({ opt: { kind: "adam" } }), 1);
  const treeSpace = new TreeSpace(study.codec);
  const known = taught(study.history, treeSpace)!;
  for (const { index, kind, levels, group } of study.codec.columns) {
    if (group !== "") expect(known.x[index]).toBe(kind === "numeric" ? -1 : levels);
  }
  expect(study.codec.decode(known.x)).toEqual({ opt: { kind: "adam" } });
  expect(treeSpace.flat).toBe(false);
});

test("violations: 0 where feasible, then ranks, the unknown ones last", () => {
  expect([...violationShares(Float64Array.of(0, 9, NaN, 0, 1e300))!]).toEqual([0, 0.5 + 1 / 6, 1, 0, 0.5 + 1 / 3]);
  expect(violationShares(Float64Array.of(0, 0))).toBeUndefined();
});
