/**
 * The 24 noiseless functions of BBOB, any dimension from 2, instances 1 to 15 (Hansen, Finck, Ros, Auger 2009; COCO's numbers). To
 * minimise over [-5, 5]^D.
 */
import { VernierError } from "vernier";
import { gauss, optimumPlace, optimumValue, order, rotation, unif } from "./bbob-random.ts";
import {
  diagonal,
  exponents,
  katsuuraProduct,
  minus,
  oscillated,
  outside,
  rastrigin,
  rosenbrock,
  skewed,
  sum,
  times,
  turn,
} from "./shapes.ts";

/** A function to minimise on a box. */
export interface TestFunction {
  readonly id: string;
  readonly dimension: number;
  readonly low: number;
  readonly high: number;
  /** The smallest value. */
  readonly optimum: number;
  readonly evaluate: (x: ArrayLike<number>) => number;
}

/** What a function is made of: d and e, the place of the optimum, two rotations, and the seed for whatever else it needs. */
interface Setting {
  readonly d: number;
  readonly e: Float64Array;
  readonly xo: Float64Array;
  readonly R: Float64Array;
  readonly Q: Float64Array;
  readonly seed: number;
  /** max(1, sqrt(D) / 8). */
  readonly c: number;
}
type Shape = (s: Setting) => (x: ArrayLike<number>) => number;

const wave = (v: Float64Array): Float64Array => v.map(oscillated);
const half = Math.floor;

const SHAPES: readonly Shape[] = [
  // f1 sphere
  ({ xo }) =>
    x =>
      sum(minus(x, xo), v => v * v),
  // f2 ellipsoid, separable
  ({ xo, e }) =>
    x =>
      sum(wave(minus(x, xo)), (v, i) => 10 ** (6 * e[i]!) * v * v),
  // f3 Rastrigin, separable
  ({ xo, d }) => {
    const scale = diagonal(d, 10);
    return x => rastrigin(times(scale, skewed(wave(minus(x, xo)), 0.2)));
  },
  // f4 Büche-Rastrigin
  ({ xo, d }) => {
    const scale = diagonal(d, 10);
    const place = xo.map((v, i) => (i % 2 === 0 ? Math.abs(v) : v));
    return x => {
      const z = wave(minus(x, place));
      return rastrigin(z.map((v, i) => v * scale[i]! * (v > 0 && i % 2 === 0 ? 10 : 1))) + 100 * outside(x);
    };
  },
  // f5 linear slope
  ({ xo, e }) => {
    const corner = xo.map(v => (v < 0 ? -5 : 5));
    const slope = corner.map((v, i) => Math.sign(v) * 10 ** e[i]!);
    return x => sum(slope, (s, i) => 5 * Math.abs(s) - s * (x[i]! * corner[i]! < 25 ? x[i]! : corner[i]!));
  },
  // f6 attractive sector
  ({ xo, R, Q, d }) => {
    const scale = diagonal(d, 10);
    return x => {
      const z = turn(R, times(scale, turn(Q, minus(x, xo))));
      return oscillated(sum(z, (v, i) => (xo[i]! * v > 0 ? 100 * v : v) ** 2)) ** 0.9;
    };
  },
  // f7 step ellipsoid
  ({ xo, R, Q, e, d }) => {
    const scale = diagonal(d, 10);
    return x => {
      const zh = times(scale, turn(Q, minus(x, xo)));
      const z = turn(
        R,
        zh.map(v => (Math.abs(v) > 0.5 ? half(v + 0.5) : half(10 * v + 0.5) / 10)),
      );
      const value = sum(z, (v, i) => 100 ** e[i]! * v * v);
      return 0.1 * Math.max(1e-4 * Math.abs(zh[0]!), value) + outside(x);
    };
  },
  // f8 Rosenbrock
  ({ xo, c }) =>
    x =>
      rosenbrock(xo.map((v, i) => c * (x[i]! - 0.75 * v) + 1)),
  // f9 Rosenbrock, rotated
  ({ Q, c }) =>
    x =>
      rosenbrock(turn(Q, Float64Array.from(x)).map(v => c * v + 0.5)),
  // f10 ellipsoid
  ({ xo, R, e }) =>
    x =>
      sum(wave(turn(R, minus(x, xo))), (v, i) => 10 ** (6 * e[i]!) * v * v),
  // f11 discus
  ({ xo, R }) =>
    x =>
      sum(wave(turn(R, minus(x, xo))), (v, i) => (i === 0 ? 1e6 : 1) * v * v),
  // f12 bent cigar
  ({ d, R, seed }) => {
    const place = optimumPlace(d, seed + 1e6);
    return x => sum(turn(R, skewed(turn(R, minus(x, place)), 0.5)), (v, i) => (i === 0 ? 1 : 1e6) * v * v);
  },
  // f13 sharp ridge
  ({ xo, R, Q, d }) => {
    const scale = diagonal(d, 10);
    return x => {
      const z = turn(R, times(scale, turn(Q, minus(x, xo))));
      return z[0]! ** 2 + 100 * Math.sqrt(sum(z.subarray(1), v => v * v));
    };
  },
  // f14 different powers
  ({ xo, R, e }) =>
    x =>
      Math.sqrt(sum(turn(R, minus(x, xo)), (v, i) => Math.abs(v) ** (2 + 4 * e[i]!))),
  // f15 Rastrigin
  ({ xo, R, Q, d }) => {
    const scale = diagonal(d, 10);
    return x => rastrigin(turn(R, times(scale, turn(Q, skewed(wave(turn(R, minus(x, xo))), 0.2)))));
  },
  // f16 Weierstrass
  ({ xo, R, Q, d, e }) => {
    const scale = e.map(v => 10 ** -v);
    const weights = Float64Array.from({ length: 12 }, (_, k) => 2 ** -k);
    const f0 = sum(weights, (w, k) => w * Math.cos(Math.PI * 3 ** k));
    return x => {
      const z = turn(R, times(scale, turn(Q, wave(turn(R, minus(x, xo))))));
      const total = sum(z, v => sum(weights, (w, k) => w * Math.cos(2 * Math.PI * 3 ** k * (v + 0.5))));
      return 10 * (total / d - f0) ** 3 + (10 / d) * outside(x);
    };
  },
  // f17, f18 Schaffer F7, well and ill conditioned
  setting => schaffer(setting, 10),
  setting => schaffer(setting, 1000),
  // f19 Griewank-Rosenbrock
  ({ Q, c, d }) =>
    x => {
      const z = turn(Q, Float64Array.from(x)).map(v => c * v + 0.5);
      const total = sum(z.subarray(0, -1), (v, i) => {
        const s = 100 * (v * v - z[i + 1]!) ** 2 + (v - 1) ** 2;
        return s / 4000 - Math.cos(s);
      });
      return (10 * total) / (d - 1) + 10;
    },
  // f20 Schwefel
  ({ d, seed }) => {
    const sign = unif(d, seed).map(u => (u < 0.5 ? -1 : 1));
    const scale = diagonal(d, 10);
    const m = 4.2096874637;
    return x => {
      const xh = sign.map((s, i) => 2 * s * x[i]!);
      const zh = xh.map((v, i) => (i === 0 ? v : v + 0.25 * (xh[i - 1]! - m)));
      const z = zh.map((v, i) => 100 * (scale[i]! * (v - m) + m));
      const beyond = sum(z, v => Math.max(0, Math.abs(v) - 500) ** 2);
      return 0.01 * (beyond + 418.9828872724339 - sum(z, v => v * Math.sin(Math.sqrt(Math.abs(v)))) / d);
    };
  },
  // f21, f22 Gallagher's peaks
  setting => gallagher(setting, 101, 10, 5, Math.sqrt(1000)),
  setting => gallagher(setting, 21, 9.8, 4.9, 1000),
  // f23 Katsuura
  ({ xo, R, Q, d }) => {
    const scale = diagonal(d, 100);
    return x => (10 / d ** 2) * (katsuuraProduct(turn(R, times(scale, turn(Q, minus(x, xo))))) - 1) + outside(x);
  },
  // f24 Lunacek bi-Rastrigin
  ({ R, Q, d, seed }) => {
    const sign = gauss(d, seed).map(g => (g < 0 ? -1 : 1));
    const scale = diagonal(d, 100);
    const s = 1 - 0.5 / (Math.sqrt(d + 20) - 4.1);
    const m0 = 2.5;
    const m1 = -Math.sqrt((m0 ** 2 - 1) / s);
    return x => {
      const xh = sign.map((v, i) => 2 * v * x[i]!);
      const z = turn(
        R,
        times(
          scale,
          turn(
            Q,
            xh.map(v => v - m0),
          ),
        ),
      );
      const bowls = Math.min(
        sum(xh, v => (v - m0) ** 2),
        d + s * sum(xh, v => (v - m1) ** 2),
      );
      return bowls + 10 * (d - sum(z, v => Math.cos(2 * Math.PI * v))) + 1e4 * outside(x);
    };
  },
];

function schaffer({ xo, R, Q, d }: Setting, conditioning: number): (x: ArrayLike<number>) => number {
  const scale = diagonal(d, conditioning);
  return x => {
    const z = times(scale, turn(Q, skewed(turn(R, minus(x, xo)), 0.5)));
    const total = sum(z.subarray(0, -1), (v, i) => {
      const s = v * v + z[i + 1]! ** 2;
      return s ** 0.25 * (1 + Math.sin(50 * s ** 0.1) ** 2);
    });
    return (total / (d - 1)) ** 2 + 10 * outside(x);
  };
}

function gallagher(
  { d, Q, seed }: Setting,
  peaks: number,
  width: number,
  shift: number,
  first: number,
): (x: ArrayLike<number>) => number {
  const ranks = order(unif(peaks - 1, seed));
  const places = unif(d * peaks, seed).map(u => width * u - shift);
  for (let i = 0; i < d; i++) places[i]! *= 0.8;
  const centres = Array.from({ length: peaks }, (_, k) => turn(Q, places.slice(k * d, (k + 1) * d)));
  const heights = Float64Array.from({ length: peaks }, (_, k) => (k === 0 ? 10 : 1.1 + (8 * (k - 1)) / (peaks - 2)));
  const scales = Array.from({ length: peaks }, (_, k) => {
    const conditioning = k === 0 ? first : 1000 ** (ranks[k - 1]! / (peaks - 2));
    return Float64Array.from(order(unif(d, seed + 1000 * k)), rank => conditioning ** (rank / (d - 1) - 0.5));
  });
  return x => {
    const turned = turn(Q, Float64Array.from(x));
    let best = -Infinity;
    for (let k = 0; k < peaks; k++) {
      const distance = sum(scales[k]!, (s, i) => s * (turned[i]! - centres[k]![i]!) ** 2);
      best = Math.max(best, heights[k]! * Math.exp(-distance / (2 * d)));
    }
    return oscillated(10 - best) ** 2 + outside(x);
  };
}

/** Functions 4 and 18 are variations of 3 and 17 and share their random numbers. */
const SEED_OF: Readonly<Record<number, number>> = { 4: 3, 18: 17 };

/**
 * One BBOB function.
 *
 * @param number 1 to 24.
 * @param instance 1 to 15 by the protocol; any positive whole number works.
 * @throws VernierError E_BENCH_FUNCTION when there is no such function, dimension or instance.
 */
export function bbob(number: number, dimension: number, instance = 1): TestFunction {
  const shape = SHAPES[number - 1];
  const whole = Number.isInteger(dimension) && dimension >= 2 && Number.isInteger(instance) && instance >= 1;
  if (shape === undefined || !whole) {
    throw new VernierError(
      "E_BENCH_FUNCTION",
      `there is no BBOB function ${number} in ${dimension} dimensions, instance ${instance}. Functions are 1 to 24, dimensions from 2, ` +
        `instances from 1. Write for example bbob(15, 5, 1).`,
    );
  }
  const seed = (SEED_OF[number] ?? number) + 10_000 * instance;
  const optimum = optimumValue(seed);
  const raw = shape({
    d: dimension,
    e: exponents(dimension),
    xo: optimumPlace(dimension, seed),
    R: rotation(dimension, seed + 1e6),
    Q: rotation(dimension, seed),
    seed,
    c: Math.max(1, Math.sqrt(dimension) / 8),
  });
  const id = `bbob-f${number}-d${dimension}-i${instance}`;
  return { id, dimension, low: -5, high: 5, optimum, evaluate: x => raw(x) + optimum };
}
