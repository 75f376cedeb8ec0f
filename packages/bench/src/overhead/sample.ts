/** One run of one measurement. CPU is user + system of the process. */
export interface Sample {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Largest resident set, MB, where the measurement looks at memory. */
  readonly rssMb?: number;
}

/** CPU and wall time of `work`, per `count`. */
export async function measure(count: number, work: () => Promise<void>): Promise<Sample> {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  await work();
  const wallMs = performance.now() - wall;
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000 / count, wallMs: wallMs / count };
}

/** Minimum CPU over the runs, median wall beside it; the largest memory. */
export interface Summary {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly rssMb?: number;
  readonly runs: number;
}

export function summarise(samples: readonly Sample[]): Summary {
  const wall = samples.map(s => s.wallMs).sort((a, b) => a - b);
  const middle = ((wall[(wall.length - 1) >> 1] ?? NaN) + (wall[wall.length >> 1] ?? NaN)) / 2;
  const memory = samples.flatMap(s => (s.rssMb === undefined ? [] : [s.rssMb]));
  return {
    cpuMs: Math.min(...samples.map(s => s.cpuMs)),
    wallMs: middle,
    ...(memory.length === 0 ? {} : { rssMb: Math.max(...memory) }),
    runs: samples.length,
  };
}
