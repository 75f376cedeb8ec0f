/** The study file as it stands, on a small file and for a few trials. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const zstd = spawnSync("zstd", ["--version"]).status === 0 && process.platform === "linux";

describe.skipIf(!zstd)(`zstd by YAML alone${zstd ? "" : " (skipped: zstd is not installed)"}`, () => {
  test("the levels everyone uses come first, and a front comes out", () => {
    const dir = mkdtempSync(join(tmpdir(), "vernier-zstd-"));
    try {
      const main = join(root, "packages/vernier/src/cli/main.ts");
      const { stdout, stderr } = spawnSync(
        process.execPath,
        [
          ...["--conditions=source", main, "run", join(root, "examples/zstd/study.yaml")],
          ...["--trials", "6", "--storage", "sqlite:study.db", "--json"],
        ],
        { cwd: dir, encoding: "utf8", env: { ...process.env, ZSTD_FILE: join(root, "examples/digits/digits.csv") } },
      );
      const { study, front } = JSON.parse(stdout || `{"error": ${JSON.stringify(stderr)}}`) as {
        study: { counts: unknown };
        front: { number: number; metrics: { mb: number; seconds: number } }[];
      };
      expect(study.counts).toMatchObject({ complete: 6, failed: 0 });
      expect(front.length).toBeGreaterThan(0);
      for (const { metrics } of front) {
        expect(metrics.mb).toBeLessThan(0.265);
        expect(metrics.seconds).toBeGreaterThan(0);
      }
      // Level 19 is tried, and nothing in six trials is smaller than its file but by its own means.
      expect(Math.min(...front.map(({ metrics }) => metrics.mb))).toBeLessThan(0.06);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
