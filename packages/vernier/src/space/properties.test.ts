import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stream } from "../math/rng.ts";
import { compile, compileSpace } from "./codec.ts";
import { describe as describeSpace } from "./describe.ts";
import { diffSpaces } from "./diff.ts";
import { editSpace } from "./edit.ts";
import { hashSpace } from "./hash.ts";
import { fromJson } from "./json.ts";
import { anySpace, finiteSpace, reordered } from "./random-space.arbitrary.ts";
import { parseSpaceText } from "./text-form.ts";
import type { Codec } from "./types.ts";
import { complete } from "./validate.ts";

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
