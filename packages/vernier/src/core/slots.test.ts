import { describe, expect, test } from "vitest";
import { createStudy, float, space, type Executor, type TrialContext } from "vernier";
import { checkNeeds, checkSlots, SlotPool } from "./slots.ts";

const refusal = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    return String((error as Error).message);
  }
  throw new Error("nothing was refused");
};

const study = () =>
  createStudy({ name: "s", space: space({ x: float(0, 1) }), objectives: { loss: "minimize" }, seed: 1 });

describe("a pool", () => {
  test("has room for what fits by every kind", () => {
    expect(new SlotPool({ cpus: 5 }, { cpus: 2 }).size).toBe(2);
    expect(new SlotPool({ cpus: 8, gpus: [0, 1, 2] }, {}).size).toBe(3);
    expect(new SlotPool({ cpus: 8, gpus: [0, 1, 2] }, { gpus: 0 }).size).toBe(8);
    expect(new SlotPool({}, {}).size).toBe(Infinity);
  });
  test("hands out the lowest free cards, in their given order", () => {
    const pool = new SlotPool({ gpus: [3, 1, "GPU-a"] }, {});
    const [a, b] = [pool.take(), pool.take()];
    expect([a, b]).toEqual([{ gpus: [3] }, { gpus: [1] }]);
    pool.give(b);
    pool.give(a);
    expect(pool.take()).toEqual({ gpus: [3] });
  });
  test("tells kinds that a trial needs none of from kinds that there are none of", () => {
    expect(new SlotPool({ cpus: 2, gpus: [0] }, { gpus: 0 }).take()).toEqual({ cpus: 1, gpus: [] });
    expect(new SlotPool({ cpus: 2 }, {}).take()).toEqual({ cpus: 1 });
  });
});

describe("what cannot be", () => {
  test.each([
    [{ cpus: 0 }, "slots.cpus is 0. It is how many processors the run may use, a whole number of at least 1. Write 4."],
    [{ gpus: 2 }, "slots.gpus is 2. It lists the cards the run may use. Write [0, 1]."],
    [
      { gpus: [0, -1] },
      'slots.gpus holds -1. A card is named as CUDA_VISIBLE_DEVICES names it: by its number, or a text such as "GPU-8f6a". Write [0, 1].',
    ],
    [
      { gpus: ["0,1"] },
      'slots.gpus holds "0,1". A card is named as CUDA_VISIBLE_DEVICES names it: by its number, or a text such as "GPU-8f6a". Write [0, 1].',
    ],
    [{ gpus: [0, "0"] }, "slots.gpus names card 0 twice. A card is one slot. Name it once."],
    [{ gpu: [0] }, 'slots has no option "gpu". Its options are cpus, gpus. Did you mean "gpus"?'],
  ])("slots %j", (slots, message) => {
    expect(refusal(() => checkSlots(slots as never))).toBe(message);
  });
  test("needs", () => {
    expect(refusal(() => checkNeeds({ gpus: 0.5 }))).toBe(
      "needs.gpus is 0.5. It is how many of them one trial takes, a whole number. Write 1, or 0 for none.",
    );
  });
  test("more needed than there is", async () => {
    const s = await study();
    const run = (slots: object, needs: object) => s.run(() => 1, { trials: 1, slots, needs });
    await expect(run({ gpus: [0] }, { gpus: 2 })).rejects.toThrow(
      "a trial needs gpus=2, but the run has only 1. It would never start. Need fewer, or give the run slots: { gpus: [0, 1] }.",
    );
    await expect(run({ cpus: 4 }, { gpus: 1 })).rejects.toThrow(
      "a trial needs gpus=1, but the run has none. It would never start.",
    );
    await expect(s.run(executor({ needs: { cpus: 2 } }), { trials: 1 })).rejects.toThrow(
      "a trial needs cpus=2, but the run has none",
    );
    expect(s.trials).toEqual([]);
  });
});

const executor = (more: Partial<Executor>): Executor => ({ name: "test", run: async () => 1, ...more });

/** An executor that holds every trial until `n` run at once, and notes what they hold. */
function gathering(n: number): { run(trial: TrialContext): Promise<number>; held: unknown[]; most: number } {
  let waiting: (() => void)[] = [];
  const seen = {
    held: [] as unknown[],
    most: 0,
    async run(trial: TrialContext) {
      seen.held.push(trial.slots);
      await new Promise<void>(resolve => {
        waiting.push(resolve);
        seen.most = Math.max(seen.most, waiting.length);
        if (waiting.length < n) return;
        for (const go of waiting) go();
        waiting = [];
      });
      return 1;
    },
  };
  return seen;
}

describe("a run", () => {
  test("runs as many at a time as slots allow, each on cards of its own", async () => {
    const s = await study();
    const seen = gathering(2);
    await s.run(executor({ run: seen.run }), { trials: 4, slots: { cpus: 5, gpus: [4, 7] }, needs: { cpus: 2 } });
    expect(seen.most).toBe(2);
    expect(seen.held.slice(0, 2)).toEqual([
      { cpus: 2, gpus: [4] },
      { cpus: 2, gpus: [7] },
    ]);
  });
  test("runs fewer where fewer are asked for, and never more than fit", async () => {
    const s = await study();
    const one = gathering(1);
    await s.run(executor({ run: one.run }), { trials: 2, slots: { gpus: [0, 1, 2] }, concurrency: 1 });
    expect(one.held).toEqual([{ gpus: [0] }, { gpus: [0] }]);
    const two = gathering(2);
    await s.run(executor({ run: two.run }), { trials: 4, slots: { gpus: [0, 1] }, concurrency: 8 });
    expect(two.most).toBe(2);
  });
  test("takes as many as the executor does when nothing is said", async () => {
    const s = await study();
    const seen = gathering(3);
    await s.run(executor({ run: seen.run, capacity: 3 }), { trials: 6 });
    expect(seen.most).toBe(3);
  });
  test("tells the executor before the first trial, and waits for its answer", async () => {
    const s = await study();
    const told: unknown[] = [];
    const bind: Executor["bind"] = async (_spec, facts) => {
      told.push(facts?.concurrency);
      return executor({});
    };
    await s.run(executor({ bind }), { trials: 1 });
    await s.run(executor({ bind }), { trials: 1, slots: { cpus: 3 } });
    await s.run(executor({ bind }), { trials: 1, concurrency: 2 });
    expect(told).toEqual([undefined, 3, 2]);
    const broken = executor({ bind: () => Promise.reject(new Error("cannot")) });
    await expect(s.run(broken, { trials: 1 })).rejects.toThrow("cannot");
  });
  test("frees slots after a throw, a timeout that never returns, and a retry", async () => {
    const s = await study();
    const held: unknown[] = [];
    const run = async (trial: TrialContext): Promise<number> => {
      held.push(trial.slots?.gpus);
      if (trial.number === 0) throw new Error("no");
      if (trial.number === 1) return new Promise(() => undefined);
      return 1;
    };
    const summary = await s.run(executor({ run }), {
      ...{ trials: 3, slots: { gpus: [5] }, retries: 1, trialTimeout: 5, grace: 5 },
    });
    expect(summary).toMatchObject({ failed: 2, retried: 2, complete: 1 });
    expect(held).toEqual([[5], [5], [5], [5], [5]]);
  });
});
