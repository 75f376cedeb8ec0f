/** Study rows: [id, spec, created_at, deleted, attrs, tags, note]. */
import { NO_COUNTS } from "../core/fold.ts";
import { STATE, type StudyInfo, type TrialState } from "../core/types.ts";
import type { Row } from "./rows.ts";
import { storedJson } from "./stored-json.ts";
import { SPAN } from "./schema.ts";
import type { Statements } from "./statements.ts";

/** Without counts and revision, which need more queries (`wholeInfo`). */
export function infoFrom(row: Row): StudyInfo {
  const [id, spec, createdAt, deleted, attrs, tags, note] = row;
  return Object.freeze({
    id: id as number,
    spec: storedJson(spec as string) as StudyInfo["spec"],
    revision: 0,
    createdAt: createdAt as number,
    deleted: deleted === 1,
    attrs: attrs === null ? {} : (storedJson(attrs as string) as StudyInfo["attrs"]),
    tags: tags === null ? [] : (storedJson(tags as string) as StudyInfo["tags"]),
    note: note as string | null,
    counts: NO_COUNTS,
  });
}

export function wholeInfo(sql: Statements, row: Row): StudyInfo {
  const info = infoFrom(row);
  const base = (info.id as number) * SPAN;
  const [last] = sql.lastEvent.get(base, base + SPAN) as unknown as [number];
  const counts = { ...NO_COUNTS };
  const rows = sql.counts.all(info.id as number) as unknown as [number, number][];
  for (const name of Object.keys(counts) as TrialState[]) {
    counts[name] = rows.find(([state]) => state === STATE[name])?.[1] ?? 0;
  }
  return Object.freeze({ ...info, revision: last - base, counts: Object.freeze(counts) });
}
