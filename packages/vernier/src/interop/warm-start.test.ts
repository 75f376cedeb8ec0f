import { describe, expect, test } from "vitest";
import { createEngine, memoryStorage, replay } from "../core/index.ts";
import type { Params } from "../core/types.ts";
import { auto, grid, nsga2, random, sobol, tpe } from "../samplers/index.ts";
import { none } from "../schedulers/index.ts";
import { choice, dynamic, float, int, oneOf, space } from "../space/index.ts";
import { dumpOf } from "./dump.ts";
import { firstGuesses, warmStart } from "./warm-start.ts";
import type { StudyDump } from "./types.ts";

const parts = { sampler: () => tpe({ startup: 4 }), scheduler: () => none() };
const engine = () => createEngine({ storage: memoryStorage(), ...parts, parts });

/** A finished study of these configurations and values. */
async function earlier(
  spaceOf: object,
  told: readonly (readonly [Params, number])[],
  direction: "minimize" | "maximize" = "minimize",
): Promise<StudyDump> {
  const made = engine();
  const study = await made.create({
    name: "old",
    space: spaceOf as never,
    objectives: { loss: direction },
    constraints: { memory: { max: 5 } },
    sampler: random(),
  });
  for (const [params] of told) await study.queue(params as never);
  let i = 0;
  await study.run(() => ({ loss: told[i]![1], memory: told[i++]![1] > 900 ? 9 : 1 }), { trials: told.length });
  const dump = await dumpOf(made.storage, study.id);
  await study.close();
  return dump;
}

const OLD = space({ x: float(0, 10), n: int(1, 9), kind: choice(["a", "b"]) });

describe("first guesses", () => {
  test("the best by rank, whatever the scale and the direction, distinct", async () => {
    const told = [
      [{ x: 1, n: 1, kind: "a" }, 500],
      [{ x: 9, n: 9, kind: "b" }, 1e6],
      [{ x: 1.01, n: 1, kind: "a" }, 510],
      [{ x: 5, n: 5, kind: "b" }, 700],
    ] as const;
    const low = firstGuesses({ space: OLD }, [await earlier(OLD, told)], { count: 3 });
    expect(low.guesses.map(({ from }) => from.number)).toEqual([0, 3, 1]);
    expect(low.guesses[0]).toEqual({ params: { x: 1, n: 1, kind: "a" }, from: { study: "old", number: 0 }, rank: 0 });
    const high = firstGuesses(
      { space: OLD },
      [
        await earlier(
          OLD,
          told.map(([p, v]) => [p, v / 1e4] as const),
          "maximize",
        ),
      ],
      { count: 1 },
    );
    expect(high.guesses.map(({ from }) => from.number)).toEqual([1]);
  });

  test("trials that break a constraint, failed ones and unranked ones come last or not at all", async () => {
    const dump = await earlier(OLD, [
      [{ x: 1, n: 1, kind: "a" }, 901],
      [{ x: 5, n: 5, kind: "b" }, 30],
      [{ x: 9, n: 2, kind: "b" }, NaN],
    ]);
    expect(firstGuesses({ space: OLD }, [dump]).guesses.map(({ from }) => from.number)).toEqual([1, 0]);
  });

  test("another space: numbers move inside, categories and missing parameters take the default or are left open", async () => {
    const dump = await earlier(OLD, [[{ x: 9.7, n: 8, kind: "b" }, 1]]);
    const fresh = space({
      x: float(0, 4),
      n: int(1, 5, { step: 2 }),
      kind: choice(["a", "c"], { default: "c" }),
      extra: float(0, 1),
      set: float(0, 1, { default: 0.5 }),
      opt: oneOf({ p: {}, q: {} }),
    });
    const { guesses } = firstGuesses({ space: fresh }, [dump]);
    expect(guesses[0]?.params).toEqual({ x: 4, n: 5, kind: "c", set: 0.5 });
  });

  test("what no guess can be made of is counted, and nothing at all is refused", async () => {
    const dump = await earlier(OLD, [
      [{ x: 8, n: 8, kind: "b" }, 1],
      [{ x: 1, n: 1, kind: "b" }, 2],
    ]);
    const strict = space({ x: float(0, 10), n: int(1, 9), kind: choice(["a", "b"]) }, { where: ["x < 5"] });
    const { guesses, left } = firstGuesses({ space: strict }, [dump]);
    expect([guesses.length, left]).toEqual([1, { "the space's conditions forbid it": 1 }]);
    const study = await engine().create({
      name: "new",
      space: space({ q: float(0, 1) }),
      objectives: { loss: "minimize" },
    });
    expect(() => firstGuesses({ space: dynamic() }, [dump])).toThrow(/define-by-run.*Declare it/);
    await expect(warmStart(study, dump)).rejects.toThrow(
      /^nothing of "old" can start the new study \(2: no parameter is in the space\)/,
    );
    await study.close();
  });
});

describe("a warm start", () => {
  const TOLD = Array.from(
    { length: 12 },
    (_, i) => [{ x: (i * 7) % 10, n: 1 + (i % 9), kind: i % 2 ? "a" : "b" }, 100 - i] as const,
  );

  test("queues guesses that run first and that a replay verifies", async () => {
    const dump = await earlier(OLD, TOLD);
    const study = await engine().create({ name: "new", space: OLD, objectives: { loss: "minimize" }, seed: 2 });
    const { numbers } = await warmStart(study, dump, { count: 3 });
    expect(numbers).toEqual([0, 1, 2]);
    await study.refresh();
    await study.run(({ x }) => ({ loss: x }), { trials: 10 });
    expect(study.trials[0]).toMatchObject({
      params: TOLD[11]![0],
      sampler: "queued",
      tags: ["warm start"],
      attrs: { from: { study: "old", number: 11 } },
    });
    expect(study.trials.slice(3).every(({ sampler }) => sampler === "tpe")).toBe(true);
    const report = await replay(study);
    expect([report.checked, report.mismatches]).toEqual([10, []]);
    await study.close();
  });

  test("guesses are queued in one command, so that a storage that fails leaves none behind", async () => {
    const dump = await earlier(OLD, TOLD);
    const storage = memoryStorage();
    const study = await createEngine({ storage, ...parts, parts }).create({
      name: "new",
      space: OLD,
      objectives: { loss: "minimize" },
    });
    let commands = 0;
    const failing = {
      id: study.id,
      spec: study.spec,
      storage: new Proxy(storage, {
        get: (target, name) =>
          name === "execute"
            ? (...args: Parameters<typeof storage.execute>) => {
                if (++commands > 1) throw new Error("the disk is full");
                return target.execute(...args);
              }
            : (target[name as keyof typeof target] as unknown),
      }),
    };
    expect((await warmStart(failing, dump)).numbers).toEqual([0, 1, 2, 3, 4]);
    await expect(warmStart(failing, dump)).rejects.toThrow("the disk is full");
    expect((await storage.trials(study.id)).length).toBe(5);
    await study.close();
  });

  test("as trials: what waits in the queue stays there, and every sampler learns from what was told", async () => {
    const dump = await earlier(OLD, TOLD);
    for (const sampler of [tpe({ startup: 4 }), grid(), sobol(), nsga2({ population: 4 }), auto()]) {
      const made = createEngine({ storage: memoryStorage(), ...parts, parts: { ...parts, sampler: () => sampler } });
      const study = await made.create({
        name: "new",
        space: OLD,
        objectives: { loss: "minimize" },
        constraints: { memory: { max: 5 } },
        sampler,
        seed: 5,
      });
      await study.queue({ x: 2, n: 2, kind: "a" });
      const { numbers } = await warmStart(study, dump, { as: "trials" });
      expect(numbers).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
      await study.refresh();
      expect(study.trials[0]).toMatchObject({ state: "waiting", fixed: { x: 2, n: 2, kind: "a" } });
      await study.run(({ x }) => ({ loss: x, memory: 1 }), { trials: 6 });
      expect(study.trials[0]!.state).toBe("complete");
      const report = await replay(study);
      expect([sampler.name, report.checked, report.mismatches]).toEqual([sampler.name, 6, []]);
      expect(report.skipped.length).toBe(12);
      await study.close();
    }
  });

  test("as trials: values count as history, and only for the same objectives", async () => {
    const dump = await earlier(OLD, TOLD);
    const study = await engine().create({
      name: "new",
      space: OLD,
      objectives: { loss: "minimize" },
      constraints: { memory: { max: 5 } },
      seed: 2,
    });
    const { numbers } = await warmStart(study, [dump], { as: "trials" });
    await study.refresh();
    expect(numbers.length).toBe(12);
    expect(study.best?.metrics?.["loss"]).toBe(89);
    await study.run(({ x }) => ({ loss: x, memory: 1 }), { trials: 4 });
    expect(study.trials[12]?.why ?? "").not.toMatch(/startup/);
    expect((await replay(study)).mismatches).toEqual([]);
    const other = await engine().create({ name: "new", space: OLD, objectives: { acc: "maximize" } });
    await expect(warmStart(other, dump, { as: "trials" })).rejects.toThrow(
      /^"new" is to maximize acc, and "old" to minimize loss.*guesses/,
    );
    expect(other.trials.length).toBe(0);
    await study.close();
    await other.close();
  });
});
