import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { executorFor } from "../evaluate.ts";
import { isOn, jsonFlag } from "../flags.ts";
import { printJson } from "../json.ts";
import { loadStudyFile } from "../load/file.ts";
import { count } from "../view/format.ts";

/** `vernier check FILE` */
export const check: Command = {
  name: "check",
  about: "Check a study file without running it.",
  usage: ["vernier check FILE [flags]"],
  args: {
    file: { type: "positional", required: false, description: "A study file: .yaml, .json, .ts, .js or .mjs." },
    ...jsonFlag,
  },
  values: { file: "file" },
  notes: [
    "Mistakes come with line and column, up to five at once, and the exit code is 2. Nothing is stored and no program is started. " +
      "For editors there is a JSON Schema: begin a YAML file with " +
      "`# yaml-language-server: $schema=node_modules/vernier/schema/study.schema.json`.",
  ],
  examples: [["vernier check study.yaml", "Before a long run"]],
  run: async (flags, { io, positionals }) => {
    const [file] = positionals;
    if (file === undefined) throw usageError("there is no study file. Name one: vernier check study.yaml");
    const loaded = await loadStudyFile(file, io.cwd);
    const { name, space, objectives, constraints, work } = loaded;
    const parts = { sampler: { name: "auto" }, scheduler: { name: "none" } };
    await executorFor(
      work,
      { version: 1, name, space, objectives, constraints, ...parts, seed: 0, owner: "client" },
      io,
    );
    const { compile, describe } = await import("../../space/index.ts");
    const { size, columns } = compile(space);
    const facts = {
      file,
      name,
      parameters: new Set(columns.map(({ param }) => param)).size,
      configurations: Number.isFinite(size) ? size : null,
      objectives,
      constraints,
      guesses: loaded.queue?.length ?? 0,
    };
    if (isOn(flags, "json")) return printJson(io, "check", facts);
    const goals = Object.entries(objectives).map(([metric, { direction }]) => `${direction} ${metric}`);
    const bounds = Object.entries(constraints).map(([metric, { min, max }]) =>
      [
        ...(min === undefined ? [] : [`${metric} >= ${min}`]),
        ...(max === undefined ? [] : [`${metric} <= ${max}`]),
      ].join(" and "),
    );
    io.out(
      [
        `${file} is fine.`,
        `  study       ${name}`,
        `  space       ${count(facts.parameters, "parameter")}, ${facts.configurations === null ? "infinitely many configurations" : count(facts.configurations, "configuration")}`,
        ...describe(space).map(line => `              ${line}`),
        `  objectives  ${goals.join(", ")}`,
        ...(bounds.length === 0 ? [] : [`  constraints ${bounds.join(", ")}`]),
        ...(facts.guesses === 0 ? [] : [`  queue       ${count(facts.guesses, "first guess", "first guesses")}`]),
        "",
      ].join("\n"),
    );
  },
};
