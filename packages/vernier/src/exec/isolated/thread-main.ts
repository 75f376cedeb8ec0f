/** What runs in a worker thread: a task of the pool is one trial. */
import type { MessagePort } from "node:worker_threads";
import { MessageChannel, parentPort, receiveMessageOnPort, threadId, workerData } from "node:worker_threads";
import { loadObjective, type Objective } from "./load.ts";
import {
  toWire,
  type LoadMessage,
  type ModulePlace,
  type ResultMessage,
  type RunMessage,
  type ToWorker,
} from "./protocol.ts";
import { RemoteTrial } from "./remote-trial.ts";
import { serve } from "./serve.ts";

/** Sent once: the thread's own channel for everything but tasks and results. */
export interface Hello {
  readonly vernier: "thread";
  readonly threadId: number;
  readonly port: MessagePort;
  /** [0] grows with every message that is sent to the thread, so that looking for one costs nothing. */
  readonly posted: Int32Array;
}

const { module: place } = workerData as { readonly module: ModulePlace };
const { port1: port, port2 } = new MessageChannel();
const posted = new Int32Array(new SharedArrayBuffer(4));
let seen = 0;
let current: RemoteTrial | undefined;
let objective: Objective | undefined;
let loading: Promise<Objective> | undefined;

const take = (message: ToWorker): void => {
  if (message.id === current?.id) current.take(message);
};
const poll = (): void => {
  const now = Atomics.load(posted, 0);
  if (now === seen) return;
  seen = now;
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
    take(next.message as ToWorker);
};

port.on("message", take);
const hello: Hello = { vernier: "thread", threadId, port: port2, posted };
parentPort?.postMessage(hello, [port2]);

/** A module that failed to load is tried again by the next trial: the file may have been mended. */
const load = (): Promise<Objective> | Objective => {
  if (objective !== undefined) return objective;
  loading ??= loadObjective(place).then(
    found => (objective = found),
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
};

export default async function task(message: RunMessage | LoadMessage): Promise<ResultMessage> {
  const { id } = message;
  if (message.type === "load") {
    try {
      await load();
      return { type: "result", id, sent: 0 };
    } catch (error) {
      return { type: "result", id, sent: 0, error: toWire(error) };
    }
  }
  current = new RemoteTrial(message, each => port.postMessage(each), poll);
  try {
    return await serve(load, current);
  } finally {
    current = undefined;
  }
}
