/** From what a study file says to a `LoadedStudy`: every key checked where it stands. */
import type { ConstraintSpec, Executor, ObjectiveSpec } from "../../core/types.ts";
import { milliseconds } from "../../core/duration.ts";
import { checkQueued } from "../../core/suggestion.ts";
import { checkPartial, compile } from "../../space/index.ts";
import type { Space } from "../../space/index.ts";
import type { Params, SpaceJson } from "../../space/types.ts";
import { VernierError } from "../../math/errors.ts";
import { Faults } from "./faults.ts";
import { Field, placed } from "./field.ts";
import type { Place } from "./field.ts";
import { CONSTRAINT_KEYS, OBJECTIVE_KEYS, PROGRAM_KEYS, RUN_KEYS, STUDY_KEYS } from "./keys.ts";
import type { LoadedStudy, RunLimits, Work } from "./loaded.ts";
import { readSampler, readScheduler } from "./read-part.ts";
import { checkCommandField, readCommand } from "./read-command.ts";
import { readExecutor } from "./read-executor.ts";
import { readSpace } from "./read-space.ts";
import { readNeeds, readSlots } from "./slots.ts";

export interface CheckOptions {
  /** "study.ts", for messages that name the whole file. */
  readonly file: string;
  readonly place: Place;
  /** Data files hold no functions: they need a `command`. */
  readonly data: boolean;
  /** Where the paths of modules start. */
  readonly directory?: string;
  /** The name when the file gives none. */
  readonly name: string;
}

/**
 * @throws VernierError E_STUDY_FILE_KEY, E_STUDY_FILE_VALUE, E_STUDY_FILE_OBJECTIVE, E_SPACE_* with the place; E_STUDY_FILE_FAULTS where
 * several are found.
 */
export const checkStudy = async (value: unknown, options: CheckOptions): Promise<LoadedStudy> => {
  const { file, place, data } = options;
  const faults = new Faults();
  const study = new Field(value, place, faults);
  // What is misspelt is not missing, too.
  const meant = study.keys([...Object.keys(STUDY_KEYS), ...PROGRAM_KEYS], /^x-/);
  const unless = async <T>(name: string, read: () => T | Promise<T>): Promise<T> =>
    meant.has(name) ? (undefined as T) : faults.try(read);
  const space = await unless("space", () => readSpace(study.get("space"), study.get("where"), data, faults));
  const loaded = {
    from: file,
    name: (await faults.try(() => study.get("name").text("A study's name is a text."))) ?? options.name,
    objectives: await unless("objectives", () => readObjectives(study.get("objectives"), faults)),
    constraints: await faults.try(() => readConstraints(study.get("constraints"), faults)),
    sampler: await faults.try(() => readSampler(study.get("sampler"))),
    scheduler: await faults.try(() => readScheduler(study.get("scheduler"))),
    storage: await faults.try(() =>
      study.get("storage").text('A storage is a URL such as "sqlite:study.db" or "memory:".'),
    ),
    seed: await faults.try(() => study.get("seed").int(0)),
    run: await readRun(study.get("run"), faults),
    work: await unless("command", () => readWork(study, options)),
    queue: await readQueue(study.get("queue"), space, faults),
    final: (await faults.try(() =>
      readFunction(
        study.get("final"),
        "It is a function of the parameters that returns metrics: final: params => ({ ... }).",
      ),
    )) as ((params: Params) => unknown) | undefined,
  };
  if (data && space !== undefined && faults.count === 0)
    await checkCommandField(study.get("command"), loaded.work, space, faults);
  faults.raise(file);
  if (space === undefined) throw new TypeError("a space without a fault is a space");
  return { ...loaded, space };
};

/** Reads each member of a record, and goes on after a mistake in one. */
const readEach = async <T>(
  field: Field,
  faults: Faults,
  read: (inner: Field) => T,
): Promise<Readonly<Record<string, T>>> => {
  const found: Record<string, T> = {};
  for (const [name, inner] of field.entries()) found[name] = await faults.try(() => read(inner));
  return found;
};

const readObjectives = (field: Field, faults: Faults): Promise<Readonly<Record<string, ObjectiveSpec>>> => {
  const rule = "Name each objective with its direction: objectives: { loss: minimize }.";
  if (!field.present) throw field.error("the study has no objectives", rule);
  if (!field.isRecord || field.entries().length === 0) throw field.wrong(rule);
  return readEach(field, faults, (inner): ObjectiveSpec => {
    if (typeof inner.value === "string") return { direction: readDirection(inner) };
    inner.keys(Object.keys(OBJECTIVE_KEYS));
    const direction = inner.get("direction");
    if (!direction.present) throw inner.error(`${inner.name} has no direction`, 'It is "minimize" or "maximize".');
    const target = inner.get("target").number();
    const reference = inner.get("reference").number();
    const unit = inner.get("unit").text("A unit is a text.");
    const description = inner.get("description").text("A description is a text.");
    return {
      direction: readDirection(direction),
      ...(target !== undefined && { target }),
      ...(reference !== undefined && { reference }),
      ...(unit !== undefined && { unit }),
      ...(description !== undefined && { description }),
    };
  });
};

const readDirection = (field: Field): "minimize" | "maximize" => {
  if (field.value === "minimize" || field.value === "maximize") return field.value;
  throw field.wrong('A direction is "minimize" or "maximize".');
};

const readConstraints = async (field: Field, faults: Faults): Promise<Readonly<Record<string, ConstraintSpec>>> => {
  if (!field.present) return {};
  if (!field.isRecord)
    throw field.wrong("Name each constrained metric with its bounds: constraints: { memory: { max: 512 } }.");
  return readEach(field, faults, (inner): ConstraintSpec => {
    inner.keys(Object.keys(CONSTRAINT_KEYS));
    const min = inner.get("min").number();
    const max = inner.get("max").number();
    if (min === undefined && max === undefined && inner.entries().length === 0)
      throw inner.wrong("A constraint needs min, max or both.");
    return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  });
};

const readRun = async (field: Field, faults: Faults): Promise<RunLimits> => {
  if (!field.present) return {};
  const duration = (inner: Field): Promise<number | undefined> =>
    faults.try(() => (inner.present ? placed(inner, () => milliseconds(inner.value, inner.name)) : undefined));
  const int = (name: string, least: number): Promise<number | undefined> =>
    faults.try(() => field.get(name).int(least));
  const known = await faults.try(() => {
    field.keys(Object.keys(RUN_KEYS));
    return true;
  });
  if (!known) return {};
  const limits = {
    trials: await int("trials", 1),
    concurrency: await int("concurrency", 1),
    timeout: await duration(field.get("timeout")),
    trialTimeout: await duration(field.get("trialTimeout")),
    slots: await faults.try(() => readSlots(field.get("slots"))),
    needs: await faults.try(() => readNeeds(field.get("needs"))),
    retries: await int("retries", 0),
    patience: await int("patience", 1),
    stopAtTarget: await faults.try(() => field.get("stopAtTarget").flag()),
    maxConsecutiveFailures: await int("maxConsecutiveFailures", 0),
    grace: await duration(field.get("grace")),
  };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
};

/** First guesses: whole configurations or parts of them. */
const readQueue = async (field: Field, space: SpaceJson | undefined, faults: Faults): Promise<readonly Params[]> => {
  if (!field.present) return [];
  const rule = "It lists configurations, whole or in part: queue: [{ lr: 0.001 }].";
  if (!Array.isArray(field.value)) {
    faults.add(field.wrong(rule));
    return [];
  }
  const codec = space === undefined || space.dynamic === true ? undefined : compile(space as Space<Params>);
  const found: Params[] = [];
  for (const inner of field.items())
    await faults.try(async () => {
      if (!inner.isRecord) throw inner.wrong(rule);
      if (codec !== undefined) {
        const [issue] = checkPartial(codec, inner.value);
        if (issue !== undefined)
          throw issue.path
            .split(".")
            .reduce((at, name) => at.get(name), inner)
            .error(
              `${inner.name}: ${issue.path} ${issue.message}`,
              "A guess is a configuration of the space, or a part of one.",
            );
        await placed(inner, () => checkQueued(codec, inner.value));
      }
      found.push(inner.value as Params);
    });
  return found;
};

const readFunction = (field: Field, rule: string): unknown => {
  if (field.value !== undefined && typeof field.value !== "function") throw field.wrong(rule);
  return field.value;
};

const readWork = (study: Field, { file, data, directory = "." }: CheckOptions): Work => {
  const objective = study.get("objective");
  const command = study.get("command");
  const executor = study.get("executor");
  const either = data
    ? 'command: [python, train.py, --lr, "{lr}"]'
    : "objective: async (params, trial) => ({ ... }), or command: [...]";
  if (objective.present && command.present)
    throw command.error(
      "the study has both an objective and a command",
      "One of them evaluates a trial: remove the other.",
      { code: "E_STUDY_FILE_OBJECTIVE", part: "key" },
    );
  if (objective.present && data)
    throw objective.error(
      "a data file cannot hold an objective",
      `Name a program instead: ${either}; or write the study in TypeScript.`,
      { code: "E_STUDY_FILE_OBJECTIVE", part: "key" },
    );
  if (executor.present) {
    if (!objective.present && !command.present) return readExecutor(executor, directory);
    throw executor.error(
      `the study has both an executor and ${objective.present ? "an objective" : "a command"}`,
      "One of them evaluates a trial: remove the other.",
      { code: "E_STUDY_FILE_OBJECTIVE", part: "key" },
    );
  }
  if (objective.present)
    return {
      kind: "objective",
      objective: readFunction(
        objective,
        "It is a function: objective: async (params, trial) => ({ loss }).",
      ) as Extract<Work, { kind: "objective" }>["objective"],
    };
  if (command.present) {
    const made = command.value as { run?: unknown };
    if (command.isRecord && typeof made.run === "function") return { kind: "executor", executor: made as Executor };
    return { kind: "command", command: readCommand(command) };
  }
  throw new VernierError(
    "E_STUDY_FILE_OBJECTIVE",
    `${file}: the study says what to tune but not how to evaluate a trial. Add ${either}.`,
  );
};
