/**
 * Everything the CLI touches outside itself: two streams, the environment and the current directory. Commands receive it,
 * so that tests run them without a process, and so that only this folder ever reads `process.env`.
 */
import { makeStyle } from "./view/style.ts";
import type { Style } from "./view/style.ts";

export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Results. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
  /** A person reads standard output at a terminal that can move its cursor: live view, colours. */
  readonly live: boolean;
  /** Width of the terminal; Infinity where there is none, so that files and pipes get whole tables. */
  columns(): number;
  readonly style: Style;
}

/** The real process. NO_COLOR takes away colours; CI and TERM=dumb also take away the live view. */
export const processIo = (): Io => {
  const { env } = process;
  const set = (name: string): boolean => env[name] !== undefined && env[name] !== "" && env[name] !== "0";
  const live = process.stdout.isTTY && !set("NO_COLOR") && !set("CI") && env["TERM"] !== "dumb";
  return {
    cwd: process.cwd(),
    env,
    out: text => void process.stdout.write(text),
    err: text => void process.stderr.write(text),
    live,
    columns: () => process.stdout.columns || Infinity,
    style: makeStyle(live),
  };
};
