/** Finds the result of a trial in what its program prints. */
import type { Metrics, Outcome } from "../core/types.ts";
import { numbersOf, readJson, readNumber, readPairs } from "./read-line.ts";
import type { MetricPattern, ResultPlan } from "./result-options.ts";

/** Characters of a line that a user's regular expression sees: an unlucky one takes time that grows steeply with the line. */
const LONGEST_MATCHED = 4000;
/** Names remembered for the error that says what was told instead; a program may print a table with endless names. */
const MOST_NAMES = 200;

/** The metrics a study wants; undefined where the executor was not told. */
export interface WantedMetrics {
  readonly objectives: readonly string[];
  /** Objectives and constraints. */
  readonly all: ReadonlySet<string>;
}

/** What was found. `missing`: metrics nothing was found for; ["result"] when the study's are not known and there is nothing at all. */
export interface Found {
  readonly outcome: Outcome;
  readonly missing: readonly string[];
}

/**
 * Takes every line of a program and keeps, for every metric, the last that was told. Where several sources tell a metric, a result
 * file goes before JSON lines, these before `name: value` lines, these before a bare number and the newest report.
 */
export class ResultReader {
  readonly #plan: ResultPlan;
  readonly #wanted: WantedMetrics | undefined;
  #json: Metrics = {};
  #names: Metrics = {};
  #matched: Metrics = {};
  #matchedBare: number | undefined;
  #lastLine = "";
  #report: Metrics = {};
  readonly #seen = new Set<string>();

  constructor(plan: ResultPlan, wanted: WantedMetrics | undefined) {
    this.#plan = plan;
    this.#wanted = wanted;
  }

  /** A JSON line without a step. */
  json(object: Readonly<Record<string, unknown>>): void {
    this.#json = this.#told(this.#json, numbersOf(object));
  }

  /** Any line of stdout or stderr; `isJson` when `json` or `report` was told of it. */
  line(text: string, from: "stdout" | "stderr", isJson: boolean): void {
    if (this.#plan.read === "pattern") {
      if (this.#plan.from === from) for (const pattern of this.#plan.patterns) this.#match(pattern, text);
      return;
    }
    if (from !== "stdout") return;
    if (text.trim() !== "") this.#lastLine = text;
    if (isJson || (this.#plan.read !== "any" && this.#plan.read !== "names")) return;
    const pairs = readPairs(text);
    if (pairs !== undefined) this.#names = this.#told(this.#names, pairs, true);
  }

  /** The metrics of a report. */
  report(metrics: Metrics): void {
    this.#report = { ...this.#report, ...metrics };
  }

  /** What the program said, given what its result file holds (undefined: it wrote none). */
  finish(file: string | undefined): Found {
    const told = this.#collect(file === undefined ? undefined : readFileText(file));
    if (this.#wanted === undefined) {
      const nothing = typeof told === "object" && Object.keys(told).length === 0;
      return { outcome: told, missing: nothing ? ["result"] : [] };
    }
    const { objectives, all } = this.#wanted;
    const [only] = objectives;
    // Named at once, since a study with constraints has more than one metric.
    const named =
      typeof told === "object" ? told : objectives.length === 1 && only !== undefined ? { [only]: told } : {};
    const missing = [...all].filter(name => !Object.hasOwn(named, name));
    return { outcome: named, missing };
  }

  /** Names with numbers that the program told, whether the study knows them or not. */
  get names(): ReadonlySet<string> {
    return this.#seen;
  }

  #collect(file: Metrics | number | undefined): Outcome {
    const bare = readNumber(this.#lastLine);
    switch (this.#plan.read) {
      case "json":
        return this.#json;
      case "names":
        return this.#names;
      case "number":
        return bare ?? {};
      case "file":
        return file ?? {};
      case "pattern":
        return this.#matchedBare ?? this.#matched;
      case "any":
        if (typeof file === "number") return file;
        return this.#first({ ...this.#names, ...this.#json, ...file }, bare);
    }
  }

  /** Named metrics when they hold an objective, else the bare number, else what the reports last said. */
  #first(named: Metrics, bare: number | undefined): Outcome {
    const objectives = this.#wanted?.objectives ?? Object.keys(named);
    if (objectives.some(name => Object.hasOwn(named, name))) return { ...this.#reported(), ...named };
    if (bare !== undefined && (this.#wanted === undefined || objectives.length === 1)) {
      const [only] = objectives;
      // The named ones are constraints, told beside the bare objective.
      return only !== undefined && Object.keys(named).length > 0 ? { ...named, [only]: bare } : bare;
    }
    return { ...this.#report, ...named };
  }

  /** A program that reports one metric and prints the other tells both. */
  #reported(): Metrics {
    return this.#wanted === undefined ? {} : pick(this.#report, this.#wanted.all);
  }

  /** Adds the newer numbers, unless the line has none of the study's metrics; with `only`, just these. */
  #told(before: Metrics, newer: Metrics, only = false): Metrics {
    const wanted = this.#wanted?.all;
    const names = Object.keys(newer);
    for (const name of names) if (this.#seen.size < MOST_NAMES) this.#seen.add(name);
    if (wanted === undefined) return { ...before, ...newer };
    if (!names.some(name => wanted.has(name))) return before;
    return { ...before, ...(only ? pick(newer, wanted) : newer) };
  }

  #match({ metric, pattern }: MetricPattern, text: string): void {
    const match = pattern.exec(text.length > LONGEST_MATCHED ? text.slice(0, LONGEST_MATCHED) : text);
    if (match === null) return;
    if (metric === undefined && match.groups !== undefined) {
      for (const [name, group] of Object.entries(match.groups)) this.#keepMatched(name, group);
    } else if (metric === undefined) this.#matchedBare = readNumber(match[1] ?? match[0]) ?? this.#matchedBare;
    else this.#keepMatched(metric, match.groups?.[metric] ?? match[1] ?? match[0]);
  }

  #keepMatched(name: string, text: string | undefined): void {
    const number = text === undefined ? undefined : readNumber(text);
    if (number !== undefined) this.#matched = { ...this.#matched, [name]: number };
  }
}

function pick(metrics: Metrics, names: ReadonlySet<string>): Metrics {
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => names.has(name)));
}

/** A result file: a JSON object, JSON lines, `name: value` lines, or a number. */
function readFileText(text: string): Metrics | number {
  const bare = readNumber(text);
  if (bare !== undefined) return bare;
  const whole = readJson(text);
  if (typeof whole === "object" && whole !== null) return numbersOf(whole as Record<string, unknown>);
  const numbers: Record<string, number> = {};
  for (const line of text.split(/[\r\n]+/)) {
    const object = readJson(line);
    if (typeof object === "object" && object !== null)
      Object.assign(numbers, numbersOf(object as Record<string, unknown>));
    else Object.assign(numbers, readPairs(line));
  }
  return numbers;
}
