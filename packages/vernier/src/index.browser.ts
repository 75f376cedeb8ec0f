/** The front door in browsers: the same names; storages that need files are not there. */
import { compose, type CreateStudy, type OpenStudy } from "./compose.ts";
import { VernierError } from "./core/index.ts";

const doors = compose(url => {
  throw new VernierError(
    "E_STORAGE_UNSUPPORTED",
    `${JSON.stringify(url)} cannot be opened in a browser. Browsers have "memory:" only. Leave storage out, or run in Node.`,
  );
});

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
 * });
 * await study.run(({ lr }) => train(lr), { trials: 100 });
 * console.log(study.best?.params);
 */
export const createStudy: CreateStudy = doors.createStudy;

/**
 * Opens a stored study by its name, without knowing what it searches: to look at it, to ask and tell, to run more trials.
 *
 * @throws E_STUDY_UNKNOWN with the names there are, E_STORAGE_*.
 * @example const study = await openStudy({ storage: shared, name: "digits" });
 */
export const openStudy: OpenStudy = doors.openStudy;

export * from "./public.ts";
