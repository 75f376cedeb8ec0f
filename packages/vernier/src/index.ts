/**
 * Vernier tunes anything with knobs. This is the front door: spaces, studies, and how to make parts of your own. Samplers, schedulers,
 * storages and executors have doors of their own (`vernier/samplers`, ...).
 */
import { compose } from "./compose.ts";

/** See `CreateStudy`. */
export const { createStudy, openStudy } = compose(async url => (await import("./store/index.ts")).openStorage(url));

export * from "./public.ts";
