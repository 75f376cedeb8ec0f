import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { importOptunaJournal } from "./index.ts";
import { linesOf } from "./lines.ts";
import { CHOICE, CREATE, dumped, END, FLOAT, INT, only, param, states, TestFolder, TRIAL } from "./optuna.fixture.ts";

const folder = new TestFolder();
afterAll(() => folder.remove());

describe("a journal replays as in Optuna", () => {
  test("illegal operations have no effect", async () => {
    const path = folder.journal(
      CREATE,
      CREATE,
      '{"op_code":2,"worker_id":"w","study_id":7,"user_attr":{"a":1}}',
      '{"op_code":4,"worker_id":"w","study_id":7,"datetime_start":null}',
      TRIAL,
      param("x", 0.5, FLOAT),
      param("x", 3, INT),
      '{"op_code":10,"worker_id":"w","trial_ids":[0]}',
      END,
      '{"op_code":6,"worker_id":"w","trial_id":0,"state":3,"values":[9],"datetime_complete":"2026-01-02T03:04:07+00:00"}',
      '{"op_code":8,"worker_id":"w","trial_id":0,"user_attr":{"late":1}}',
      '{"op_code":7,"worker_id":"w","trial_id":5,"step":1,"intermediate_value":1}',
    );
    const { trials, attrs } = await dumped(only(await importOptunaJournal(path)));
    expect(trials).toHaveLength(1);
    expect(trials[0]).toMatchObject({
      state: "complete",
      params: { x: 0.5 },
      metrics: { value: 0.5 },
      attrs: {},
      startedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 679),
    });
    expect(attrs["optuna"]).toMatchObject({ notes: [expect.stringContaining("Rustuna")] });
  });

  test("a torn last line is left out", async () => {
    const path = folder.journal(CREATE, TRIAL);
    writeFileSync(path, `${CREATE}\n${TRIAL}\n${END.slice(0, 30)}`);
    const { trials, attrs } = await dumped(only(await importOptunaJournal(path)));
    expect(states(trials)).toBe("running");
    expect(attrs["optuna"]).toMatchObject({ notes: ["line 3, the last, is torn and was left out, as Optuna does"] });
  });

  test.each([
    ["a torn middle", [CREATE, TRIAL.slice(0, 20), END], /line 2: .*Nothing was imported/],
    ["no operation", [CREATE, '{"a":1}'], /line 2: it is no operation/],
    ["an unknown operation", [CREATE, '{"op_code":11}'], /line 2: there is no operation with op_code 11/],
    ["a study without name", ['{"op_code":0,"directions":[1]}'], /line 1: study_name is no text/],
    [
      "an unknown direction",
      ['{"op_code":0,"study_name":"s","directions":[5]}'],
      /line 1: there is no direction with code 5/,
    ],
    [
      "a trial id of nonsense",
      [CREATE, '{"op_code":6,"trial_id":"0","state":1,"values":null}'],
      /line 2: trial_id is "0"/,
    ],
    [
      "an unknown state",
      [CREATE, TRIAL, '{"op_code":6,"trial_id":0,"state":9,"values":null}'],
      /line 3: there is no state with code 9/,
    ],
    [
      "a choice that does not exist",
      [CREATE, TRIAL, param("c", 2, CHOICE)],
      /line 3: the choice with index 2 does not exist; there are 2/,
    ],
    ["a choice before the first", [CREATE, TRIAL, param("c", -1, CHOICE)], /line 3: the choice with index -1/],
    [
      "an infinite parameter",
      [CREATE, TRIAL, param("x", "Infinity", FLOAT)],
      /line 3: the parameter "x" has the value/,
    ],
    [
      "a distribution of nonsense",
      [CREATE, TRIAL, param("x", 1, '{"name":"Beta","attributes":{}}')],
      /line 3: there is no distribution named "Beta"/,
    ],
    [
      "a distribution upside down",
      [CREATE, TRIAL, param("x", 1, FLOAT.replace('"high":1', '"high":-1'))],
      /line 3: float needs finite low <= high/,
    ],
    ["a time of nonsense", [CREATE, TRIAL.replace("2026-01-02T", "2026-02-31T")], /line 2: "2026-02-31T.*" is no time/],
    [
      "an attribute too deep",
      [CREATE, `{"op_code":2,"study_id":0,"user_attr":{"a":${"[".repeat(200)}${"]".repeat(200)}}}`, TRIAL],
      /line 2: the JSON nests deeper than 100 levels/,
    ],
  ])("%s is refused with its line", async (_, lines, message) => {
    await expect(importOptunaJournal(folder.journal(...lines))).rejects.toThrow(message);
  });

  test("what is no journal is refused", async () => {
    await expect(importOptunaJournal(folder.journal("name,value", "a,1"))).rejects.toThrow(
      /is not an Optuna journal: its first line is no JSON/,
    );
    await expect(importOptunaJournal(folder.journal('{"vernier":1}'))).rejects.toThrow(/its first line has no op_code/);
    await expect(importOptunaJournal(join(folder.path, "none.log"))).rejects.toThrow(/there is no such file/);
    await expect(importOptunaJournal(folder.path)).rejects.toThrow(/is a folder/);
    await expect(importOptunaJournal(folder.journal())).rejects.toThrow(/is empty/);
    const bytes = folder.fresh("log");
    writeFileSync(
      bytes,
      Buffer.concat([Buffer.from(`${CREATE}\n`), Buffer.from([0x22, 0xff, 0xfe, 0x0a]), Buffer.from(`${TRIAL}\n`)]),
    );
    await expect(importOptunaJournal(bytes)).rejects.toThrow(/line 2: it is not UTF-8 text/);
  });
});

test("lines are put together over the chunks of a stream, and a line has a longest length", async () => {
  const path = folder.fresh("txt");
  const long = "é".repeat(300_000);
  writeFileSync(path, `a\n\n${long}\nlast`);
  const read = async (longest?: number): Promise<string[]> => {
    const found: string[] = [];
    for await (const lines of linesOf(path, longest)) {
      for (const { number, text, whole } of lines) found.push(`${number}${whole ? "" : " torn"} ${text.length}`);
    }
    return found;
  };
  expect(await read()).toEqual(["1 1", "2 0", "3 300000", "4 torn 4"]);
  await expect(read(2 ** 19)).rejects.toThrow(/line 3: it is longer than 1 MiB/);
});
