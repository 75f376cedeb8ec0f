/** Help pages in 80 columns: one for the program, one a command. */
import type { Command } from "./command.ts";
import type { Style } from "./view/style.ts";
import { padEnd, widthOf } from "./view/style.ts";

const WIDTH = 80;

/** Breaks at spaces; a word longer than `width` keeps its own line. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};

const rows = (pairs: readonly (readonly [string, string])[], style: Style): string[] => {
  const left = Math.min(26, Math.max(...pairs.map(([name]) => widthOf(name)))) + 4;
  return pairs.flatMap(([name, text]) => {
    const [first = "", ...rest] = wrap(text, WIDTH - left);
    const head = `  ${style.cyan(name)}`;
    const lines = widthOf(name) + 4 > left ? [head, " ".repeat(left) + first] : [padEnd(head, left) + first];
    return [...lines, ...rest.map(line => " ".repeat(left) + line)];
  });
};

const section = (title: string, lines: readonly string[], style: Style): string[] => ["", style.bold(title), ...lines];

const flagRow = (name: string, arg: Command["args"][string]): [string, string] => {
  const value = arg.type === "boolean" ? "" : ` ${arg.valueHint ?? name.toUpperCase()}`;
  const fallback = arg.default === undefined || arg.default === false ? "" : ` (default: ${String(arg.default)})`;
  return [`--${name}${value}`, `${arg.description ?? ""}${fallback}`];
};

export const commandHelp = (command: Command, style: Style): string => {
  const entries = Object.entries(command.args);
  const places = entries.filter(([, arg]) => arg.type === "positional");
  const flags = entries.filter(([, arg]) => arg.type !== "positional");
  const lines = [
    ...wrap(command.about, WIDTH),
    ...section(
      "Usage",
      command.usage.map(line => `  ${line}`),
      style,
    ),
  ];
  if (places.length > 0)
    lines.push(
      ...section(
        "Arguments",
        rows(
          places.map(([name, arg]) => [arg.valueHint ?? name.toUpperCase(), arg.description ?? ""] as const),
          style,
        ),
        style,
      ),
    );
  let group: (readonly [string, string])[] = [];
  let title = "Flags";
  const flush = (): void => {
    if (group.length > 0) lines.push(...section(title, rows(group, style), style));
    group = [];
  };
  for (const [name, arg] of flags) {
    const heading = command.groups?.[name];
    if (heading !== undefined) {
      flush();
      title = heading;
    }
    group.push(flagRow(name, arg));
  }
  group.push(["--help", "This page."]);
  flush();
  if (command.examples !== undefined)
    lines.push(
      ...section(
        "Examples",
        command.examples.flatMap(([line, what]) => [
          ...wrap(what, WIDTH - 2).map(l => `  ${style.dim(l)}`),
          `    ${line}`,
        ]),
        style,
      ),
    );
  for (const note of command.notes ?? []) lines.push("", ...wrap(note, WIDTH));
  return `${lines.join("\n")}\n`;
};

/** The command that each group of the list begins with. */
const GROUPS: Readonly<Record<string, string>> = {
  init: "Tune",
  best: "Look",
  ask: "Steer",
  rm: "Delete",
  export: "Exchange and keep",
  completion: "Set up",
};

const commandList = (commands: Readonly<Record<string, string>>, style: Style): string[] => {
  const names = Object.keys(commands);
  const left = Math.max(...names.map(widthOf));
  const groups: { title: string; pairs: [string, string][] }[] = [];
  for (const [name, about] of Object.entries(commands)) {
    const title = GROUPS[name] ?? (groups.length === 0 ? "Commands" : undefined);
    if (title !== undefined) groups.push({ title, pairs: [] });
    // All columns of all groups line up.
    groups.at(-1)?.pairs.push([padEnd(name, left), about]);
  }
  return groups.flatMap(({ title, pairs }) => section(title, rows(pairs, style), style));
};

export const programHelp = (version: string, commands: Readonly<Record<string, string>>, style: Style): string =>
  `${[
    `${style.bold("vernier")} ${version}: tunes anything with knobs.`,
    ...section("Usage", ["  vernier COMMAND [flags]"], style),
    ...commandList(commands, style),
    ...section(
      "Start here",
      [
        `  ${style.dim("Tune any program; {lr} is replaced in each trial, loss read from its output:")}`,
        "    vernier run --space 'lr=float(1e-5,1e-1,log)' --minimize loss \\",
        "      -- python train.py --lr {lr}",
        `  ${style.dim("Tune from a study file:")}`,
        "    vernier run study.ts",
      ],
      style,
    ),
    "",
    "`vernier COMMAND --help` tells more; every command takes --json.",
  ].join("\n")}\n`;
