/** Studies on an open storage, made or opened through the library's front door. */
import type { Storage, TrialRecord } from "../core/types.ts";
import type { Study } from "../core/study-types.ts";
import { VernierError } from "../math/errors.ts";
import type { Params } from "../space/types.ts";
import { isVernierError } from "./errors.ts";
import type { LoadedStudy } from "./load/loaded.ts";

/** A study whose parameters and metrics are known only at run time. */
export type AnyStudy = Study<Params, string, string>;

/** Makes the study, or resumes the stored one of this name. @throws VernierError E_STUDY_MISMATCH and what createStudy throws */
export const createOrResume = async (loaded: LoadedStudy, storage: Storage): Promise<AnyStudy> => {
  const { name, space, objectives, constraints, sampler, scheduler, seed } = loaded;
  const { createStudy } = await import("../index.ts");
  // The types of parameters and metrics are inferred from literals; here everything is known only at run time.
  const create = createStudy as (options: unknown) => Promise<unknown>;
  const options = { name, space, objectives, constraints, sampler, scheduler, seed };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  try {
    return (await create({ ...given, storage, ifExists: "resume" })) as AnyStudy;
  } catch (error) {
    if (!isVernierError(error) || error.code !== "E_STUDY_MISMATCH") throw error;
    throw new VernierError(error.code, `${error.message}\nOn the command line: --name NAME begins another study.`, {
      cause: error,
      ...(error.details !== undefined && { details: error.details }),
    });
  }
};

/** Opens a stored study. */
export const openStored = async (name: string, storage: Storage): Promise<AnyStudy> =>
  (await import("../index.ts")).openStudy({ name, storage });

/** What the study's cache holds, without its types. */
export const recordsOf = (study: AnyStudy): readonly TrialRecord[] => study.trials as readonly TrialRecord[];
