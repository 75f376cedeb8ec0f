import { describe, expect, test } from "vitest";
import { VernierError } from "../math/errors.ts";
import { stream } from "../math/rng.ts";
import {
  choice,
  dynamic,
  fixed,
  float,
  int,
  list,
  oneOf,
  ordinal,
  permutation,
  simplex,
  space,
  subset,
  text,
  when,
} from "./builders.ts";
import { compile } from "./codec.ts";
import type { Space } from "./infer.ts";
import { learn } from "./learn.ts";
import type { Codec, Column } from "./types.ts";

function encode<P>(codec: Codec<P>, params: P): number[] {
  const x = new Float64Array(codec.width);
  codec.encode(params, x);
  return [...x];
}
function cube<P>(codec: Codec<P>, u: readonly number[]): number[] {
  const x = new Float64Array(codec.width);
  codec.fromCube(u, x);
  return [...x];
}
const column = (codec: Codec<never>, name: string): Column => codec.columns.find(c => c.name === name) as Column;
const draws = <P>(codec: Codec<P>, n: number, seed = 1): P[] => {
  const rng = stream(seed);
  return Array.from({ length: n }, () => codec.sample(rng));
};
function refused(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof VernierError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("numbers", () => {
  test("each scale runs from low at 0 to high at 1, with its own middle", () => {
    const codec = compile(
      space({
        linear: float(2, 10),
        log: float(1e-4, 1e2, { scale: "log" }),
        logit: float(0.001, 0.999, { scale: "logit" }),
        reverse: float(1, 100, { scale: "reverse-log" }),
      }),
    );
    expect(codec.decode([0, 0, 0, 0])).toEqual({ linear: 2, log: 1e-4, logit: 0.001, reverse: 1 });
    expect(codec.decode([1, 1, 1, 1])).toEqual({ linear: 10, log: 1e2, logit: 0.999, reverse: 100 });
    const middle = codec.decode([0.5, 0.5, 0.5, 0.5]);
    expect(middle.linear).toBe(6);
    expect(middle.log).toBeCloseTo(0.1, 12);
    expect(middle.logit).toBeCloseTo(0.5, 12);
    // 1 + 100 - exp(mean of log 1 and log 100): half of all values lie above 91.
    expect(middle.reverse).toBeCloseTo(91, 10);
    expect(encode(codec, { linear: 6, log: 0.1, logit: 0.5, reverse: 91 }).every(u => Math.abs(u - 0.5) < 1e-12)).toBe(
      true,
    );
    expect(codec.defaults()).toEqual({ linear: 6, log: 0.1, logit: 0.5, reverse: 91 });
  });

  test("values outside are clipped, missing ones are the default", () => {
    const codec = compile(space({ x: float(0, 1, { default: 0.25 }), n: int(1, 5) }));
    expect(codec.decode([-3, 7])).toEqual({ x: 0, n: 5 });
    expect(codec.decode([NaN, NaN])).toEqual({ x: 0.25, n: 3 });
    expect(encode(codec, { x: 2, n: -4 })).toEqual([1, 0.1]);
    expect(encode(codec, {} as never)).toEqual([NaN, NaN]);
  });

  test("every value of a stepped parameter owns an equal cell, and low and high are not squeezed", () => {
    const codec = compile(space({ n: int(1, 4), f: float(0, 0.3, { step: 0.1 }) }));
    const n = column(codec as never, "n");
    expect([n.levels, n.kind, n.kernel]).toEqual([4, "numeric", "numeric"]);
    expect([0, 0.24, 0.26, 0.74, 0.76, 1].map(u => codec.decode([u, 0]).n)).toEqual([1, 1, 2, 3, 4, 4]);
    expect(n.cell(0.3)).toEqual([0.25, 0.5]);
    expect(n.snap(0.3)).toBe(0.375);
    expect([1, 2, 3, 4].map(v => encode(codec, { n: v, f: 0 })[0])).toEqual([0.125, 0.375, 0.625, 0.875]);
  });

  test("steps give the decimals a person would write", () => {
    const codec = compile(
      space({
        tenth: float(0, 1, { step: 0.1 }),
        odd: float(-0.7, 1.4, { step: 0.07 }),
        tiny: float(1e-7, 9e-7, { step: 1e-7 }),
        third: float(0, 2 / 3, { step: 1 / 3 }),
      }),
    );
    const all = (i: number, count: number, name: "tenth" | "odd" | "tiny" | "third"): string[] =>
      Array.from({ length: count }, (_, k) => String(codec.decode([0, 0, 0, 0].with(i, (k + 0.5) / count))[name]));
    expect(all(0, 11, "tenth").join(" ")).toBe("0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1");
    expect(all(1, 31, "odd").slice(8, 15).join(" ")).toBe("-0.14 -0.07 0 0.07 0.14 0.21 0.28");
    expect(all(2, 9, "tiny").join(" ")).toBe("1e-7 2e-7 3e-7 4e-7 5e-7 6e-7 7e-7 8e-7 9e-7");
    expect(all(3, 3, "third").map(Number)).toEqual([0, 1 / 3, 2 / 3]);
  });

  test("whole numbers on a log scale sit at their own place in cells widened by half a step", () => {
    const codec = compile(space({ n: int(1, 8, { scale: "log" }) }));
    const at = (v: number): number => (Math.log(v) - Math.log(0.5)) / (Math.log(8.5) - Math.log(0.5));
    expect(encode(codec, { n: 3 })[0]).toBeCloseTo(at(3), 14);
    const [low, high] = column(codec as never, "n").cell(at(3));
    expect(low).toBeCloseTo(at(2.5), 14);
    expect(high).toBeCloseTo(at(3.5), 14);
    expect(codec.decode([at(2.51)]).n).toBe(3);
    expect(codec.decode([at(2.49)]).n).toBe(2);
  });

  test("the largest ranges keep every whole number apart", () => {
    for (const [low, high, scale] of [
      [-(2 ** 49), 2 ** 49 - 1, "linear"],
      [1, 2 ** 40, "log"],
      [1, 2 ** 40, "reverse-log"],
    ] as const) {
      const codec = compile(space({ n: int(low, high, { scale }) }));
      const some = [low, low + 1, high - 1, high, Math.floor((low + high) / 2), 7, 123_456_789, 2 ** 39 + 1];
      for (const n of some) expect(codec.decode(encode(codec, { n })).n, `${n} ${scale}`).toBe(n);
    }
  });

  test("a prior pulls draws to its mean, and stands in the column", () => {
    const codec = compile(space({ lr: float(1e-5, 1e-1, { scale: "log", prior: { mean: 1e-3, sd: 0.1 } }) }));
    expect(codec.columns[0]?.prior).toEqual({ mean: expect.closeTo(0.5, 12) as number, sd: 0.1 });
    expect(cube(codec, [0.5])[0]).toBeCloseTo(0.5, 9);
    const near = draws(codec, 1000).filter(({ lr }) => lr > 1e-3 / 10 ** 0.4 && lr < 1e-3 * 10 ** 0.4).length;
    // Within one sd: 68.3 % of 1000, standard error 15.
    expect(Math.abs(near - 683)).toBeLessThan(60);
  });
});

describe("choices", () => {
  test("are codes, ordinals are cells, a single one needs no column", () => {
    const codec = compile(
      space({ act: choice(["a", null, 3]), size: ordinal([16, 32]), only: choice(["x"]), n: fixed(10) }),
    );
    expect(codec.columns.map(c => [c.name, c.kind, c.kernel, c.levels])).toEqual([
      ["act", "category", "category", 3],
      ["size", "numeric", "ordinal", 2],
    ]);
    expect(codec.decode([1, 0.6])).toEqual({ act: null, size: 32, only: "x", n: 10 });
    expect(encode(codec, { act: 3, size: 16, only: "x", n: 10 })).toEqual([2, 0.25]);
    expect(codec.defaults()).toEqual({ act: "a", size: 32, only: "x", n: 10 });
  });

  test("are drawn by their weights", () => {
    const codec = compile(space({ c: choice(["a", "b", "c"], { prior: [2, 1, 1] }) }));
    expect(codec.columns[0]?.prior).toEqual({ weights: [0.5, 0.25, 0.25] });
    expect([0, 0.49, 0.51, 0.74, 0.76, 0.999].map(u => cube(codec, [u])[0])).toEqual([0, 0, 1, 1, 2, 2]);
  });

  test("that are retired are read but never suggested", () => {
    const codec = compile({ version: 1, shape: { c: { type: "choice", choices: ["a", "b"], retired: ["old"] } } });
    expect(codec.columns[0]?.levels).toBe(2);
    expect(encode(codec, { c: "old" })).toEqual([NaN]);
    expect(codec.key({ c: "old" })).not.toBe(codec.key({ c: "a" }));
    expect(codec.check({ c: "old" })[0]?.message).toMatch(/^is retired/);
  });

  test("of text grow with what is seen", () => {
    const codec = compile(
      space({ p: text({ seeds: ["one", "two"] }), ps: list(text({ seeds: ["x"] }), { min: 2, max: 2 }) }),
    );
    const before = codec.version;
    expect(codec.texts("p")).toEqual(["one", "two"]);
    expect(encode(codec, { p: "three", ps: ["y", "y"] })).toEqual([2, 1, 1]);
    expect(codec.texts("p")).toEqual(["one", "two", "three"]);
    expect(codec.texts("ps[1]")).toEqual(["x", "y"]);
    expect([codec.columns[0]?.levels, codec.columns[0]?.snap(9)]).toEqual([3, 2]);
    expect(codec.version).toBeGreaterThan(before);
    expect(codec.decode([2, 0, 1])).toEqual({ p: "three", ps: ["x", "y"] });
    expect(compile(codec.space, { fresh: true }).columns[0]?.levels).toBe(2);
    expect(refused(() => codec.texts("q"))).toBe(
      'E_SPACE_NAME: there is no text parameter "q". It has p, ps[0], ps[1].',
    );
  });
});

describe("permutations", () => {
  test("are the argsort of their columns, ties in declared order", () => {
    const codec = compile(space({ order: permutation(["a", "b", "c", "d"]) }));
    expect(codec.columns.map(c => c.name)).toEqual(["order[a]", "order[b]", "order[c]", "order[d]"]);
    expect(new Set(codec.columns.map(c => c.param))).toEqual(new Set(["order"]));
    expect(codec.decode([0.9, 0.1, 0.5, 0.1]).order).toEqual(["b", "d", "c", "a"]);
    expect(encode(codec, { order: ["b", "d", "c", "a"] })).toEqual([0.875, 0.125, 0.625, 0.375]);
  });

  test("in part keep the others behind, in declared order", () => {
    const codec = compile(space({ order: permutation(["a", "b", "c", "d"], { length: 2 }) }));
    expect(encode(codec, { order: ["d", "b"] })).toEqual([0.625, 0.375, 0.875, 0.125]);
    expect(codec.decode([0.625, 0.375, 0.875, 0.125]).order).toEqual(["d", "b"]);
    expect(codec.size).toBe(12);
  });

  test("labels stay apart where items are spelled alike", () => {
    const codec = compile(space({ order: permutation([1, "1", "x"]) }));
    expect(codec.columns.map(c => c.name)).toEqual(["order[1#0]", "order[1#1]", "order[x]"]);
  });
});

describe("subsets", () => {
  test("are repaired: first missing items added, last ones dropped", () => {
    const codec = compile(space({ f: subset(["a", "b", "c", "d"], { min: 2, max: 3 }) }));
    expect(codec.decode([0, 0, 0, 0]).f).toEqual(["a", "b"]);
    expect(codec.decode([0, 0, 1, 0]).f).toEqual(["a", "c"]);
    expect(codec.decode([1, 1, 1, 1]).f).toEqual(["a", "b", "c"]);
    expect(codec.columns.map(c => [c.name, c.kernel, c.levels])[0]).toEqual(["f[a]", "bit", 2]);
    expect(codec.key({ f: ["c", "a"] } as never)).toBe(codec.key({ f: ["a", "c"] }));
  });

  test("are drawn uniformly among the allowed ones", () => {
    for (const [min, max] of [
      [0, 4],
      [1, 4],
      [2, 3],
      [2, 2],
      [0, 1],
    ] as const) {
      const codec = compile(space({ f: subset(["a", "b", "c", "d"], { min, max }) }));
      const counts = new Map<string, number>();
      const n = 4000;
      for (const { f } of draws(codec, n)) counts.set(f.join(""), (counts.get(f.join("")) ?? 0) + 1);
      expect(counts.size).toBe(codec.size);
      const expected = n / codec.size;
      const chi2 = [...counts.values()].reduce((sum, c) => sum + (c - expected) ** 2 / expected, 0);
      // The 99.9 % quantile of chi-square with at most 15 degrees of freedom is below 38.
      expect(chi2, `${min}..${max}`).toBeLessThan(38);
    }
  });
});

describe("mixtures", () => {
  const codec = compile(space({ mix: simplex(["a", "b", "c", "d"]) }));

  test("come back from their encoding, on the boundary too", () => {
    const mixes = [
      [1, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 0.5, 0, 0.5],
      [0.999999, 1e-6, 0, 0],
      [1e-9, 1e-9, 1e-9, 1 - 3e-9],
      [0.25, 0.25, 0.25, 0.25],
    ];
    for (const [a = 0, b = 0, c = 0, d = 0] of mixes) {
      const back = codec.decode(encode(codec, { mix: { a, b, c, d } })).mix;
      for (const [part, share] of Object.entries({ a, b, c, d })) {
        expect(Math.abs(back[part as "a"] - share), `${part} of ${a} ${b} ${c} ${d}`).toBeLessThanOrEqual(1e-12);
        if (share === 0) expect(back[part as "a"]).toBe(0);
      }
    }
  });

  test("with many parts keep the largest shares", () => {
    const parts = Array.from({ length: 27 }, (_, i) => `p${i}`);
    const many = compile(space({ mix: simplex(parts) }));
    for (const big of [0, 13, 26]) {
      const rest = 1e-9;
      const mix = Object.fromEntries(parts.map((p, i) => [p, i === big ? 1 - 26 * rest : rest]));
      const back = many.decode(encode(many, { mix })).mix;
      for (const p of parts) expect(Math.abs((back[p] ?? NaN) - (mix[p] ?? NaN))).toBeLessThanOrEqual(1e-12);
    }
  });

  test("of the uniform cube are uniform Dirichlet", () => {
    // Each share of Dirichlet(1,1,1,1) is Beta(1,3): mean 1/4, variance 3/80; each pair has correlation -1/3.
    const n = 20_000;
    const shares = draws(codec, n).map(({ mix }) => [mix.a, mix.b, mix.c, mix.d]);
    const mean = (of: (row: number[]) => number): number => shares.reduce((sum, row) => sum + of(row), 0) / n;
    const se = Math.sqrt(3 / 80 / n);
    for (let i = 0; i < 4; i++) {
      const at = (row: number[]): number => row[i] ?? NaN;
      expect(Math.abs(mean(at) - 1 / 4)).toBeLessThan(4 * se);
      expect(Math.abs(mean(row => (at(row) - 1 / 4) ** 2) - 3 / 80)).toBeLessThan(0.0015);
      // Beta(1,3): P(share > t) = (1 - t)^3.
      expect(Math.abs(mean(row => (at(row) > 0.5 ? 1 : 0)) - 1 / 8)).toBeLessThan(0.01);
      const j = (i + 1) % 4;
      const covariance = mean(row => (at(row) - 1 / 4) * ((row[j] ?? NaN) - 1 / 4));
      expect(Math.abs(covariance + 1 / 80)).toBeLessThan(0.0012);
    }
    expect(shares.every(row => Math.abs(row.reduce((a, b) => a + b, 0) - 1) < 1e-12)).toBe(true);
  });
});

describe("branches, lists and conditions", () => {
  const nested = space({
    act: choice(["relu", "gelu"]),
    optimizer: oneOf({
      sgd: { momentum: float(0, 1), nest: oneOf({ on: { k: int(1, 3) }, off: {} }, { tag: "is" }) },
      adam: { beta: float(0, 1) },
    }),
    blocks: list(
      { width: int(1, 4), act: choice(["x", "y"]), slope: when('act == "x"', float(0, 1)) },
      { min: 1, max: 2 },
    ),
    slope: when('act == "relu"', float(0, 1)),
    leak: when('act == "relu"', float(0, 1)),
  });
  const codec = compile(nested);

  test("name their columns and groups", () => {
    expect(codec.columns.map(c => `${c.name} | ${c.param} | ${c.group}`)).toEqual([
      "act | act | ",
      "optimizer.kind | optimizer | ",
      "optimizer.sgd.momentum | optimizer.sgd.momentum | optimizer=sgd",
      "optimizer.sgd.nest.is | optimizer.sgd.nest | optimizer=sgd",
      "optimizer.sgd.nest.on.k | optimizer.sgd.nest.on.k | optimizer=sgd/optimizer.sgd.nest=on",
      "optimizer.adam.beta | optimizer.adam.beta | optimizer=adam",
      "blocks.length | blocks | ",
      "blocks[0].width | blocks[0].width | ",
      "blocks[0].act | blocks[0].act | ",
      'blocks[0].slope | blocks[0].slope | when(act == "x") in blocks[0]',
      "blocks[1].width | blocks[1].width | blocks[1]",
      "blocks[1].act | blocks[1].act | blocks[1]",
      'blocks[1].slope | blocks[1].slope | blocks[1]/when(act == "x") in blocks[1]',
      'slope | slope | when(act == "relu")',
      'leak | leak | when(act == "relu")',
    ]);
  });

  test("decode what is active, and encode the rest as NaN", () => {
    const x = [1, 0, 0.5, 1, 0.9, 0.7, 0.9, 0, 0, 0.25, 0, 1, 0.5, 0.5, 0.5];
    const params = codec.decode(x);
    expect(params).toEqual({
      act: "gelu",
      optimizer: { kind: "sgd", momentum: 0.5, nest: { is: "off" } },
      blocks: [
        { width: 1, act: "x", slope: 0.25 },
        { width: 1, act: "y" },
      ],
    });
    const inactive = encode(codec, params).flatMap((u, i) => (Number.isNaN(u) ? [codec.columns[i]?.name] : []));
    expect(inactive).toEqual(["optimizer.sgd.nest.on.k", "optimizer.adam.beta", "blocks[1].slope", "slope", "leak"]);
  });

  test("a condition may read what comes after it, and what another condition decides", () => {
    const backward = compile(
      space({
        c: when("b > 1", int(1, 2)),
        g: { b2: when("flag", int(1, 2)), flag: choice([true, false]) },
        b: when("a == 2", int(1, 2)),
        a: int(1, 2),
      }),
    );
    const decoded = (a: number, b: number, flag: number): object => backward.decode([0, 0, flag, b, a]);
    expect(decoded(0.9, 0.9, 0)).toEqual({ c: 1, g: { b2: 1, flag: true }, b: 2, a: 2 });
    expect(decoded(0.9, 0, 0)).toEqual({ g: { b2: 1, flag: true }, b: 1, a: 2 });
    expect(decoded(0, 0.9, 1)).toEqual({ g: { flag: false }, a: 1 });
    expect(Object.keys(decoded(0.9, 0.9, 0))).toEqual(["c", "g", "b", "a"]);
    // a = 1: nothing else; a = 2: b = 1, or b = 2 with two values of c. Times three for the group.
    expect(backward.size).toBe(4 * 3);
    expect([...backward.enumerate()].length).toBe(12);
  });

  test("late conditions inside branches and lists are settled too", () => {
    const late = compile(
      space({
        o: oneOf({ a: { x: when("n > 1", int(1, 2)) }, b: { y: int(1, 2) } }),
        l: list({ x: when("n > 1", int(1, 2)), z: int(1, 2) }, { max: 2 }),
        n: int(1, 2),
      }),
    );
    const all = [...late.enumerate()];
    expect(all.length).toBe(late.size);
    // n = 1: (1 + 2) branches, lists 1 + 2 + 4; n = 2: (2 + 2), 1 + 4 + 16.
    expect(late.size).toBe(3 * 7 + 4 * 21);
    for (const params of all) expect(late.check(params)).toEqual([]);
  });

  test("an item may depend on the length of its own list, and on other lists item by item", () => {
    const own = compile(
      space({
        blocks: list({ w: int(1, 2), x: when("len(blocks) > 1", int(1, 2)) }, { max: 2 }),
        y: when("sum(blocks.w) == 3", int(1, 3)),
        z: when("blocks[-1].w == 2", int(1, 2)),
      }),
    );
    const all = [...own.enumerate()];
    for (const params of all) expect(own.check(params)).toEqual([]);
    // []: the sum is 0, no last item. One item: w 1, or w 2 with z. Two: 4 choices of x; w 11, 12 (y, z), 21 (y), 22 (z).
    expect(all.length).toBe(1 + (1 + 2) + 4 * (1 + 3 * 2 + 3 + 2));
    expect(own.size).toBe(all.length);
  });

  test("names in a condition are looked up in the same record first", () => {
    const scoped = compile(
      space({ act: choice(["x", "y"]), inner: { act: choice(["x", "y"]), s: when('act == "x"', int(1, 2)) } }),
    );
    expect(scoped.decode([1, 0, 0])).toEqual({ act: "y", inner: { act: "x", s: 1 } });
    expect(scoped.decode([0, 1, 0])).toEqual({ act: "x", inner: { act: "y" } });
  });
});

describe("where", () => {
  test("draws respect it, and what touches an inactive parameter holds", () => {
    const s = space(
      { layers: int(1, 6), opt: oneOf({ sgd: { m: float(0, 1) }, adam: {} }) },
      { where: ["layers <= 2 and opt.m < 0.5", p => p.layers !== 1] },
    );
    const codec = compile(s);
    const some = draws(codec, 300);
    expect(some.every(p => p.layers !== 1 && (p.opt.kind === "adam" || (p.layers === 2 && p.opt.m < 0.5)))).toBe(true);
    // Without momentum the first condition says nothing, not even about layers.
    expect(new Set(some.filter(p => p.opt.kind === "adam").map(p => p.layers))).toEqual(new Set([2, 3, 4, 5, 6]));
    expect(codec.feasible({ layers: 6, opt: { kind: "sgd", m: 0 } })).toBe(false);
    expect(codec.check({ layers: 6, opt: { kind: "sgd", m: 0 } })).toEqual([
      { path: "where[0]", message: "does not hold: layers <= 2 and opt.m < 0.5 (layers=6, opt.m=0)" },
    ]);
  });

  test("that is hard to meet by chance is met by search in a small finite space", () => {
    const codec = compile(space({ a: int(1, 300), b: int(1, 300) }, { where: ["a * b == 90000"] }));
    expect(codec.sample(stream(1))).toEqual({ a: 300, b: 300 });
    // A copy each time, and the same one for the same stream whether or not the search was done before.
    const first = codec.sample(stream(2));
    first.a = 1;
    expect(codec.sample(stream(2))).toEqual({ a: 300, b: 300 });
    const wide = space({ a: int(1, 300), b: int(1, 300) }, { where: ["a + b == 301"] });
    const fresh = compile(wide, { fresh: true });
    const streams = Array.from({ length: 20 }, (_, i) => i);
    const one = streams.map(i => fresh.sample(stream(i)));
    const other = streams.toReversed().map(i => compile(wide).sample(stream(i)));
    expect(other.toReversed()).toEqual(one);
    expect(new Set(one.map(p => p.a)).size).toBeGreaterThan(10);
  });

  test("that cannot be met is said so, with its share", () => {
    const none = compile(space({ a: int(1, 9), b: int(1, 9) }, { where: ["a > 0", "a + b > 18"] }));
    expect(refused(() => none.sample(stream(1)))).toMatchInlineSnapshot(
      `"E_SPACE_INFEASIBLE: the space cannot be sampled: none of its 81 configurations satisfies every where. "a + b > 18" failed most often, in 100 % of the draws. Widen the bounds, loosen that where."`,
    );
    const rare = compile(space({ a: float(0, 1), b: float(0, 1) }, { where: ["a + b < 0.0001", "a < 0.9"] }));
    expect(refused(() => rare.sample(stream(1)))).toMatchInlineSnapshot(
      `"E_SPACE_INFEASIBLE: the space cannot be sampled: none of 10000 draws satisfied every where, so the feasible share is below about 3e-4. "a + b < 0.0001" failed most often, in 100 % of the draws. Widen the bounds, loosen that where, or encode the constraint in the parameters (a ratio instead of two sizes)."`,
    );
    const throwing = compile(
      space(
        { a: float(0, 1) },
        {
          where: [
            () => {
              throw new Error("boom");
            },
          ],
        },
      ),
    );
    expect(refused(() => throwing.sample(stream(1)))).toMatch(/^E_SPACE_WHERE: the where function .* threw for /);
  });
});

describe("enumerate and neighbours", () => {
  test("a fixed order, the first parameter slowest, where respected", () => {
    const codec = compile(space({ a: int(1, 2), b: subset(["x", "y"]) }, { where: ["a == 1 or len(b) == 1"] }));
    expect([...codec.enumerate()].map(p => codec.key(p))).toEqual([
      '{"a":1,"b":[]}',
      '{"a":1,"b":["x"]}',
      '{"a":1,"b":["y"]}',
      '{"a":1,"b":["x","y"]}',
      '{"a":2,"b":["x"]}',
      '{"a":2,"b":["y"]}',
    ]);
    expect(codec.size).toBe(8);
  });

  test("an infinite space says why", () => {
    const codec = compile(space({ a: float(0, 1), m: simplex(["x", "y"]), t: text({ seeds: ["x"] }), n: int(1, 2) }));
    expect(codec.size).toBe(Infinity);
    expect(refused(() => codec.enumerate())).toMatchInlineSnapshot(
      `"E_SPACE_INFINITE: the space has infinitely many configurations because of "a", "m", "t". To enumerate it, give numbers a step, or list their values with ordinal([...])."`,
    );
  });

  test("one step each way, each other choice, each swap, each flip", () => {
    const s = space({
      n: int(1, 5),
      act: choice(["a", "b", "c"]),
      order: permutation(["p", "q", "r"]),
      f: subset(["u", "v"], { min: 1 }),
    });
    const codec = compile(s);
    const from = { n: 1, act: "b", order: ["p", "q", "r"], f: ["u"] } as const;
    const found = codec.neighbours(structuredClone(from) as never, stream(1));
    expect(found).toEqual([
      { ...from, n: 2 },
      { ...from, act: "a" },
      { ...from, act: "c" },
      { ...from, order: ["q", "p", "r"] },
      { ...from, order: ["r", "q", "p"] },
      { ...from, order: ["p", "r", "q"] },
      { ...from, f: ["u", "v"] },
    ]);
  });

  test("a continuous parameter takes four small steps, everything else keeps its digits", () => {
    const codec = compile(space({ x: float(0, 1), y: float(0, 1) }));
    const found = codec.neighbours({ x: 0.1, y: 0.3 }, stream(3));
    expect(found.length).toBe(8);
    expect(found.slice(0, 4).every(p => p.y === 0.3 && Math.abs(p.x - 0.1) < 0.25)).toBe(true);
    expect(found.slice(4).every(p => p.x === 0.1)).toBe(true);
  });

  test("another branch is filled by chance, conditions follow, where is respected", () => {
    const s = space(
      {
        opt: oneOf({ sgd: { m: float(0, 1) }, adam: { b: int(1, 1000) } }),
        act: choice(["relu", "gelu"]),
        slope: when('act == "relu"', float(0, 1)),
        dims: list(int(1, 1000), { min: 1, max: 3 }),
      },
      { where: ["len(dims) < 3"] },
    );
    const codec = compile(s);
    const found = codec.neighbours({ opt: { kind: "sgd", m: 0.5 }, act: "gelu", dims: [4, 5] }, stream(5));
    const adam = found.filter(p => p.opt.kind === "adam");
    expect(adam.length).toBe(1);
    expect(found.filter(p => p.act === "relu").every(p => typeof p.slope === "number")).toBe(true);
    expect(found.filter(p => p.act === "gelu").every(p => p.slope === undefined)).toBe(true);
    expect(found.map(p => p.dims.length).sort()).not.toContain(3);
    expect(found.some(p => p.dims.length === 1 && p.dims[0] === 4)).toBe(true);
    for (const p of found) expect(codec.check(p)).toEqual([]);
  });
});

describe("define-by-run", () => {
  test("the joint draw covers all names known; trials may hold fewer, or more", () => {
    let s: Space<never> = dynamic() as never;
    s = learn(s, "lr", float(0, 1)) as never;
    s = learn(s, "model.layers", int(1, 3)) as never;
    const codec = compile(s as Space<Record<string, unknown>>);
    expect(Object.keys(codec.sample(stream(1)))).toEqual(["lr", "model"]);
    expect(codec.columns.map(c => c.group)).toEqual(["asked(lr)", "asked(model.layers)"]);
    expect(codec.check({ lr: 0.5 })).toEqual([]);
    expect(codec.check({ lr: 0.5, later: 3 })).toEqual([]);
    expect(codec.check({ lr: 5 })).toHaveLength(1);
    const x = new Float64Array(2);
    codec.encode({ lr: 0.5 }, x);
    expect([...x]).toEqual([0.5, NaN]);
  });
});

test("compile is cached, checks raw JSON first, and leaves room at an offset", () => {
  const s = space({ a: int(1, 2), b: float(0, 1) });
  expect(compile(s)).toBe(compile(s));
  expect(compile(s, { fresh: true })).not.toBe(compile(s));
  expect(refused(() => compile({ version: 1, shape: { a: { type: "float", low: 1, high: 0 } } }))).toMatch(
    /^E_SPACE_RANGE/,
  );
  const out = new Float64Array(6).fill(9);
  compile(s).encode({ a: 1, b: 0.5 }, out, 2);
  expect([...out]).toEqual([9, 9, 0.25, 0.5, 9, 9]);
  compile(s).fromCube([0.9, 0.5], out, 4);
  expect([...out]).toEqual([9, 9, 0.25, 0.5, 0.75, 0.5]);
  expect(compile(s).decode(out, 4)).toEqual({ a: 2, b: 0.5 });
});
