/** The study file as it stands, with a short day and a few trials. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const main = join(root, "packages/vernier/src/cli/main.ts");
// The study runs "node": the one that runs this test.
const env = {
  ...process.env,
  BENCH_ORDERS: "10",
  BENCH_REPEAT: "1",
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
};

test("SQLite as it comes is tried first, and every trial keeps all sales", () => {
  const dir = mkdtempSync(join(tmpdir(), "vernier-pragmas-"));
  try {
    symlinkSync(join(root, "examples"), join(dir, "examples"));
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        ...["--conditions=source", main, "run", "examples/sqlite-pragmas/study.yaml"],
        ...["--trials", "4", "--storage", "sqlite:study.db", "--json"],
      ],
      { cwd: dir, encoding: "utf8", env },
    );
    const { study, best, defaults } = JSON.parse(stdout || `{"error": ${JSON.stringify(stderr)}}`) as {
      study: { counts: unknown };
      best: { metrics: { ms: number; memory_mb: number } };
      defaults: object;
    };
    expect(study.counts).toMatchObject({ complete: 4, failed: 0 });
    expect(best.metrics.ms).toBeGreaterThan(0);
    expect(best.metrics.memory_mb).toBeLessThan(120);
    expect(defaults).toMatchObject({ journal: { kind: "delete" }, page_size: 4096, cache_mb: 2 });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test("a pragma that is no word is refused", () => {
  const bench = join(root, "examples/sqlite-pragmas/bench.ts");
  const { status, stderr } = spawnSync(process.execPath, [bench, "--journal=wal; DROP TABLE x"], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain("--journal is wal; DROP TABLE x");
});
