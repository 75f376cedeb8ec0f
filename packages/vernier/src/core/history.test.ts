import { describe, expect, test } from "vitest";
import { stream } from "../math/rng.ts";
import type { Codec, Params, SpaceJson } from "../space/types.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { randomCommand } from "../testing/storage-commands.ts";
import { LiveHistory } from "./history.ts";
import { memoryStorage } from "./memory.ts";
import { STATE, type History, type StudyEvent, type StudySpec } from "./types.ts";

const spec: StudySpec = {
  version: 1,
  name: "s",
  space: { version: 1, shape: {} },
  objectives: { loss: { direction: "minimize", target: 0.5 }, speed: { direction: "maximize" } },
  constraints: { memory: { max: 10 }, accuracy: { min: 0.5 } },
  sampler: { name: "random" },
  scheduler: { name: "none" },
  seed: 1,
  owner: "client",
};

/** A space { a: 0..2, b: [0,1) } or, finite, { a } alone: just what a history asks of a codec. */
function fakeCodec({ finite = false, scale = 1, tops = 2 } = {}): Codec {
  const part = {
    space: { version: 1, shape: {} } as SpaceJson,
    width: finite ? 1 : 2,
    size: finite ? 3 : Infinity,
    version: 0,
    check: ({ a, b }: Params) =>
      typeof a === "number" && a <= tops && (finite || typeof b === "number") ? [] : [{ path: "a", message: "no" }],
    encode(params: Params, out: Float64Array, offset = 0) {
      out[offset] = (params["a"] as number) * scale;
      if (!finite) out[offset + 1] = params["b"] as number;
    },
    key: (params: Params) => String(params["a"]),
  };
  return part as unknown as Codec;
}

/** Everything a reader can see, cut to size. */
function seenOf(history: History): unknown {
  const { size, codec, objectives } = history;
  return {
    size,
    x: history.x.slice(0, size * codec.width),
    values: history.values.slice(0, size * objectives.length),
    states: history.states.slice(0, size),
    violation: history.violation.slice(0, size),
    lastStep: history.lastStep.slice(0, size),
    ranked: history.ranked.slice(0, size),
    finished: history.finished.slice(0, history.finishedCount),
    pending: history.pending,
    distinct: history.distinct,
    seen: ["0", "1", "2", "none"].map(key => history.seen(key)),
    revision: history.revision,
    reports: Array.from({ length: size }, (_, i) => history.reports(i)),
    records: Array.from({ length: size }, (_, i) => history.record(i)),
    params: Array.from({ length: size }, (_, i) => history.params(i)),
  };
}

async function opened() {
  const clock = fakeClock();
  const storage = memoryStorage({ clock });
  const { id } = await storage.createStudy(spec);
  return { clock, storage, id, send: (command: Parameters<typeof storage.execute>[1]) => storage.execute(id, command) };
}

describe("history", () => {
  for (const finite of [false, true]) {
    test(`following events gives what opening a snapshot gives (${finite ? "finite" : "infinite"} space)`, async () => {
      for (let seed = 0; seed < 40; seed++) {
        const { clock, storage, id } = await opened();
        const rng = stream(seed, "history");
        const codec = fakeCodec({ finite });
        const live = new LiveHistory({ spec, codec });
        let cursor: number | string = 0;
        const follow = (events: readonly StudyEvent[]) => {
          live.applyAll(events);
          cursor = events.at(-1)?.revision ?? cursor;
        };
        for (let i = 0; i < 60; i++) {
          const command = randomCommand(rng, await storage.trials(id, { deleted: true }));
          const done = await storage.execute(id, command, cursor).catch(() => undefined);
          if (done) follow(done.events);
          clock.tick(rng.int(30));
          if (i % 20 !== 19) continue;
          follow(await storage.changes(id, cursor));
          const fresh = new LiveHistory({ spec, codec, snapshot: await storage.snapshot(id) });
          expect(seenOf(live)).toEqual(seenOf(fresh));
        }
      }
    });
  }

  test("columns say what was told", async () => {
    const { storage, id, send } = await opened();
    const suggest = (n: number) => ({ params: { a: n % 3, b: n / 10 }, sampler: "s" });
    for (let i = 0; i < 7; i++) await send({ type: "start", owner: "w", lease: null, suggest });
    const good = { loss: 1, speed: 2, memory: 4, accuracy: 0.9 };
    await send({ type: "finish", number: 3, attempt: 1, state: "complete", metrics: good });
    await send({
      type: "finish",
      number: 0,
      attempt: 1,
      state: "complete",
      metrics: { loss: 3, speed: 1, memory: 12, accuracy: 0.25 },
    });
    await send({ type: "finish", number: 1, attempt: 1, state: "complete", metrics: { loss: NaN, speed: 1 } });
    await send({ type: "report", number: 2, attempt: 1, step: 1, metrics: { loss: 9, memory: 1 } });
    await send({ type: "report", number: 2, attempt: 1, step: 4, metrics: { loss: 7, memory: 11, accuracy: 1 } });
    await send({ type: "finish", number: 2, attempt: 1, state: "pruned", metrics: { loss: 100, speed: 5 } });
    await send({ type: "fail", number: 4, attempt: 1, error: { kind: "throw", message: "x" } });
    await send({ type: "finish", number: 5, attempt: 1, state: "complete", metrics: good, ranked: false });
    const history = new LiveHistory({ spec, codec: fakeCodec(), snapshot: await storage.snapshot(id) });

    expect([...history.finished.slice(0, history.finishedCount)]).toEqual([3, 0, 1, 2, 4, 5]);
    expect([...history.values.slice(0, 14)]).toEqual([3, 1, NaN, 1, 7, 5, 1, 2, NaN, NaN, 1, 2, NaN, NaN]);
    expect([...history.violation.slice(0, 7)]).toEqual([2.25, NaN, 1, 0, NaN, 0, NaN]);
    expect([...history.ranked.slice(0, 7)]).toEqual([1, 0, 1, 1, 0, 0, 0]);
    expect([...history.lastStep.slice(0, 4)]).toEqual([NaN, NaN, 4, NaN]);
    expect(history.pending).toEqual([6]);
    expect([...history.x.slice(4, 6)]).toEqual([2, 0.2]);
    expect(history.objectives[0]).toEqual({ name: "loss", direction: "minimize", target: 0.5 });
    expect(history.constraints).toEqual([
      { name: "memory", max: 10 },
      { name: "accuracy", min: 0.5 },
    ]);
  });

  test("plain progress keeps the generation; corrections, deletions and restorations do not", async () => {
    const { storage, id } = await opened();
    const history = new LiveHistory({ spec, codec: fakeCodec() });
    const follow = async (command: Parameters<typeof storage.execute>[1]) => {
      history.applyAll((await storage.execute(id, command, history.revision)).events);
      return history.generation;
    };
    const suggest = () => ({ params: { a: 1, b: 0 }, sampler: "s" });
    expect(await follow({ type: "start", owner: "w", lease: null, suggest })).toBe(0);
    expect(await follow({ type: "report", number: 0, attempt: 1, step: 1, metrics: { loss: 1 } })).toBe(0);
    const metrics = { loss: 1, speed: 1, memory: 1, accuracy: 1 };
    expect(await follow({ type: "finish", number: 0, attempt: 1, state: "complete", metrics })).toBe(0);
    expect(await follow({ type: "annotate", number: 0, note: "x" })).toBe(0);
    expect(await follow({ type: "correct", number: 0, metrics: { loss: 2 }, reason: "typo" })).toBe(1);
    expect([...history.values.slice(0, 2)]).toEqual([2, 1]);
    expect(await follow({ type: "delete", number: 0 })).toBe(2);
    expect(history.states[0]).toBe(STATE.none);
    expect(history.params(0)).toBeNull();
    expect(history.finishedCount).toBe(0);
    expect(await follow({ type: "restore", number: 0 })).toBe(3);
    expect(history.states[0]).toBe(STATE.complete);
  });

  test("a clone is equal and goes its own way", async () => {
    const { storage, id } = await opened();
    const rng = stream(5, "clone");
    const codec = fakeCodec({ finite: true });
    const history = new LiveHistory({ spec, codec });
    for (let i = 0; i < 80; i++) {
      const command = randomCommand(rng, await storage.trials(id, { deleted: true }));
      const done = await storage.execute(id, command, history.revision).catch(() => undefined);
      if (done) history.applyAll(done.events);
    }
    const clone = history.clone();
    const before = structuredClone(seenOf(clone));
    expect(seenOf(clone)).toEqual(seenOf(history));
    for (let i = 0; i < 40; i++) {
      const command = randomCommand(rng, await storage.trials(id, { deleted: true }));
      const done = await storage.execute(id, command, history.revision).catch(() => undefined);
      if (done) history.applyAll(done.events);
    }
    expect(seenOf(clone)).toEqual(before);
    expect(seenOf(history)).not.toEqual(before);
    clone.applyAll(await storage.changes(id, clone.revision));
    expect(seenOf(clone)).toEqual(seenOf(history));
  });

  test("an edited space re-reads every trial; what no longer fits is NaN", async () => {
    const { storage, id, send } = await opened();
    const suggest = (n: number) => ({ params: { a: n, b: 0.5 }, sampler: "s" });
    for (let i = 0; i < 3; i++) await send({ type: "start", owner: "w", lease: null, suggest });
    const edited: SpaceJson[] = [];
    const compile = (space: SpaceJson) => {
      edited.push(space);
      return fakeCodec({ scale: 10, tops: 1 });
    };
    const history = new LiveHistory({ spec, codec: fakeCodec(), snapshot: await storage.snapshot(id), compile });
    const { events } = await storage.execute(
      id,
      { type: "edit", space: { version: 1, shape: { a: { type: "fixed", value: 1 } } } },
      history.revision,
    );
    history.applyAll(events);
    expect(edited).toEqual([{ version: 1, shape: { a: { type: "fixed", value: 1 } } }]);
    expect([...history.x.slice(0, 6)]).toEqual([0, 0.5, 10, 0.5, NaN, NaN]);
    expect(history.generation).toBe(1);
    expect(history.pending).toEqual([0, 1, 2]);
  });

  test("a vocabulary that grows while reading bumps the generation", async () => {
    const { storage, id } = await opened();
    const codec = fakeCodec() as { -readonly [K in keyof Codec]: Codec[K] };
    const encode = codec.encode;
    codec.encode = (params, out, offset) => {
      if (params["a"] === 2) codec.version++;
      encode(params, out, offset);
    };
    const history = new LiveHistory({ spec, codec });
    const suggest = (n: number) => ({ params: { a: n, b: 0 }, sampler: "s" });
    const generations: number[] = [];
    for (let i = 0; i < 4; i++) {
      const command = { type: "start", owner: "w", lease: null, suggest } as const;
      history.applyAll((await storage.execute(id, command, history.revision)).events);
      generations.push(history.generation);
    }
    expect(generations).toEqual([0, 0, 1, 1]);
  });

  test("finite spaces count whole queued configurations before they start", async () => {
    const { storage, id, send } = await opened();
    await send({ type: "queue", params: { a: 2 } });
    await send({ type: "queue", params: {} });
    const history = new LiveHistory({
      spec,
      codec: fakeCodec({ finite: true }),
      snapshot: await storage.snapshot(id),
    });
    expect([history.seen("2"), history.distinct]).toEqual([1, 1]);
    const suggest = () => ({ params: { a: 2 }, sampler: "s" });
    const { events } = await storage.execute(id, { type: "start", owner: "w", lease: null, suggest }, history.revision);
    history.applyAll(events);
    expect([history.seen("2"), history.distinct]).toEqual([1, 1]);
    expect(history.x[0]).toBe(2);
    expect(history.x[1]).toBeNaN();
  });
});
