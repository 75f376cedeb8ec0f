/** From what a study file or line says about evaluation to an executor, checked before anything is stored. */
import type { Executor, RunFacts, StudySpec } from "../core/types.ts";
import type { IsolatedExecutor } from "../exec/index.ts";
import type { Io } from "./io.ts";
import type { LoadedStudy } from "./load/loaded.ts";

type ModuleWork = Extract<LoadedStudy["work"], { kind: "module" }>;

/** Made once: the check before the study is stored starts what the run then uses. */
const made = new WeakMap<ModuleWork, IsolatedExecutor>();

const moduleExecutor = async (work: ModuleWork, spec: StudySpec, io: Io, run?: RunFacts): Promise<Executor> => {
  const before = made.get(work);
  if (before !== undefined) return before;
  const { children, workers } = await import("../exec/index.ts");
  const { cwd } = io;
  const executor =
    work.in === "workers" ? workers({ cwd, ...work.options }) : children({ cwd, ...work.options, environment: io.env });
  made.set(work, executor);
  const { capacity } = await executor.bind(spec, run);
  if (capacity !== undefined && run?.concurrency !== undefined && capacity < run.concurrency)
    io.err(
      `Evaluating ${capacity} trials at a time, not ${run.concurrency}: this machine has ${capacity} processors, and an objective that ` +
        `computes needs one. One that waits may have more: executor: { kind: ${work.in}, ... } in the study file takes their number.\n`,
    );
  return executor;
};

/**
 * @param spec the study's, or one as it is going to be: a missing program and an unknown placeholder are found before it is stored.
 * @throws VernierError E_COMMAND_*, E_OPTION
 */
export const executorFor = async (
  work: LoadedStudy["work"],
  spec: StudySpec,
  io: Io,
  run?: RunFacts,
): Promise<Executor> => {
  const { command, inline } = await import("../exec/index.ts");
  switch (work.kind) {
    case "objective":
      return inline(work.objective as Parameters<typeof inline>[0]);
    case "command":
      return command({ ...work.command, environment: io.env }).bind(spec);
    case "executor": {
      const { executor } = work;
      return (await executor.bind?.(spec, run)) ?? executor;
    }
    case "module":
      return moduleExecutor(work, spec, io, run);
    case "nobody":
      throw new TypeError("a study for ask and tell has no executor");
  }
};
