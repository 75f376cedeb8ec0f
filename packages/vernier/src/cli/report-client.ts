/**
 * The script inside the report's page. The package holds it bundled beside the build (dist/report/client.js, made by scripts/build.ts). In
 * the repository there may be no build: there the sources are bundled as they are, by the esbuild that the build uses.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** How the client is bundled, by the build and by `clientScript`. */
export const CLIENT_BUNDLE = {
  bundle: true,
  format: "iife",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
} as const;

/** The bundled script as text. */
export const clientScript = async (): Promise<string> => {
  const built = new URL("../report/client.js", import.meta.url);
  if (existsSync(built)) return readFileSync(built, "utf8");
  const entry = fileURLToPath(new URL("../plot/report/client/main.ts", import.meta.url));
  // Not a dependency of the package: the name is kept from bundlers, which would take it in.
  const name: string = ["es", "build"].join("");
  const { build } = (await import(name)) as {
    build: (options: object) => Promise<{ outputFiles: readonly { readonly text: string }[] }>;
  };
  const { outputFiles } = await build({ ...CLIENT_BUNDLE, entryPoints: [entry], write: false });
  return outputFiles[0]?.text ?? "";
};
