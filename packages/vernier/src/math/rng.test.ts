import { expect, test } from "vitest";
import { VernierError } from "./errors.ts";
import { stream, type Rng } from "./rng.ts";

const take = <T>(n: number, draw: () => T): T[] => Array.from({ length: n }, draw);
const words = (rng: Rng, n = 6) => take(n, () => rng.uint32());

// Computed by an independent program from the scheme's description. These values are a promise: never update them.
test("golden: the words of five keys", () => {
  expect(words(stream(0))).toEqual([0x5121c806, 0xb6bc62ef, 0xa5be79d9, 0xd90778b1, 0x98733611, 0x754126f8]);
  expect(words(stream(7, 1, "suggest"))).toEqual([
    0x9571d182, 0x67821a81, 0x3a088f2e, 0x2f63ed7e, 0xbfa73ca1, 0x534f17b4,
  ]);
  expect(words(stream("vernier", -3, "a", 0.5))).toEqual([
    0xc95eaa7d, 0xcd7efb86, 0x0c3ecb7e, 0xf4a20a33, 0x19b16015, 0xf581e579,
  ]);
  expect(words(stream("", 2 ** 40))).toEqual([0x9390f8df, 0x0998b177, 0x9a50c715, 0x661ded5c, 0x58764242, 0x2e2f5a63]);
  expect(words(stream("naïve 🎲 long label", "x"))).toEqual([
    0x6922045f, 0x48085f32, 0x55a78698, 0xdd534f48, 0x949adf92, 0x79dee68c,
  ]);
});

test("golden: every kind of draw", () => {
  const rng = () => stream(7, 1, "suggest");
  let r = rng();
  expect(take(4, () => r.next())).toEqual([
    0.5837679833496285, 0.22669310260652387, 0.7486455837296366, 0.7329923672508677,
  ]);
  r = rng();
  expect(take(4, () => r.normal())).toEqual([
    0.21154242951991004, -0.7497816984209031, 0.6702336710116534, 0.6218883852654882,
  ]);
  r = rng();
  expect(take(10, () => r.int(10))).toEqual([5, 4, 2, 1, 7, 3, 7, 1, 4, 7]);
  r = rng();
  expect(take(3, () => r.int(2 ** 53 - 1))).toEqual([5258115448707713, 2041866902302078, 6743198836660148]);
  expect(rng().shuffle([0, 1, 2, 3, 4, 5, 6, 7])).toEqual([3, 5, 7, 6, 0, 1, 2, 4]);
  r = rng();
  expect(Array.from(rng().fill(new Float64Array(9)))).toEqual(take(9, () => r.next()));
});

test("keys are prefix-free and typed", () => {
  const keys: [number | string, ...(number | string)[]][] = [
    [1, "ab"],
    [1, "a", "b"],
    [1, "a"],
    ["1", "a"],
    [1, "b", "a"],
    [1, "", "ab"],
    [1, "ab", ""],
    ["1ab"],
    [1, 0],
    [1],
    ["1"],
    [1, "a\0"],
    [1, "abcd"],
    [1, "abcd\0"],
    [1, "abcd", "e"],
    [1, "abcde"],
    [1.5],
    [-1],
    [4294967295],
    [4294967297],
    [2 ** 52],
    [2 ** 60],
    ["", ""],
    [""],
    ["\0"],
  ];
  const first = keys.map(([seed, ...key]) => words(stream(seed, ...key), 2).join());
  expect(new Set(first).size).toBe(keys.length);
  expect(words(stream(-0))).toEqual(words(stream(0)));
});

test("fork extends the key and does not advance its parent", () => {
  const parent = stream(7, 1, "suggest");
  const before = words(parent.fork("x"));
  const drawn = words(parent);
  expect(words(parent.fork("x"))).toEqual(before);
  expect(before).toEqual(words(stream(7, 1, "suggest", "x")));
  expect(drawn).toEqual(words(stream(7, 1, "suggest")));
  expect(words(parent.fork(1))).not.toEqual(words(parent.fork("1")));
});

test("streams of neighbouring trials are uncorrelated", () => {
  const n = 4000;
  let sum = 0;
  let squares = 0;
  let product = 0;
  let previous = stream(7, -1).next() - 0.5;
  for (let trial = 0; trial < n; trial++) {
    const u = stream(7, trial).next() - 0.5;
    sum += u;
    squares += u * u;
    product += u * previous;
    previous = u;
  }
  expect(Math.abs(sum / n) / Math.sqrt(1 / 12 / n)).toBeLessThan(3.5);
  expect(Math.abs(squares / n - 1 / 12) / Math.sqrt(1 / 180 / n)).toBeLessThan(3.5);
  expect(Math.abs(product / n) / (1 / 12 / Math.sqrt(n))).toBeLessThan(3.5);
});

test("int is uniform, also where 2^32 is far from a multiple of n", () => {
  const rng = stream("int");
  const n = 3 * 2 ** 30; // rejects a quarter of the words: without rejection the first third would get half of the draws
  const counts = [0, 0, 0];
  for (let i = 0; i < 30000; i++) counts[Math.floor(rng.int(n) / 2 ** 30)]! += 1;
  for (const count of counts) expect(Math.abs(count - 10000)).toBeLessThan(4 * Math.sqrt(30000 * (1 / 3) * (2 / 3)));
  for (const big of [2 ** 32, 2 ** 32 + 1, 2 ** 53]) {
    const mean = take(2000, () => rng.int(big) / big).reduce((a, b) => a + b) / 2000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 2000));
  }
  expect(take(20, () => rng.int(1)).every(x => x === 0)).toBe(true);
});

test("normal has the moments of a standard normal", () => {
  const rng = stream("normal");
  const n = 20000;
  const x = take(n, () => rng.normal());
  const moment = (k: number) => x.reduce((sum, value) => sum + value ** k, 0) / n;
  expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(n));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / n));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
});

test("shuffle gives each order of three items its share", () => {
  const rng = stream("shuffle");
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = rng.shuffle([0, 1, 2]).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt((6000 / 6) * (5 / 6)));
});

test.each([NaN, Infinity, null, undefined, true, {}])("stream(%s) is refused", seed => {
  expect(() => stream(seed as number)).toThrow(VernierError);
  expect(() => stream(1, seed as number)).toThrow(/seed or stream key is a finite number or a string; got/);
});

test.each([0, -1, 1.5, NaN, 2 ** 53 + 2])("int(%s) is refused", n => {
  expect(() => stream(1).int(n)).toThrow(/integer n from 1 to 2\^53; got/);
});
