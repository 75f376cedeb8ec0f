/** What an objective returns, checked against what the study measures; and what it throws, made into a record. */
import { VernierError } from "./errors.ts";
import { didYouMean, spell } from "../space/spell.ts";
import { FINISHED, type Metrics, type StudySpec, type TrialError, type TrialRecord } from "./types.ts";

/** A trial was told to stop by the scheduler, or by an objective that throws this itself. `report` throws it. */
export class Pruned extends VernierError {
  constructor(message = "the scheduler stopped this trial. Its reports are recorded. Let this error pass.") {
    super("E_PRUNED", message);
  }
}

/** A trial is to be continued later, from its last checkpoint. `report` throws it. */
export class Paused extends VernierError {
  constructor(
    message = "the scheduler paused this trial. It may continue from its last checkpoint. Let this error pass.",
  ) {
    super("E_PAUSED", message);
  }
}

/** True for a VernierError of this code, also of another copy of the library or another realm. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === "object" && error !== null && (error as { code?: unknown }).code === code;
}

type Measures = Pick<StudySpec, "objectives" | "constraints">;

/**
 * The metrics of an outcome: every objective and constraint is a number, objectives are finite, constraints are not NaN; further
 * numbers are kept.
 *
 * @throws E_RESULT with what is wrong. `details.metrics` holds the numbers there are, so that a failed trial can keep them.
 */
export function outcomeMetrics(outcome: unknown, { objectives, constraints }: Measures): Metrics {
  const names = [...Object.keys(objectives), ...Object.keys(constraints)];
  if (typeof outcome === "number") {
    const [only] = names;
    if (names.length !== 1 || only === undefined) {
      throw refuse(
        `the result is ${spell(outcome)}, but the study has ${names.length} metrics: ${names.join(", ")}. ` +
          `A bare number is accepted for a single metric. Return ${example(names)}.`,
      );
    }
    return finite({ [only]: outcome }, objectives, constraints);
  }
  if (typeof outcome !== "object" || outcome === null || Array.isArray(outcome)) {
    const got = outcome === undefined ? "the objective returned nothing" : `the result is ${spell(outcome)}`;
    throw refuse(
      `${got}. A result is ${names.length === 1 ? "a number, or " : ""}an object of numbers. Return ${example(names)}.`,
    );
  }
  const metrics: Record<string, number> = {};
  for (const [name, value] of entriesOf(outcome)) {
    if (value === undefined) continue;
    if (typeof value !== "number") {
      throw refuse(
        `metric "${name}" of the result is ${spell(value)}. A metric is a number. ` +
          `Convert it, or record it with trial.annotate({ attrs: { ${name}: ... } }).`,
      );
    }
    metrics[name] = value;
  }
  for (const name of names) {
    if (Object.hasOwn(metrics, name)) continue;
    const kind = Object.hasOwn(objectives, name) ? "objective" : "constraint";
    const others = Object.keys(metrics).filter(other => !names.includes(other));
    const typo = others.find(other => didYouMean(other, [name]) !== "");
    const found = typo === undefined ? "" : ` Did "${typo}" mean "${name}"?`;
    throw refuse(
      `the result lacks the ${kind} "${name}".${found} Every objective and constraint is needed. Return ${example(names)}.`,
      metrics,
    );
  }
  return finite(metrics, objectives, constraints);
}

/** A complete trial has a usable result after a correction, too. @throws E_RESULT */
export function checkCorrection(
  { number, state, metrics }: Pick<TrialRecord, "number" | "state" | "metrics">,
  change: { readonly state?: TrialRecord["state"]; readonly metrics?: Metrics },
  measures: Measures,
): void {
  if (!FINISHED.has(state) || (change.state ?? state) !== "complete") return;
  try {
    outcomeMetrics({ ...metrics, ...change.metrics }, measures);
  } catch (error) {
    const fact = (error as Error).message.replace(/\. (Return|Convert) .*$/s, ".");
    throw new VernierError(
      "E_RESULT",
      `trial ${number} cannot be corrected so: ${fact} Give a value, or state: "failed" where there is none.`,
      { cause: error },
    );
  }
}

/** A getter or a proxy may throw at any look. */
function entriesOf(outcome: object): [string, unknown][] {
  try {
    return Object.entries(outcome);
  } catch (error) {
    throw refuse(
      `the result cannot be read: ${trialError(readable(error)).message}. A result is an object of numbers. Return a plain one.`,
    );
  }
}

function finite(metrics: Metrics, objectives: Measures["objectives"], constraints: Measures["constraints"]): Metrics {
  for (const name in objectives) {
    const value = metrics[name];
    if (value !== undefined && value - value === 0) continue;
    throw refuse(
      `objective "${name}" is ${spell(value)}. Only finite numbers can be ranked. ` +
        `Return a large finite value for a bad configuration, or throw to fail the trial.`,
      metrics,
    );
  }
  for (const name in constraints) {
    if (!Number.isNaN(metrics[name])) continue;
    throw refuse(
      `constraint "${name}" is NaN. A constraint must be comparable with its bounds. Return a number, or Infinity for "far out".`,
      metrics,
    );
  }
  return metrics;
}

function example(names: readonly string[]): string {
  return `{ ${names.map(name => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : `${JSON.stringify(name)}: ...`)).join(", ")} }`;
}

function refuse(message: string, metrics?: Metrics): VernierError {
  return new VernierError("E_RESULT", message, { details: { kind: "result", ...(metrics && { metrics }) } });
}

const KINDS: ReadonlySet<unknown> = new Set<TrialError["kind"]>(["throw", "exit", "timeout", "lost", "result"]);
const TAIL = 4000;

/** The record of whatever was thrown. Executors say more in `details`: kind, tail. */
export function trialError(thrown: unknown): TrialError {
  if (!(thrown instanceof Error) && !hasDetails(thrown)) {
    return { kind: "throw", message: typeof thrown === "string" && thrown !== "" ? thrown : `threw ${spell(thrown)}` };
  }
  const { code, stack, details } = thrown as Error & { code?: unknown; details?: Record<string, unknown> };
  const kind = KINDS.has(details?.["kind"]) ? (details?.["kind"] as TrialError["kind"]) : "throw";
  // Our own errors say where they come from; the stack of anything else is what its author needs.
  const tail = details?.["tail"] ?? (thrown instanceof VernierError ? undefined : stack);
  return {
    kind,
    message: named(thrown as Error),
    ...(typeof code === "string" && code !== "" && { code }),
    ...(typeof tail === "string" && tail !== "" && { tail: tail.slice(-TAIL) }),
  };
}

/** What was thrown, or an error in its place where looking at it throws again: no objective may bring the run down by what it throws. */
export function readable(thrown: unknown): unknown {
  try {
    trialError(thrown);
    hasCode(thrown, "");
    return thrown;
  } catch {
    return new Error("threw an object that cannot be read: looking at it throws");
  }
}

/** "TypeError: x is not a function"; our own errors and plain ones speak for themselves. */
function named({ name, message }: Error): string {
  if (message === "") return name || "Error";
  return name === "Error" || name === "VernierError" || !name ? message : `${name}: ${message}`;
}

function hasDetails(thrown: unknown): boolean {
  return typeof thrown === "object" && thrown !== null && typeof (thrown as { message?: unknown }).message === "string";
}
