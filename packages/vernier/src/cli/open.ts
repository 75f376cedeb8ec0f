/** The storage and the study that a command reads. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Storage, StudyInfo } from "../core/types.ts";
import { VernierError } from "../math/errors.ts";
import { didYouMean, spell } from "../space/spell.ts";
import { usageError } from "./args.ts";
import type { Flags } from "./command.ts";
import { DEFAULT_STORAGE, textOf } from "./flags.ts";
import type { Io } from "./io.ts";

/** The path of `sqlite:path` or of a bare `study.db`; undefined for other storages. */
export const sqlitePath = (url: string, cwd: string): string | undefined => {
  const bare = /\.(db|sqlite|sqlite3)$/i.test(url) && !/^[a-z][a-z0-9+.-]+:/i.test(url) ? url : undefined;
  const path = bare ?? /^sqlite:(.*)$/s.exec(url)?.[1]?.replace(/\?.*$/s, "");
  return path === undefined || path === "" || path.startsWith(":") ? undefined : resolve(cwd, path);
};

/** A storage's URL for people: never with the password it may hold. */
export const shownUrl = (url: string): string => url.replace(/(\/\/[^/:@\s]*):[^@/\s]*@/, "$1:***@");

/** A word as a shell takes it. */
export const shellWord = (text: string): string =>
  /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** What has to be added to the next command so that it finds the same storage. */
export const storageHint = (url: string): string =>
  url === DEFAULT_STORAGE ? "" : ` --storage ${shellWord(shownUrl(url))}`;

/** Makes the default storage's directory, and keeps it out of version control. @throws VernierError E_STORAGE_READONLY */
export const makeDefaultFolder = (io: Io): void => {
  const folder = join(io.cwd, ".vernier");
  try {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(join(folder, ".gitignore"))) writeFileSync(join(folder, ".gitignore"), "*\n");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new VernierError(
      "E_STORAGE_READONLY",
      `the directory ${spell(folder)} cannot be made (${code}). Studies are stored there unless you say otherwise. ` +
        "Run in a directory you may write to, or name a file elsewhere: --storage sqlite:/path/to/study.db",
      { cause },
    );
  }
};

/** Opens for writing. The default storage's directory is made. */
export const openForWriting = async (url: string, io: Io): Promise<Storage> => {
  if (url === DEFAULT_STORAGE) makeDefaultFolder(io);
  const { openStorage } = await import("../store/index.ts");
  return openStorage(url);
};

/** Opens what is there; never makes a file. */
export const openForReading = async (flags: Flags, io: Io): Promise<Storage> => {
  const url = textOf(flags, "storage") ?? DEFAULT_STORAGE;
  const path = sqlitePath(url, io.cwd);
  if (path !== undefined && !existsSync(path))
    throw new VernierError(
      "E_STORAGE_MISSING",
      url === DEFAULT_STORAGE
        ? "there are no studies in this directory (.vernier/vernier.db does not exist). Go to the directory you ran in, name the storage with --storage, or begin with `vernier run`."
        : `there is no file ${spell(path)}. Correct --storage; \`vernier run\` makes a new one.`,
    );
  if (path === undefined && /^(memory:|sqlite::)/.test(url))
    throw new VernierError(
      "E_STORAGE_MISSING",
      `${url} ends with the process that opened it, so there is nothing to read. Name a file: --storage sqlite:study.db`,
    );
  const { openStorage } = await import("../store/index.ts");
  return openStorage(url);
};

/** Flags as if a study named by its position had been given as `--study`. @throws VernierError E_CLI_USAGE */
export const withPlace = (flags: Flags, word: string | undefined): Flags => {
  if (word === undefined) return flags;
  const named = textOf(flags, "study");
  if (named !== undefined && named !== word)
    throw usageError(`the study is ${spell(word)} by its place and ${spell(named)} by --study. Keep one of them.`);
  return { ...flags, study: word };
};

/** The study named by `--study`, or the only one. `deleted`: deleted ones, too. */
export const findStudy = async (
  storage: Storage,
  flags: Flags,
  options: { deleted?: boolean } = {},
): Promise<StudyInfo> => {
  const name = textOf(flags, "study");
  const all = await storage.listStudies(options);
  if (name !== undefined) {
    const found = all.find(info => info.spec.name === name);
    if (found !== undefined) return found;
    const names = all.map(info => info.spec.name);
    if ((await storage.findStudy(name, { deleted: true })) !== undefined)
      throw new VernierError(
        "E_STUDY_DELETED",
        `the study ${spell(name)} is deleted. Nothing is read from or added to a deleted study. ` +
          `Bring it back with: vernier undo ${shellWord(name)}${storageHint(storage.url)}`,
      );
    throw new VernierError(
      "E_STUDY_UNKNOWN",
      `there is no study ${spell(name)} in ${shownUrl(storage.url)}.${didYouMean(name, names)} ` +
        (names.length === 0
          ? "It holds no studies."
          : `It holds ${names.slice(0, 8).join(", ")}; see \`vernier studies\`.`),
    );
  }
  const [only] = all;
  if (only === undefined)
    throw new VernierError(
      "E_STUDY_UNKNOWN",
      `${shownUrl(storage.url)} holds no studies. Begin one with \`vernier run\`.`,
    );
  if (all.length > 1)
    throw new VernierError(
      "E_STUDY_CHOICE",
      `${shownUrl(storage.url)} holds ${all.length} studies: ${all
        .slice(0, 8)
        .map(info => info.spec.name)
        .join(", ")}. Say which: --study ${only.spec.name}`,
    );
  return only;
};

/** Opens, finds the study, does the work, closes. */
export const withStudy = async <T>(
  flags: Flags,
  io: Io,
  work: (storage: Storage, info: StudyInfo) => Promise<T>,
  options: { deleted?: boolean } = {},
): Promise<T> => {
  const storage = await openForReading(flags, io);
  try {
    return await work(storage, await findStudy(storage, flags, options));
  } finally {
    await storage.close();
  }
};
