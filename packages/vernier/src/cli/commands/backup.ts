import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { BackupSummary } from "../../store/backup.ts";
import { VernierError } from "../../math/errors.ts";
import { spell } from "../../space/spell.ts";
import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { DEFAULT_STORAGE, isOn, jsonFlag, storageFlag, textOf } from "../flags.ts";
import type { Io } from "../io.ts";
import { printJson } from "../json.ts";
import { findStudy, makeDefaultFolder, openForReading, shellWord, shownUrl, sqlitePath } from "../open.ts";
import { count, formatBytes } from "../view/format.ts";
import { say, sayNext } from "../view/say.ts";

/** "3 studies (digits, cake, ...) with 90 trials, 1.2 MiB, and 40 artifacts, 3 MiB" */
export const spellBackup = ({ studies, database, artifacts }: BackupSummary): string => {
  const names = studies.slice(0, 4).map(({ name, deleted }) => (deleted ? `${name}, deleted` : name));
  const list = names.length === 0 ? "" : ` (${names.join("; ")}${studies.length > names.length ? "; ..." : ""})`;
  const trials = studies.reduce((sum, study) => sum + study.trials, 0);
  const files =
    artifacts.files === 0 ? "" : `, and ${count(artifacts.files, "artifact")}, ${formatBytes(artifacts.bytes)}`;
  return `${count(studies.length, "study", "studies")}${list} with ${count(trials, "trial")}, ${formatBytes(database)}${files}`;
};

/** Artifacts that could not be copied are said, and are no reason to have no backup. */
export const warnMissing = ({ missing }: BackupSummary, io: Io): void => {
  if (missing.length > 0)
    io.err(
      `${io.style.yellow("warning")}: ${count(missing.length, "artifact")} that trials refer to ${missing.length === 1 ? "was" : "were"} missing or damaged beside the storage ` +
        `when the backup was made, such as ${missing[0]}. Everything else is whole.\n`,
    );
};

/** The path of a storage in a file. @throws VernierError E_BACKUP_STORAGE */
export const filePath = (url: string, io: Io): string => {
  const path = sqlitePath(url, io.cwd);
  if (path !== undefined) return path;
  throw new VernierError(
    "E_BACKUP_STORAGE",
    `${spell(shownUrl(url))} is no SQLite storage. Backups are made of files: sqlite:study.db. Others have tools of their own.`,
  );
};

/** `vernier backup` */
export const backup: Command = {
  name: "backup",
  about: "Copy a storage while it is in use.",
  usage: [
    "vernier backup --out DIR [flags]",
    "vernier backup STUDY --out DIR [flags]",
    "vernier backup STORAGE --out DIR",
  ],
  args: {
    what: {
      type: "positional",
      required: false,
      valueHint: "STUDY or STORAGE",
      description: "One study, or a storage (sqlite:study.db, study.db); without it everything in --storage.",
    },
    out: { type: "string", valueHint: "DIR", description: "The folder to make; it must not exist." },
    ...storageFlag,
    ...jsonFlag,
  },
  values: { what: "study", out: "folder" },
  notes: [
    "The folder holds the database as of the moment the backup began, the artifacts that it refers to and a manifest with hashes. Runs go on " +
      "meanwhile. Nothing is ever overwritten. `vernier restore DIR` checks every byte and makes a storage of it again.",
  ],
  examples: [
    ["vernier backup --out backups/monday", "Everything in this directory"],
    ["vernier backup digits --out digits.backup", "One study, to give to somebody"],
    ["vernier backup study.db --out backups/study", "A storage elsewhere"],
  ],
  run: async (flags, { io, positionals }) => {
    const [word] = positionals;
    const out = textOf(flags, "out");
    if (out === undefined) throw usageError("say where to: vernier backup --out DIR, a folder that does not exist yet");
    const isStorage = word !== undefined && (/^[a-z][a-z0-9+.-]+:/i.test(word) || /\.(db|sqlite|sqlite3)$/i.test(word));
    const given = textOf(flags, "storage");
    if (isStorage && given !== undefined)
      throw usageError(
        `the storage is ${spell(word)} by its place and ${spell(given)} by --storage. Keep one of them.`,
      );
    const url = isStorage ? word : (given ?? DEFAULT_STORAGE);
    const path = filePath(url, io);
    // Says what is missing, misspelt or foreign as every other command does.
    const storage = await openForReading({ ...flags, storage: url }, io);
    let study: string | undefined;
    try {
      if (word !== undefined && !isStorage)
        study = (await findStudy(storage, { ...flags, study: word }, { deleted: true })).spec.name;
    } finally {
      await storage.close();
    }
    const { backupStorage } = await import("../../store/backup.ts");
    const done = await backupStorage(path, resolve(io.cwd, out), study === undefined ? {} : { study });
    warnMissing(done, io);
    if (isOn(flags, "json")) return printJson(io, "backup", { storage: shownUrl(url), ...done });
    say(io, `${out} holds ${spellBackup(done)}`);
    sayNext(io, `vernier restore ${shellWord(out)} --storage sqlite:restored.db`, "makes a storage of it again");
  },
};

/** `vernier restore` */
export const restore: Command = {
  name: "restore",
  about: "Make a storage of a backup again.",
  usage: ["vernier restore DIR [flags]"],
  args: {
    dir: { type: "positional", required: false, description: "The folder that `vernier backup` made." },
    ...storageFlag,
    ...jsonFlag,
  },
  values: { dir: "folder" },
  notes: [
    "Every byte is checked against the manifest before the storage appears. An existing storage is never overwritten: name another with --storage, " +
      "or move the old one and its .artifacts folder away.",
  ],
  examples: [
    ["vernier restore backups/monday", "To where studies live by default"],
    ["vernier restore backups/monday --storage sqlite:old.db", "Beside it, to look at"],
  ],
  run: async (flags, { io, positionals }) => {
    const [dir] = positionals;
    if (dir === undefined) throw usageError("say which backup: vernier restore DIR");
    const url = textOf(flags, "storage") ?? DEFAULT_STORAGE;
    const path = filePath(url, io);
    const { restoreStorage } = await import("../../store/backup.ts");
    if (url === DEFAULT_STORAGE && existsSync(resolve(io.cwd, dir))) makeDefaultFolder(io);
    const done = await restoreStorage(resolve(io.cwd, dir), path);
    warnMissing(done, io);
    if (isOn(flags, "json")) return printJson(io, "restore", { storage: shownUrl(url), ...done });
    say(io, `${shownUrl(url)} holds ${spellBackup(done)}`);
  },
};
