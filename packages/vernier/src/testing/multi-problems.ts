/** Problems with several objectives and known fronts, all to be minimised: what samplers for trade-offs are compared on. */
import type { Metrics, Params, StudySpec } from "../core/types.ts";
import { choice, float, int, oneOf, space, when } from "../space/index.ts";
import type { SpaceJson } from "../space/types.ts";

/** A problem with several objectives, its space, reference point and best known hypervolume. */
export interface MultiProblem {
  readonly space: SpaceJson;
  /** All to be minimised; in the order of `reference`. */
  readonly objectives: StudySpec["objectives"];
  readonly constraints: StudySpec["constraints"];
  /** Reference point of the hypervolume. */
  readonly reference: readonly number[];
  /** The hypervolume of the whole front, the largest there is: a closed form, or to eight digits from two million points of it. */
  readonly best: number;
  /** Deterministic. Objectives and constrained metrics by name. */
  evaluate(params: Params): Metrics;
  /** About n configurations spread over the front: their hypervolume tends to `best`. */
  front(n: number): Params[];
}

const minimize = (...names: string[]): StudySpec["objectives"] =>
  Object.fromEntries(names.map(name => [name, { direction: "minimize" }]));
const numbers = (params: Params): number[] => Object.values(params) as number[];
const named = (x: readonly number[]): Params => Object.fromEntries(x.map((value, i) => [`x${i + 1}`, value]));
const floats = (dim: number): SpaceJson =>
  space(Object.fromEntries(Array.from({ length: dim }, (_, i) => [`x${i + 1}`, float(0, 1)])));
/** n numbers from 0 to 1. */
const steps = (n: number): number[] => Array.from({ length: n }, (_, i) => i / Math.max(1, n - 1));

/**
 * Zitzler et al. 2000, "Comparison of multiobjective evolutionary algorithms: empirical results", section 4: f1 = x1, f2 = g h(f1, g), and
 * g = 1 on the front. Eight variables instead of thirty: for the budgets of a tuner.
 */
function zdt(h: (f1: number, g: number) => number, best: number): MultiProblem {
  const dim = 8;
  return {
    space: floats(dim),
    objectives: minimize("f1", "f2"),
    constraints: {},
    reference: [1.1, 6],
    best,
    evaluate(params) {
      const [f1, ...rest] = numbers(params) as [number, ...number[]];
      const g = 1 + (9 * rest.reduce((sum, x) => sum + x, 0)) / rest.length;
      return { f1, f2: g * h(f1, g) };
    },
    front: n => steps(n).map(t => named([t, ...Array<number>(dim - 1).fill(0)])),
  };
}

/** Deb et al. 2005, "Scalable test problems", DTLZ2: the front is an octant of the unit sphere. Seven variables (k = 5). */
const dtlz2: MultiProblem = {
  space: floats(7),
  objectives: minimize("f1", "f2", "f3"),
  constraints: {},
  reference: [2, 2, 2],
  best: 8 - Math.PI / 6,
  evaluate(params) {
    const [x1, x2, ...rest] = numbers(params) as [number, number, ...number[]];
    const g = 1 + rest.reduce((sum, x) => sum + (x - 0.5) ** 2, 0);
    const [a, b] = [(x1 * Math.PI) / 2, (x2 * Math.PI) / 2];
    return { f1: g * Math.cos(a) * Math.cos(b), f2: g * Math.cos(a) * Math.sin(b), f3: g * Math.sin(a) };
  },
  front(n) {
    const side = steps(Math.max(2, Math.round(Math.sqrt(n))));
    return side.flatMap(u => side.map(v => named([u, v, 0.5, 0.5, 0.5, 0.5, 0.5])));
  },
};

/**
 * Osyczka & Kundu 1995, six variables and six constraints, of which random points meet all about once in thirty. The front has five parts
 * (Deb 2001, "Multi-objective optimization using evolutionary algorithms", section 8.3).
 */
const osy: MultiProblem = {
  space: space({
    x1: float(0, 10),
    x2: float(0, 10),
    x3: float(1, 5),
    x4: float(0, 6),
    x5: float(1, 5),
    x6: float(0, 10),
  }),
  objectives: minimize("f1", "f2"),
  constraints: { c1: { min: 0 }, c2: { min: 0 }, c3: { min: 0 }, c4: { min: 0 }, c5: { min: 0 }, c6: { min: 0 } },
  reference: [0, 100],
  best: 22276.05115,
  evaluate(params) {
    const [x1, x2, x3, x4, x5, x6] = numbers(params) as [number, number, number, number, number, number];
    return {
      f1: -(25 * (x1 - 2) ** 2 + (x2 - 2) ** 2 + (x3 - 1) ** 2 + (x4 - 4) ** 2 + (x5 - 1) ** 2),
      f2: x1 ** 2 + x2 ** 2 + x3 ** 2 + x4 ** 2 + x5 ** 2 + x6 ** 2,
      c1: x1 + x2 - 2,
      c2: 6 - x1 - x2,
      c3: 2 - x2 + x1,
      c4: 2 - x1 + 3 * x2,
      c5: 4 - (x3 - 3) ** 2 - x4,
      c6: (x5 - 3) ** 2 + x6 - 4,
    };
  },
  front(n) {
    const parts: ((t: number) => number[])[] = [
      t => [5, 1, 1 + 4 * t, 0, 5, 0],
      t => [5, 1, 1 + 4 * t, 0, 1, 0],
      // The third and the fifth part run along c4 = 0 and c1 = 0: a little inside, so that rounding does not break them.
      t => [4.056 + 0.944 * t, Math.min(1, (2.056 + 0.944 * t) / 3 + 1e-15), 1, 0, 1, 0],
      t => [0, 2, 1 + 2.732 * t, 0, 1, 0],
      t => [t, t === 0 ? 2 : 2 - t + 1e-15, 1, 0, 1, 0],
    ];
    return parts.flatMap(part => steps(Math.ceil(n / 5)).map(t => named(part(t))));
  },
};

/** Deb 2001, section 8.3, CONSTR: half of the square is forbidden, and a part of the front lies on the border. */
const constr: MultiProblem = {
  space: space({ x1: float(0.1, 1), x2: float(0, 5) }),
  objectives: minimize("f1", "f2"),
  constraints: { c1: { min: 6 }, c2: { min: 1 } },
  reference: [1.1, 10],
  // f2 is 7 / f1 - 9 from 7/18 to 2/3, then 1 / f1.
  best: (19 * 5) / 18 - 7 * Math.log(12 / 7) + 10 / 3 - Math.log(1.5) + 0.9,
  evaluate(params) {
    const [x1, x2] = numbers(params) as [number, number];
    return { f1: x1, f2: (1 + x2) / x1, c1: x2 + 9 * x1, c2: 9 * x1 - x2 };
  },
  front: n =>
    steps(n).map(t => {
      const x1 = 7 / 18 + (11 / 18) * t + 1e-15;
      return named([Math.min(1, x1), Math.max(0, 6 - 9 * x1 + 4e-15)]);
    }),
};

/**
 * A training run in miniature: wider networks err less and cost more, Adam and leaky units likewise, and each of their own parameters
 * has to be right. The front is finite: every width with the best settings of each branch.
 */
const network: MultiProblem = {
  space: space({
    width: int(8, 512, { scale: "log" }),
    optimizer: oneOf({
      sgd: { rate: float(1e-4, 1, { scale: "log" }), momentum: float(0, 0.99) },
      adam: { rate: float(1e-5, 1e-1, { scale: "log" }) },
    }),
    act: choice(["relu", "leaky"]),
    slope: when('act == "leaky"', float(0, 1)),
    layers: int(1, 5),
  }),
  objectives: minimize("error", "cost"),
  constraints: {},
  reference: [2, 1.5],
  best: 2.6493090809198176,
  evaluate({ width, optimizer, act, slope, layers }) {
    const chosen = optimizer as { kind: string; rate: number; momentum?: number };
    const size = Math.log2((width as number) / 8) / 6;
    const adam = chosen.kind === "adam";
    const leaky = act === "leaky";
    const offRate = Math.log10(chosen.rate) + (adam ? 3 : 1);
    const offMomentum = adam ? 0 : (chosen.momentum ?? 0) - 0.9;
    const offSlope = leaky ? (slope as number) - 0.2 : 0;
    const misfit = offRate ** 2 + offMomentum ** 2 + offSlope ** 2 + 0.2 * ((layers as number) - 3) ** 2;
    return {
      error: 0.05 + 0.5 * (1 - size) ** 2 + (adam ? 0 : 0.1) + (leaky ? 0 : 0.05) + 0.5 * misfit,
      cost: size + (adam ? 0.15 : 0) + (leaky ? 0.05 : 0),
    };
  },
  front(n) {
    const widths = Array.from({ length: 505 }, (_, i) => 8 + i).filter((_, i) => i % Math.ceil(2020 / n) === 0);
    const optimizers = [
      { kind: "sgd", rate: 0.1, momentum: 0.9 },
      { kind: "adam", rate: 0.001 },
    ];
    const acts = [{ act: "relu" }, { act: "leaky", slope: 0.2 }];
    return widths.flatMap(width =>
      optimizers.flatMap(optimizer => acts.map(act => ({ width, optimizer, ...act, layers: 3 }))),
    );
  },
};

/** By name. The reference points are ours, unless the source has one. */
export const MULTI_PROBLEMS = {
  zdt1: zdt((f1, g) => 1 - Math.sqrt(f1 / g), 6.6 - 1 / 3),
  zdt2: zdt((f1, g) => 1 - (f1 / g) ** 2, 6.6 - 2 / 3),
  zdt3: zdt((f1, g) => 1 - Math.sqrt(f1 / g) - (f1 / g) * Math.sin(10 * Math.PI * f1), 6.7217629),
  dtlz2,
  constr,
  osy,
  network,
} as const satisfies Readonly<Record<string, MultiProblem>>;
