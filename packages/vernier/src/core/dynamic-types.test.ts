/** Define-by-run as the editor sees it: what the compiler says to mistakes, and what hovers show. */
import { describe, expect, test } from "vitest";
import { diagnose, hover } from "../testing/typecheck.ts";

const HEAD = `
import { createStudy, dynamic, float, int, space, spaceToTypeScript } from "vernier";
const st = await createStudy({ name: "d", space: dynamic(), objectives: { loss: "minimize" } });
const trial = await st.ask();
`;
const say = (source: string): string =>
  diagnose(HEAD + source)
    .map(({ message }) => message)
    .join("\n---\n");

describe("mistakes", () => {
  test.each([
    ["an option's typo", `trial.float("lr", 0, 1, { sclae: "log" });`],
    ["the scale as an argument", `trial.float("lr", 0, 1, "log");`],
    ["choices that are not in an array", `trial.choice("act", "relu", "gelu");`],
    [
      "a value that is none of the choices",
      `const act = trial.choice("act", ["relu", "gelu"]); if (act === "tanh") act;`,
    ],
    ["a default that is none of the choices", `trial.choice("act", ["relu", "gelu"], { default: "tanh" });`],
    ["a list without its max", `trial.list("widths", int(1, 9), {});`],
    ["a list of numbers", `trial.list("widths", 3, { max: 3 });`],
    ["a share that is none of the parts", `trial.simplex("mix", ["web", "code"]).books;`],
    ["texts without seeds", `trial.text("prompt", {});`],
    ["branches, which are an if", `trial.oneOf("optimizer", { sgd: {}, adam: {} });`],
    ["a condition, which is an if", `trial.when('act == "relu"', 1);`],
    ["a name without its range", `trial.int("layers");`],
    ["asking a parameter of params", `const lr: number = trial.params.lr;`],
    ["telling another metric", `await trial.tell({ accuracy: 1 });`],
  ])("%s", (_, source) => {
    const said = say(source);
    expect(said).not.toBe("");
    expect(said).toMatchSnapshot();
  });
});

test("what is right compiles", () => {
  expect(
    say(`
const act: "relu" | "gelu" = trial.choice("act", ["relu", "gelu"], { default: "gelu" });
const batch: 16 | 32 = trial.ordinal("batch", [16, 32]);
const lr: number = trial.float("optimizer.lr", 1e-5, 1, { scale: "log", prior: { mean: 1e-3, sd: 0.2 } });
const order: ("a" | "b")[] = trial.permutation("order", ["a", "b"]);
const some: (1 | 2)[] = trial.subset("some", [1, 2], { min: 1 });
const web: number = trial.simplex("mix", ["web", "code"]).web;
const widths: number[] = trial.list("blocks", { width: int(1, 9), drop: float(0, 1) }, { max: 3 }).map(block => block.width);
const plain: number[] = trial.list("plain", int(1, 9), { min: 1, max: 3 });
const prompt: string = trial.text("prompt", { seeds: ["a"] });
const ten: 10 = trial.fixed("ten", 10);
for (let i = 1; i < 3; i++) trial.int(\`layer\${i}.units\`, 1, 9);
const frozen = st.learnt();
const source: string = spaceToTypeScript(frozen);
const next = await createStudy({ name: "n", space: frozen, objectives: { loss: "minimize" } });
await next.run(p => Object.keys(p).length, { trials: 1 });
`),
  ).toBe("");
});

test("first guesses of a study file are typed by its space", () => {
  const file = (guess: string): string =>
    say(`import { defineStudy } from "vernier";
export default defineStudy({ space: space({ lr: float(0, 1), model: { layers: int(1, 6) } }), objectives: { loss: "minimize" },
  run: { trials: 10, patience: 5, stopAtTarget: true }, queue: [${guess}], objective: p => p.lr });`);
  expect(file(`{ lr: 0.1 }, { model: { layers: 2 } }`)).toBe("");
  expect(file(`{ lrr: 0.1 }`)).toMatchInlineSnapshot(
    `"Object literal may only specify known properties, and 'lrr' does not exist in type '{ readonly lr?: number; readonly model?: { readonly layers?: number; }; }'."`,
  );
  expect(file(`{ model: { layers: "two" } }`)).toMatchInlineSnapshot(
    `"Type 'string' is not assignable to type 'number'."`,
  );
});

test("hovers read well", () => {
  const at = (expression: string): string => hover(`${HEAD} const found = ${expression};`, "found");
  expect(at(`trial.choice("act", ["relu", "gelu"])`)).toMatchInlineSnapshot(`""relu" | "gelu""`);
  expect(at(`trial.list("blocks", { width: int(1, 9), drop: float(0, 1) }, { max: 3 })`)).toMatchInlineSnapshot(
    `"{ width: number; drop: number; }[]"`,
  );
  expect(at(`trial.simplex("mix", ["web", "code"])`)).toMatchInlineSnapshot(`"{ web: number; code: number; }"`);
  expect(at(`trial`)).toMatchInlineSnapshot(`"Asked<DynamicParams, "loss"> & Suggest"`);
  expect(at(`st.learnt()`)).toMatchInlineSnapshot(`"Space<Params>"`);
});
