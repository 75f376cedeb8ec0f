import { describe, expect, test } from "vitest";
import { checkResumable, studySpec, type StudyInput } from "./spec.ts";
import { float, space } from "../space/index.ts";

const input: StudyInput = {
  name: "digits",
  space: space({ lr: float(0, 1) }),
  objectives: { loss: "minimize" },
  sampler: { name: "random", options: {} },
  scheduler: { name: "none", options: {} },
};
const refusal = (change: Partial<Record<keyof StudyInput, unknown>>): string => {
  try {
    studySpec({ ...input, ...change } as StudyInput);
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
  throw new Error("was accepted");
};

test("a spec is what was said, defaults filled", () => {
  const spec = studySpec({ ...input, seed: 7, constraints: { mb: { max: 5 } } });
  expect(spec).toEqual({
    version: 1,
    name: "digits",
    space: input.space,
    objectives: { loss: { direction: "minimize" } },
    constraints: { mb: { max: 5 } },
    sampler: { name: "random", options: {} },
    scheduler: { name: "none", options: {} },
    seed: 7,
    owner: "client",
  });
});

test("a seed left out is drawn, and is one that can be given", () => {
  const { seed } = studySpec(input);
  expect(studySpec({ ...input, seed }).seed).toBe(seed);
});

test("a part that holds functions is stored as local", () => {
  expect(studySpec({ ...input, sampler: { name: "mine", options: null } }).sampler).toEqual({
    name: "mine",
    local: true,
  });
});

describe("bad input, each by its text", () => {
  test.each([
    ["no name", { name: undefined }],
    ["empty name", { name: "  " }],
    ["no space", { space: undefined }],
    ["raw shape", { space: { lr: { type: "float" } } }],
    ["no objectives", { objectives: undefined }],
    ["empty objectives", { objectives: {} }],
    ["objectives as a word", { objectives: "minimize" }],
    ["unknown direction", { objectives: { accuracy: "max" } }],
    ["unrelated direction", { objectives: { accuracy: "upwards" } }],
    ["direction missing", { objectives: { accuracy: { target: 1 } } }],
    ["objective as a number", { objectives: { accuracy: 1 } }],
    ["objective option typo", { objectives: { accuracy: { direction: "maximize", targt: 1 } } }],
    ["NaN target", { objectives: { accuracy: { direction: "maximize", target: NaN } } }],
    ["infinite reference", { objectives: { accuracy: { direction: "maximize", reference: Infinity } } }],
    ["empty metric name", { objectives: { "": "minimize" } }],
    ["constraint without bounds", { constraints: { mb: {} } }],
    ["constraint as a number", { constraints: { mb: 512 } }],
    ["constraint min > max", { constraints: { mb: { min: 5, max: 1 } } }],
    ["constraint NaN", { constraints: { mb: { max: NaN } } }],
    ["constraint is objective", { constraints: { loss: { max: 1 } } }],
    ["constraints as an array", { constraints: ["mb"] }],
    ["seed negative", { seed: -1 }],
    ["seed fraction", { seed: 0.5 }],
    ["seed text", { seed: "7" }],
  ])("%s", (_, change) => {
    expect(refusal(change)).toMatchSnapshot();
  });
});

describe("resuming", () => {
  const stored = studySpec({ ...input, seed: 1, constraints: { mb: { max: 5 } } });

  test("units, descriptions, sampler and scheduler may differ", () => {
    const wanted = studySpec({
      ...input,
      seed: 1,
      constraints: { mb: { max: 5 } },
      objectives: { loss: { direction: "minimize", unit: "nats" } },
      sampler: { name: "tpe", options: {} },
    });
    expect(() => checkResumable(stored, wanted, true)).not.toThrow();
  });

  test("everything else may not, and the difference is told", () => {
    const wanted = studySpec({
      ...input,
      seed: 2,
      objectives: { loss: { direction: "maximize" }, time: "minimize" },
      constraints: { gb: { max: 5 } },
    });
    expect(() => checkResumable(stored, wanted, true)).toThrowErrorMatchingInlineSnapshot(`
      [VernierError: study "digits" is stored with another definition:
        objective "loss": direction is "minimize" in the study, "maximize" here
        objective "time" is new here
        constraint "mb" is missing here
        constraint "gb" is new here
        seed is 1 in the study, 2 here
      A study keeps its space, objectives, constraints and seed. Use another name for a new study, change the definition back, or edit the study's space with editSpace().]
    `);
  });

  test("a seed that was drawn does not clash with the stored one", () => {
    expect(() => checkResumable(stored, { ...stored, seed: 99 }, false)).not.toThrow();
  });
});
