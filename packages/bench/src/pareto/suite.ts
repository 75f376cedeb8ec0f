import { hypervolume, nonDominatedRanks, selectByHypervolume } from "vernier/math";
import { measure, summarise, type Sample, type Summary } from "../overhead/sample.ts";
import { frontRows, randomRows } from "./rows.ts";

/** One calculation on fixed data. `check` is a number that a peer must find, too. */
interface Calculation {
  readonly id: string;
  readonly title: string;
  readonly run: () => number;
  /** How many times faster than the peer it has to be. */
  readonly bar?: number;
}

export interface ParetoFigure {
  readonly id: string;
  readonly title: string;
  readonly bar?: number;
  readonly summary: Summary;
  readonly check: number;
}

const ranks = (rows: Float64Array, m: number, enough?: number): number =>
  nonDominatedRanks(rows, m, undefined, enough === undefined ? {} : { enough }).reduce((sum, rank) => sum + rank, 0);
const volume = (rows: Float64Array, m: number): number => hypervolume(rows, m, Array<number>(m).fill(1.1));
const greedy = (rows: Float64Array, m: number, k: number): number =>
  selectByHypervolume(rows, m, Array<number>(m).fill(1.1), k).reduce((sum, i) => sum + i, 0);

const CALCULATIONS: readonly Calculation[] = [
  { id: "ranks-2", title: "ranks, 2 x 1,000 random", run: over(randomRows(1000, 2), rows => ranks(rows, 2)) },
  { id: "ranks-3", title: "ranks, 3 x 1,000 random", bar: 10, run: over(randomRows(1000, 3), rows => ranks(rows, 3)) },
  {
    id: "ranks-3-front",
    title: "ranks, 3 x 1,000 on one front",
    bar: 10,
    run: over(frontRows(1000, 3), rows => ranks(rows, 3)),
  },
  {
    id: "ranks-3-enough",
    title: "the best 100, 3 x 1,000 random",
    run: over(randomRows(1000, 3), rows => ranks(rows, 3, 100)),
  },
  { id: "ranks-3-long", title: "ranks, 3 x 10,000 random", run: over(randomRows(10_000, 3), rows => ranks(rows, 3)) },
  { id: "ranks-5", title: "ranks, 5 x 1,000 random", run: over(randomRows(1000, 5), rows => ranks(rows, 5)) },
  {
    id: "ranks-5-front",
    title: "ranks, 5 x 1,000 on one front",
    run: over(frontRows(1000, 5), rows => ranks(rows, 5)),
  },
  {
    id: "volume-2-front",
    title: "hypervolume, 2 x 1,000 on one front",
    run: over(frontRows(1000, 2), rows => volume(rows, 2)),
  },
  { id: "volume-3", title: "hypervolume, 3 x 1,000 random", run: over(randomRows(1000, 3), rows => volume(rows, 3)) },
  {
    id: "volume-3-front",
    title: "hypervolume, 3 x 1,000 on one front",
    run: over(frontRows(1000, 3), rows => volume(rows, 3)),
  },
  { id: "volume-4", title: "hypervolume, 4 x 200 random", run: over(randomRows(200, 4), rows => volume(rows, 4)) },
  {
    id: "volume-4-front",
    title: "hypervolume, 4 x 200 on one front",
    run: over(frontRows(200, 4), rows => volume(rows, 4)),
  },
  {
    id: "volume-5-front",
    title: "hypervolume, 5 x 100 on one front",
    run: over(frontRows(100, 5), rows => volume(rows, 5)),
  },
  {
    id: "greedy-2",
    title: "greedy 50 of 500, 2 objectives, one front",
    run: over(frontRows(500, 2), rows => greedy(rows, 2, 50)),
  },
  {
    id: "greedy-3",
    title: "greedy 50 of 500, 3 objectives, one front",
    run: over(frontRows(500, 3), rows => greedy(rows, 3, 50)),
  },
];

export const PARETO_FIGURES: readonly string[] = CALCULATIONS.map(({ id }) => id);

function over(rows: Float64Array, run: (rows: Float64Array) => number): () => number {
  return () => run(rows);
}

export interface ParetoOptions {
  readonly runs: number;
  /** Only figures whose id contains this. */
  readonly only?: string;
  readonly progress?: (line: string) => void;
}

/** A run repeats the calculation until it has taken about this long, so that the clock's grain does not show. */
const RUN_MS = 100;

/** CPU time of each calculation, minimum over the runs, in one process that is warm. */
export async function runPareto({ runs, only = "", progress }: ParetoOptions): Promise<ParetoFigure[]> {
  const figures: ParetoFigure[] = [];
  for (const { id, title, bar, run } of CALCULATIONS) {
    if (!id.includes(only)) continue;
    const check = run();
    let count = 0;
    for (const start = performance.now(); performance.now() - start < RUN_MS; count++) run();
    const samples: Sample[] = [];
    for (let i = 0; i < runs; i++) {
      samples.push(
        await measure(count, async () => {
          for (let k = 0; k < count; k++) run();
        }),
      );
    }
    const summary = summarise(samples);
    figures.push({ id, title, ...(bar !== undefined && { bar }), summary, check });
    progress?.(`${title}: ${summary.cpuMs.toPrecision(3)} ms`);
  }
  return figures;
}
