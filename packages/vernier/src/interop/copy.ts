/** A study from one storage to another, or under another name in the same one. */
import { VernierError } from "../core/errors.ts";
import type { Storage, StudyInfo, StudySpec, TimedEvent } from "../core/types.ts";
import { eventsUpTo, infoOf } from "./dump.ts";
import { Places } from "./places.ts";
import type { StudyLog } from "./types.ts";

/** A stored study. */
export interface StudyAt {
  readonly storage: Storage;
  readonly id: StudyInfo["id"];
}

/** The whole log as `importStudy` takes it: the spec it was created with, and every event since. @throws VernierError E_STUDY_UNKNOWN. */
export async function logOf({ storage, id }: StudyAt): Promise<StudyLog & { readonly createdAt: number }> {
  const info = await infoOf(storage, id);
  const places = new Places();
  const events: TimedEvent[] = [];
  let { spec } = info;
  for await (const event of eventsUpTo(storage, id, info.revision)) {
    places.add(event.revision);
    if (event.type === "study.created") {
      ({ spec } = event);
      continue;
    }
    const { revision: _revision, ...timed } = event;
    if ("basis" in timed && timed.basis !== undefined) timed.basis = places.of(timed.basis);
    events.push(Object.freeze(timed));
  }
  return { spec, events, createdAt: info.createdAt };
}

/** What a copy made. */
export interface Copied {
  readonly info: StudyInfo;
  /** Files put into the other storage: artifacts and checkpoints. */
  readonly files: number;
  /** Files that the study names and its storage has no more. */
  readonly missing: number;
}

/**
 * Copies a study: log, trials, reports and annotations are equal, so that the copy's replay makes the same suggestions. Between storages
 * the artifacts and checkpoints go along, before the study appears. The study may be running: the copy stands where it was read, and trials
 * that were running there are taken over in the copy by the next worker, as if theirs had died.
 *
 * @param options.as The copy's name; the same name when left out.
 * @throws VernierError E_STUDY_UNKNOWN, E_STUDY_EXISTS, E_STUDY_NAME.
 */
export async function copyStudy(from: StudyAt, to: Storage, options: { readonly as?: string } = {}): Promise<Copied> {
  const { spec, events, createdAt } = await logOf(from);
  const named: StudySpec = options.as === undefined ? spec : { ...spec, name: options.as };
  const { files, missing } = to === from.storage ? { files: 0, missing: 0 } : await putFiles(from.storage, to, events);
  return { info: await to.importStudy(named, events, { createdAt }), files, missing };
}

async function putFiles(
  from: Storage,
  to: Storage,
  events: readonly TimedEvent[],
): Promise<{ files: number; missing: number }> {
  const hashes = new Set<string>();
  for (const event of events) {
    if (event.type === "trial.checkpointed") hashes.add(event.hash);
    else if (event.type === "trial.artifact") hashes.add(event.artifact.hash);
  }
  let missing = 0;
  for (const hash of hashes) {
    try {
      await to.artifacts.put(await from.artifacts.get(hash));
    } catch (error) {
      if (!(error instanceof VernierError) || error.code !== "E_ARTIFACT_UNKNOWN") throw error;
      missing++;
    }
  }
  return { files: hashes.size - missing, missing };
}
