/**
 * Optuna's journal (JournalStorage over a file): one operation a line, ids implied by the order of creation. Replayed by Optuna's own
 * rules: an operation that was not legal when it was written has no effect.
 */
import { VernierError } from "../../math/errors.ts";
import { externalValue, isCompatible, parseDistribution, type Distribution } from "./distribution.ts";
import { broken, notOptuna, placed } from "./errors.ts";
import { linesOf, type Line } from "./lines.ts";
import { isPyRecord, parsePythonJson, type PyJson, type PyRecord } from "./python-json.ts";
import { DIRECTIONS, isFinished, STATES } from "./records.ts";
import type { OptunaFile, OptunaParam, OptunaState, OptunaStudy, OptunaTrial } from "./records.ts";
import { parseTime } from "./times.ts";

const OP = {
  createStudy: 0,
  deleteStudy: 1,
  studyUserAttr: 2,
  studySystemAttr: 3,
  createTrial: 4,
  trialParam: 5,
  trialStateValues: 6,
  trialIntermediateValue: 7,
  trialUserAttr: 8,
  trialSystemAttr: 9,
  /** Written by Rustuna; Optuna skips it. */
  discardTrials: 10,
} as const;

/**
 * The studies of a journal that are not deleted. A torn last line (a writer was interrupted) is left out with a note.
 *
 * @throws VernierError E_IMPORT_FORMAT when the file is no journal, E_IMPORT_BROKEN with the line.
 */
export async function readJournal(path: string): Promise<OptunaFile> {
  const replay = new Replay(path);
  let unreadable: { readonly line: Line; readonly error: unknown } | undefined;
  for await (const lines of linesOf(path)) {
    for (const line of lines) {
      if (unreadable !== undefined) throw refusal(path, unreadable.line, unreadable.error);
      try {
        if (!line.whole) throw new VernierError("E_IMPORT_JSON", "the line has no end. It is torn.");
        replay.line(line);
      } catch (error) {
        if (!(error instanceof VernierError) || error.code !== "E_IMPORT_JSON") throw error;
        unreadable = { line, error };
      }
    }
  }
  if (unreadable !== undefined) {
    if (unreadable.line.number === 1) throw refusal(path, unreadable.line, unreadable.error);
    replay.note(`line ${unreadable.line.number}, the last, is torn and was left out, as Optuna does`);
  }
  return replay.result();
}

function refusal(path: string, line: Line, error: unknown): VernierError {
  const message = error instanceof Error ? error.message : String(error);
  if (line.number > 1) return broken(path, `line ${line.number}`, message.replace(/\. .*$/, ""), error);
  return notOptuna(
    path,
    "is not an Optuna journal: its first line is no JSON",
    "A journal is the file given to JournalFileBackend. For SQLite name the .db file.",
    error,
  );
}

interface LiveStudy extends OptunaStudy {
  readonly id: number;
  /** Of each parameter: the lowest trial that has it, whose distribution binds the later ones. */
  readonly first: Map<string, { number: number; distribution: Distribution }>;
}

class Replay {
  readonly #path: string;
  readonly #studies = new Map<number, LiveStudy>();
  readonly #trials: { readonly study: LiveStudy; readonly trial: OptunaTrial }[] = [];
  readonly #notes: string[] = [];
  #nextStudy = 0;
  #place = "";
  #discards = 0;
  #naive = false;

  constructor(path: string) {
    this.#path = path;
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  result(): OptunaFile {
    if (this.#discards > 0) {
      this.note(`${this.#discards} operations of Rustuna that discard trials were skipped, as Optuna does`);
    }
    if (this.#naive) this.note("times without a zone (Optuna before 5) were read as local times of this machine");
    return { studies: [...this.#studies.values()], notes: this.#notes };
  }

  line({ number, text }: Line): void {
    this.#place = `line ${number}`;
    const json = parsePythonJson(text);
    if (!isPyRecord(json) || typeof json["op_code"] !== "number") {
      if (number > 1) throw this.#fault("it is no operation: there is no op_code");
      throw notOptuna(
        this.#path,
        "is not an Optuna journal: its first line has no op_code",
        "A journal is the file given to JournalFileBackend. For a space use `vernier convert`.",
      );
    }
    placed(this.#path, this.#place, () => this.#apply(json, json["op_code"] as number));
  }

  #apply(log: PyRecord, op: number): void {
    switch (op) {
      case OP.createStudy:
        return this.#createStudy(log);
      case OP.deleteStudy:
        this.#studies.delete(this.#integer(log, "study_id"));
        return;
      case OP.studyUserAttr:
      case OP.studySystemAttr: {
        const study = this.#studies.get(this.#integer(log, "study_id"));
        const [kind, field] =
          op === OP.studyUserAttr ? (["user", "user_attr"] as const) : (["system", "system_attr"] as const);
        const attrs = this.#attrs(log, field);
        if (study !== undefined) for (const [name, value] of attrs) study[kind].set(name, value);
        return;
      }
      case OP.createTrial:
        return this.#createTrial(log);
      case OP.trialParam:
        return this.#param(log);
      case OP.trialStateValues:
        return this.#stateValues(log);
      case OP.trialIntermediateValue: {
        const [step, value] = [
          this.#integer(log, "step"),
          this.#float(log["intermediate_value"], "intermediate_value"),
        ];
        this.#updatable(log)?.trial.intermediate.set(step, value);
        return;
      }
      case OP.trialUserAttr:
      case OP.trialSystemAttr: {
        const [kind, field] =
          op === OP.trialUserAttr ? (["user", "user_attr"] as const) : (["system", "system_attr"] as const);
        const attrs = this.#attrs(log, field);
        const found = this.#updatable(log);
        if (found !== undefined) for (const [name, value] of attrs) found.trial[kind].set(name, value);
        return;
      }
      case OP.discardTrials:
        this.#discards++;
        return;
      default:
        throw this.#fault(`there is no operation with op_code ${op}`);
    }
  }

  #createStudy(log: PyRecord): void {
    const name = log["study_name"];
    const codes = log["directions"];
    if (typeof name !== "string") throw this.#fault("study_name is no text");
    if (!Array.isArray(codes) || codes.length === 0) throw this.#fault("directions is no list of codes");
    const directions = (codes as PyJson[]).map(code => {
      const direction = typeof code === "number" ? DIRECTIONS[code] : undefined;
      if (direction === undefined) throw this.#fault(`there is no direction with code ${JSON.stringify(code)}`);
      return direction;
    });
    for (const study of this.#studies.values()) if (study.name === name) return;
    const id = this.#nextStudy++;
    this.#studies.set(id, { id, name, directions, user: new Map(), system: new Map(), trials: [], first: new Map() });
  }

  #createTrial(log: PyRecord): void {
    const study = this.#studies.get(this.#integer(log, "study_id"));
    const trial: OptunaTrial = {
      number: study?.trials.length ?? 0,
      state: log["state"] === undefined ? "RUNNING" : this.#state(log),
      params: this.#params(log),
      values: this.#values(log, "values") ?? (log["value"] == null ? null : [this.#float(log["value"], "value")]),
      intermediate: new Map(
        this.#entries(log, "intermediate_values").map(([step, value]) => {
          if (!/^-?\d{1,15}$/.test(step)) throw this.#fault(`intermediate_values has the step ${JSON.stringify(step)}`);
          return [Number(step), this.#float(value, `intermediate_values[${step}]`)];
        }),
      ),
      user: new Map(this.#entries(log, "user_attrs")),
      system: new Map(this.#entries(log, "system_attrs")),
      start: this.#time(log, "datetime_start"),
      complete: this.#time(log, "datetime_complete"),
    };
    if (study === undefined) return;
    study.trials.push(trial);
    this.#trials.push({ study, trial });
    for (const [name, { distribution }] of trial.params) {
      if (!study.first.has(name)) study.first.set(name, { number: trial.number, distribution });
    }
  }

  #params(log: PyRecord): Map<string, OptunaParam> {
    const distributions = this.#record(log, "distributions");
    const given = this.#record(log, "params");
    const params = new Map<string, OptunaParam>();
    // A loop without lists of pairs: a trial has many parameters, and a file many trials.
    for (const name in given) {
      const text = Object.hasOwn(distributions, name) ? distributions[name] : undefined;
      if (text === undefined) throw this.#fault(`the parameter ${JSON.stringify(name)} has no distribution`);
      if (typeof text !== "string") throw this.#fault(`the distribution of ${JSON.stringify(name)} is no text`);
      params.set(name, this.#checked(given[name], parseDistribution(text), name));
    }
    return params;
  }

  #param(log: PyRecord): void {
    const { param_name: name, distribution: text } = log;
    if (typeof name !== "string") throw this.#fault("param_name is no text");
    if (typeof text !== "string") throw this.#fault("distribution is no text");
    const distribution = parseDistribution(text);
    const param = this.#checked(log["param_value_internal"], distribution, name);
    const found = this.#updatable(log);
    if (found === undefined) return;
    const { study, trial } = found;
    const first = study.first.get(name);
    if (first !== undefined && !isCompatible(first.distribution, distribution)) return;
    if (first === undefined || trial.number <= first.number)
      study.first.set(name, { number: trial.number, distribution });
    trial.params.set(name, param);
  }

  #checked(value: PyJson | undefined, distribution: Distribution, name: string): OptunaParam {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw this.#fault(`the parameter ${JSON.stringify(name)} has the value ${JSON.stringify(value)}`);
    }
    externalValue(value, distribution);
    return { internal: value, distribution };
  }

  #stateValues(log: PyRecord): void {
    const state = this.#state(log);
    const values = this.#values(log, "values");
    const found = this.#updatable(log);
    if (found === undefined || (state === "RUNNING" && found.trial.state === "RUNNING")) return;
    const { trial } = found;
    if (state === "RUNNING") trial.start = this.#time(log, "datetime_start");
    if (isFinished(state)) trial.complete = this.#time(log, "datetime_complete");
    trial.state = state;
    if (values !== null) trial.values = values;
  }

  /** The trial an operation changes; undefined when there is none, or when it is finished. */
  #updatable(log: PyRecord): { readonly study: LiveStudy; readonly trial: OptunaTrial } | undefined {
    const found = this.#trials[this.#integer(log, "trial_id")];
    return found === undefined || isFinished(found.trial.state) ? undefined : found;
  }

  #state(log: PyRecord): OptunaState {
    const state = typeof log["state"] === "number" ? STATES[log["state"]] : undefined;
    if (state !== undefined) return state;
    throw this.#fault(`there is no state with code ${JSON.stringify(log["state"])}`);
  }

  #values(log: PyRecord, field: string): readonly number[] | null {
    const values = log[field] ?? null;
    if (values === null) return null;
    if (!Array.isArray(values)) throw this.#fault(`${field} is no list`);
    return (values as PyJson[]).map((value, i) => this.#float(value, `${field}[${i}]`));
  }

  #entries(log: PyRecord, field: string): [string, PyJson][] {
    return Object.entries(this.#record(log, field));
  }

  #record(log: PyRecord, field: string): PyRecord {
    const record = log[field] ?? {};
    if (!isPyRecord(record)) throw this.#fault(`${field} is no record`);
    return record;
  }

  #attrs(log: PyRecord, field: string): [string, PyJson][] {
    if (log[field] === undefined) throw this.#fault(`${field} is missing`);
    return this.#entries(log, field);
  }

  #integer(log: PyRecord, field: string): number {
    const value = log[field];
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
    throw this.#fault(`${field} is ${JSON.stringify(value) ?? "missing"}, which is no whole number`);
  }

  #float(value: PyJson | undefined, field: string): number {
    if (typeof value === "number") return value;
    throw this.#fault(`${field} is ${JSON.stringify(value) ?? "missing"}, which is no number`);
  }

  #time(log: PyRecord, field: string): number | null {
    const text = log[field] ?? null;
    if (text === null) return null;
    if (typeof text === "string" && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(text)) this.#naive = true;
    return parseTime(text, "local");
  }

  #fault(fact: string): VernierError {
    return broken(this.#path, this.#place, fact);
  }
}
