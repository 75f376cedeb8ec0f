import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEngine, memoryStorage, replay, type Engine } from "../core/index.ts";
import type { Storage } from "../core/types.ts";
import { random } from "../samplers/index.ts";
import { none } from "../schedulers/index.ts";
import { choice, dynamic, float, int, space, type Space } from "../space/index.ts";
import { sqliteStorage } from "../store/index.ts";
import { copyStudy } from "./copy.ts";
import { dumpOf } from "./dump.ts";
import { mergeStudies } from "./merge.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vernier-copy-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function engineOn(storage: Storage): Engine {
  const parts = { sampler: () => random(), scheduler: () => none() };
  return createEngine({ storage, sampler: () => random(), scheduler: () => none(), parts });
}

/** A study of so many trials; its place. */
async function made(
  storage: Storage,
  name: string,
  shape: Space<never>,
  trials = 6,
  direction: "minimize" | "maximize" = "minimize",
) {
  const study = await engineOn(storage).create({
    name,
    space: shape as never,
    objectives: { loss: direction },
    seed: 1,
  });
  await study.run(
    (params: object) => ({
      loss: Object.values(params)
        .filter(v => typeof v === "number")
        .reduce((a, b) => a + b, 0),
    }),
    { trials },
  );
  await study.close();
  return { storage, id: (await storage.findStudy(name))!.id };
}

const A = space({ x: float(0, 1), kind: choice(["a", "b"]) }) as unknown as Space<never>;
const B = space({
  x: float(0.5, 2),
  kind: choice(["b", "c"]),
  n: int(1, 3, { default: 2 }),
}) as unknown as Space<never>;
const C = space({ x: float(0, 1), kind: choice(["a", "b"]), z: float(0, 1) }) as unknown as Space<never>;

describe("copy", () => {
  test("between storages: log, snapshot, replay and files are equal; the original is as it was", async () => {
    const from = memoryStorage();
    const at = await made(from, "s", A);
    const { id } = at;
    const file = await from.artifacts.put(new TextEncoder().encode("weights"));
    const gone = { hash: `sha256-${"0".repeat(64)}`, size: 1 };
    await from.execute(id, { type: "start", owner: "me", lease: null });
    await from.execute(id, { type: "artifact", number: 6, artifact: { name: "w", ...file } });
    await from.execute(id, { type: "checkpoint", number: 6, attempt: 1, step: 1, ...gone });
    const before = await from.snapshot(id);
    const to = await sqliteStorage(join(folder, "to.db"));
    const { info, files, missing } = await copyStudy(at, to, { as: "copy" });
    expect([info.spec.name, files, missing]).toEqual(["copy", 1, 1]);
    expect(await to.snapshot(info.id)).toEqual(before);
    expect((await to.changes(info.id, 0)).slice(1)).toEqual((await from.changes(id, 0)).slice(1));
    expect(new TextDecoder().decode(await to.artifacts.get(file.hash))).toBe("weights");
    expect(await from.snapshot(id)).toEqual(before);
    const copy = await engineOn(to).open({ name: "copy" });
    expect(await replay(copy)).toMatchObject({ checked: 6, mismatches: [] });
    await copy.close();
    await to.close();
  });

  test("a name that is taken, and a study that is not there", async () => {
    const storage = memoryStorage();
    const at = await made(storage, "s", A, 1);
    await expect(copyStudy(at, storage)).rejects.toMatchObject({ code: "E_STUDY_EXISTS" });
    await expect(copyStudy({ storage, id: 99 }, storage, { as: "t" })).rejects.toMatchObject({
      code: "E_STUDY_UNKNOWN",
    });
    expect((await copyStudy(at, storage, { as: "t" })).info.counts.complete).toBe(1);
  });
});

describe("merge", () => {
  test("the same space: trials in the order they were begun, with provenance; what runs is left", async () => {
    const storage = memoryStorage();
    const a = await made(storage, "a", A, 3);
    const b = await made(storage, "b", A, 2);
    await storage.execute(a.id, { type: "start", owner: "me", lease: null });
    await storage.execute(b.id, { type: "queue", params: { x: 0.5 } });
    const { info, taken } = await mergeStudies([a, b], storage, { as: "all" });
    expect(taken).toEqual([
      { study: "a", trials: 3, left: 1 },
      { study: "b", trials: 3, left: 0 },
    ]);
    expect(info.counts).toMatchObject({ complete: 5, waiting: 1, running: 0 });
    const { trials } = await dumpOf(storage, info.id);
    expect(trials[3]?.attrs).toEqual({ from: { study: "b", number: 0, sampler: "random" } });
    expect(trials[0]).toMatchObject({
      params: (await storage.trial(a.id, 0))!.params,
      metrics: (await storage.trial(a.id, 0))!.metrics,
    });
    const study = await engineOn(storage).open({ name: "all" });
    await study.run(() => ({ loss: 1 }), { trials: 2 });
    expect(study.history.finishedCount).toBe(7);
    expect((await replay(study)).mismatches).toEqual([]);
    await study.close();
  });

  test("overlapping spaces: ranges span both, choices are united, missing parameters take fill or default", async () => {
    const storage = memoryStorage();
    const a = await made(storage, "a", A, 4);
    const b = await made(storage, "b", B, 4);
    const { info } = await mergeStudies([a, b], storage, { as: "all" });
    expect(info.spec.space.shape).toEqual({
      x: { type: "float", low: 0, high: 2 },
      kind: { type: "choice", choices: ["a", "b", "c"] },
      n: { type: "int", low: 1, high: 3, default: 2 },
    });
    const { trials } = await dumpOf(storage, info.id);
    expect(trials.slice(0, 4).map(trial => trial.params?.["n"])).toEqual([2, 2, 2, 2]);
    const study = await engineOn(storage).open({ name: "all" });
    expect([...study.history.x.slice(0, 8 * study.history.codec.width)].every(u => !Number.isNaN(u))).toBe(true);
    await study.close();

    const c = await made(storage, "c", C, 2);
    await expect(mergeStudies([a, c], storage, { as: "more" })).rejects.toThrow(
      /^the trials of "a" have no "z", and it has no default.*fill: \{ z: \.\.\. \}/,
    );
    const filled = await mergeStudies([a, c], storage, { as: "more", fill: { z: 0.25 } });
    expect((await dumpOf(storage, filled.info.id)).trials[0]?.params?.["z"]).toBe(0.25);
    await expect(mergeStudies([a, c], storage, { as: "no", fill: { zz: 1 } })).rejects.toThrow(
      /"zz", which is no parameter.*Did you mean/,
    );
  });

  test("what cannot be one study is refused, and nothing is made", async () => {
    const storage = memoryStorage();
    const a = await made(storage, "a", A, 1);
    const up = await made(storage, "up", A, 1, "maximize");
    const odd = await made(
      storage,
      "odd",
      space({ x: int(0, 1), kind: choice(["a", "b"]) }) as unknown as Space<never>,
      1,
    );
    await expect(mergeStudies([a, up], storage, { as: "m" })).rejects.toThrow(
      /"a" is to minimize loss, and "up" to maximize loss.*warmStart/,
    );
    await expect(mergeStudies([a, odd], storage, { as: "m" })).rejects.toThrow(
      /^"x" of "odd" is another kind of parameter/,
    );
    const run = await made(storage, "run", dynamic() as unknown as Space<never>, 1);
    await expect(mergeStudies([run], storage, { as: "m" })).rejects.toThrow(
      /^"run" is define-by-run.*study\.learnt\(\)/,
    );
    await expect(mergeStudies([], storage, { as: "m" })).rejects.toMatchObject({ code: "E_MERGE_OBJECTIVES" });
    await expect(mergeStudies([a], storage, { as: "up" })).rejects.toMatchObject({ code: "E_STUDY_EXISTS" });
    expect((await storage.listStudies()).map(({ spec }) => spec.name)).toEqual(["a", "up", "odd", "run"]);
  });
});
