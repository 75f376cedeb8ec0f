import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import { VernierError } from "../../math/errors.ts";
import type { ForeignSpace, SpaceFormat } from "../../interop/spaces/index.ts";
import { usageError } from "../args.ts";
import type { Command, Flags, Given } from "../command.ts";
import { isOn, jsonFlag, textOf } from "../flags.ts";
import { printJson } from "../json.ts";
import { convertedStudy, writeJson, writeYaml } from "../converted.ts";
import { checkStudy } from "../load/check.ts";
import { parseData } from "../load/data.ts";
import { defaultName } from "../load/file.ts";
import { spell } from "../../space/spell.ts";

/** Stands here once more so that help needs no interop loaded; a test compares both. */
export const FORMATS = ["configspace", "wandb", "katib", "hyperopt", "optuna"] as const;

const ENDINGS = [".yaml", ".yml", ".json"];

/** `vernier convert` */
export const convert: Command = {
  name: "convert",
  about: "Make a study file of another tool's search space.",
  usage: ["vernier convert FILE [flags]", "vernier convert FILE [flags] -- PROGRAM [ARGS...]"],
  args: {
    file: {
      type: "positional",
      required: false,
      valueHint: "FILE",
      description: "A W&B sweep, a Katib Experiment, ConfigSpace's JSON, a Hyperopt graph or Optuna's distributions.",
    },
    from: {
      type: "string",
      valueHint: "FORMAT",
      description: `${FORMATS.join(", ")} (default: found out from the file).`,
    },
    out: {
      type: "string",
      valueHint: "FILE",
      description: "Where to: .yaml or .json (default: YAML on standard output).",
    },
    minimize: {
      type: "string",
      valueHint: "METRIC",
      description: "What your program reports, where the file does not say. May repeat.",
    },
    maximize: { type: "string", valueHint: "METRIC", description: "As --minimize, for what should be large." },
    force: { type: "boolean", description: "Overwrite the file." },
    ...jsonFlag,
  },
  repeat: ["minimize", "maximize"],
  values: { from: FORMATS, file: "file", out: "file" },
  notes: [
    "What is not the same here is listed, each with its path; what has no counterpart is refused. The words after `--` become the command; " +
      "without them and without a command in the file, one is written for you to replace.",
  ],
  examples: [
    ["vernier convert sweep.yaml --out study.yaml", "A W&B sweep"],
    ["vernier convert space.json --minimize loss -- python train.py --lr {lr}", "ConfigSpace, with the program"],
  ],
  run: async (flags, given) => {
    const { io, positionals } = given;
    const [file, more] = positionals;
    if (file === undefined || more !== undefined)
      throw usageError(
        `name one file to convert${more === undefined ? "" : `; got ${positionals.length}`}. Write: vernier convert FILE`,
      );
    const out = textOf(flags, "out");
    const path = out === undefined ? undefined : resolve(io.cwd, out);
    if (out !== undefined && path !== undefined) checkOut(out, path, isOn(flags, "force"));
    const foreign = await read(flags, file, io.cwd);
    const { study, notes } = convertedStudy(foreign, { objectives: objectivesOf(given), command: given.tail });
    const all = [...foreign.notes, ...notes];
    const json = out !== undefined && extname(out).toLowerCase() === ".json";
    const heading = `Converted from ${basename(file)} (${foreign.format}) by vernier convert.`;
    const text = json ? writeJson(study) : await writeYaml(study, [heading, ...all.map(note => `- ${note}`)]);
    await checkRuns(text, out ?? "study.yaml");
    if (path !== undefined) await writeFile(path, text);
    if (isOn(flags, "json"))
      return printJson(io, "convert", { format: foreign.format, out: out ?? null, notes: all, study });
    if (path === undefined) io.out(text);
    for (const note of all) io.err(`${io.style.yellow("note")} ${note}\n`);
    if (out !== undefined) io.out(`${out} is written. Run it: vernier run ${out}\n`);
  },
};

function checkOut(out: string, path: string, force: boolean): void {
  if (!ENDINGS.includes(extname(out).toLowerCase()))
    throw usageError(
      `--out is ${spell(out)}. A study file that is data ends in ${ENDINGS.join(", ")}: --out study.yaml`,
    );
  if (existsSync(path) && !force)
    throw new VernierError(
      "E_CONVERT_EXISTS",
      `${out} exists already. Nothing was written. Choose another name, or overwrite it with --force.`,
    );
}

async function read(flags: Flags, file: string, cwd: string): Promise<ForeignSpace & { readonly format: SpaceFormat }> {
  const from = textOf(flags, "from") as SpaceFormat | undefined;
  const text = await readFile(resolve(cwd, file), "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new VernierError(
      "E_CONVERT_READ",
      `${spell(file)} cannot be read (${cause.code === "ENOENT" ? "there is no such file" : (cause.code ?? cause.message)}). Correct the path.`,
      { cause },
    );
  });
  const { spaceFrom } = await import("../../interop/spaces/index.ts");
  return spaceFrom(from ?? "auto", text, { file });
}

function objectivesOf({ all }: Given): Record<string, { direction: "minimize" | "maximize" }> {
  const found: Record<string, { direction: "minimize" | "maximize" }> = {};
  for (const direction of ["minimize", "maximize"] as const)
    for (const name of all[direction] ?? []) {
      if (name.trim() === "") throw usageError(`--${direction} is empty. Name the metric that your program reports.`);
      found[name] = { direction };
    }
  return found;
}

/** What is written must be a study that runs. */
async function checkRuns(text: string, name: string): Promise<void> {
  const data = parseData(name, text);
  await checkStudy(data.value, { file: name, place: data.place, data: true, name: defaultName(name) });
}
