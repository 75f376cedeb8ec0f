/** A stored study as lines of JSON. */
import { metricsToWire } from "../../core/json.ts";
import type { Metrics, Revision, Storage, StudyEvent, StudyInfo } from "../../core/types.ts";
import { eventsUpTo, infoOf } from "../dump.ts";
import { Places } from "../places.ts";
import { FORMAT, VERSION, type Footer, type Header } from "./format.ts";

/**
 * The study's whole log, line by line, each with its "\n": lossless, and read back by `readJsonl`. Stands at the revision at which it begins,
 * whatever happens meanwhile. Artifacts and checkpoints are named, not contained.
 *
 * @throws VernierError E_STUDY_UNKNOWN.
 */
export async function* writeJsonl(storage: Storage, id: StudyInfo["id"]): AsyncGenerator<string> {
  const { revision } = await infoOf(storage, id);
  const places = new Places();
  let events = 0;
  for await (const event of eventsUpTo(storage, id, revision)) {
    places.add(event.revision);
    if (event.type === "study.created") {
      const header: Header = { format: FORMAT, version: VERSION, createdAt: event.at, spec: event.spec };
      yield `${JSON.stringify(header)}\n`;
      continue;
    }
    events++;
    yield `${JSON.stringify(lineOf(event, places))}\n`;
  }
  const footer: Footer = { type: "end", events };
  yield `${JSON.stringify(footer)}\n`;
}

function lineOf(event: StudyEvent, places: Places): object {
  const { revision: _revision, ...line } = event;
  const { metrics, basis } = line as { metrics?: Metrics; basis?: Revision };
  return {
    ...line,
    ...(metrics !== undefined && { metrics: metricsToWire(metrics) }),
    ...(basis !== undefined && { basis: places.of(basis) }),
  };
}
