/** One child process that evaluates trials, one after the other, until it ends or is ended. */
import { fork, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { VernierError } from "../core/errors.ts";
import type { Clock } from "../core/types.ts";
import { spell } from "../space/spell.ts";
import { inherited, type Environment, type EnvironmentOptions } from "./environment.ts";
import { withDevices } from "./devices.ts";
import { passedOn } from "./exec-argv.ts";
import type { Host } from "./host.ts";
import type { Carrier } from "./isolate.ts";
import type { Setup } from "./isolated/child-main.ts";
import type { FromWorker, LoadMessage, ModulePlace, ResultMessage, RunMessage } from "./isolated/protocol.ts";
import { Keep } from "./keep.ts";
import { mainFile } from "./main-file.ts";
import { Group, GROUPS, LINGER_MS } from "./process.ts";

/** Bytes of output kept, and lines of them that a failure tells. */
const KEPT = 16_384;
const TAIL_LINES = 20;

export interface ChildOptions {
  readonly module: ModulePlace;
  readonly args: readonly string[];
  readonly execArgv: readonly string[] | undefined;
  readonly cwd: string;
  readonly environment: Environment;
  readonly env: EnvironmentOptions;
  readonly watchMemory: boolean;
  /** Where what it prints goes, besides the last lines that are kept. */
  readonly print: ((chunk: Buffer) => void) | undefined;
  readonly grace: number;
  readonly clock: Clock;
}

interface Job {
  readonly id: number;
  readonly host: Host | undefined;
  resolve(result: ResultMessage): void;
  reject(error: unknown): void;
}

export class Child {
  /** Cards it was started with: a process keeps those it saw first. */
  readonly gpus: string | undefined;
  /** When it is gone and its output was taken. */
  readonly gone: Promise<void>;
  calls = 0;
  /** Resident memory after its last trial, bytes; 0 where it is not watched. */
  memory = 0;
  #ended = false;
  readonly #process: ChildProcess;
  readonly #group: Group;
  #output = new Keep(KEPT);
  #job: Job | undefined;

  /** @throws the system's error, where it is known at once. */
  constructor(options: ChildOptions, gpus: readonly (number | string)[] | undefined) {
    const { clock, grace, print } = options;
    this.gpus = gpusKey(gpus);
    const child = fork(mainFile("child-main"), [...options.args], {
      cwd: options.cwd,
      env: withDevices(inherited(options.environment, options.env), gpus === undefined ? undefined : { gpus }),
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: GROUPS,
      execArgv: [...(options.execArgv ?? passedOn(process.execArgv))],
    });
    this.#process = child;
    this.#group = new Group(child, grace, clock);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output.push(chunk);
        print?.(chunk);
      });
    }
    child.on("message", message => this.#take(message as FromWorker | ResultMessage));
    // Without its channel a process is of no use.
    child.on("disconnect", () => this.#group.kill());
    this.gone = this.#follow(clock);
    const setup: Setup = { type: "setup", module: options.module, watchMemory: options.watchMemory };
    this.#send(setup);
    this.#idle();
  }

  /** Whether it may take another trial. */
  get alive(): boolean {
    return !this.#ended && this.#process.connected;
  }

  start(message: RunMessage | LoadMessage, host: Host | undefined): Carrier {
    this.calls++;
    this.#output = new Keep(KEPT);
    const result = new Promise<ResultMessage>((resolve, reject) => {
      this.#job = { id: message.id, host, resolve, reject };
    });
    // Whoever stopped waiting is not told.
    result.catch(() => undefined);
    this.#busy();
    this.#send(message);
    return {
      result,
      tell: told => this.#send(told),
      kill: () => this.#group.kill(),
      tail: () => this.#output.lastLines(TAIL_LINES),
      release: () => undefined,
    };
  }

  /** Lets it end: SIGTERM now, SIGKILL after the grace. */
  end(): void {
    this.#ended = true;
    this.#group.terminate();
  }

  #take(message: FromWorker | ResultMessage): void {
    const job = this.#job;
    if (job === undefined || message.id !== job.id) return;
    if (message.type !== "result") {
      job.host?.take(message);
      return;
    }
    this.#job = undefined;
    this.memory = message.memory ?? 0;
    this.#idle();
    job.resolve(message);
  }

  /** A message to a process that has just died is lost; its end is told another way. */
  #send(message: unknown): void {
    if (this.#process.connected) this.#process.send(message as object, () => undefined);
  }

  async #follow(clock: Clock): Promise<void> {
    const child = this.#process;
    let failed: unknown;
    const end = await new Promise<{ code: number | null; signal: string | null }>(resolve => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
      child.once("error", error => {
        failed = error;
        // Also emitted when a message could not be sent; only one that never started has no end.
        if (child.pid === undefined) resolve({ code: null, signal: null });
      });
      void this.#group?.givenUp.then(resolve);
    });
    this.#ended = true;
    const closed = Promise.all([child.stdout, child.stderr].map(drained));
    this.#group.release();
    await new Promise<void>(resolve => {
      const cancel = clock.timer(LINGER_MS, resolve);
      void closed.then(() => (cancel(), resolve()));
    });
    child.stdout?.destroy();
    child.stderr?.destroy();
    const job = this.#job;
    this.#job = undefined;
    job?.reject(child.pid === undefined ? startError(failed) : deathOf(end, this.#output.lastLines(TAIL_LINES)));
  }

  /** What nobody waits for does not keep the process alive. */
  #idle(): void {
    this.#each("unref");
  }

  #busy(): void {
    this.#each("ref");
  }

  #each(how: "ref" | "unref"): void {
    const { stdout, stderr, channel } = this.#process;
    this.#process[how]();
    channel?.[how]();
    for (const stream of [stdout, stderr]) (stream as Socket | null)?.[how]?.();
  }
}

export const gpusKey = (gpus: readonly (number | string)[] | undefined): string | undefined => gpus?.join(",");

function drained(stream: NodeJS.ReadableStream | null): Promise<void> {
  return new Promise(resolve => {
    if (stream === null || (stream as Socket).closed) return resolve();
    stream.once("close", resolve);
  });
}

export function startError(cause: unknown): VernierError {
  const { code, message } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  return new VernierError(
    "E_WORKER_START",
    `the system cannot start a child process (${code ?? message ?? "for no known reason"}). Every process needs memory, and its directory must ` +
      `exist. Lower the concurrency, or correct cwd.`,
    { cause },
  );
}

/** Why a process ended without a result. */
function deathOf(end: { code: number | null; signal: string | null }, tail: readonly string[]): VernierError {
  const { code, signal } = end;
  const details = {
    kind: "exit",
    ...(code !== null && { exitCode: code }),
    ...(signal !== null && { signal }),
    ...(tail.length > 0 && { tail: tail.join("\n") }),
  };
  if (tail.some(line => line.includes("heap out of memory")))
    return new VernierError(
      "E_WORKER_MEMORY",
      `the child process ran out of memory. A process has a heap of its own, and the trial that fills it fails. Raise it by ` +
        `execArgv: ["--max-old-space-size=4096"] of children(), in MB, or keep less.`,
      { details },
    );
  const said = tail.find(line => /^(?:\w+ )?\w*Error\b.*:/.test(line));
  const how = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
  const next =
    signal === "SIGKILL"
      ? "SIGKILL most often means that memory ran out."
      : signal !== null
        ? "It crashed or was ended from outside; the next trial gets a new one."
        : code === 0 || said === undefined
          ? "process.exit() and disconnect() end the process. Return a result, or throw to fail the trial."
          : "An error in a callback, or a rejected promise that nobody awaits, ends a process. Await it.";
  return new VernierError(
    "E_WORKER_EXIT",
    `the child process ${how} before the objective returned${said === undefined ? "" : `: ${spell(said, 200).slice(1, -1).replace(/\.$/, "")}`}. ${next}`,
    { details },
  );
}
