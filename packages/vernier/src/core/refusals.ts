/** What every storage says in the same words about whole studies. */
import { VernierError } from "./errors.ts";
import { describe } from "./json.ts";
import type { Revision, StudyInfo, StudySpec } from "./types.ts";

export function studyExists(info: Pick<StudyInfo, "spec" | "deleted">): VernierError {
  const { name } = info.spec;
  return new VernierError(
    "E_STUDY_EXISTS",
    info.deleted
      ? `study "${name}" exists, but is deleted. Names are unique in a storage, deleted studies included. ` +
          `Restore it, purge it, or choose another name.`
      : `study "${name}" exists already. Names are unique in a storage. Resume it, delete it, or choose another name.`,
  );
}

export function studyUnknown(id: StudyInfo["id"]): VernierError {
  return new VernierError(
    "E_STUDY_UNKNOWN",
    `there is no study with id ${describe(id)} in this storage. It was purged, or belongs to another storage. ` +
      `List the studies, or create one.`,
  );
}

export function studyNotDeleted(name: string): VernierError {
  return new VernierError(
    "E_STUDY_NOT_DELETED",
    `study "${name}" is not deleted. Only a deleted study is purged, because purging cannot be undone. Delete it first.`,
  );
}

export function storageClosed(url: string): VernierError {
  return new VernierError(
    "E_STORAGE_CLOSED",
    `storage "${url}" is closed. A closed storage answers nothing. Open it again.`,
  );
}

/** A spec needs a name to be found by. The rest of a spec is the engine's to check. */
export function checkSpec(spec: StudySpec): void {
  if (typeof spec.name === "string" && spec.name.trim() !== "" && spec.name.length <= 200) return;
  throw new VernierError(
    "E_STUDY_NAME",
    `a study's name is ${describe(spec.name)}. It must be a string of 1 to 200 characters. Choose a short name.`,
  );
}

/** A cursor of a storage whose revisions are integers. Throws E_REVISION. */
export function cursorOf(since: Revision): number {
  if (typeof since === "number" && Number.isSafeInteger(since) && since >= 0) return since;
  throw new VernierError(
    "E_REVISION",
    `${describe(since)} is no revision of this storage. A cursor is one that the storage handed out, or 0 for the start. ` +
      `Read the feed from 0.`,
  );
}
