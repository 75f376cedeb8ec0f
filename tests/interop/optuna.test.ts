/** Round trips with real Optunas: what they wrote, through a storage of ours and back, must be what they wrote. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memoryStorage } from "vernier/core";
import {
  dumpOf,
  exportOptunaJournal,
  exportOptunaSqlite,
  importOptunaJournal,
  importOptunaSqlite,
} from "vernier/interop";
import type { StudyDump } from "vernier/interop";
import { nativeStudy } from "./native.ts";
import { optunaPythons, runScript, show, SKIPPED, type OptunaPython, type Shown } from "./python.ts";

const folder = mkdtempSync(join(tmpdir(), "vernier-optuna-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FORMATS = {
  journal: {
    ending: "log",
    import: importOptunaJournal,
    export: (d: readonly StudyDump[], p: string, _old: boolean) => exportOptunaJournal(d, p),
  },
  sqlite: {
    ending: "db",
    import: importOptunaSqlite,
    export: (d: readonly StudyDump[], p: string, old: boolean) =>
      exportOptunaSqlite(d, p, { schema: old ? "v3.0.0.d" : "v3.2.0.a" }),
  },
} as const;
type Format = keyof typeof FORMATS;

/** Through a storage: what an export reads is what an import made. */
async function through(from: Format, file: string): Promise<StudyDump[]> {
  const storage = memoryStorage();
  const dumps: StudyDump[] = [];
  for (const { spec, events } of await FORMATS[from].import(file)) {
    const { id } = await storage.importStudy(spec, events);
    dumps.push(await dumpOf(storage, id));
  }
  return dumps;
}

/** Optuna keeps microseconds, we milliseconds; trials begin in the order of their numbers here. */
function withoutTimes(studies: readonly Shown[]): unknown {
  return studies.map(({ trials, ...study }) => ({
    ...study,
    trials: trials.map(({ start: _start, complete: _complete, ...trial }) => trial),
  }));
}

const rows = (count: number): unknown => expect.toSatisfy((is: unknown) => is === count || is === "no pandas");

/** Of the first trial of `nativeStudy`, as Optuna prints them. */
const DISTRIBUTIONS = {
  lr: "FloatDistribution(high=0.1, log=True, low=1e-05, step=None)",
  rate: "FloatDistribution(high=0.99, log=False, low=0.01, step=None)",
  width: "IntDistribution(high=512, log=True, low=8, step=1)",
  batch: "CategoricalDistribution(choices=(16, 32, 64))",
  act: "CategoricalDistribution(choices=('relu', 'gelu', None))",
  leak: "FloatDistribution(high=1.0, log=False, low=0.0, step=None)",
  "order[a]": "IntDistribution(high=2, log=False, low=0, step=1)",
  "order[b]": "IntDistribution(high=2, log=False, low=0, step=1)",
  "order[c]": "IntDistribution(high=2, log=False, low=0, step=1)",
  "features[f1]": "CategoricalDistribution(choices=(False, True))",
  "features[f2]": "CategoricalDistribution(choices=(False, True))",
  "mixture[web]": "FloatDistribution(high=1.0, log=False, low=0.0, step=None)",
  "mixture[code]": "FloatDistribution(high=1.0, log=False, low=0.0, step=None)",
  "blocks.length": "IntDistribution(high=2, log=False, low=0, step=1)",
  "blocks[0].size": "IntDistribution(high=9, log=False, low=1, step=1)",
  "optimizer.kind": "CategoricalDistribution(choices=('sgd', 'adam'))",
  "optimizer.adam.beta": "FloatDistribution(high=0.999, log=False, low=0.8, step=None)",
  "optimizer.adam.more.eps": "FloatDistribution(high=1.0, log=False, low=0.0, step=None)",
  "model.depth": "IntDistribution(high=4, log=False, low=1, step=1)",
  prompt: "CategoricalDistribution(choices=('terse', 'kind'))",
};

const found = optunaPythons();
if (found.length === 0) {
  test.skip(`round trips with a real Optuna (${SKIPPED})`, () => {});
}

// Python with Optuna and pandas takes up to 20 s to start on a busy machine.
describe.each(found)("Optuna $version", { timeout: 300_000 }, (optuna: OptunaPython) => {
  const old = optuna.version.startsWith("3.0") || optuna.version.startsWith("3.1");
  const source = (format: Format): string => join(folder, `${optuna.version}.${FORMATS[format].ending}`);
  beforeAll(() => runScript(optuna, "optuna_write.py", source("journal"), source("sqlite")), 300_000);

  test.each([
    ["journal", "journal"],
    ["journal", "sqlite"],
    ["sqlite", "journal"],
    ["sqlite", "sqlite"],
  ] as const)("%s, imported and exported as %s, is the same", async (from, to) => {
    const file = join(folder, `${optuna.version}-${from}-${to}.${FORMATS[to].ending}`);
    await FORMATS[to].export(await through(from, source(from)), file, old);
    const [before, after] = [await show(optuna, source(from)), await show(optuna, file)];
    expect(withoutTimes(after)).toEqual(withoutTimes(before));
    for (const [i, study] of before.entries()) {
      for (const [j, trial] of study.trials.entries()) {
        const there = after[i]?.trials[j];
        for (const time of ["start", "complete"] as const) {
          const [was, is] = [trial[time], there?.[time] ?? null];
          expect(is === null, `${study.name} ${j} ${time}`).toBe(was === null);
          expect(Math.abs((is ?? 0) - (was ?? 0)), `${study.name} ${j} ${time}`).toBeLessThan(0.0011);
        }
      }
    }
  });

  test.each(["journal", "sqlite"] as const)("goes on with a study of ours in a %s", async format => {
    const file = join(folder, `${optuna.version}-native.${FORMATS[format].ending}`);
    await FORMATS[format].export([await nativeStudy()], file, old);
    const [shown] = await show(optuna, file);
    expect(shown).toMatchObject({
      user: { "vernier:fixed": { epochs: 3 } },
      system: { "study:metric_names": ["loss"] },
    });
    expect(shown?.trials.map(({ state }) => state).join(" ")).toBe(
      "COMPLETE COMPLETE COMPLETE FAIL COMPLETE COMPLETE COMPLETE COMPLETE COMPLETE COMPLETE RUNNING WAITING",
    );
    const [first] = shown?.trials ?? [];
    expect(first?.distributions).toEqual(DISTRIBUTIONS);
    expect(first?.system).toEqual(
      old && format === "sqlite"
        ? { constraints: [-8, -2, -1] }
        : { "constraints:memory": -8, "constraints:speed:max": -2, "constraints:speed:min": -1 },
    );
    expect(shown?.trials[3]?.system["fail_reason"]).toContain("it broke");
    expect(shown?.trials[11]?.system["fixed_params"]).toEqual({ "order[a]": 1, "order[b]": 0, "order[c]": 2 });
    const used = JSON.parse(await runScript(optuna, "optuna_read.py", "use", file)) as Record<
      string,
      { trials: number }
    >;
    expect(used["native"]).toMatchObject({ trials: 12, rows: rows(12), best: expect.any(Number) as number, after: 14 });
  });

  test.each(["journal", "sqlite"] as const)("goes on with its own study that went through us as a %s", async format => {
    const file = join(folder, `${optuna.version}-used.${FORMATS[format].ending}`);
    await FORMATS[format].export(await through(format, source(format)), file, old);
    const used = JSON.parse(await runScript(optuna, "optuna_read.py", "use", file)) as Record<string, object>;
    expect(used).toMatchObject({
      everything: { trials: 12, rows: rows(12) },
      conditional: { trials: 6, after: 9 },
      several: { trials: 8, after: 11 },
    });
  });
});
