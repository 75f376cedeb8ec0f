/** A study from one JSON document, checked as if an enemy had written it. */
import { readFile, stat } from "node:fs/promises";
import { VernierError } from "../../core/errors.ts";
import type { Json, TimedEvent, TrialState } from "../../core/types.ts";
import { compile, fromJson } from "../../space/index.ts";
import type { Space } from "../../space/infer.ts";
import { spell } from "../../space/spell.ts";
import type { Codec, Params, SpaceJson } from "../../space/types.ts";
import { importError } from "../errors.ts";
import { checkText } from "../files.ts";
import { deepFreeze } from "../freeze.ts";
import { parseFile } from "../jsonl/parse.ts";
import { checkedStudy } from "../study-spec.ts";
import { askedEvents } from "./asked.ts";
import { eventsOf, IMPORTED } from "../trial-events.ts";
import type { ForeignTrial, StudyLog } from "../types.ts";
import { count, fields, flag, list, metrics, number, oneOf, or, orNull, record, text, time } from "./fields.ts";
import { FORMAT, VERSION } from "./format.ts";

/** Bytes a document may have: V8 reads no longer text at once. JSON Lines are read line by line. */
const LIMIT = 512 * 1024 * 1024 - 32;
const STATES: readonly TrialState[] = ["waiting", "running", "paused", "complete", "pruned", "failed"];

const trialFields = fields({
  number: count,
  state: oneOf(STATES),
  attempt: or(count, undefined),
  params: orNull(record),
  fixed: orNull(record),
  metrics: orNull(metrics),
  ranked: or(flag, true),
  error: orNull(
    fields({
      kind: oneOf(["throw", "exit", "timeout", "lost", "result"]),
      message: text,
      code: or(text, undefined),
      tail: or(text, undefined),
    }),
  ),
  // A trial of `vernier trials --json` has its newest report here.
  last: or(orNull(record), undefined),
  reports: or(list(fields({ step: number, metrics, attempt: or(count, undefined) })), []),
  sampler: orNull(text),
  why: orNull(text),
  attrs: or(record, {}),
  tags: or(list(text), []),
  note: orNull(text),
  queuedAt: orNull(time),
  startedAt: orNull(time),
  finishedAt: orNull(time),
});

const documentFields = fields({
  format: text,
  version: number,
  createdAt: orNull(time),
  spec: record,
  learnt: orNull(record),
  attrs: or(record, {}),
  tags: or(list(text), []),
  note: orNull(text),
  trials: list(trialFields),
});

interface Document {
  readonly createdAt: number | null;
  readonly spec: unknown;
  readonly learnt: unknown;
  readonly attrs: Readonly<Record<string, Json>>;
  readonly tags: readonly string[];
  readonly note: string | null;
  readonly trials: readonly (Omit<ForeignTrial, "queuedAt" | "sampler" | "fixed"> & {
    readonly fixed: Params | null;
    readonly sampler: string | null;
    readonly queuedAt: number | null;
  })[];
}

/**
 * Reads what `writeJson` wrote. Trials become ones that were told here: numbered anew without gaps, attempts folded into one, and named as
 * imported, so that a replay skips them; `from: { study, number, sampler }` among their attributes says what they were.
 *
 * @throws VernierError E_IMPORT_FILE, E_IMPORT_FORMAT, E_IMPORT_VERSION, E_IMPORT_LINE with line and column, E_IMPORT_FIELD with the field,
 *   E_IMPORT_TRIAL; E_STUDY_* and E_SPACE_* for a wrong spec.
 */
export async function readJson(path: string): Promise<StudyLog & { readonly notes: readonly string[] }> {
  await checkText(path);
  const place = { file: path };
  const { size } = await stat(path);
  if (size > LIMIT) {
    throw importError(
      "E_IMPORT_FILE",
      place,
      `the file has ${size.toLocaleString("en-US")} bytes. A JSON document is read whole, up to ${LIMIT.toLocaleString("en-US")}. Export as jsonl.`,
    );
  }
  const value = parseFile((await readFile(path, "utf8")).replace(/^\uFEFF/, ""), path);
  checkHead(value, path);
  try {
    return logOfDocument(documentFields(value, "") as unknown as Document);
  } catch (error) {
    if (!(error instanceof VernierError)) throw error;
    throw importError(error.code, place, error.message.replace(/ Nothing was imported\.$/, ""), error);
  }
}

function checkHead({ format, version }: Record<string, unknown>, path: string): void {
  const place = { file: path };
  if (format !== FORMAT) {
    throw importError(
      "E_IMPORT_FORMAT",
      place,
      `this is no document of trials: its format is ${spell(format)}. It has "format":"${FORMAT}","version":${VERSION}. ` +
        `Write it with: vernier export --format json`,
    );
  }
  if (version === VERSION) return;
  const newer = typeof version === "number" && version > VERSION;
  throw importError(
    "E_IMPORT_VERSION",
    place,
    `the file has version ${spell(version)} of the format; this release reads version ${VERSION}. ` +
      (newer ? "Update vernier." : "Export the study again."),
  );
}

function logOfDocument(document: Document): StudyLog & { readonly notes: readonly string[] } {
  const { createdAt, attrs, tags, note } = document;
  const spec = deepFreeze(checkedStudy(document.spec));
  const learnt = document.learnt === null ? undefined : (fromJson(document.learnt) as unknown as SpaceJson);
  const now = createdAt ?? Date.now();
  const numbers = document.trials.map(trial => trial.number).sort((a, b) => a - b);
  const samplers = new Map(document.trials.map(trial => [trial.number, trial.sampler]));
  const trials = document.trials.map((trial): ForeignTrial => {
    const waiting = trial.state === "waiting" ? { fixed: trial.params ?? trial.fixed ?? {} } : {};
    const queuedAt = trial.queuedAt ?? trial.startedAt ?? trial.finishedAt ?? now;
    return { ...trial, ...waiting, sampler: null, queuedAt };
  });
  const origin = ({ number: own }: ForeignTrial) => ({
    from: { study: spec.name, number: own, sampler: samplers.get(own) ?? null },
  });
  const events = eventsOf(trials, { sampler: IMPORTED, origin });
  const first = Math.min(now, events[0]?.at ?? now);
  const about = {
    ...(Object.keys(attrs).length > 0 && { attrs }),
    ...(tags.length > 0 && { tags }),
    ...(note !== null && { note }),
  };
  const asked = spec.space.dynamic ? askedEvents(events, learnt) : events;
  const annotated: TimedEvent[] =
    Object.keys(about).length === 0 ? [] : [deepFreeze({ type: "study.annotated", ...about, at: asked[0]?.at ?? now })];
  const notes = [
    ...(numbers.some((given, i) => given !== i)
      ? ["trials are numbered anew; attrs.from.number is the old number"]
      : []),
    ...outside(trials, spec.space),
  ];
  return { spec, events: shifted(annotated, asked), createdAt: first, notes };
}

/** Events behind others, whose places are then later. */
function shifted(before: readonly TimedEvent[], events: readonly TimedEvent[]): readonly TimedEvent[] {
  if (before.length === 0) return events;
  const moved = events.map(event =>
    event.type === "trial.started" && typeof event.basis === "number"
      ? Object.freeze({ ...event, basis: event.basis + before.length })
      : event,
  );
  return [...before, ...moved];
}

/** A space may have been narrowed since a trial was made: such trials are kept, as in the study they come from. */
function outside(trials: readonly ForeignTrial[], space: SpaceJson): string[] {
  if (space.dynamic) return [];
  const codec = compile(space as Space<Params>, { fresh: true }) as unknown as Codec;
  const found = trials.filter(
    ({ state, params }) => state !== "waiting" && params !== null && codec.check(params).length > 0,
  );
  if (found.length === 0) return [];
  const [first] = found;
  const [issue] = codec.check(first!.params);
  return [
    `${found.length} of ${trials.length} trials are outside the space (trial ${first!.number}: ${issue?.path ?? ""} ${issue?.message ?? ""}); no sampler learns from them`,
  ];
}
