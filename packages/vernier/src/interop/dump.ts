/** A stored study as exporters read it. */
import { Learner } from "../core/dynamic.ts";
import { VernierError } from "../core/errors.ts";
import {
  START,
  type Revision,
  type Snapshot,
  type Storage,
  type StudyEvent,
  type StudyInfo,
  type TrialRecord,
} from "../core/types.ts";
import { spell } from "../space/spell.ts";
import type { SpaceJson } from "../space/types.ts";
import type { StudyDump } from "./types.ts";

/**
 * The study with this id: its spec, annotations, trials that are not deleted, and their visible reports.
 *
 * @param where Which trials are taken; all of them when left out. What a define-by-run study has learnt is learnt from all.
 * @throws VernierError E_STUDY_UNKNOWN when the storage has no such study, or it is deleted.
 */
export async function dumpOf(
  storage: Storage,
  id: StudyInfo["id"],
  where: (trial: TrialRecord) => boolean = () => true,
): Promise<StudyDump> {
  const info = await infoOf(storage, id);
  const { revision, trials, reports } = await storage.snapshot(id);
  const { spec, attrs, tags, note, createdAt } = info;
  const snapshot = { revision, trials };
  const learnt = spec.space.dynamic ? { learnt: await learntSpace(storage, id, snapshot) } : {};
  const taken = trials.filter(trial => !trial.deleted && where(trial));
  return { spec, ...learnt, createdAt, attrs, tags, note, trials: taken, reports };
}

export async function infoOf(storage: Storage, id: StudyInfo["id"]): Promise<StudyInfo> {
  const info = (await storage.listStudies()).find(study => study.id === id);
  if (info !== undefined) return info;
  throw new VernierError(
    "E_STUDY_UNKNOWN",
    `there is no study with id ${spell(id)} in ${storage.url}, or it is deleted. Only a standing study is exported. List the studies.`,
  );
}

/** Every event up to a revision, in pages. */
export async function* eventsUpTo(storage: Storage, id: StudyInfo["id"], until: Revision): AsyncGenerator<StudyEvent> {
  let since: Revision = START;
  while (since !== until) {
    const page = await storage.changes(id, since);
    if (page.length === 0) return;
    for (const event of page) {
      yield event;
      since = event.revision;
      if (since === until) return;
    }
  }
}

/** What a define-by-run study has learnt: its definitions are in the log only. */
export async function learntSpace(
  storage: Storage,
  id: StudyInfo["id"],
  { revision, trials }: Pick<Snapshot, "revision" | "trials">,
): Promise<SpaceJson> {
  const learner = new Learner();
  const complete = (number: number) => trials[number]?.state === "complete" && !trials[number].deleted;
  for await (const event of eventsUpTo(storage, id, revision)) learner.apply(event, complete);
  return learner.space;
}
