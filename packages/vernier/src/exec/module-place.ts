/** The module of an isolated objective, as users name it. */
import { statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { VernierError } from "../core/errors.ts";
import { spell } from "../space/spell.ts";
import type { ModulePlace } from "./isolated/protocol.ts";

export interface ModuleOptions {
  /** The module of the objective: a path (from `cwd`), or better a URL: `new URL("./objective.ts", import.meta.url)`. */
  readonly module: string | URL;
  /** Name of the export that is the objective. Default: the default export, else the one named `objective`. */
  readonly export?: string;
  /** Where a relative path starts. Default: the current directory. */
  readonly cwd?: string;
}

/** @throws VernierError E_OPTION, E_WORKER_MODULE */
export function modulePlace(what: string, options: ModuleOptions): ModulePlace {
  const { module, export: name, cwd } = options;
  if (name !== undefined && (typeof name !== "string" || name === ""))
    throw new VernierError(
      "E_OPTION",
      `${what} got export ${spell(name)}. It is the name of an export. Write "objective".`,
    );
  const path = pathOf(what, module, cwd);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) {
    const relative = typeof module === "string" && !module.startsWith("file:") && !isAbsolute(module);
    const found = stat === undefined ? `there is no module ${spell(path, 200)}` : `${spell(path, 200)} is a directory`;
    throw new VernierError(
      "E_WORKER_MODULE",
      `${found}. ${what} loads the objective from a file` +
        (relative
          ? `, and a path starts at the current directory. Write new URL(${JSON.stringify(dotted(module))}, import.meta.url) to start at your own file.`
          : `. Correct the path.`),
    );
  }
  return { url: pathToFileURL(path).href, export: name };
}

function pathOf(what: string, module: unknown, cwd: string | undefined): string {
  if (module instanceof URL || (typeof module === "string" && /^[a-z][a-z+.-]+:/i.test(module))) {
    const url = String(module);
    if (url.startsWith("file:")) return fileURLToPath(url);
    throw new VernierError(
      "E_WORKER_MODULE",
      `${what} got the module ${spell(url, 200)}. It loads files only. Save the module, and name its path.`,
    );
  }
  if (typeof module === "string" && module !== "") return resolve(cwd ?? ".", module);
  if (typeof module === "function")
    throw new VernierError(
      "E_WORKER_MODULE",
      `${what} got a function. A function cannot move to another thread or process; a module can. Put it into a file of its own with ` +
        `"export default", and pass module: new URL("./objective.ts", import.meta.url).`,
    );
  throw new VernierError(
    "E_WORKER_MODULE",
    `${what} got the module ${spell(module)}. It is the path or URL of a file. Pass module: new URL("./objective.ts", import.meta.url).`,
  );
}

const dotted = (path: string): string => (path.startsWith(".") ? path : `./${path}`);
