/** Folders in which blocks run: empty but for the built package, with the repository's own `vernier`, `npx` and `node` first on the path. */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export const root = join(import.meta.dirname, "../..");
const TIMEOUT = 90_000;

export const has = (program: string): boolean =>
  spawnSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" }).status === 0;

/** A base folder whose sub-folders find the package as an installed one. */
export const makeBase = (): { dir: string; bin: string } => {
  const dir = mkdtempSync(join(tmpdir(), "vernier-docs-"));
  const bin = join(dir, "bin");
  mkdirSync(bin);
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
  const program = (name: string, body: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const vernier = `"${process.execPath}" "${join(root, "packages/vernier/bin/vernier.js")}"`;
  program("vernier", `exec ${vernier} "$@"`);
  program("node", `exec "${process.execPath}" "$@"`);
  // What npx would find in node_modules/.bin, without its half second.
  program(
    "npx",
    `[ "$1" = vernier ] || { echo "a page may only npx vernier, not $1" >&2; exit 2; }\nshift\nexec ${vernier} "$@"`,
  );
  return { dir, bin };
};

/** A new folder; `examples` is the repository's. */
export const makeFolder = (base: string): string => {
  const dir = mkdtempSync(join(base, "page-"));
  writeFileSync(join(dir, "package.json"), '{ "private": true, "type": "module" }\n');
  for (const name of ["examples", "packages"]) symlinkSync(join(root, name), join(dir, name));
  return dir;
};

export interface Ran {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a program to its end, or kills it with all that it started. */
export const runIn = (cwd: string, bin: string, file: string, args: readonly string[]): Promise<Ran> =>
  new Promise(done => {
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`, CI: "1", NO_COLOR: "1" };
    const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let output = "";
    const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-6000));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const timer = setTimeout(() => {
      output += `\n(stopped after ${TIMEOUT / 1000} s)`;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, TIMEOUT);
    child.on("error", error => {
      output += String(error);
    });
    child.on("close", code => {
      clearTimeout(timer);
      done({ ok: code === 0, output });
    });
  });
