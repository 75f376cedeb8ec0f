/** A zoo of objectives with known optima, all to be minimised: what samplers are compared on. */
import { choice, float, int, oneOf, space, when } from "../space/index.ts";
import type { Params } from "../core/types.ts";
import type { SpaceJson } from "../space/types.ts";

/** A function with its space and known best value. */
export interface Problem {
  readonly space: SpaceJson;
  /** The smallest value. */
  readonly optimum: number;
  /** A configuration that has it, up to the digits given in the source. */
  readonly at: Params;
  /** Deterministic. */
  evaluate(params: Params): number;
}

const numbers = (params: Params): number[] => Object.values(params) as number[];
const floats = (dim: number, low: number, high: number): SpaceJson =>
  space(Object.fromEntries(Array.from({ length: dim }, (_, i) => [`x${i + 1}`, float(low, high)])));
const everywhere = (dim: number, x: number): Params =>
  Object.fromEntries(Array.from({ length: dim }, (_, i) => [`x${i + 1}`, x]));

/** Sum of squares about a point off the centre, so that looking in the middle is no help. */
function sphere(dim: number): Problem {
  return {
    space: floats(dim, -5, 5),
    optimum: 0,
    at: everywhere(dim, 1.3),
    evaluate: params => numbers(params).reduce((sum, x) => sum + (x - 1.3) ** 2, 0),
  };
}

/** Rosenbrock 1960: a curved valley. */
function rosenbrock(dim: number): Problem {
  return {
    space: floats(dim, -2, 2),
    optimum: 0,
    at: everywhere(dim, 1),
    evaluate(params) {
      const x = numbers(params);
      return x.slice(1).reduce((sum, next, i) => sum + 100 * (next - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2, 0);
    },
  };
}

/** Ackley 1987: a funnel with ripples. */
function ackley(dim: number): Problem {
  return {
    space: floats(dim, -20, 30),
    optimum: 0,
    at: everywhere(dim, 0),
    evaluate(params) {
      const x = numbers(params);
      const mean = (f: (x: number) => number): number => x.reduce((sum, each) => sum + f(each), 0) / x.length;
      const waves = Math.exp(mean(each => Math.cos(2 * Math.PI * each)));
      return 20 + Math.E - 20 * Math.exp(-0.2 * Math.sqrt(mean(each => each * each))) - waves;
    },
  };
}

/** Rastrigin 1974: a bowl full of local minima. */
function rastrigin(dim: number): Problem {
  return {
    space: floats(dim, -4, 6),
    optimum: 0,
    at: everywhere(dim, 0),
    evaluate: params => numbers(params).reduce((sum, x) => sum + x * x - 10 * Math.cos(2 * Math.PI * x) + 10, 0),
  };
}

/** Branin 1972: three global minima in two dimensions. */
const branin: Problem = {
  space: space({ x1: float(-5, 10), x2: float(0, 15) }),
  optimum: 0.39788735772973816,
  at: { x1: Math.PI, x2: 2.275 },
  evaluate(params) {
    const [x1, x2] = numbers(params) as [number, number];
    const bowl = x2 - (5.1 / (4 * Math.PI ** 2)) * x1 ** 2 + (5 / Math.PI) * x1 - 6;
    return bowl ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x1) + 10;
  },
};

const HARTMANN_A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const HARTMANN_P = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];
const HARTMANN_ALPHA = [1, 1.2, 3, 3.2];

/** Hartmann 1973, six dimensions. */
const hartmann6: Problem = {
  space: floats(6, 0, 1),
  optimum: -3.322368011391339,
  at: { x1: 0.20169, x2: 0.150011, x3: 0.476874, x4: 0.275332, x5: 0.311652, x6: 0.6573 },
  evaluate(params) {
    const x = numbers(params);
    return -HARTMANN_ALPHA.reduce((sum, alpha, i) => {
      const exponent = x.reduce((e, xj, j) => e + HARTMANN_A[i]![j]! * (xj - HARTMANN_P[i]![j]!) ** 2, 0);
      return sum + alpha * Math.exp(-exponent);
    }, 0);
  },
};

/** A training run in miniature: a rate on a log scale, a whole number, an activation, and how they hang together. */
const mixed: Problem = {
  space: space({
    rate: float(1e-5, 1, { scale: "log" }),
    width: int(8, 512, { scale: "log" }),
    layers: int(1, 6),
    act: choice(["relu", "gelu", "tanh", "sigmoid"]),
    dropout: float(0, 0.5, { step: 0.05 }),
  }),
  optimum: 0,
  at: { rate: 0.01, width: 64, layers: 3, act: "gelu", dropout: 0.1 },
  evaluate({ rate, width, layers, act, dropout }) {
    const off = Math.log10(rate as number) + 2 + 0.3 * ((layers as number) - 3);
    const size = Math.log2(width as number) - 6;
    const penalty = { gelu: 0, relu: 0.1, tanh: 0.4, sigmoid: 1 }[act as string] ?? 0;
    return (
      off ** 2 + 0.2 * size ** 2 + 0.1 * ((layers as number) - 3) ** 2 + penalty + 4 * ((dropout as number) - 0.1) ** 2
    );
  },
};

/** Branches with optima of their own, and a parameter that only one choice has. */
const conditional: Problem = {
  space: space({
    optimizer: oneOf({
      sgd: { rate: float(1e-4, 1, { scale: "log" }), momentum: float(0, 0.99) },
      adam: { rate: float(1e-5, 1e-1, { scale: "log" }), beta: float(0.8, 0.999) },
      none: {},
    }),
    act: choice(["relu", "leaky"]),
    slope: when('act == "leaky"', float(0, 1)),
  }),
  optimum: 0,
  at: { optimizer: { kind: "adam", rate: 0.001, beta: 0.9 }, act: "leaky", slope: 0.2 },
  evaluate({ optimizer, act, slope }) {
    const chosen = optimizer as { kind: string; rate?: number; momentum?: number; beta?: number };
    let value = act === "leaky" ? ((slope as number) - 0.2) ** 2 : 0.15;
    if (chosen.kind === "none") value += 2;
    if (chosen.kind === "sgd")
      value += 0.3 + (Math.log10(chosen.rate ?? 1) + 1) ** 2 + ((chosen.momentum ?? 0) - 0.9) ** 2;
    if (chosen.kind === "adam") value += (Math.log10(chosen.rate ?? 1) + 3) ** 2 + 10 * ((chosen.beta ?? 0) - 0.9) ** 2;
    return value;
  },
};

/** Named test functions with their known best value. */
export const PROBLEMS = {
  sphere5: sphere(5),
  rosenbrock4: rosenbrock(4),
  branin,
  hartmann6,
  ackley5: ackley(5),
  rastrigin4: rastrigin(4),
  mixed,
  conditional,
} as const satisfies Readonly<Record<string, Problem>>;
