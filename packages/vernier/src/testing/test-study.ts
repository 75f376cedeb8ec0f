/** Studies for tests: in memory, with a fake clock, the random sampler and no scheduler unless told. */
import { createEngine, memoryStorage, type Engine, type EngineOptions, type Storage } from "../core/index.ts";
import { random } from "../samplers/random/random.ts";
import { none } from "../schedulers/none/none.ts";
import { float, space } from "../space/index.ts";
import { fakeClock, type FakeClock } from "./fake-clock.ts";

/** Two floats in [0, 1]. */
export const XY = space({ x: float(0, 1), y: float(0, 1) });

/** An engine whose time moves only when told. Give `storage` to open several engines, as several processes would, on one. */
export function testEngine(options: Partial<EngineOptions> = {}): {
  engine: Engine;
  clock: FakeClock;
  storage: Storage;
} {
  const clock = (options.clock as FakeClock | undefined) ?? fakeClock();
  const storage = options.storage ?? memoryStorage({ clock });
  const engine = createEngine({
    sampler: () => random(),
    scheduler: () => none(),
    parts: { sampler: () => random(), scheduler: () => none() },
    ...options,
    storage,
    clock,
  });
  return { engine, clock, storage };
}

/** Lets everything that is ready run, timers of the system's clock included; a fake clock stands still. */
export function settle(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 0));
}
