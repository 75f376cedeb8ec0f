/** Files that two releases of Optuna wrote. */
import { afterAll, describe, expect, test } from "vitest";
import { describe as describeSpace } from "../../space/index.ts";
import type { StudyDump, StudyLog } from "../types.ts";
import { exportOptunaJournal, exportOptunaSqlite, importOptunaJournal, importOptunaSqlite } from "./index.ts";
import { dumped, states, TestFolder } from "./optuna.fixture.ts";

const folder = new TestFolder();
afterAll(() => folder.remove());

const named = (logs: readonly StudyLog[], name: string): StudyLog => {
  const found = logs.find(log => log.spec.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe.each(["3.1.0", "5.0.0"])("a journal and a database of Optuna %s", version => {
  const journal = folder.recorded(`optuna-${version}.log`);
  const database = folder.recorded(`optuna-${version}.db`);
  const both = [
    ["journal", () => importOptunaJournal(journal)],
    ["database", () => importOptunaSqlite(database)],
  ] as const;

  test.each(both)("%s: every study that is not deleted", async (_, load) => {
    expect((await load()).map(({ spec }) => spec.name)).toEqual([
      "everything",
      "conditional",
      "several",
      "moving",
      "empty",
    ]);
  });

  test.each(both)("%s: kinds, states, reports, attributes", async (_, load) => {
    const { spec, trials, reports, attrs } = await dumped(named(await load(), "everything"));
    expect(describeSpace(spec.space)).toEqual([
      "x = float(-1, 1)",
      "lr = float(1e-5, 0.1, log)",
      "dropout = float(0, 0.5, step=0.1)",
      "layers = int(1, 6)",
      "width = int(8, 512, log)",
      "batch = int(32, 256, step=32)",
      "act = choice(null, true, 3, 2.5, relu)",
      'only = fixed("one")',
      '"model_size _MB_" = float(1, 2)',
    ]);
    expect(states(trials)).toBe(
      "complete complete complete pruned failed complete complete complete pruned failed running waiting",
    );
    expect(trials[2]?.metrics).toEqual({ value: Infinity });
    expect(trials[3]?.metrics?.["value"]).toBe(reports.get(3)?.[2]?.metrics["value"]);
    expect(reports.get(0)?.map(({ step, metrics }) => [step, Number.isNaN(metrics["value"])])).toEqual([
      [0, false],
      [1, true],
      [2, false],
    ]);
    expect(trials[10]).toMatchObject({ fixed: { x: 0.25 }, params: { x: 0.25 } });
    expect(trials[11]).toMatchObject({ fixed: { x: 0.125, layers: 2, act: "relu" }, attrs: { who: "me" } });
    expect(trials[0]?.attrs).toMatchObject({ note: "trial 0", gap: "Infinity" });
    expect(attrs).toMatchObject({ dataset: { name: "digits", rows: [1, 2.5, null] }, odd: ["NaN", "-Infinity"] });
    expect(trials.every(({ startedAt }, i) => i === 11 || (startedAt ?? 0) > Date.UTC(2026, 0))).toBe(true);
  });

  test.each(both)("%s: conditional parameters make it define-by-run", async (_, load) => {
    const { spec, trials, attrs } = await dumped(named(await load(), "conditional"));
    expect(spec).toMatchObject({
      space: { dynamic: true, shape: {} },
      objectives: { value: { direction: "maximize" } },
    });
    for (const { params } of trials) {
      expect(Object.keys(params ?? {})).toEqual(
        params?.["optimizer"] === "sgd" ? ["optimizer", "optimizer_momentum"] : ["optimizer", "optimizer_beta"],
      );
    }
    expect(attrs["optuna"]).toMatchObject({
      names: { optimizer_momentum: "optimizer.momentum" },
      notes: expect.arrayContaining([expect.stringContaining("define-by-run")]) as unknown,
    });
  });

  test.each(both)("%s: several objectives and constraints", async (_, load) => {
    const { spec, trials } = await dumped(named(await load(), "several"));
    const names =
      version === "5.0.0"
        ? ["loss", "accuracy", "memory", "time"]
        : ["value_0", "value_1", "constraint_0", "constraint_1"];
    expect(Object.keys(spec.objectives)).toEqual(names.slice(0, 2));
    expect(spec.constraints).toEqual({ [names[2] as string]: { max: 0 }, [names[3] as string]: { max: 0 } });
    const { x, y } = trials[0]?.params as { x: number; y: number };
    expect(trials[0]?.metrics).toEqual(
      Object.fromEntries(names.map((name, i) => [name, [x * y, x - y, x - 2, y - 2.5][i]])),
    );
  });

  test.each(both)("%s: ranges that moved are joined, with a note", async (_, load) => {
    const log = named(await load(), "moving");
    const { spec, attrs, trials } = await dumped(log);
    expect(spec.space.dynamic).toBe(true);
    expect(trials[7]?.params).toEqual({ x: 0.25, n: 1, shape: "[3,4]" });
    const { notes } = attrs["optuna"] as unknown as { notes: string[] };
    expect(notes).toContain('"x" had 3 ranges: 0 to 4 covers them');
    expect(notes).toContain('"n" had 3 ranges: 0 to 8 covers them');
  });

  test("both say the same", async () => {
    const plain = async (logs: readonly StudyLog[]): Promise<unknown> =>
      Promise.all(
        logs.map(async log => {
          const { spec, trials } = await dumped(log);
          const { notes: _notes, ...space } = { ...spec, notes: null };
          return {
            space: space.space,
            states: states(trials),
            keys: trials.map(t => Object.keys(t.params ?? {}).join()),
          };
        }),
      );
    expect(await plain(await importOptunaJournal(journal))).toEqual(await plain(await importOptunaSqlite(database)));
  });

  test("what is exported is imported the same", async () => {
    const dumps = await Promise.all((await importOptunaJournal(journal)).map(dumped));
    const [log, db] = [folder.fresh("log"), folder.fresh("db")];
    await exportOptunaJournal(dumps, log);
    await exportOptunaSqlite(dumps, db, { schema: version === "3.1.0" ? "v3.0.0.d" : "v3.2.0.a" });
    const relevant = ({ spec, trials, reports, attrs }: StudyDump): unknown => ({
      spec,
      attrs: { ...attrs, optuna: { ...(attrs["optuna"] as object), notes: [] } },
      reports,
      trials: trials.map(({ basis: _basis, queuedAt: _queued, ...trial }) => trial),
    });
    for (const logs of [await importOptunaJournal(log), await importOptunaSqlite(db)]) {
      expect((await Promise.all(logs.map(dumped))).map(relevant)).toEqual(dumps.map(relevant));
    }
  });
});

test("one study by its name; unknown names are answered by the known ones", async () => {
  const path = folder.recorded("optuna-5.0.0.log");
  expect((await importOptunaJournal(path, { study: "several" })).map(({ spec }) => spec.name)).toEqual(["several"]);
  await expect(importOptunaJournal(path, { study: "severl" })).rejects.toThrow(
    /no study "severl".*Did you mean "several"\?/s,
  );
});
