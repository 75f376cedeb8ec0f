/**
 * Where the parts meet: storage URLs, the default sampler and scheduler, and the parts that stored studies name. All of it by dynamic
 * import, so that importing `vernier` costs next to nothing.
 */
import { createEngine, memoryStorage, VernierError, type Engine, type OpenOptions } from "./core/index.ts";
import type { Constraints, Objectives, ParamsOf, Storage, Study, StudyOptions } from "./core/index.ts";
import type { Params } from "./space/index.ts";

/** A storage URL ("memory:", "sqlite:study.db"), or a storage that is open already and stays so when the study is closed. */
export interface StorageOption {
  /** Default "memory:": nothing outlives the process. */
  storage?: string | Storage;
}

type OpenUrl = (url: string) => Storage | Promise<Storage>;

/** The type of `createStudy`. */
export type CreateStudy = <S, const O extends Objectives, const C extends Constraints = Record<never, never>>(
  options: StudyOptions<S, O, C> & StorageOption,
) => Promise<Study<ParamsOf<S>, (keyof O | keyof C) & string, keyof O & string>>;

/** The type of `openStudy`. */
export type OpenStudy = (options: OpenOptions & StorageOption) => Promise<Study<Params, string, string>>;

/** The front doors over one way to open URLs. */
export function compose(openUrl: OpenUrl): { createStudy: CreateStudy; openStudy: OpenStudy } {
  return {
    createStudy: ({ storage, ...options }) => within(openUrl, storage, engine => engine.create(options as never)),
    openStudy: ({ storage, ...options }) => within(openUrl, storage, engine => engine.open(options)),
  };
}

async function within<T>(openUrl: OpenUrl, storage: unknown, work: (engine: Engine) => Promise<T>): Promise<T> {
  const given = isStorage(storage);
  const opened = given
    ? storage
    : storage === undefined || storage === "memory:"
      ? memoryStorage()
      : await openUrl(checkedUrl(storage));
  try {
    return await work(createEngine({ ...DEFAULTS, storage: opened, ownsStorage: !given }));
  } catch (error) {
    if (!given) await opened.close();
    throw error;
  }
}

const DEFAULTS = {
  sampler: async () => (await import("./samplers/index.ts")).auto(),
  scheduler: async () => (await import("./schedulers/index.ts")).none(),
  parts: {
    sampler: async ({ name, options }: { name: string; options?: never }) =>
      (await import("./samplers/index.ts")).samplerByName(name, options),
    scheduler: async ({ name, options }: { name: string; options?: never }) =>
      (await import("./schedulers/index.ts")).schedulerByName(name, options),
  },
} as const;

function isStorage(storage: unknown): storage is Storage {
  return typeof storage === "object" && storage !== null && typeof (storage as Storage).execute === "function";
}

function checkedUrl(storage: unknown): string {
  if (typeof storage === "string") return storage;
  throw new VernierError(
    "E_OPTION",
    `storage is ${String(storage)}. It must be a URL or an open storage. Write storage: "sqlite:study.db", or "memory:".`,
  );
}
