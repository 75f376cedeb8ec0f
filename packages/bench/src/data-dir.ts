import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of data sets that are measured against but not redistributed; undefined when it is not there. */
export function dataDir(override?: string): string | undefined {
  const folder = override ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
  return existsSync(folder) ? folder : undefined;
}

/** The folder of one data set below `dataDir`, or undefined. */
export function dataSet(name: string, override?: string): string | undefined {
  const root = dataDir(override);
  if (root === undefined) return undefined;
  const folder = join(root, name);
  return existsSync(folder) ? folder : undefined;
}
