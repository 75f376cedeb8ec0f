/** An Optuna study as one of ours: spec and log. */
import type { Json, Metrics, StudySpec, TimedEvent } from "../../core/types.ts";
import { compile, fromJson } from "../../space/index.ts";
import type { Node, Params } from "../../space/types.ts";
import { deepFreeze } from "../freeze.ts";
import { eventsOf } from "../trial-events.ts";
import type { ForeignTrial, StudyLog } from "../types.ts";
import { externalValue, internalOf, keyOf, writeDistribution, type Distribution } from "./distribution.ts";
import { inferSpace, type InferredParam, type InferredSpace } from "./infer-space.ts";
import { keep, splitAttrs, withKept, type KeptTrial } from "./kept.ts";
import { safeNames } from "./names.ts";
import { isPyRecord, type PyJson } from "./python-json.ts";
import { CONSTRAINTS, FAIL_REASON, FIXED_PARAMS, IMPORTER, METRIC_NAMES } from "./records.ts";
import type { OptunaState, OptunaStudy, OptunaTrial } from "./records.ts";

/** A study with what a person should know about its import. */
export interface OptunaStudyLog extends StudyLog {
  readonly notes: readonly string[];
}

const STATE_HERE: Readonly<Record<OptunaState, ForeignTrial["state"]>> = {
  RUNNING: "running",
  COMPLETE: "complete",
  PRUNED: "pruned",
  FAIL: "failed",
  WAITING: "waiting",
};
const KEYED = `${CONSTRAINTS}:`;

/**
 * The study as data for `Storage.importStudy`. `fileNotes` concern the whole file.
 *
 * @throws VernierError E_IMPORT_SPACE.
 */
export function toStudy(study: OptunaStudy, fileNotes: readonly string[]): OptunaStudyLog {
  return new Conversion(study, fileNotes).result();
}

class Conversion {
  readonly #study: OptunaStudy;
  readonly #names: ReadonlyMap<string, string>;
  readonly #inferred: InferredSpace;
  readonly #notes: string[];
  readonly #objectives: readonly string[];
  /** Metrics that are constraints, by Optuna's name or index. */
  readonly #constraints: ReadonlyMap<string | number, string>;
  /** Index of a distribution among those of its parameter. */
  readonly #indices = new Map<string, Map<string, number>>();
  #unfit = 0;

  constructor(study: OptunaStudy, fileNotes: readonly string[]) {
    this.#study = study;
    this.#names = safeNames(parameterNames(study.trials));
    this.#inferred = inferSpace(study.trials, this.#names);
    this.#notes = [...fileNotes, ...this.#inferred.notes];
    const renamed = [...this.#names].filter(([theirs, ours]) => theirs !== ours);
    if (renamed.length > 0) {
      const shown = renamed.slice(0, 3).map(([theirs, ours]) => `${JSON.stringify(theirs)} as ${JSON.stringify(ours)}`);
      const more = renamed.length > 3 ? ` and ${renamed.length - 3} more` : "";
      this.#notes.push(
        `names cannot have every sign here: ${shown.join(", ")}${more}; an export gives the old ones back`,
      );
    }
    this.#objectives = objectiveNames(study, this.#notes);
    this.#constraints = constraintNames(study.trials, this.#objectives);
    for (const [name, { distributions }] of this.#inferred.params) {
      this.#indices.set(name, new Map(distributions.map((distribution, i) => [keyOf(distribution), i])));
    }
  }

  result(): OptunaStudyLog {
    const { trials } = this.#study;
    const queued = queueTimes(trials);
    const foreign = trials.map((trial, i) => this.#trial(trial, queued[i]!));
    const events = this.#withParams(eventsOf(foreign, { owner: IMPORTER, sampler: IMPORTER }));
    if (this.#unfit > 0) {
      this.#notes.push(
        `${this.#unfit} values of waiting trials have no place in the space and are left to the sampler`,
      );
    }
    const annotated = this.#annotation(events[0]?.at ?? Date.now());
    const all = annotated === undefined ? events : [annotated, ...shifted(events)];
    return { spec: this.#spec(), events: all, notes: this.#notes };
  }

  #spec(): StudySpec {
    const { name, directions } = this.#study;
    return deepFreeze({
      version: 1,
      name,
      space: this.#inferred.space,
      objectives: Object.fromEntries(
        directions.map((direction, i) => [
          this.#objectives[i] as string,
          { direction: direction === "MAXIMIZE" ? ("maximize" as const) : ("minimize" as const) },
        ]),
      ),
      constraints: Object.fromEntries([...this.#constraints.values()].map(metric => [metric, { max: 0 }])),
      sampler: { name: "auto", options: {} },
      scheduler: { name: "none", options: {} },
      seed: 0,
      owner: "client",
    });
  }

  #annotation(at: number): TimedEvent | undefined {
    const { user, system } = this.#study;
    const { plain, kept } = splitAttrs(user);
    const names = [...this.#names].filter(([theirs, ours]) => theirs !== ours).map(([theirs, ours]) => [ours, theirs]);
    const distributions = [...this.#inferred.params].map(([name, { distributions: all }]) => [
      this.#names.get(name),
      all.map(writeDistribution),
    ]);
    const attrs = withKept(plain, {
      notes: this.#notes,
      names: Object.fromEntries(names) as Record<string, string>,
      distributions: Object.fromEntries(distributions) as Record<string, string[]>,
      constraints: Object.fromEntries([...this.#constraints].map(([theirs, ours]) => [ours, theirs])),
      system: keep([...system].filter(([key]) => key !== METRIC_NAMES)),
      user: kept,
    });
    return Object.keys(attrs).length === 0 ? undefined : deepFreeze({ type: "study.annotated", attrs, at });
  }

  #trial(trial: OptunaTrial, queuedAt: number): ForeignTrial {
    const { number, state } = trial;
    const params = this.#params(trial);
    const given = trial.system.get(FIXED_PARAMS);
    const fixed = isPyRecord(given) ? this.#fixed(trial, given, params) : null;
    const waiting = state === "WAITING";
    const reason = trial.system.get(FAIL_REASON);
    return {
      number,
      state: STATE_HERE[state],
      params: waiting ? { ...params, ...fixed } : params,
      ...(fixed !== null && !waiting && { fixed }),
      metrics: this.#metrics(trial),
      ...(state === "FAIL" && {
        error: { kind: "throw", message: typeof reason === "string" ? reason : "It failed in Optuna." },
      }),
      reports: [...trial.intermediate]
        .filter(([step]) => step >= 0)
        .map(([step, value]) => ({ step, metrics: { [this.#objectives[0] as string]: value } })),
      attrs: this.#attrs(trial),
      queuedAt,
      startedAt: trial.start,
      finishedAt: trial.complete,
    };
  }

  #params({ params }: OptunaTrial): Params {
    return Object.fromEntries(
      [...params].map(([name, { internal, distribution }]) => [
        this.#names.get(name),
        externalValue(internal, distribution),
      ]),
    ) as Params;
  }

  /** What was fixed when the trial was enqueued, as far as the space knows it. */
  #fixed({ state }: OptunaTrial, given: { readonly [name: string]: PyJson }, params: Params): Params {
    const fixed: [string, unknown][] = [];
    for (const [name, value] of Object.entries(given)) {
      const ours = this.#names.get(name);
      const inferred = this.#inferred.params.get(name);
      if (state !== "WAITING") {
        if (ours !== undefined && Object.hasOwn(params, ours)) fixed.push([ours, params[ours]]);
        continue;
      }
      const label = inferred === undefined ? undefined : this.#fit(value, inferred);
      if (ours === undefined || label === undefined) this.#unfit++;
      else fixed.push([ours, label]);
    }
    return Object.fromEntries(fixed);
  }

  /** The value as ours; undefined where the space does not allow it. */
  #fit(value: PyJson, { node, distributions }: InferredParam): unknown {
    const distribution = distributions[0] as Distribution;
    const internal = internalOf(value, distribution);
    if (internal === undefined) return undefined;
    const label = externalValue(internal, distribution);
    const codec = compile(fromJson({ version: 1, shape: { p: node } }));
    return codec.check({ p: label }).length === 0 ? label : undefined;
  }

  #metrics(trial: OptunaTrial): Metrics | null {
    const entries: [string, number][] = [];
    const values = trial.values ?? [];
    for (const [i, name] of this.#objectives.entries()) if (i < values.length) entries.push([name, values[i]!]);
    for (const [key, value] of constraintsOf(trial)) entries.push([this.#constraints.get(key) as string, value]);
    return entries.length === 0 ? null : Object.fromEntries(entries);
  }

  #attrs(trial: OptunaTrial): Readonly<Record<string, Json>> {
    const { plain, kept } = splitAttrs(trial.user);
    const distributions: [string, number][] = [];
    for (const [name, { distribution }] of trial.params) {
      const indices = this.#indices.get(name) as Map<string, number>;
      const index = indices.size === 1 ? 0 : (indices.get(keyOf(distribution)) ?? 0);
      if (index > 0) distributions.push([this.#names.get(name) as string, index]);
    }
    const system = [...trial.system].filter(([key]) => key !== CONSTRAINTS && !key.startsWith(KEYED));
    const negative = [...trial.intermediate].filter(([step]) => step < 0);
    if (negative.length > 0) this.#notes.push(`trial ${trial.number}: its reports at steps below 0 are left out`);
    return withKept(plain, {
      distributions: Object.fromEntries(distributions),
      system: keep(system),
      user: kept,
    } satisfies KeptTrial);
  }

  /** Define-by-run: each parameter as an event of its own, with its definition, so that the space can be learnt. */
  #withParams(events: readonly TimedEvent[]): readonly TimedEvent[] {
    if (this.#inferred.space.dynamic !== true) return events;
    const nodes = new Map<string, Node>();
    for (const [name, { node }] of this.#inferred.params) nodes.set(this.#names.get(name) as string, node);
    return events.flatMap((event): TimedEvent[] => {
      if (event.type !== "trial.started" || event.params === undefined) return [event];
      const { params, basis: _basis, sampler: _sampler, ...started } = event;
      const { number, attempt, at } = event;
      const asked = Object.entries(params).map(([name, value]) => ({
        type: "trial.param" as const,
        number,
        attempt,
        name,
        value: value as Json,
        node: nodes.get(name) as Node,
        at,
      }));
      return [started, ...asked].map(deepFreeze);
    });
  }
}

/** Events that now stand one place later in the log. */
function shifted(events: readonly TimedEvent[]): readonly TimedEvent[] {
  return events.map(event =>
    event.type === "trial.started" && typeof event.basis === "number"
      ? Object.freeze({ ...event, basis: event.basis + 1 })
      : event,
  );
}

function parameterNames(trials: readonly OptunaTrial[]): Set<string> {
  const names = new Set<string>();
  for (const { params } of trials) for (const name of params.keys()) names.add(name);
  return names;
}

function objectiveNames({ directions, system }: OptunaStudy, notes: string[]): string[] {
  if (directions.includes("NOT_SET")) notes.push("a direction was not set: it is taken as minimize");
  const plain = directions.length === 1 ? ["value"] : directions.map((_, i) => `value_${i}`);
  const given = system.get(METRIC_NAMES);
  if (given === undefined) return plain;
  const fine =
    Array.isArray(given) &&
    given.length === directions.length &&
    new Set(given).size === given.length &&
    given.every(name => typeof name === "string" && name.trim() !== "" && name.length <= 200 && name !== "__proto__");
  if (fine) return [...(given as string[])];
  notes.push(`the names of the metrics (${JSON.stringify(given)}) cannot be used: they are ${plain.join(", ")}`);
  return plain;
}

/** A trial's constraint values, each feasible at or below 0: by index (Optuna before 5) or by name. */
function constraintsOf({ system }: OptunaTrial): [string | number, number][] {
  const found: [string | number, number][] = [];
  const list = system.get(CONSTRAINTS);
  if (Array.isArray(list))
    for (const [i, value] of list.entries()) if (typeof value === "number") found.push([i, value]);
  for (const [key, value] of system) {
    if (key.startsWith(KEYED) && typeof value === "number") found.push([key.slice(KEYED.length), value]);
  }
  return found;
}

function constraintNames(trials: readonly OptunaTrial[], objectives: readonly string[]): Map<string | number, string> {
  const names = new Map<string | number, string>();
  const taken = new Set(objectives);
  for (const trial of trials) {
    for (const [key] of constraintsOf(trial)) {
      if (names.has(key)) continue;
      const fit = typeof key === "string" && key.trim() !== "" && key.length <= 150 && key !== "__proto__";
      const base = fit ? key : `constraint_${typeof key === "number" ? key : names.size}`;
      let free = taken.has(base) ? `constraint_${base}` : base;
      for (let i = 2; taken.has(free); i++) free = `${base}_${i}`;
      taken.add(free);
      names.set(key, free);
    }
  }
  return names;
}

/** When each trial was created, at the latest: numbers are given in the order of creation. */
function queueTimes(trials: readonly OptunaTrial[]): number[] {
  const times = trials.map(({ start, complete }) => start ?? complete ?? Infinity);
  const known = times.filter(Number.isFinite);
  const last = known.length === 0 ? Date.now() : known.reduce((a, b) => Math.max(a, b));
  let next = last;
  for (let i = times.length - 1; i >= 0; i--) times[i] = next = Math.min(next, times[i]!);
  return times;
}
