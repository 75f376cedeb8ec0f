/** Several studies as one. */
import { VernierError } from "../core/errors.ts";
import { compile } from "../space/index.ts";
import type { Space } from "../space/infer.ts";
import { didYouMean, spell } from "../space/spell.ts";
import type { Codec, Params, Shape, SpaceJson } from "../space/types.ts";
import {
  FINISHED,
  type Json,
  type Report,
  type Storage,
  type StudyInfo,
  type StudySpec,
  type TrialRecord,
} from "../core/types.ts";
import type { StudyAt } from "./copy.ts";
import { dumpOf } from "./dump.ts";
import { mergedSpace } from "./merge-spaces.ts";
import { eventsOf, IMPORTED } from "./trial-events.ts";
import { isNode } from "./table/convert.ts";
import type { ForeignTrial, StudyDump } from "./types.ts";

/** How studies are merged. */
export interface MergeOptions {
  /** The new study's name. */
  readonly as: string;
  /** The new study's space; the smallest one that holds all of theirs when left out. */
  readonly space?: SpaceJson;
  /** Values of parameters that some of the studies did not have, by name at the top of the space. Their declared defaults stand in otherwise. */
  readonly fill?: Params;
}

/** What a merge made. */
export interface Merged {
  readonly info: StudyInfo;
  /** Trials taken from each study, in the order given. */
  readonly taken: readonly { readonly study: string; readonly trials: number; readonly left: number }[];
}

/** A trial of our own as one from elsewhere. Attempts are folded into one; times of reports are not kept. */
export function foreignOf(record: TrialRecord, reports: readonly Report[] = []): ForeignTrial {
  const { number, state, params, fixed, metrics, error, attrs, tags, note, ranked, queuedAt, startedAt, finishedAt } =
    record;
  return {
    number,
    state,
    params,
    fixed,
    metrics,
    error,
    reports,
    attrs,
    tags,
    note,
    ranked,
    queuedAt,
    startedAt,
    finishedAt,
  };
}

/**
 * Merges studies with the same objectives into a new one, in one transaction; they stay as they are. Finished and waiting trials are taken,
 * in the order in which they were begun, and numbered anew; where a trial comes from is its attribute `from: { study, number, sampler }`.
 * Sampler, scheduler and seed are those of the first study.
 *
 * @throws VernierError E_MERGE_OBJECTIVES, E_MERGE_SPACE, E_MERGE_PARAM where a study lacks a parameter that has neither `fill` nor default;
 * E_STUDY_EXISTS, E_STUDY_UNKNOWN.
 */
export async function mergeStudies(from: readonly StudyAt[], to: Storage, options: MergeOptions): Promise<Merged> {
  const dumps: StudyDump[] = [];
  for (const { storage, id } of from) dumps.push(await dumpOf(storage, id));
  const [first, ...others] = dumps;
  if (first === undefined)
    throw new VernierError("E_MERGE_OBJECTIVES", "no study is given. A merge takes at least one. Name the studies.");
  for (const other of others) checkObjectives(first.spec, other.spec);
  const space = options.space ?? mergedSpace(dumps.map(({ spec }) => ({ space: spec.space, of: spec.name })));
  if (space.dynamic) {
    throw new VernierError(
      "E_MERGE_SPACE",
      `${spell(first.spec.name)} is define-by-run, and what its trials asked for does not go over in a merge. ` +
        `A merged study has a declared space. Give one, such as study.learnt() of the largest (space).`,
    );
  }
  const codec = compile(space as Space<Params>, { fresh: true }) as unknown as Codec;
  checkFill(options.fill ?? {}, space);
  const taken: { study: string; trials: number; left: number }[] = [];
  const all: (ForeignTrial & { readonly from: Json })[] = [];
  for (const { spec, trials, reports } of dumps) {
    const wanted = trials.filter(({ state }) => FINISHED.has(state) || state === "waiting");
    for (const trial of wanted) {
      const known = foreignOf(trial, reports.get(trial.number));
      const whole = (params: Params | null) =>
        params === null ? params : filled(params, codec, options.fill, spec.name);
      const provenance = { study: spec.name, number: trial.number, sampler: trial.sampler };
      // A queued trial may leave parameters open.
      all.push({ ...known, params: whole(known.params), from: provenance });
    }
    taken.push({ study: spec.name, trials: wanted.length, left: trials.length - wanted.length });
  }
  all.sort((a, b) => a.queuedAt - b.queuedAt);
  const numbered = all.map((trial, number) => ({ ...trial, number }));
  const events = eventsOf(numbered, { sampler: IMPORTED, origin: trial => ({ from: numbered[trial.number]!.from }) });
  const constraints = Object.assign({}, ...dumps.map(({ spec }) => spec.constraints)) as StudySpec["constraints"];
  const spec: StudySpec = { ...first.spec, name: options.as, space, constraints };
  return { info: await to.importStudy(spec, events), taken };
}

function checkObjectives(a: StudySpec, b: StudySpec): void {
  const said = ({ objectives }: StudySpec) =>
    Object.entries(objectives).map(([name, { direction }]) => `${direction} ${name}`);
  if (said(a).toSorted().join() !== said(b).toSorted().join()) {
    throw new VernierError(
      "E_MERGE_OBJECTIVES",
      `${spell(a.name)} is to ${said(a).join(", ")}, and ${spell(b.name)} to ${said(b).join(", ")}. ` +
        `Merged trials are compared, so the objectives are the same. Start the new study warm instead (warmStart).`,
    );
  }
  for (const [name, bounds] of Object.entries(b.constraints)) {
    const own = a.constraints[name];
    if (own === undefined || (own.min === bounds.min && own.max === bounds.max)) continue;
    throw new VernierError(
      "E_MERGE_OBJECTIVES",
      `the constraint ${spell(name)} has other bounds in ${spell(b.name)} than in ${spell(a.name)}. A study has one. Correct one of the two.`,
    );
  }
}

function checkFill(fill: Params, { shape }: SpaceJson): void {
  for (const name of Object.keys(fill)) {
    if (Object.hasOwn(shape, name)) continue;
    throw new VernierError(
      "E_MERGE_PARAM",
      `fill gives ${spell(name)}, which is no parameter of the merged space.${didYouMean(name, Object.keys(shape))} Correct the name.`,
    );
  }
}

/** With what `fill` and declared defaults say of parameters that are not there. What a condition leaves out stays out. */
function filled(params: Params, codec: Codec, fill: Params | undefined, study: string): Params {
  if (codec.check(params).length === 0) return params;
  const whole: Params = { ...params };
  for (const [name, member] of Object.entries<Shape[string]>(codec.space.shape)) {
    if (Object.hasOwn(whole, name) || (isNode(member) && member.type === "optional")) continue;
    const value: unknown = fill?.[name] ?? (isNode(member) ? (member as { default?: unknown }).default : undefined);
    if (value === undefined) {
      throw new VernierError(
        "E_MERGE_PARAM",
        `the trials of ${spell(study)} have no ${spell(name)}, and it has no default. Every merged trial has a value of it. ` +
          `Say what it was there: fill: { ${name}: ... }.`,
      );
    }
    whole[name] = value;
  }
  return whole;
}
