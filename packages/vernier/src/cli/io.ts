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
  out(text: string | Uint8Array): void;
  /** Resolves when everything printed has left the process. */
  flushed(): Promise<void>;
  /** Progress and errors. */
  err(text: string): void;
  /** A person reads standard output at a terminal that can move its cursor: live view, colours. */
  readonly live: boolean;
  /** Width of the terminal; Infinity where there is none, so that files and pipes get whole tables. */
  columns(): number;
  readonly style: Style;
}

/**
 * The real process. Without a terminal, and with NO_COLOR, CI or TERM=dumb, there are neither colours nor a live view. With `json` standard
 * output holds the document alone: what a study file prints there goes to standard error.
 */
export const processIo = (json: boolean): Io => {
  const { env, stdout, stderr } = process;
  const document = stdout.write.bind(stdout);
  if (json) stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  const set = (name: string): boolean => env[name] !== undefined && env[name] !== "" && env[name] !== "0";
  const live = stdout.isTTY && !set("NO_COLOR") && !set("CI") && env["TERM"] !== "dumb";
  return {
    cwd: process.cwd(),
    env,
    // Looked up at each call, so that the live view can put what is printed above itself.
    out: text => void (json ? document(text) : stdout.write(text)),
    flushed: () => new Promise(resolve => void document("", () => resolve())),
    err: text => void stderr.write(text),
    live,
    columns: () => stdout.columns || Infinity,
    style: makeStyle(live),
  };
};
