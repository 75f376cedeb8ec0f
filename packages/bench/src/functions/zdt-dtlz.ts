/**
 * ZDT (Zitzler, Deb, Thiele 2000, "Comparison of multiobjective evolutionary algorithms: empirical results") and DTLZ (Deb, Thiele,
 * Laumanns, Zitzler 2005, "Scalable test problems for evolutionary multiobjective optimization"). All objectives are minimised.
 */
import { VernierError } from "vernier";

/** A function of several values on a box. */
export interface MultiFunction {
  readonly id: string;
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly objectives: number;
  readonly evaluate: (x: ArrayLike<number>) => number[];
}

type Values = readonly number[];
const sumOf = (x: Values, f: (v: number) => number): number => x.reduce((total, v) => total + f(v), 0);
const sin = Math.sin;
const cos = Math.cos;
const PI = Math.PI;

/** n and the second objective by f1 and g, for the ones on the unit cube. */
const ZDT: Readonly<Record<number, (x: Values) => readonly [number, number]>> = {
  1: x => front(x[0]!, growth(x), (f, g) => 1 - Math.sqrt(f / g)),
  2: x => front(x[0]!, growth(x), (f, g) => 1 - (f / g) ** 2),
  3: x => front(x[0]!, growth(x), (f, g) => 1 - Math.sqrt(f / g) - (f / g) * sin(10 * PI * f)),
  4: x => {
    const rest = x.slice(1);
    const g = 1 + 10 * rest.length + sumOf(rest, v => v * v - 10 * cos(4 * PI * v));
    return front(x[0]!, g, (f, gg) => 1 - Math.sqrt(f / gg));
  },
  6: x => {
    const f1 = 1 - Math.exp(-4 * x[0]!) * sin(6 * PI * x[0]!) ** 6;
    const rest = x.slice(1);
    const g = 1 + 9 * (sumOf(rest, v => v) / rest.length) ** 0.25;
    return front(f1, g, (f, gg) => 1 - (f / gg) ** 2);
  },
};

function growth(x: Values): number {
  return 1 + (9 * sumOf(x.slice(1), v => v)) / (x.length - 1);
}

function front(f1: number, g: number, h: (f1: number, g: number) => number): readonly [number, number] {
  return [f1, g * h(f1, g)];
}

/**
 * ZDT1, 2, 3 (30 variables by the paper), 4 and 6 (10 variables).
 *
 * @throws VernierError E_BENCH_FUNCTION when there is no such function.
 */
export function zdt(number: number, n = number < 4 ? 30 : 10): MultiFunction {
  const shape = ZDT[number];
  if (shape === undefined || n < 2)
    throw unknown(`ZDT${number} with ${n} variables`, "ZDT1, 2, 3, 4 and 6 from 2 variables");
  const edge = number === 4 ? 5 : 1;
  return {
    id: `zdt${number}-n${n}`,
    low: Array.from({ length: n }, (_, i) => (number === 4 && i > 0 ? -edge : 0)),
    high: Array.from({ length: n }, (_, i) => (i === 0 ? 1 : edge)),
    objectives: 2,
    evaluate: x => [...shape(Array.from(x))],
  };
}

const g1 = (z: Values): number => 100 * (z.length + sumOf(z, v => (v - 0.5) ** 2 - cos(20 * PI * (v - 0.5))));
const g2 = (z: Values): number => sumOf(z, v => (v - 0.5) ** 2);

/** Linear front: products of positions. */
function linear(position: Values, scale: number): number[] {
  return shaped(
    position,
    scale,
    v => v,
    v => 1 - v,
  );
}
/** Spherical front: cosines, and one sine. */
function spherical(theta: Values, scale: number): number[] {
  return shaped(
    theta,
    scale,
    v => cos((PI / 2) * v),
    v => sin((PI / 2) * v),
  );
}
function shaped(p: Values, scale: number, most: (v: number) => number, last: (v: number) => number): number[] {
  return Array.from({ length: p.length + 1 }, (_, m) => {
    const product = p.slice(0, p.length - m).reduce((total, v) => total * most(v), scale);
    return m === 0 ? product : product * last(p[p.length - m]!);
  });
}
function bent(position: Values, g: number): Values {
  return position.map((v, i) => (i === 0 ? v : (1 + 2 * g * v) / (2 * (1 + g))));
}

const DTLZ: Readonly<Record<number, (position: Values, distance: Values) => number[]>> = {
  1: (p, z) => linear(p, 0.5 * (1 + g1(z))),
  2: (p, z) => spherical(p, 1 + g2(z)),
  3: (p, z) => spherical(p, 1 + g1(z)),
  4: (p, z) =>
    spherical(
      p.map(v => v ** 100),
      1 + g2(z),
    ),
  5: (p, z) => spherical(bent(p, g2(z)), 1 + g2(z)),
  6: (p, z) => {
    const g = sumOf(z, v => v ** 0.1);
    return spherical(bent(p, g), 1 + g);
  },
  7: (p, z) => {
    const g = 1 + (9 * sumOf(z, v => v)) / z.length;
    const h = p.length + 1 - sumOf(p, f => (f / (1 + g)) * (1 + sin(3 * PI * f)));
    return [...p, (1 + g) * h];
  },
};

/**
 * DTLZ1 to 7 with `objectives` objectives and `n` variables, the last n - objectives + 1 of them for the distance from the front.
 *
 * @throws VernierError E_BENCH_FUNCTION when there is no such function.
 */
export function dtlz(number: number, objectives = 3, n = objectives + (number === 1 ? 4 : 9)): MultiFunction {
  const shape = DTLZ[number];
  if (shape === undefined || objectives < 2 || n < objectives) {
    throw unknown(
      `DTLZ${number} with ${objectives} objectives and ${n} variables`,
      "DTLZ1 to 7 from 2 objectives, with at least as many variables",
    );
  }
  return {
    id: `dtlz${number}-m${objectives}-n${n}`,
    low: new Array<number>(n).fill(0),
    high: new Array<number>(n).fill(1),
    objectives,
    evaluate(x) {
      const all = Array.from(x);
      return shape(all.slice(0, objectives - 1), all.slice(objectives - 1));
    },
  };
}

export function unknown(what: string, known: string): VernierError {
  return new VernierError("E_BENCH_FUNCTION", `there is no ${what}. There are ${known}. Choose one of them.`);
}
