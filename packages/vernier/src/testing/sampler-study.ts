/**
 * A study without engine or storage: what happens to its trials is told by method calls. Samplers are pure, so their tests need no more.
 */
import { VernierError } from "../core/errors.ts";
import { LiveHistory } from "../core/history.ts";
import type { EventBody, Metrics, Params, Sampler, StudyEvent, StudySpec } from "../core/types.ts";
import { stream } from "../math/rng.ts";
import { compile } from "../space/index.ts";
import type { Codec, SpaceJson } from "../space/types.ts";

export interface SamplerStudyOptions {
  /** Objectives by name; `{ value: minimize }` when left out. */
  readonly objectives?: StudySpec["objectives"];
  /** Constraints by metric. */
  readonly constraints?: StudySpec["constraints"];
  readonly seed?: number;
}

/** What one ask gave. */
export interface Asked {
  readonly params: readonly Params[];
  readonly why: string | undefined;
}

/** The log of one study, in memory, and the history that follows it. */
export class SamplerStudy {
  readonly events: StudyEvent[] = [];
  readonly history: LiveHistory;
  readonly seed: number;
  readonly #spec: Pick<StudySpec, "objectives" | "constraints">;
  readonly #first: Codec;

  constructor(space: SpaceJson, options: SamplerStudyOptions = {}) {
    // Its own codec: the vocabulary of a text parameter grows in it.
    this.#first = compile(space as never, { fresh: true });
    this.seed = options.seed ?? 0;
    this.#spec = {
      objectives: options.objectives ?? { value: { direction: "minimize" } },
      constraints: options.constraints ?? {},
    };
    this.history = this.#open();
  }

  get codec(): Codec {
    return this.history.codec;
  }

  /** The same log read anew: everything a sampler may have cached for the history is gone. */
  reopened(): LiveHistory {
    const history = this.#open();
    history.applyAll(this.events);
    return history;
  }

  /** Asks the sampler for the next `n` trials; nothing is recorded. Another history stands in for the study's own. */
  async ask(sampler: Sampler, n = 1, history: LiveHistory = this.history): Promise<Asked> {
    let why: string | undefined;
    const number = history.size;
    const params = await sampler.suggest({
      space: history.codec,
      history,
      pending: history.pending,
      rng: stream(this.seed, number, "suggest"),
      seed: this.seed,
      number,
      n,
      resource: undefined,
      bracket: undefined,
      why: text => void (why = text),
    });
    return { params, why };
  }

  /** As `ask`; no configurations when the sampler says that it has none left. */
  async tryAsk(sampler: Sampler, n = 1, history: LiveHistory = this.history): Promise<Asked> {
    try {
      return await this.ask(sampler, n, history);
    } catch (error) {
      if (error instanceof VernierError && error.code === "E_SPACE_EXHAUSTED")
        return { params: [], why: error.message };
      throw error;
    }
  }

  /** Starts the next trial; null: its configuration is not known yet. */
  start(params: Params | null): number {
    const number = this.history.size;
    const suggestion = params === null ? {} : { params, basis: this.events.length };
    this.#tell({ type: "trial.started", number, attempt: 1, owner: "test", retries: 3, ...suggestion });
    return number;
  }

  complete(number: number, value: number | Metrics): void {
    const metrics = typeof value === "number" ? { value } : value;
    this.#tell({ type: "trial.finished", number, attempt: 1, state: "complete", metrics });
  }

  /** The trial reported at `step` and was stopped there; without a step it never reported. */
  prune(number: number, step?: number, value: number | Metrics = NaN): void {
    const metrics = typeof value === "number" ? { value } : value;
    if (step !== undefined) this.#tell({ type: "trial.reported", number, attempt: 1, step, metrics });
    this.#tell({ type: "trial.finished", number, attempt: 1, state: "pruned" });
  }

  /** The attempt failed; `again`: the trial waits for another one. */
  fail(number: number, again = false): void {
    const error = { kind: "throw", message: "boom" } as const;
    this.#tell({ type: "trial.failed", number, attempt: 1, state: again ? "waiting" : "failed", error });
  }

  release(number: number): void {
    this.#tell({ type: "trial.released", number, attempt: 1 });
  }

  /** A waiting trial runs again. */
  restart(number: number): void {
    this.#tell({ type: "trial.started", number, attempt: 2, owner: "test", retries: 3 });
  }

  correct(number: number, value: number): void {
    this.#tell({ type: "trial.corrected", number, metrics: { value }, reason: "test" });
  }

  delete(number: number): void {
    this.#tell({ type: "trial.deleted", number });
  }

  restore(number: number): void {
    this.#tell({ type: "trial.restored", number });
  }

  /** The space is edited. */
  edit(space: SpaceJson): void {
    this.#tell({ type: "study.edited", space });
  }

  #open(): LiveHistory {
    return new LiveHistory({
      spec: this.#spec,
      codec: compile(this.#first.space as never, { fresh: true }),
      compile: space => compile(space as never, { fresh: true }),
    });
  }

  #tell(body: EventBody): void {
    const event = { ...body, revision: this.events.length + 1, at: this.events.length } as StudyEvent;
    this.events.push(event);
    this.history.apply(event);
  }
}
