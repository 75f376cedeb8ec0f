import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStudy } from "../../index.ts";
import { choice, float, space } from "../../space/index.ts";
import { fakeIo } from "../fixtures.ts";
import { program } from "../program.ts";

let dir = "";
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "vernier-report-"));
  const study = await createStudy({
    name: "digits",
    space: space({ lr: float(1e-4, 1, { scale: "log" }), act: choice(["relu", "</script>"]) }),
    objectives: { loss: "minimize" },
    storage: `sqlite:${join(dir, "study.db")}`,
    seed: 1,
  });
  await study.run(({ lr }) => Math.log10(lr) ** 2, { trials: 12 });
  await study.annotate({ note: "a note with <b>markup</b>" });
  await study.close();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const run = async (...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = fakeIo({ cwd: dir });
  const code = await program(["report", ...argv, "--storage", `sqlite:${join(dir, "study.db")}`], io);
  return { code, stdout: io.stdout(), stderr: io.stderr() };
};

test("writes one file that lets in its own script, and replaces an older one", async () => {
  writeFileSync(join(dir, "report.html"), "old");
  const { code, stdout, stderr } = await run();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^report\.html: 12 trials of digits, \d+ kB\n$/);
  const html = readFileSync(join(dir, "report.html"), "utf8");
  expect(html).toContain("a note with &lt;b&gt;markup");
  const script = /<script>([\s\S]*)<\/script>/.exec(html)?.[1] ?? "";
  expect(script.length).toBeGreaterThan(10_000);
  expect(script).not.toMatch(/<\/script|<!--/);
  expect(html).toContain(`sha256-${createHash("sha256").update(script).digest("base64")}`);
  expect(readdirSync(dir).filter(name => name.includes(".tmp"))).toEqual([]);
});

test("names the study by its place, and makes folders", async () => {
  expect((await run("digits", "--out", "deep/down/r.html")).code).toBe(0);
  expect(existsSync(join(dir, "deep/down/r.html"))).toBe(true);
  expect((await run("digit")).stderr).toContain('Did you mean "digits"?');
});

test("--json prints the data and writes only with --out", async () => {
  rmSync(join(dir, "report.html"), { force: true });
  const { code, stdout } = await run("--json");
  const document = JSON.parse(stdout) as {
    command: string;
    out: null;
    data: { numbers: number[]; parameters: { name: string }[] };
  };
  expect({ code, command: document.command, out: document.out }).toEqual({ code: 0, command: "report", out: null });
  expect(document.data.numbers).toHaveLength(12);
  expect(document.data.parameters.map(({ name }) => name).sort()).toEqual(["act", "lr"]);
  expect(existsSync(join(dir, "report.html"))).toBe(false);
});

test("a place that cannot be written is told with the way out", async () => {
  mkdirSync(join(dir, "folder.html"), { recursive: true });
  const { code, stderr } = await run("--out", "folder.html");
  expect(code).toBe(2);
  expect(stderr.replace(dir, "DIR")).toMatchInlineSnapshot(`
    "error E_REPORT_WRITE: "DIR/folder.html" cannot be written (EISDIR). The report is one file in a folder you may write to. Name another one: --out PATH.html
    "
  `);
});
