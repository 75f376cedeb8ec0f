import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { VernierError } from "../../math/errors.ts";
import { didYouMean, spell } from "../../space/spell.ts";
import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { isOn, jsonFlag, textOf } from "../flags.ts";
import { printJson } from "../json.ts";
import { shellWord } from "../open.ts";
import { STARTERS } from "../starters.ts";
import { say } from "../view/say.ts";

const refused = (folder: string, cause: unknown): VernierError => {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new VernierError(
    "E_INIT_FOLDER",
    `nothing can be written to ${spell(folder, 200)} (${code ?? message}). A starter is a few files in a folder you may write to. Name another: --dir DIR`,
    { cause },
  );
};

/** `vernier init` */
export const init: Command = {
  name: "init",
  about: "Write a study to begin with: TypeScript, a command line or Python.",
  usage: ["vernier init [flags]"],
  args: {
    for: {
      type: "string",
      valueHint: "WHAT",
      description: `${Object.keys(STARTERS).join(", ")} (default: typescript).`,
    },
    dir: { type: "string", valueHint: "DIR", description: "Where to; made when it is not there (default: here)." },
    force: { type: "boolean", description: "Overwrite files of the same names." },
    ...jsonFlag,
  },
  values: { for: Object.keys(STARTERS), dir: "folder" },
  notes: ["What it writes runs at once with the line it prints; the comments say what to replace by yours."],
  examples: [
    ["vernier init && vernier run study.ts", "In TypeScript"],
    ["vernier init --for python --dir tuning", "A Python script, in a folder of its own"],
  ],
  run: async (flags, { io }) => {
    const kind = textOf(flags, "for") ?? "typescript";
    const starter = Object.hasOwn(STARTERS, kind) ? STARTERS[kind] : undefined;
    const kinds = Object.keys(STARTERS);
    if (starter === undefined)
      throw usageError(
        `--for is ${spell(kind)}.${didYouMean(kind, kinds)} It can be ${kinds.join(", ")}; any program in any language is tuned by --for command.`,
      );
    const dir = textOf(flags, "dir");
    const folder = resolve(io.cwd, dir ?? ".");
    const names = Object.keys(starter.files);
    const taken = names.filter(name => existsSync(join(folder, name)));
    if (taken.length > 0 && !isOn(flags, "force"))
      throw new VernierError(
        "E_INIT_EXISTS",
        `${taken.map(name => (dir === undefined ? name : join(dir, name))).join(" and ")} ${taken.length === 1 ? "exists" : "exist"} already. Nothing was written. ` +
          "Choose another folder with --dir DIR, or overwrite with --force.",
      );
    const begun: string[] = [];
    try {
      await mkdir(folder, { recursive: true });
      for (const [name, text] of Object.entries(starter.files)) {
        begun.push(join(folder, name));
        await writeFile(join(folder, name), text, { flag: isOn(flags, "force") ? "w" : "wx" });
      }
    } catch (error) {
      // On a full disk: no file that is empty or cut. One that was there, or came meanwhile, is not ours to remove.
      if ((error as NodeJS.ErrnoException).code === "ENOSPC" && taken.length === 0)
        for (const path of begun) await rm(path, { force: true });
      throw refused(folder, error);
    }
    const next = [
      ...(dir === undefined ? [] : [`cd ${shellWord(dir)}`]),
      `vernier run ${starter.study}`,
      "vernier best",
    ];
    if (isOn(flags, "json")) return printJson(io, "init", { for: kind, dir: folder, files: names, next });
    const paths = names.map(name => (dir === undefined ? name : join(dir, name)));
    say(io, `wrote ${paths.join(" and ")}: ${starter.about}`);
    io.out(`\n${io.style.bold("Next")}\n${next.map(line => `  ${io.style.cyan(line)}\n`).join("")}`);
    if (kind === "python" && spawnSync("python3", ["--version"], { timeout: 10_000 }).status !== 0)
      io.err("python3 is not on the PATH here: put the name of your Python into the command of study.yaml.\n");
  },
};
