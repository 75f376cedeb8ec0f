import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { PlotSource } from "../source.ts";
import { choice, float, int, oneOf, space } from "../../space/index.ts";
import { reportData, type ReportData } from "./data.ts";
import { embedJson, reportPage, type ReportFacts } from "./page.ts";
import { sorted, ViewState } from "./view-state.ts";

const SPACE = space({
  lr: float(1e-4, 1, { scale: "log", default: 0.01 }),
  act: choice(["relu", "gelu"]),
  o: oneOf({ sgd: { momentum: float(0, 1) }, adam: {} }),
  layers: int(1, 4),
});
const trial = (number: number, change: object): PlotSource["trials"][number] => ({
  ...{ number, state: "complete", startedAt: 1000 * number, finishedAt: 1000 * number + 500 },
  params: {
    lr: 10 ** -(number % 4),
    act: number % 2 === 0 ? "relu" : "gelu",
    layers: 1 + (number % 4),
    o: number % 3 === 0 ? { kind: "adam" } : { kind: "sgd", momentum: 0.5 },
  },
  metrics: { loss: 10 - number, memory: number, extra: 1 / 3 },
  ...change,
});
const source: PlotSource = {
  spec: {
    name: "s",
    space: SPACE,
    objectives: { loss: { direction: "minimize", unit: "nats" } },
    constraints: { memory: { max: 7 } },
  },
  trials: [
    ...Array.from({ length: 10 }, (_, number) => trial(number, {})),
    trial(10, { state: "failed", metrics: null, error: { kind: "throw", message: "out of </script> memory" } }),
    trial(11, { state: "pruned", metrics: null, last: { step: 2, metrics: { loss: 3 } } }),
    trial(12, { state: "running", metrics: null, finishedAt: null }),
    trial(13, { metrics: { loss: NaN, memory: 1 } }),
  ],
  reports: new Map([[11, [1, 2].map(step => ({ attempt: 1, step, metrics: { loss: 5 - step } }))]]),
};
const FACTS: ReportFacts = {
  ...{
    version: "1.2.3",
    madeAt: 0,
    sampler: "tpe",
    scheduler: "none",
    seed: 7,
    note: null,
    tags: [],
    defaultTrial: null,
  },
  defaults: { lr: 0.01, act: "relu", o: { kind: "sgd", momentum: 0.5 }, layers: 2 },
};
const SCRIPT = { text: "void 0", hash: `sha256-${createHash("sha256").update("void 0").digest("base64")}` };

describe("data", () => {
  const data = reportData(source);
  test("columns go by position; flags tell feasible and best", () => {
    expect(data).toMatchObject({
      study: "s",
      objectives: 1,
      numbers: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
      states: "ccccccccccfxrc",
      // 8 and 9 break the constraint, so that 7 is best.
      flags: "11111113000001",
      start: 0,
      errors: { 10: "out of </script> memory" },
    });
    expect(data.metrics.map(({ name, min, max, direction }) => ({ name, min, max, direction }))).toEqual([
      { name: "loss", min: null, max: null, direction: "minimize" },
      { name: "memory", min: null, max: 7, direction: null },
      { name: "extra", min: null, max: null, direction: null },
    ]);
    expect(data.metrics[0]?.cells.slice(9)).toEqual([1, null, 3, null, "NaN"]);
    expect(data.metrics[2]?.cells[0]).toBe(0.333333);
    const momentum = data.parameters.find(({ name }) => name === "o.sgd.momentum");
    expect(momentum).toMatchObject({
      path: ["o", "momentum"],
      cells: [null, 0.5, 0.5, null, 0.5, 0.5, null, 0.5, 0.5, null, 0.5, 0.5, null, 0.5],
    });
    expect(data.curves).toEqual({ metric: "loss", of: 1, lines: [{ trial: 11, steps: [1, 2], values: [4, 3] }] });
  });
  test("is JSON that comes back as it was", () => {
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
  });
  test("10,000 trials of 10 parameters with reports stay below 2 MB", () => {
    const shape = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`parameter_${i}`, float(0, 1)]));
    let seed = 1;
    const next = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const trials = Array.from({ length: 10_000 }, (_, number) =>
      trial(number, {
        params: Object.fromEntries(Object.keys(shape).map(name => [name, next()])),
        metrics: { loss: next() },
        startedAt: 1.7e12 + number * 999,
        finishedAt: 1.7e12 + number * 999 + 777,
      }),
    );
    const reports = new Map(
      trials.map(({ number }) => [
        number,
        Array.from({ length: 30 }, (_, step) => ({ attempt: 1, step, metrics: { loss: next() } })),
      ]),
    );
    const many = { spec: { ...source.spec, constraints: {}, space: space(shape) }, trials, reports };
    const made = reportData(many);
    expect(made.curves.of).toBe(10_000);
    expect(made.curves.lines.length).toBeGreaterThan(1000);
    // The script takes some 60 kB more.
    expect(Buffer.byteLength(reportPage(many, made, FACTS, SCRIPT))).toBeLessThan(1_900_000);
  });
});

describe("page", () => {
  test("lets in its own script alone, and holds no other address", () => {
    const html = reportPage(source, reportData(source), FACTS, SCRIPT);
    expect(html).toContain(
      `default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;${SCRIPT.hash}&#39;;`,
    );
    expect(html.match(/<script[^>]*>/g)).toEqual(['<script type="application/json" id="data">', "<script>"]);
    expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|src=|url\(|@import/);
  });
  test("shows the best beside the defaults without a script", () => {
    const html = reportPage(source, reportData(source), FACTS, SCRIPT);
    const rows = [...html.matchAll(/<tr[^>]*><th scope="row">(.*?)<\/th>(.*?)<\/tr>/g)].map(
      ([, name = "", cells = ""]) =>
        `${name} ${cells}`
          .replaceAll("<wbr>", "")
          .replace(/<[^>]+>/g, " ")
          .replace(/ +/g, " ")
          .trim(),
    );
    expect(rows).toMatchInlineSnapshot(`
      [
        "loss nats, lower is better 3 not tried",
        "memory at most 7 7 not tried",
        "extra 0.333333 not tried",
        "lr 0.001 0.01",
        "act gelu relu",
        "o.kind sgd sgd",
        "o.sgd.momentum 0.5 0.5",
        "layers 4 2",
      ]
    `);
  });
  test("hostile names, notes and errors never become markup", () => {
    const evil = `</script><script>alert(1)</script><!--"'\u2028`;
    const hostile: PlotSource = {
      spec: {
        name: evil,
        space: space({ "a<b>": choice([evil, "ok"]) }),
        objectives: { [evil]: { direction: "maximize", unit: evil } },
        constraints: {},
      },
      trials: [evil, "ok"].map((value, number) =>
        trial(number, { params: { "a<b>": value }, metrics: { [evil]: number } }),
      ),
    };
    const html = reportPage(
      hostile,
      reportData(hostile),
      { ...FACTS, defaults: { "a<b>": evil }, note: evil, tags: [evil], sampler: evil },
      SCRIPT,
    );
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toMatch(/<!--|alert\(1\)<\/script>/);
    const json = /id="data">([^<]*)<\/script>/.exec(html)?.[1] ?? "";
    expect((JSON.parse(json) as ReportData).study).toBe(evil);
    expect(embedJson("<&>\u2028")).toBe('"\\u003c\\u0026\\u003e\\u2028"');
  });
  test("a study with nothing in it, and several objectives", () => {
    const empty = { spec: source.spec, trials: [] };
    expect(reportPage(empty, reportData(empty), { ...FACTS, defaults: null }, SCRIPT)).toContain(
      "No trial is complete with every constraint met.",
    );
    const two: PlotSource = {
      spec: {
        ...source.spec,
        objectives: { a: { direction: "minimize" }, b: { direction: "maximize" } },
        constraints: {},
      },
      trials: [1, 2, 3].map(number => trial(number, { metrics: { a: number, b: number === 2 ? 0 : number } })),
    };
    const data = reportData(two);
    expect(data.flags).toBe("313");
    expect(reportPage(two, data, FACTS, SCRIPT)).toContain("The front");
  });
});

describe("the view's state", () => {
  const make = (): ViewState => new ViewState(reportData(source));
  const numbers = (state: ViewState): number[] => state.data.numbers.filter((_, i) => state.selected[i] === 1);
  const axis = (state: ViewState, name: string) =>
    [...state.columns.metrics, ...state.columns.parameters].find(column => column.name === name)!;

  test("brushes select together, by number and by category; what a trial lacks is outside", () => {
    const state = make();
    expect(state.count).toBe(14);
    state.brush(axis(state, "act"), { low: 0, high: 0.5 });
    expect(numbers(state)).toEqual([0, 2, 4, 6, 8, 10, 12]);
    const lr = axis(state, "lr");
    state.brush(lr, { low: lr.axis.at(0.005), high: 0.99 });
    expect(numbers(state)).toEqual([2, 6, 10]);
    state.brush(axis(state, "o.sgd.momentum"), { low: 0.4, high: 0.6 });
    expect(numbers(state)).toEqual([2, 10]);
    state.brush(lr, null);
    state.clear();
    expect(state.count).toBe(14);
  });
  test("words look into every cell; conditions are the language of --where", () => {
    const state = make();
    expect(state.filter("gelu pruned")).toBeUndefined();
    expect(numbers(state)).toEqual([11]);
    state.filter("out of");
    expect(numbers(state)).toEqual([10]);
    state.filter('loss < 6 and act == "gelu"');
    expect(numbers(state)).toEqual([5, 7, 9, 11]);
    state.filter('o.kind == "sgd" and o.momentum > 0.4 and layers <= 2 and state == "complete"');
    expect(numbers(state)).toEqual([1, 4, 5, 8, 13]);
    state.filter("seconds >= 0.5 and number < 2");
    expect(numbers(state)).toEqual([0, 1]);
    state.filter(" ");
    expect(state.count).toBe(14);
  });
  test("a wrong condition is told and changes nothing", () => {
    const state = make();
    state.filter("loss < 6");
    const before = numbers(state);
    expect(state.filter("lss < 6")).toContain('Did you mean "loss"?');
    expect(state.filter("loss <")).toBeDefined();
    expect(numbers(state)).toEqual(before);
  });
  test("the ramp goes by rank; trials that break a constraint stand last", () => {
    const state = make();
    expect(Array.from(state.ramp)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 0, 1, -1, -1, -1, -1]);
  });
  test("sorting keeps what is missing last, both ways", () => {
    const { data } = make();
    const all = data.numbers.map((_, i) => i);
    const cells = data.metrics[0]!.cells;
    expect(sorted(cells, all, false).map(i => data.numbers[i])).toEqual([9, 8, 7, 11, 6, 5, 4, 3, 2, 1, 0, 10, 12, 13]);
    expect(
      sorted(cells, all, true)
        .map(i => data.numbers[i])
        .slice(-3),
    ).toEqual([10, 12, 13]);
  });
});
