/** From what a study file says to a `LoadedStudy`: every key checked where it stands. */
import type { ConstraintSpec, Executor, ObjectiveSpec } from "../../core/types.ts";
import { milliseconds } from "../../core/duration.ts";
import type { Params } from "../../space/types.ts";
import { VernierError } from "../../math/errors.ts";
import { Field, placed } from "./field.ts";
import type { Place } from "./field.ts";
import type { LoadedStudy, RunLimits, Work } from "./loaded.ts";
import { readSampler, readScheduler } from "./read-part.ts";
import { readCommand } from "./read-command.ts";
import { readSpace } from "./read-space.ts";

const KEYS = [
  "name",
  "space",
  "objectives",
  "constraints",
  "sampler",
  "scheduler",
  "storage",
  "seed",
  "run",
  "objective",
  "command",
  "final",
];

export interface CheckOptions {
  /** "study.ts", for messages that name the whole file. */
  readonly file: string;
  readonly place: Place;
  /** Data files hold no functions: they need a `command`. */
  readonly data: boolean;
  /** The name when the file gives none. */
  readonly name: string;
}

/** @throws VernierError E_STUDY_FILE_KEY, E_STUDY_FILE_VALUE, E_STUDY_FILE_OBJECTIVE, E_SPACE_* with the place. */
export const checkStudy = async (value: unknown, options: CheckOptions): Promise<LoadedStudy> => {
  const study = new Field(value, options.place);
  study.keys(KEYS);
  return {
    from: options.file,
    name: study.get("name").text("A study's name is a text.") ?? options.name,
    space: await readSpace(study.get("space"), options.data),
    objectives: readObjectives(study.get("objectives")),
    constraints: readConstraints(study.get("constraints")),
    sampler: await readSampler(study.get("sampler")),
    scheduler: await readScheduler(study.get("scheduler")),
    storage: study.get("storage").text('A storage is a URL such as "sqlite:study.db" or "memory:".'),
    seed: study.get("seed").int(0),
    run: await readRun(study.get("run")),
    work: readWork(study, options),
    final: readFunction(
      study.get("final"),
      "It is a function of the parameters that returns metrics: final: params => ({ ... }).",
    ) as ((params: Params) => unknown) | undefined,
  };
};

const readObjectives = (field: Field): Readonly<Record<string, ObjectiveSpec>> => {
  const rule = "Name each objective with its direction: objectives: { loss: minimize }.";
  if (!field.present) throw field.error("the study has no objectives", rule);
  if (!field.isRecord || field.entries().length === 0) throw field.wrong(rule);
  return Object.fromEntries(
    field.entries().map(([name, inner]): [string, ObjectiveSpec] => {
      if (typeof inner.value === "string") return [name, { direction: readDirection(inner) }];
      inner.keys(["direction", "target", "reference", "unit", "description"]);
      const target = inner.get("target").number();
      const reference = inner.get("reference").number();
      const unit = inner.get("unit").text("A unit is a text.");
      const description = inner.get("description").text("A description is a text.");
      return [
        name,
        {
          direction: readDirection(inner.get("direction")),
          ...(target !== undefined && { target }),
          ...(reference !== undefined && { reference }),
          ...(unit !== undefined && { unit }),
          ...(description !== undefined && { description }),
        },
      ];
    }),
  );
};

const readDirection = (field: Field): "minimize" | "maximize" => {
  if (field.value === "minimize" || field.value === "maximize") return field.value;
  throw field.wrong('A direction is "minimize" or "maximize".');
};

const readConstraints = (field: Field): Readonly<Record<string, ConstraintSpec>> => {
  if (!field.present) return {};
  if (!field.isRecord)
    throw field.wrong("Name each constrained metric with its bounds: constraints: { memory: { max: 512 } }.");
  return Object.fromEntries(
    field.entries().map(([name, inner]): [string, ConstraintSpec] => {
      inner.keys(["min", "max"]);
      const min = inner.get("min").number();
      const max = inner.get("max").number();
      if (min === undefined && max === undefined) throw inner.wrong("A constraint needs min, max or both.");
      return [name, { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }];
    }),
  );
};

const readRun = async (field: Field): Promise<RunLimits> => {
  if (!field.present) return {};
  field.keys(["trials", "concurrency", "timeout", "trialTimeout", "retries"]);
  const duration = async (inner: Field): Promise<number | undefined> =>
    inner.present ? placed(inner, () => milliseconds(inner.value, inner.name)) : undefined;
  const limits = {
    trials: field.get("trials").int(1),
    concurrency: field.get("concurrency").int(1),
    timeout: await duration(field.get("timeout")),
    trialTimeout: await duration(field.get("trialTimeout")),
    retries: field.get("retries").int(0),
  };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
};

const readFunction = (field: Field, rule: string): unknown => {
  if (field.value !== undefined && typeof field.value !== "function") throw field.wrong(rule);
  return field.value;
};

const readWork = (study: Field, { file, data }: CheckOptions): Work => {
  const objective = study.get("objective");
  const command = study.get("command");
  const either = data
    ? 'command: [python, train.py, --lr, "{lr}"]'
    : "objective: async (params, trial) => ({ ... }), or command: [...]";
  if (objective.present && command.present)
    throw command.error(
      "the study has both an objective and a command",
      "One of them evaluates a trial: remove the other.",
      "E_STUDY_FILE_OBJECTIVE",
    );
  if (objective.present && data)
    throw objective.error(
      "a data file cannot hold an objective",
      `Name a program instead: ${either}; or write the study in TypeScript.`,
      "E_STUDY_FILE_OBJECTIVE",
    );
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
