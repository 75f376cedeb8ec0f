/** What the acquisition is a sum of. */
export interface Term {
  /** Adds its worth of `points` points, features at x[0...], to out. */
  addValues(x: Float64Array, points: number, out: Float64Array): void;
  /** Adds its gradient by the features that are numbers at one point, and returns its worth there. */
  add(x: Float64Array, gradient: Float64Array): number;
  /** Multiply-adds a point, about. */
  readonly cost: number;
}
