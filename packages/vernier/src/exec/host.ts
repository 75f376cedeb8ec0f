/** The run's end of an isolated trial: does for the objective what it asks, and waits until all of it is done. */
import type { TrialContext } from "../core/types.ts";
import { toWire, type CallMessage, type FromWorker, type ToWorker } from "./isolated/protocol.ts";

export class Host {
  readonly id: number;
  readonly #trial: TrialContext;
  readonly #tell: (message: ToWorker) => void;
  readonly #inFlight = new Set<Promise<void>>();
  #received = 0;
  #onMessage: (() => void) | undefined;

  constructor(id: number, trial: TrialContext, tell: (message: ToWorker) => void) {
    this.id = id;
    this.#trial = trial;
    this.#tell = tell;
  }

  take(message: FromWorker): void {
    this.#received++;
    if (message.type === "log") this.#trial.log(message.text);
    else {
      const done = this.#answer(message).finally(() => this.#inFlight.delete(done));
      this.#inFlight.add(done);
    }
    this.#onMessage?.();
  }

  /** When `sent` messages have come and all that they asked for is done. */
  async caughtUp(sent: number): Promise<void> {
    while (this.#received < sent) await new Promise<void>(resolve => (this.#onMessage = resolve));
    await this.quiet();
  }

  /** When nothing more is being written for this trial. */
  async quiet(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  /** Never rejects. */
  async #answer(message: CallMessage): Promise<void> {
    const { id, call } = message;
    try {
      const value = await this.#do(message);
      this.#tell({ type: "reply", id, call, ...(value !== undefined && { value }) });
    } catch (error) {
      this.#tell({ type: "reply", id, call, error: toWire(error) });
    }
  }

  #do({ method, args }: CallMessage): Promise<unknown> {
    const trial = this.#trial;
    switch (method) {
      case "report":
        return trial.report(...(args as Parameters<TrialContext["report"]>));
      case "checkpoint":
        return trial.checkpoint(...(args as Parameters<TrialContext["checkpoint"]>));
      case "artifact":
        return trial.artifact(...(args as Parameters<TrialContext["artifact"]>));
      case "annotate":
        return trial.annotate(...(args as Parameters<TrialContext["annotate"]>));
    }
  }
}
