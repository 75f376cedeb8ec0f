/**
 * Builds packages/vernier: one bundle per public door (shared chunks split off, so that importing `vernier` reads few files) by
 * esbuild, and the declarations by TypeScript 7.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { CLIENT_BUNDLE } from "../packages/vernier/src/cli/report-client.ts";

const root = join(import.meta.dirname, "..");
const pkg = join(root, "packages/vernier");
const doors = [
  "math",
  "space",
  "core",
  "samplers",
  "schedulers",
  "insight",
  "plot",
  "store",
  "exec",
  "interop",
  "testing",
].map(d => `${d}/index`);

rmSync(join(pkg, "dist"), { recursive: true, force: true });
const shared = {
  bundle: true,
  splitting: true,
  format: "esm",
  target: "node22",
  absWorkingDir: pkg,
  outbase: "src",
  outdir: "dist",
  logLevel: "warning",
} as const;
await build({
  ...shared,
  // Threads and child processes start with files of their own.
  entryPoints: ["index", "cli/main", "exec/isolated/thread-main", "exec/isolated/child-main", ...doors].map(
    e => `src/${e}.ts`,
  ),
  platform: "node",
  // citty is small and on the start path; the others are loaded only by what needs them.
  external: ["yaml", "piscina", "hyparquet", "hyparquet-writer", "typescript", "vitest", "fast-check"],
  chunkNames: "chunks/[name]-[hash]",
});
// The browser door alone, without a trace of node:.
await build({
  ...shared,
  entryPoints: ["src/index.browser.ts"],
  platform: "browser",
  chunkNames: "chunks/browser-[name]-[hash]",
});
// The script inside the pages that `vernier report` writes.
await build({
  ...CLIENT_BUNDLE,
  entryPoints: [join(pkg, "src/plot/report/client/main.ts")],
  outfile: join(pkg, "dist/report/client.js"),
});

const types = spawnSync(
  process.execPath,
  [join(root, "node_modules/ts7/bin/tsc"), "-p", join(pkg, "tsconfig.build.json")],
  { stdio: "inherit" },
);
process.exit(types.status ?? 1);
