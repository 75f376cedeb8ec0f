/**
 * Composes storage, parts and clock into studies. Knows no storage URL and no algorithm: those are given to it, so that tests and
 * browsers bring their own.
 */
import { systemClock } from "./clock.ts";
import { checkOptionNames } from "./define.ts";
import { Learner } from "./dynamic.ts";
import { VernierError } from "./errors.ts";
import { memoryStorage } from "./memory.ts";
import { Session, type Parts } from "./session.ts";
import { checkedName, checkResumable, partSpec, samePart, studySpec } from "./spec.ts";
import { LiveStudy } from "./study.ts";
import type { Constraints, Objectives, ParamsOf, Study, StudyOptions } from "./study-types.ts";
import { isLocal, toJson } from "../space/index.ts";
import { didYouMean, spell } from "../space/spell.ts";
import type { Params, SpaceJson } from "../space/types.ts";
import {
  START,
  type Clock,
  type Executor,
  type PartSpec,
  type Revision,
  type Sampler,
  type Scheduler,
  type Snapshot,
  type Storage,
  type StudyInfo,
  type StudySpec,
} from "./types.ts";

/** What an engine is made of. */
export interface EngineOptions {
  /** Default: in memory. */
  readonly storage?: Storage;
  /** For studies that name none. */
  readonly sampler: () => Sampler | Promise<Sampler>;
  /** For studies that name none. */
  readonly scheduler: () => Scheduler | Promise<Scheduler>;
  /** Rebuilds the parts of stored studies. Without it a stored study needs its parts given. */
  readonly parts?: Parts;
  readonly clock?: Clock;
  /** Evaluates trials where `run` is given no objective. */
  readonly executor?: Executor;
  /** Close the storage when a study is closed. Default false. */
  readonly ownsStorage?: boolean;
}

/** A study by its name; parts replace the stored ones for this process only. */
export interface OpenOptions {
  name: string;
  sampler?: Sampler;
  scheduler?: Scheduler;
}

/** Makes and opens studies on one storage. */
export interface Engine {
  readonly storage: Storage;
  /**
   * Makes a study, or resumes the stored one with `ifExists: "resume"`.
   *
   * @throws E_STUDY_EXISTS, E_STUDY_MISMATCH, E_STUDY_NAME, E_STUDY_SPACE, E_STUDY_OBJECTIVES, E_STUDY_CONSTRAINTS, E_STUDY_SEED,
   * E_OPTION, E_SPACE_LOCAL.
   */
  create<S, const O extends Objectives, const C extends Constraints = Record<never, never>>(
    options: StudyOptions<S, O, C>,
  ): Promise<Study<ParamsOf<S>, (keyof O | keyof C) & string, keyof O & string>>;
  /** Opens a stored study. Its sampler and scheduler are rebuilt when first needed. @throws E_STUDY_UNKNOWN. */
  open(options: OpenOptions): Promise<Study<Params, string, string>>;
}

const NAMES = ["name", "space", "objectives", "constraints", "sampler", "scheduler", "storage", "seed", "ifExists"];

/** Makes an engine. `vernier` has one ready for each storage URL; this is for plug-ins and tests. */
export function createEngine(options: EngineOptions): Engine {
  const engine = new StudyEngine(options);
  return {
    storage: engine.storage,
    create: given => engine.create(given) as never,
    open: given => engine.open(given) as never,
  };
}

/** Options as they come: a JavaScript user may leave out or misspell anything. */
type Given = Readonly<Partial<Record<keyof StudyOptions<unknown, unknown, unknown> | "storage", unknown>>>;

class StudyEngine {
  readonly storage: Storage;
  readonly #options: EngineOptions;
  readonly #clock: Clock;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.storage = options.storage ?? memoryStorage({ clock: this.#clock });
  }

  async create(given: Given): Promise<LiveStudy> {
    checkOptionNames("createStudy()", given, NAMES);
    if (given.storage !== undefined) {
      throw new VernierError(
        "E_OPTION",
        "an engine has its storage already. Leave storage out, or use createStudy of vernier.",
      );
    }
    const ifExists = checkedIfExists(given.ifExists);
    const sampler = checkedPart<Sampler>("sampler", given.sampler, "suggest");
    const scheduler = checkedPart<Scheduler>("scheduler", given.scheduler, "decide");
    const used = sampler ?? (await this.#options.sampler());
    const usedScheduler = scheduler ?? (await this.#options.scheduler());
    const spec = studySpec({
      name: given.name,
      space: given.space,
      objectives: given.objectives,
      constraints: given.constraints,
      seed: given.seed,
      sampler: used,
      scheduler: usedScheduler,
    });
    const local = isLocal(spec.space);
    // Refused where another process could open the study: it would silently search without the function.
    const keep = this.storage.url === "memory:" ? "drop" : "refuse";
    const stored: StudySpec = { ...spec, space: toJson(spec.space, { local: keep }) };
    const found = ifExists === "resume" ? await this.storage.findStudy(spec.name) : undefined;
    const { info, resumed } = found ? { info: found, resumed: true } : await this.#make(stored, ifExists);
    if (resumed) checkResumable(info.spec, stored, given.seed !== undefined);
    const session = await this.#session(info, {
      // A stored sampler stands unless another one is asked for.
      sampler: sampler ?? (samePart(info.spec.sampler, spec.sampler) ? used : undefined),
      scheduler: scheduler ?? (samePart(info.spec.scheduler, spec.scheduler) ? usedScheduler : undefined),
      ...(local && { space: spec.space }),
    });
    if (resumed) await reconfigure(session, sampler, scheduler);
    return new LiveStudy(session);
  }

  /** Another process may be making the same study. */
  async #make(spec: StudySpec, ifExists: "error" | "resume"): Promise<{ info: StudyInfo; resumed: boolean }> {
    try {
      return { info: await this.storage.createStudy(spec), resumed: false };
    } catch (error) {
      if (!(error instanceof VernierError) || error.code !== "E_STUDY_EXISTS") throw error;
      const found = await this.storage.findStudy(spec.name);
      if (found === undefined) throw error; // taken by a deleted study: its message says so
      if (ifExists === "resume") return { info: found, resumed: true };
      throw new VernierError(
        "E_STUDY_EXISTS",
        `study "${spec.name}" exists already in ${this.storage.url}. Names are unique in a storage. ` +
          `Go on with it by ifExists: "resume", or choose another name.`,
        { cause: error },
      );
    }
  }

  async open(given: OpenOptions): Promise<LiveStudy> {
    checkOptionNames("openStudy()", given, ["name", "sampler", "scheduler"]);
    const name = checkedName(given.name);
    const sampler = checkedPart<Sampler>("sampler", given.sampler, "suggest");
    const scheduler = checkedPart<Scheduler>("scheduler", given.scheduler, "decide");
    const info = await this.storage.findStudy(name);
    if (info === undefined) throw await this.#unknown(name);
    return new LiveStudy(await this.#session(info, { sampler, scheduler }));
  }

  async #unknown(name: string): Promise<VernierError> {
    const names = (await this.storage.listStudies()).map(info => info.spec.name);
    const known =
      names.length === 0
        ? "It has no studies yet."
        : `It has ${names.slice(0, 8).join(", ")}${names.length > 8 ? ` and ${names.length - 8} more` : ""}.`;
    const deleted = await this.storage.findStudy(name, { deleted: true });
    const hint = deleted ? " A deleted study has this name: restore it." : didYouMean(name, names);
    return new VernierError(
      "E_STUDY_UNKNOWN",
      `there is no study ${spell(name)} in ${this.storage.url}. ${known}${hint || " Create it first."}`,
    );
  }

  async #session(
    info: StudyInfo,
    given: { sampler?: Sampler | undefined; scheduler?: Scheduler | undefined; space?: SpaceJson },
  ): Promise<Session> {
    const snapshot = await this.storage.snapshot(info.id);
    return new Session({
      storage: this.storage,
      info,
      snapshot,
      ...(info.spec.space.dynamic && { learner: await learnt(this.storage, info.id, snapshot) }),
      parts: this.#options.parts ?? NO_PARTS,
      clock: this.#clock,
      executor: this.#options.executor,
      ownsStorage: this.#options.ownsStorage ?? false,
      ...given,
    });
  }
}

/** Definitions are in the log only: a define-by-run study is read from its beginning. */
async function learnt(storage: Storage, id: StudyInfo["id"], snapshot: Snapshot): Promise<Learner> {
  const learner = new Learner();
  const complete = (number: number): boolean => {
    const record = snapshot.trials[number];
    return record?.state === "complete" && !record.deleted;
  };
  let since: Revision = START;
  while (since !== snapshot.revision) {
    for (const event of await storage.changes(id, since)) {
      learner.apply(event, complete);
      since = event.revision;
      if (since === snapshot.revision) break;
    }
  }
  return learner;
}

/** Records the parts that were asked for where the study has others. */
async function reconfigure(
  session: Session,
  sampler: Sampler | undefined,
  scheduler: Scheduler | undefined,
): Promise<void> {
  const { spec } = session.info;
  const changed = {
    ...(sampler && !samePart(spec.sampler, partSpec(sampler)) && { sampler: partSpec(sampler) }),
    ...(scheduler && !samePart(spec.scheduler, partSpec(scheduler)) && { scheduler: partSpec(scheduler) }),
  };
  if (Object.keys(changed).length > 0) await session.execute({ type: "configure", ...changed });
}

const NO_PARTS: Parts = { sampler: spec => noPart("sampler", spec), scheduler: spec => noPart("scheduler", spec) };

function noPart(kind: string, spec: PartSpec): never {
  throw new VernierError(
    "E_ENGINE_PARTS",
    `the study needs its ${kind} "${spec.name}", and this engine cannot rebuild one by name. Pass parts to createEngine, or the ${kind} itself.`,
  );
}

function checkedIfExists(given: unknown): "error" | "resume" {
  if (given === undefined || given === "error") return "error";
  if (given === "resume") return given;
  throw new VernierError(
    "E_OPTION",
    `createStudy() got ifExists=${spell(given)}. It is "error" or "resume". A study is replaced by deleting and purging it first.`,
  );
}

function checkedPart<T>(kind: "sampler" | "scheduler", given: unknown, method: string): T | undefined {
  if (given === undefined) return undefined;
  const part = given as { name?: unknown } & Record<string, unknown>;
  if (
    typeof given === "object" &&
    given !== null &&
    typeof part.name === "string" &&
    typeof part[method] === "function"
  ) {
    return given as T;
  }
  const example = kind === "sampler" ? "tpe()" : "median()";
  const called =
    typeof given === "function"
      ? ` Call it: ${given.name || example.slice(0, -2)}().`
      : ` Pass ${example}, or your own.`;
  throw new VernierError("E_OPTION", `createStudy() got ${kind}=${spell(given)}. It must be a ${kind}.${called}`);
}
