/** A study of ours as an Optuna study. */
import type { Json, Metrics, Report, TrialRecord } from "../../core/types.ts";
import { isNode } from "../../space/names.ts";
import type { Node, Scalar, Shape } from "../../space/types.ts";
import type { StudyDump } from "../types.ts";
import { internalValue, labels, parseDistribution, type Distribution } from "./distribution.ts";
import { flatten, guessed, lossOf, stretched, type Visit } from "./flatten.ts";
import { joinAttrs, keptOf, textsOf, type KeptStudy, type KeptTrial } from "./kept.ts";
import type { PyJson } from "./python-json.ts";
import { CONSTRAINTS, FAIL_REASON, FIXED_PARAMS, IMPORTER, METRIC_NAMES } from "./records.ts";
import type { OptunaParam, OptunaState, OptunaStudy, OptunaTrial } from "./records.ts";

/** Attributes with what has no place of its own in Optuna. */
const OURS = {
  notes: "vernier:notes",
  note: "vernier:note",
  tags: "vernier:tags",
  fixed: "vernier:fixed",
  number: "vernier:number",
  metric: "metric:",
} as const;

/** @param constraints How to write them: an attribute each (Optuna 5), or one list (before). */
export function fromStudy(dump: StudyDump, constraints: "named" | "list"): OptunaStudy {
  return new Export(dump, constraints).result();
}

/** Distinct values of a parameter that decide its distribution: few for choices, the ends for numbers. */
interface Values {
  readonly choices: Set<Scalar>;
  low: number;
  high: number;
  whole: boolean;
  distribution: Distribution | undefined;
}

class Export {
  readonly #dump: StudyDump;
  readonly #kept: KeptStudy;
  readonly #objectives: readonly string[];
  readonly #constraints: "named" | "list";
  readonly #distributions = new Map<string, Distribution>();
  readonly #notes: string[] = [];
  #steps = 0;

  constructor(dump: StudyDump, constraints: "named" | "list") {
    this.#dump = dump;
    this.#kept = keptOf<KeptStudy>(dump.attrs);
    this.#objectives = Object.keys(dump.spec.objectives);
    this.#constraints = constraints;
  }

  result(): OptunaStudy {
    const { spec, attrs, trials } = this.#dump;
    this.#gather();
    this.#noteLosses(spec.space.shape, "");
    const exported = trials.map((trial, i) => this.#trial(trial, i));
    const system = new Map<string, PyJson>(textsOf(this.#kept.system));
    const plain = this.#objectives.length === 1 ? ["value"] : this.#objectives.map((_, i) => `value_${i}`);
    if (this.#objectives.some((name, i) => name !== plain[i])) system.set(METRIC_NAMES, this.#objectives);
    const user = joinAttrs(attrs, this.#kept.user);
    const constants = fixedOf(spec.space.shape, "");
    if (constants.length > 0 && this.#kept.distributions === undefined)
      user.set(OURS.fixed, Object.fromEntries(constants));
    if (this.#steps > 0) this.#notes.push(`${this.#steps} reports at steps that are no whole numbers are left out`);
    this.#own(user, this.#dump);
    if (this.#notes.length > 0) user.set(OURS.notes, this.#notes);
    return {
      name: spec.name,
      directions: Object.values(spec.objectives).map(o => (o.direction === "maximize" ? "MAXIMIZE" : "MINIMIZE")),
      user,
      system,
      trials: exported,
    };
  }

  /** One distribution for each parameter, over every value it has anywhere. */
  #gather(): void {
    const seen = new Map<string, Values>();
    const visit: Visit = (name, value, distribution) => {
      let values = seen.get(name);
      if (values === undefined) {
        values = { choices: new Set(), low: Infinity, high: -Infinity, whole: true, distribution };
        seen.set(name, values);
      }
      if (typeof value !== "number" || values.distribution?.kind === "categorical") values.choices.add(value);
      else {
        values.low = Math.min(values.low, value);
        values.high = Math.max(values.high, value);
        values.whole &&= Number.isSafeInteger(value);
      }
    };
    for (const { params, fixed } of this.#dump.trials) {
      this.#walk(params, visit);
      if (params === null) this.#walk(fixed, visit);
    }
    for (const [name, values] of seen) {
      const ends =
        values.low <= values.high
          ? [values.low, values.high, ...(values.whole ? [] : [0.5 * (values.low + values.high)])]
          : [];
      const all = [...values.choices, ...ends];
      const { distribution } = values;
      const found = distribution === undefined ? guess(values, all) : stretched(distribution, all);
      if (distribution === undefined) this.#notes.push(`${name}: its range is that of the values it had`);
      this.#distributions.set(name, found);
    }
  }

  #walk(params: unknown, visit: Visit): void {
    const { space } = this.#dump.spec;
    const rest: [string, Scalar][] = [];
    for (const [name, value] of Object.entries((params ?? {}) as Readonly<Record<string, Scalar>>)) {
      const [text] = this.#texts(name);
      if (text === undefined) rest.push([name, value]);
      else visit(name, value, parseDistribution(text));
    }
    if (space.dynamic !== true) return flatten(space.shape, Object.fromEntries(rest), visit);
    const learnt = this.#dump.learnt?.shape ?? {};
    for (const [name, value] of rest) walkUnlearnt(name, value, own(learnt, name), visit);
  }

  /** The distributions a parameter had in Optuna, for an imported study. */
  #texts(name: string): readonly string[] {
    const texts = this.#kept.distributions;
    return texts !== undefined && Object.hasOwn(texts, name) ? (texts[name] ?? []) : [];
  }

  #trial(record: TrialRecord, i: number): OptunaTrial {
    const kept = keptOf<KeptTrial>(record.attrs);
    const reports = this.#dump.reports.get(record.number) ?? [];
    const { state, values, reason } = this.#outcome(record, reports);
    const system = new Map<string, PyJson>(textsOf(kept.system));
    const given = record.fixed ?? (state === "WAITING" ? record.params : null);
    if (given !== null && !system.has(FIXED_PARAMS)) {
      const fixed: [string, PyJson][] = [];
      this.#walk(given, (name, value) => fixed.push([this.#name(name), value]));
      system.set(FIXED_PARAMS, Object.fromEntries(fixed));
    }
    for (const [key, value] of this.#constraintAttrs(record.metrics)) system.set(key, value);
    if (reason !== undefined && !system.has(FAIL_REASON)) system.set(FAIL_REASON, reason);
    const user = joinAttrs(record.attrs, kept.user);
    for (const [name, value] of Object.entries(record.metrics ?? {})) {
      const known = this.#objectives.includes(name) || Object.hasOwn(this.#dump.spec.constraints, name);
      if (!known) user.set(OURS.metric + name, value);
    }
    this.#own(user, record);
    if (record.number !== i) user.set(OURS.number, record.number);
    return {
      number: i,
      state,
      params: this.#params(record, kept),
      values,
      intermediate: this.#intermediate(reports),
      user,
      system,
      start: state === "WAITING" ? null : record.startedAt,
      complete: state === "RUNNING" || state === "WAITING" ? null : (record.finishedAt ?? record.startedAt),
    };
  }

  #own(
    user: Map<string, PyJson>,
    { note, tags }: { readonly note: string | null; readonly tags: readonly string[] },
  ): void {
    if (note !== null) user.set(OURS.note, note);
    if (tags.length > 0) user.set(OURS.tags, tags);
  }

  /** A complete trial has a value for every objective there, and none is NaN; otherwise it failed. */
  #outcome(
    { state, metrics, ranked, error }: TrialRecord,
    reports: readonly Report[],
  ): { state: OptunaState; values: readonly number[] | null; reason?: string } {
    const all = this.#objectives.map(name => metrics?.[name]);
    const values = all.every(value => value !== undefined && !Number.isNaN(value)) ? (all as number[]) : null;
    switch (state) {
      case "waiting":
      case "paused":
        return { state: "WAITING", values: null };
      case "running":
        return { state: "RUNNING", values: null };
      case "failed": {
        const told = error !== null && error.message !== "It failed in Optuna.";
        return { state: "FAIL", values, ...(told && { reason: error.message }) };
      }
      case "pruned": {
        // As Optuna does it: the value of a pruned trial is its last report.
        const last = reports.at(-1)?.metrics[this.#objectives[0] as string];
        const native = this.#kept.distributions === undefined && this.#objectives.length === 1;
        return {
          state: "PRUNED",
          values: values ?? (native && last !== undefined && !Number.isNaN(last) ? [last] : null),
        };
      }
      case "complete": {
        if (values !== null) return { state: ranked ? "COMPLETE" : "PRUNED", values };
        const name = this.#objectives.find((_, i) => all[i] === undefined || Number.isNaN(all[i])) as string;
        return { state: "FAIL", values: null, reason: `${name} is ${metrics?.[name] ?? "missing"}` };
      }
    }
  }

  #intermediate(reports: readonly Report[]): Map<number, number> {
    const found = new Map<number, number>();
    for (const { step, metrics } of reports) {
      const value = metrics[this.#objectives[0] as string];
      if (value === undefined) continue;
      if (Number.isSafeInteger(step)) found.set(step, value);
      else this.#steps++;
    }
    return found;
  }

  #params({ params, sampler }: TrialRecord, kept: KeptTrial): Map<string, OptunaParam> {
    const found = new Map<string, OptunaParam>();
    this.#walk(params, (name, value) => {
      const text = this.#texts(name)[kept.distributions?.[name] ?? 0];
      const original = text === undefined ? undefined : parseDistribution(text);
      // A trial made here lies in the space as it is now, which may be wider than the distribution was.
      const fits = original !== undefined && (sampler === IMPORTER || contains(original, value));
      const distribution = fits ? original : (this.#distributions.get(name) as Distribution);
      const internal = internalValue(value, distribution);
      if (internal !== undefined) found.set(this.#name(name), { internal, distribution });
    });
    return found;
  }

  #name(name: string): string {
    const names = this.#kept.names;
    return names !== undefined && Object.hasOwn(names, name) ? (names[name] as string) : name;
  }

  /** Optuna's constraints are values that should be at or below 0. */
  #constraintAttrs(metrics: Metrics | null): [string, PyJson][] {
    const list: number[] = [];
    const named: [string, PyJson][] = [];
    let missing = false;
    for (const [name, { min, max }] of Object.entries(this.#dump.spec.constraints)) {
      const value = metrics?.[name];
      if (value === undefined || Number.isNaN(value)) {
        missing = true;
        continue;
      }
      const bounds: [string, number][] = [];
      if (max !== undefined) bounds.push([min === undefined ? name : `${name}:max`, value - max]);
      if (min !== undefined) bounds.push([max === undefined ? name : `${name}:min`, min - value]);
      const theirs = this.#kept.constraints?.[name];
      for (const [key, excess] of bounds) {
        if (typeof theirs === "number" || (theirs === undefined && this.#constraints === "list")) list.push(excess);
        else named.push([`${CONSTRAINTS}:${theirs ?? key}`, excess]);
      }
    }
    // Their place in the list is their name: an incomplete one says nothing.
    if (list.length > 0 && !missing) named.push([CONSTRAINTS, list]);
    return named;
  }

  #noteLosses(shape: Shape, prefix: string): void {
    for (const [name, member] of Object.entries(shape)) {
      const path = prefix + name;
      if (!isNode(member)) {
        this.#noteLosses(member, `${path}.`);
        continue;
      }
      const node: Node = member.type === "optional" ? member.p : member;
      const loss = lossOf(node);
      if (loss !== undefined) this.#notes.push(`${path}: ${loss}`);
      if (node.type === "oneOf") {
        for (const [branch, inner] of Object.entries(node.branches)) this.#noteLosses(inner, `${path}.${branch}.`);
      } else if (node.type === "list") {
        if (isNode(node.item)) this.#noteLosses({ "[*]": node.item }, path);
        else this.#noteLosses(node.item, `${path}[*].`);
      }
    }
  }
}

/** A value of a define-by-run trial: as the space has learnt it, else as it looks. */
function walkUnlearnt(path: string, value: unknown, member: Node | Shape | undefined, visit: Visit): void {
  if (member !== undefined && isNode(member)) flatten({ [path]: member }, { [path]: value }, visit);
  else if (Array.isArray(value)) visit(path, JSON.stringify(value), undefined);
  else if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      walkUnlearnt(`${path}.${name}`, inner, member === undefined ? undefined : own(member, name), visit);
    }
  } else visit(path, value as Scalar, undefined);
}

function own(shape: Shape, name: string): Node | Shape | undefined {
  return Object.hasOwn(shape, name) ? shape[name] : undefined;
}

function contains(distribution: Distribution, value: Scalar): boolean {
  if (distribution.kind === "categorical") return internalValue(value, distribution) !== undefined;
  return typeof value === "number" && value >= distribution.low && value <= distribution.high;
}

function guess({ whole }: Values, all: readonly Scalar[]): Distribution {
  const found = guessed(all);
  if (found.kind !== "categorical" && !whole) return { ...found, kind: "float", step: null };
  // A choice of one label is as good as any.
  return found.kind === "categorical" ? { kind: "categorical", choices: labels(found.choices) } : found;
}

function fixedOf(shape: Shape, prefix: string): [string, Json][] {
  return Object.entries(shape).flatMap(([name, member]): [string, Json][] => {
    if (!isNode(member)) return fixedOf(member, `${prefix}${name}.`);
    return member.type === "fixed" ? [[prefix + name, member.value as Json]] : [];
  });
}
