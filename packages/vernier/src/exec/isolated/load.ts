/** Loads an objective where it is going to run: the module is imported there and nowhere else. */
import { fileURLToPath } from "node:url";
import { VernierError } from "../../core/errors.ts";
import { didYouMean, spell, spellList } from "../../space/spell.ts";
import type { Outcome, Params, TrialContext } from "../../core/types.ts";
import { lendVernier } from "../lend.ts";
import type { ModulePlace } from "./protocol.ts";

export type Objective = (params: Params, trial: TrialContext) => Outcome | Promise<Outcome>;

/** @throws VernierError E_WORKER_LOAD, E_WORKER_EXPORT */
export async function loadObjective(place: ModulePlace): Promise<Objective> {
  // For the whole life of the thread or process: an objective may import more while it runs.
  lendVernier();
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = (await import(place.url)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw loadError(place.url, error);
  }
  return objectiveOf(exports, place);
}

/** The export asked for; else the default one, or the one named `objective`. A study of `defineStudy` stands for its objective. */
function objectiveOf(exports: Readonly<Record<string, unknown>>, place: ModulePlace): Objective {
  const wanted = place.export === undefined ? ["default", "objective"] : [place.export];
  for (const name of wanted) {
    const found = exports[name];
    if (typeof found === "function") return found as Objective;
    const inner = (found as { readonly objective?: unknown } | null | undefined)?.objective;
    if (typeof inner === "function") return inner as Objective;
  }
  const names = Object.keys(exports).filter(name => name !== "module.exports");
  const functions = names.filter(name => typeof exports[name] === "function");
  const [first = ""] = wanted;
  const at = spell(fileURLToPath(place.url), 200);
  const fact =
    place.export !== undefined && first in exports
      ? `the export ${spell(first)} of ${at} is ${spell(exports[first])}, no function`
      : `${at} exports no function ${place.export === undefined ? "as default" : spell(first)}`;
  const listed =
    names.length === 0 ? "It exports nothing." : `It exports ${spellList(names).replace(/ or /, " and ")}.`;
  const next =
    place.export === undefined && functions[0] !== undefined
      ? ` Pass export: ${spell(functions[0])}, or write "export default".`
      : didYouMean(first, functions) || " Write: export default (params, trial) => ...";
  throw new VernierError("E_WORKER_EXPORT", `${fact}. ${listed}${next}`);
}

function loadError(url: string, error: unknown): VernierError {
  const { code, message, name, stack } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  const said = typeof message === "string" ? `${name ?? "Error"}: ${message.split("\n")[0]}` : spell(error);
  const next =
    code === "ERR_UNKNOWN_FILE_EXTENSION"
      ? "Node runs TypeScript from 22.18 on, without --no-experimental-strip-types; or write the module in JavaScript."
      : code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND"
        ? "Imports name files with their ending, such as ./data.ts, or packages installed beside the module."
        : "Mend it; a module for a worker only defines its objective while it is loaded.";
  return new VernierError(
    "E_WORKER_LOAD",
    `the module ${spell(fileURLToPath(url), 200)} does not load: ${said.replace(/\.$/, "")}. It is imported in the worker, before its first trial. ${next}`,
    { cause: error, ...(typeof stack === "string" && { details: { tail: stack } }) },
  );
}
