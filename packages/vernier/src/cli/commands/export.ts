import { resolve } from "node:path";
import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { isOn, jsonFlag, storageFlag, studyFlag, studyPlace, textOf } from "../flags.ts";
import type { Flags } from "../command.ts";
import type { Storage, StudyInfo, TrialRecord } from "../../core/types.ts";
import type { WriteOptions } from "../../interop/index.ts";
import { chosen, WHERE_NOTE, whereFlag } from "../listing.ts";
import { printJson, studyJson } from "../json.ts";
import { withPlace, withStudy } from "../open.ts";
import { count } from "../view/format.ts";
import { FORMAT_NAMES } from "../formats.ts";

/** Characters printed at a time. */
const PIECE = 1 << 16;

/** For which Optuna a database is written. A test compares them with those of interop/. */
export const OPTUNA_SCHEMAS: readonly string[] = ["v3.2.0.a", "v3.0.0.d"];

/** What is written, by the flags; `taken` are the trials that `--where` chose. */
const optionsOf = async (
  flags: Flags,
  storage: Storage,
  info: StudyInfo,
): Promise<{ readonly options: WriteOptions; readonly taken: number | undefined }> => {
  const columns = textOf(flags, "columns")
    ?.split(",")
    .map(name => name.trim());
  if (columns?.includes(""))
    throw usageError(
      `--columns is ${JSON.stringify(flags["columns"])}. Write names with commas between: --columns number,loss,lr`,
    );
  const schema = textOf(flags, "optuna-schema");
  const options = {
    ...(columns !== undefined && { columns }),
    ...(schema !== undefined && { schema: schema as NonNullable<WriteOptions["schema"]> }),
  };
  if (textOf(flags, "where") === undefined) return { options, taken: undefined };
  const numbers = new Set(chosen(info.spec, await storage.trials(info.id), flags).map(trial => trial.number));
  const where = ({ number }: TrialRecord): boolean => numbers.has(number);
  return { options: { ...options, where }, taken: numbers.size };
};

/** `vernier export STUDY --out FILE` */
export const exportCommand: Command = {
  name: "export",
  about: "Write a study to a file: JSON Lines, CSV, Parquet or Optuna's formats.",
  usage: ["vernier export [STUDY] --out FILE [flags]", "vernier export [STUDY] --format csv > FILE"],
  args: {
    ...studyPlace,
    out: {
      type: "string",
      valueHint: "FILE",
      description: "Where to write; its ending tells the format. Without it text goes to standard output.",
    },
    format: {
      type: "string",
      valueHint: "NAME",
      description: `${FORMAT_NAMES.join(", ")} (default: by --out, else jsonl).`,
    },
    ...whereFlag,
    columns: {
      type: "string",
      valueHint: "NAMES",
      description: "Tables: these columns, in this order: number,loss,params.lr.",
    },
    "optuna-schema": {
      type: "string",
      valueHint: "VERSION",
      description: "optuna-sqlite: v3.2.0.a (default) for Optuna 3.2 and later, v3.0.0.d for 3.0 and 3.1.",
    },
    force: { type: "boolean", description: "Replace a file that is there." },
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
  },
  values: { place: "study", out: "file", format: FORMAT_NAMES, "optuna-schema": OPTUNA_SCHEMAS },
  notes: [
    "jsonl holds the whole log and comes back equal by `vernier import`; all other formats hold the trials as they stand, tables without their " +
      "reports. --where chooses among the trials, so it is for these. Artifacts and checkpoints are not contained. The file appears when it is whole.",
    WHERE_NOTE,
  ],
  examples: [
    ["vernier export --out study.jsonl", "Everything, to keep or to move"],
    ["vernier export digits --format csv | head", "A table for other programs"],
    ["vernier export digits --out digits.parquet", "A typed one"],
    [`vernier export --where 'loss < 1' --columns number,loss,lr --out best.csv`, "Some trials, three columns"],
  ],
  run: (flags, { io, positionals }) =>
    withStudy(withPlace(flags, positionals[0]), io, async (storage, info) => {
      const { exportStudy, exportText, formatNamed } = await import("../../interop/index.ts");
      const out = textOf(flags, "out");
      const named = textOf(flags, "format");
      const format = named === undefined ? undefined : formatNamed(named);
      const json = isOn(flags, "json");
      const { options, taken } = await optionsOf(flags, storage, info);
      if (out === undefined) {
        const pieces = exportText(storage, info.id, format?.name ?? "jsonl", options);
        if (json) throw usageError("--json prints a document about the file that is written. Name one: --out FILE");
        // In pieces that wait for a slow reader, so that a large study does not pile up here.
        let held = "";
        for await (const piece of pieces) {
          held += piece;
          if (held.length < PIECE) continue;
          io.out(held);
          held = "";
          await io.flushed();
        }
        io.out(held);
        return;
      }
      const how = { ...options, ...(format && { format: format.name }), force: isOn(flags, "force") };
      const made = await exportStudy(storage, info.id, resolve(io.cwd, out), how);
      const all = Object.values(info.counts).reduce((sum, n) => sum + n, 0);
      if (json)
        return printJson(io, "export", {
          study: studyJson(info),
          file: out,
          format: made.format,
          trials: taken ?? all,
        });
      const trials =
        taken === undefined ? count(all, "trial") : `${taken.toLocaleString("en-US")} of ${count(all, "trial")}`;
      io.out(`${out} holds ${trials} of ${info.spec.name} as ${made.format}.\n`);
    }),
};
