/** What every command module exports: citty's definition, with what its help shows. */
import { defineCommand } from "citty";
import type { ArgsDef, CommandDef } from "citty";
import type { Io } from "./io.ts";

/** Beside citty's arguments: what stood after `--`, flags that may repeat, and the outside world. */
export interface Given {
  readonly io: Io;
  /** The arguments after `--`; undefined when there was no `--`. */
  readonly tail: readonly string[] | undefined;
  /** Every value of each flag in the order given. */
  readonly all: Readonly<Record<string, readonly string[]>>;
  readonly positionals: readonly string[];
  /** Every command there is, in the order of the help. */
  commands(): Promise<readonly Command[]>;
}
/** Flags by name as text (or true for switches); citty has applied the defaults. */
export type Flags = Readonly<Record<string, unknown>>;

export interface Command {
  readonly name: string;
  /** One line for the list of commands and the head of its own help. */
  readonly about: string;
  readonly usage: readonly string[];
  readonly args: ArgsDef;
  /** Names of flags that may be given several times. */
  readonly repeat?: readonly string[];
  /** What a flag or argument takes, for completion: the words themselves, or a kind of thing. Nothing is completed where this is silent. */
  readonly values?: Readonly<Record<string, readonly string[] | "study" | "file" | "folder" | "sampler" | "scheduler">>;
  /** Headings over groups of flags: the flag each group starts at. */
  readonly groups?: Readonly<Record<string, string>>;
  readonly notes?: readonly string[];
  readonly examples?: readonly (readonly [line: string, what: string])[];
  /** Gives the exit code; nothing means 0. */
  run(flags: Flags, given: Given): Promise<number> | Promise<void>;
}

/** The citty form, which does the conversion of flags. */
export const toCitty = (command: Command, done: (code: number) => void): CommandDef =>
  defineCommand({
    meta: { name: command.name, description: command.about },
    args: command.args,
    run: async ({ args, data }) => {
      const code: unknown = await command.run(args as Flags, data as Given);
      done(typeof code === "number" ? code : 0);
    },
  }) as CommandDef;
