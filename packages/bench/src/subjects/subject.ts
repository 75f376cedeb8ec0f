/** What a bench compares: anything that asks for points of a problem and is told their values. */
import { createStudy, type Params, type Sampler, type SpaceJson } from "vernier";
import type { Direction } from "vernier/core";

/** A problem with one objective. */
export interface Problem {
  readonly id: string;
  /** Floats, ints, ordinals and choices at the top level: what every library can say. */
  readonly space: SpaceJson;
  readonly direction: Direction;
  readonly optimum: number;
  /** How a gap to the optimum is scored: by its logarithm, or as a share of the gap of the median configuration. */
  readonly scale: "log" | "share";
  /** The value of the median configuration, where the scale is "share". */
  readonly median?: number;
  evaluate(params: Params): number;
}

/** One study under way. */
export interface Attempt {
  ask(): Promise<Params>;
  tell(value: number): Promise<void>;
  close(): Promise<void>;
}

/** A sampler of ours or of somebody else. */
export interface Subject {
  readonly name: string;
  open(problem: Problem, seed: number): Promise<Attempt>;
  /** Ends what was started for it. */
  close(): Promise<void>;
}

/** One of our samplers, through the calls a user makes. */
export function ours(name: string, make: () => Sampler): Subject {
  return {
    name,
    close: async () => undefined,
    async open({ id, space, direction }, seed) {
      const study = await createStudy({
        name: id,
        space: space as never,
        objectives: { value: direction },
        sampler: make(),
        seed,
      });
      let trial: Awaited<ReturnType<typeof study.ask>> | undefined;
      return {
        async ask() {
          trial = await study.ask();
          return trial.params as Params;
        },
        tell: async value => void (await trial?.tell({ value } as never)),
        close: () => study.close(),
      };
    },
  };
}

/** Asks and tells `trials` times; gives the values in order. */
export async function run(subject: Subject, problem: Problem, seed: number, trials: number): Promise<number[]> {
  const attempt = await subject.open(problem, seed);
  const values: number[] = [];
  try {
    for (let i = 0; i < trials; i++) {
      const value = problem.evaluate(await attempt.ask());
      values.push(value);
      await attempt.tell(value);
    }
  } finally {
    await attempt.close();
  }
  return values;
}
