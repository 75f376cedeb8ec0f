/** Studies and spaces of other tools, and files to take away. */
export type { ForeignTrial, StudyDump, StudyLog, TimedEvent } from "./types.ts";
export { dumpOf } from "./dump.ts";
export { eventsOf, type EventsOptions } from "./trial-events.ts";
