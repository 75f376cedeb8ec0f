import { describe, expect, test } from "vitest";
import { defineSampler } from "./define.ts";
import { replay } from "./study.ts";
import type { Suggest, Trial } from "./study-types.ts";
import { describe as describeSpace, dynamic, float, int, spaceToTypeScript } from "../space/index.ts";
import { testEngine } from "../testing/test-study.ts";

const options = { name: "d", space: dynamic(), objectives: { loss: "minimize" }, seed: 1 } as const;
type DynamicTrial = Suggest & Trial<unknown, "loss">;

/** Asks for a slope only with relu. */
function objective(_: unknown, trial: DynamicTrial): number {
  const lr = trial.float("lr", 1e-5, 1e-1, { scale: "log" });
  const act = trial.choice("act", ["relu", "gelu"]);
  const slope = act === "relu" ? trial.float("slope", 0, 1) : 0.5;
  return -Math.log(lr) + slope + trial.int("layers", 1, 4) + trial.ordinal("batch", [16, 32]);
}

test("parameters are what trials ask for, and each trial keeps its own", async () => {
  const study = await testEngine().engine.create(options);
  await study.run(objective, { trials: 30 });
  expect(study.counts.complete).toBe(30);
  for (const { params } of study.trials) {
    expect(params).toMatchObject({ lr: expect.any(Number) as number, layers: expect.any(Number) as number });
  }
  expect(new Set(study.trials.map(trial => trial.params?.["lr"])).size).toBe(30);
  expect(new Set(study.trials.map(trial => trial.params?.["act"]))).toEqual(new Set(["relu", "gelu"]));
});

test("the joint draw is over what all complete trials asked for, and what a condition tells", async () => {
  const study = await testEngine().engine.create(options);
  const names = (): string[] => study.history.codec.columns.map(column => column.name);
  expect(names()).toEqual([]);
  const ask = async (work: (trial: DynamicTrial) => void, tell = true): Promise<void> => {
    const trial = await study.ask();
    work(trial as unknown as DynamicTrial);
    if (tell) await trial.tell(1);
    else await trial.fail("no");
  };
  await ask(trial => [trial.float("b", 0, 1), trial.float("a", 0, 1), trial.float("c", 0, 1)]);
  expect(names()).toEqual(["a", "b", "c"]);
  // A failed trial teaches nothing.
  await ask(trial => trial.float("a", 0, 1), false);
  expect(names()).toEqual(["a", "b", "c"]);
  const drawn = await study.ask();
  expect(Object.keys(drawn.params).sort()).toEqual(["a", "b", "c"]);
  expect(study.trial(drawn.number)?.params).toEqual(drawn.params);
  await drawn.release();
  // A wider c: the hull; b was drawn but is not asked for.
  await ask(trial => [trial.float("a", 0, 1), trial.float("c", 0, 2)]);
  expect(names()).toEqual(["a", "c"]);
  expect(study.history.codec.space.shape["c"]).toEqual({ type: "float", low: 0, high: 2 });
  await ask(trial => [trial.float("a", 0, 1), trial.float("d", 0, 1)]);
  expect(names()).toEqual(["a"]);
  await study.deleteTrial(2);
  await study.deleteTrial(3);
  expect(names()).toEqual(["a", "b", "c"]);
  expect(study.history.codec.space.shape["c"]).toEqual({ type: "float", low: 0, high: 1 });
});

test("a value that the joint draw gave is used where it is allowed, and drawn anew where it is not", async () => {
  const study = await testEngine().engine.create(options);
  const seen: [joint: unknown, used: number][] = [];
  await study.run(
    (params, trial) => {
      const high = trial.number === 0 ? 1 : 0.01;
      const joint = (params as Record<string, unknown>)["x"];
      const x = trial.float("x", 0, high);
      seen.push([joint, x]);
      expect(x).toBeLessThanOrEqual(high);
      return x;
    },
    { trials: 2 },
  );
  expect(seen[0]?.[0]).toBeUndefined();
  expect(seen[1]?.[0]).toBeGreaterThan(0.01);
  expect(study.trial(1)).toMatchObject({ state: "complete", params: { x: seen[1]?.[1] } });
});

test("the same name again gives the same value; with another definition it is refused", async () => {
  const study = await testEngine().engine.create(options);
  const trial = await study.ask();
  expect(trial.float("x", 0, 1)).toBe(trial.float("x", 0, 1));
  expect(() => trial.float("x", 0, 2)).toThrowErrorMatchingInlineSnapshot(
    `[VernierError: trial 0 asked for "x" twice: as float(0, 1), and as float(0, 2). A name has one value a trial. Ask once, or use another name.]`,
  );
});

test("a retry gets the values of its first attempt", async () => {
  const study = await testEngine().engine.create(options);
  const seen: number[] = [];
  await study.run(
    (_, trial) => {
      seen.push(trial.float("x", 0, 1));
      if (trial.attempt === 1) throw new Error("flaky");
      return 1;
    },
    { trials: 1, retries: 1 },
  );
  expect(seen).toHaveLength(2);
  expect(seen[0]).toBe(seen[1]);
});

test("new names depend on seed, trial and name alone, not on the order of asking", async () => {
  const draw = async (order: string[]): Promise<Record<string, unknown>> => {
    const trial = await (await testEngine().engine.create(options)).ask();
    return Object.fromEntries(order.map(name => [name, trial.float(name, 0, 1)]));
  };
  expect(await draw(["a", "b", "c"])).toEqual(await draw(["c", "a", "b"]));
});

test("queued values are used, the rest is drawn", async () => {
  const study = await testEngine().engine.create(options);
  await study.run(objective, { trials: 3 });
  await study.queue({ lr: 0.05 });
  await study.run((params, trial) => objective(params, trial), { trials: 1 });
  expect(study.trial(3)?.params).toMatchObject({ lr: 0.05, layers: expect.any(Number) as number });
});

test.each([
  ["an index", "0"],
  ["an index in it", "layer.0.units"],
  ["nothing after its dot", "layer."],
  ["nothing", ""],
])("a name with %s is refused", async (_, name) => {
  const trial = await (await testEngine().engine.create(options)).ask();
  expect(() => trial.float(name, 0, 1)).toThrowErrorMatchingSnapshot();
});

describe("several processes", () => {
  test("learn the same space, opened early or late", async () => {
    const { engine, storage, clock } = testEngine();
    const study = await engine.create(options);
    const early = await testEngine({ storage, clock }).engine.open({ name: "d" });
    await study.run(objective, { trials: 12 });
    await study.correct(0, { state: "failed", reason: "wrong data" });
    await early.refresh();
    const late = await testEngine({ storage, clock }).engine.open({ name: "d" });
    for (const other of [early, late]) {
      expect(other.history.codec.space).toEqual(study.history.codec.space);
      expect(other.history.codec.width).toBeGreaterThan(2);
      expect([...other.history.x.subarray(0, 12)]).toEqual([...study.history.x.subarray(0, 12)]);
    }
  });

  test("can replay every joint draw", async () => {
    const outside = defineSampler({ name: "outside", suggest: ({ space, rng }) => [space.sample(rng)] });
    for (const sampler of [undefined, outside()]) {
      const study = await testEngine().engine.create({ ...options, ...(sampler && { sampler }) });
      await study.run(objective, { trials: 15, concurrency: 3 });
      expect(await replay(study)).toEqual({ checked: 15, mismatches: [], skipped: [] });
    }
  });
});

test("every kind can be asked for", async () => {
  const study = await testEngine().engine.create(options);
  await study.run(
    (_, trial) => {
      const order: ("a" | "b" | "c")[] = trial.permutation("order", ["a", "b", "c"]);
      const first = trial.permutation("first", ["a", "b", "c"], { length: 1 });
      const some = trial.subset("some", [1, 2, 3], { min: 1 });
      const mix = trial.simplex("mix", ["web", "code"]);
      const widths = trial.list("widths", int(1, 9), { min: 1, max: 3 });
      const blocks = trial.list("blocks", { width: int(8, 64), drop: float(0, 1) }, { max: 2 });
      const prompt: string = trial.text("prompt", { seeds: ["Be brief.", "Be exact."] });
      const ten: 10 = trial.fixed("ten", 10);
      expect(order.toSorted()).toEqual(["a", "b", "c"]);
      expect(first).toHaveLength(1);
      expect(mix.web + mix.code).toBeCloseTo(1, 12);
      expect(["Be brief.", "Be exact."]).toContain(prompt);
      return some.length + widths.length + blocks.reduce((sum, block) => sum + block.width, 0) + ten;
    },
    { trials: 12 },
  );
  expect(study.counts).toMatchObject({ complete: 12, failed: 0 });
  expect(describeSpace(study.learnt())).toMatchInlineSnapshot(`
    [
      "blocks = list({width=int(8, 64), drop=float(0, 1)}, max=2)",
      "first = permutation(a, b, c, length=1)",
      "mix = simplex(web, code)",
      "order = permutation(a, b, c)",
      "prompt = text("Be brief.", "Be exact.")",
      "some = subset(1, 2, 3, min=1)",
      "ten = fixed(10)",
      "widths = list(int(1, 9), min=1, max=3)",
    ]
  `);
  expect(await replay(study)).toMatchObject({ checked: 12, mismatches: [] });
  expect(study.trial(11)?.params).toMatchObject({ ten: 10, mix: { web: expect.any(Number) as number } });
});

describe("dots make groups", () => {
  test("in the parameters, in what is queued, and in the space", async () => {
    const { engine, storage, clock } = testEngine();
    const study = await engine.create(options);
    const work = (_: unknown, trial: DynamicTrial): number => {
      const layers = trial.int("model.layers", 1, 3);
      let units = 0;
      for (let i = 1; i <= layers; i++) units += trial.int(`layer${i}.units`, 4, 64, { scale: "log" });
      return units;
    };
    await study.queue({ model: { layers: 3 }, layer2: { units: 7 } });
    await study.run(work, { trials: 25 });
    expect(study.trial(0)?.params).toMatchObject({ model: { layers: 3 }, layer2: { units: 7 } });
    expect(describeSpace(study.learnt())).toMatchInlineSnapshot(`
      [
        "layer1.units = int(4, 64, log)",
        "layer2.units = when("model.layers >= 2", int(4, 64, log))",
        "layer3.units = when("model.layers >= 3", int(4, 64, log))",
        "model.layers = int(1, 3)",
      ]
    `);
    expect(study.history.codec.columns.map(column => column.name)).toMatchInlineSnapshot(`
      [
        "layer1.units",
        "layer2.units",
        "layer3.units",
        "model.layers",
      ]
    `);
    expect(await replay(study)).toMatchObject({ mismatches: [] });
    const late = await testEngine({ storage, clock }).engine.open({ name: "d" });
    expect(late.learnt()).toEqual(study.learnt());
    const known = study.history.size * study.history.codec.width;
    expect([...late.history.x.subarray(0, known)]).toEqual([...study.history.x.subarray(0, known)]);
  });
  test("a name is a parameter or a group, not both", async () => {
    const trial = await (await testEngine().engine.create(options)).ask();
    trial.float("model", 0, 1);
    expect(() => trial.float("model.lr", 0, 1)).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: trial 0 asked for "model.lr" after "model", which is float(0, 1). A name is a parameter or a group, not both. Rename one of them.]`,
    );
    trial.float("a.b", 0, 1);
    expect(() => trial.choice("a", [1])).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: trial 0 asked for "a" after "a.b", which is float(0, 1). A name is a parameter or a group, not both. Rename one of them.]`,
    );
  });
});

describe("conditions are learnt from the paths that trials take", () => {
  const learn = async (work: (trial: DynamicTrial) => number, trials = 30): Promise<readonly string[]> => {
    const study = await testEngine().engine.create(options);
    await study.run((_, trial) => work(trial), { trials });
    expect(await replay(study)).toMatchObject({ mismatches: [] });
    return describeSpace(study.learnt());
  };
  test("a branch", async () => {
    expect(
      await learn(trial =>
        trial.choice("optimizer", ["sgd", "adam", "lion"]) === "adam"
          ? trial.float("beta2", 0.9, 0.999)
          : trial.float("momentum", 0, 1),
      ),
    ).toMatchInlineSnapshot(`
      [
        "beta2 = when('optimizer == "adam"', float(0.9, 0.999))",
        "momentum = when('optimizer in ["lion", "sgd"]', float(0, 1))",
        "optimizer = choice(sgd, adam, lion)",
      ]
    `);
  });
  test("a branch in a branch", async () => {
    expect(
      await learn(trial => {
        if (trial.choice("act", ["relu", "gelu"]) === "gelu") return 0;
        return trial.choice("leaky", [true, false]) ? trial.float("slope", 0, 1) : 1;
      }),
    ).toMatchInlineSnapshot(`
      [
        "act = choice(relu, gelu)",
        "leaky = when('act == "relu"', choice(true, false))",
        "slope = when("leaky == true", float(0, 1))",
      ]
    `);
  });
  test("nothing is made up where a coin decides", async () => {
    let coin = 0;
    expect(await learn(trial => trial.choice("a", ["x", "y"]).length + (coin++ % 2 === 0 ? trial.float("b", 0, 1) : 0)))
      .toMatchInlineSnapshot(`
      [
        "a = choice(x, y)",
        "b = float(0, 1)",
      ]
    `);
  });
  test("choices that grow, and definitions that have nothing in common", async () => {
    expect(
      await learn(trial => {
        const odd = trial.number % 2 === 1;
        trial.choice("model", odd ? ["big", "small"] : ["small", "tiny"]);
        return odd ? trial.float("x", 0, 1) : trial.int("x", 0, 9);
      }),
    ).toMatchInlineSnapshot(`
      [
        "model = choice(big, small, tiny)",
      ]
    `);
  });
  test("before there is anything to learn", async () => {
    const study = await testEngine().engine.create(options);
    expect(() => study.learnt()).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: study "d" has learnt no parameters yet. A define-by-run space is what complete trials asked for. Run some trials first.]`,
    );
  });
});

test("a learnt space is a declared one: a new study takes it, and TypeScript and JSON say it", async () => {
  const study = await testEngine().engine.create(options);
  await study.run(objective, { trials: 20 });
  const frozen = study.learnt();
  const next = await testEngine().engine.create({ name: "next", space: frozen, objectives: { loss: "minimize" } });
  await next.run(() => 1, { trials: 5 });
  expect(next.learnt()).toEqual(frozen);
  expect(spaceToTypeScript(frozen)).toMatchInlineSnapshot(`
    "import { choice, float, int, ordinal, space, when } from "vernier";

    export const searchSpace = space({
      act: choice(["relu", "gelu"]),
      batch: ordinal([16, 32]),
      layers: int(1, 4),
      lr: float(1e-5, 0.1, { scale: "log" }),
      slope: when('act == "relu"', float(0, 1)),
    });
    "
  `);
});
