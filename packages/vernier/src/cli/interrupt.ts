/** Ctrl-C: the first one stops gently, the second at once. */
import { EXIT } from "./errors.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Does what the first signal does. */
  stop(): void;
  /** Gives the signals back to their default. */
  end(): void;
}

/**
 * `first` is called at the first signal, `second` just before the process exits with 130 at the next. Programs that trials started are ended
 * by the executor's own exit hook.
 */
export const onInterrupt = (first: () => void, second: () => void): Interrupt => {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) return;
    controller.abort();
    first();
  };
  const handle = (): void => {
    if (!controller.signal.aborted) return stop();
    second();
    process.exit(EXIT.interrupted);
  };
  for (const name of SIGNALS) process.on(name, handle);
  return {
    signal: controller.signal,
    stop,
    end: () => {
      for (const name of SIGNALS) process.off(name, handle);
    },
  };
};
