/** Searches described for other tools, as spaces of ours. docs/coming-from-other-tools.md says what becomes of what. */
import { VernierError } from "../../math/errors.ts";
import { didYouMean, spell } from "../../space/spell.ts";
import type { PyJson } from "../optuna/python-json.ts";
import { fromConfigSpace } from "./configspace.ts";
import { fromHyperopt } from "./hyperopt.ts";
import { fromKatib } from "./katib.ts";
import { areDistributions, fromOptunaDistributions } from "./optuna-distributions.ts";
import { readSource } from "./read-source.ts";
import type { Spot } from "./spot.ts";
import { SPACE_FORMATS, type ForeignSpace, type SpaceFormat } from "./types.ts";
import { fromWandb } from "./wandb.ts";

export { SPACE_FORMATS, type ForeignSpace, type SpaceFormat } from "./types.ts";

const READERS: Readonly<Record<SpaceFormat, (root: Spot) => ForeignSpace>> = {
  configspace: fromConfigSpace,
  wandb: fromWandb,
  katib: fromKatib,
  hyperopt: fromHyperopt,
  optuna: fromOptunaDistributions,
};

/**
 * Reads the description of a search. What has no counterpart is refused, or noted with its path.
 *
 * @param format Which tool's; found out from the text when it is "auto".
 * @param options.file Name for messages.
 * @throws VernierError E_CONVERT with the path (YAML: and line and column), E_CONVERT_SYNTAX, E_CONVERT_SIZE, E_CONVERT_FORMAT.
 * @example
 * const { space, objectives, notes } = await spaceFrom("auto", await readFile("sweep.yaml", "utf8"));
 */
export async function spaceFrom(
  format: SpaceFormat | "auto",
  text: string,
  options: { readonly file?: string } = {},
): Promise<ForeignSpace & { readonly format: SpaceFormat }> {
  const file = options.file ?? "the text";
  if (format !== "auto" && !SPACE_FORMATS.includes(format)) {
    throw new VernierError(
      "E_CONVERT_FORMAT",
      `there is no format ${spell(format)}.${didYouMean(format, SPACE_FORMATS)} The formats are ${SPACE_FORMATS.join(", ")}.`,
    );
  }
  refuseStudies(file, text);
  const root = await readSource(file, text);
  const found = format === "auto" ? sniff(root) : format;
  return { ...READERS[found](root), format: found };
}

/** Files that hold trials, not only a space. */
function refuseStudies(file: string, text: string): void {
  const kind = text.startsWith("SQLite format 3\0")
    ? "a database"
    : /^\s*\{"op_code":/.test(text)
      ? "an Optuna journal"
      : undefined;
  if (kind === undefined) return;
  throw new VernierError(
    "E_CONVERT_FORMAT",
    `${file} is ${kind}: it holds studies with their trials. Only a description of a search is converted. Use: vernier import ${file}`,
  );
}

function sniff(root: Spot): SpaceFormat {
  const has = (key: string): boolean => root.get(key).present;
  if (has("hyperparameters")) return "configspace";
  if (root.get("spec").get("parameters").present) return "katib";
  if (has("parameters") && (has("method") || has("program") || has("metric") || has("command"))) return "wandb";
  const { value } = root as { value: PyJson };
  const apply = root.get("name").present && (has("args") || has("kwargs"));
  if (apply || (root.isRecord && Object.keys(value as object).join() === "literal")) return "hyperopt";
  if (areDistributions(value)) return "optuna";
  throw new VernierError(
    "E_CONVERT_FORMAT",
    `${root.source.file} is in no format that is recognised. Recognised are ConfigSpace's JSON (hyperparameters), a W&B sweep (method and parameters), ` +
      `a Katib Experiment (spec.parameters), a Hyperopt graph as JSON and Optuna's distributions as JSON. Say which it is: --from ${SPACE_FORMATS.join(", --from ")}.`,
  );
}
