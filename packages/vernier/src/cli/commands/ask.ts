import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { createOrResume, openStored } from "../engine.ts";
import { DEFAULT_STORAGE, durationOf, isOn, jsonFlag, storageFlag, studyFlag, textOf } from "../flags.ts";
import { printJson } from "../json.ts";
import { studyFromLine } from "../load/line.ts";
import { findStudy, openForReading, openForWriting } from "../open.ts";
import { flatten, formatValue } from "../view/format.ts";
import { renderTable } from "../view/table.ts";

/** `vernier ask` */
export const ask: Command = {
  name: "ask",
  about: "Ask for the next trial and print its parameters.",
  usage: ["vernier ask [flags]", "vernier ask --space SPACE --minimize METRIC --name NAME [flags]"],
  args: {
    lease: {
      type: "string",
      valueHint: "TIME",
      description: "Hand the trial to someone else when it is not told within this time (default: never).",
    },
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
    space: {
      type: "string",
      valueHint: "SPACE",
      description: "What may vary: 'lr=float(1e-5,1e-1,log) act=choice(relu,gelu)'.",
    },
    name: { type: "string", valueHint: "NAME", description: "The study's name." },
    minimize: { type: "string", valueHint: "METRIC", description: "A metric to make small; may repeat." },
    maximize: { type: "string", valueHint: "METRIC", description: "A metric to make large; may repeat." },
    constraint: { type: "string", valueHint: "BOUND", description: "A bound on another metric; may repeat." },
    sampler: { type: "string", valueHint: "NAME", description: "Who suggests (default: auto)." },
    seed: {
      type: "string",
      valueHint: "N",
      description: "The same seed gives the same suggestions (default: random).",
    },
  },
  repeat: ["minimize", "maximize", "constraint"],
  values: { sampler: "sampler" },
  groups: { space: "Flags that make the study when it does not exist yet" },
  notes: [
    "At a terminal the parameters are a table; in a pipe, and with --json, they are one JSON document with number, attempt and params.",
  ],
  examples: [
    [
      "vernier ask --space 'flour=int(300,600) minutes=int(10,30)' \\\n      --maximize taste --name cake",
      "The first time",
    ],
    ["vernier ask", "From then on; then: vernier tell 0 taste=7"],
  ],
  run: async (flags, given) => {
    const { io } = given;
    const making = textOf(flags, "space") !== undefined;
    const name = textOf(flags, "name") ?? textOf(flags, "study");
    if (making && name === undefined) throw usageError("a new study needs a name. Give it with --name NAME.");
    for (const flag of ["name", "minimize", "maximize", "constraint", "sampler", "seed"])
      if (!making && textOf(flags, flag) !== undefined)
        throw usageError(
          flag === "name"
            ? "an existing study is chosen with --study NAME; --name goes with --space."
            : `--${flag} makes a new study and needs --space with it.`,
        );
    const lease = durationOf(flags, "lease") ?? null;
    const loaded = making ? await studyFromLine(flags, given, { kind: "nobody" }, name ?? "") : undefined;
    const storage = making
      ? await openForWriting(textOf(flags, "storage") ?? DEFAULT_STORAGE, io)
      : await openForReading(flags, io);
    try {
      const study =
        loaded === undefined
          ? await openStored((await findStudy(storage, flags)).spec.name, storage)
          : await createOrResume(loaded, storage);
      const { number, attempt, params } = await study.ask({ lease });
      if (isOn(flags, "json") || !io.live) printJson(io, "ask", { study: study.name, number, attempt, params });
      else {
        const rows = flatten(params).map(([key, value]) => [key, formatValue(value)]);
        const table = renderTable([{ title: "" }, { title: "", paint: () => io.style.cyan }], rows, {
          width: io.columns(),
          style: io.style,
          indent: 2,
        });
        const metrics = [...Object.keys(study.spec.objectives), ...Object.keys(study.spec.constraints)];
        io.out(`${io.style.bold(`trial ${number}`)} of ${study.name}\n${table.slice(1).join("\n")}\n`);
        io.out(io.style.dim(`vernier tell ${number} ${metrics.map(metric => `${metric}=...`).join(" ")}\n`));
      }
    } finally {
      await storage.close();
    }
  },
};
