/** From what a user says of a study to the stored spec: every mistake gets its sentence here. */
import { VernierError } from "./errors.ts";
import { checkOptionNames } from "./define.ts";
import { checkSpec } from "./refusals.ts";
import { spell } from "../space/spell.ts";
import { diffSpaces } from "../space/index.ts";
import type { SpaceJson } from "../space/types.ts";
import type { ConstraintSpec, Direction, Json, ObjectiveSpec, PartSpec, StudySpec } from "./types.ts";

const DIRECTIONS: readonly Direction[] = ["minimize", "maximize"];
const OBJECTIVE_OPTIONS = ["direction", "target", "reference", "unit", "description"];

/** What `createStudy` and its like are told; not yet trusted. */
export interface StudyInput {
  readonly name: unknown;
  readonly space: unknown;
  readonly objectives: unknown;
  readonly constraints?: unknown;
  readonly seed?: unknown;
  readonly sampler: { readonly name: string; readonly options: Json };
  readonly scheduler: { readonly name: string; readonly options: Json };
  readonly owner?: StudySpec["owner"];
}

/**
 * The spec of a new study.
 *
 * @throws E_STUDY_NAME, E_STUDY_SPACE, E_STUDY_OBJECTIVES, E_STUDY_CONSTRAINTS, E_STUDY_SEED.
 */
export function studySpec(input: StudyInput): StudySpec {
  const objectives = checkedObjectives(input.objectives);
  return {
    version: 1,
    name: checkedName(input.name),
    space: checkedSpace(input.space),
    objectives,
    constraints: checkedConstraints(input.constraints ?? {}, Object.keys(objectives)),
    sampler: partSpec(input.sampler),
    scheduler: partSpec(input.scheduler),
    seed: input.seed === undefined ? randomSeed() : checkedSeed(input.seed),
    owner: input.owner ?? "client",
  };
}

/** How a sampler or scheduler is stored. */
export function partSpec({ name, options }: { readonly name: string; readonly options: Json }): PartSpec {
  return options === null ? { name, local: true } : { name, options };
}

/** Whether two parts behave alike as far as JSON tells. */
export function samePart(a: PartSpec, b: PartSpec): boolean {
  return a.name === b.name && a.local === b.local && sameJson(a.options ?? {}, b.options ?? {});
}

function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const names = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    names.length === Object.keys(b).length &&
    names.every(name => Object.hasOwn(b, name) && sameJson(a[name as never], b[name as never]))
  );
}

export function checkedName(name: unknown): string {
  checkSpec({ name } as StudySpec);
  return name as string;
}

function checkedSpace(space: unknown): SpaceJson {
  if (space === undefined) {
    throw new VernierError(
      "E_STUDY_SPACE",
      "the study has no space. A study says what may vary. Pass space: space({ lr: float(1e-5, 1e-1) }); " +
        "for parameters that the objective names while running, pass space: dynamic().",
    );
  }
  if (typeof space === "object" && space !== null && "version" in space && "shape" in space) return space as SpaceJson;
  throw new VernierError(
    "E_STUDY_SPACE",
    `space is ${spell(space)}. It must be made by space(). Wrap the parameters: space({ ... }).`,
  );
}

function checkedObjectives(objectives: unknown): StudySpec["objectives"] {
  const rule = 'Name each metric with its direction: objectives: { loss: "minimize" }.';
  if (!isRecord(objectives)) {
    const got = objectives === undefined ? "the study has no objectives" : `objectives is ${spell(objectives)}`;
    throw objectivesError(`${got}. ${rule}`);
  }
  const entries = Object.entries(objectives);
  if (entries.length === 0) throw objectivesError(`the study has no objectives. ${rule}`);
  return Object.fromEntries(entries.map(([name, value]) => [checkedMetric(name), checkedObjective(name, value)]));
}

function checkedObjective(name: string, value: unknown): ObjectiveSpec {
  if (typeof value === "string") return { direction: checkedDirection(name, value) };
  if (!isRecord(value)) {
    throw objectivesError(
      `objective "${name}" is ${spell(value)}. An objective is "minimize", "maximize" or an object with a direction. ` +
        `Write ${name}: "minimize".`,
    );
  }
  checkOptionNames(`objective "${name}"`, value, OBJECTIVE_OPTIONS);
  const spec: { -readonly [K in keyof ObjectiveSpec]: ObjectiveSpec[K] } = {
    direction: checkedDirection(name, value["direction"]),
  };
  for (const option of ["target", "reference"] as const) {
    const number = value[option];
    if (number === undefined) continue;
    if (typeof number !== "number" || !Number.isFinite(number)) {
      throw objectivesError(
        `the ${option} of objective "${name}" is ${spell(number)}. It must be a finite number. Correct it, or leave it out.`,
      );
    }
    spec[option] = number;
  }
  for (const option of ["unit", "description"] as const) {
    const text = value[option];
    if (text === undefined) continue;
    if (typeof text !== "string") {
      throw objectivesError(`the ${option} of objective "${name}" is ${spell(text)}. It must be a text. Quote it.`);
    }
    spec[option] = text;
  }
  return spec;
}

function checkedDirection(name: string, direction: unknown): Direction {
  const found = DIRECTIONS.find(known => known === direction);
  if (found !== undefined) return found;
  const text = typeof direction === "string" ? direction.toLowerCase() : "";
  const near = DIRECTIONS.find(known => text.length >= 3 && known.startsWith(text.slice(0, 3)));
  const hint = near === undefined ? ' Write "minimize" or "maximize".' : ` Did you mean "${near}"?`;
  throw objectivesError(
    `objective "${name}" has the direction ${spell(direction)}. A direction is "minimize" or "maximize".${hint}`,
  );
}

function checkedConstraints(constraints: unknown, objectives: readonly string[]): StudySpec["constraints"] {
  if (!isRecord(constraints)) {
    throw constraintsError(
      `constraints is ${spell(constraints)}. Name each metric with its bounds: constraints: { memoryMb: { max: 512 } }.`,
    );
  }
  return Object.fromEntries(
    Object.entries(constraints).map(([name, value]) => {
      checkedMetric(name);
      if (objectives.includes(name)) {
        throw constraintsError(
          `"${name}" is an objective and a constraint. A metric is one of both. ` +
            `Report it under a second name to bound it too, or remove one of the two.`,
        );
      }
      return [name, checkedBounds(name, value)];
    }),
  );
}

function checkedBounds(name: string, value: unknown): ConstraintSpec {
  const rule = `Write ${name}: { max: 512 }, { min: 0 } or both.`;
  if (!isRecord(value))
    throw constraintsError(`constraint "${name}" is ${spell(value)}. A constraint has min, max or both. ${rule}`);
  checkOptionNames(`constraint "${name}"`, value, ["min", "max"]);
  const { min, max } = value as { min?: unknown; max?: unknown };
  if (min === undefined && max === undefined) {
    throw constraintsError(`constraint "${name}" has no bound. A constraint has min, max or both. ${rule}`);
  }
  for (const [bound, number] of Object.entries({ min, max })) {
    if (number === undefined || (typeof number === "number" && Number.isFinite(number))) continue;
    throw constraintsError(
      `constraint "${name}" has ${bound}=${spell(number)}. A bound is a finite number. Correct it, or leave it out.`,
    );
  }
  const bounds = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) } as ConstraintSpec;
  if (bounds.min !== undefined && bounds.max !== undefined && bounds.min > bounds.max) {
    throw constraintsError(
      `constraint "${name}" has min=${spell(min)} and max=${spell(max)}. It needs min <= max. Swap them.`,
    );
  }
  return bounds;
}

function checkedMetric(name: string): string {
  if (name.trim() !== "" && name.length <= 200 && name !== "__proto__") return name;
  throw objectivesError(`a metric has the name ${spell(name)}. A name has 1 to 200 characters. Choose a short one.`);
}

function checkedSeed(seed: unknown): number {
  if (typeof seed === "number" && Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new VernierError(
    "E_STUDY_SEED",
    `seed is ${spell(seed)}. A seed is a whole number from 0 to 2^53 - 1. Leave it out for a random one, which the study records.`,
  );
}

function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

const objectivesError = (message: string): VernierError => new VernierError("E_STUDY_OBJECTIVES", message);
const constraintsError = (message: string): VernierError => new VernierError("E_STUDY_CONSTRAINTS", message);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// ------------------------------------------------------------------------------------------------------------ resuming

/** What a resumed study may not change: in what the two specs differ, a line each. Units and descriptions may differ. */
export function specDifference(stored: StudySpec, wanted: StudySpec): string[] {
  return [
    ...diffSpaces(stored.space, wanted.space).map(line => `space: ${line}`),
    ...diffRecords("objective", stored.objectives, wanted.objectives, ["direction", "target", "reference"]),
    ...diffRecords("constraint", stored.constraints, wanted.constraints, ["min", "max"]),
  ];
}

function diffRecords<T extends object>(
  what: string,
  stored: Readonly<Record<string, T>>,
  wanted: Readonly<Record<string, T>>,
  fields: readonly (keyof T & string)[],
): string[] {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(stored)) {
    const other = wanted[name];
    if (other === undefined) {
      lines.push(`${what} "${name}" is missing here`);
      continue;
    }
    for (const field of fields) {
      if (value[field] === other[field]) continue;
      lines.push(`${what} "${name}": ${field} is ${spell(value[field])} in the study, ${spell(other[field])} here`);
    }
  }
  for (const name of Object.keys(wanted)) if (!Object.hasOwn(stored, name)) lines.push(`${what} "${name}" is new here`);
  return lines;
}

/** Refuses to resume a study as something else. */
export function checkResumable(stored: StudySpec, wanted: StudySpec, seedGiven: boolean): void {
  const lines = specDifference(stored, wanted);
  if (seedGiven && stored.seed !== wanted.seed) lines.push(`seed is ${stored.seed} in the study, ${wanted.seed} here`);
  if (lines.length === 0) return;
  throw new VernierError(
    "E_STUDY_MISMATCH",
    `study "${stored.name}" is stored with another definition:\n${lines.map(line => `  ${line}`).join("\n")}\n` +
      `A study keeps its space, objectives, constraints and seed. Use another name for a new study, ` +
      `change the definition back, or edit the study's space with editSpace().`,
    { details: { differences: lines } },
  );
}
