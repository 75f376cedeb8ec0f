/** A study as any of the doors (a program, YAML, JSON, one line of flags) describes it: checked, and ready to be created. */
import type {
  ConstraintSpec,
  Executor,
  Needs,
  ObjectiveSpec,
  Outcome,
  Sampler,
  Scheduler,
  Slots,
  TrialContext,
} from "../../core/types.ts";
import type { ChildrenOptions, CommandOptions, WorkersOptions } from "../../exec/index.ts";
import type { Params, SpaceJson } from "../../space/types.ts";

export interface RunLimits {
  /** How many finished trials the study is to have in total. */
  readonly trials?: number;
  readonly concurrency?: number;
  readonly slots?: Slots;
  readonly needs?: Needs;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly trialTimeout?: number;
  readonly retries?: number;
  readonly patience?: number;
  readonly stopAtTarget?: boolean;
  readonly maxConsecutiveFailures?: number;
  /** Milliseconds. */
  readonly grace?: number;
}

/** What evaluates a trial. */
export type Work =
  | {
      readonly kind: "objective";
      readonly objective: (params: Params, trial: TrialContext) => Outcome | Promise<Outcome>;
    }
  | { readonly kind: "command"; readonly command: CommandOptions }
  | { readonly kind: "executor"; readonly executor: Executor }
  /** The objective of a module, in threads or in processes. */
  | { readonly kind: "module"; readonly in: "workers"; readonly options: WorkersOptions }
  | { readonly kind: "module"; readonly in: "children"; readonly options: ChildrenOptions }
  /** Whoever asks (`vernier ask`). */
  | { readonly kind: "nobody" };

export interface LoadedStudy {
  /** "study.ts" or "the command line": begins error messages. */
  readonly from: string;
  /** The study file, where it is a program. */
  readonly path?: string;
  readonly name: string;
  readonly space: SpaceJson;
  readonly objectives: Readonly<Record<string, ObjectiveSpec>>;
  readonly constraints: Readonly<Record<string, ConstraintSpec>>;
  readonly sampler: Sampler | undefined;
  readonly scheduler: Scheduler | undefined;
  readonly storage: string | undefined;
  readonly seed: number | undefined;
  readonly run: RunLimits;
  readonly work: Work;
  /** First guesses, whole or in part, that are tried before anything is suggested. */
  readonly queue?: readonly Params[];
  readonly final: ((params: Params) => unknown) | undefined;
}
