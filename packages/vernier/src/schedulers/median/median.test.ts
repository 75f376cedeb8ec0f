import { describe, expect, test } from "vitest";
import { median } from "./median.ts";
import { STATE, type DecideContext, type History, type Metrics } from "../../core/types.ts";
import { stream } from "../../math/rng.ts";
import { testEngine, XY } from "../../testing/test-study.ts";

/** A study in which trial i reports `curves[i]` at steps 0, 1, ... and completes; the next one is judged by the caller. */
async function studyOf(curves: readonly (readonly number[])[], direction: "minimize" | "maximize" = "minimize") {
  const study = await testEngine().engine.create({ name: "m", space: XY, objectives: { loss: direction }, seed: 1 });
  for (const curve of curves) {
    const trial = await study.ask();
    for (const [step, loss] of curve.entries()) await trial.report(step, { loss });
    await trial.tell(0);
  }
  return study;
}
const judge = (history: History, number: number, step: number, options: Parameters<typeof median>[0] = {}) =>
  median(options).decide({ history, number, step, rng: stream(0) } satisfies DecideContext);

async function verdict(
  others: readonly (readonly number[])[],
  own: readonly number[],
  options?: Parameters<typeof median>[0],
  direction?: "minimize" | "maximize",
): Promise<string> {
  const study = await studyOf(others, direction);
  const trial = await study.ask();
  for (const [step, loss] of own.entries()) await trial.report(step, { loss });
  return judge(study.history, trial.number, own.length - 1, options);
}
const flat = (...values: number[]): number[][] => values.map(value => [value, value, value]);
const five = flat(1, 2, 3, 4, 5);

describe("the median of complete trials at the same step", () => {
  test.each<[string, Parameters<typeof verdict>, string]>([
    ["worse than it", [five, [3.5]], "stop"],
    ["equal to it", [five, [3]], "continue"],
    ["better", [five, [2]], "continue"],
    ["its best so far counts, not the last", [five, [2, 9]], "continue"],
    ["maximised", [five, [2.5], {}, "maximize"], "stop"],
    ["maximised, better", [five, [3.5], {}, "maximize"], "continue"],
    ["an even number of others: the mean of the middle two", [flat(1, 2, 3, 4, 5, 6), [3.6]], "stop"],
    ["the same, better", [flat(1, 2, 3, 4, 5, 6), [3.4]], "continue"],
    ["too few complete trials", [flat(1, 2, 3, 4), [9]], "continue"],
    ["fewer asked for", [flat(1, 2, 3, 4), [9], { startup: 4 }], "stop"],
    ["during warm-up", [five, [9, 9], { warmup: 2 }], "continue"],
    ["after warm-up", [five, [9, 9, 9], { warmup: 2 }], "stop"],
    ["between intervals", [five, [9, 9], { interval: 2 }], "continue"],
    ["at an interval", [five, [9, 9, 9], { interval: 2 }], "stop"],
    ["nobody else came so far", [five, [9, 9, 9, 9]], "continue"],
    ["too few came so far", [[...five, [1, 1, 1, 1]], [9, 9, 9, 9], { minTrials: 2 }], "continue"],
    ["nothing but NaN", [five, [NaN]], "stop"],
    ["NaN after a good value", [five, [1, NaN]], "continue"],
    ["others' NaN is not counted", [[...five, ...flat(NaN, NaN, NaN)], [3.5]], "stop"],
    ["others that diverged to infinity", [flat(1, 2, Infinity, Infinity, Infinity), [9]], "continue"],
  ])("%s", async (_, given, expected) => {
    expect(await verdict(...given)).toBe(expected);
  });
});

test("pruned and failed trials are not compared with", async () => {
  const study = await studyOf(five);
  for (let i = 0; i < 5; i++) {
    const bad = await study.ask();
    await bad.report(0, { loss: 100 });
    await (i % 2 === 0 ? bad.prune() : bad.fail("x"));
  }
  const trial = await study.ask();
  await trial.report(0, { loss: 3.5 });
  expect(judge(study.history, trial.number, 0)).toBe("stop");
});

test("a metric that is never reported is not judged", async () => {
  const study = await studyOf(five);
  const trial = await study.ask();
  await trial.report(0, { accuracy: 1 } as never);
  expect(judge(study.history, trial.number, 0)).toBe("continue");
});

test("a correction, a deletion and a second study are seen", async () => {
  const study = await studyOf(flat(1, 1, 1, 5, 5, 5, 5));
  const other = await studyOf(flat(9, 9, 9, 9, 9));
  const scheduler = median();
  const trial = await study.ask();
  await trial.report(0, { loss: 4 });
  const ask = (): string => scheduler.decide({ history: study.history, number: trial.number, step: 0, rng: stream(0) });
  expect(ask()).toBe("continue"); // median 5
  const beside = await other.ask();
  await beside.report(0, { loss: 4 });
  expect(scheduler.decide({ history: other.history, number: beside.number, step: 0, rng: stream(0) })).toBe("continue");
  await study.deleteTrial(6);
  await study.correct(5, { state: "failed", reason: "wrong data" });
  expect(ask()).toBe("stop"); // median of 1 1 1 5 5
});

test("agrees with the rule computed afresh, at every report of a random study", async () => {
  const rng = stream(3);
  const { engine } = testEngine();
  const options = { startup: 3, warmup: 2, interval: 3, minTrials: 2 };
  let stops = 0;
  const study = await engine.create({
    name: "m",
    space: XY,
    objectives: { loss: "minimize" },
    scheduler: median(options),
    seed: 1,
  });
  await study.run(
    async (_, trial) => {
      let best = Infinity;
      const steps = 5 + rng.int(10);
      let previous: number[] = [];
      for (let step = 0; step < steps; step += 1 + rng.int(2)) {
        const loss = Math.round(10 * rng.next()) + trial.number / 50;
        best = Math.min(best, loss);
        const verdict = fresh(study.history, trial.number, step, best, previous, options);
        previous = [...previous, step];
        const got = await trial.report(step, { loss }).then(
          () => "continue",
          () => "stop",
        );
        expect(got).toBe(verdict);
        if (got === "stop") {
          stops++;
          return await trial.report(step, { loss }).then(() => 0); // throws again
        }
      }
      return best;
    },
    { trials: 40 },
  );
  expect(stops).toBeGreaterThan(5);
  expect(study.counts.pruned).toBe(stops);
});

function fresh(
  history: History,
  number: number,
  step: number,
  best: number,
  previous: readonly number[],
  options: { startup: number; warmup: number; interval: number; minTrials: number },
): string {
  const complete = Array.from({ length: history.size }, (_, i) => i).filter(
    i => history.states[i] === STATE.complete && i !== number,
  );
  if (complete.length < options.startup || step < options.warmup) return "continue";
  const bucket = (at: number): number => Math.floor((at - options.warmup) / options.interval);
  if (previous.some(at => at >= options.warmup && bucket(at) === bucket(step))) return "continue";
  const values = complete.flatMap(i =>
    history
      .reports(i)
      .filter(report => report.step === step)
      .map(report => report.metrics["loss"] ?? NaN),
  );
  if (values.length < options.minTrials) return "continue";
  values.sort((a, b) => a - b);
  const middle = ((values[(values.length - 1) >> 1] ?? NaN) + (values[values.length >> 1] ?? NaN)) / 2;
  return best > middle ? "stop" : "continue";
}

describe("several objectives", () => {
  async function two(others: readonly Metrics[], own: Metrics) {
    const study = await testEngine().engine.create({
      name: "m",
      space: XY,
      objectives: { a: "maximize", b: "minimize" },
      constraints: { c: { max: 1 } },
      seed: 1,
    });
    for (const metrics of others) {
      const trial = await study.ask();
      await trial.report(1, metrics);
      await trial.tell({ a: 0, b: 0, c: 0 });
    }
    const trial = await study.ask();
    await trial.report(1, own);
    return judge(study.history, trial.number, 1);
  }
  const chain: Metrics[] = [1, 2, 3, 4, 5].map(k => ({ a: -k, b: k, c: 0 }));

  test.each<[string, readonly Metrics[], Metrics, string]>([
    ["dominated by more than half", chain, { a: -3.5, b: 3.5, c: 0 }, "stop"],
    ["dominated by less than half", chain, { a: -2.5, b: 2.5, c: 0 }, "continue"],
    ["not dominated at all", chain, { a: -9, b: 0, c: 0 }, "continue"],
    ["infeasible where the others are not", chain, { a: 9, b: 0, c: 2 }, "stop"],
    ["less infeasible than most", chain.map(m => ({ ...m, c: 9 })), { a: -9, b: 9, c: 2 }, "continue"],
    ["a missing metric ranks last", chain.map(m => ({ ...m, a: -9 })), { b: 3 }, "stop"],
  ])("%s", async (_, others, own, expected) => {
    expect(await two(others, own)).toBe(expected);
  });

  test("a correction, a deletion and a restoration are seen", async () => {
    const study = await testEngine().engine.create({
      name: "m",
      space: XY,
      objectives: { a: "minimize", b: "minimize" },
      seed: 1,
    });
    for (const k of [1, 2, 3, 9, 9, 9]) {
      const trial = await study.ask();
      await trial.report(1, { a: k, b: k });
      await trial.tell({ a: k, b: k });
    }
    const scheduler = median();
    const judge = (history: History, number: number, step: number): string =>
      scheduler.decide({ history, number, step, rng: stream(0) });
    const trial = await study.ask();
    await trial.report(1, { a: 5, b: 5 });
    expect(judge(study.history, trial.number, 1)).toBe("continue"); // 3 of 6 before it
    await study.correct(5, { state: "failed", reason: "wrong data" });
    expect(judge(study.history, trial.number, 1)).toBe("stop"); // 3 of 5
    await study.deleteTrial(0);
    expect(judge(study.history, trial.number, 1)).toBe("continue"); // 2 of 4
    await study.restoreTrial(0);
    expect(judge(study.history, trial.number, 1)).toBe("stop");
  });
});

describe("bad options, each by its text", () => {
  test.each<[string, object]>([
    ["startup", { startup: -1 }],
    ["interval", { interval: 0 }],
    ["minTrials", { minTrials: 1.5 }],
    ["warmup", { warmup: NaN }],
    ["a typo", { warm: 3 }],
  ])("%s", (_, options) => {
    expect(() => median(options)).toThrowErrorMatchingSnapshot();
  });
});
