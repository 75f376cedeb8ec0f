/**
 * Numbers without a word about tuning: random streams, special functions, quasi-random points, statistics.
 *
 * @module
 */

export { VernierError, type ErrorCode } from "./errors.ts";
export { stream, type Rng } from "./rng.ts";
export { bulk } from "./sfc32.ts";
export { exp, log } from "./elementary.ts";
export { erf, erfc, erfcx } from "./special.ts";
export { lgamma } from "./gamma.ts";
export {
  logDiffCdf,
  normalCdf,
  normalLogCdf,
  normalLogPdf,
  normalPdf,
  normalQuantile,
  normalQuantileFromLog,
} from "./normal.ts";
export { argsort, lowerBound, upperBound } from "./sort.ts";
export { logAddExp, logSumExp } from "./log-sum-exp.ts";
export { drawTruncatedNormal, truncatedNormalLogPdf, truncatedNormalQuantile } from "./truncated.ts";
export { drawCategorical, drawDirichlet, drawGamma, drawLogGamma } from "./distributions.ts";
export { sobol, SOBOL_MAX_DIMENSION, type PointSequence } from "./sobol.ts";
export { halton, HALTON_MAX_DIMENSION } from "./halton.ts";
export { ranks } from "./ranks.ts";
export { median, quantile, quantileSorted } from "./quantile.ts";
export { nonDominatedRanks, nonDominatedRows, type RankOptions } from "./pareto.ts";
export { crowdingDistances } from "./crowding.ts";
export { hypervolume, hypervolumeContributions } from "./hypervolume.ts";
export { selectByHypervolume } from "./hypervolume-subset.ts";
export {
  cholesky,
  choleskyAppend,
  choleskyInverse,
  choleskyLogDeterminant,
  solveLower,
  solveLowerTransposed,
  solveWithCholesky,
} from "./cholesky.ts";
export { symmetricEigen, type SymmetricEigen } from "./symmetric-eigen.ts";
export { logBeta, regularizedBeta } from "./beta.ts";
export { type Alternative } from "./paired.ts";
export { wilcoxon, type WilcoxonResult } from "./wilcoxon.ts";
export { pairedTTest, studentCdf, type TTestResult } from "./ttest.ts";
