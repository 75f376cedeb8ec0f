/** One open study: the storage behind it, the local cache that follows its log, and the parts that decide. Shared by all that a study does. */
import { follow, type Learner } from "./dynamic.ts";
import { VernierError } from "./errors.ts";
import { applyStudy, isTrialEvent } from "./fold.ts";
import { LiveHistory } from "./history.ts";
import { Leases } from "./leases.ts";
import { compile, editSpace, isLocal, type SpaceEdit } from "../space/index.ts";
import type { Space } from "../space/infer.ts";
import type { Codec, Params, SpaceJson } from "../space/types.ts";
import type {
  Clock,
  Command,
  Executor,
  PartSpec,
  ResultOf,
  Revision,
  Sampler,
  Scheduler,
  Snapshot,
  Storage,
  StudyEvent,
  StudyInfo,
} from "./types.ts";

/** Rebuilds parts from what a study has stored. */
export interface Parts {
  /** Rebuilds a stored sampler. */
  sampler(spec: PartSpec): Sampler | Promise<Sampler>;
  /** Rebuilds a stored scheduler. */
  scheduler(spec: PartSpec): Scheduler | Promise<Scheduler>;
}

export interface SessionOptions {
  readonly storage: Storage;
  readonly info: StudyInfo;
  readonly snapshot: Snapshot;
  /** Define-by-run only: what the log up to the snapshot taught. */
  readonly learner?: Learner | undefined;
  /** The space as it came, with conditions that JSON cannot hold; the stored one when left out. */
  readonly space?: SpaceJson;
  /** Rebuilt from the spec when left out, at the first use. */
  readonly sampler?: Sampler | undefined;
  readonly scheduler?: Scheduler | undefined;
  readonly parts: Parts;
  readonly clock: Clock;
  /** Evaluates trials where `run` is given no objective. */
  readonly executor?: Executor | undefined;
  /** Close the storage with the study. */
  readonly ownsStorage: boolean;
}

/** Reads older parameters through an edited space; a space with functions is never edited. */
export function migration(space: SpaceJson): SpaceEdit["migrate"] | undefined {
  return isLocal(space) ? undefined : editSpace(space, space).migrate;
}

/** 128 random bits. Not crypto.randomUUID: browsers have that on secure pages only. */
function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("");
}

export class Session {
  readonly storage: Storage;
  readonly id: StudyInfo["id"];
  readonly clock: Clock;
  readonly executor: Executor | undefined;
  readonly leases: Leases;
  /** Names this process in leases. */
  readonly owner = randomName();
  info: StudyInfo;
  history: LiveHistory;
  closed = false;
  /** Define-by-run only. */
  readonly learner: Learner | undefined;
  /** A new codec of the study's space, or of an edited one. */
  readonly compile: (space?: SpaceJson) => Codec;
  #sampler: Sampler | undefined;
  #scheduler: Scheduler | undefined;
  readonly #parts: Parts;
  readonly #ownsStorage: boolean;
  readonly #listeners = new Set<() => void>();
  readonly #closing = new Set<() => void>();
  readonly #runs = new Set<Promise<unknown>>();
  /** Suggestions under way that still read `history`. */
  #readers = 0;

  constructor(options: SessionOptions) {
    const { storage, info, snapshot, clock } = options;
    this.storage = storage;
    this.id = info.id;
    this.info = info;
    this.clock = clock;
    this.executor = options.executor;
    this.leases = new Leases(storage, info.id, clock);
    this.#sampler = options.sampler;
    this.#scheduler = options.scheduler;
    this.#parts = options.parts;
    this.#ownsStorage = options.ownsStorage;
    this.learner = options.learner;
    const given = options.learner?.space ?? options.space ?? info.spec.space;
    // Of this study's own, because a `text` parameter's vocabulary grows in it.
    this.compile = (space = given) => compile(space as Space<Params>, { fresh: true });
    this.history = new LiveHistory({
      spec: info.spec,
      codec: this.compile(),
      snapshot,
      compile: this.compile,
      migration,
    });
  }

  /** One command; the cache has followed it, and everything before it, when this returns. */
  async execute<C extends Command>(command: C): Promise<ResultOf<C>> {
    if (this.closed) throw this.closedError();
    const since = this.history.revision;
    const { result, events } = await this.storage.execute(this.id, command, since);
    this.absorb(since, events);
    return result;
  }

  /** Fetches what others did. */
  async refresh(): Promise<void> {
    if (this.closed) throw this.closedError();
    for (;;) {
      const since = this.history.revision;
      const events = await this.storage.changes(this.id, since);
      if (events.length === 0) return;
      this.absorb(since, events);
    }
  }

  /**
   * Follows the events after `since`. Calls overlap, so the first ones may be known already: the list has no gaps, hence it is
   * either joined at the event the cache stands at, or ends before it.
   */
  absorb(since: Revision, events: readonly StudyEvent[]): void {
    if (events.length === 0) return;
    let i = 0;
    if (since !== this.history.revision) {
      const { revision } = this.history;
      i = events.findLastIndex(event => event.revision === revision) + 1;
      if (i === 0 || i === events.length) return;
    }
    if (this.#readers > 0) this.#detach();
    for (; i < events.length; i++) {
      const event = events[i]!;
      this.history.apply(event);
      if (this.learner) follow(this.learner, event, this);
      if (!isTrialEvent(event)) this.info = applyStudy(this.info, event);
    }
    if (this.#listeners.size > 0) this.wake();
  }

  /** Keeps the current history as it is until the function returned is called: a suggestion that takes its time must not see later events. */
  pin(): () => void {
    const pinned = this.history;
    this.#readers++;
    return () => {
      if (this.history === pinned) this.#readers--;
    };
  }

  /** Leaves the history to its readers and goes on with a copy. Caches that samplers keep for the old one are built anew. */
  #detach(): void {
    this.history = this.history.clone();
    this.#readers = 0;
  }

  /** Calls back after each change of the cache, and on close; returns the way to stop it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves at the next change of the cache, after `ms`, or when the study closes. */
  changed(ms: number): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        stop();
        cancel();
        resolve();
      };
      const stop = this.onChange(done);
      const cancel = this.clock.timer(ms, done);
    });
  }

  get sampler(): Sampler | Promise<Sampler> {
    return this.#sampler ?? this.#rebuilt("sampler", this.info.spec.sampler, made => (this.#sampler = made));
  }
  get scheduler(): Scheduler | Promise<Scheduler> {
    return this.#scheduler ?? this.#rebuilt("scheduler", this.info.spec.scheduler, made => (this.#scheduler = made));
  }

  use(parts: { readonly sampler?: Sampler | undefined; readonly scheduler?: Scheduler | undefined }): void {
    if (parts.sampler) this.#sampler = parts.sampler;
    if (parts.scheduler) this.#scheduler = parts.scheduler;
  }

  async #rebuilt<K extends "sampler" | "scheduler">(
    kind: K,
    spec: PartSpec,
    keep: (made: Awaited<ReturnType<Parts[K]>>) => void,
  ): Promise<Awaited<ReturnType<Parts[K]>>> {
    if (spec.local) {
      throw new VernierError(
        `E_${kind === "sampler" ? "SAMPLER" : "SCHEDULER"}_LOCAL`,
        `study "${this.info.spec.name}" was made with the ${kind} "${spec.name}", which holds functions and cannot be rebuilt from the storage. ` +
          `Open the study with the same ${kind}: createStudy({ ..., ${kind}, ifExists: "resume" }).`,
      );
    }
    const made = (await this.#parts[kind](spec)) as Awaited<ReturnType<Parts[K]>>;
    keep(made);
    return made;
  }

  closedError(): VernierError {
    return new VernierError(
      "E_STUDY_CLOSED",
      `study "${this.info.spec.name}" is closed. A closed study takes no commands, and what its trials say now is not recorded. ` +
        `Tell before close(), or open the study again.`,
    );
  }

  /** Wakes whoever waits for a change. */
  wake(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls back when the study is about to close; returns the way to stop it. */
  onClose(listener: () => void): () => void {
    this.#closing.add(listener);
    return () => void this.#closing.delete(listener);
  }

  /** Work that `close` waits for. */
  during<T>(work: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = work.then(
      () => this.#runs.delete(settled),
      () => this.#runs.delete(settled),
    );
    this.#runs.add(settled);
    return work;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    for (const listener of [...this.#closing]) listener();
    while (this.#runs.size > 0) await Promise.all(this.#runs);
    if (this.closed) return;
    this.closed = true;
    this.leases.close();
    this.wake();
    if (this.#ownsStorage) await this.storage.close();
  }
}
