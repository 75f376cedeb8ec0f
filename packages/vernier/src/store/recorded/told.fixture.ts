/** Everything a storage can tell, as JSON: numbers that JSON cannot write become words. */
import type { Storage } from "../../core/types.ts";

export async function told(storage: Storage): Promise<unknown> {
  const studies = [];
  for (const info of await storage.listStudies({ deleted: true })) {
    const { revision, trials, finished, reports } = await storage.snapshot(info.id);
    const logs = await Promise.all(trials.map(({ number }) => storage.logs(info.id, number)));
    const log = await storage.changes(info.id, 0, 1e9);
    studies.push({ info, revision, trials, finished, reports: [...reports], logs, log });
  }
  return JSON.parse(JSON.stringify(studies, (_, value: unknown) => (odd(value) ? `number ${String(value)}` : value)));
}

function odd(value: unknown): boolean {
  return typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0));
}
