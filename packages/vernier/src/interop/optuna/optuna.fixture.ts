/** Files for the tests of this folder, in a folder that is removed after them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { memoryStorage } from "../../core/memory.ts";
import type { TrialRecord } from "../../core/types.ts";
import { dumpOf } from "../dump.ts";
import type { StudyDump, StudyLog } from "../types.ts";

/** A folder with a way to name files in it. */
export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), "vernier-optuna-"));
  #files = 0;

  fresh(ending: string): string {
    return join(this.path, `${this.#files++}.${ending}`);
  }
  /** What a release of Optuna wrote. */
  recorded(name: string): string {
    const path = join(this.path, name);
    writeFileSync(path, gunzipSync(readFileSync(join(import.meta.dirname, "recorded", `${name}.gz`))));
    return path;
  }
  journal(...lines: string[]): string {
    const path = this.fresh("log");
    writeFileSync(path, lines.map(line => `${line}\n`).join(""));
    return path;
  }
  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Imported into a storage, and read as an exporter does. */
export async function dumped({ spec, events }: StudyLog): Promise<StudyDump> {
  const storage = memoryStorage();
  return dumpOf(storage, (await storage.importStudy(spec, events)).id);
}

export function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length > 1) throw new Error(`${items.length} instead of one`);
  return item;
}

export const states = (trials: readonly TrialRecord[]): string => trials.map(({ state }) => state).join(" ");

// Lines of a journal.
export const CREATE = '{"op_code":0,"worker_id":"w","study_name":"s","directions":[1]}';
export const TRIAL = '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":"2026-01-02T03:04:05.678901+00:00"}';
export const param = (name: string, value: number | string, distribution: string): string =>
  `{"op_code":5,"worker_id":"w","trial_id":0,"param_name":"${name}","param_value_internal":${value},"distribution":${JSON.stringify(distribution)}}`;
export const FLOAT = '{"name":"FloatDistribution","attributes":{"step":null,"low":0,"high":1,"log":false}}';
export const INT = '{"name":"IntDistribution","attributes":{"step":1,"low":0,"high":9,"log":false}}';
export const CHOICE = '{"name":"CategoricalDistribution","attributes":{"choices":["a","b"]}}';
export const END =
  '{"op_code":6,"worker_id":"w","trial_id":0,"state":1,"values":[0.5],"datetime_complete":"2026-01-02T03:04:06.000000+00:00"}';
