/** A study as one JSON document. */
import { metricsToWire } from "../../core/json.ts";
import type { Report, TrialRecord } from "../../core/types.ts";
import type { StudyDump } from "../types.ts";
import { FORMAT, VERSION, type TrialDocument } from "./format.ts";

/** The document in pieces, one trial a line; its shape is in format.ts. Read back by `readStudies`. */
export function* writeJson(dump: StudyDump): Generator<string> {
  const { spec, learnt, createdAt, attrs, tags, note, trials, reports } = dump;
  const created = createdAt === undefined ? {} : { createdAt: new Date(createdAt).toISOString() };
  const head = { format: FORMAT, version: VERSION, ...created, spec, ...(learnt && { learnt }), attrs, tags, note };
  yield `${JSON.stringify(head).slice(0, -1)},"trials":[`;
  for (const [i, trial] of trials.entries()) {
    yield `${i > 0 ? "," : ""}\n${JSON.stringify(documentOf(trial, reports.get(trial.number) ?? []))}`;
  }
  yield trials.length === 0 ? "]}\n" : "\n]}\n";
}

function documentOf(trial: TrialRecord, reports: readonly Report[]): TrialDocument {
  const { number, state, attempt, params, fixed, ranked, error, sampler, why, attrs, tags, note } = trial;
  return {
    number,
    state,
    attempt,
    params,
    fixed,
    metrics: trial.metrics && metricsToWire(trial.metrics),
    ranked,
    error,
    reports: reports.map(({ step, metrics }) => ({ step, metrics: metricsToWire(metrics) })),
    sampler,
    why,
    attrs,
    tags,
    note,
    queuedAt: new Date(trial.queuedAt).toISOString(),
    startedAt: time(trial.startedAt),
    finishedAt: time(trial.finishedAt),
  };
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
