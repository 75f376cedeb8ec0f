/** Samplers and schedulers by their names, as flags and data files spell them. */
import type { Json, Sampler, Scheduler } from "../core/types.ts";

/** @throws VernierError E_SAMPLER_UNKNOWN, E_OPTION */
export const samplerNamed = async (name: string, options?: Json): Promise<Sampler> =>
  (await import("../samplers/index.ts")).samplerByName(name, options);

/** @throws VernierError E_SCHEDULER_UNKNOWN, E_OPTION */
export const schedulerNamed = async (name: string, options?: Json): Promise<Scheduler> =>
  (await import("../schedulers/index.ts")).schedulerByName(name, options);
