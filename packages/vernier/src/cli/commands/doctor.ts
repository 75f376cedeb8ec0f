import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "../command.ts";
import { EXIT } from "../errors.ts";
import { DEFAULT_STORAGE, isOn, jsonFlag, storageFlag, textOf } from "../flags.ts";
import type { Io } from "../io.ts";
import { printJson } from "../json.ts";
import { openForReading, shownUrl } from "../open.ts";
import { count } from "../view/format.ts";
import { version } from "../version.ts";
import { oneLine } from "../view/style.ts";

export interface Check {
  readonly name: string;
  readonly state: "ok" | "warn" | "fail";
  readonly fact: string;
  /** What to do about it; "" when all is well. */
  readonly next: string;
}

const check = (name: string, state: Check["state"], fact: string, next = ""): Check => ({ name, state, fact, next });
const message = (error: unknown): string => oneLine(error instanceof Error ? error.message : String(error));

const node = (): Check => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const fact = `Node ${process.versions.node} on ${process.platform} ${process.arch}`;
  return major > 22 || (major === 22 && minor >= 18)
    ? check("node", "ok", fact)
    : check("node", "fail", fact, "Install Node 22.18 or newer: https://nodejs.org");
};

const typescript = (): Check =>
  process.features.typescript === false
    ? check(
        "typescript",
        "warn",
        "this Node was started without type stripping",
        "Start it without --no-experimental-strip-types, or write study files in JavaScript.",
      )
    : check("typescript", "ok", "study files in TypeScript run as they are");

const sqlite = async (): Promise<Check> => {
  try {
    const { DatabaseSync } = await import("node:sqlite");
    const folder = mkdtempSync(join(tmpdir(), "vernier-doctor-"));
    try {
      const db = new DatabaseSync(join(folder, "check.db"));
      const mode = db.prepare("PRAGMA journal_mode = WAL").get() as { journal_mode?: string };
      const version = db.prepare("SELECT sqlite_version() AS v").get() as { v?: string };
      db.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
      db.close();
      return mode.journal_mode === "wal"
        ? check("sqlite", "ok", `SQLite ${version.v ?? "?"} writes with a write-ahead log`)
        : check(
            "sqlite",
            "warn",
            `SQLite ${version.v ?? "?"} has no write-ahead log in ${tmpdir()}`,
            "Keep studies on a local disk.",
          );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  } catch (error) {
    return check(
      "sqlite",
      "fail",
      `SQLite does not work: ${message(error)}`,
      "Check the temporary directory and the Node version above.",
    );
  }
};

const directory = (io: Io): Check => {
  const probe = join(io.cwd, `.vernier-doctor-${process.pid}`);
  try {
    writeFileSync(probe, "x");
    rmSync(probe);
    const { bavail, bsize } = statfsSync(io.cwd);
    const free = (bavail * bsize) / 1024 ** 3;
    return free < 0.1
      ? check(
          "directory",
          "warn",
          `only ${(free * 1024).toFixed(0)} MiB are free in ${io.cwd}`,
          "Make room before a long study.",
        )
      : check("directory", "ok", `${io.cwd} is writable, ${free.toFixed(1)} GiB free`);
  } catch (error) {
    return check(
      "directory",
      "fail",
      `${io.cwd} is not writable (${(error as NodeJS.ErrnoException).code ?? message(error)})`,
      "Work elsewhere, or name a storage elsewhere: --storage sqlite:/path/study.db",
    );
  }
};

const storage = async (flags: Readonly<Record<string, unknown>>, io: Io): Promise<Check> => {
  const url = textOf(flags, "storage") ?? DEFAULT_STORAGE;
  if (url === DEFAULT_STORAGE && !existsSync(join(io.cwd, ".vernier", "vernier.db")))
    return check("storage", "ok", `${url} does not exist yet; the first run makes it`);
  try {
    const opened = await openForReading(flags, io);
    try {
      const all = await opened.listStudies();
      if (url === DEFAULT_STORAGE) accessSync(join(io.cwd, ".vernier", "vernier.db"), constants.W_OK);
      return check("storage", "ok", `${shownUrl(url)} opens and holds ${count(all.length, "study", "studies")}`);
    } finally {
      await opened.close();
    }
  } catch (error) {
    return check("storage", "fail", `${shownUrl(url)}: ${message(error)}`, "See the message; nothing was changed.");
  }
};

const python = (): Check => {
  const found = spawnSync("python3", ["--version"], { encoding: "utf8", timeout: 10_000 });
  return found.status === 0
    ? check("python3", "ok", (found.stdout || found.stderr).trim())
    : check("python3", "warn", "python3 is not on the PATH", "Only needed to tune Python programs.");
};

/** `vernier doctor` */
export const doctor: Command = {
  name: "doctor",
  about: "Check that this machine has what Vernier needs.",
  usage: ["vernier doctor [flags]"],
  args: { ...storageFlag, ...jsonFlag },
  notes: ["Each line is ok, warn or fail. Exits with 1 when something failed."],
  run: async (flags, { io }) => {
    const checks = [
      check("vernier", "ok", `version ${version()}`),
      node(),
      typescript(),
      await sqlite(),
      directory(io),
      await storage(flags, io),
      python(),
    ];
    const failed = checks.some(({ state }) => state === "fail");
    if (isOn(flags, "json")) printJson(io, "doctor", { ok: !failed, checks });
    else {
      const paint = { ok: io.style.green, warn: io.style.yellow, fail: io.style.red };
      for (const { name, state, fact, next } of checks) {
        io.out(`${paint[state](state.padEnd(4))}  ${name.padEnd(10)}  ${fact}\n`);
        if (next !== "") io.out(`${" ".repeat(18)}${next}\n`);
      }
    }
    return failed ? EXIT.failed : EXIT.ok;
  },
};
