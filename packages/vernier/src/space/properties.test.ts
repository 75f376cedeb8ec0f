import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stream } from "../math/rng.ts";
import {
  choice,
  fixed,
  float,
  int,
  list,
  oneOf,
  ordinal,
  permutation,
  simplex,
  subset,
  text,
  when,
} from "./builders.ts";
import { compile, compileSpace } from "./codec.ts";
import { describe as describeSpace } from "./describe.ts";
import { diffSpaces } from "./diff.ts";
import { editSpace } from "./edit.ts";
import { hashSpace } from "./hash.ts";
import type { Param, Space } from "./infer.ts";
import { fromJson } from "./json.ts";
import { parseSpaceText } from "./text-form.ts";
import type { Codec, Params, Scalar } from "./types.ts";
import { complete } from "./validate.ts";

// Random spaces: every kind, nested, with conditions that look forward and back.

type Member = Param<unknown> | { [name: string]: Member };

const name = fc.constantFrom("a", "b", "width", "learning-rate", "toString", "x2", "Größe", "my name", "type");
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.integer({ min: -5, max: 40 }),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom("relu", "gelu", "it's", 'a "b"', "true", "1e3", "x=1", "back\\slash"),
);
const scalars = fc.uniqueArray(scalar, { minLength: 1, maxLength: 4, selector: v => `${typeof v} ${String(v)}` });
const unit = fc.double({ min: 0, max: 1, noNaN: true });

const continuous = fc
  .tuple(fc.double({ min: 1e-6, max: 10, noNaN: true }), fc.double({ min: 1e-3, max: 1e4, noNaN: true }), unit)
  .chain(([low, range, at]) =>
    fc.oneof(
      fc.constant(float(low - 5, low - 5 + range, { default: low - 5 + at * range })),
      fc.constant(float(low, low + range, { scale: "log", prior: { mean: low + at * range, sd: 0.1 + at } })),
      fc.constant(float(low, low + range, { scale: "reverse-log" })),
      fc.constant(float(1e-4 + 0.4 * at, 0.9, { scale: "logit" })),
    ),
  );
const stepped = fc
  .tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 6 }), fc.constantFrom(0.1, 0.25, 1e-3, 0.7, 3))
  .map(([from, count, step]) => {
    const at = (k: number): number => Number((k * step).toFixed(4));
    return float(at(from), at(from + count), { step, default: at(from + 1) });
  });
const whole = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 7 }))
  .chain(([low, count]) =>
    fc.oneof(
      fc.constant(int(low - 5, low - 5 + count, { default: low - 5 })),
      fc.constant(int(low, low + count, { scale: "log" })),
      fc.constant(int(low, low + count, { scale: "reverse-log", prior: { mean: low, sd: 0.3 } })),
      fc.constant(int(low, low + 3 * count, { step: 3 })),
      fc.constant(int(low, low + 100_000 * count, { scale: "log" })),
    ),
  );
const listed = scalars.chain(values => {
  const items = values as [Scalar, ...Scalar[]];
  return fc.oneof(
    fc.constant(choice(items, { default: items.at(-1) as Scalar })),
    fc.constant(choice(items, { prior: items.map((_, i) => i + 1), unit: "s" })),
    fc.constant(permutation(items)),
    fc.constant(permutation(items, { length: Math.ceil(items.length / 2) })),
    fc.constant(subset(items, { min: items.length > 2 ? 1 : 0, max: Math.max(1, items.length - 1) })),
    fc.constant(subset(items, { description: 'what "it" is' })),
  );
});
const ordered = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 5 }).map(v => ordinal(v));
const finite = fc.oneof(
  stepped,
  whole,
  listed,
  ordered,
  fc.jsonValue({ maxDepth: 2 }).map(v => fixed(v)),
);
const endless = fc.oneof(
  continuous,
  fc.constantFrom(
    simplex(["web", "code"]),
    simplex(["a", "b", "c", "d"], { default: { a: 0, b: 0, c: 0.25, d: 0.75 } }),
  ),
  fc.constant(text({ seeds: ["You are terse.", 'Say "hm"\n'] })),
);

/** Conditions over the two switches that every random space has; `when` may stand before or after them. */
const condition = fc.constantFrom(
  'sw == "on"',
  'sw != "on" and n > 1',
  "not (n in [1, 3])",
  'n * 2 < 5 ? sw == "on" : true',
);

function shapes(leaf: fc.Arbitrary<Param<unknown>>): fc.Arbitrary<{ [name: string]: Member }> {
  const tied = fc.letrec<{ shape: { [name: string]: Member }; member: Member; node: Param<unknown> }>(tie => ({
    shape: fc.dictionary(name, tie("member"), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    member: fc.oneof({ maxDepth: 2, withCrossShrink: true }, tie("node"), tie("shape")),
    node: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      { weight: 6, arbitrary: leaf },
      {
        weight: 2,
        arbitrary: fc
          .tuple(tie("shape"), tie("shape"), fc.constantFrom("kind", "is"))
          .map(([a, b, tag]) => oneOf({ first: a, "2nd": b, none: {} } as never, { tag }) as Param<unknown>),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(tie("member"), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 1 }))
          .map(([item, min, more]) => list(item as Param<unknown>, { min, max: Math.max(1, min + more) })),
      },
      { weight: 1, arbitrary: fc.tuple(condition, leaf).map(([cond, p]) => when(cond, p)) },
    ),
  }));
  return tied.shape;
}

/** A list item or condition may be drawn where the door refuses it; those are put right. */
function repaired(member: Member): Member {
  if (typeof member["type"] !== "string") {
    return Object.fromEntries(Object.entries(member).map(([k, m]) => [k, repaired(m as Member)]));
  }
  const node = member as unknown as { type: string; item: Member; branches: Record<string, Member> };
  if (node.type === "oneOf") {
    const branches = Object.entries(node.branches).map(([k, b]) => [k, repaired(b)] as const);
    return { ...node, branches: Object.fromEntries(branches) } as unknown as Member;
  }
  if (node.type !== "list") return member;
  const item = repaired(node.item);
  return { ...node, item: item["type"] === "optional" ? { deep: item } : item } as unknown as Member;
}

function spaces(leaf: fc.Arbitrary<Param<unknown>>): fc.Arbitrary<Space<Params>> {
  return fc.tuple(shapes(leaf), fc.boolean()).map(([shape, last]) => {
    const switches = { sw: choice(["on", "off"]), n: int(1, 3) } as unknown as { [name: string]: Member };
    const rest = repaired(shape);
    const members = last ? { ...rest, ...switches } : { ...switches, ...rest };
    return fromJson(
      JSON.parse(JSON.stringify({ version: 1, shape: members } satisfies { version: 1; shape: unknown })),
    );
  });
}

/** Any space, without `where`. */
const anySpace: fc.Arbitrary<Space<Params>> = spaces(fc.oneof(finite, endless) as fc.Arbitrary<Param<unknown>>);
/** Spaces with finitely many configurations. */
const finiteSpace: fc.Arbitrary<Space<Params>> = spaces(finite as fc.Arbitrary<Param<unknown>>);

/** The same space with the names of every record in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, reordered(v)]),
  );
}

const RUNS = { seed: 20261123, numRuns: 300 };
const seed = fc.integer({ min: 0, max: 1e6 });

/** Encoded form; NaN where inactive. */
function encoded(codec: Codec, params: object): Float64Array {
  const x = new Float64Array(codec.width);
  codec.encode(params as never, x);
  return x;
}

/** Floats of continuous columns may differ in the last digits; everything else must be the same. */
const rough = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) => (typeof v === "number" ? Number(v.toPrecision(10)) : v));

describe("any space", () => {
  test("a sample is valid, and comes back from its encoding", () => {
    fc.assert(
      fc.property(anySpace, seed, (space, s) => {
        const codec = compile(space);
        const params = codec.sample(stream(s));
        expect(codec.check(params)).toEqual([]);
        const x = encoded(codec, params);
        const back = codec.decode(x);
        expect(rough(back)).toBe(rough(params));
        const y = encoded(codec, back);
        for (const { index, levels, name } of codec.columns) {
          const [a, b] = [x[index] as number, y[index] as number];
          if (levels > 0 || Number.isNaN(a)) expect(b, name).toBe(a);
          else expect(Math.abs(a - b), name).toBeLessThanOrEqual(1e-12);
        }
        // Discrete values are exact, so a configuration without continuous columns has the very same key.
        if (codec.columns.every(c => c.levels > 0)) expect(codec.key(back)).toBe(codec.key(params));
      }),
      RUNS,
    );
  });

  test("the defaults are valid", () => {
    fc.assert(
      fc.property(anySpace, space => {
        const codec = compile(space);
        expect(codec.check(codec.defaults())).toEqual([]);
      }),
      RUNS,
    );
  });

  test("any numbers decode to a configuration", () => {
    const wild = fc.constantFrom(NaN, -3, -0, 0, 0.5, 1, 7, 1e9, Infinity, -Infinity, 0.123);
    fc.assert(
      fc.property(anySpace, fc.infiniteStream(wild), (space, numbers) => {
        const codec = compile(space);
        const x = Float64Array.from([...numbers.take(codec.width)]);
        expect(codec.check(codec.decode(x))).toEqual([]);
      }),
      RUNS,
    );
  });

  test("columns snap to what they decode to, inside their cell, and are active by group", () => {
    fc.assert(
      fc.property(anySpace, seed, (space, s) => {
        const codec = compile(space);
        const x = new Float64Array(codec.width);
        codec.fromCube(stream(s).fill(new Float64Array(codec.width)), x);
        const active = new Map<string, boolean>();
        const y = encoded(codec, codec.decode(x));
        expect(new Set(codec.columns.map(c => c.name)).size).toBe(codec.width);
        for (const column of codec.columns) {
          const u = x[column.index] as number;
          expect(column.snap(u), column.name).toBeCloseTo(u, 12);
          expect(column.snap(column.snap(u))).toBe(column.snap(u));
          const [low, high] = column.cell(u);
          expect(low <= u && u <= high, `${column.name}: ${low} ${u} ${high}`).toBe(true);
          const on = !Number.isNaN(y[column.index]);
          expect(active.get(column.group) ?? on, column.group).toBe(on);
          active.set(column.group, on);
          if (column.group === "") expect(on).toBe(true);
          if (on && column.levels > 0 && column.kernel !== "bit") expect(y[column.index]).toBe(u);
        }
      }),
      RUNS,
    );
  });

  test("JSON and the text form give the same space back, and the hash knows no order of names", () => {
    fc.assert(
      fc.property(anySpace, space => {
        const json: unknown = JSON.parse(JSON.stringify(space));
        expect(fromJson(json)).toEqual(space);
        expect(parseSpaceText(describeSpace(space).join("\n"))).toEqual(space);
        expect(hashSpace(fromJson(reordered(json)))).toBe(hashSpace(space));
        expect(diffSpaces(space, fromJson(reordered(json)))).toEqual([]);
      }),
      RUNS,
    );
  });

  test("neighbours are other valid configurations", () => {
    fc.assert(
      fc.property(anySpace, seed, (space, s) => {
        const codec = compile(space);
        const rng = stream(s);
        const params = codec.sample(rng);
        const neighbours = codec.neighbours(params, rng);
        const keys = [params, ...neighbours].map(p => codec.key(p));
        expect(new Set(keys).size).toBe(keys.length);
        for (const neighbour of neighbours) expect(codec.check(neighbour)).toEqual([]);
        // The switches alone give some.
        expect(neighbours.length).toBeGreaterThanOrEqual(2);
      }),
      { ...RUNS, numRuns: 100 },
    );
  });

  test("completing nothing keeps the base, completing with everything gives it", () => {
    fc.assert(
      fc.property(anySpace, seed, (space, s) => {
        const codec = compile(space);
        const rng = stream(s);
        const [a, b] = [codec.sample(rng), codec.sample(rng)];
        expect(complete(codec, {}, a)).toEqual(a);
        expect(complete(codec, b, a)).toEqual(b);
      }),
      RUNS,
    );
  });

  test("an edit that changes nothing keeps every configuration inside", () => {
    fc.assert(
      fc.property(anySpace, seed, (space, s) => {
        const params = compile(space).sample(stream(s));
        const edit = editSpace(space, space);
        expect(edit.changes).toEqual([]);
        expect(edit.migrate(params)).toEqual({ params, inside: true, issues: [] });
      }),
      { ...RUNS, numRuns: 100 },
    );
  });
});

describe("a finite space", () => {
  test("enumerates each configuration once, as many as its size", () => {
    let walked = 0;
    fc.assert(
      fc.property(finiteSpace, space => {
        const codec = compile(space);
        // The closed form counts a parameter under `when` as always possible: cheap, and never too low.
        fc.pre(compileSpace(space).root.size() <= 3000);
        const all = [...codec.enumerate()];
        expect(all.length).toBe(codec.size);
        expect(new Set(all.map(p => codec.key(p))).size).toBe(all.length);
        for (const params of all.slice(0, 50)) expect(codec.check(params)).toEqual([]);
        walked++;
      }),
      { ...RUNS, numRuns: 150 },
    );
    expect(walked).toBe(150);
  });
});
