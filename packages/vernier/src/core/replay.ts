/**
 * Replay: every suggestion is a function of (seed, trial number, log up to its basis), so the log can be read again and every
 * recorded configuration compared with what the sampler says now.
 */
import { follow, Learner } from "./dynamic.ts";
import { isTrialEvent } from "./fold.ts";
import { LiveHistory } from "./history.ts";
import { recordCopy } from "./json.ts";
import { trialError } from "./result.ts";
import { migration, type Session } from "./session.ts";
import { partSpec, samePart } from "./spec.ts";
import { QUEUED, suggest, wanted } from "./suggestion.ts";
import { canonical } from "../space/canonical.ts";
import { START, type Params, type PartSpec, type Revision, type Sampler, type StudyEvent } from "./types.ts";

/** What replaying a study found. */
export interface ReplayReport {
  /** Suggestions made again. */
  readonly checked: number;
  readonly mismatches: readonly { readonly number: number; readonly recorded: Params; readonly suggested: Params }[];
  /** Suggestions that could not be made again, with the reason. */
  readonly skipped: readonly { readonly number: number; readonly reason: string }[];
}

/** A suggestion as the log has it. */
interface Recorded {
  readonly number: number;
  readonly params: Params;
  readonly sampler: string;
  readonly until: number | null;
  readonly bracket: number | null;
}

/** Makes every suggestion of a study again, each from the history at its basis. Reads the whole log; changes nothing. */
export async function replaySession(session: Session): Promise<ReplayReport> {
  const events = await wholeLog(session);
  const byBasis = suggestions(events);
  const report = {
    checked: 0,
    mismatches: [] as Mutable<ReplayReport["mismatches"]>,
    skipped: [] as Mutable<ReplayReport["skipped"]>,
  };
  const sampler = await samplerOf(session);
  const { spec } = session.info;
  const history = new LiveHistory({ spec, codec: session.compile(), compile: session.compile, migration });
  const learner = session.learner && new Learner();
  let inForce: PartSpec = spec.sampler;
  for (const event of events) {
    history.apply(event);
    if (learner) follow(learner, event, { history, compile: session.compile });
    if (event.type === "study.created") inForce = event.spec.sampler;
    if (event.type === "study.configured" && event.sampler) inForce = event.sampler;
    for (const recorded of byBasis.get(event.revision) ?? []) {
      const { number, params, sampler: by, until, bracket } = recorded;
      const reason = typeof sampler === "string" ? sampler : whyNot(by, inForce, sampler);
      if (typeof sampler === "string" || (reason !== undefined && by !== QUEUED)) {
        report.skipped.push({ number, reason: reason ?? "" });
        continue;
      }
      const known = history.record(number);
      const need = {
        number,
        until: known?.until ?? until,
        bracket: known?.bracket ?? bracket,
        fixed: known?.fixed ?? null,
      };
      const made = await suggest(sampler, history, wanted(spec.seed, need));
      const suggested = recordCopy(made.params, "E_PARAMS", "params");
      report.checked++;
      if (canonical(suggested) !== canonical(params)) report.mismatches.push({ number, recorded: params, suggested });
    }
    byBasis.delete(event.revision);
  }
  for (const { number } of [...byBasis.values()].flat())
    report.skipped.push({ number, reason: "its basis is not in the log" });
  return report;
}

type Mutable<T extends readonly unknown[]> = T[number][];

async function wholeLog(session: Session): Promise<StudyEvent[]> {
  const events: StudyEvent[] = [];
  let since: Revision = START;
  for (;;) {
    const page = await session.storage.changes(session.id, since);
    const last = page.at(-1);
    if (last === undefined) return events;
    events.push(...page);
    since = last.revision;
  }
}

/** The suggestions of a log by the revision their sampler read. */
function suggestions(events: readonly StudyEvent[]): Map<Revision, Recorded[]> {
  const byBasis = new Map<Revision, Recorded[]>();
  for (const event of events) {
    if (!isTrialEvent(event) || (event.type !== "trial.started" && event.type !== "trial.suggested")) continue;
    const { number, params, basis, sampler } = event;
    if (params === undefined || basis === undefined || sampler === undefined) continue;
    const { until = null, bracket = null } = event.type === "trial.started" ? event : {};
    const list = byBasis.get(basis);
    const recorded = { number, params, sampler, until, bracket };
    if (list === undefined) byBasis.set(basis, [recorded]);
    else list.push(recorded);
  }
  return byBasis;
}

/** The study's sampler, or why there is none. */
async function samplerOf(session: Session): Promise<Sampler | string> {
  try {
    return await session.sampler;
  } catch (error) {
    return trialError(error).message;
  }
}

function whyNot(by: string, inForce: PartSpec, sampler: Sampler): string | undefined {
  if (by !== sampler.name) return `suggested by "${by}", and the sampler is "${sampler.name}"`;
  return samePart(inForce, partSpec(sampler)) ? undefined : `suggested by "${by}" with other options`;
}
