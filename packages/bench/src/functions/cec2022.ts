/**
 * The twelve functions of CEC 2022 (single objective, bound constrained), over [-100, 100]^D with D = 2, 10 or 20, from the
 * organisers' data files. The oddities of the official code are kept, because every published table has them: F3 ignores its
 * rotation, F4's steps have no effect, and the last part of F7 reads the wrong variables.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VernierError } from "vernier";
import type { TestFunction } from "./bbob.ts";
import { exponents, katsuuraProduct, rastrigin, rosenbrock, sum, turn } from "./shapes.ts";

type Part = (v: Float64Array) => number;

const zakharov: Part = v => {
  const s = sum(v, (x, i) => 0.5 * (i + 1) * x);
  return sum(v, x => x * x) + s ** 2 + s ** 4;
};
const rosen: Part = v => rosenbrock(v.map(x => (x * 2.048) / 100 + 1));
const rast: Part = v => rastrigin(v.map(x => (x * 5.12) / 100));
const schafferF7: Part = v => {
  const total = sum(v.subarray(0, -1), (x, i) => {
    const s = Math.sqrt(x * x + v[i + 1]! ** 2);
    return Math.sqrt(s) * (1 + Math.sin(50 * s ** 0.2) ** 2);
  });
  return (total / (v.length - 1)) ** 2;
};
const levy: Part = v => {
  const w = v.map(x => 1 + x / 4);
  const inner = sum(w.subarray(0, -1), x => (x - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * x + 1) ** 2));
  const last = w[w.length - 1]!;
  return Math.sin(Math.PI * w[0]!) ** 2 + inner + (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2);
};
const cigar: Part = v => sum(v, (x, i) => (i === 0 ? 1 : 1e6) * x * x);
const discus: Part = v => sum(v, (x, i) => (i === 0 ? 1e6 : 1) * x * x);
const ellipsoid: Part = v => {
  const e = exponents(v.length);
  return sum(v, (x, i) => 10 ** (6 * e[i]!) * x * x);
};
/** HGBat and HappyCat share their argument and their second half. */
const cat =
  (first: (r: number, s: number, n: number) => number): Part =>
  v => {
    const w = v.map(x => (x * 5) / 100 - 1);
    const [r, s, n] = [sum(w, x => x * x), sum(w, x => x), w.length];
    return first(r, s, n) + (r / 2 + s) / n + 0.5;
  };
const hgbat = cat((r, s) => Math.sqrt(Math.abs(r * r - s * s)));
const happycat = cat((r, _, n) => Math.abs(r - n) ** 0.25);
const katsuura: Part = v => (10 / v.length ** 2) * (katsuuraProduct(v.map(x => (x * 5) / 100)) - 1);
const ackley: Part = v => {
  const n = v.length;
  const size = Math.sqrt(sum(v, x => x * x) / n);
  return Math.E - 20 * Math.exp(-0.2 * size) - Math.exp(sum(v, x => Math.cos(2 * Math.PI * x)) / n) + 20;
};
const schwefel: Part = v => {
  const n = v.length;
  const total = sum(v, x => {
    const w = 10 * x + 420.9687462275036;
    if (Math.abs(w) <= 500) return -w * Math.sin(Math.sqrt(Math.abs(w)));
    const m = 500 - (Math.abs(w) % 500);
    const inside = m * Math.sin(Math.sqrt(m));
    const beyond = ((w > 0 ? w - 500 : w + 500) / 100) ** 2 / n;
    return (w > 0 ? -inside : inside) + beyond;
  });
  return total + 418.9828872724338 * n;
};
const griewank: Part = v => {
  const w = v.map(x => 6 * x);
  let product = 1;
  for (let i = 0; i < w.length; i++) product *= Math.cos(w[i]! / Math.sqrt(i + 1));
  return sum(w, x => x * x) / 4000 - product + 1;
};
/** Over pairs of neighbours, the last with the first. */
const cyclic = (v: Float64Array, f: (a: number, b: number) => number): number =>
  sum(v, (a, i) => f(a, v[(i + 1) % v.length]!));
const grieRosen: Part = v =>
  cyclic(
    v.map(x => (x * 5) / 100 + 1),
    (a, b) => {
      const t = 100 * (a * a - b) ** 2 + (a - 1) ** 2;
      return (t * t) / 4000 - Math.cos(t) + 1;
    },
  );
const expScafferF6: Part = v =>
  cyclic(v, (a, b) => {
    const s = a * a + b * b;
    return 0.5 + (Math.sin(Math.sqrt(s)) ** 2 - 0.5) / (1 + 0.001 * s) ** 2;
  });

interface Simple {
  readonly bias: number;
  readonly part: Part;
  /** F3 is not rotated. */
  readonly rotated: boolean;
}
interface Hybrid {
  readonly bias: number;
  readonly shares: readonly number[];
  readonly parts: readonly Part[];
  /** The last part reads from the first variable on. */
  readonly lastFromStart?: true;
}
interface Composed {
  readonly bias: number;
  readonly members: readonly (readonly [
    delta: number,
    bias: number,
    height: number,
    part: Part,
    argument: "rotated" | "shifted",
  ])[];
}

const SIMPLE: Readonly<Record<number, Simple>> = {
  1: { bias: 300, part: zakharov, rotated: true },
  2: { bias: 400, part: rosen, rotated: true },
  3: { bias: 600, part: schafferF7, rotated: false },
  4: { bias: 800, part: rast, rotated: true },
  5: { bias: 900, part: levy, rotated: true },
};
const HYBRID: Readonly<Record<number, Hybrid>> = {
  6: { bias: 1800, shares: [0.4, 0.4, 0.2], parts: [cigar, hgbat, rast] },
  7: {
    bias: 2000,
    shares: [0.1, 0.2, 0.2, 0.2, 0.1, 0.2],
    parts: [hgbat, katsuura, ackley, rast, schwefel, schafferF7],
    lastFromStart: true,
  },
  8: { bias: 2200, shares: [0.3, 0.2, 0.2, 0.1, 0.2], parts: [katsuura, happycat, grieRosen, schwefel, ackley] },
};
const COMPOSED: Readonly<Record<number, Composed>> = {
  9: {
    bias: 2300,
    members: [
      [10, 0, 1, rosen, "rotated"],
      [20, 200, 1e-6, ellipsoid, "rotated"],
      [30, 300, 1e-26, cigar, "rotated"],
      [40, 100, 1e-6, discus, "rotated"],
      [50, 400, 1e-6, ellipsoid, "shifted"],
    ],
  },
  10: {
    bias: 2400,
    members: [
      [20, 0, 1, schwefel, "shifted"],
      [10, 200, 1, rast, "rotated"],
      [10, 100, 1, hgbat, "rotated"],
    ],
  },
  11: {
    bias: 2600,
    members: [
      [20, 0, 5e-4, expScafferF6, "rotated"],
      [20, 200, 1, schwefel, "rotated"],
      [30, 300, 10, griewank, "rotated"],
      [30, 400, 1, rosen, "rotated"],
      [20, 200, 10, rast, "rotated"],
    ],
  },
  12: {
    bias: 2700,
    members: [
      [10, 0, 10, hgbat, "rotated"],
      [20, 300, 10, rast, "rotated"],
      [30, 500, 2.5, schwefel, "rotated"],
      [40, 100, 1e-26, cigar, "rotated"],
      [50, 400, 1e-6, ellipsoid, "rotated"],
      [60, 200, 5e-4, expScafferF6, "rotated"],
    ],
  },
};

/**
 * One CEC 2022 function. `folder` holds the organisers' files (M_*, shift_data_*, shuffle_data_*).
 *
 * @param number 1 to 12; 6, 7 and 8 have no two-dimensional form.
 * @param dimension 2, 10 or 20.
 * @throws VernierError E_BENCH_FUNCTION when there is no such function; E_BENCH_DATA when a file is missing or too short.
 */
export function cec2022(folder: string, number: number, dimension: number): TestFunction {
  const hybrid = HYBRID[number];
  const known = SIMPLE[number] ?? hybrid ?? COMPOSED[number];
  if (known === undefined || ![2, 10, 20].includes(dimension) || (hybrid !== undefined && dimension === 2)) {
    throw new VernierError(
      "E_BENCH_FUNCTION",
      `there is no CEC 2022 function ${number} in ${dimension} dimensions. Functions are 1 to 12, dimensions 2, 10 and 20; 6 to 8 begin at 10.`,
    );
  }
  const raw =
    "part" in known
      ? simple(folder, number, dimension, known)
      : "shares" in known
        ? hybridOf(folder, number, dimension, known)
        : composed(folder, number, dimension, known);
  const { bias } = known;
  return {
    id: `cec2022-f${number}-d${dimension}`,
    dimension,
    low: -100,
    high: 100,
    optimum: bias,
    evaluate: x => raw(x) + bias,
  };
}

type Raw = (x: ArrayLike<number>) => number;

function simple(folder: string, number: number, d: number, { part, rotated }: Simple): Raw {
  const [shift] = shifts(folder, number, d, 1);
  const [matrix] = matrices(folder, number, d, 1);
  return x => {
    const u = shift!.map((o, i) => x[i]! - o);
    return part(rotated ? turn(matrix!, u) : u);
  };
}

function hybridOf(folder: string, number: number, d: number, { shares, parts, lastFromStart }: Hybrid): Raw {
  const [shift] = shifts(folder, number, d, 1);
  const [matrix] = matrices(folder, number, d, 1);
  const shuffle = numbers(folder, `shuffle_data_${number}_D${d}.txt`, d).map(i => i - 1);
  const sizes = shares.slice(0, -1).map(share => Math.ceil(share * d));
  sizes.push(d - sizes.reduce((a, b) => a + b, 0));
  return x => {
    const z = turn(
      matrix!,
      shift!.map((o, i) => x[i]! - o),
    );
    const y = Float64Array.from(shuffle, i => z[i]!);
    let value = 0;
    let from = 0;
    for (const [g, part] of parts.entries()) {
      const start = lastFromStart && g === parts.length - 1 ? 0 : from;
      value += part(y.slice(start, start + sizes[g]!));
      from += sizes[g]!;
    }
    return value;
  };
}

function composed(folder: string, number: number, d: number, { members }: Composed): Raw {
  const shift = shifts(folder, number, d, members.length);
  const matrix = matrices(folder, number, d, members.length);
  return x => {
    const weights: number[] = [];
    const values: number[] = [];
    for (const [i, [delta, bias, height, part, argument]] of members.entries()) {
      const u = shift[i]!.map((o, j) => x[j]! - o);
      const distance = sum(u, v => v * v);
      weights.push(distance === 0 ? 1e99 : distance ** -0.5 * Math.exp(-distance / (2 * d * delta ** 2)));
      values.push(height * part(argument === "rotated" ? turn(matrix[i]!, u) : u) + bias);
    }
    const total = weights.reduce((a, b) => a + b, 0);
    const share = (w: number): number => (total === 0 ? 1 / weights.length : w / total);
    return values.reduce((value, v, i) => value + share(weights[i]!) * v, 0);
  };
}

function shifts(folder: string, number: number, d: number, count: number): Float64Array[] {
  const lines = text(folder, `shift_data_${number}.txt`).split("\n");
  return Array.from({ length: count }, (_, i) =>
    parsed(lines[i] ?? "", d, `line ${i + 1} of shift_data_${number}.txt`),
  );
}

function matrices(folder: string, number: number, d: number, count: number): Float64Array[] {
  const all = numbers(folder, `M_${number}_D${d}.txt`, count * d * d);
  return Array.from({ length: count }, (_, i) => all.slice(i * d * d, (i + 1) * d * d));
}

function numbers(folder: string, file: string, count: number): Float64Array {
  return parsed(text(folder, file), count, file);
}

function parsed(words: string, count: number, where: string): Float64Array {
  const values = words.trim().split(/\s+/).slice(0, count).map(Number);
  if (values.length === count && values.every(Number.isFinite)) return Float64Array.from(values);
  throw new VernierError(
    "E_BENCH_DATA",
    `${where} does not hold ${count} numbers. The file is cut or foreign. Fetch it again.`,
  );
}

function text(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), "utf8");
  } catch (cause) {
    throw new VernierError("E_BENCH_DATA", `${file} is not in ${folder}. Point VERNIER_DATA at the data sets.`, {
      cause,
    });
  }
}
