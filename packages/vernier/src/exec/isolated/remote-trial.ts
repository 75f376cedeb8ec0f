/** The trial as an isolated objective holds it: what it does is sent to the run, which answers. */
import { VernierError } from "../../core/errors.ts";
import { hasCode } from "../../core/result.ts";
import type { ArtifactRef, Metrics, Params, TrialContext } from "../../core/types.ts";
import { fromWire, type FromWorker, type Method, type RunMessage, type ToWorker } from "./protocol.ts";

type Annotation = Parameters<TrialContext["annotate"]>[0];
interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class RemoteTrial implements TrialContext {
  readonly id: number;
  readonly number: number;
  readonly attempt: number;
  readonly params: Params;
  readonly until: number | undefined;
  readonly resumed: TrialContext["resumed"];
  readonly slots: TrialContext["slots"];
  /** Messages sent so far. */
  sent = 0;
  readonly #post: (message: FromWorker) => void;
  readonly #poll: (() => void) | undefined;
  readonly #waiting = new Map<number, Waiting>();
  readonly #answers = new Set<Promise<void>>();
  #calls = 0;
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;
  #pruned = false;
  #over = false;

  /** `poll` takes in what has come meanwhile, where that can be done without waiting: then even an objective that never waits sees an abort. */
  constructor(run: RunMessage, post: (message: FromWorker) => void, poll?: () => void) {
    this.id = run.id;
    this.number = run.number;
    this.attempt = run.attempt;
    this.params = run.params;
    this.until = run.until;
    this.resumed = run.resumed;
    this.slots = run.slots;
    this.#post = post;
    this.#poll = poll;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
      if (this.#poll !== undefined) watchful(this.#controller.signal, this.#poll);
    }
    return this.#controller.signal;
  }

  get stopped(): boolean {
    return this.#pruned;
  }

  report(step: number, metrics: Metrics): Promise<void> {
    return this.#call("report", [step, metrics]) as Promise<void>;
  }

  checkpoint(step: number, bytes: Uint8Array): Promise<void> {
    return this.#call("checkpoint", [step, bytes]) as Promise<void>;
  }

  artifact(name: string, bytes: Uint8Array, type?: string): Promise<ArtifactRef> {
    return this.#call("artifact", [name, bytes, type]) as Promise<ArtifactRef>;
  }

  annotate(change: Annotation): Promise<void> {
    return this.#call("annotate", [change]) as Promise<void>;
  }

  log(text: string): void {
    if (this.#over) return;
    this.#send({ type: "log", id: this.id, text: String(text) });
  }

  /** Takes a message of the run that is meant for this trial. */
  take(message: ToWorker): void {
    if (message.type === "abort") return this.#abort(fromWire(message.error));
    const waiting = this.#waiting.get(message.call);
    if (waiting === undefined) return;
    this.#waiting.delete(message.call);
    if (message.error === undefined) return waiting.resolve(message.value);
    const error = fromWire(message.error);
    if (hasCode(error, "E_PRUNED") || hasCode(error, "E_PAUSED")) this.#abort(error);
    const reason = this.#aborted?.reason as { readonly code?: unknown } | undefined;
    // One error, whether the objective meets it at its signal or at a report.
    waiting.reject(reason !== undefined && hasCode(error, String(reason.code)) ? reason : error);
  }

  /** Waits for the answers that the objective did not wait for; then nothing more is sent. */
  async finish(): Promise<void> {
    while (this.#answers.size > 0) await Promise.allSettled(this.#answers);
    this.#over = true;
  }

  #abort(reason: unknown): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = { reason };
    this.#pruned = hasCode(reason, "E_PRUNED");
    this.#controller?.abort(reason);
  }

  #call(method: Method, args: readonly unknown[]): Promise<unknown> {
    const answer = this.#ask(method, args);
    // A report that nobody awaits must not bring the whole thread or process down when the answer is a stop; the signal tells it, too.
    const settled = answer.then(
      () => undefined,
      () => undefined,
    );
    this.#answers.add(settled);
    void settled.then(() => this.#answers.delete(settled));
    return answer;
  }

  async #ask(method: Method, args: readonly unknown[]): Promise<unknown> {
    if (this.#over)
      throw new VernierError(
        "E_TRIAL_FINISHED",
        `trial ${this.number} has ended, and its objective calls ${method}() still. What a trial does it does before its objective ` +
          `returns. Await it.`,
      );
    if (method === "report" && this.#aborted !== undefined) throw this.#aborted.reason;
    const call = ++this.#calls;
    this.#send({ type: "call", id: this.id, call, method, args });
    return new Promise((resolve, reject) => this.#waiting.set(call, { resolve, reject }));
  }

  #send(message: FromWorker): void {
    this.#post(message);
    this.sent++;
  }
}

/** `signal.aborted` and `throwIfAborted()` look for messages first. */
function watchful(signal: AbortSignal, poll: () => void): void {
  const aborted = (): boolean => {
    poll();
    return Reflect.get(AbortSignal.prototype, "aborted", signal) as boolean;
  };
  Object.defineProperties(signal, {
    aborted: { get: aborted },
    throwIfAborted: {
      value: () => {
        if (aborted()) throw signal.reason;
      },
    },
  });
}
