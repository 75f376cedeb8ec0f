import { createStudy, type Sampler } from "vernier";
import { auto, random, sobol, tpe } from "vernier/samplers";
import { tableSpace } from "./encoding.ts";
import { CHECKPOINTS, meanCurve, regretCurve, type Regret } from "./regret.ts";
import { rowOf, type Table } from "./table.ts";

export const SAMPLERS: Readonly<Record<string, () => Sampler>> = {
  random: () => random(),
  sobol: () => sobol(),
  tpe: () => tpe(),
  auto: () => auto(),
};

export interface TablesOptions {
  readonly samplers: readonly string[];
  readonly seeds: number;
  readonly progress?: (line: string) => void;
}

/** Runs every sampler on every table for 100 trials a seed, through the same calls a user makes. */
export async function runTables(tables: readonly Table[], options: TablesOptions): Promise<Regret> {
  const regret: Regret = {};
  for (const name of options.samplers) {
    const make = SAMPLERS[name];
    if (make === undefined) continue;
    const byTable: Record<string, number[][]> = {};
    regret[name] = byTable;
    for (const table of tables) {
      const curves: number[][] = [];
      for (let seed = 0; seed < options.seeds; seed++) curves.push(await runOne(table, make(), seed));
      byTable[table.id] = curves;
      options.progress?.(
        `${table.id.padEnd(28)} ${name.padEnd(7)} ${meanCurve(curves)
          .map(r => r.toFixed(4))
          .join("  ")}`,
      );
    }
  }
  return regret;
}

async function runOne(table: Table, sampler: Sampler, seed: number): Promise<number[]> {
  const study = await createStudy({
    name: table.id,
    space: tableSpace(table),
    objectives: { value: table.direction },
    sampler,
    storage: "memory:",
    seed,
  });
  const values: number[] = [];
  const trials = Math.max(...CHECKPOINTS);
  for (let i = 0; i < trials; i++) {
    const trial = await study.ask();
    const value = table.means[rowOf(table, trial.params)] ?? NaN;
    values.push(value);
    await trial.tell({ value });
  }
  await study.close();
  return regretCurve(table, values);
}
