import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { memoryStorage } from "../../core/memory.ts";
import { createStudy } from "../../index.ts";
import { dynamic } from "../../space/index.ts";
import { dumpOf } from "../dump.ts";
import type { StudyDump } from "../types.ts";
import { exportOptunaJournal, exportOptunaSqlite, importOptunaJournal } from "./index.ts";
import { CREATE, dumped, END, FLOAT, only, param, TestFolder, TRIAL } from "./optuna.fixture.ts";

const folder = new TestFolder();
afterAll(() => folder.remove());

describe("exports", () => {
  const one = async (): Promise<StudyDump> =>
    dumped(only(await importOptunaJournal(folder.journal(CREATE, TRIAL, param("x", 0.5, FLOAT), END))));

  test("make new files only, whole or not at all", async () => {
    const dump = await one();
    for (const [write, ending] of [
      [exportOptunaJournal, "log"],
      [exportOptunaSqlite, "db"],
    ] as const) {
      const path = folder.fresh(ending);
      await write([dump], path);
      const bytes = readFileSync(path);
      await expect(write([dump], path)).rejects.toThrow(/exists\. An export makes a new file/);
      expect(readFileSync(path).equals(bytes)).toBe(true);
      await expect(write([dump, dump], folder.fresh(ending))).rejects.toThrow(/two studies are named "s"/);
      const before = readdirSync(folder.path);
      await expect(write([dump], join(folder.path, "none", "x"))).rejects.toThrow(/cannot be written/);
      expect(readdirSync(folder.path)).toEqual(before);
    }
    await expect(exportOptunaSqlite([dump], folder.fresh("db"), { schema: "v1" as never })).rejects.toThrow(
      /schema is "v1"/,
    );
  });

  test("a complete trial without a number for every objective is a failed one there", async () => {
    const dump = await one();
    const trials = [NaN, undefined].map((value, number) => ({
      ...dump.trials[0]!,
      number,
      metrics: value === undefined ? {} : { value },
    }));
    const path = folder.fresh("log");
    await exportOptunaJournal([{ ...dump, trials }], path);
    const { trials: back } = await dumped(only(await importOptunaJournal(path)));
    expect(back.map(({ state, error }) => [state, error?.message])).toEqual([
      ["failed", "value is NaN"],
      ["failed", "value is missing"],
    ]);
  });

  test("a define-by-run study: what was learnt by its distribution, the rest by the values it had", async () => {
    const storage = memoryStorage();
    const study = await createStudy({
      name: "d",
      space: dynamic(),
      objectives: { loss: "minimize" },
      seed: 1,
      storage,
    });
    await study.run(
      (_, trial) => {
        const x = trial.float("net.lr", 1e-4, 1, { scale: "log" });
        const order = trial.permutation("order", ["a", "b"]);
        if (trial.number === 1) trial.choice("extra", ["on", "off"]);
        return x + order.length;
      },
      { trials: 3 },
    );
    const [info] = await storage.listStudies();
    const path = folder.fresh("log");
    await exportOptunaJournal([await dumpOf(storage, info!.id)], path);
    const [log] = await importOptunaJournal(path);
    const kept = log!.events[0] as unknown as { attrs: { optuna: { distributions: Record<string, string[]> } } };
    expect(Object.keys(kept.attrs.optuna.distributions)).toEqual(["net_lr", "order_a_", "order_b_", "extra"]);
    expect(kept.attrs.optuna.distributions["net_lr"]?.[0]).toContain('"low": 0.0001, "high": 1.0, "log": true');
    expect(kept.attrs.optuna.distributions["extra"]?.[0]).toMatch(/Categorical.*"(on|off)"\]/);
  });

  test("a trial that went on here, beyond the range it came with, widens it", async () => {
    const dump = await one();
    const trials = [dump.trials[0]!, { ...dump.trials[0]!, number: 1, sampler: "tpe", params: { x: 3 } }];
    const path = folder.fresh("log");
    await exportOptunaJournal([{ ...dump, trials }], path);
    const text = readFileSync(path, "utf8").split("\n");
    expect(text[1]).toContain('\\"low\\": 0.0, \\"high\\": 1.0');
    expect(text[2]).toContain('\\"low\\": 0.0, \\"high\\": 3.0');
  });

  test("attributes that JSON cannot hold go back as they came, unless they were changed here", async () => {
    const attrs = [
      '"a":[NaN,"NaN"]',
      '"b":Infinity',
      '"c":null',
      '"optuna":{"mine":true}',
      '"__proto__":1',
      '"d":"NaN"',
    ];
    const set = attrs.map(attr => `{"op_code":8,"worker_id":"w","trial_id":0,"user_attr":{${attr}}}`);
    const dump = await dumped(only(await importOptunaJournal(folder.journal(CREATE, TRIAL, ...set, END))));
    const [trial] = dump.trials;
    expect(trial?.attrs).toMatchObject({
      a: ["NaN", "NaN"],
      b: "Infinity",
      d: "NaN",
      optuna: { user: expect.any(Array) as [] },
    });
    const written = async (change: object): Promise<string> => {
      const path = folder.fresh("log");
      await exportOptunaJournal([{ ...dump, trials: [{ ...trial!, attrs: { ...trial!.attrs, ...change } }] }], path);
      return /"user_attrs":(\{.*\}),"system_attrs"/.exec(readFileSync(path, "utf8"))?.[1] ?? "";
    };
    expect(await written({})).toBe(
      '{"a":[NaN,"NaN"],"b":Infinity,"d":"NaN","c":null,"optuna":{"mine":true},"__proto__":1}',
    );
    expect(await written({ b: 3, c: 4 })).toContain('"b":3,"d":"NaN","c":4,');
  });

  test("an attribute of somebody else's under our name breaks nothing", async () => {
    const dump = await one();
    const junk = [
      3,
      "x",
      [1],
      { distributions: 5, names: [], system: "x", user: [[1], ["a", "{"]], constraints: null },
    ];
    const deep = { distributions: { x: ["{", 4] }, names: { x: 1 }, system: [["a"]] };
    for (const optuna of [...junk, deep]) {
      const path = folder.fresh("log");
      const trials = dump.trials.map(trial => ({ ...trial, attrs: { optuna } }));
      await exportOptunaJournal([{ ...dump, attrs: { optuna }, trials } as StudyDump], path);
      expect((await dumped(only(await importOptunaJournal(path)))).trials[0]?.params).toEqual({ x: 0.5 });
    }
  });
});
