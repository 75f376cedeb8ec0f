import type { Clock } from "./types.ts";

/** The real clock. A `background` timer does not keep a Node process alive; browsers have no such notion. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  timer(ms: number, callback: () => void, background = false): () => void {
    const handle: unknown = setTimeout(callback, ms);
    if (background) (handle as { unref?: () => void }).unref?.();
    return () => clearTimeout(handle as Parameters<typeof clearTimeout>[0]);
  },
});
