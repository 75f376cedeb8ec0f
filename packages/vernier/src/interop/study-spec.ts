/** A study's spec from a file: as strict as `createStudy`. */
import { checkOptionNames } from "../core/define.ts";
import { VernierError } from "../core/errors.ts";
import { studySpec } from "../core/spec.ts";
import type { Json, StudySpec } from "../core/types.ts";
import { fromJson } from "../space/index.ts";
import { spell } from "../space/spell.ts";

const NAMES = ["version", "name", "space", "objectives", "constraints", "sampler", "scheduler", "seed", "owner"];

/** @throws VernierError E_STUDY_*, E_SPACE_*, E_OPTION. */
export function checkedStudy(spec: unknown): StudySpec {
  if (typeof spec !== "object" || spec === null || Array.isArray(spec)) {
    throw new VernierError(
      "E_STUDY_SPEC",
      `the spec is ${spell(spec)}. It is an object with ${NAMES.join(", ")}. Mend it.`,
    );
  }
  const given = spec as Record<string, unknown>;
  checkOptionNames("the spec", given, NAMES);
  if (given["version"] !== 1) {
    throw new VernierError(
      "E_STUDY_SPEC",
      `the spec has version ${spell(given["version"])}. This release reads version 1. Update vernier.`,
    );
  }
  const { owner } = given;
  if (owner !== undefined && owner !== "client" && owner !== "server") {
    throw new VernierError("E_STUDY_SPEC", `owner is ${spell(owner)}. It is "client" or "server". Mend it.`);
  }
  if (given["seed"] === undefined)
    throw new VernierError("E_STUDY_SEED", "the spec has no seed. Every stored study has one. Mend it.");
  const made = studySpec({
    name: given["name"],
    space: fromJson(given["space"]),
    objectives: given["objectives"],
    constraints: given["constraints"],
    seed: given["seed"],
    sampler: part("sampler", given["sampler"]),
    scheduler: part("scheduler", given["scheduler"]),
    ...(owner !== undefined && { owner }),
  });
  // A part stored without options stays so: equal specs stay equal.
  return {
    ...made,
    sampler: kept(made.sampler, given["sampler"]),
    scheduler: kept(made.scheduler, given["scheduler"]),
  };
}

function part(kind: string, value: unknown): { name: string; options: Json } {
  const { name, options, local } = (value ?? {}) as { name?: unknown; options?: Json; local?: unknown };
  if (typeof name !== "string" || name === "") {
    throw new VernierError("E_STUDY_SPEC", `the ${kind} is ${spell(value)}. It is an object with a name. Mend it.`);
  }
  checkOptionNames(`the ${kind}`, value as object, ["name", "options", "local"]);
  return { name, options: local === true ? null : (options ?? {}) };
}

function kept(made: StudySpec["sampler"], given: unknown): StudySpec["sampler"] {
  if (made.local)
    return {
      name: made.name,
      ...((given as { options?: Json }).options !== undefined && { options: (given as { options: Json }).options }),
      local: true,
    };
  return (given as { options?: Json }).options === undefined ? { name: made.name } : made;
}
