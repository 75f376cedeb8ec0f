/** The doors that are safe in browsers: they bundle without a trace of Node, stay small, and suggest there what they suggest in Node. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, launch, SKIPPED } from "./chromium.ts";
import { elementaryBits, suggestions } from "./suggest.ts";

const here = import.meta.dirname;
const src = join(here, "../../packages/vernier/src");
const BROWSER = {
  bundle: true,
  platform: "browser",
  format: "esm",
  target: "es2022",
  conditions: ["source"],
  write: false,
  minify: true,
  logLevel: "silent",
} as const satisfies BuildOptions;
const SAFE = ["math", "space", "core", "samplers", "schedulers", "insight", "plot"];

describe("bundles for the browser", () => {
  for (const door of ["vernier", ...SAFE.map(name => `vernier/${name}`)]) {
    test(`${door}: nothing of node:`, async () => {
      const { outputFiles, metafile } = await build({
        ...BROWSER,
        stdin: { contents: `export * from "${door}"`, resolveDir: here },
        metafile: true,
      });
      const text = outputFiles[0]?.text ?? "";
      expect(text).not.toMatch(/from\s*"node:|import\("node:|require\("/);
      expect(
        Object.values(metafile.inputs).flatMap(input => input.imports.filter(({ external }) => external === true)),
      ).toEqual([]);
    });
  }

  /** gzipped kilobytes; a new feature may raise a limit, an accident may not. */
  const LIMITS = { initial: 75, whole: 140 };
  test(`the front door: at most ${LIMITS.initial} kB gzipped before anything is used, ${LIMITS.whole} kB with all its parts`, async () => {
    const { outputFiles, metafile } = await build({
      ...BROWSER,
      entryPoints: [join(src, "index.browser.ts")],
      splitting: true,
      outdir: "/out",
      metafile: true,
    });
    const sizes = new Map(
      outputFiles.map(({ path, contents }) => [
        path.slice(path.lastIndexOf("/") + 1),
        gzipSync(contents, { level: 9 }).length,
      ]),
    );
    const outputs = new Map(
      Object.entries(metafile.outputs).map(([path, output]) => [path.slice(path.lastIndexOf("/") + 1), output]),
    );
    const initial = new Set<string>();
    const visit = (name: string): void => {
      if (initial.has(name)) return;
      initial.add(name);
      for (const { path, kind } of outputs.get(name)?.imports ?? [])
        if (kind === "import-statement") visit(path.slice(path.lastIndexOf("/") + 1));
    };
    visit("index.browser.js");
    const kB = (names: Iterable<string>): number =>
      [...names].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0) / 1000;
    const found = { initial: kB(initial), whole: kB(sizes.keys()) };
    console.log(
      `front door in browsers: ${found.initial.toFixed(1)} kB gzipped at import, ${found.whole.toFixed(1)} kB whole`,
    );
    expect(found.initial).toBeGreaterThan(5);
    expect(found.initial).toBeLessThan(LIMITS.initial);
    expect(found.whole).toBeLessThan(LIMITS.whole);
  });
});

describe.skipIf(CHROMIUM === undefined)(`studies in a page${SKIPPED}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test("the first 50 suggestions of every sampler, from the same seed, are those of Node to the last bit", async () => {
    const { outputFiles } = await build({
      ...BROWSER,
      entryPoints: [join(here, "suggest.ts")],
      format: "iife",
      globalName: "suggest",
    });
    const page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0]?.text ?? "" });
    const bits = await page.evaluate(() =>
      (window as unknown as { suggest: { elementaryBits(): number } }).suggest.elementaryBits(),
    );
    expect(bits).toBe(elementaryBits());
    for (const sampler of ["tpe", "random", "sobol", "nsga2", "cmaes"] as const) {
      const there = await page.evaluate(
        name => (window as unknown as { suggest: { suggestions: typeof suggestions } }).suggest.suggestions(name),
        sampler,
      );
      const here = await suggestions(sampler);
      expect(here).toHaveLength(50);
      expect(new Set(here).size).toBe(50);
      expect(there, sampler).toEqual(here);
    }
    await page.close();
  });

  test("a file storage is refused there with the way out", async () => {
    const { outputFiles } = await build({
      ...BROWSER,
      entryPoints: [join(here, "suggest.ts")],
      format: "iife",
      globalName: "suggest",
    });
    const page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0]?.text ?? "" });
    const message = await page.evaluate(() =>
      (window as unknown as { suggest: { refused(): Promise<string> } }).suggest.refused(),
    );
    expect(message).toContain('Browsers have "memory:" only');
    await page.close();
  });
});

test("the package says which entry browsers get", () => {
  const { exports } = JSON.parse(readFileSync(join(src, "../package.json"), "utf8")) as {
    exports: Record<string, { browser?: { default: string } }>;
  };
  expect(exports["."]?.browser?.default).toBe("./dist/index.browser.js");
});
