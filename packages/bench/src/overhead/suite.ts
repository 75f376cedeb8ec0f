import { existsSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LONG } from "./measures.ts";
import { summarise, type Sample, type Summary } from "./sample.ts";
import { prepareChildren, sampleInChild, sampleProcess, sampleWorkers, vernierFolder } from "./spawn.ts";

/** A figure with its bar. `value` turns a summary into the figure; rates are "at least", the rest "at most". */
export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
  /** From the CPU time, and from the wall time beside it. */
  readonly value: number;
  readonly wall?: number;
  readonly note?: string;
  readonly summary: Summary;
}

export interface OverheadOptions {
  readonly runs: number;
  /** Measure only the figures whose id contains this. */
  readonly only?: string;
  readonly progress?: (line: string) => void;
}

interface Measurement {
  readonly id: string;
  readonly sample: () => Promise<Sample>;
  readonly figures: (summary: Summary, before: ReadonlyMap<string, Summary>) => readonly Omit<Figure, "summary">[];
  readonly prepare?: () => Promise<void>;
}

const WORKERS = 4;
const WORKER_TRIALS = 500;

const MEASUREMENTS: readonly Measurement[] = [
  {
    id: "random-memory",
    sample: () => sampleInChild("random-memory"),
    figures: s => [
      figure("random-memory", "random, in memory", "us/trial", { atMost: 30 }, s.cpuMs * 1000, s.wallMs * 1000),
    ],
  },
  {
    id: "tpe-1000",
    sample: () => sampleInChild("tpe-1000"),
    figures: s => [figure("tpe-1000", "TPE at 1,000 trials", "ms/trial", { atMost: 1 }, s.cpuMs, s.wallMs)],
  },
  {
    id: "tpe-10000",
    sample: () => sampleInChild("tpe-10000"),
    figures: s => [figure("tpe-10000", "TPE at 10,000 trials", "ms/trial", { atMost: 8 }, s.cpuMs, s.wallMs)],
  },
  {
    id: "tpe-two-1000",
    sample: () => sampleInChild("tpe-two-1000"),
    figures: s => [
      figure("tpe-two-1000", "TPE, 2 objectives, 1,000 trials", "ms/trial", { atMost: 2 }, s.cpuMs, s.wallMs),
    ],
  },
  {
    id: "tpe-two-10000",
    sample: () => sampleInChild("tpe-two-10000"),
    figures: s => [
      figure("tpe-two-10000", "TPE, 2 objectives, 10,000 trials", "ms/trial", { atMost: 20 }, s.cpuMs, s.wallMs),
    ],
  },
  {
    id: "sqlite-normal",
    sample: () => sampleInChild("sqlite-normal"),
    figures: s => [
      figure(
        "sqlite-normal",
        "SQLite, synchronous NORMAL",
        "trials/s",
        { atLeast: 2000 },
        1000 / s.cpuMs,
        1000 / s.wallMs,
      ),
    ],
  },
  {
    id: "sqlite-full",
    sample: () => sampleInChild("sqlite-full"),
    figures: s => [
      figure("sqlite-full", "SQLite, synchronous FULL", "trials/s", undefined, 1000 / s.cpuMs, 1000 / s.wallMs),
    ],
  },
  {
    id: "sqlite-workers",
    sample: () => sampleWorkers(WORKERS),
    figures: s => {
      // Processes wait for one another, which costs no CPU: what they reach together is a matter of wall time.
      const total = (WORKERS * WORKER_TRIALS * 1000) / s.wallMs;
      return [
        {
          ...figure(
            "sqlite-workers",
            `SQLite, ${WORKERS} processes on one file`,
            "trials/s",
            { atLeast: 1500 },
            total,
            total,
          ),
          note: "wall, median",
        },
      ];
    },
  },
  {
    id: "open-long",
    prepare: makeLong,
    sample: () => sampleInChild("open-long", longFile()),
    figures: s => [
      figure("open-long", "100,000 trials: open and suggest", "s", { atMost: 1 }, s.cpuMs / 1000, s.wallMs / 1000),
      {
        id: "open-long-memory",
        title: "100,000 trials: memory",
        unit: "MB",
        target: { atMost: 250 },
        value: s.rssMb ?? NaN,
      },
    ],
  },
  {
    id: "empty-node",
    sample: () => sampleProcess(["--input-type=module", "--eval", ""]),
    figures: s => [figure("empty-node", "empty node process (baseline)", "ms", undefined, s.cpuMs, s.wallMs)],
  },
  {
    id: "help",
    sample: () => sampleProcess([join(vernierFolder(), "bin", "vernier.js"), "--help"]),
    figures: (s, before) => [
      {
        ...figure("help", "vernier --help", "ms", { atMost: 100 }, s.cpuMs, s.wallMs),
        ...net(s, before.get("empty-node")),
      },
    ],
  },
  {
    id: "import",
    sample: () => sampleProcess(["--input-type=module", "--eval", `await import(${JSON.stringify(builtIndex())})`]),
    figures: (s, before) => [
      {
        ...figure("import", "process that imports vernier", "ms", { atMost: 60 }, s.cpuMs, s.wallMs),
        ...net(s, before.get("empty-node")),
      },
    ],
  },
];

export const FIGURES: readonly string[] = MEASUREMENTS.map(m => m.id);

/** Takes every measurement `runs` times, each run in a fresh process. */
export async function runOverhead(options: OverheadOptions): Promise<Figure[]> {
  const warning = await prepareChildren();
  if (warning !== undefined) options.progress?.(warning);
  const summaries = new Map<string, Summary>();
  const figures: Figure[] = [];
  for (const m of MEASUREMENTS) {
    if (options.only !== undefined && !m.id.includes(options.only)) continue;
    await m.prepare?.();
    const samples: Sample[] = [];
    for (let i = 0; i < options.runs; i++) samples.push(await m.sample());
    const summary = summarise(samples);
    summaries.set(m.id, summary);
    for (const f of m.figures(summary, summaries)) {
      figures.push({ ...f, summary });
      options.progress?.(`${f.title}: ${f.value.toPrecision(3)} ${f.unit}`);
    }
  }
  return figures;
}

/** Whether a figure meets its bar; undefined when it has none. */
export function passes({ target, value }: Figure): boolean | undefined {
  if (target === undefined) return undefined;
  return "atMost" in target ? value <= target.atMost : value >= target.atLeast;
}

function figure(
  id: string,
  title: string,
  unit: string,
  target: Figure["target"],
  value: number,
  wall: number,
): Omit<Figure, "summary"> {
  return { id, title, unit, ...(target === undefined ? {} : { target }), value, wall };
}

function net(s: Summary, baseline: Summary | undefined): { note?: string } {
  return baseline === undefined ? {} : { note: `${(s.cpuMs - baseline.cpuMs).toFixed(1)} ms net of node` };
}

function builtIndex(): string {
  return new URL(`file://${join(vernierFolder(), "dist", "index.js")}`).href;
}

/** Kept between runs: writing it takes longer than everything else. Delete the folder to write it anew. */
function longFile(): string {
  return join(tmpdir(), "vernier-bench", `study-${LONG}.db`);
}

async function makeLong(): Promise<void> {
  const file = longFile();
  if (existsSync(file)) return;
  mkdirSync(join(file, ".."), { recursive: true });
  try {
    await sampleInChild("make-long", file);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}
