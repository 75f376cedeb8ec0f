/** Storages that outlive the process. */
export { openStorage, type OpenOptions } from "./open.ts";
export { sqliteStorage, type SqliteOptions } from "./sqlite.ts";
export { FileArtifacts } from "./artifacts.ts";
