/** A running trial: what an objective and an asker hold. */
import { breathe } from "./breathe.ts";
import { VernierError } from "./errors.ts";
import { milliseconds } from "./duration.ts";
import { isLost } from "./leases.ts";
import { hasCode, outcomeMetrics, Paused, Pruned, trialError } from "./result.ts";
import type { Session } from "./session.ts";
import type { Annotation } from "./study-types.ts";
import { stream } from "../math/rng.ts";
import { spell } from "../space/spell.ts";
import type { ArtifactRef, Command, Metrics, Params, Scheduler, TrialContext, TrialRecord } from "./types.ts";

export class LiveTrial implements TrialContext {
  readonly number: number;
  readonly attempt: number;
  /** Set once, before anyone else sees the trial. */
  params: Params;
  readonly until: number | undefined;
  resumed: TrialContext["resumed"] = undefined;
  /** Given by the run, before the evaluation. */
  slots: TrialContext["slots"] = undefined;
  /** Told, failed, released or lost: nothing more is recorded for this attempt. */
  ended = false;
  protected readonly session: Session;
  readonly #scheduler: Scheduler;
  #verdict: Pruned | Paused | undefined;
  #controller: AbortController | undefined;
  #reason: unknown;
  #aborted = false;
  #onAbort: ((reason: unknown) => void) | undefined;
  /** Writes under way that nobody awaits; the next awaited call waits for them. */
  #background: Promise<unknown> | undefined;
  #backgroundError: { readonly error: unknown } | undefined;

  constructor(session: Session, record: TrialRecord, scheduler: Scheduler) {
    this.session = session;
    this.number = record.number;
    this.attempt = record.attempt;
    this.params = record.params ?? {};
    this.until = record.until ?? undefined;
    this.#scheduler = scheduler;
  }

  /** Made at the first look: most objectives never look, and it costs as much as the rest of a trial. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  get stopped(): boolean {
    return this.#verdict instanceof Pruned;
  }

  /** Tells the evaluation to end. Only the first reason counts. */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#onAbort?.(reason);
  }

  /** One listener at a time: the executor's. */
  onAbort(listener: (reason: unknown) => void): () => void {
    this.#onAbort = listener;
    if (this.#aborted) listener(this.#reason);
    return () => (this.#onAbort = undefined);
  }

  /** A report that nobody awaits brings no process down when its answer is a stop: the signal and the end of the trial tell it, too. */
  report(step: number, metrics: Metrics): Promise<void> {
    const call: Call = { promise: undefined };
    call.promise = this.#report(step, metrics, call);
    if (this.#aborted) handled(call);
    return call.promise;
  }

  async #report(step: number, metrics: Metrics, call: Call): Promise<void> {
    if (this.#aborted) throw this.#reason; // a verdict aborts, too
    try {
      await this.write({ type: "report", number: this.number, attempt: this.attempt, step, metrics });
    } catch (error) {
      if (isLost(error) || hasCode(error, "E_STUDY_CLOSED")) handled(call);
      throw error;
    }
    const { session, number } = this;
    const verdict = this.#scheduler.decide({
      history: session.history,
      number,
      step,
      rng: stream(session.info.spec.seed, number, "decide", step),
    });
    if (verdict === "continue") {
      const turn = breathe();
      if (turn === undefined) return;
      await turn;
      if (!this.#aborted) return;
      handled(call);
      throw this.#reason;
    }
    handled(call);
    this.#verdict = verdict === "stop" ? new Pruned() : new Paused();
    this.abort(this.#verdict);
    throw this.#verdict;
  }

  async checkpoint(step: number, bytes: Uint8Array): Promise<void> {
    checkBytes("checkpoint", bytes);
    const { hash, size } = await this.session.storage.artifacts.put(bytes);
    await this.write({ type: "checkpoint", number: this.number, attempt: this.attempt, step, hash, size });
  }

  async artifact(name: string, bytes: Uint8Array, type?: string): Promise<ArtifactRef> {
    checkBytes("artifact", bytes);
    const { hash, size } = await this.session.storage.artifacts.put(bytes);
    const artifact: ArtifactRef = { name, hash, size, ...(type !== undefined && { type }) };
    await this.write({ type: "artifact", number: this.number, artifact });
    return artifact;
  }

  log(text: string): void {
    this.later({ type: "log", number: this.number, attempt: this.attempt, text: String(text) });
  }

  async annotate(change: Annotation): Promise<void> {
    await this.write({ type: "annotate", number: this.number, ...change });
  }

  // -------------------------------------------------------------------------------------------------------------- endings

  async tell(outcome: unknown): Promise<void> {
    const metrics = outcomeMetrics(outcome, this.session.info.spec);
    const { number, attempt } = this;
    const told = this.stopped
      ? ({ type: "finish", number, attempt, state: "pruned", metrics, ranked: false } as const)
      : ({ type: "finish", number, attempt, state: "complete", metrics } as const);
    await this.write(told);
    this.#end();
  }

  async fail(error: unknown, options: { final?: boolean } = {}): Promise<"waiting" | "failed"> {
    const { number, attempt } = this;
    const metrics = (error as { details?: { metrics?: Metrics } } | null | undefined)?.details?.metrics;
    const { state } = await this.write({
      type: "fail",
      number,
      attempt,
      error: trialError(error),
      ...(metrics && { metrics }),
      ...(options.final && { final: true }),
    });
    this.#end();
    return state;
  }

  async prune(): Promise<void> {
    await this.write({ type: "finish", number: this.number, attempt: this.attempt, state: "pruned" });
    this.#end();
  }

  async pause(): Promise<void> {
    await this.write({ type: "pause", number: this.number, attempt: this.attempt });
    this.#end();
  }

  async release(): Promise<void> {
    await this.write({ type: "release", number: this.number, attempt: this.attempt });
    this.#end();
  }

  /** The trial is no longer ours, and nothing is recorded. */
  drop(): void {
    this.#end();
  }

  #end(): void {
    this.ended = true;
    this.session.leases.drop(this);
  }

  // --------------------------------------------------------------------------------------------------------------- writing

  /** A command that waits for those before it. */
  protected async write<C extends Command>(command: C): ReturnType<typeof Session.prototype.execute<C>> {
    if (this.#background !== undefined) {
      await this.#background;
      this.#background = undefined;
      const failed = this.#backgroundError;
      this.#backgroundError = undefined;
      if (failed) throw failed.error;
    }
    return this.session.execute(command);
  }

  /** A command nobody waits for. Its error, if any, is thrown by the next one that is waited for. */
  protected later(command: Command): void {
    this.#background = (this.#background ?? Promise.resolve())
      .then(() => this.session.execute(command))
      .catch((error: unknown) => {
        this.#backgroundError ??= { error };
      });
  }
}

/** A report under way, as its caller holds it. */
interface Call {
  promise: Promise<void> | undefined;
}

function handled({ promise }: Call): void {
  promise?.catch(() => undefined);
}

function checkBytes(what: string, bytes: unknown): void {
  if (ArrayBuffer.isView(bytes) && bytes instanceof Uint8Array) return;
  throw new VernierError(
    "E_ARTIFACT_BYTES",
    `the bytes of the ${what} are ${spell(bytes)}. They must be a Uint8Array. Encode text with new TextEncoder().encode(text).`,
  );
}

/** A lease as users give it: default, none, or a length. */
export function leaseLength(given: unknown, fallback: number): number | null {
  if (given === undefined) return fallback;
  return given === null ? null : milliseconds(given, "lease");
}
