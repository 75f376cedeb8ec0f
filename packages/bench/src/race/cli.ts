/** The verb `run` for suites of problems with one objective. */
import { VernierError } from "vernier";
import { problemsOf, SUITES } from "./problems.ts";
import { race } from "./race.ts";
import { standings, standingsText } from "./standings.ts";
import { SUBJECTS, subjectOf } from "./subjects.ts";

export interface RaceFlags {
  readonly suite: string;
  readonly samplers?: string | undefined;
  readonly seeds: number;
  readonly trials: number;
  readonly workers: number;
  readonly out?: string | undefined;
  readonly only?: string | undefined;
  readonly baseline?: string | undefined;
  readonly python: string;
  readonly data?: string | undefined;
}

/** True for suites that are raced: one or several, by comma. */
export function isRace(suite: string | undefined): boolean {
  const names = Object.keys(SUITES).map(name => name.split(":")[0]);
  return suite !== undefined && suite.split(",").every(one => names.includes(one.split(":")[0]!));
}

/** Runs what is missing and gives the standings as text. */
export async function runRace(flags: RaceFlags, progress: (line: string) => void): Promise<string> {
  const { seeds, trials, workers, out: file, only, python, data } = flags;
  const suites = flags.suite.split(",");
  const subjects = flags.samplers?.split(",") ?? ["random", "tpe", "cmaes", "auto"];
  for (const name of subjects) await subjectOf(name, python).close(); // refuses unknown names before anything runs
  const baseline = flags.baseline ?? (subjects.includes("optuna:tpe") ? "optuna:tpe" : subjects[0]!);
  if (!subjects.includes(baseline)) {
    throw new VernierError(
      "E_BENCH_USAGE",
      `--baseline ${baseline} is not one of the samplers that run: ${subjects.join(", ")}. There are ${SUBJECTS.join(", ")}.`,
    );
  }
  const outcomes = await race({ suites, subjects, seeds, trials, workers, file, only, python, data, progress });
  const checkpoints = [25, 50, 100, 200, 500, 1000].filter(n => n <= trials);
  if (checkpoints.at(-1) !== trials) checkpoints.push(trials);
  return suites
    .map(suite => {
      const problems = problemsOf(suite, data).filter(({ id }) => id.includes(only ?? ""));
      const mine = outcomes.filter(outcome => outcome.suite === suite);
      const all = standings(mine, problems, checkpoints, baseline);
      return standingsText(all, checkpoints, { suite, scale: problems[0]!.scale, baseline });
    })
    .join("\n\n");
}
