/**
 * Writes the reference part of docs/cli.md from the commands' definitions: `npm run docs:cli`. A test compares, so that it cannot go stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../packages/vernier/src/cli/command.ts";
import { allCommands } from "../packages/vernier/src/cli/program.ts";

export const PAGE = join(import.meta.dirname, "../docs/cli.md");
const BEGIN = "<!-- Made by `npm run docs:cli` from the commands' definitions: change those, not this part. -->";
const END = "<!-- End of the made part. -->";

/** Bars would end a cell of a table. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replace(/\s+/g, " ");
/** Words in capitals that a reader replaces, and flags, as code would be; left as they are outside of tables. */
const row = (left: string, right: string): string => `| \`${left}\` | ${cell(right)} |`;

const table = (title: string, rows: readonly string[]): string[] =>
  rows.length === 0 ? [] : [`| ${title} | |`, "| --- | --- |", ...rows, ""];

const commandPart = (command: Command): string[] => {
  const entries = Object.entries(command.args);
  const places = entries.filter(([, arg]) => arg.type === "positional");
  const lines = [`### ${command.name}`, "", command.about, "", "```", ...command.usage, "```", ""];
  lines.push(
    ...table(
      "argument",
      places.map(([name, arg]) => row(arg.valueHint ?? name.toUpperCase(), arg.description ?? "")),
    ),
  );
  let rows: string[] = [];
  let title = "flag";
  for (const [name, arg] of entries) {
    if (arg.type === "positional") continue;
    const heading = command.groups?.[name];
    if (heading !== undefined) {
      lines.push(...table(title, rows));
      [rows, title] = [[], heading.replace(/^Flags/, "flags")];
    }
    const value = arg.type === "boolean" ? "" : ` ${arg.valueHint ?? name.toUpperCase()}`;
    rows.push(row(`--${name}${value}`, arg.description ?? ""));
  }
  lines.push(...table(title, rows));
  for (const note of command.notes ?? []) lines.push(note.replaceAll("<", "&lt;"), "");
  if (command.examples !== undefined) {
    lines.push("```");
    for (const [line, what] of command.examples) lines.push(`# ${what}`, line.replaceAll("\\\n      ", "\\\n  "));
    lines.push("```", "");
  }
  return lines;
};

/** The whole page with its made part renewed. @throws Error when the page has no place for it. */
export const renewed = async (page: string): Promise<string> => {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/cli.md needs the lines\n${BEGIN}\n${END}`);
  const commands = await allCommands();
  const list = commands.map(({ name, about }) => `| [\`${name}\`](#${name}) | ${cell(about)} |`);
  const parts = ["", "| command | |", "| --- | --- |", ...list, "", ...commands.flatMap(commandPart)];
  return page.slice(0, begin) + [BEGIN, ...parts].join("\n") + page.slice(end);
};

if (process.argv[1] === import.meta.filename) writeFileSync(PAGE, await renewed(readFileSync(PAGE, "utf8")));
