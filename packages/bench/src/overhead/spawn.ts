import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { VernierError } from "vernier";
import type { Sample } from "./sample.ts";

const run = promisify(execFile);
/** Inside the package, so that it finds `vernier` as an installed program would. */
const CHILD = fileURLToPath(new URL("../../dist/overhead-child.js", import.meta.url));

/**
 * Compiles child.ts and what it imports of this package; `vernier` itself stays outside and is found by its build. Types are stripped here
 * and not in the measured process, where that would cost time and memory that no user of the build pays. Returns a warning when the
 * build is older than the sources.
 *
 * @throws VernierError E_BENCH_BUILD when vernier is not built.
 */
export async function prepareChildren(): Promise<string | undefined> {
  const folder = vernierFolder();
  const built = statSync(join(folder, "dist", "index.js"), { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) {
    throw new VernierError(
      "E_BENCH_BUILD",
      "vernier is not built. Overhead is measured on the build. Run: npm run build",
    );
  }
  const { build } = await import("esbuild");
  const entry = fileURLToPath(new URL("child.ts", import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: CHILD,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
  });

  const newer = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
    .filter(file => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .find(file => statSync(join(folder, "src", file)).mtimeMs > built);
  return newer && `The build is older than src/${newer}: these are figures of yesterday's code. Run: npm run build`;
}

/** One measurement of measures.ts in a fresh process. */
export async function sampleInChild(name: string, file = ""): Promise<Sample> {
  const { stdout } = await run(process.execPath, [CHILD, name, file]);
  return JSON.parse(stdout) as Sample;
}

/** `workers` processes on one file, started together: wall time until the last is done, CPU of all. */
export async function sampleWorkers(workers: number): Promise<Sample> {
  const folder = mkdtempSync(join(tmpdir(), "vernier-bench-"));
  try {
    const file = join(folder, "study.db");
    const children = Array.from({ length: workers }, () => worker(file));
    await Promise.all(children.map(c => c.ready));
    const start = performance.now();
    for (const c of children) c.start();
    const samples = await Promise.all(children.map(c => c.sample));
    return { cpuMs: samples.reduce((sum, s) => sum + s.cpuMs, 0), wallMs: performance.now() - start };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function worker(file: string): { ready: Promise<undefined>; start: () => void; sample: Promise<Sample> } {
  const child = spawn(process.execPath, [CHILD, "sqlite-worker", file], { stdio: ["pipe", "pipe", "inherit"] });
  const ready = Promise.withResolvers<undefined>();
  const sample = Promise.withResolvers<Sample>();
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    if (text.startsWith("ready\n")) ready.resolve(undefined);
  });
  child.on("close", code => {
    const failure = new VernierError(
      "E_BENCH_CHILD",
      `A worker process ended with exit code ${code}. It should end with 0. Its own message stands above.`,
    );
    ready.reject(failure);
    if (code === 0) sample.resolve(JSON.parse(text.slice("ready\n".length)) as Sample);
    else sample.reject(failure);
  });
  return { ready: ready.promise, start: () => child.stdin.end("go\n"), sample: sample.promise };
}

/** Writes the process's CPU time to descriptor 3 at exit; loaded before the program that is measured. */
const PROBE = `
const { writeSync } = require("node:fs");
process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, String(user + system));
});
`;

/** CPU and wall time of a whole `node ARGS` process, its own start included. */
export async function sampleProcess(args: readonly string[]): Promise<Sample> {
  const folder = mkdtempSync(join(tmpdir(), "vernier-bench-"));
  try {
    const probe = join(folder, "probe.cjs");
    writeFileSync(probe, PROBE);
    const start = performance.now();
    const child = spawn(process.execPath, ["--require", probe, ...args], {
      stdio: ["ignore", "ignore", "inherit", "pipe"],
    });
    let text = "";
    child.stdio[3]?.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const code = await new Promise(resolve => child.on("close", resolve));
    if (code !== 0) {
      throw new VernierError(
        "E_BENCH_CHILD",
        `node ${args.join(" ")} ended with exit code ${String(code)}. It should end with 0. Run it by hand.`,
      );
    }
    return { cpuMs: Number(text) / 1000, wallMs: performance.now() - start };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The built package's folder, as an installed one would be found. */
export function vernierFolder(): string {
  return dirname(createRequire(import.meta.url).resolve("vernier/package.json"));
}
