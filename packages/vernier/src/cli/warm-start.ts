/** `--warm-start`: what earlier studies found, as first guesses of a new one. */
import { FINISHED, type Storage, type StudySpec } from "../core/types.ts";
import type { StudyDump } from "../interop/index.ts";
import { recordsOf } from "./engine.ts";
import type { AnyStudy } from "./engine.ts";
import { usageError } from "./args.ts";
import type { Flags } from "./command.ts";
import type { Io } from "./io.ts";
import { findStudy, openForReading } from "./open.ts";
import { count } from "./view/format.ts";

/** `sqlite:old.db#name`, `old.db` where it holds just one study, or `name` for a study of the same storage. */
const parse = (text: string): { url: string | undefined; study: string | undefined } => {
  const at = text.lastIndexOf("#");
  if (at !== -1) return { url: text.slice(0, at) || undefined, study: text.slice(at + 1) || undefined };
  return /^[a-z][a-z0-9+.-]*:|\.(db|sqlite|sqlite3)$/i.test(text)
    ? { url: text, study: undefined }
    : { url: undefined, study: text };
};

/** The earlier studies, read. Done before the new study is made, so that a typo leaves none behind. */
export const earlierStudies = async (texts: readonly string[], own: Storage, io: Io): Promise<readonly StudyDump[]> => {
  const { dumpOf } = await import("../interop/index.ts");
  const dumps: StudyDump[] = [];
  for (const text of texts) {
    const { url, study } = parse(text);
    const flags: Flags = study === undefined ? {} : { study };
    const storage = url === undefined ? own : await openForReading({ storage: url }, io);
    try {
      dumps.push(await dumpOf(storage, (await findStudy(storage, flags)).id));
    } finally {
      if (storage !== own) await storage.close();
    }
  }
  return dumps;
};

/**
 * Before a study is made: whether earlier ones have something for it, and whether there is room for new trials beside those that go over,
 * which count among its --trials.
 *
 * @throws VernierError E_CLI_USAGE, E_WARM_*.
 */
export const checkEarlier = async (
  spec: StudySpec,
  dumps: readonly StudyDump[],
  { as, trials }: { readonly as: "guesses" | "trials"; readonly trials: number | undefined },
): Promise<void> => {
  const { checkWarm } = await import("../interop/index.ts");
  checkWarm(spec, dumps, { as });
  if (as === "guesses" || trials === undefined) return;
  const told = dumps.reduce((sum, dump) => sum + dump.trials.filter(({ state }) => FINISHED.has(state)).length, 0);
  if (told < trials) return;
  throw usageError(
    `--warm-start-as trials brings ${count(told, "finished trial")}, and the study is to have ${trials} in total, so nothing would be tried. ` +
      `Say more: --trials ${told + trials}`,
  );
};

/** Gives a new study what earlier ones found; one that has trials already goes on as it is. */
export const startWarm = async (
  study: AnyStudy,
  dumps: readonly StudyDump[],
  { fresh, as }: { readonly fresh: boolean; readonly as: "guesses" | "trials" },
  io: Io,
): Promise<void> => {
  if (dumps.length === 0) return;
  if (!fresh) {
    const warm = recordsOf(study).some(({ tags }) => tags.includes("warm start"));
    if (!warm)
      io.err(`${study.name} has trials already, so it is not started warm. A new --name begins a study that is.\n`);
    return;
  }
  const { warmStart } = await import("../interop/index.ts");
  const { numbers, left } = await warmStart(study, dumps, { as });
  await study.refresh();
  const reasons = Object.entries(left).map(([reason, trials]) => `; ${count(trials, "trial")} left out: ${reason}`);
  io.err(
    `${as === "trials" ? count(numbers.length, "told trial") : count(numbers.length, "first guess", "first guesses")} from ${dumps.map(({ spec }) => spec.name).join(", ")}${reasons.join("")}\n`,
  );
};
