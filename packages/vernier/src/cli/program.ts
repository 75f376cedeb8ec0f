/** From the words of a command line to an exit code. Only the command that runs is loaded, so that `--help` starts at once. */
import { didYouMean } from "../space/spell.ts";
import { parseLine, splitTail, usageError } from "./args.ts";
import { toCitty } from "./command.ts";
import type { Command, Given } from "./command.ts";
import { EXIT, reportError } from "./errors.ts";
import { commandHelp, programHelp } from "./help.ts";
import type { Io } from "./io.ts";
import { version } from "./version.ts";

interface Entry {
  readonly about: string;
  readonly load: () => Promise<Command>;
}

/** In the order that help lists them. `about` stands here once more so that the list needs no command loaded; a test compares both. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  init: {
    about: "Write a study to begin with: TypeScript, a command line or Python.",
    load: async () => (await import("./commands/init.ts")).init,
  },
  run: {
    about: "Run a study: from a study file, or from one line with no file at all.",
    load: async () => (await import("./commands/run.ts")).run,
  },
  check: {
    about: "Check a study file without running it.",
    load: async () => (await import("./commands/check.ts")).check,
  },
  best: {
    about: "Show the best trial, or the front of several objectives.",
    load: async () => (await import("./commands/best.ts")).best,
  },
  trials: {
    about: "List trials as a table; filter them with an expression.",
    load: async () => (await import("./commands/trials.ts")).trials,
  },
  show: {
    about: "Show everything about one trial.",
    load: async () => (await import("./commands/show.ts")).show,
  },
  watch: {
    about: "Watch a study that other processes run.",
    load: async () => (await import("./commands/watch.ts")).watch,
  },
  report: {
    about: "Write a study as one HTML file to look at and to pass on.",
    load: async () => (await import("./commands/report.ts")).report,
  },
  space: {
    about: "Show a study's space, or write it as TypeScript, YAML or JSON.",
    load: async () => (await import("./commands/space.ts")).space,
  },
  studies: {
    about: "List the studies of a storage.",
    load: async () => (await import("./commands/studies.ts")).studies,
  },
  ask: {
    about: "Ask for the next trial and print its parameters.",
    load: async () => (await import("./commands/ask.ts")).ask,
  },
  tell: {
    about: "Tell the result of a trial that you asked for.",
    load: async () => (await import("./commands/tell.ts")).tell,
  },
  queue: {
    about: "Add first guesses: configurations to try next.",
    load: async () => (await import("./commands/queue.ts")).queue,
  },
  rm: {
    about: "Delete a study or some of its trials, undoably.",
    load: async () => (await import("./commands/rm.ts")).rm,
  },
  undo: {
    about: "Bring back what `vernier rm` deleted.",
    load: async () => (await import("./commands/undo.ts")).undo,
  },
  purge: {
    about: "Remove a deleted study for good.",
    load: async () => (await import("./commands/purge.ts")).purge,
  },
  export: {
    about: "Write a study to a file: JSON Lines, CSV, Parquet or Optuna's formats.",
    load: async () => (await import("./commands/export.ts")).exportCommand,
  },
  import: {
    about: "Make a study of a file or of studies elsewhere; copy and merge studies.",
    load: async () => (await import("./commands/import.ts")).importCommand,
  },
  backup: {
    about: "Copy a storage while it is in use.",
    load: async () => (await import("./commands/backup.ts")).backup,
  },
  restore: {
    about: "Make a storage of a backup again.",
    load: async () => (await import("./commands/backup.ts")).restore,
  },
  convert: {
    about: "Make a study file of another tool's search space.",
    load: async () => (await import("./commands/convert.ts")).convert,
  },
  completion: {
    about: "Print a script that completes commands, flags and study names.",
    load: async () => (await import("./commands/completion.ts")).completion,
  },
  doctor: {
    about: "Check that this machine has what Vernier needs.",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
};

const abouts = (): Record<string, string> =>
  Object.fromEntries(Object.entries(COMMANDS).map(([name, { about }]) => [name, about]));

/** Every command, loaded. */
export const allCommands = (): Promise<readonly Command[]> =>
  Promise.all(Object.values(COMMANDS).map(({ load }) => load()));

const runCommandLine = async (command: Command, argv: readonly string[], io: Io): Promise<number> => {
  const line = parseLine(command, argv);
  if (line.help) {
    io.out(commandHelp(command, io.style));
    return EXIT.ok;
  }
  const { runCommand } = await import("citty");
  let code: number = EXIT.ok;
  const data: Given = { io, tail: line.tail, all: line.all, positionals: line.positionals, commands: allCommands };
  await runCommand(
    toCitty(command, result => (code = result)),
    { rawArgs: [...line.rawArgs], data },
  );
  return code;
};

/** `--json` before the `--` that begins the user's own program. */
export const wantsJson = (argv: readonly string[]): boolean => splitTail(argv)[0].includes("--json");

/** Runs one command line and returns its exit code: 0, 1 (it failed), 2 (wrong usage or input), 130 (interrupted). Never throws. */
export const program = async (argv: readonly string[], io: Io): Promise<number> => {
  const [name, ...rest] = argv;
  const json = wantsJson(argv);
  try {
    if (name === undefined || name === "--help" || name === "-h" || name === "help") {
      const topic = name === "help" ? rest[0] : undefined;
      const entry = topic === undefined ? undefined : find(topic);
      if (entry === undefined) io.out(programHelp(version(), abouts(), io.style));
      else io.out(commandHelp(await entry.load(), io.style));
      return name === undefined ? EXIT.usage : EXIT.ok;
    }
    if (name === "--version" || name === "-v") {
      io.out(`${version()}\n`);
      return EXIT.ok;
    }
    return await runCommandLine(await find(name).load(), rest, io);
  } catch (error) {
    return reportError(error, io, { command: name ?? "", json, version: version() });
  }
};

const find = (name: string): Entry => {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry !== undefined) return entry;
  const names = Object.keys(COMMANDS);
  throw usageError(
    /\.(ts|mts|js|mjs|ya?ml|json)$/.test(name)
      ? `there is no command ${JSON.stringify(name)}. A study file is run by: vernier run ${name}`
      : `there is no command ${JSON.stringify(name)}.${didYouMean(name, names)} ` +
          `The commands are ${names.join(", ")}; see \`vernier --help\`.`,
    "E_CLI_COMMAND",
  );
};
