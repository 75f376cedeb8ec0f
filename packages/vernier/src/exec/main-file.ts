/** The files that threads and child processes start with. */
import { fileURLToPath } from "node:url";

/**
 * The path of `isolated/<name>`: beside this file in the sources, below exec/ in the bundles. The detour by exec/ holds for both, whether
 * this code ended up in exec/index.js or in a shared chunk one folder beside it.
 */
export function mainFile(name: "thread-main" | "child-main"): string {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return fileURLToPath(new URL(`../exec/isolated/${name}.${extension}`, import.meta.url));
}
