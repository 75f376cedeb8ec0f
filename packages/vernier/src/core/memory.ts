/** The storage that lives in this process: for tests, notebooks and browsers, and the fastest one. */
import { systemClock } from "./clock.ts";
import { creationOf } from "./import-log.ts";
import { recordCopy } from "./json.ts";
import { MemoryArtifacts } from "./memory-artifacts.ts";
import { MemoryStudy } from "./memory-study.ts";
import { checkSpec, storageClosed, studyExists, studyNotDeleted, studyUnknown } from "./refusals.ts";
import type {
  Clock,
  Command,
  EventBody,
  Executed,
  Report,
  ResultOf,
  Revision,
  Snapshot,
  Storage,
  StudyEvent,
  StudyInfo,
  StudySpec,
  TimedEvent,
  TrialFilter,
  TrialRecord,
} from "./types.ts";

/**
 * A storage in memory. Everything it hands out is frozen or a copy; what it is given is copied. Nothing outlives the process.
 *
 * @param options.clock injected time; the system's by default.
 */
export function memoryStorage(options: { readonly clock?: Pick<Clock, "now"> } = {}): Storage {
  return new MemoryStorage(options.clock ?? systemClock);
}

class MemoryStorage implements Storage {
  readonly url = "memory:";
  readonly artifacts = new MemoryArtifacts();
  readonly #clock: Pick<Clock, "now">;
  readonly #studies = new Map<number, MemoryStudy>();
  #lastId = 0;
  #lastTime = 0;
  #closed = false;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  async createStudy(spec: StudySpec): Promise<StudyInfo> {
    return this.#add(this.#made(spec, this.#now()));
  }

  async importStudy(
    spec: StudySpec,
    events: readonly TimedEvent[],
    options?: { readonly createdAt?: number },
  ): Promise<StudyInfo> {
    const now = this.#now();
    const createdAt = creationOf(events, options, now);
    const study = this.#made(spec, createdAt);
    study.load(events, { createdAt, now });
    this.#lastTime = Math.max(this.#lastTime, events.at(-1)?.at ?? createdAt);
    return this.#add(study);
  }

  async findStudy(name: string, options: { deleted?: boolean } = {}): Promise<StudyInfo | undefined> {
    const study = this.#byName(name);
    return study && (options.deleted || !study.info.deleted) ? study.shown() : undefined;
  }

  async listStudies(options: { deleted?: boolean } = {}): Promise<readonly StudyInfo[]> {
    this.#open();
    return [...this.#studies.values()].map(s => s.shown()).filter(info => options.deleted || !info.deleted);
  }

  async deleteStudy(id: StudyInfo["id"]): Promise<void> {
    this.#setDeleted(id, true);
  }

  async restoreStudy(id: StudyInfo["id"]): Promise<void> {
    this.#setDeleted(id, false);
  }

  async purgeStudy(id: StudyInfo["id"]): Promise<void> {
    const study = this.#study(id);
    if (!study.info.deleted) throw studyNotDeleted(study.info.spec.name);
    this.#studies.delete(id as number);
    const kept = new Set([...this.#studies.values()].flatMap(other => [...other.hashes()]));
    for (const hash of study.hashes()) if (!kept.has(hash)) this.artifacts.remove(hash);
  }

  async execute<C extends Command>(id: StudyInfo["id"], command: C, since?: Revision): Promise<Executed<ResultOf<C>>> {
    return this.#study(id).execute(command, since, this.#now());
  }

  async snapshot(id: StudyInfo["id"]): Promise<Snapshot> {
    return this.#study(id).snapshot();
  }

  async changes(id: StudyInfo["id"], since: Revision, limit = 10_000): Promise<readonly StudyEvent[]> {
    return this.#study(id).changes(since, limit);
  }

  async trial(id: StudyInfo["id"], number: number): Promise<TrialRecord | undefined> {
    return this.#study(id).trial(number);
  }

  async trials(id: StudyInfo["id"], filter: TrialFilter = {}): Promise<readonly TrialRecord[]> {
    return this.#study(id).select(filter);
  }

  async reports(id: StudyInfo["id"], number: number): Promise<readonly Report[]> {
    return this.#study(id).reports(number).slice();
  }

  async logs(id: StudyInfo["id"], number: number): Promise<readonly { at: number; attempt: number; text: string }[]> {
    return this.#study(id).logs(number);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#studies.clear();
  }

  /** A study that is not in the storage yet. */
  #made(spec: StudySpec, at: number): MemoryStudy {
    checkSpec(spec);
    const taken = this.#byName(spec.name);
    if (taken) throw studyExists(taken.info);
    const copy = recordCopy(spec, "E_JSON", "spec") as unknown as StudySpec;
    return new MemoryStudy(this.#lastId + 1, copy, at);
  }

  #add(study: MemoryStudy): StudyInfo {
    this.#studies.set(++this.#lastId, study);
    return study.shown();
  }

  #open(): void {
    if (this.#closed) throw storageClosed(this.url);
  }

  #now(): number {
    this.#lastTime = Math.max(this.#lastTime, this.#clock.now());
    return this.#lastTime;
  }

  #study(id: StudyInfo["id"]): MemoryStudy {
    this.#open();
    const study = this.#studies.get(id as number);
    if (study === undefined) throw studyUnknown(id);
    return study;
  }

  #byName(name: string): MemoryStudy | undefined {
    this.#open();
    return this.#studies.values().find(study => study.info.spec.name === name);
  }

  #setDeleted(id: StudyInfo["id"], deleted: boolean): void {
    const study = this.#study(id);
    if (study.info.deleted === deleted) return;
    const body: EventBody = { type: deleted ? "study.deleted" : "study.restored" };
    study.append(body, this.#now());
  }
}
