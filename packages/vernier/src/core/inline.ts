/** The executor that calls a function in this process. */
import { VernierError } from "./errors.ts";
import { spell } from "../space/spell.ts";
import type { Executor, Outcome, Params, TrialContext } from "./types.ts";

/** Evaluates trials by calling `objective(params, trial)`. What it throws fails the attempt. */
export function inline(objective: (params: Params, trial: TrialContext) => Outcome | Promise<Outcome>): Executor {
  return {
    name: "inline",
    run: async trial => objective(trial.params, trial),
  };
}

/** An executor as it is, a function wrapped. Throws E_RUN_OBJECTIVE for anything else. */
export function asExecutor(objective: unknown): Executor {
  if (typeof objective === "function") return inline(objective as Parameters<typeof inline>[0]);
  if (typeof objective === "object" && objective !== null && typeof (objective as Executor).run === "function") {
    return objective as Executor;
  }
  throw new VernierError(
    "E_RUN_OBJECTIVE",
    `run() got ${spell(objective)} as objective. It must be a function of the parameters, or an executor. ` +
      `Write study.run(params => ..., { trials: 100 }).`,
  );
}
