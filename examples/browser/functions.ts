/** Test functions of two variables with known minima, to watch a search on. */
export interface TestFunction {
  readonly title: string;
  /** Ends of both axes. */
  readonly x: readonly [low: number, high: number];
  readonly y: readonly [low: number, high: number];
  /** The smallest value, and where it is taken. */
  readonly optimum: number;
  readonly minima: readonly (readonly [x: number, y: number])[];
  at(x: number, y: number): number;
}

export const FUNCTIONS: Readonly<Record<string, TestFunction>> = {
  /** Branin 1972: three equal minima. */
  branin: {
    title: "Branin: three equal minima",
    x: [-5, 10],
    y: [0, 15],
    optimum: 0.397887,
    minima: [
      [-Math.PI, 12.275],
      [Math.PI, 2.275],
      [9.42478, 2.475],
    ],
    at: (x, y) => {
      const bowl = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
      return bowl ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
    },
  },
  /** Himmelblau 1972: four equal minima. */
  himmelblau: {
    title: "Himmelblau: four equal minima",
    x: [-5, 5],
    y: [-5, 5],
    optimum: 0,
    minima: [
      [3, 2],
      [-2.805118, 3.131312],
      [-3.77931, -3.283186],
      [3.584428, -1.848126],
    ],
    at: (x, y) => (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
  },
  /** Rosenbrock 1960: a narrow, curved valley. */
  rosenbrock: {
    title: "Rosenbrock: a curved valley",
    x: [-2, 2],
    y: [-1, 3],
    optimum: 0,
    minima: [[1, 1]],
    at: (x, y) => 100 * (y - x * x) ** 2 + (1 - x) ** 2,
  },
  /** Ackley 1987: a funnel full of ripples. */
  ackley: {
    title: "Ackley: a funnel with ripples",
    x: [-20, 30],
    y: [-20, 30],
    optimum: 0,
    minima: [[0, 0]],
    at: (x, y) =>
      20 +
      Math.E -
      20 * Math.exp(-0.2 * Math.sqrt((x * x + y * y) / 2)) -
      Math.exp((Math.cos(2 * Math.PI * x) + Math.cos(2 * Math.PI * y)) / 2),
  },
};
