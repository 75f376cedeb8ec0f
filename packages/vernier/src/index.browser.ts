/** The front door in browsers: the same names; storages that need files are not there. */
import { compose } from "./compose.ts";
import { VernierError } from "./core/index.ts";

/** See `CreateStudy`. */
export const { createStudy, openStudy } = compose(url => {
  throw new VernierError(
    "E_STORAGE_UNSUPPORTED",
    `${JSON.stringify(url)} cannot be opened in a browser. Browsers have "memory:" only. Leave storage out, or run in Node.`,
  );
});

export * from "./public.ts";
