/**
 * Vernier tunes anything with knobs. This is the front door: spaces, studies, and how to make parts of your own. Samplers, schedulers,
 * storages and executors have doors of their own (`vernier/samplers`, ...).
 *
 * @module
 */
import { compose, type CreateStudy, type OpenStudy } from "./compose.ts";

const doors = compose(async url => (await import("./store/index.ts")).openStorage(url));

/**
 * Makes a study, or resumes the stored one of that name with `ifExists: "resume"`.
 *
 * @throws E_STUDY_EXISTS, E_STUDY_MISMATCH (with the differences), E_STUDY_NAME, E_STUDY_SPACE, E_STUDY_OBJECTIVES, E_STUDY_CONSTRAINTS,
 * E_STUDY_SEED, E_OPTION, E_SPACE_LOCAL, E_STORAGE_*.
 * @example
 * const study = await createStudy({
 *   name: "digits",
 *   space: space({ lr: float(1e-5, 1e-1, { scale: "log" }) }),
 *   objectives: { loss: "minimize" },
 *   storage: "sqlite:study.db",
 * });
 * await study.run(({ lr }) => train(lr), { trials: 100 });
 * console.log(study.best?.params);
 */
export const createStudy: CreateStudy = doors.createStudy;

/**
 * Opens a stored study by its name, without knowing what it searches: to look at it, to ask and tell, to run more trials.
 *
 * @throws E_STUDY_UNKNOWN with the names there are, E_STORAGE_*.
 * @example const study = await openStudy({ storage: "sqlite:study.db", name: "digits" });
 */
export const openStudy: OpenStudy = doors.openStudy;

export * from "./public.ts";
