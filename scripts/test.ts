/**
 * The test command: every check that takes minutes, not tens of minutes, each by name; stops at the first that fails.
 * `npm test` runs all; `npm test -- unit` runs one. Heavier shards are separate: `npm run test:chaos`,
 * `npm run test:browser`.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const bin = (name: string): string => join(root, "node_modules/.bin", name);
/** Run by their own commands: they take longer, or need what a machine may not have. */
const SHARDS = ["chaos", "browser", "interop"];
const steps: Record<string, () => string[]> = {
  format: () => [bin("prettier"), "--check", "--log-level", "warn", "."],
  types: () => [process.execPath, join(root, "node_modules/ts7/bin/tsc"), "-p", "tsconfig.json"],
  // What runs in pages has the DOM's types, and nothing else has.
  "types-pages": () => [process.execPath, join(root, "node_modules/ts7/bin/tsc"), "-p", "tests/browser/tsconfig.json"],
  lint: () => [bin("eslint"), ".", "--max-warnings", "0"],
  imports: () => [
    bin("depcruise"),
    "packages/vernier/src",
    "packages/bench/src",
    "examples",
    "--config",
    ".dependency-cruiser.mjs",
  ],
  build: () => [process.execPath, "scripts/build.ts"],
  package: () => [bin("publint"), "packages/vernier", "--strict"],
  resolution: () => [bin("attw"), "--pack", "packages/vernier", "--profile", "esm-only", "--quiet"],
  api: () => [bin("typedoc"), "--logLevel", "Warn"],
  docs: () => [process.execPath, "scripts/docs.ts"],
  stranger: () => [process.execPath, "scripts/stranger.ts"],
  unit: () => [
    ...[bin("vitest"), "run", ...SHARDS.flatMap(name => ["--exclude", `tests/${name}/**`])],
    ...["--reporter=default", "--reporter=json", "--outputFile.json=out/unit.json"],
  ],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter(name => !(name in steps));
if (unknown.length > 0) {
  console.error(`unknown check ${unknown.join(", ")}; there are ${Object.keys(steps).join(", ")}`);
  process.exit(2);
}
for (const [name, command] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const [file = "", ...args] = command();
  const started = performance.now();
  console.log(`\n== ${name}`);
  const { status } = spawnSync(file, args, { cwd: root, stdio: "inherit" });
  console.log(`== ${name}: ${status === 0 ? "ok" : "FAILED"} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (status !== 0) process.exit(1);
}
