/** How much a page or a program loads: the front doors, minified and gzipped, with what they import at once. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Gzipped bytes of the entry and of everything it imports statically; `all` adds what it may import later. */
const weigh = async (entry: string, platform: "browser" | "node"): Promise<{ first: number; all: number }> => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, "packages/vernier/src", entry)],
    ...{ bundle: true, splitting: true, minify: true, format: "esm", target: "node22", write: false, metafile: true },
    ...{ platform, outdir: join(root, "out/guard"), absWorkingDir: root, conditions: ["source"], logLevel: "silent" },
    external: ["yaml", "piscina", "hyparquet", "hyparquet-writer", "csv-parse", "typescript", "vitest", "fast-check"],
  });
  const size = new Map(outputFiles.map(({ path, contents }) => [path, gzipSync(contents, { level: 9 }).length]));
  const weight = (path: string): number => size.get(join(root, path)) ?? 0;
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: next, kind, external } of metafile.outputs[path]?.imports ?? [])
      if (kind === "import-statement" && external !== true) visit(next);
  };
  const start = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint?.endsWith(entry))?.[0];
  if (start === undefined) throw new Error(`no output for ${entry}`);
  visit(start);
  return {
    first: [...seen].reduce((sum, path) => sum + weight(path), 0),
    all: [...size.values()].reduce((sum, bytes) => sum + bytes, 0),
  };
};

const KIB = 1024;
// Ceilings, a third above what was measured when they were written. A dependency that slips in at the door breaks them at once.
test.each([
  ["index.browser.ts", "browser", 85, 150],
  ["index.ts", "node", 85, 180],
] as const)("%s stays light", async (entry, platform, first, all) => {
  const found = await weigh(entry, platform);
  expect(found.first / KIB).toBeLessThan(first);
  expect(found.all / KIB).toBeLessThan(all);
});
