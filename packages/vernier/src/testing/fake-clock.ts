import type { Clock } from "../core/types.ts";

/** A clock that moves only when told. */
export interface FakeClock extends Clock {
  /** Moves on by `ms`, calling timers that fall due in their order, each at its own time. */
  tick(ms: number): void;
  /** Jumps without calling timers, backwards too: a machine's clock being set. */
  set(time: number): void;
  /** Timers not yet called. */
  readonly timers: number;
}

/** A fake clock that starts at `start` (ms since 1970; default 1,000,000). */
export function fakeClock(start = 1_000_000): FakeClock {
  let time = start;
  let made = 0;
  const timers = new Map<number, { due: number; callback: () => void }>();
  const nextDue = (limit: number) => {
    let found: [number, { due: number; callback: () => void }] | undefined;
    for (const entry of timers) {
      if (entry[1].due <= limit && (found === undefined || entry[1].due < found[1].due)) found = entry;
    }
    return found;
  };
  return {
    now: () => time,
    timer(ms, callback) {
      const id = made++;
      timers.set(id, { due: time + ms, callback });
      return () => void timers.delete(id);
    },
    tick(ms) {
      const end = time + ms;
      for (let next = nextDue(end); next !== undefined; next = nextDue(end)) {
        const [id, { due, callback }] = next;
        timers.delete(id);
        time = Math.max(time, due);
        callback();
      }
      time = end;
    },
    set(to) {
      time = to;
    },
    get timers() {
      return timers.size;
    },
  };
}
