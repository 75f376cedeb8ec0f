import { expect, test } from "vitest";
import { VernierError } from "./errors.ts";
import { stream } from "./rng.ts";
import { sobol, SOBOL_MAX_DIMENSION } from "./sobol.ts";

// The plain points equal SciPy's qmc.Sobol(scramble=False), which reads the authors' file of direction numbers.
test("golden: the first 8 plain points in 5 dimensions", () => {
  const points = sobol(5, null);
  const got = Array.from({ length: 8 }, (_, i) => Array.from(points.point(i)));
  expect(got).toEqual([
    [0, 0, 0, 0, 0],
    [0.5, 0.5, 0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25, 0.25, 0.75],
    [0.25, 0.75, 0.75, 0.75, 0.25],
    [0.375, 0.375, 0.625, 0.875, 0.375],
    [0.875, 0.875, 0.125, 0.375, 0.875],
    [0.625, 0.125, 0.875, 0.625, 0.625],
    [0.125, 0.625, 0.375, 0.125, 0.125],
  ]);
});

test("golden: plain points far out in index and dimension, as 32-bit fractions", () => {
  const points = sobol(SOBOL_MAX_DIMENSION, null);
  const at = (index: number, d: number) => points.point(index)[d]! * 2 ** 32;
  expect([at(1, 1110), at(5, 700), at(100, 1110), at(777, 333), at(1023, 50), at(1023, 1110)]).toEqual([
    2147483648, 1610612736, 1979711488, 1287651328, 1111490560, 2529165312,
  ]);
  expect([0, 1, 9, 99, 500, 1110].map(d => at(2 ** 20 + 12345, d))).toEqual([
    2752780288, 2822535168, 3996874752, 1241765888, 133842944, 618313728,
  ]);
});

// Computed by an independent program from the description. A promise: never update.
test("golden: scrambled points", () => {
  expect(Array.from(sobol(3, 7).point(0))).toEqual([0.27920934453140944, 0.12847000977490097, 0.556973441154696]);
  expect(Array.from(sobol(3, "x").point(12345))).toEqual([0.21199912193696946, 0.4389365037204698, 0.2733410078799352]);
});

test("a point is a pure function of its index, in any order and for any number of dimensions", () => {
  const rng = stream("order");
  const inOrder = sobol(7, 3);
  const points = Array.from({ length: 200 }, (_, i) => Array.from(inOrder.point(i)));
  const jumping = sobol(7, 3);
  const wider = sobol(30, 3);
  const out = new Float64Array(7);
  for (let k = 0; k < 300; k++) {
    const i = rng.int(200);
    expect(jumping.point(i, out)).toBe(out);
    expect(Array.from(out)).toEqual(points[i]);
    expect(Array.from(wider.point(i).subarray(0, 7))).toEqual(points[i]);
  }
  expect(Array.from(jumping.point(2 ** 32 - 1))).toEqual(Array.from(sobol(7, 3).point(2 ** 32 - 1)));
});

test.each([null, 1, "seed"])(
  "seed %s: 2^k points put one coordinate into each of 2^k intervals, in every dimension",
  seed => {
    const dim = SOBOL_MAX_DIMENSION;
    for (const k of [1, 4, 7]) {
      const n = 2 ** k;
      const points = sobol(dim, seed);
      const seen = new Uint8Array(n * dim);
      for (let i = 0; i < n; i++) points.point(i).forEach((x, d) => (seen[Math.floor(x * n) * dim + d]! += 1));
      expect(seen.every(count => count === 1)).toBe(true);
    }
    const far = sobol(2, seed); // aligned blocks beyond the first are stratified too
    const cells = new Set(Array.from({ length: 1024 }, (_, i) => Math.floor(far.point(3 * 1024 + i)[1]! * 1024)));
    expect(cells.size).toBe(1024);
  },
);

test.each([null, 1, 2, 3])("seed %s: the first two dimensions fill every elementary box of area 2^-8 once", seed => {
  const points = Array.from({ length: 256 }, () => new Float64Array(2));
  const sequence = sobol(2, seed);
  points.forEach((out, i) => sequence.point(i, out));
  for (let a = 0; a <= 8; a++) {
    const boxes = new Set(points.map(([x, y]) => Math.floor(x! * 2 ** a) * 1024 + Math.floor(y! * 2 ** (8 - a))));
    expect(boxes.size).toBe(256);
  }
});

test("each scrambled point is uniform over seeds", () => {
  const n = 2000;
  const x = Array.from({ length: n }, (_, seed) => sobol(2, seed).point(5));
  for (const d of [0, 1]) {
    const u = x.map(p => p[d]!).sort((a, b) => a - b);
    const distance = Math.max(...u.map((v, i) => Math.max(Math.abs(v - i / n), Math.abs(v - (i + 1) / n))));
    expect(distance * Math.sqrt(n)).toBeLessThan(1.95);
    expect(u[0]).toBeGreaterThan(0);
    expect(u[n - 1]).toBeLessThan(1);
  }
});

test("estimates of a smooth integral have far less variance than independent points", () => {
  const n = 256;
  const dim = 5;
  let squares = 0;
  const out = new Float64Array(dim);
  for (let seed = 0; seed < 30; seed++) {
    const points = sobol(dim, seed);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += points.point(i, out).reduce((product, u) => product * (0.5 + u), 1);
    squares += (sum / n - 1) ** 2;
  }
  const independent = ((13 / 12) ** dim - 1) / n;
  expect(squares / 30).toBeLessThan(independent / 200);
});

test.each([0, -1, 1.5, NaN, 1112])("%d dimensions are refused, with the way out", dim => {
  expect(() => sobol(dim, 1)).toThrow(/1 to 1111 dimensions; got .*halton/);
});

test.each([-1, 0.5, NaN, 2 ** 32])("index %d is refused", index => {
  expect(() => sobol(2, 1).point(index)).toThrow(VernierError);
  expect(() => sobol(2, 1).point(index)).toThrow(/integer from 0 to 2\^32 - 1; got/);
});
