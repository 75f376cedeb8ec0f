/** Completion scripts for shells, made from the definitions of the commands, so that they cannot know less than the program. */
import type { Command } from "./command.ts";

/** What stands after a flag or in a place. */
type Values = readonly string[] | "study" | "file" | "folder" | "none";

export interface CompletedFlag {
  readonly name: string;
  readonly about: string;
  /** undefined for switches. */
  readonly values: Values | undefined;
}
export interface CompletedCommand {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly CompletedFlag[];
  /** What the first word that is no flag may be. */
  readonly place: Values;
}
export type Shell = "bash" | "zsh" | "fish";
export const SHELLS: readonly Shell[] = ["bash", "zsh", "fish"];

const kindOf = (values: NonNullable<Command["values"]>[string] | undefined, parts: PartNames): Values => {
  if (values === "sampler") return parts.samplers;
  if (values === "scheduler") return parts.schedulers;
  return values ?? "none";
};

export interface PartNames {
  readonly samplers: readonly string[];
  readonly schedulers: readonly string[];
}

/** A command as shells need to know it. */
export const completed = (command: Command, parts: PartNames): CompletedCommand => {
  const entries = Object.entries(command.args);
  const flags = entries
    .filter(([, arg]) => arg.type !== "positional")
    .map(([name, arg]): CompletedFlag => {
      const given = command.values?.[name] ?? (name === "study" ? "study" : undefined);
      return {
        name,
        about: arg.description ?? "",
        values: arg.type === "boolean" ? undefined : kindOf(given, parts),
      };
    });
  const [place] = entries.find(([, arg]) => arg.type === "positional") ?? [];
  return {
    name: command.name,
    about: command.about,
    flags: [...flags, { name: "help", about: "This page.", values: undefined }],
    place: place === undefined ? "none" : kindOf(command.values?.[place], parts),
  };
};

/** A text within single quotes of any of the three shells' double-quoted lists: quotes and what a shell reads are left out. */
const plain = (text: string): string =>
  text
    .replace(/[`'"$\\[\]:]/g, "")
    .replace(/\s+/g, " ")
    .trim();

/** Names come from the storage that the line names, else the default one; whatever goes wrong there completes to nothing. */
const HEAD = (shell: Shell): string =>
  `# Completion of vernier for ${shell}, made by: vernier completion ${shell}\n` +
  "# Study names are asked from vernier itself; VERNIER names another program to ask.\n";

const bashValues = (values: Values | undefined): string => {
  if (values === "study") return "_vernier_studies";
  if (values === "file") return "_vernier_files";
  if (values === "folder") return "_vernier_folders";
  return Array.isArray(values) ? `_vernier_words '${values.join(" ")}'` : ":";
};

const bash = (commands: readonly CompletedCommand[]): string => `${HEAD("bash")}
_vernier_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
_vernier_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); }
_vernier_folders() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); }
_vernier_studies() {
  local name word
  local -a storage=()
  for ((word = 1; word < COMP_CWORD - 1; word++)); do
    [[ \${COMP_WORDS[word]} == --storage ]] || continue
    # bash cuts URLs at colons.
    storage=(--storage "\${COMP_WORDS[word + 1]}")
    [[ \${COMP_WORDS[word + 2]-} == : ]] && storage=(--storage "\${COMP_WORDS[word + 1]}:\${COMP_WORDS[word + 3]-}")
  done
  while IFS= read -r name; do
    [[ $name == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$name")")
  done < <("\${VERNIER:-\${COMP_WORDS[0]}}" studies --names "\${storage[@]}" 2>/dev/null)
}

_vernier() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command='' word
  COMPREPLY=()
  if [[ $cur == = ]]; then cur=''; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((word = 1; word < COMP_CWORD; word++)); do
    # What follows belongs to the program that is tuned.
    if [[ \${COMP_WORDS[word]} == -- ]]; then _vernier_files; return; fi
    [[ -z $command && \${COMP_WORDS[word]} != -* ]] && command=\${COMP_WORDS[word]}
  done
  if [[ -z $command ]]; then
    _vernier_words '${[...commands.map(({ name }) => name), "help", "--help", "--version"].join(" ")}'
    return
  fi
  case $command:$prev in
    help:help) _vernier_words '${commands.map(({ name }) => name).join(" ")}'; return ;;
${commands
  .flatMap(({ name, flags }) =>
    flags
      .filter(flag => flag.values !== undefined)
      .map(flag => `    ${name}:--${flag.name}) ${bashValues(flag.values)}; return ;;`),
  )
  .join("\n")}
  esac
  if [[ $cur == -* ]]; then
    case $command in
${commands.map(({ name, flags }) => `      ${name}) _vernier_words '${flags.map(flag => `--${flag.name}`).join(" ")}' ;;`).join("\n")}
    esac
    return
  fi
  case $command in
${commands
  .filter(({ place }) => place !== "none")
  .map(({ name, place }) => `    ${name}) ${bashValues(place)} ;;`)
  .join("\n")}
  esac
}
complete -F _vernier vernier
`;

const zshValues = (values: Values | undefined): string => {
  if (values === "study") return ":study:_vernier_studies";
  if (values === "file") return ":file:_files";
  if (values === "folder") return ":folder:_files -/";
  return Array.isArray(values) ? `:value:(${values.join(" ")})` : ":value: ";
};

const zsh = (
  commands: readonly CompletedCommand[],
  repeats: (command: string, flag: string) => boolean,
): string => `#compdef vernier
${HEAD("zsh")}
_vernier_studies() {
  local -a names storage
  local at=\${words[(i)--storage]}
  (( at < CURRENT - 1 )) && storage=(--storage "\${(Q)words[at + 1]}")
  names=("\${(@f)$("\${VERNIER:-vernier}" studies --names "\${storage[@]}" 2>/dev/null)}")
  compadd -- "\${(@)names:#}"
}

_vernier() {
  local -a commands
  commands=(
${commands.map(({ name, about }) => `    '${name}:${plain(about)}'`).join("\n")}
    'help:${plain("Help on a command.")}'
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=\${words[2]}
  shift words
  (( CURRENT-- ))
  case $command in
    help) _describe command commands ;;
${commands
  .map(
    ({ name, flags, place }) =>
      `    ${name})\n      _arguments ${[
        ...flags.map(flag => {
          const star = repeats(name, flag.name) ? "*" : "";
          return flag.values === undefined
            ? `'${star}--${flag.name}[${plain(flag.about)}]'`
            : `'${star}--${flag.name}=[${plain(flag.about)}]${zshValues(flag.values)}'`;
        }),
        ...(place === "none" ? [] : [`'1${zshValues(place)}'`]),
        "'*::: :_files'",
      ].join(" \\\n        ")} ;;`,
  )
  .join("\n")}
  esac
}
if [[ \${funcstack[1]} == _vernier ]]; then _vernier "$@"; else compdef _vernier vernier; fi
`;

const fishValues = (values: Values | undefined): string => {
  if (values === "study") return " -x -a '(__vernier_studies)'";
  if (values === "file") return " -r -F";
  if (values === "folder") return " -x -a '(__fish_complete_directories)'";
  if (values === "none") return " -x";
  return values === undefined ? "" : ` -x -a '${values.join(" ")}'`;
};

const fish = (commands: readonly CompletedCommand[]): string => {
  const names = commands.map(({ name }) => name).join(" ");
  return `${HEAD("fish")}
function __vernier_studies
    set -l program vernier
    set -q VERNIER; and set program $VERNIER
    set -l words (commandline -opc)
    set -l at (contains -i -- --storage $words)
    if test -n "$at"; and test (count $words) -gt $at
        $program studies --names --storage $words[(math $at + 1)] 2>/dev/null
    else
        $program studies --names 2>/dev/null
    end
end

complete -c vernier -f
complete -c vernier -n __fish_use_subcommand -l help -d '${plain("The list of commands.")}'
complete -c vernier -n __fish_use_subcommand -l version -d '${plain("The version.")}'
complete -c vernier -n __fish_use_subcommand -a help -d '${plain("Help on a command.")}'
complete -c vernier -n '__fish_seen_subcommand_from help' -a '${names}'
${commands.map(({ name, about }) => `complete -c vernier -n __fish_use_subcommand -a ${name} -d '${plain(about)}'`).join("\n")}
${commands
  .flatMap(({ name, flags, place }) => {
    const seen = `complete -c vernier -n '__fish_seen_subcommand_from ${name}'`;
    return [
      ...flags.map(flag => `${seen} -l ${flag.name}${fishValues(flag.values)} -d '${plain(flag.about)}'`),
      ...(place === "none" ? [] : [`${seen}${fishValues(place).replace(" -x", " -f").replace(" -r", "")}`]),
    ];
  })
  .join("\n")}
`;
};

/** The script of a shell. */
export const completionScript = (shell: Shell, commands: readonly Command[], parts: PartNames): string => {
  const known = commands.map(command => completed(command, parts));
  if (shell === "bash") return bash(known);
  if (shell === "fish") return fish(known);
  const repeats = (name: string, flag: string): boolean =>
    commands.find(command => command.name === name)?.repeat?.includes(flag) ?? false;
  return zsh(known, repeats);
};
