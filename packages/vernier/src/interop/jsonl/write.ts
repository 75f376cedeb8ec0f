/** A stored study as lines of JSON. */
import { metricsToWire } from "../../core/json.ts";
import { START, type Metrics, type Revision, type Storage, type StudyEvent, type StudyInfo } from "../../core/types.ts";
import { eventsUpTo, infoOf } from "../dump.ts";
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

/** Revisions of any storage as places in the log, which are what an imported study has for revisions. */
class Places {
  #size = 0;
  /** undefined while every revision is its place. */
  #places: Map<Revision, number> | undefined;

  add(revision: Revision): void {
    this.#size++;
    if (this.#places === undefined && revision !== this.#size) {
      this.#places = new Map(Array.from({ length: this.#size - 1 }, (_, i) => [i + 1, i + 1]));
    }
    this.#places?.set(revision, this.#size);
  }

  of(revision: Revision): number {
    if (this.#places !== undefined) return this.#places.get(revision) ?? 0;
    return revision === START ? 0 : (revision as number);
  }
}
