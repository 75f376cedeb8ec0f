/** What runs in a child process: messages come and go over the channel to its parent. */
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

/** The first message. */
export interface Setup {
  readonly type: "setup";
  readonly module: ModulePlace;
  readonly watchMemory: boolean;
}

let setup: Setup | undefined;
let current: RemoteTrial | undefined;
let objective: Promise<Objective> | undefined;

const load = (): Promise<Objective> => (objective ??= loadObjective((setup as Setup).module));
const post = (message: unknown): void => void process.send?.(message);

async function handle(message: Setup | RunMessage | LoadMessage | ToWorker): Promise<void> {
  switch (message.type) {
    case "setup":
      setup = message;
      return;
    case "load": {
      const { id } = message;
      const answer: ResultMessage = await load().then(
        () => ({ type: "result", id, sent: 0 }),
        (error: unknown) => ({ type: "result", id, sent: 0, error: toWire(error) }),
      );
      return post(answer);
    }
    case "run": {
      current = new RemoteTrial(message, post);
      const result = await serve(load, current);
      current = undefined;
      return post(setup?.watchMemory === true ? { ...result, memory: process.memoryUsage.rss() } : result);
    }
    default:
      if (message.id === current?.id) current.take(message);
  }
}

process.on("message", message => void handle(message as Parameters<typeof handle>[0]));
// The parent is gone, however it ended: so is everything that was started here.
process.on("disconnect", () => {
  if (process.platform !== "win32") process.kill(-process.pid, "SIGKILL");
  process.exit(1);
});
