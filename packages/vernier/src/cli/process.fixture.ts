/** Real processes of the command line, from the sources, for the tests of this folder only. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

export const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Result>;
  /** Resolves once standard output or error holds the text. */
  says(text: string): Promise<void>;
}

/** Starts `vernier` in `dir` with little more than a PATH in its environment. */
export const start = (dir: string, argv: readonly string[], env: Record<string, string> = {}): Running => {
  const child = spawn(process.execPath, ["--conditions=source", "--no-warnings", MAIN, ...argv], {
    cwd: dir,
    env: { PATH: process.env["PATH"] ?? "", HOME: dir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  const waiting: { text: string; resolve: () => void }[] = [];
  const look = (): void => {
    for (const wait of waiting) if (`${stdout}${stderr}`.includes(wait.text)) wait.resolve();
  };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => ((stdout += chunk), look()));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => ((stderr += chunk), look()));
  const done = new Promise<Result>(resolve => child.on("close", code => resolve({ code, stdout, stderr })));
  const says = (text: string): Promise<void> =>
    Promise.race([
      new Promise<void>(resolve => {
        waiting.push({ text, resolve });
        look();
      }),
      done.then(result => {
        if (!`${result.stdout}${result.stderr}`.includes(text))
          throw new Error(`ended without saying ${text}: ${JSON.stringify(result)}`);
      }),
    ]);
  return { child, done, says };
};

export interface TrialDoc {
  readonly number: number;
  readonly state: string;
  readonly params: { readonly x: number; readonly kind: string; readonly flour: number };
  readonly metrics: { readonly loss: number };
}
/** What the tests look at of any `--json` document. */
export interface Doc extends Readonly<Record<string, unknown>> {
  readonly best: TrialDoc;
  readonly trials: readonly TrialDoc[];
  readonly trial: TrialDoc;
  readonly params: TrialDoc["params"];
  readonly checks: readonly { readonly name: string }[];
}
export const json = (result: Result): Doc => JSON.parse(result.stdout) as Doc;
