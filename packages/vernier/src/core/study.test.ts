import { describe, expect, test } from "vitest";
import { float, int, space } from "../space/index.ts";
import { testEngine, XY } from "../testing/test-study.ts";

const one = (name = "s") => ({ name, space: XY, objectives: { loss: "minimize" }, seed: 1 }) as const;
const code = (value: string) => expect.objectContaining({ code: value });

test("annotations of study and trials, in events and views", async () => {
  const study = await testEngine().engine.create(one());
  await study.annotate({ attrs: { owner: "me" }, tags: ["x"], note: "first" });
  expect(study).toMatchObject({ attrs: { owner: "me" }, tags: ["x"], note: "first" });
  const trial = await study.ask();
  await study.annotateTrial(trial.number, { tags: ["odd"] });
  expect(study.trial(0)?.tags).toEqual(["odd"]);
  expect(() => study.annotate({ nte: "x" } as never)).toThrow(/Did you mean "note"/);
});

test("every option is checked by name", async () => {
  const study = await testEngine().engine.create(one());
  await expect(study.ask({ leese: 1 } as never)).rejects.toThrow(/Did you mean "lease"/);
  await expect(study.run(() => 1, { trails: 1 } as never)).rejects.toThrow(/Did you mean "trials"/);
  expect(() => study.events({ sinse: 1 } as never)).toThrow(/Did you mean "since"/);
});

describe("editing the space", () => {
  test("history is read through the new space, by every process", async () => {
    const { engine, storage, clock } = testEngine();
    const study = await engine.create(one());
    for (let i = 0; i < 5; i++) await (await study.ask()).tell(i);
    const other = await testEngine({ storage, clock }).engine.open({ name: "s" });
    const before = study.history.generation;
    await study.editSpace(space({ x: float(0, 2), y: float(0, 1), depth: int(1, 9, { default: 3 }) }));
    expect(study.history.generation).toBeGreaterThan(before);
    expect(study.history.codec.width).toBe(3);
    const { params } = await study.ask();
    expect(Object.keys(params)).toEqual(["x", "y", "depth"]);
    await other.refresh();
    for (const { history } of [study, other, await engine.open({ name: "s" })]) {
      const row = [...history.x.subarray(3, 6)];
      expect(history.codec.decode(row)).toEqual({ ...study.trial(1)?.params, depth: 3 });
    }
    expect(study.trial(1)?.params).not.toHaveProperty("depth");
  });

  test("what would lose history is refused", async () => {
    const study = await testEngine().engine.create(one());
    await expect(study.editSpace(space({ x: float(0, 1) }))).rejects.toEqual(code("E_SPACE_EDIT"));
    expect(study.spec.space).toEqual(XY);
  });
});
