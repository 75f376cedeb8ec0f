/** Starters run as they stand. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { diagnose } from "../testing/typecheck.ts";
import { json, start } from "./process.fixture.ts";
import type { Result } from "./process.fixture.ts";
import { STARTERS } from "./starters.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vernier-init-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const vernier = (...argv: string[]): Promise<Result> => start(dir, argv).done;
const noPython = spawnSync("python3", ["--version"]).status !== 0;

describe("the TypeScript starter", () => {
  it("is fine by the compiler", () => {
    expect(diagnose(STARTERS["typescript"]?.files["study.ts"] ?? "")).toEqual([]);
  });
});

describe("vernier init", () => {
  it.for(Object.keys(STARTERS))("--for %s writes what runs with the next line", async (kind, { skip }) => {
    skip(kind === "python" && noPython, "python3 is not on the PATH");
    const wrote = await vernier("init", "--for", kind, "--dir", "new study");
    expect(wrote).toMatchObject({ code: 0, stderr: "" });
    const [cd, run] =
      wrote.stdout
        .split("\nNext\n")[1]
        ?.split("\n")
        .map(line => line.trim()) ?? [];
    expect(cd).toBe("cd 'new study'");
    const ran = await start(join(dir, "new study"), [...(run ?? "").split(" ").slice(1), "--trials", "3"]).done;
    expect(ran.stderr).toBe("");
    expect(ran.code).toBe(0);
    // The defaults are tried first, and stand beside the best.
    expect(ran.stdout).toMatch(/\[1\/3\] trial [01] /);
    expect(ran.stdout).toMatch(/best +default\n/);
    const best = json(await start(join(dir, "new study"), ["best", "--json"]).done);
    expect(best["study"]).toMatchObject({ name: "new study" });
    expect(best.best).not.toBeNull();
  });

  it("overwrites only with --force, and names the files", async () => {
    writeFileSync(join(dir, "train.py"), "mine");
    const refused = await vernier("init", "--for", "python");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("E_INIT_EXISTS: train.py exists already. Nothing was written.");
    expect(readFileSync(join(dir, "train.py"), "utf8")).toBe("mine");
    expect(json(await vernier("init", "--for", "python", "--force", "--json"))).toMatchObject({
      vernier: 1,
      command: "init",
      for: "python",
      files: ["study.yaml", "train.py"],
      next: ["vernier run study.yaml", "vernier best"],
    });
    const both = await vernier("init", "--for", "python");
    expect(both.stderr).toContain("study.yaml and train.py exist already");
  });

  it("knows three kinds, and says where it cannot write", async () => {
    const { code, stderr } = await vernier("init", "--for", "pyton");
    expect(stderr).toContain('Did you mean "python"?');
    expect(code).toBe(2);
    writeFileSync(join(dir, "file"), "");
    expect((await vernier("init", "--dir", "file")).stderr).toMatch(
      /E_INIT_FOLDER: nothing can be written to .*file" \(E\w+\)/,
    );
    expect((await vernier("init", "--frce")).stderr).toContain('Did you mean "--force"?');
  });

  it("says when the folder is read-only", async ({ skip }) => {
    skip(process.getuid?.() === 0, "root may write anywhere");
    chmodSync(dir, 0o500);
    const { stderr } = await vernier("init");
    chmodSync(dir, 0o700);
    expect(stderr).toContain("E_INIT_FOLDER");
  });
});
