/**
 * Storages that outlive the process.
 *
 * @module
 */
export { openStorage, type OpenOptions } from "./open.ts";
export { sqliteStorage, type SqliteOptions } from "./sqlite.ts";
export { FileArtifacts } from "./artifacts.ts";
export { backupStorage, restoreStorage, type BackupOptions, type BackupSummary } from "./backup.ts";
