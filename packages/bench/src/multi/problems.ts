/** What the suite "multi" runs on: the problems with several objectives of vernier/testing, and one objective under constraints. */
import { float, space } from "vernier";
import { hypervolume } from "vernier/math";
import { MULTI_PROBLEMS, type MultiProblem } from "vernier/testing";

type Spec = Pick<MultiProblem, "space" | "objectives" | "constraints" | "evaluate">;

/** A problem with its score. */
export interface Scored extends Spec {
  /** 0 is the best there is. `rows`: objectives of the feasible trials, one array each; NaN when one objective has no feasible trial. */
  score(rows: readonly (readonly number[])[]): number;
}

/** 1 - (hypervolume of the trials) / (that of the whole front). */
function several(problem: MultiProblem): Scored {
  return {
    ...problem,
    score: rows =>
      1 - hypervolume(Float64Array.from(rows.flat()), problem.reference.length, problem.reference) / problem.best,
  };
}

/**
 * The welded beam (Ragsdell & Phillips 1976) as Coello 2000, "Use of a self-adaptive penalty approach for engineering optimization
 * problems", states it; the limits as shares, so that violations can be added. A random point in four meets all.
 * The score is (best feasible value - optimum) / optimum.
 */
const beam: Scored = {
  space: space({ x1: float(0.1, 2), x2: float(0.1, 10), x3: float(0.1, 10), x4: float(0.1, 2) }),
  objectives: { cost: { direction: "minimize" } },
  constraints: Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`c${i}`, { max: 0 }])),
  evaluate(params) {
    const [h, l, t, b] = Object.values(params) as [number, number, number, number];
    const [load, length, young, shear] = [6000, 14, 30e6, 12e6];
    const arm = Math.sqrt(l ** 2 / 4 + ((h + t) / 2) ** 2);
    const polar = 2 * Math.SQRT2 * h * l * (l ** 2 / 12 + ((h + t) / 2) ** 2);
    const first = load / (Math.SQRT2 * h * l);
    const second = (load * (length + l / 2) * arm) / polar;
    const tau = Math.sqrt(first ** 2 + (first * second * l) / arm + second ** 2);
    const sigma = (6 * load * length) / (b * t ** 2);
    const delta = (4 * load * length ** 3) / (young * t ** 3 * b);
    const slender = 1 - (t / (2 * length)) * Math.sqrt(young / (4 * shear));
    const buckling = ((4.013 * young * t * b ** 3) / 6 / length ** 2) * slender;
    return {
      cost: 1.10471 * h ** 2 * l + 0.04811 * t * b * (14 + l),
      c0: tau / 13600 - 1,
      c1: sigma / 30000 - 1,
      c2: delta / 0.25 - 1,
      c3: 1 - buckling / load,
      c4: h - b,
      c5: 0.125 - h,
    };
  },
  score: rows => (rows.length === 0 ? NaN : Math.min(...rows.map(([value]) => value!)) / 1.724852 - 1),
};

const { zdt1, zdt2, zdt3, dtlz2, network, constr, osy } = MULTI_PROBLEMS;

export const PROBLEMS: Readonly<Record<string, Scored>> = {
  zdt1: several(zdt1),
  zdt2: several(zdt2),
  zdt3: several(zdt3),
  dtlz2: several(dtlz2),
  network: several(network),
  constr: several(constr),
  osy: several(osy),
  beam,
};
