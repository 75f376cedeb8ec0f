/** Bundles the page into one self-contained file, dist/index.html: `node build.ts`. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** The page as text. */
export async function pageText(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "page.ts")],
    bundle: true,
    format: "esm",
    platform: "browser",
    // In this repository the sources; where vernier is installed, its build.
    conditions: ["source"],
    target: "es2022",
    minify: true,
    write: false,
    logLevel: "warning",
  });
  const script = (outputFiles[0]?.text ?? "").replaceAll("</script", "<\\/script");
  const template = readFileSync(join(import.meta.dirname, "page.html"), "utf8");
  // The policy lets in this script alone; the hash is that of every character between the tags.
  const [before = "", after = ""] = template.split("%SCRIPT%");
  const inside = `${before.slice(before.lastIndexOf(">") + 1)}${script}${after.slice(0, after.indexOf("</script>"))}`;
  const hash = `sha256-${createHash("sha256").update(inside).digest("base64")}`;
  return `${before.replace("%HASH%", hash)}${script}${after}`;
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, "dist");
  mkdirSync(folder, { recursive: true });
  const text = await pageText();
  writeFileSync(join(folder, "index.html"), text);
  console.log(`dist/index.html: ${Math.ceil(text.length / 1000)} kB. Open it in a browser; it needs no server.`);
}
