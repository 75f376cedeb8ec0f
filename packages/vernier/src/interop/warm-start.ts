/**
 * Warm starts: what earlier studies found, for a new one. Values of another task may be on another scale, so studies are compared by the
 * RANKS of their trials, and only configurations go over: as queued first guesses, which every sampler learns from by their own new results
 * and which a replay can verify. Where the objective is the very same, finished trials can go over as trials.
 */
import { VernierError } from "../core/errors.ts";
import { measure, type Measured } from "../core/measure.ts";
import { checkQueued } from "../core/suggestion.ts";
import { FINISHED, type History, type Json, type Storage, type StudyInfo, type StudySpec } from "../core/types.ts";
import { compile } from "../space/index.ts";
import type { Space } from "../space/infer.ts";
import { spell } from "../space/spell.ts";
import type { Codec, Node, Params, Shape } from "../space/types.ts";
import { foreignOf } from "./merge.ts";
import { isNode } from "./table/convert.ts";
import { IMPORTED } from "./trial-events.ts";
import type { StudyDump } from "./types.ts";

/** What an earlier study gives. */
export interface WarmStartOptions {
  /**
   * "guesses" (default): the best distinct configurations are queued, to be tried in the new study before anything is suggested.
   * "trials": finished trials are recorded with their values, and count as history; only for the same objectives.
   */
  readonly as?: "guesses" | "trials";
  /** Guesses at most; 5 by default. */
  readonly count?: number;
  /** Least distance of two guesses: the mean over the parameters, each range being 1. 0.05 by default. */
  readonly distance?: number;
}

/** ms in which one trial is told. */
const LEASE = 60_000;

/** What a warm start did. */
export interface WarmStarted {
  /** Numbers of the new trials. */
  readonly numbers: readonly number[];
  /** Trials of the earlier studies that could not be used, by reason. */
  readonly left: Readonly<Record<string, number>>;
}

/** Where a warm start goes: a `Study` has both. Call its `refresh` afterwards. */
export interface WarmTarget {
  readonly storage: Storage;
  readonly id: StudyInfo["id"];
  readonly spec: StudySpec;
}

/** A configuration of an earlier study that fits the new one. */
export interface Guess {
  /** What the guess fixes; the sampler adds the rest. */
  readonly params: Params;
  readonly from: { readonly study: string; readonly number: number };
  /** 0 for the best trial of its study, 1 for the worst. */
  readonly rank: number;
}

/**
 * Starts a study warm from earlier ones. Guesses are queued in one transaction. "trials" takes several for each trial: what was told before a
 * failure stays, and each trial there is whole, but for the last, which is lost with its lease.
 *
 * @throws VernierError E_WARM_OBJECTIVES for "trials" with other objectives; E_WARM_EMPTY where nothing of the earlier studies fits.
 */
export async function warmStart(
  study: WarmTarget,
  from: StudyDump | readonly StudyDump[],
  options: WarmStartOptions = {},
): Promise<WarmStarted> {
  const dumps = Array.isArray(from) ? (from as readonly StudyDump[]) : [from as StudyDump];
  return (options.as ?? "guesses") === "trials" ? asTrials(study, dumps) : asGuesses(study, dumps, options);
}

/**
 * Whether `warmStart` would give a study of this spec anything, for callers that make the study afterwards.
 *
 * @throws VernierError E_WARM_SPACE, E_WARM_OBJECTIVES, E_WARM_EMPTY.
 */
export function checkWarm(spec: StudySpec, dumps: readonly StudyDump[], options: WarmStartOptions = {}): void {
  if (options.as === "trials") {
    checkDeclared(spec);
    for (const dump of dumps) checkSame(spec, dump.spec);
    return;
  }
  const { guesses, left } = firstGuesses(spec, dumps, options);
  if (guesses.length === 0) throw nothing(dumps, left);
}

async function asGuesses(
  study: WarmTarget,
  dumps: readonly StudyDump[],
  options: WarmStartOptions,
): Promise<WarmStarted> {
  const { guesses, left } = firstGuesses(study.spec, dumps, options);
  if (guesses.length === 0) throw nothing(dumps, left);
  const queued = guesses.map(({ params, from }) => ({ params, attrs: { from: { ...from } }, tags: ["warm start"] }));
  const [first, ...others] = queued as [(typeof queued)[0], ...typeof queued];
  // One command, so that a storage that fails leaves no part of them behind.
  const { result } = await study.storage.execute(study.id, { type: "queue", ...first, others });
  const numbers = queued.map((_, i) => result.number + i);
  return { numbers, left };
}

/**
 * The best configurations of earlier studies that fit a space, best first. A number outside its range there moves to the nearest value
 * that is allowed; a category that is not there, and a parameter that is missing, takes the declared default, or is left to the sampler.
 * Configurations closer than `distance` to a better one are passed over.
 */
export function firstGuesses(
  spec: Pick<StudySpec, "space">,
  dumps: readonly StudyDump[],
  { count = 5, distance = 0.05 }: WarmStartOptions = {},
): { readonly guesses: readonly Guess[]; readonly left: Readonly<Record<string, number>> } {
  checkDeclared(spec);
  const codec = compile(spec.space as Space<Params>, { fresh: true }) as unknown as Codec;
  const left: Record<string, number> = {};
  const leave = (reason: string): void => void (left[reason] = (left[reason] ?? 0) + 1);
  const candidates: Guess[] = [];
  for (const dump of dumps) {
    for (const { number, params, rank } of ranked(dump)) {
      const moved = carried(codec.space.shape, params);
      if (Object.keys(moved).length === 0) leave("no parameter is in the space");
      else if (!possible(codec, moved)) leave("the space's conditions forbid it");
      else candidates.push({ params: moved, from: { study: dump.spec.name, number }, rank });
    }
  }
  candidates.sort((a, b) => a.rank - b.rank);
  const guesses: Guess[] = [];
  const chosen: Float64Array[] = [];
  for (const candidate of candidates) {
    if (guesses.length >= count) break;
    const x = new Float64Array(codec.width);
    codec.encode(candidate.params, x);
    if (chosen.some(other => apart(codec, x, other) < distance)) continue;
    chosen.push(x);
    guesses.push(candidate);
  }
  return { guesses, left };
}

/** Complete trials that may be ranked, best first; `rank` is their place in 0..1. Several objectives: by the sum of their ranks. */
function ranked({ spec, trials }: StudyDump): { number: number; params: Params; rank: number }[] {
  const objectives = Object.entries(spec.objectives).map(([name, { direction }]) => ({ name, direction }));
  const constraints: History["constraints"] = Object.entries(spec.constraints).map(([name, bounds]) => ({
    name,
    ...bounds,
  }));
  const found: { number: number; params: Params; values: Float64Array; violation: number; score: number }[] = [];
  for (const trial of trials) {
    if (trial.state !== "complete" || trial.params === null) continue;
    const out: Measured = { values: new Float64Array(objectives.length), violation: 0, ranked: 0 };
    measure(trial, objectives, constraints, out);
    if (out.ranked === 1)
      found.push({
        number: trial.number,
        params: trial.params,
        values: out.values,
        violation: out.violation,
        score: 0,
      });
  }
  objectives.forEach(({ direction }, k) => {
    const sign = direction === "maximize" ? -1 : 1;
    const order = found.toSorted((a, b) => sign * (a.values[k]! - b.values[k]!));
    order.forEach((trial, i) => (trial.score += i));
  });
  const violation = (v: number) => (Number.isNaN(v) ? Infinity : v);
  found.sort((a, b) => violation(a.violation) - violation(b.violation) || a.score - b.score || a.number - b.number);
  return found.map(({ number, params }, i) => ({
    number,
    params,
    rank: found.length === 1 ? 0 : i / (found.length - 1),
  }));
}

/** What of a configuration has a place in another space. */
function carried(shape: Shape, params: Params): Params {
  const moved: Params = {};
  for (const [name, member] of Object.entries(shape)) {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    const carriedValue = value === undefined ? defaultOf(member) : carriedMember(member, value);
    if (carriedValue !== undefined) moved[name] = carriedValue;
  }
  return moved;
}

function carriedMember(member: Node | Shape, value: unknown): unknown {
  if (!isNode(member)) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const inner = carried(member, value as Params);
    return Object.keys(inner).length === 0 ? undefined : inner;
  }
  switch (member.type) {
    case "float":
    case "int": {
      if (typeof value !== "number") return defaultOf(member);
      const inside = Math.min(Math.max(value, member.low), member.high);
      const step = member.step ?? (member.type === "int" ? 1 : undefined);
      if (step === undefined) return inside;
      return member.low + Math.round((inside - member.low) / step) * step;
    }
    case "oneOf": {
      const tag = member.tag ?? "kind";
      const name = (value as Params | null)?.[tag];
      const branch =
        typeof name === "string" && Object.hasOwn(member.branches, name) ? member.branches[name] : undefined;
      return branch === undefined ? undefined : { [tag]: name, ...carried(branch, value as Params) };
    }
    case "optional":
      return carriedMember(member.p, value);
    case "fixed":
      return member.value;
    default:
      return fits(member, value) ? value : defaultOf(member);
  }
}

/** Lists and categories go over as they are, or not at all. */
function fits(node: Node, value: unknown): boolean {
  const codec = compile({ version: 1, shape: { it: node } } as never) as unknown as Codec;
  return codec.check({ it: value }).length === 0;
}

function defaultOf(member: Node | Shape): unknown {
  return isNode(member) ? (member as { default?: unknown }).default : undefined;
}

function possible(codec: Codec, params: Params): boolean {
  try {
    checkQueued(codec, params);
    return true;
  } catch (error) {
    if (error instanceof VernierError) return false;
    throw error;
  }
}

/** Mean distance over the columns that both have; 1 where they have none in common. */
function apart(codec: Codec, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  let shared = 0;
  for (const { index, kind } of codec.columns) {
    const [u, v] = [a[index]!, b[index]!];
    if (Number.isNaN(u) && Number.isNaN(v)) continue;
    shared++;
    if (Number.isNaN(u) || Number.isNaN(v)) sum += 1;
    else sum += kind === "category" ? Number(u !== v) : Math.abs(u - v);
  }
  return shared === 0 ? 1 : sum / shared;
}

/** Finished trials with their values, told without a worker. What does not fit the space is left out. */
async function asTrials(study: WarmTarget, dumps: readonly StudyDump[]): Promise<WarmStarted> {
  const { storage, id, spec } = study;
  checkDeclared(spec);
  for (const dump of dumps) checkSame(spec, dump.spec);
  const codec = compile(spec.space as Space<Params>, { fresh: true }) as unknown as Codec;
  const left: Record<string, number> = {};
  const numbers: number[] = [];
  for (const { spec: source, trials, reports } of dumps) {
    for (const trial of trials) {
      const reason = !FINISHED.has(trial.state)
        ? "not finished"
        : trial.params === null || codec.check(trial.params).length > 0
          ? "not a configuration of the space"
          : undefined;
      if (reason !== undefined) {
        left[reason] = (left[reason] ?? 0) + 1;
        continue;
      }
      const from: Json = { study: source.name, number: trial.number };
      numbers.push(await tell(storage, id, codec, foreignOf(trial, reports.get(trial.number)), from));
    }
  }
  if (numbers.length === 0) throw nothing(dumps, left);
  return { numbers, left };
}

async function tell(
  storage: Storage,
  id: StudyInfo["id"],
  codec: Codec,
  trial: ReturnType<typeof foreignOf>,
  from: Json,
): Promise<number> {
  const params = trial.params ?? {};
  const key = codec.size !== Infinity ? { key: codec.key(params) } : {};
  // Should this process die in the middle, the lease runs out and the next worker records the trial as lost.
  const start = { type: "start", owner: "warm start", lease: LEASE, claim: false } as const;
  const { result } = await storage.execute(id, { ...start, suggest: () => ({ params, sampler: IMPORTED, ...key }) });
  const { number, attempt, params: suggested } = result.trial!;
  const held = { number, attempt };
  // A remote storage does not suggest inside its transaction.
  if (suggested === null) await storage.execute(id, { type: "suggest", ...held, params, basis: 0, sampler: IMPORTED });
  await storage.execute(id, {
    type: "annotate",
    number,
    attrs: { ...trial.attrs, from },
    tags: [...(trial.tags ?? []), "warm start"],
  });
  for (const { step, metrics } of trial.reports ?? [])
    await storage.execute(id, { type: "report", ...held, step, metrics });
  const metrics = trial.metrics === null ? {} : { metrics: trial.metrics };
  if (trial.state === "failed") {
    const error = trial.error ?? { kind: "result" as const, message: "It failed in an earlier study." };
    await storage.execute(id, { type: "fail", ...held, error, final: true, ...metrics });
  } else {
    const state = trial.state === "pruned" ? "pruned" : "complete";
    await storage.execute(id, {
      type: "finish",
      ...held,
      state,
      ...metrics,
      ...(trial.ranked === false && { ranked: false }),
    });
  }
  return number;
}

function checkDeclared({ space }: Pick<StudySpec, "space">): void {
  if (!space.dynamic) return;
  throw new VernierError(
    "E_WARM_SPACE",
    "the new study is define-by-run, so nobody knows its space yet. A warm start needs one. Declare it, or queue guesses yourself.",
  );
}

function checkSame(a: StudySpec, b: StudySpec): void {
  const said = ({ objectives }: StudySpec) =>
    Object.entries(objectives)
      .map(([name, { direction }]) => `${direction} ${name}`)
      .sort()
      .join(", ");
  if (said(a) === said(b)) return;
  throw new VernierError(
    "E_WARM_OBJECTIVES",
    `${spell(a.name)} is to ${said(a)}, and ${spell(b.name)} to ${said(b)}. Trials of another objective say nothing as trials. ` +
      `Take them as guesses: as: "guesses".`,
  );
}

function nothing(dumps: readonly StudyDump[], left: Readonly<Record<string, number>>): VernierError {
  const names = dumps.map(({ spec }) => spell(spec.name)).join(", ");
  const reasons = Object.entries(left).map(([reason, count]) => `${count}: ${reason}`);
  return new VernierError(
    "E_WARM_EMPTY",
    `nothing of ${names || "no study"} can start the new study (${reasons.join("; ") || "no complete trials"}). ` +
      `A warm start takes complete trials whose parameters have the same names. Leave it out, or name another study.`,
  );
}
