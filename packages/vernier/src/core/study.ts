/** A study as users hold it. The rules live elsewhere: this file says which part answers what. */
import { ask, attach } from "./ask.ts";
import { checkOptionNames } from "./define.ts";
import { milliseconds } from "./duration.ts";
import { VernierError } from "./errors.ts";
import { feed } from "./events.ts";
import { Front } from "./front.ts";
import { asExecutor } from "./inline.ts";
import { checkCorrection } from "./result.ts";
import { run } from "./run.ts";
import { checkRunOptions } from "./run-options.ts";
import { replaySession, type ReplayReport } from "./replay.ts";
import type { Session } from "./session.ts";
import { partSpec } from "./spec.ts";
import type { Annotation, AskOptions, EventsOptions, RunOptions, RunSummary } from "./study-types.ts";
import { checkQueued } from "./suggestion.ts";
import { tableColumns, tableRows, type TableColumns, type TableRow } from "./table.ts";
import type { LiveTrial } from "./trial.ts";
import { editSpace } from "../space/index.ts";
import { spell } from "../space/spell.ts";
import type { SpaceJson } from "../space/types.ts";
import type {
  Command,
  History,
  Json,
  Lineage,
  Metrics,
  Params,
  Report,
  Revision,
  Sampler,
  Scheduler,
  Storage,
  StudyEvent,
  StudyInfo,
  StudySpec,
  TrialRecord,
  TrialState,
} from "./types.ts";

/** How often a feed looks for other processes' events, ms. */
const POLL = 1000;
const STATES: readonly TrialState[] = ["waiting", "running", "paused", "complete", "pruned", "failed"];

/** For functions over studies that are not methods. */
const sessions = new WeakMap<object, Session>();

/**
 * Checks that every suggestion of a study is what its sampler says when it reads the log up to the suggestion's basis: the proof that
 * a study can be reproduced. Reads the whole log; changes nothing.
 *
 * @throws E_OPTION for anything but a study of this library.
 * @example const { checked, mismatches } = await replay(study);
 */
export function replay(study: object): Promise<ReplayReport> {
  const session = sessions.get(study);
  if (session !== undefined) return replaySession(session);
  throw new VernierError(
    "E_OPTION",
    `replay() got ${spell(study)}. It must be a study. Pass what createStudy() or openStudy() gave.`,
  );
}

/** `Study` without its types; the engine hands it out as `Study<P, K, O>`. */
export class LiveStudy {
  readonly #session: Session;
  readonly #front = new Front();
  #trials: { readonly revision: Revision; readonly list: readonly TrialRecord[] } | undefined;

  constructor(session: Session) {
    this.#session = session;
    sessions.set(this, session);
  }

  get name(): string {
    return this.spec.name;
  }
  get spec(): StudySpec {
    return this.#session.info.spec;
  }
  get storage(): Storage {
    return this.#session.storage;
  }
  get id(): StudyInfo["id"] {
    return this.#session.id;
  }
  get history(): History {
    return this.#session.history;
  }
  get attrs(): Readonly<Record<string, Json>> {
    return this.#session.info.attrs;
  }
  get tags(): readonly string[] {
    return this.#session.info.tags;
  }
  get note(): string | null {
    return this.#session.info.note;
  }

  // ------------------------------------------------------------------------------------------------------------- the work

  async run(objective: unknown, options: RunOptions = {}): Promise<RunSummary> {
    const session = this.#session;
    if (session.closed) throw session.closedError();
    const limits = checkRunOptions(options, session.history);
    return session.during(run(session, asExecutor(objective ?? session.executor), limits));
  }

  async ask(options: AskOptions = {}): Promise<LiveTrial> {
    checkOptionNames("ask()", options, ["lease", "retries", "claim"]);
    const session = this.#session;
    for (;;) {
      const trial = await ask(session, options);
      if (trial !== undefined) return trial;
      // The scheduler waits for trials under way; with none there is nothing to wait for.
      if (session.history.pending.length === 0) {
        throw new VernierError(
          "E_ASK_IDLE",
          `the scheduler "${this.spec.scheduler.name}" has nothing to start in study "${this.name}", and no trial is under way. ` +
            `The search is over. Read study.best, or configure another scheduler.`,
        );
      }
      await session.changed(POLL);
      await session.refresh();
    }
  }

  attach(number: number): Promise<LiveTrial> {
    return attach(this.#session, number);
  }

  async queue(
    params: Params,
    options: {
      attrs?: Readonly<Record<string, Json>>;
      tags?: readonly string[];
      parent?: Lineage;
      until?: number;
    } = {},
  ): Promise<number> {
    checkOptionNames("queue()", options, ["attrs", "tags", "parent", "until"]);
    checkQueued(this.#session.history.codec, params);
    const { number } = await this.#session.execute({ type: "queue", params, ...options });
    return number;
  }

  // ------------------------------------------------------------------------------------------------------------ the views

  get counts(): Readonly<Record<TrialState, number>> {
    const counts = Object.fromEntries(STATES.map(state => [state, 0])) as Record<TrialState, number>;
    for (const { state } of this.trials) counts[state]++;
    return counts;
  }

  get best(): TrialRecord | undefined {
    const { objectives } = this.#session.history;
    if (objectives.length > 1) {
      throw new VernierError(
        "E_STUDY_BEST",
        `study "${this.name}" has ${objectives.length} objectives (${objectives.map(o => o.name).join(", ")}), so no single best trial. ` +
          `Use study.front.`,
      );
    }
    return this.front[0];
  }

  get front(): readonly TrialRecord[] {
    const { history } = this.#session;
    const sign = history.objectives[0]?.direction === "maximize" ? -1 : 1;
    const first = (record: TrialRecord): number =>
      sign * (history.values[record.number * history.objectives.length] ?? NaN);
    const records = this.#front.of(history).flatMap(number => history.record(number) ?? []);
    return records.sort((a, b) => first(a) - first(b));
  }

  get trials(): readonly TrialRecord[] {
    const { history } = this.#session;
    const { revision, size } = history;
    if (this.#trials?.revision !== revision) {
      const list: TrialRecord[] = [];
      for (let number = 0; number < size; number++) {
        const record = history.record(number);
        if (record !== undefined && !record.deleted) list.push(record);
      }
      this.#trials = { revision, list: Object.freeze(list) };
    }
    return this.#trials.list;
  }

  trial(number: number): TrialRecord | undefined {
    return this.#session.history.record(number);
  }

  toTable(options: { as?: "rows" | "columns" } = {}): TableRow[] | TableColumns {
    checkOptionNames("toTable()", options, ["as"]);
    const { as = "rows" } = options;
    if (as !== "rows" && as !== "columns") {
      throw new VernierError(
        "E_OPTION",
        `as is ${spell(as)}. A table has rows or columns. Write as: "rows" or as: "columns".`,
      );
    }
    const spec = { ...this.spec, space: this.#session.history.codec.space };
    const rows = tableRows(spec, this.trials);
    return as === "rows" ? rows : tableColumns(rows, spec);
  }

  learnt(): SpaceJson {
    const { learner, info } = this.#session;
    if (learner === undefined) return info.spec.space;
    const { frozen } = learner;
    if (frozen !== undefined) return frozen;
    throw new VernierError(
      "E_STUDY_LEARNT",
      `study "${this.name}" has learnt no parameters yet. A define-by-run space is what complete trials asked for. Run some trials first.`,
    );
  }

  reports(number: number): readonly Report[] {
    return this.#session.history.reports(number);
  }

  refresh(): Promise<void> {
    return this.#session.refresh();
  }

  events(options: EventsOptions = {}): AsyncIterableIterator<StudyEvent> {
    checkOptionNames("events()", options, ["since", "signal", "poll"]);
    const { since = this.#session.history.revision, signal, poll = POLL } = options;
    return feed(this.#session, { since, signal, poll: milliseconds(poll, "poll") });
  }

  // ---------------------------------------------------------------------------------------------------------- the changes

  async correct(
    number: number,
    change: { state?: "complete" | "pruned" | "failed"; metrics?: Metrics; reason: string },
  ): Promise<void> {
    checkOptionNames("correct()", change, ["state", "metrics", "reason"]);
    const record = this.#session.history.record(number);
    if (record !== undefined) checkCorrection(record, change, this.#session.info.spec);
    await this.#do({ ...change, type: "correct", number });
  }

  deleteTrial(number: number): Promise<void> {
    return this.#do({ type: "delete", number });
  }

  restoreTrial(number: number): Promise<void> {
    return this.#do({ type: "restore", number });
  }

  annotate(change: Annotation): Promise<void> {
    checkOptionNames("annotate()", change, ["attrs", "tags", "note"]);
    return this.#do({ ...change, type: "annotate" });
  }

  annotateTrial(number: number, change: Annotation): Promise<void> {
    checkOptionNames("annotateTrial()", change, ["attrs", "tags", "note"]);
    return this.#do({ ...change, type: "annotate", number });
  }

  async editSpace(space: SpaceJson): Promise<void> {
    await this.#do({ type: "edit", space: editSpace(this.spec.space, space).space });
  }

  async configure(change: { sampler?: Sampler; scheduler?: Scheduler }): Promise<void> {
    checkOptionNames("configure()", change, ["sampler", "scheduler"]);
    const { sampler, scheduler } = change;
    await this.#do({
      type: "configure",
      ...(sampler && { sampler: partSpec(sampler) }),
      ...(scheduler && { scheduler: partSpec(scheduler) }),
    });
    this.#session.use(change);
  }

  async #do(command: Command): Promise<void> {
    await this.#session.execute(command);
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
