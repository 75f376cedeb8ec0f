/**
 * An objective that computes without ever waiting keeps everything else out: Ctrl-C, timeouts, leases, a live view. A report is where it
 * can be interrupted, so there the event loop gets a turn now and then.
 */

/** Ms of computing after which the others get a turn. A turn costs about 1 ms. */
const WITHOUT_BREATH = 50;

let last = performance.now();

/** A promise to wait for when the event loop has not had a turn for a while; undefined otherwise. */
export function breathe(): Promise<void> | undefined {
  if (performance.now() - last < WITHOUT_BREATH) return undefined;
  return new Promise(resolve => {
    setTimeout(() => {
      last = performance.now();
      resolve();
    }, 0);
  });
}
