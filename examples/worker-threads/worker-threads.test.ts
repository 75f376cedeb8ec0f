import fc from "fast-check";
import { expect, test } from "vitest";
import { createStudy, type Executor } from "vernier";
import { DEFAULTS, pack, packedSize, unpack, type Knobs } from "./compress.ts";
import objective, { DATA } from "./objective.ts";
import study from "./study.ts";

const knobs = fc.record({
  window: fc.integer({ min: 8, max: 18 }),
  hash: fc.integer({ min: 10, max: 18 }),
  minimum: fc.integer({ min: 3, max: 8 }),
  chain: fc.integer({ min: 1, max: 64 }),
  nice: fc.integer({ min: 4, max: 258 }),
  lazy: fc.integer({ min: 0, max: 4 }),
});
/** Bytes with repetitions. */
const bytes = fc
  .array(fc.uint8Array({ min: 97, max: 100, maxLength: 12 }), { maxLength: 40 })
  .map(parts => Uint8Array.from(parts.flatMap(part => [...part, ...part])));

test("what is packed unpacks to the same bytes, whatever the knobs", () => {
  fc.assert(
    fc.property(bytes, knobs, (data, how) => {
      expect(Buffer.from(unpack(pack(data, how))).equals(Buffer.from(data))).toBe(true);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("real bytes shrink, and the cost is the same on every machine", () => {
  const data = DATA.subarray(0, 10_000);
  const packed = pack(data, DEFAULTS);
  expect(Buffer.from(unpack(packed)).equals(data)).toBe(true);
  expect(packedSize(packed)).toBeLessThan(data.length / 3);
  expect(pack(data, DEFAULTS).steps).toBe(packed.steps);
});

test("two threads evaluate what one call does", async () => {
  const { space, objectives, constraints = {}, executor } = study;
  const searched = await createStudy({ name: "small", space, objectives, constraints, seed: 1 });
  for (const chain of [1, 2, 3]) await searched.queue({ ...DEFAULTS, chain });
  const summary = await searched.run(executor as Executor, { trials: 3, concurrency: 2 });
  await executor?.close?.();
  expect(summary).toMatchObject({ complete: 3, failed: 0 });
  for (const trial of searched.trials)
    expect(trial.metrics).toEqual(objective({ ...DEFAULTS, chain: (trial.params as Knobs | null)?.chain ?? NaN }));
});
