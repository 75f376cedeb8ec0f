/** A trial without a study, for tests of executors: records what an objective does with it. */
import type { Metrics, Params, TrialContext } from "../core/types.ts";

export interface FakeTrial extends TrialContext {
  /** In the order they came. */
  readonly reports: { readonly step: number; readonly metrics: Metrics }[];
  readonly checkpoints: { readonly step: number; readonly text: string }[];
  /** By name, as text. */
  readonly artifacts: Map<string, string>;
  readonly logs: string[];
  abort(reason: unknown): void;
}

export interface FakeTrialOptions {
  readonly number?: number;
  readonly attempt?: number;
  readonly until?: number;
  readonly resumed?: TrialContext["resumed"];
  readonly slots?: TrialContext["slots"];
  /** Called at each report after it was recorded; what it throws, `report` throws. */
  readonly onReport?: (step: number, metrics: Metrics) => void | Promise<void>;
  /** Thrown by `artifact`. */
  readonly artifactError?: Error;
}

export function fakeTrial(params: Params = {}, options: FakeTrialOptions = {}): FakeTrial {
  const controller = new AbortController();
  const trial: FakeTrial = {
    number: options.number ?? 0,
    attempt: options.attempt ?? 1,
    params,
    signal: controller.signal,
    until: options.until,
    resumed: options.resumed,
    slots: options.slots,
    reports: [],
    checkpoints: [],
    artifacts: new Map(),
    logs: [],
    abort: reason => controller.abort(reason),
    async report(step, metrics) {
      trial.reports.push({ step, metrics });
      await options.onReport?.(step, metrics);
    },
    checkpoint: async (step, bytes) => void trial.checkpoints.push({ step, text: new TextDecoder().decode(bytes) }),
    async artifact(name, bytes, type) {
      if (options.artifactError) throw options.artifactError;
      trial.artifacts.set(name, new TextDecoder().decode(bytes));
      return { name, hash: "sha256-fake", size: bytes.length, ...(type !== undefined && { type }) };
    },
    log: text => void trial.logs.push(text),
    annotate: async () => undefined,
  };
  return trial;
}
