import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEngine, memoryStorage, replay } from "../../core/index.ts";
import { stream } from "../../math/index.ts";
import { random } from "../../samplers/index.ts";
import { none } from "../../schedulers/index.ts";
import { choice, dynamic, float, space } from "../../space/index.ts";
import { fakeClock, randomCommand } from "../../testing/index.ts";
import { SPEC } from "../../testing/storage/bench.ts";
import { dumpOf } from "../dump.ts";
import { exportStudy, importLog, readStudies } from "../transfer.ts";
import type { TrialsDocument } from "./format.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vernier-json-"));
  path = join(folder, "study.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const written = (): TrialsDocument => JSON.parse(readFileSync(path, "utf8")) as TrialsDocument;

test("a study of any past: its trials, reports and annotations come back as they stood", async () => {
  const clock = fakeClock();
  const storage = memoryStorage({ clock });
  const { id } = await storage.createStudy(SPEC);
  const rng = stream(29, "json");
  for (let i = 0; i < 400; i++) {
    const known = await storage.trials(id, { deleted: true });
    await storage.execute(id, randomCommand(rng, known)).catch(() => undefined);
    clock.tick(rng.int(40));
  }
  await storage.execute(id, { type: "annotate", tags: ["t"], note: "n", attrs: { a: [1] } });
  await exportStudy(storage, id, path);
  const { studies, format } = await readStudies(path);
  expect(format.name).toBe("json");
  const target = memoryStorage({ clock });
  const copy = await importLog(target, studies[0]!);
  const [there, here] = [await dumpOf(storage, id), await dumpOf(target, copy.id)];
  const { trials, reports, ...study } = there;
  expect(trials.length).toBeGreaterThan(20);
  expect({ ...here, trials: 0, reports: 0 }).toStrictEqual({
    ...study,
    createdAt: here.createdAt,
    trials: 0,
    reports: 0,
  });
  expect(
    here.trials.map(({ number, state, params, metrics, tags, note, error, ranked }) => ({
      number,
      state,
      params: state === "waiting" ? 0 : params,
      metrics,
      tags,
      note,
      error,
      ranked,
    })),
  ).toEqual(
    trials.map(({ state, params, metrics, tags, note, error, ranked }, number) => ({
      number,
      state,
      params: state === "waiting" ? 0 : params,
      metrics: state === "running" || state === "waiting" || state === "paused" ? null : metrics,
      tags,
      note,
      error: state === "failed" ? error : null,
      ranked,
    })),
  );
  for (const [number, trial] of trials.entries()) {
    expect(here.trials[number]!.attrs["from"]).toEqual({
      study: SPEC.name,
      number: trial.number,
      sampler: trial.sampler,
    });
    const shown = (list: typeof reports extends ReadonlyMap<number, infer R> ? R | undefined : never) =>
      (list ?? []).map(({ step, metrics }) => ({ step, metrics }));
    if (trial.state !== "waiting") expect(shown(here.reports.get(number))).toEqual(shown(reports.get(trial.number)));
  }
});

test("one trial a line, numbers that JSON has not as texts, and an empty study is a document too", async () => {
  const storage = memoryStorage();
  const { id } = await storage.createStudy(SPEC);
  await exportStudy(storage, id, path);
  expect(written().trials).toEqual([]);
  for (const [number, loss] of [NaN, -Infinity, -0, 0.1].entries()) {
    await storage.execute(id, { type: "start", owner: "me", lease: null });
    await storage.execute(id, { type: "finish", number, attempt: 1, state: "complete", metrics: { loss } });
  }
  await exportStudy(storage, id, path, { force: true, where: ({ number }) => number > 0 });
  expect(readFileSync(path, "utf8").split("\n").length).toBe(6);
  expect(written().trials.map(({ metrics }) => metrics?.["loss"])).toEqual(["-Infinity", "-0", 0.1]);
  const { studies } = await readStudies(path);
  expect(studies[0]!.notes).toEqual(["trials are numbered anew; attrs.from.number is the old number"]);
  const copy = await importLog(storage, studies[0]!, { as: "copy" });
  expect((await storage.trials(copy.id)).map(({ metrics }) => metrics?.["loss"])).toEqual([-Infinity, -0, 0.1]);
});

test("a define-by-run study is learnt again from its document", async () => {
  const parts = { sampler: () => random(), scheduler: () => none() };
  const storage = memoryStorage();
  const engine = createEngine({ storage, ...parts, parts });
  const study = await engine.create({ name: "dynamic", space: dynamic(), objectives: { loss: "minimize" }, seed: 3 });
  await study.run(
    (_params, trial) => {
      const x = trial.float("model.x", 0.1, 10, { scale: "log" });
      return { loss: trial.choice("kind", ["a", "b"]) === "a" ? x : trial.float("y", 0, 1) };
    },
    { trials: 12 },
  );
  await exportStudy(storage, study.id, path);
  const { studies } = await readStudies(path);
  const { id } = await importLog(storage, studies[0]!, { as: "copy" });
  const copy = await engine.open({ name: "copy" });
  expect((await dumpOf(storage, id)).learnt).toEqual((await dumpOf(storage, study.id)).learnt);
  expect(copy.trials.map(({ params }) => params)).toEqual(study.trials.map(({ params }) => params));
  expect((await replay(copy)).mismatches).toEqual([]);
  await copy.close();
  await study.close();
});

describe("hostile and broken documents", () => {
  const good = {
    format: "vernier-trials",
    version: 1,
    spec: {
      version: 1,
      name: "s",
      space: space({ x: float(0, 1), kind: choice(["a", "b"]) }),
      objectives: { loss: { direction: "minimize" } },
      constraints: {},
      sampler: { name: "auto" },
      scheduler: { name: "none" },
      seed: 1,
      owner: "client",
    },
    trials: [
      {
        number: 0,
        state: "complete",
        params: { x: 0.5, kind: "a" },
        metrics: { loss: 1 },
        queuedAt: "2026-01-02T03:04:05Z",
      },
      { number: 1, state: "failed" },
    ],
  };
  const refused = async (text: string): Promise<string> => {
    writeFileSync(path, text);
    const error = await readStudies(path, { format: "json" }).then(
      () => undefined,
      (thrown: unknown) => thrown as { code: string; message: string },
    );
    expect(error?.message.startsWith(path)).toBe(true);
    expect(error?.message.match(/Nothing was imported\./g)).toHaveLength(1);
    return `${error?.code}${error?.message.slice(path.length)}`;
  };
  const changed = (change: (copy: Record<string, never>) => void): string => {
    const copy = structuredClone(good) as unknown as Record<string, never>;
    change(copy);
    return JSON.stringify(copy, null, 2);
  };
  const trial = (change: object): string =>
    changed(copy => Object.assign((copy["trials"] as unknown as object[])[0]!, change));

  test("the good one is read, indented and with a byte order mark too; what is left out is empty", async () => {
    writeFileSync(path, `\uFEFF${JSON.stringify(good, null, 2)}`);
    const { studies, format } = await readStudies(path);
    expect(format.name).toBe("json");
    const storage = memoryStorage();
    const { id } = await importLog(storage, studies[0]!);
    expect(await storage.trials(id)).toMatchObject([
      { state: "complete", metrics: { loss: 1 }, queuedAt: Date.UTC(2026, 0, 2, 3, 4, 5) },
      { state: "failed", params: null },
    ]);
  });

  test("each mistake is named by its field, line and column", async () => {
    expect(await refused(JSON.stringify(good).slice(0, -9))).toMatch(/^E_IMPORT_LINE:1:\d+: the file is not JSON/);
    expect(await refused(trial({}).replace("0.5", "NaN"))).toMatch(/^E_IMPORT_LINE:\d\d:14: NaN is no JSON/);
    expect(await refused("[1]")).toMatch(/^E_IMPORT_LINE: the file holds an array/);
    expect(await refused(changed(copy => delete copy["format"]))).toMatch(
      /^E_IMPORT_FORMAT: .*vernier export --format json/,
    );
    expect(await refused(changed(copy => Object.assign(copy, { version: 9 })))).toMatch(
      /^E_IMPORT_VERSION: .*Update vernier/,
    );
    expect(await refused(changed(copy => delete copy["trials"]))).toMatch(
      /^E_IMPORT_FIELD: trials is undefined\. It is an array/,
    );
    expect(await refused(trial({ parms: {} }))).toMatch(
      /^E_IMPORT_FIELD: trials\[0\] has a field "parms"\. Did you mean "params"\?/,
    );
    expect(await refused(trial({ state: "done" }))).toMatch(
      /^E_IMPORT_FIELD: trials\[0\]\.state is "done"\. It is one of waiting/,
    );
    expect(await refused(trial({ metrics: { loss: "1" } }))).toMatch(
      /^E_IMPORT_FIELD: trials\[0\]\.metrics\.loss is "1"/,
    );
    expect(await refused(trial({ queuedAt: "yesterday" }))).toMatch(
      /^E_IMPORT_FIELD: trials\[0\]\.queuedAt is "yesterday"/,
    );
    expect(await refused(trial({ number: 1 }))).toMatch(/^E_IMPORT_TRIAL: two trials have the number 1\./);
    expect(await refused(changed(copy => Object.assign(copy["spec"]!, { seed: -1 })))).toMatch(/^E_STUDY_SEED: /);
  });

  test("trials outside the space are kept, and said", async () => {
    writeFileSync(path, trial({ params: { x: 7, kind: "a" } }));
    const { studies } = await readStudies(path);
    expect(studies[0]!.notes?.[0]).toMatch(/^1 of 2 trials are outside the space \(trial 0: x /);
  });
});
