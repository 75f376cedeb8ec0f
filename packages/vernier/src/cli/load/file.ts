/** `vernier run FILE`: finds out what kind of study file it is, and loads it. */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { VernierError } from "../../math/errors.ts";
import { spell } from "../../space/spell.ts";
import { checkStudy } from "./check.ts";
import { parseData } from "./data.ts";
import { MOST_BYTES, tooLarge } from "./decode.ts";
import type { LoadedStudy } from "./loaded.ts";
import { loadModule } from "./module.ts";
import { wholeFile } from "./place.ts";

const PROGRAMS = [".ts", ".mts", ".js", ".mjs"];
const DATA = [".yaml", ".yml", ".json"];

/** "digits" for digits.ts and digits.study.yaml; the folder's name for study.ts. */
export const defaultName = (path: string): string => {
  const name = basename(path).replace(/(\.study)?\.[^.]+$/, "");
  return (name === "study" || name === "index" ? basename(resolve(path, "..")) : name) || "study";
};

const missing = (file: string, cause: NodeJS.ErrnoException): VernierError =>
  new VernierError(
    cause.code === "ENOENT" ? "E_STUDY_FILE_MISSING" : "E_STUDY_FILE_READ",
    cause.code === "ENOENT"
      ? `there is no study file ${spell(file)}. Correct the path, or write the study as one line: vernier run --help`
      : `the study file ${spell(file)} cannot be read (${cause.code ?? cause.message}). Check its rights.`,
    { cause },
  );

const describeExports = (names: readonly string[]): string =>
  names.length === 0 ? "It exports nothing." : `It exports ${names.slice(0, 6).join(", ")}, but no default.`;

/** @throws VernierError E_STUDY_FILE_* */
export const loadStudyFile = async (file: string, cwd: string): Promise<LoadedStudy> => {
  const path = resolve(cwd, file);
  const kind = extname(path).toLowerCase();
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw missing(file, error);
  });
  if (found.isDirectory())
    throw new VernierError("E_STUDY_FILE_KIND", `${spell(file)} is a directory. Name a study file in it.`);
  const name = defaultName(path);
  const directory = dirname(path);
  if (DATA.includes(kind)) {
    if (found.size > MOST_BYTES) throw tooLarge(file, found.size);
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      throw missing(file, error);
    });
    const data = parseData(file, bytes);
    if (typeof data.value !== "object" || data.value === null || Array.isArray(data.value))
      throw new VernierError(
        "E_STUDY_FILE_EXPORT",
        `${file} holds ${data.value === null ? "nothing" : "no study"}. It needs the keys space, objectives and command.`,
      );
    return checkStudy(data.value, { file, directory, place: data.place, data: true, name });
  }
  if (!PROGRAMS.includes(kind))
    throw new VernierError(
      "E_STUDY_FILE_KIND",
      `${spell(file)} is no kind of study file. Study files end in ${[...PROGRAMS, ...DATA].join(", ")}; to tune a program write it after \`--\`: ` +
        "vernier run --space ... --minimize loss -- python train.py --lr {lr}",
    );
  const exports = await loadModule(path, cwd);
  const study: unknown = await exports["default"];
  if (typeof study !== "object" || study === null) {
    const names = Object.keys(exports).filter(key => key !== "default" && key !== "module.exports");
    throw new VernierError(
      "E_STUDY_FILE_EXPORT",
      `${file} exports no study. ${"default" in exports ? `Its default export is ${spell(study)}.` : describeExports(names)} ` +
        "End it with: export default defineStudy({ space, objectives, objective })",
    );
  }
  if (typeof (study as { ask?: unknown }).ask === "function")
    throw new VernierError(
      "E_STUDY_FILE_EXPORT",
      `${file} exports a study that is already open. A study file only describes one: replace createStudy({ ... }) by defineStudy({ ... }), ` +
        "or run the file itself with node.",
    );
  return { ...(await checkStudy(study, { file, directory, place: wholeFile(file), data: false, name })), path };
};
