import { resolve } from "node:path";
import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { isOn, jsonFlag, storageFlag, studyFlag, studyPlace, textOf } from "../flags.ts";
import { printJson, studyJson } from "../json.ts";
import { withPlace, withStudy } from "../open.ts";
import { count } from "../view/format.ts";
import { FORMAT_NAMES } from "../formats.ts";

/** Characters printed at a time. */
const PIECE = 1 << 16;

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
    force: { type: "boolean", description: "Replace a file that is there." },
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
  },
  values: { place: "study", out: "file", format: FORMAT_NAMES },
  notes: [
    "jsonl holds the whole log and comes back equal by `vernier import`. Tables have one row a trial and no reports. " +
      "Artifacts and checkpoints are named, not contained. The file appears when it is whole.",
  ],
  examples: [
    ["vernier export --out study.jsonl", "Everything, to keep or to move"],
    ["vernier export digits --format csv | head", "A table for other programs"],
    ["vernier export digits --out digits.parquet", "A typed one"],
  ],
  run: (flags, { io, positionals }) =>
    withStudy(withPlace(flags, positionals[0]), io, async (storage, info) => {
      const { exportStudy, formatNamed } = await import("../../interop/index.ts");
      const out = textOf(flags, "out");
      const named = textOf(flags, "format");
      const format = named === undefined ? undefined : formatNamed(named);
      const json = isOn(flags, "json");
      if (out === undefined) {
        const { pieces, text, name } = format ?? formatNamed("jsonl");
        if (!text || pieces === undefined)
          throw usageError(`${name} is no text, so it is not printed. Name a file: --out FILE`);
        if (json) throw usageError("--json prints a document about the file that is written. Name one: --out FILE");
        // In pieces that wait for a slow reader, so that a large study does not pile up here.
        let held = "";
        for await (const piece of pieces(storage, info.id)) {
          held += piece as string;
          if (held.length < PIECE) continue;
          io.out(held);
          held = "";
          await io.flushed();
        }
        io.out(held);
        return;
      }
      const options = { ...(format && { format: format.name }), force: isOn(flags, "force") };
      const made = await exportStudy(storage, info.id, resolve(io.cwd, out), options);
      if (json) return printJson(io, "export", { study: studyJson(info), file: out, format: made.format });
      const trials = Object.values(info.counts).reduce((sum, n) => sum + n, 0);
      io.out(`${out} holds ${count(trials, "trial")} of ${info.spec.name} as ${made.format}.\n`);
    }),
};
