/**
 * A study as another process changes it: a snapshot once, then only what is new, through the storage's feed. Survives the file being locked,
 * replaced by another one or gone for a while.
 */
import { statSync } from "node:fs";
import { applyTrial, isTrialEvent } from "../core/fold.ts";
import { FINISHED, START } from "../core/types.ts";
import type { Revision, Storage, StudyEvent, StudyInfo, TrialRecord, TrialState } from "../core/types.ts";
import { VernierError } from "../math/errors.ts";
import { spell } from "../space/spell.ts";
import { isVernierError } from "./errors.ts";

const PAGE = 10_000;
/** Trials of which the start is surely later in the log than the basis of one with a number this much lower. */
const BEFORE = 64;

/** What came of one look. */
export type Look =
  | { readonly kind: "changes"; readonly trials: readonly TrialRecord[]; readonly events: number }
  /** Another file stands there now, or trials were deleted, restored or corrected: everything has to be drawn anew. */
  | { readonly kind: "anew" }
  /** Nothing can be read just now; the next look may. */
  | { readonly kind: "waiting"; readonly why: string };

export interface FollowOptions {
  readonly name: string;
  readonly open: () => Promise<Storage>;
  /** The file, to notice that it was replaced; undefined for storages that are none. */
  readonly file: string | undefined;
}

/** Error codes of a storage that may be fine again in a moment. */
const PASSING = new Set(["E_STORAGE_BUSY", "E_STORAGE_MISSING", "E_STORAGE_IO", "E_STORAGE_DIRECTORY"]);

export class Follower {
  readonly #options: FollowOptions;
  #storage: Storage | undefined;
  #info: StudyInfo | undefined;
  #cursor: Revision = START;
  #records: (TrialRecord | undefined)[] = [];
  #order: number[] = [];
  #identity = "";
  readonly #open = new Map<number, TrialState>();
  readonly #owners = new Map<number, string>();

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  /** The study as of the last snapshot. */
  get info(): StudyInfo {
    if (this.#info === undefined) throw new TypeError("nothing was read yet");
    return this.#info;
  }
  /** Live trials in the order of their numbers. */
  get trials(): readonly TrialRecord[] {
    return this.#records.filter(trial => trial !== undefined && !trial.deleted) as TrialRecord[];
  }
  /** Live trials: the finished ones in the order they finished, then the others. */
  get ordered(): readonly TrialRecord[] {
    const finished = new Set(this.#order);
    const all = [...this.#order, ...this.#records.keys().filter(number => !finished.has(number))];
    return all
      .map(number => this.#records[number])
      .filter(trial => trial !== undefined && !trial.deleted) as TrialRecord[];
  }
  /** Live trials that are not finished. */
  get open(): ReadonlyMap<number, TrialState> {
    return this.#open;
  }
  /** Who runs each running trial, as far as the log said so. */
  get owners(): ReadonlyMap<number, string> {
    return this.#owners;
  }

  /** The first snapshot. @throws VernierError E_STORAGE_*, E_STUDY_UNKNOWN */
  async begin(): Promise<void> {
    // Before opening: a file that is replaced meanwhile is noticed at the next look.
    const identity = this.#identify();
    const storage = await this.#options.open();
    try {
      const info = await storage.findStudy(this.#options.name);
      if (info === undefined)
        throw new VernierError(
          "E_STUDY_UNKNOWN",
          `there is no study ${spell(this.#options.name)} any more. It was deleted or the file replaced; see \`vernier studies\`.`,
        );
      const { revision, trials, finished } = await storage.snapshot(info.id);
      this.#info = info;
      this.#records = [];
      this.#open.clear();
      for (const trial of trials) this.#keep(trial);
      this.#order = [...finished];
      this.#cursor = revision;
      this.#owners.clear();
      await this.#findOwners(storage, info, revision);
      this.#storage = storage;
      this.#identity = identity;
    } catch (error) {
      await storage.close();
      throw error;
    }
  }

  /** What happened since the last look. @throws VernierError when the study or the file cannot be read and will not be. */
  async look(): Promise<Look> {
    try {
      const identity = this.#identify();
      if (this.#storage === undefined || identity !== this.#identity) {
        if (identity === "" && this.#options.file !== undefined)
          return { kind: "waiting", why: `${this.#options.file} is gone` };
        await this.end();
        await this.begin();
        return { kind: "anew" };
      }
      return await this.#changes(this.#storage, this.info);
    } catch (error) {
      if (!isVernierError(error) || !PASSING.has(error.code)) throw error;
      return {
        kind: "waiting",
        why: error.code === "E_STORAGE_BUSY" ? "another process holds the file" : error.message,
      };
    }
  }

  async end(): Promise<void> {
    const storage = this.#storage;
    this.#storage = undefined;
    await storage?.close();
  }

  async #changes(storage: Storage, info: StudyInfo): Promise<Look> {
    const changed = new Map<number, TrialRecord>();
    let anew = false;
    let count = 0;
    for (;;) {
      const events = await storage.changes(info.id, this.#cursor, PAGE);
      for (const event of events) {
        anew = this.#apply(event, changed) || anew;
        this.#cursor = event.revision;
      }
      count += events.length;
      if (events.length < PAGE) break;
    }
    return anew ? { kind: "anew" } : { kind: "changes", trials: [...changed.values()], events: count };
  }

  /** True where what was shown is no longer so. */
  #apply(event: StudyEvent, changed: Map<number, TrialRecord>): boolean {
    if (event.type === "study.deleted")
      throw new VernierError(
        "E_STUDY_DELETED",
        `the study ${spell(this.#options.name)} was deleted just now. Bring it back with \`vernier undo\`.`,
      );
    if (!isTrialEvent(event)) {
      if (event.type === "study.edited") this.#info = { ...this.info, spec: { ...this.info.spec, space: event.space } };
      return false;
    }
    const before = this.#records[event.number];
    const after = applyTrial(before, event);
    this.#keep(after);
    if (event.type === "trial.started") this.#owners.set(event.number, event.owner);
    if (after.state !== "running") this.#owners.delete(event.number);
    if (after.finishedAt !== null && before?.finishedAt === null) this.#order.push(event.number);
    changed.set(event.number, after);
    return event.type === "trial.corrected" || event.type === "trial.deleted" || event.type === "trial.restored";
  }

  #keep(trial: TrialRecord): void {
    this.#records[trial.number] = trial;
    if (trial.deleted || FINISHED.has(trial.state)) this.#open.delete(trial.number);
    else this.#open.set(trial.number, trial.state);
  }

  /** Reads who started what runs from the log, beginning shortly before the first of it. */
  async #findOwners(storage: Storage, info: StudyInfo, until: Revision): Promise<void> {
    const running = new Set([...this.#open].filter(([, state]) => state === "running").map(([number]) => number));
    if (running.size === 0) return;
    const first = Math.min(...running);
    let cursor: Revision = START;
    for (let number = first - BEFORE; number >= 0 && cursor === START; number--)
      cursor = this.#records[number]?.basis ?? START;
    while (cursor !== until) {
      const events = await storage.changes(info.id, cursor, PAGE);
      for (const event of events) {
        if (event.type === "trial.started" && running.has(event.number)) this.#owners.set(event.number, event.owner);
        cursor = event.revision;
        if (cursor === until) break;
      }
      if (events.length < PAGE) break;
    }
  }

  /** Device and inode: another file of the same name has others. */
  #identify(): string {
    const { file } = this.#options;
    if (file === undefined) return "";
    const found = statSync(file, { throwIfNoEntry: false });
    return found === undefined ? "" : `${found.dev}:${found.ino}`;
  }
}
