import { expect, test } from "vitest";
import { fakeTrial } from "../testing/fake-trial.ts";
import { inherited, trialFacts, trialVariables } from "./environment.ts";

const ours = {
  PATH: "/bin",
  LC_ALL: "C",
  CUDA_VISIBLE_DEVICES: "0",
  API_TOKEN: "secret",
  NODE_AUTH_TOKEN: "secret",
  GONE: undefined,
};

test("only harmless variables are inherited", () => {
  expect(inherited(ours)).toEqual({ PATH: "/bin", LC_ALL: "C", CUDA_VISIBLE_DEVICES: "0" });
});

test("names add to the list, with * for the rest of a name", () => {
  expect(inherited(ours, { inherit: ["API_*"] })).toEqual({ ...inherited(ours), API_TOKEN: "secret" });
});

test("all, or nothing", () => {
  const { GONE: _, ...all } = ours;
  expect(inherited(ours, { inherit: true })).toEqual(all);
  expect(inherited(ours, { inherit: false })).toEqual({});
});

test("set adds, replaces and takes away", () => {
  expect(inherited(ours, { set: { PATH: "/usr/bin", LC_ALL: undefined, NEW: "1" } })).toEqual({
    PATH: "/usr/bin",
    CUDA_VISIBLE_DEVICES: "0",
    NEW: "1",
  });
});

const paths = {
  cwd: "/home",
  dir: "/runs/3",
  params: "/runs/3/params.json",
  result: "/runs/3/result.json",
  checkpoint: undefined,
};

test("a trial as variables", () => {
  const trial = fakeTrial({ lr: 0.1, optimizer: { kind: "sgd" }, blocks: [1, 2] }, { number: 3, attempt: 2 });
  expect(trialVariables(trial, trialFacts(trial, paths, 42), "digits", undefined)).toEqual({
    VERNIER_PARAMS: '{"lr":0.1,"optimizer":{"kind":"sgd"},"blocks":[1,2]}',
    VERNIER_STUDY: "digits",
    VERNIER_TRIAL: "3",
    VERNIER_ATTEMPT: "2",
    VERNIER_SEED: "42",
    VERNIER_PARAMS_FILE: "/runs/3/params.json",
    VERNIER_DIR: "/runs/3",
    VERNIER_CWD: "/home",
    VERNIER_RESULT: "/runs/3/result.json",
    VERNIER_PARAM_LR: "0.1",
    VERNIER_PARAM_OPTIMIZER_KIND: "sgd",
    VERNIER_PARAM_BLOCKS: "[1,2]",
  });
});

test("where to go on, when there is something to go on from", () => {
  const trial = fakeTrial({}, { until: 27, resumed: { step: 9, checkpoint: new Uint8Array() } });
  const facts = trialFacts(trial, { ...paths, checkpoint: "/runs/3/checkpoint" }, undefined);
  expect(trialVariables(trial, facts, undefined, undefined)).toMatchObject({
    VERNIER_UNTIL: "27",
    VERNIER_CHECKPOINT: "/runs/3/checkpoint",
    VERNIER_RESUME: "9",
  });
});

test("names that would share a variable get none; values no system takes are left to the file", () => {
  const trial = fakeTrial({ "a-b": 1, a_b: 2, long: "x".repeat(200_000), zero: "a\0b", ok: "y" });
  const variables = trialVariables(trial, trialFacts(trial, paths, undefined), undefined, undefined);
  const own = Object.keys(variables).filter(name => name.startsWith("VERNIER_PARAM"));
  expect(own).toEqual(["VERNIER_PARAMS_FILE", "VERNIER_PARAM_OK"]);
});
