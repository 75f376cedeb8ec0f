/** `vernier space` and `vernier check`, and that what the former writes a study file reads. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStudy, dynamic } from "../../index.ts";
import { parseSpaceText } from "../../space/index.ts";
import { fakeIo } from "../fixtures.ts";
import { loadStudyFile } from "../load/file.ts";
import { spaceToYaml } from "../load/space-yaml.ts";
import { program } from "../program.ts";

let cwd = "";
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "vernier-space-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const run = async (...argv: string[]): Promise<string> => {
  const io = fakeIo({ cwd, env: { PATH: process.env["PATH"] } });
  const code = await program(argv, io);
  return `${code}: ${io.stdout()}${io.stderr()}`;
};

describe("vernier space", () => {
  it("shows what a define-by-run study learnt, and writes it in every form", async () => {
    const url = `sqlite:${join(cwd, "s.db")}`;
    const study = await createStudy({
      name: "s",
      space: dynamic(),
      objectives: { y: "minimize" },
      storage: url,
      seed: 1,
    });
    await study.run(
      (_, trial) => (trial.choice("model.act", ["relu", "gelu"]) === "relu" ? trial.float("slope", 0, 1) : 1),
      { trials: 12 },
    );
    await study.close();
    const outputs = [];
    for (const format of ["text", "ts", "yaml"]) outputs.push(await run("space", "--format", format, "--storage", url));
    expect(outputs.join("\n")).toMatchInlineSnapshot(`
      "0: model.act = choice(relu, gelu)
      slope = when('model.act == "relu"', float(0, 1))

      0: import { choice, float, space, when } from "vernier";

      export const searchSpace = space({
        model: { act: choice(["relu", "gelu"]) },
        slope: when('model.act == "relu"', float(0, 1)),
      });

      0: space:
        model:
          act: choice(relu, gelu)
        slope: when('model.act == "relu"', float(0, 1))
      "
    `);
    expect(await run("space", "--format", "json", "--storage", url)).toContain('"cond": "model.act == \\"relu\\""');
    expect(await run("space", "--json", "--storage", url)).toMatch(/"learnt":true/);
    expect(await run("space", "--format", "xml", "--storage", url)).toMatchInlineSnapshot(`
      "2: error E_CLI_USAGE: --format is "xml". A space is written as text, ts, yaml, json.
      "
    `);
  });
  it.each([
    "a=float(1e-5,0.1,log,default=0.001) b=int(1,9,step=2) c=choice(true,\"null\",3,\"a: b\",'it''s') d=ordinal(1,2,4)",
    'p=permutation(a,b,c,length=2) s=subset(x,y,min=1) m=simplex(web,code) t=text("Be brief: now") f=fixed({"a":[1,"#"]})',
    'o=oneOf(sgd(momentum=float(0,0.99),x=oneOf(a(),b(c=int(1,2)))),adam(),tag="is") g.h.i=float(0,1,prior=[0.5,0.1])',
    'l=list({w=int(1,9),d=when("w > 3",float(0,1))},max=3,min=1) a=choice(x,y) q=when(\'a == "x"\',int(1,3)) where("sum(l.w) > 1")',
  ])("writes YAML that a study file reads: %s", async text => {
    const space = parseSpaceText(text);
    writeFileSync(join(cwd, "a.yaml"), `${await spaceToYaml(space)}objectives: {y: minimize}\ncommand: ["true"]\n`);
    expect((await loadStudyFile("a.yaml", cwd)).space).toEqual(space);
  });
});

describe("vernier check", () => {
  it("says what a file holds, and runs nothing", async () => {
    writeFileSync(
      join(cwd, "study.yaml"),
      "name: demo\nspace: {lr: 'float(1e-5, 0.1, log)', n: 'int(1, 3)'}\nobjectives: {loss: minimize}\nconstraints: {mb: {max: 9}}\n" +
        'queue: [{n: 2}]\ncommand: [node, "{lr}"]\n',
    );
    expect(await run("check", "study.yaml")).toMatchInlineSnapshot(`
      "0: study.yaml is fine.
        study       demo
        space       2 parameters, infinitely many configurations
                    lr = float(1e-5, 0.1, log)
                    n = int(1, 3)
        objectives  minimize loss
        constraints mb <= 9
        queue       1 first guess
      "
    `);
    expect(await run("check", "study.yaml", "--json")).toMatchInlineSnapshot(`
      "0: {"vernier":1,"command":"check","file":"study.yaml","name":"demo","parameters":2,"configurations":null,"objectives":{"loss":{"direction":"minimize"}},"constraints":{"mb":{"max":9}},"guesses":1}
      "
    `);
  });
  it("shows mistakes with their place, and exits with 2", async () => {
    writeFileSync(
      join(cwd, "bad.yaml"),
      "space: {lr: 'float(1, 0)'}\nobjectives: {loss: min}\ncommand: [node, '{lr}']\n",
    );
    expect(await run("check", "bad.yaml")).toMatchInlineSnapshot(`
      "2: error E_STUDY_FILE_FAULTS: bad.yaml has 2 mistakes.

      bad.yaml:1:13: float "lr" needs low < high; got low=1, high=0. Swap them.
        1 | space: {lr: 'float(1, 0)'}
          |             ^

      bad.yaml:2:20: objectives.loss is "min". A direction is "minimize" or "maximize".
        2 | objectives: {loss: min}
          |                    ^
      "
    `);
    expect(await run("check")).toMatchInlineSnapshot(`
      "2: error E_CLI_USAGE: there is no study file. Name one: vernier check study.yaml
      "
    `);
  });
});
