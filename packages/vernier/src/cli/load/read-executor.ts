/** `executor` of a study file: one that a program made, or a record that names a module; and `--isolate`, which makes one of an objective. */
import { resolve } from "node:path";
import type { Executor } from "../../core/types.ts";
import { spell } from "../../space/spell.ts";
import { usageError } from "../args.ts";
import type { Field } from "./field.ts";
import { CHILDREN_KEYS, WORKERS_KEYS } from "./keys.ts";
import type { LoadedStudy, Work } from "./loaded.ts";

/** The module's path starts at the study file, as an import would. Exec checks the rest. */
export const readExecutor = (field: Field, directory: string): Work => {
  const rule = "It names the module of an objective: executor: { kind: workers, module: ./objective.ts }.";
  if (!field.isRecord) throw field.wrong(rule);
  if (typeof (field.value as { run?: unknown }).run === "function")
    return { kind: "executor", executor: field.value as Executor };
  const kind = field.get("kind");
  if (kind.value !== "workers" && kind.value !== "children")
    throw kind.present
      ? kind.wrong("It is workers (threads of this process) or children (processes of their own).")
      : field.error("executor has no kind", rule);
  field.keys(Object.keys(kind.value === "workers" ? WORKERS_KEYS : CHILDREN_KEYS));
  const module = field.get("module").text("It is the path of a module, from the study file on.");
  if (module === undefined) throw field.error("executor has no module", rule);
  const { kind: _, ...options } = field.value as Record<string, unknown>;
  return { kind: "module", in: kind.value, options: { ...options, module: resolve(directory, module) } as never };
};

/** The study with its objective in threads or processes. The worker loads the study file itself, and calls what it finds there. */
export const isolated = (loaded: LoadedStudy, how: string | undefined): LoadedStudy => {
  if (how === undefined) return loaded;
  if (how !== "threads" && how !== "process")
    throw usageError(`--isolate is ${spell(how)}. It is threads, or process for processes of their own.`);
  const { work, path } = loaded;
  if (work.kind === "command")
    throw usageError("--isolate has no use for a program: it runs in a process of its own already.");
  if (work.kind !== "objective" || path === undefined)
    throw usageError(
      `--isolate moves the objective of a study file, and ${loaded.from} has an executor. Change it there.`,
    );
  return {
    ...loaded,
    work: { kind: "module", in: how === "threads" ? "workers" : "children", options: { module: path } },
  };
};
