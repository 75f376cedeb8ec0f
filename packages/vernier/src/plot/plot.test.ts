import { describe, expect, test } from "vitest";
import * as plot from "./index.ts";
import type { PlotSource, PlotTrial } from "./index.ts";
import { choice, dynamic, float, int, oneOf, permutation, simplex, space, subset, text, when } from "../space/index.ts";
import type { SpaceJson } from "../space/types.ts";
import { testEngine } from "../testing/test-study.ts";

const KINDS = {
  history: plot.history,
  historyTime: (source: PlotSource) => plot.history(source, { x: "time" }),
  parallel: plot.parallel,
  slice: plot.slice,
  contour: plot.contour,
  rank: plot.rank,
  front: plot.front,
  importance: plot.importance,
  intermediate: plot.intermediate,
  edf: plot.edf,
  timeline: plot.timeline,
} as const;
const all = (source: PlotSource): [string, string][] =>
  Object.entries(KINDS).map(([name, draw]) => [name, draw(source)]);

/** Refuses what an XML reader would, and numbers that are none. */
function checkSvg(name: string, svg: string): void {
  expect(svg, name).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
  expect(svg, name).not.toMatch(/NaN|Infinity|undefined|="[^"]*<|-99/);
  const open: string[] = [];
  let depth = 0;
  for (const [, slash, tag = "", attributes = "", own] of svg.matchAll(
    /<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
  )) {
    depth++;
    if (slash === "/") expect(open.pop(), name).toBe(tag);
    else if (own !== "/") open.push(tag);
    const names = [...attributes.matchAll(/([\w:-]+)="/g)].map(match => match[1]);
    expect(new Set(names).size, `${name} ${tag}`).toBe(names.length);
  }
  expect(open, name).toEqual([]);
  expect(svg.split("<").length - 1, `${name}: every "<" begins an element`).toBe(depth);
}

const SPACE = space({
  lr: float(1e-5, 1, { scale: "log" }),
  layers: int(1, 6),
  act: choice(["relu", "gelu"]),
  o: oneOf({ sgd: { momentum: float(0, 1) }, adam: {} }),
  extra: when('act == "relu"', float(0, 1)),
  mix: simplex(["a", "b"]),
  bits: subset(["u", "v"]),
  order: permutation(["x", "y", "z"]),
  words: text({ seeds: ["be brief"] }),
  beta: float(0.5, 0.999, { scale: "logit" }),
});
async function study(trials: number, constrained = false): Promise<PlotSource> {
  const made = await testEngine().engine.create({
    name: "s",
    space: SPACE,
    objectives: { loss: "minimize", speed: "maximize" },
    ...(constrained && { constraints: { memory: { max: 3 } } }),
    seed: 4,
  });
  for (let i = 0; i < trials; i++) {
    const trial = await made.ask();
    const { lr, layers } = trial.params;
    if (i % 7 === 3) await trial.fail(new Error("x"));
    else {
      const loss = (Math.log10(lr) + 3) ** 2 + layers;
      await trial.report(1, { loss: loss * 2 });
      await trial.report(2, { loss });
      if (i % 5 === 4) await trial.prune();
      else await trial.tell({ loss, speed: layers * lr, ...(constrained && { memory: layers }) } as never);
    }
  }
  return made;
}
const plain = (
  json: SpaceJson,
  trials: readonly Partial<PlotTrial>[],
  direction: "minimize" | "maximize" = "minimize",
): PlotSource => ({
  spec: { name: "plain", space: json, objectives: { loss: { direction } }, constraints: {} },
  trials: trials.map((trial, number) => ({ number, state: "complete", params: null, metrics: null, ...trial })),
});

describe("every plot is a well-formed picture", () => {
  test("of a study with every kind of parameter, failures, pruned trials and constraints", async () => {
    for (const constrained of [false, true])
      for (const [name, svg] of all(await study(40, constrained))) checkSvg(name, svg);
  });

  test("of studies with little or nothing in them: a sentence says so", async () => {
    const empty = await study(0);
    for (const [name, svg] of all(empty)) {
      checkSvg(name, svg);
      expect(svg, name).toMatch(/No trial|No complete trial/);
    }
    for (const [name, svg] of all(await study(1))) checkSvg(name, svg);
    const failed = plain(space({ x: float(0, 1) }), [{ state: "failed", params: { x: 0.5 } }]);
    for (const [name, svg] of all(failed)) checkSvg(name, svg);
    expect(plot.history(failed)).toContain("All of 1 trial failed");
    expect(plot.front(failed)).toContain("A front needs two objectives");
  });

  test("of values that are missing, constant, huge, tiny or not finite", () => {
    const shape = space({ x: float(0, 1), c: choice(["a", "b"]) });
    const values = [NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324, 0, -0, 1];
    const sources = [
      plain(
        shape,
        values.map((loss, i) => ({ params: { x: i / 10, c: "a" }, metrics: { loss } })),
      ),
      plain(
        shape,
        values.map((loss, i) => ({ params: { x: i / 10, c: "a" }, metrics: { loss } })),
        "maximize",
      ),
      plain(
        shape,
        Array.from({ length: 9 }, () => ({ params: { x: 0.5, c: "b" }, metrics: { loss: 3 } })),
      ),
      plain(
        shape,
        [NaN, NaN].map(loss => ({ params: { x: 0.5, c: "b" }, metrics: { loss } })),
      ),
      plain(
        space({ c: choice(["a", "b", "c"]) }),
        ["a", "b", "c", "a"].map((c, i) => ({ params: { c }, metrics: { loss: i } })),
      ),
      plain(space({ x: float(0, 1) }), [{ params: { x: "not a number" }, metrics: { loss: 1 } }]),
      plain(space({ x: float(1, 2, { scale: "log" }) }), [{ params: { x: -4 }, metrics: { loss: 1 } }]),
    ];
    for (const source of sources) for (const [name, svg] of all(source)) checkSvg(name, svg);
  });

  test("names and values are only ever text", () => {
    const evil = `"><script>alert(1)</script>&amp;]]>\u0000\ud800\u202e'`;
    const source: PlotSource = {
      spec: {
        name: evil,
        space: space({ "a<b>&": choice([evil, "ok"]) }),
        objectives: { [evil]: { direction: "minimize", unit: evil }, b: { direction: "minimize" } },
        constraints: {},
      },
      trials: [evil, "ok"].map((value, number) => ({
        number,
        state: "complete",
        params: { "a<b>&": value },
        metrics: { [evil]: number, b: 1 },
      })),
    };
    for (const [name, svg] of [...all(source), ["title", plot.history(source, { title: evil })] as [string, string]]) {
      checkSvg(name, svg);
      expect(svg, name).not.toContain("<script");

      expect(svg, name).not.toMatch(/[\u0000\ud800-\udfff\u202e]/);
    }
  });

  test("of a study that learns its space while running, and of long texts", async () => {
    const made = await testEngine().engine.create({
      name: "d",
      space: dynamic(),
      objectives: { y: "minimize" },
      seed: 1,
    });
    await made.run(
      (_, trial) => (trial.choice("kind", ["a", "b"]) === "a" ? trial.float("x", 1e-3, 1, { scale: "log" }) : 1),
      { trials: 20 },
    );
    for (const [name, svg] of all(made)) checkSvg(name, svg);
    expect(
      plot
        .sliceData(made)
        .slices.map(each => each.parameter)
        .sort(),
    ).toEqual(["kind", "x"]);
    // Without its history a dump knows what the trials hold.
    const dump = { spec: made.spec, trials: made.trials };
    for (const [name, svg] of all(dump)) checkSvg(name, svg);
    expect(
      plot
        .sliceData(dump)
        .slices.map(each => each.parameter)
        .sort(),
    ).toEqual(["kind", "x"]);

    const prompts = ["be brief ".repeat(20_000), "be brief ".repeat(20_000) + "!", "x"];
    const long = plain(
      space({ words: text({ seeds: ["x"] }) }),
      prompts.map((words, i) => ({ params: { words }, metrics: { loss: i } })),
    );
    expect(new Set(plot.sliceData(long).slices[0]?.points.map(({ x }) => x)).size).toBe(3);
    for (const [name, svg] of all(long)) {
      checkSvg(name, svg);
      expect(svg.length, name).toBeLessThan(30_000);
    }
  });

  test("with thousands of trials stays small", () => {
    const trials = Array.from({ length: 10_000 }, (_, i) => ({
      params: { x: ((i * 7919) % 10_007) / 10_007, y: ((i * 104_729) % 10_009) / 10_009 },
      metrics: { loss: 1 + ((i * 31) % 997) },
      startedAt: i * 10,
      finishedAt: i * 10 + 9,
    }));
    const source = plain(space({ x: float(0, 1), y: float(0, 1) }), trials);
    for (const [name, svg] of all(source)) {
      checkSvg(name, svg);
      expect(svg.length, name).toBeLessThan(250_000);
    }
  });
});

describe("what the data say", () => {
  test("history: values in number order with the best so far; infeasible trials never count as best", async () => {
    const { points, failed } = plot.historyData(await study(40, true));
    expect(failed).toBe(6);
    expect(points.map(point => point.number)).toEqual([...points.map(point => point.number)].sort((a, b) => a - b));
    let best = Infinity;
    for (const point of points) {
      if (point.state === "complete" && point.feasible) best = Math.min(best, point.value);
      expect(point.best).toBe(best === Infinity ? null : best);
    }
    expect(points.some(point => !point.feasible && point.state === "complete")).toBe(true);
  });

  test("a study and its dump, read back from JSON, make the same pictures", async () => {
    const live = await study(30);
    const reports = new Map(live.trials.map(({ number }) => [number, (live.reports as (n: number) => never)(number)]));
    const dump: PlotSource = {
      ...(JSON.parse(JSON.stringify({ spec: live.spec, trials: live.trials })) as PlotSource),
      reports,
    };
    for (const [name, svg] of all(dump)) expect(svg, name).toBe(KINDS[name as keyof typeof KINDS](live));
  });

  test("slices: one a parameter, conditional ones only where they are there, nested names with their branch", async () => {
    const { slices } = plot.sliceData(await study(40));
    expect(slices.map(each => each.parameter).sort()).toEqual(
      [
        "act",
        "beta",
        "bits",
        "extra",
        "layers",
        "lr",
        "mix[a]",
        "mix[b]",
        "o.kind",
        "o.sgd.momentum",
        "order",
        "words",
      ].sort(),
    );
    const of = (name: string) => slices.find(each => each.parameter === name)!;
    expect(of("o.sgd.momentum").points.length).toBe(
      of("o.kind").points.filter(({ x }) => of("o.kind").categories[x] === "sgd").length,
    );
    expect(of("extra").points.length).toBeLessThan(of("lr").points.length);
  });

  test("the front is what nothing dominates, as the study itself says", async () => {
    const live = await study(60, true);
    const { points } = plot.frontData(live);
    const front = points.filter(point => point.front).map(point => point.number);
    expect(front.sort((a, b) => a - b)).toEqual(
      (live as unknown as { front: { number: number }[] }).front.map(t => t.number).sort((a, b) => a - b),
    );
  });

  test("equal trials are on the front together; thousands of them cost no more than a moment", () => {
    const source = (n: number, values: (i: number) => Record<string, number>): PlotSource => ({
      spec: {
        ...plain(space({ x: float(0, 1) }), []).spec,
        objectives: { a: { direction: "minimize" }, b: { direction: "maximize" }, c: { direction: "minimize" } },
      },
      trials: Array.from({ length: n }, (_, number) => ({
        number,
        state: "complete",
        params: { x: 0.5 },
        metrics: values(number),
      })),
    });
    const few = plot.frontData(source(4, i => ({ a: i === 3 ? 1 : 0, b: i === 1 ? -0 : 0, c: 0 })));
    expect(few.points.map(point => point.front)).toEqual([true, true, true, false]);
    const many = plot.frontData(source(10_000, i => ({ a: i, b: i, c: ((i * 7919) % 10_007) / 10_007 })));
    expect(many.points.every(point => point.front)).toBe(true);
  });

  test("numbers of foreign trials may be anything", () => {
    const foreign = plain(
      space({ x: float(0, 1) }),
      Array.from({ length: 9 }, (_, i) => ({ number: i * 1e14, params: { x: i / 9 }, metrics: { loss: i } })),
    );
    for (const [name, svg] of all(foreign)) checkSvg(name, svg);
    expect(plot.importanceData(foreign).parameters[0]).toMatchObject({ name: "x", share: 1 });
  });

  test("timeline: lanes are as many as ran at once", () => {
    const at = (startedAt: number, finishedAt: number) => ({ startedAt, finishedAt });
    const { lanes, bars, span } = plot.timelineData(
      plain(space({ x: float(0, 1) }), [at(0, 10), at(2, 5), at(5, 9), at(10, 12)]),
    );
    expect({ lanes, span, taken: bars.map(bar => bar.lane) }).toEqual({ lanes: 2, span: 12, taken: [0, 1, 1, 0] });
  });

  test("intermediate: any reported metric", async () => {
    const live = await study(10);
    expect(plot.intermediateData(live).curves[0]).toMatchObject({ number: 0, steps: [1, 2] });
    expect(() => plot.intermediateData(live, { metric: "lost" })).toThrowErrorMatchingInlineSnapshot(
      `[VernierError: no trial reported a metric "lost". Reported are loss, speed. Use one of them.]`,
    );
  });

  test("edf: sorted values a study", async () => {
    const [a, b] = [await study(12), await study(20)];
    const { studies } = plot.edfData([a, b]);
    expect(studies.map(each => each.values.length)).toEqual([8, 13]);
    expect(studies[0]?.values).toEqual([...(studies[0]?.values ?? [])].sort((x, y) => x - y));
  });
});

test("bad arguments are refused with the way out", async () => {
  const source = await study(4);
  const messages: string[] = [];
  for (const bad of [
    () => plot.history({} as PlotSource),
    () => plot.history(source, { objective: "los" }),
    () => plot.history(source, { widht: 3 } as never),
    () => plot.history(source, { width: 10 }),
    () => plot.history(source, { theme: "pink" as never }),
    () => plot.slice(source, { parameters: ["l"] }),
    () => plot.contour(source, { parameters: ["lr", "lr"] }),
    () => plot.front(source, { objectives: ["loss", "loss"] }),
  ]) {
    try {
      bad();
    } catch (error) {
      messages.push((error as Error).message);
    }
  }
  expect(messages).toMatchInlineSnapshot(`
    [
      "a plot got {}. It needs a study, or { spec, trials, reports }. Pass what createStudy() or openStudy() gave.",
      "the study has no objective "los". It has loss, speed. Did you mean "loss"?",
      "plot.history() has no option "widht". Its options are width, height, theme, title, objective, x, scale. Did you mean "width"?",
      "width is 10. It must be a number of pixels from 240 to 4000. Leave it out for the default.",
      "theme is "pink". It must be "auto", "light" or "dark".",
      "the study has no parameter "l". It has lr, layers, act, o.kind, o.sgd.momentum, extra, mix[a], mix[b], bits, order, words, beta. Use one of them.",
      "parameters holds 2 names, the same twice. A contour has two axes. Name two different parameters.",
      "objectives names one of loss, loss twice. Each axis shows another one. Name each once.",
    ]
  `);
});
