/**
 * Runs one program in a process group of its own and ends the whole group: a training script's data loaders go with it. On Windows there are
 * no groups; there only the program itself is ended.
 */
import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import type { Clock } from "../core/types.ts";
import { atExit } from "./exit-hook.ts";

export const GROUPS = process.platform !== "win32";
/** What the program leaves running gets so long to close the output (a `tee` behind it, say) before it is ended, too. */
export const LINGER_MS = 1000;

export interface ProgramStart {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Take a chunk of output. The program waits while the promise is pending. Must not throw. */
  stdout(chunk: Buffer): Promise<void> | void;
  stderr(chunk: Buffer): Promise<void> | void;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly grace: number;
  readonly clock: Clock;
}

export interface ProgramEnd {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
}

export interface RunningProgram {
  /** When it ended and its output was taken. Rejects with the system's error when it did not start. */
  readonly ended: Promise<ProgramEnd>;
  /** SIGTERM to the group now, SIGKILL after the grace. Calling it again changes nothing. */
  terminate(): void;
}

/** @throws the system's error, where it is known at once (arguments too long). */
export function startProgram(start: ProgramStart): RunningProgram {
  const [program = "", ...args] = start.argv;
  const child = spawn(program, args, {
    cwd: start.cwd,
    env: start.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: GROUPS,
    windowsHide: true,
  });
  const group = new Group(child, start.grace, start.clock);
  return { ended: follow(child, group, start), terminate: () => group.terminate() };
}

async function follow(child: ChildProcess, group: Group, start: ProgramStart): Promise<ProgramEnd> {
  const exited = new Promise<ProgramEnd>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const drained = Promise.all([drain(child.stdout, start.stdout), drain(child.stderr, start.stderr)]);
  try {
    const end = await Promise.race([exited, group.givenUp]);
    const cancel = start.clock.timer(LINGER_MS, () => group.terminate());
    await Promise.race([drained, group.givenUp]);
    cancel();
    return end;
  } finally {
    child.stdout?.destroy();
    child.stderr?.destroy();
    group.release();
  }
}

async function drain(stream: Readable | null, sink: (chunk: Buffer) => Promise<void> | void): Promise<void> {
  if (stream === null) return;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const busy = sink(chunk);
      if (busy !== undefined) await busy;
    }
  } catch {
    // A torn pipe is the end of the output; how the program ended is told by its exit.
  }
}

/** A program and everything it started, as far as it stayed in its process group. */
export class Group {
  readonly #child: ChildProcess;
  readonly #grace: number;
  readonly #clock: Clock;
  readonly #forget: () => void;
  #terminated = false;
  #cancel: (() => void) | undefined;
  #giveUp: (end: ProgramEnd) => void = () => undefined;
  /** Settles when not even SIGKILL helped (a process stuck in the kernel): nobody waits for it any longer. */
  readonly givenUp = new Promise<ProgramEnd>(resolve => {
    this.#giveUp = resolve;
  });

  constructor(child: ChildProcess, grace: number, clock: Clock) {
    this.#child = child;
    this.#grace = grace;
    this.#clock = clock;
    // At the end of the process there is no time left for a grace.
    this.#forget = atExit(() => this.#signal("SIGKILL"));
  }

  terminate(): void {
    if (this.#terminated) return;
    this.#terminated = true;
    this.#signal("SIGTERM");
    this.#cancel = this.#clock.timer(this.#grace, () => this.kill());
  }

  /** SIGKILL to the group now. */
  kill(): void {
    this.#terminated = true;
    this.#cancel?.();
    this.#signal("SIGKILL");
    this.#cancel = this.#clock.timer(this.#grace, () => {
      this.#child.unref();
      this.#giveUp({ code: null, signal: "SIGKILL" });
    });
  }

  /** The program has ended. What is left of its group is ended in the background. */
  release(): void {
    this.#cancel?.();
    if (!this.#signal("SIGTERM")) return this.#forget();
    this.#clock.timer(
      this.#grace,
      () => {
        this.#signal("SIGKILL");
        this.#forget();
      },
      true,
    );
  }

  /** False when nothing is left to signal. */
  #signal(signal: "SIGTERM" | "SIGKILL"): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined) return false;
    if (!GROUPS) return exitCode === null && signalCode === null && this.#child.kill(signal);
    try {
      return process.kill(-pid, signal);
    } catch {
      // ESRCH: the group is empty. EPERM (macOS): only dead processes are left in it.
      return false;
    }
  }
}
