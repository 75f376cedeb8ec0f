/** A search in slices: the page stays alive because no slice takes longer than a part of a frame. */
import { createStudy, float, space, type Sampler } from "vernier";
import { auto, random, sobol, tpe } from "vernier/samplers";
import type { TestFunction } from "./functions.ts";

export const SAMPLERS: Readonly<Record<string, () => Sampler>> = {
  tpe: () => tpe(),
  auto: () => auto(),
  sobol: () => sobol(),
  random: () => random(),
};

/** Milliseconds that a slice may take. */
const SLICE = 8;

/** A study in memory of one function. Nothing leaves the page. */
export const studyOf = (f: TestFunction, sampler: string, seed: number) =>
  createStudy({
    name: "live",
    space: space({ x: float(...f.x), y: float(...f.y) }),
    objectives: { value: "minimize" },
    sampler: (SAMPLERS[sampler] ?? tpe)(),
    seed,
  });
export type LiveStudy = Awaited<ReturnType<typeof studyOf>>;

export interface Search {
  /** Runs until `trials` are finished or `pause` is called. */
  start(): Promise<void>;
  pause(): void;
  readonly running: boolean;
}

/** Asks, evaluates and tells until there are `trials`; `shown` is called after each slice and at the end. */
export function searchOf(study: LiveStudy, f: TestFunction, trials: number, shown: () => void): Search {
  let running = false;
  return {
    get running() {
      return running;
    },
    pause() {
      running = false;
    },
    async start() {
      if (running) return;
      running = true;
      let until = performance.now() + SLICE;
      while (running && study.trials.length < trials) {
        const trial = await study.ask({ lease: null });
        await trial.tell(f.at(trial.params.x, trial.params.y));
        if (performance.now() < until) continue;
        shown();
        await nextFrame();
        until = performance.now() + SLICE;
      }
      running = false;
      shown();
    },
  };
}

/** The next frame; in a hidden page, where frames stop, the next timer. */
const nextFrame = (): Promise<unknown> =>
  new Promise(resolve => (document.hidden ? setTimeout(resolve, 0) : requestAnimationFrame(resolve)));
