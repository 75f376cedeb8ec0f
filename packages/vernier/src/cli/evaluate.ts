/** From what a study file or line says about evaluation to an executor, checked before anything is stored. */
import type { Executor, StudySpec, TrialContext } from "../core/types.ts";
import type { Params } from "../space/types.ts";
import type { Io } from "./io.ts";
import type { LoadedStudy } from "./load/loaded.ts";

/** An objective that computes without ever waiting would keep Ctrl-C and the live view out for a whole trial. */
const BREATH_MS = 50;

const breathing = (
  objective: (params: Params, trial: TrialContext) => unknown,
): ((params: Params, trial: TrialContext) => unknown) => {
  let last = performance.now();
  const breathe = async (): Promise<void> => {
    if (performance.now() - last < BREATH_MS) return;
    await new Promise(resolve => setImmediate(resolve));
    last = performance.now();
  };
  return (params, trial) => {
    const report = trial.report.bind(trial);
    // On the trial itself: its private fields do not bear a proxy.
    Object.defineProperty(trial, "report", {
      configurable: true,
      value: async (...args: Parameters<typeof report>) => {
        await report(...args);
        await breathe();
        trial.signal.throwIfAborted();
      },
    });
    return objective(params, trial);
  };
};

/**
 * @param spec the study's, or one as it is going to be: a missing program and an unknown placeholder are found before it is stored.
 * @throws VernierError E_COMMAND_*, E_OPTION
 */
export const executorFor = async (work: LoadedStudy["work"], spec: StudySpec, io: Io): Promise<Executor> => {
  const { command, inline } = await import("../exec/index.ts");
  switch (work.kind) {
    case "objective":
      return inline(breathing(work.objective) as Parameters<typeof inline>[0]);
    case "command":
      return command({ ...work.command, environment: io.env }).bind(spec);
    case "executor": {
      const { executor } = work;
      return "bind" in executor && typeof executor.bind === "function" ? (executor.bind(spec) as Executor) : executor;
    }
    case "nobody":
      throw new TypeError("a study for ask and tell has no executor");
  }
};
