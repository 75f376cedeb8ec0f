import type { SpaceJson } from "../../space/types.ts";
import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { openStored } from "../engine.ts";
import { isOn, jsonFlag, storageFlag, studyFlag, textOf } from "../flags.ts";
import { printJson } from "../json.ts";
import { spaceToYaml } from "../load/space-yaml.ts";
import { withStudy } from "../open.ts";

const FORMATS: Readonly<Record<string, (space: SpaceJson) => Promise<string>>> = {
  text: async space => `${(await import("../../space/index.ts")).describe(space).join("\n")}\n`,
  ts: async space => (await import("../../space/index.ts")).spaceToTypeScript(space),
  yaml: spaceToYaml,
  json: space => Promise.resolve(`${JSON.stringify(space, null, 2)}\n`),
};

/** `vernier space` */
export const space: Command = {
  name: "space",
  about: "Show a study's space, or write it as TypeScript, YAML or JSON.",
  usage: ["vernier space [flags]"],
  args: {
    format: {
      type: "string",
      valueHint: "FORMAT",
      description: "text, ts (builders), yaml (for a study file) or json (default: text).",
    },
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
  },
  values: { format: Object.keys(FORMATS) },
  notes: [
    "Of a define-by-run study it is the space that its complete trials asked for, with the conditions found in the paths that they took. " +
      "Written as TypeScript or YAML it can be declared in the next study.",
  ],
  examples: [
    ["vernier space", "What is searched"],
    ["vernier space --format ts > space.ts", "Freeze what a define-by-run study learnt"],
  ],
  run: (flags, { io }) => {
    const format = textOf(flags, "format") ?? "text";
    const write = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
    if (write === undefined)
      throw usageError(
        `--format is ${JSON.stringify(format)}. A space is written as ${Object.keys(FORMATS).join(", ")}.`,
      );
    return withStudy(flags, io, async (storage, info) => {
      const study = await openStored(info.spec.name, storage);
      const found = study.learnt();
      if (isOn(flags, "json"))
        return printJson(io, "space", { study: study.name, learnt: info.spec.space.dynamic === true, space: found });
      io.out(await write(found));
    });
  },
};
