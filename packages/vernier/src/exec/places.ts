/** The directories and files of trials: a scratch directory for what passes through files, and directories that are kept. */
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { open, readFile, stat, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { VernierError } from "../core/errors.ts";
import type { TrialContext } from "../core/types.ts";
import { spell } from "../space/spell.ts";
import type { TrialPaths } from "./environment.ts";
import { atExit } from "./exit-hook.ts";

/** A result file larger than this is no result. */
const LARGEST_RESULT = 16 << 20;

/** Makes the places of an executor's trials. `root`: where kept directories go; undefined keeps none. */
export class Places {
  readonly #cwd: string;
  readonly #root: string | undefined;
  /** Lives while a trial needs it, so that nothing is left behind even where nobody closes the executor. */
  #scratch: { readonly path: string; readonly forget: () => void } | undefined;
  #users = 0;

  constructor(cwd: string, root: string | undefined) {
    this.#cwd = cwd;
    this.#root = root;
  }

  /**
   * Writes what a trial's program may read: the parameters and the checkpoint.
   *
   * @throws VernierError E_COMMAND_DIRECTORY when a place cannot be written.
   */
  prepare(trial: TrialContext): TrialPaths {
    const kept = this.#root === undefined ? undefined : join(this.#root, String(trial.number));
    const base = kept ?? this.#scratchDirectory();
    const prefix = kept === undefined ? `trial-${trial.number}-${trial.attempt}-` : "";
    const file = (name: string): string => join(base, prefix + name);
    const paths = {
      cwd: this.#cwd,
      dir: kept ?? this.#cwd,
      params: file("params.json"),
      result: file("result.json"),
      checkpoint: trial.resumed === undefined ? undefined : file("checkpoint"),
    };
    // Synchronous, since small files take a tenth of the time so: starting the program blocks for far longer.
    try {
      if (kept !== undefined) {
        mkdirSync(kept, { recursive: true });
        // An earlier attempt's result must not pass for this one's.
        rmSync(paths.result, { force: true });
      }
      writeFileSync(paths.params, `${JSON.stringify(trial.params, undefined, 2)}\n`);
      if (trial.resumed !== undefined) writeFileSync(file("checkpoint"), trial.resumed.checkpoint);
      return paths;
    } catch (error) {
      this.finish(paths);
      throw directoryError(base, error);
    }
  }

  /** Removes what was only passed through, so that a long study does not fill the disk. */
  finish(paths: TrialPaths): void {
    if (this.#root !== undefined) return;
    for (const file of [paths.params, paths.result, paths.checkpoint]) if (file !== undefined) unlinkQuietly(file);
    this.#users--;
    if (this.#users === 0) this.#removeScratch();
  }

  #scratchDirectory(): string {
    try {
      this.#scratch ??= makeScratch();
    } catch (error) {
      throw directoryError(tmpdir(), error);
    }
    this.#users++;
    return this.#scratch.path;
  }

  #removeScratch(): void {
    if (this.#scratch === undefined) return;
    const { path, forget } = this.#scratch;
    try {
      rmdirSync(path);
    } catch {
      // A program left something there.
      removeQuietly(path);
    }
    forget();
    this.#scratch = undefined;
  }
}

function makeScratch(): { path: string; forget: () => void } {
  const path = mkdtempSync(join(tmpdir(), "vernier-"));
  return { path, forget: atExit(() => removeQuietly(path)) };
}

/** Twenty times as fast as removing whatever may be there. */
function unlinkQuietly(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // The program wrote no result.
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The system clears its own temporary directory.
  }
}

function directoryError(directory: string, cause: unknown): VernierError {
  return new VernierError(
    "E_COMMAND_DIRECTORY",
    `the trial's files cannot be written to ${spell(directory, 200)}: ${(cause as Error).message}. Programs read their parameters from there. ` +
      `Make it writable, free some space, or choose another place.`,
    { cause },
  );
}

/** A directory name that no study's name can lead astray. */
export function directoryName(study: string): string {
  const name = study.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^\.+/, "_");
  return name === "" ? "_" : name.slice(0, 100);
}

/** Tells whether a file was written since: its time, size and identity together. */
export async function fileMark(path: string): Promise<string | undefined> {
  try {
    const { mtimeNs, ctimeNs, size, ino } = await stat(path, { bigint: true });
    return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
  } catch {
    return undefined;
  }
}

/** The text of a result file; undefined when there is none.
 * @throws VernierError E_COMMAND_RESULT_FILE when it is no file, cannot be read or is larger than a result can be. */
export async function readResult(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > LARGEST_RESULT) throw new Error(`it has ${size} bytes`);
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new VernierError(
      "E_COMMAND_RESULT_FILE",
      `the result file ${spell(resolve(path), 200)} cannot be read: ${(error as Error).message}. It is a small text file with JSON, lines of ` +
        `names and values, or a number. Correct what the program writes.`,
      { cause: error, details: { kind: "result" } },
    );
  }
}

/** Output that is kept whole, in a file. A full disk ends the keeping, never the trial. */
export class OutputFile {
  #handle: FileHandle | undefined;
  #fault: unknown;

  private constructor(handle: FileHandle | undefined, fault?: unknown) {
    this.#handle = handle;
    this.#fault = fault;
  }

  /** What went wrong, when something did. */
  get fault(): unknown {
    return this.#fault;
  }

  /** Never throws: without its log a trial is still a trial. */
  static async create(path: string): Promise<OutputFile> {
    return open(path, "w").then(
      handle => new OutputFile(handle),
      (error: unknown) => new OutputFile(undefined, error),
    );
  }

  async write(chunk: Buffer): Promise<void> {
    try {
      await this.#handle?.writeFile(chunk);
    } catch (error) {
      this.#fault ??= error;
      await this.close();
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => undefined);
  }
}
