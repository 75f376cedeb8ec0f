/** Runs the studies its parent sends, one after another, so that no more than `--workers` run at a time. */
import type { Job } from "./race.ts";
import { problemsOf } from "./problems.ts";
import { improvements, type Outcome } from "./results.ts";
import { run, type Problem, type Subject } from "../subjects/subject.ts";
import { subjectOf } from "./subjects.ts";

const suites = new Map<string, readonly Problem[]>();
const subjects = new Map<string, Subject & { version?: () => string | undefined }>();

async function outcome({ suite, subject, problem, seed, trials, python, data }: Job): Promise<Outcome> {
  let problems = suites.get(suite);
  if (problems === undefined) suites.set(suite, (problems = problemsOf(suite, data)));
  let taking = subjects.get(subject);
  if (taking === undefined) subjects.set(subject, (taking = subjectOf(subject, python)));
  const found = problems.find(({ id }) => id === problem)!;
  const before = process.cpuUsage();
  const values = await run(taking, found, seed, trials);
  const { user, system } = process.cpuUsage(before);
  const version = taking.version?.();
  const best = improvements(values, found.direction);
  const cpuMs = (user + system) / 1000;
  return { subject, suite, problem, seed, trials, best, cpuMs, ...(version !== undefined && { version }) };
}

/** The parent may have given up meanwhile. */
function answer(message: object): void {
  if (process.connected) process.send!(message, undefined, undefined, () => undefined);
}

process.on("message", (job: Job) => {
  outcome(job).then(
    result => answer({ result }),
    (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on("disconnect", () => {
  void Promise.all([...subjects.values()].map(subject => subject.close())).then(() => process.exit(0));
});
