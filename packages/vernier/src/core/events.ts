/** The log as an endless loop: own events at once, those of other processes by polling. */
import type { Session } from "./session.ts";
import type { Revision, StudyEvent } from "./types.ts";

/** Events read at a time. */
const PAGE = 1000;

export interface FeedOptions {
  readonly since: Revision;
  readonly signal: AbortSignal | undefined;
  /** ms */
  readonly poll: number;
}

/**
 * Iterates over the events after `since`. Each feed reads the storage for itself and holds one page, so that a slow reader costs no memory.
 * Not an async generator: leaving one of those while it waits would have to wait, too.
 */
export function feed(session: Session, { since, signal, poll }: FeedOptions): AsyncIterableIterator<StudyEvent> {
  let cursor = since;
  let page: readonly StudyEvent[] = [];
  let at = 0;
  let ended = false;
  let wake: (() => void) | undefined;
  const end = (): void => {
    ended = true;
    stop();
    signal?.removeEventListener("abort", end);
    wake?.();
  };
  const stop = session.onChange(() => {
    if (session.closed) end();
    else wake?.();
  });
  signal?.addEventListener("abort", end);
  if (signal?.aborted || session.closed) end();

  async function next(): Promise<IteratorResult<StudyEvent>> {
    while (!ended) {
      if (at < page.length) {
        const value = page[at++]!;
        cursor = value.revision;
        return { value, done: false };
      }
      // Armed before the look, so that what comes in between is not slept through.
      const changed = new Promise<void>(resolve => (wake = resolve));
      try {
        page = await session.storage.changes(session.id, cursor, PAGE);
      } catch (error) {
        if (ended || session.closed) break;
        end();
        throw error;
      }
      at = 0;
      if (page.length > 0 || ended) continue;
      const cancel = session.clock.timer(poll, () => wake?.());
      await changed;
      cancel();
    }
    return { value: undefined, done: true };
  }

  // Calls that overlap get their events in order.
  let last: Promise<unknown> = Promise.resolve();
  return {
    next: () => {
      const result = last.then(next, next);
      last = result.catch(() => {});
      return result;
    },
    return: () => {
      end();
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
