/** Threads of piscina, and the channel each of them opens for what a trial does meanwhile. */
import { EventEmitter } from "node:events";
import type { MessagePort } from "node:worker_threads";
import type { Piscina } from "piscina";
import { VernierError } from "../core/errors.ts";
import type { Host } from "./host.ts";
import { closedError, type Carrier } from "./isolate.ts";
import type { FromWorker, LoadMessage, ModulePlace, ResultMessage, RunMessage, ToWorker } from "./isolated/protocol.ts";
import type { Hello } from "./isolated/thread-main.ts";
import { mainFile } from "./main-file.ts";

/** As Node's Worker takes them: maxOldGenerationSizeMb and its likes. */
export interface ThreadLimits {
  readonly maxOldGenerationSizeMb?: number;
  readonly maxYoungGenerationSizeMb?: number;
  readonly codeRangeSizeMb?: number;
  readonly stackSizeMb?: number;
}
export interface ThreadPoolOptions {
  readonly module: ModulePlace;
  readonly threads: number;
  readonly resourceLimits: ThreadLimits | undefined;
}

interface Channel {
  readonly port: MessagePort;
  readonly posted: Int32Array;
}

export class ThreadPool {
  readonly threads: number;
  readonly #pool: Piscina;
  readonly #hosts = new Map<number, Host>();
  #closed = false;
  readonly #channels = new Set<Channel>();
  /** Aborts for a thread that has not opened its channel yet. */
  readonly #early = new Map<number, ToWorker>();

  static async open(options: ThreadPoolOptions): Promise<ThreadPool> {
    // Loaded by the first run that needs it: starting time matters.
    const { Piscina } = await import("piscina");
    const { module, threads, resourceLimits } = options;
    const pool = new Piscina({
      filename: mainFile("thread-main"),
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Infinity,
      recordTiming: false,
      workerData: { module },
      ...(resourceLimits && { resourceLimits }),
    });
    return new ThreadPool(threads, pool);
  }

  private constructor(threads: number, pool: Piscina) {
    this.threads = threads;
    this.#pool = pool;
    pool.on("message", (message: Partial<Hello>) => {
      if (message.vernier === "thread") this.#connect(message as unknown as Channel);
    });
    // A thread that dies while it does nothing is replaced; there is no trial to tell.
    pool.on("error", () => undefined);
  }

  get busy(): boolean {
    return this.#hosts.size > 0;
  }

  start(message: RunMessage | LoadMessage, host: Host | undefined): Carrier {
    const { id } = message;
    const kill = new EventEmitter();
    if (host !== undefined) this.#hosts.set(id, host);
    const result = this.#run(message, kill);
    return {
      result,
      tell: told => this.#tell(told),
      kill: () => void kill.emit("abort"),
      tail: () => [],
      release: () => void this.#hosts.delete(id),
    };
  }

  async destroy(): Promise<void> {
    this.#closed = true;
    await this.#pool.destroy();
  }

  async #run(message: RunMessage | LoadMessage, kill: EventEmitter): Promise<ResultMessage> {
    try {
      // A destroyed pool of piscina would begin anew.
      if (this.#closed) throw closedError();
      return (await this.#pool.run(message, { signal: kill })) as ResultMessage;
    } catch (error) {
      throw this.#closed ? closedError() : deathOf(error);
    } finally {
      this.#early.delete(message.id);
    }
  }

  /** Which thread has the trial is not known here: all are told, and one listens. */
  #tell(message: ToWorker): void {
    if (message.type === "abort" && this.#channels.size < this.threads) this.#early.set(message.id, message);
    for (const channel of this.#channels) send(channel, message);
  }

  #connect({ port, posted }: Channel): void {
    const channel = { port, posted };
    this.#channels.add(channel);
    port.on("message", (message: FromWorker) => this.#hosts.get(message.id)?.take(message));
    port.on("close", () => this.#channels.delete(channel));
    port.unref();
    for (const message of this.#early.values()) send(channel, message);
  }
}

function send({ port, posted }: Channel, message: ToWorker): void {
  port.postMessage(message);
  Atomics.add(posted, 0, 1);
}

/** Why a thread ended without a result. */
function deathOf(error: unknown): unknown {
  const { name, code, message = "", stack } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (name === "AbortError" || message === "Terminating worker thread")
    return new VernierError(
      "E_WORKER_KILLED",
      "the worker thread was ended while the trial ran. An aborted trial has the grace to end by itself. Check trial.signal in the objective.",
      { cause: error },
    );
  if (code === "ERR_WORKER_OUT_OF_MEMORY")
    return new VernierError(
      "E_WORKER_MEMORY",
      "the worker thread ran out of memory. A thread has a heap of its own, and the trial that fills it fails. Raise " +
        "resourceLimits.maxOldGenerationSizeMb of workers(), or keep less.",
      { cause: error, details: { kind: "exit" } },
    );
  const exit = /^worker exited with code: (\d+)$/.exec(message)?.[1];
  if (exit !== undefined)
    return new VernierError(
      "E_WORKER_EXIT",
      `the worker thread ended with exit code ${exit} before the objective returned. process.exit() ends the thread it is called in. ` +
        "Return a result, or throw to fail the trial.",
      { cause: error, details: { kind: "exit", exitCode: Number(exit) } },
    );
  return new VernierError(
    "E_WORKER_CRASH",
    `the worker thread ended by an error that nobody caught: ${name === undefined || name === "Error" ? "" : `${name}: `}${message.replace(/\.$/, "")}. ` +
      "It was thrown in a callback, or a promise was rejected that nobody awaits. Await it, so that the error reaches the objective.",
    { cause: error, ...(stack !== undefined && { details: { kind: "exit", tail: stack } }) },
  );
}
