/**
 * WFG1 to 9: Huband, Hingston, Barone, While 2006, "A review of multiobjective test problems and a scalable test problem toolkit". k
 * position and l distance variables; variable i runs from 0 to 2 (i + 1). All objectives are minimised.
 */
import { unknown, type MultiFunction } from "./zdt-dtlz.ts";

type Values = readonly number[];
const { abs, cos, floor, min, PI, sin } = Math;

// ------------------------------------------------------------------------------------------------------- transformations

/** Rounding must not push a number out of [0,1], where powers are not defined. */
const unit = (y: number): number => Math.min(1, Math.max(0, y));

const linearShift = (y: number, A: number): number => abs(y - A) / abs(floor(A - y) + A);

function deceptive(y: number, A = 0.35, B = 0.001, C = 0.05): number {
  const left = (floor(y - A + B) * (1 - C + (A - B) / B)) / (A - B);
  const right = (floor(A + B - y) * (1 - C + (1 - A - B) / B)) / (1 - A - B);
  return 1 + (abs(y - A) - B) * (left + right + 1 / B);
}

function multimodal(y: number, A: number, B: number, C: number): number {
  const t = abs(y - C) / (2 * (floor(C - y) + C));
  return (1 + cos((4 * A + 2) * PI * (0.5 - t)) + 4 * B * t * t) / (B + 2);
}

const flat = (y: number, A: number, B: number, C: number): number =>
  unit(A + (min(0, floor(y - B)) * A * (B - y)) / B - (min(0, floor(C - y)) * (1 - A) * (y - C)) / (1 - C));

function dependent(y: number, u: number, A = 0.98 / 49.98, B = 0.02, C = 50): number {
  const v = A - (1 - 2 * u) * abs(floor(0.5 - u) + A);
  return y ** (B + (C - B) * v);
}

const weighted = (y: Values, w: Values): number =>
  y.reduce((total, v, i) => total + w[i]! * v, 0) / w.reduce((a, b) => a + b, 0);
const mean = (y: Values): number =>
  weighted(
    y,
    y.map(() => 1),
  );

function nonSeparable(y: Values, A: number): number {
  const n = y.length;
  let total = 0;
  for (let j = 0; j < n; j++) {
    total += y[j]!;
    for (let q = 0; q < A - 1; q++) total += abs(y[j]! - y[(1 + j + q) % n]!);
  }
  const half = Math.ceil(A / 2);
  return total / ((n * half * (1 + 2 * A - 2 * half)) / A);
}

// ---------------------------------------------------------------------------------------------------------------- shapes

type Shape = (x: Values, m: number, M: number) => number;

const convex: Shape = (x, m, M) =>
  along(
    x,
    m,
    M,
    v => 1 - cos((v * PI) / 2),
    v => 1 - sin((v * PI) / 2),
  );
const concave: Shape = (x, m, M) =>
  along(
    x,
    m,
    M,
    v => sin((v * PI) / 2),
    v => cos((v * PI) / 2),
  );
const linear: Shape = (x, m, M) =>
  along(
    x,
    m,
    M,
    v => v,
    v => 1 - v,
  );

function along(x: Values, m: number, M: number, most: (v: number) => number, last: (v: number) => number): number {
  const product = x.slice(0, M - m).reduce((total, v) => total * most(v), 1);
  return m === 1 ? product : product * last(x[M - m]!);
}

const mixed = (x: Values, alpha: number, A: number): number => {
  const t = 2 * A * PI;
  return (1 - x[0]! - cos(t * x[0]! + PI / 2) / t) ** alpha;
};
const disconnected = (x: Values, alpha: number, beta: number, A: number): number =>
  1 - x[0]! ** alpha * cos(A * x[0]! ** beta * PI) ** 2;

// -------------------------------------------------------------------------------------------------------------- problems

interface Problem {
  /** From y in [0,1]^n to the M numbers that shape and distance are made of. */
  readonly reduce: (y: Values, k: number, M: number) => number[];
  readonly shape: Shape;
  /** The last objective's shape, where it is another one. */
  readonly last?: (x: Values) => number;
  /** WFG3 keeps only the first position: a degenerate front. */
  readonly degenerate?: true;
}

/** The position variables in M - 1 groups, and the distance variables, each by its own function. */
function grouped(
  y: Values,
  k: number,
  M: number,
  position: (group: Values) => number,
  distance: (rest: Values) => number,
): number[] {
  const size = k / (M - 1);
  const groups = Array.from({ length: M - 1 }, (_, i) => position(y.slice(i * size, (i + 1) * size)));
  return [...groups, distance(y.slice(k))];
}

const shiftDistance = (y: Values, k: number): number[] => y.map((v, i) => (i < k ? v : linearShift(v, 0.35)));

const PAIRS = (y: Values, k: number): number[] => {
  const shifted = shiftDistance(y, k);
  const pairs: number[] = [];
  for (let i = k; i + 1 < y.length; i += 2) pairs.push(nonSeparable([shifted[i]!, shifted[i + 1]!], 2));
  return [...shifted.slice(0, k), ...pairs];
};

const PROBLEMS: Readonly<Record<number, Problem>> = {
  1: {
    reduce: (y, k, M) => {
      const t = shiftDistance(y, k)
        .map((v, i) => (i < k ? v : flat(v, 0.8, 0.75, 0.85)))
        .map(v => v ** 0.02);
      const size = k / (M - 1);
      const weights = t.map((_, i) => 2 * (i + 1));
      const groups = Array.from({ length: M - 1 }, (_, i) =>
        weighted(t.slice(i * size, (i + 1) * size), weights.slice(i * size, (i + 1) * size)),
      );
      return [...groups, weighted(t.slice(k), weights.slice(k))];
    },
    shape: convex,
    last: x => mixed(x, 1, 5),
  },
  2: {
    reduce: (y, k, M) => grouped(PAIRS(y, k), k, M, mean, mean),
    shape: convex,
    last: x => disconnected(x, 1, 1, 5),
  },
  3: { reduce: (y, k, M) => grouped(PAIRS(y, k), k, M, mean, mean), shape: linear, degenerate: true },
  4: {
    reduce: (y, k, M) =>
      grouped(
        y.map(v => multimodal(v, 30, 10, 0.35)),
        k,
        M,
        mean,
        mean,
      ),
    shape: concave,
  },
  5: {
    reduce: (y, k, M) =>
      grouped(
        y.map(v => deceptive(v)),
        k,
        M,
        mean,
        mean,
      ),
    shape: concave,
  },
  6: {
    reduce: (y, k, M) =>
      grouped(
        shiftDistance(y, k),
        k,
        M,
        group => nonSeparable(group, k / (M - 1)),
        rest => nonSeparable(rest, rest.length),
      ),
    shape: concave,
  },
  7: {
    reduce: (y, k, M) => {
      const t = y.map((v, i) => (i < k ? dependent(v, mean(y.slice(i + 1))) : v));
      return grouped(shiftDistance(t, k), k, M, mean, mean);
    },
    shape: concave,
  },
  8: {
    reduce: (y, k, M) => {
      const t = y.map((v, i) => (i < k ? v : dependent(v, mean(y.slice(0, i)))));
      return grouped(shiftDistance(t, k), k, M, mean, mean);
    },
    shape: concave,
  },
  9: {
    reduce: (y, k, M) => {
      const t = y
        .map((v, i) => (i < y.length - 1 ? dependent(v, mean(y.slice(i + 1))) : v))
        .map((v, i) => (i < k ? deceptive(v) : multimodal(v, 30, 95, 0.35)));
      return grouped(
        t,
        k,
        M,
        group => nonSeparable(group, k / (M - 1)),
        rest => nonSeparable(rest, rest.length),
      );
    },
    shape: concave,
  },
};

/**
 * WFG1 to 9.
 *
 * @param k Position variables, a multiple of objectives - 1.
 * @param n Variables in all; for WFG2 and 3 n - k is even.
 * @throws VernierError E_BENCH_FUNCTION when there is no such function.
 */
export function wfg(number: number, objectives = 2, n = 10, k = 4): MultiFunction {
  const problem = PROBLEMS[number];
  const fits = k % (objectives - 1) === 0 && n > k && (number !== 2 && number !== 3 ? true : (n - k) % 2 === 0);
  if (problem === undefined || objectives < 2 || !fits) {
    throw unknown(
      `WFG${number} with ${objectives} objectives, ${n} variables and ${k} position variables`,
      "WFG1 to 9; k is a multiple of objectives - 1, n is larger, and for WFG2 and 3 n - k is even",
    );
  }
  const high = Array.from({ length: n }, (_, i) => 2 * (i + 1));
  const M = objectives;
  return {
    id: `wfg${number}-m${M}-n${n}`,
    low: new Array<number>(n).fill(0),
    high,
    objectives,
    evaluate(z) {
      const t = problem.reduce(
        Array.from(z, (v, i) => v / high[i]!),
        k,
        M,
      );
      const tM = t[M - 1]!;
      const x = t.map((v, i) => {
        if (i === M - 1) return v;
        const A = problem.degenerate && i > 0 ? 0 : 1;
        return Math.max(tM, A) * (v - 0.5) + 0.5;
      });
      return Array.from({ length: M }, (_, i) => {
        const h = i === M - 1 && problem.last ? problem.last(x) : problem.shape(x, i + 1, M);
        return tM + 2 * (i + 1) * h;
      });
    },
  };
}
