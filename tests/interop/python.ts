/** The Pythons with Optuna that this machine has, and running the scripts beside this file with them. */
import { execFile, execFileSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

export interface OptunaPython {
  readonly python: string;
  /** "5.0.0" */
  readonly version: string;
}

/** VERNIER_OPTUNA_PYTHON names interpreters, parted as PATH is; without it, python3 is tried. */
export function optunaPythons(): readonly OptunaPython[] {
  const named = process.env["VERNIER_OPTUNA_PYTHON"]?.split(delimiter).filter(name => name !== "");
  return (named ?? ["python3"]).flatMap(python => {
    try {
      const version = execFileSync(python, ["-c", "import optuna; print(optuna.__version__)"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      return [{ python, version: version.trim() }];
    } catch (error) {
      if (named === undefined) return [];
      throw new Error(`VERNIER_OPTUNA_PYTHON names ${python}, which cannot import optuna`, { cause: error });
    }
  });
}

export const SKIPPED =
  "no Optuna found: python3 cannot import optuna, and VERNIER_OPTUNA_PYTHON names no interpreter that can";

/** Runs a script beside this file; what it printed. */
export async function runScript({ python }: OptunaPython, script: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, script), ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], TZ: process.env["TZ"] },
  });
  return stdout;
}

/** A study as `optuna_read.py show` prints it. */
export interface Shown {
  readonly name: string;
  readonly directions: readonly string[];
  readonly user: Readonly<Record<string, unknown>>;
  readonly system: Readonly<Record<string, unknown>>;
  readonly trials: readonly ShownTrial[];
}
export interface ShownTrial {
  readonly number: number;
  readonly state: string;
  readonly params: Readonly<Record<string, string>>;
  readonly distributions: Readonly<Record<string, string>>;
  readonly values: readonly unknown[] | null;
  readonly intermediate: Readonly<Record<string, unknown>>;
  readonly user: Readonly<Record<string, unknown>>;
  readonly system: Readonly<Record<string, unknown>>;
  readonly start: number | null;
  readonly complete: number | null;
}

export const show = async (optuna: OptunaPython, file: string): Promise<readonly Shown[]> =>
  JSON.parse(await runScript(optuna, "optuna_read.py", "show", file)) as readonly Shown[];
