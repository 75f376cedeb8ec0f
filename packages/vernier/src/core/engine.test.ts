import { describe, expect, test } from "vitest";
import { defineSampler } from "./define.ts";
import { float, space } from "../space/index.ts";
import { testEngine, XY } from "../testing/test-study.ts";

const one = (name = "s") => ({ name, space: XY, objectives: { loss: "minimize" }, seed: 1 }) as const;
const code = (value: string) => expect.objectContaining({ code: value });

describe("making and opening", () => {
  test("a taken name is refused with the way on, and resumed when asked to", async () => {
    const { engine } = testEngine();
    const study = await engine.create(one());
    await (await study.ask()).tell(0.5);
    await expect(engine.create(one())).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: study "s" exists already in memory:. Names are unique in a storage. Go on with it by ifExists: "resume", or choose another name.]`,
    );
    const again = await engine.create({ ...one(), ifExists: "resume" });
    expect(again.trials).toHaveLength(1);
    expect(again.best?.metrics).toEqual({ loss: 0.5 });
  });

  test("another space or objective is a mismatch", async () => {
    const { engine } = testEngine();
    await engine.create(one());
    const other = { ...one(), space: space({ x: float(0, 2), z: float(0, 1) }), ifExists: "resume" } as const;
    await expect(engine.create(other)).rejects.toThrowErrorMatchingInlineSnapshot(`
      [VernierError: study "s" is stored with another definition:
        space: x: high 1 -> 2
        space: y: removed (was float(0, 1))
        space: z: added float(0, 1)
      A study keeps its space, objectives, constraints and seed. Use another name for a new study, change the definition back, or edit the study's space with editSpace().]
    `);
    await expect(engine.create({ ...one(), objectives: { loss: "maximize" }, ifExists: "resume" })).rejects.toEqual(
      code("E_STUDY_MISMATCH"),
    );
  });

  test("another sampler is recorded, none given keeps the stored one", async () => {
    const { engine } = testEngine();
    const mine = defineSampler({ name: "mine", options: { n: 1 }, suggest: ({ space }) => [space.defaults()] });
    await engine.create({ ...one(), sampler: mine({ n: 2 }) });
    const kept = await engine.create({ ...one(), ifExists: "resume" });
    expect(kept.spec.sampler).toEqual({ name: "mine", options: { n: 2 } });
    const changed = await engine.create({ ...one(), sampler: mine({ n: 3 }), ifExists: "resume" });
    expect(changed.spec.sampler).toEqual({ name: "mine", options: { n: 3 } });
  });

  test("two processes that make one study at the same time both get it", async () => {
    const { engine } = testEngine();
    const both = await Promise.all([1, 2].map(() => engine.create({ ...one(), ifExists: "resume" })));
    expect(both[0]?.id).toBe(both[1]?.id);
  });

  test("... but not when they mean different ones", async () => {
    const { engine } = testEngine();
    const other = { ...one(), objectives: { loss: "maximize" }, ifExists: "resume" } as const;
    const both = await Promise.allSettled([engine.create({ ...one(), ifExists: "resume" }), engine.create(other)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find(({ status }) => status === "rejected")).toMatchObject({
      reason: code("E_STUDY_MISMATCH") as unknown,
    });
  });

  test("an unknown study is told with those there are", async () => {
    const { engine } = testEngine();
    await expect(engine.open({ name: "digits" })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: there is no study "digits" in memory:. It has no studies yet. Create it first.]`,
    );
    await engine.create(one("digits"));
    await expect(engine.open({ name: "digit" })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: there is no study "digit" in memory:. It has digits. Did you mean "digits"?]`,
    );
  });

  test("an opened study goes on with rebuilt parts", async () => {
    const { engine } = testEngine();
    await engine.create(one());
    const study = await engine.open({ name: "s" });
    const trial = await study.ask();
    expect(study.history.record(trial.number)?.sampler).toBe("random");
  });

  test("a sampler of functions cannot be rebuilt, which only matters when it is needed", async () => {
    const { engine } = testEngine();
    const mine = defineSampler({ name: "mine", options: { f: () => 1 }, suggest: ({ space }) => [space.defaults()] });
    await engine.create({ ...one(), sampler: mine() });
    const study = await engine.open({ name: "s" });
    expect(study.trials).toEqual([]);
    await expect(study.ask()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[VernierError: study "s" was made with the sampler "mine", which holds functions and cannot be rebuilt from the storage. Open the study with the same sampler: createStudy({ ..., sampler, ifExists: "resume" }).]`,
    );
  });

  test.each<[string, object]>([
    ["an option that is none", { smapler: 1 }],
    ["ifExists replace", { ifExists: "replace" }],
    ["a sampler that is not called", { sampler: function tpe() {} }],
    ["a sampler by name", { sampler: "tpe" }],
    ["a scheduler that is a sampler", { scheduler: { name: "x", suggest: () => [] } }],
  ])("refuses %s", async (_, change) => {
    const { engine } = testEngine();
    await expect(engine.create({ ...one(), ...change } as never)).rejects.toThrowErrorMatchingSnapshot();
  });

  test("a space with a function stays in memory", async () => {
    const { storage } = testEngine();
    const local = space({ x: float(0, 1) }, { where: [p => p.x > 0.5] });
    const { engine } = testEngine({
      storage: Object.create(storage, { url: { value: "sqlite:x.db" } }) as typeof storage,
    });
    await expect(engine.create({ ...one(), space: local })).rejects.toEqual(code("E_SPACE_LOCAL"));
    const study = await testEngine().engine.create({ ...one(), space: local });
    for (let i = 0; i < 20; i++) expect((await study.ask()).params.x).toBeGreaterThan(0.5);
  });
});
