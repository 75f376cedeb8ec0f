import { describe, expect, it } from "vitest";
import type { StudySpec, TrialRecord } from "../core/types.ts";
import { float, oneOf, space } from "../space/index.ts";
import { parseMetrics } from "./commands/tell.ts";
import { record } from "./fixtures.ts";
import { sortTrials } from "./listing.ts";
import { bestOf, rankable } from "./rank.ts";
import { summarize } from "./summarize.ts";
import { compileTrialFilter } from "./trial-scope.ts";

const SPEC: StudySpec = {
  version: 1,
  name: "s",
  space: {
    version: 1,
    shape: { lr: { type: "float", low: 0, high: 1 }, act: { type: "choice", choices: ["relu", "gelu"] } },
  },
  objectives: { loss: { direction: "minimize" } },
  constraints: { memory: { max: 10 } },
  sampler: { name: "auto" },
  scheduler: { name: "none" },
  seed: 1,
  owner: "client",
};
const TWO: StudySpec = {
  ...SPEC,
  objectives: { a: { direction: "maximize" }, b: { direction: "minimize" } },
  constraints: {},
};
const done = (number: number, metrics: Record<string, number>, change: Partial<TrialRecord> = {}): TrialRecord =>
  record(number, {
    state: "complete",
    params: { lr: number / 10, act: number % 2 === 0 ? "relu" : "gelu" },
    metrics,
    ...change,
  });
const numbers = (trials: readonly TrialRecord[]): number[] => trials.map(trial => trial.number);

describe("the best trial", () => {
  const trials = [
    done(0, { loss: 3, memory: 1 }),
    done(1, { loss: 1, memory: 99 }),
    done(2, { loss: 2, memory: 10 }),
    done(3, { loss: 2, memory: 1 }),
    done(4, { loss: 0, memory: 1 }, { deleted: true }),
    done(5, { loss: 0, memory: 1 }, { ranked: false }),
    done(6, { loss: -Infinity, memory: 1 }),
    done(7, { loss: 0 }),
    done(8, { loss: 0, memory: NaN }),
    record(9, { state: "pruned", metrics: { loss: 0, memory: 1 } }),
  ];
  it("is feasible, finite, ranked and there; the first of equals", () => {
    expect(numbers(rankable(SPEC, trials))).toEqual([0, 2, 3]);
    expect(numbers(bestOf(SPEC, trials))).toEqual([2]);
    expect(bestOf(SPEC, trials.slice(4))).toEqual([]);
  });
  it("is a front with several objectives, by the first of them", () => {
    const several = [
      done(0, { a: 1, b: 1 }),
      done(1, { a: 2, b: 2 }),
      done(2, { a: 2, b: 1.5 }),
      done(3, { a: 1, b: 1 }),
      done(4, { a: 0, b: 3 }),
    ];
    expect(numbers(bestOf(TWO, several))).toEqual([2, 0, 3]);
  });
});

describe("trials", () => {
  const trials = [
    done(0, { loss: 3 }),
    record(1, { state: "failed", params: { lr: 0.1, act: "gelu" } }),
    done(2, { loss: 1, extra: 5 }),
    record(3, { state: "pruned", params: { lr: 0.3, act: "gelu" }, last: { step: 4, metrics: { loss: 0.5 } } }),
  ];
  const sorted = (by: string, reverse = false, spec = SPEC): number[] =>
    numbers(sortTrials(spec, [...trials], by, reverse));
  it("sort best first, without a value last", () => {
    expect(sorted("loss")).toEqual([2, 0, 1, 3]);
    expect(sorted("loss", true)).toEqual([0, 2, 1, 3]);
    expect(sorted("loss", false, { ...SPEC, objectives: { loss: { direction: "maximize" } } })).toEqual([0, 2, 1, 3]);
    expect(sorted("lr", true)).toEqual([3, 2, 1, 0]);
    expect(sorted("state")).toEqual([0, 2, 1, 3]);
    expect(() => sorted("losss")).toThrow('Did you mean "loss"?');
  });
  it("are filtered by parameters, metrics and what every trial has", () => {
    const filter = (where: string): number[] => numbers(trials.filter(compileTrialFilter(SPEC, where, trials)));
    expect(filter("loss < 2")).toEqual([2]);
    expect(filter('state == "failed" or extra > 1')).toEqual([1, 2]);
    expect(filter('params.act == "gelu" and number >= 2')).toEqual([3]);
    expect(filter("last.loss < 1 and last.step == 4")).toEqual([3]);
    expect(filter("seconds > 1")).toEqual([0, 1, 2, 3]);
    expect(() => filter("lss < 1")).toThrow('Did you mean "loss"?');
    expect(() => filter('state == "fialed"')).toThrow("fialed");
    expect(() => filter("loss <")).toThrow("ends too early");
    expect(() => filter("loss + 1")).toThrow("a condition is true or false");
  });
  it("that lack a value fit neither a comparison nor its opposite", () => {
    const filter = (where: string): number[] => numbers(trials.filter(compileTrialFilter(SPEC, where, trials)));
    expect(filter("extra > 1")).toEqual([2]);
    expect(filter("not (extra > 1)")).toEqual([]);
    expect(filter('extra > 1 or state == "pruned"')).toEqual([2, 3]);
    expect(filter('not ("loss" in given)')).toEqual([1, 3]);
    expect(filter('error.kind == "throw"')).toEqual([]);
  });
  it("take any metric behind `metrics.` where the trials are not known", () => {
    expect(trials.filter(compileTrialFilter(SPEC, "metrics.extra > 1")).length).toBe(1);
    expect(() => compileTrialFilter(SPEC, "extra > 1")).toThrow("unknown name");
  });
  it("are filtered by paths, with the nearest one for a misspelt path or value", () => {
    const spec: StudySpec = {
      ...SPEC,
      space: space({ optimizer: oneOf({ sgd: { momentum: float(0, 1) }, adamw: { beta2: float(0, 1) } }) }),
    };
    const nested = [
      record(0, {
        state: "complete",
        params: { optimizer: { kind: "sgd", momentum: 0.9 } },
        metrics: { loss: 1 },
        tags: ["base"],
      }),
      record(1, {
        state: "complete",
        params: { optimizer: { kind: "adamw", beta2: 0.9 } },
        metrics: { loss: 2 },
        attrs: { host: "a" },
      }),
    ];
    const filter = (where: string): number[] => numbers(nested.filter(compileTrialFilter(spec, where, nested)));
    expect(filter('loss < 3 and optimizer.kind == "adamw"')).toEqual([1]);
    expect(filter('"base" in tags')).toEqual([0]);
    expect(filter('attrs.host == "a" and duration == seconds')).toEqual([1]);
    expect(filter("optimizer.momentum > 0.5")).toEqual([0]);
    expect(() => filter('optimizer.knd == "sgd"')).toThrow('Did you mean "kind"?');
    expect(() => filter('optimizer.kind == "adam"')).toThrow('Did you mean "adamw"?');
    expect(() => filter("momentum > 0")).toThrow('Did you mean "optimizer.momentum"');
  });
});

describe("results on the command line", () => {
  it("are names with finite numbers", () => {
    expect(parseMetrics(["loss=0.3", "n=-1e3"])).toEqual({ loss: 0.3, n: -1000 });
    for (const [word, text] of [
      ["loss", "no result"],
      ["=3", "no result"],
      ["loss=", "finite number"],
      ["loss=nan", "finite number"],
      ["loss=1e999", "finite number"],
    ] as const)
      expect(() => parseMetrics([word])).toThrow(text);
    expect(() => parseMetrics(["a=1", "a=2"])).toThrow("given twice");
  });
});

describe("summarize", () => {
  it("finds a trial that tried the defaults, and measures best and defaults with `final`", async () => {
    const trials = [
      done(0, { loss: 2, memory: 1 }, { params: { lr: 0.5, act: "relu" } }),
      done(1, { loss: 1, memory: 1 }),
    ];
    const seen: unknown[] = [];
    const summary = await summarize(SPEC, trials, { final: params => Promise.resolve({ n: seen.push(params) }) });
    expect(summary.defaults).toEqual({ lr: 0.5, act: "relu" });
    expect(summary.defaultTrial?.number).toBe(0);
    expect(summary.final).toEqual({ best: { n: 1 }, defaults: { n: 2 }, error: null });
    expect(seen).toEqual([trials[1]?.params, { lr: 0.5, act: "relu" }]);
    const failing = await summarize(SPEC, trials, { final: () => Promise.reject(new Error("no data")) });
    expect(failing.final).toEqual({ best: {}, defaults: null, error: "no data" });
  });
  it("has no defaults where nobody knows them", async () => {
    const dynamic = { ...SPEC, space: { version: 1 as const, shape: {}, dynamic: true as const } };
    expect((await summarize(dynamic, [], {})).defaults).toBeNull();
  });
});
