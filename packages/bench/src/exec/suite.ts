/**
 * What one trial costs by how it is evaluated: called, in a worker thread, in a child process that lives on, by a program started for it. One
 * trial after the other; the thread pool alone (piscina) is measured in the same rounds, so that other load meets both alike.
 */
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { createStudy, float, space, type Executor } from "vernier";
import { children, command, inline, workers } from "vernier/exec";
import { random } from "vernier/samplers";

export interface ExecFigure {
  readonly id: string;
  readonly title: string;
  /** us a trial, wall time: the smallest round, and the median. */
  readonly min: number;
  readonly median: number;
  /** The bar, by the smallest round; in the figure's own unit. */
  readonly bar: { readonly what: string; readonly value: number; readonly atMost: number } | undefined;
}

export interface ExecOptions {
  readonly rounds: number;
  readonly trials: number;
  readonly progress?: (line: string) => void;
}

interface Way {
  readonly id: string;
  readonly title: string;
  /** A part of the trials, where each takes long. */
  readonly share: number;
  run(trials: number): Promise<unknown>;
  close?(): Promise<unknown>;
}

const module = new URL("./objective.ts", import.meta.url);

export async function runExec({ rounds, trials, progress }: ExecOptions): Promise<readonly ExecFigure[]> {
  const pool = new Piscina({ filename: fileURLToPath(module), minThreads: 1, maxThreads: 1 });
  const ways: readonly Way[] = [
    studyWay(
      "inline",
      "inline",
      inline(({ x }) => Number(x) ** 2),
    ),
    {
      ...{ id: "piscina", title: "piscina alone, no study", share: 1 },
      run: async count => {
        for (let i = 0; i < count; i++) await pool.run({ x: i / count });
      },
      close: () => pool.destroy(),
    },
    studyWay("workers", "workers", workers({ module })),
    studyWay("children", "children", children({ module })),
    studyWay(
      "command",
      "command: sh -c 'echo 1'",
      command({ argv: ["/bin/sh", "-c", "echo 1"], maxOutput: 0 }),
      1 / 40,
    ),
  ];
  const times = new Map<string, number[]>(ways.map(({ id }) => [id, []]));
  for (const { run, share } of ways) await run(Math.ceil(trials * share));
  for (let round = 0; round < rounds; round++) {
    progress?.(`round ${round + 1} of ${rounds}`);
    for (const { id, run, share } of ways) {
      const count = Math.ceil(trials * share);
      const start = performance.now();
      await run(count);
      times.get(id)?.push(((performance.now() - start) * 1000) / count);
    }
  }
  for (const { close } of ways) await close?.();
  const smallest = (id: string): number => Math.min(...(times.get(id) ?? []));
  const bars: Readonly<Record<string, ExecFigure["bar"]>> = {
    // A study's asking and telling is no part of the executor: what inline costs is taken off.
    workers: {
      what: "times piscina, less inline",
      value: (smallest("workers") - smallest("inline")) / smallest("piscina"),
      atMost: 2,
    },
    children: { what: "us", value: smallest("children"), atMost: 300 },
  };
  return ways.map(({ id, title }) => ({
    ...{ id, title, min: smallest(id), median: median(times.get(id) ?? []), bar: bars[id] },
  }));
}

/** Whole trials of a study in memory, random sampler. */
function studyWay(id: string, title: string, executor: Executor, share = 1): Way {
  return {
    ...{ id, title, share },
    async run(trials) {
      const study = await createStudy({
        name: id,
        space: space({ x: float(0, 1) }),
        objectives: { loss: "minimize" },
        sampler: random(),
        seed: 1,
      });
      await study.run(executor, { trials, concurrency: 1 });
      if (study.counts.complete !== trials) throw new Error(`${id}: ${study.trials[0]?.error?.message ?? "no trials"}`);
    },
    ...(executor.close && { close: () => executor.close?.() ?? Promise.resolve() }),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? NaN) + (sorted[sorted.length >> 1] ?? NaN)) / 2;
}
