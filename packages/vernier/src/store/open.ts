/** Storage URLs. */
import { VernierError } from "../core/errors.ts";
import { memoryStorage } from "../core/memory.ts";
import type { Clock, Storage } from "../core/types.ts";
import { nearest } from "../space/spell.ts";
import { sqliteStorage } from "./sqlite.ts";

/** How a storage is opened. */
export interface OpenOptions {
  /** Injected time; the system's by default. */
  readonly clock?: Pick<Clock, "now">;
}

const SCHEMES = ["memory", "sqlite", "postgres", "postgresql", "http", "https"];

/**
 * Opens the storage a URL names: "memory:", "sqlite:study.db" (options: "?synchronous=full"), or a path that ends in .db, .sqlite or
 * .sqlite3.
 *
 * @throws VernierError E_STORAGE_URL for what is no storage URL, E_STORAGE_UNSUPPORTED for kinds of a later release, and what
 * `sqliteStorage` throws.
 * @example const storage = await openStorage("sqlite:study.db")
 */
export async function openStorage(url: string, options: OpenOptions = {}): Promise<Storage> {
  if (typeof url !== "string" || url.trim() === "") {
    throw urlError(url, 'it is empty. Write "sqlite:study.db" to keep trials in a file, or "memory:" to forget them');
  }
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined || isFileName(url, scheme)) {
    if (/\.(db|sqlite|sqlite3)$/i.test(url)) return sqliteStorage(url, { ...options, url });
    throw urlError(url, `it has no scheme and does not end in .db or .sqlite. Write "sqlite:${url}"`);
  }
  const rest = url.slice(scheme.length + 1);
  switch (scheme) {
    case "memory":
      if (rest === "" || rest === "//") return memoryStorage(options);
      throw urlError(url, `a memory storage has no name. Write "memory:"`);
    case "sqlite":
      return openSqlite(url, rest, options);
    case "postgres":
    case "postgresql":
      throw unsupported(url, "PostgreSQL storages come");
    case "http":
    case "https":
      throw unsupported(url, "Storages behind a server come");
    default: {
      const meant = nearest(scheme, SCHEMES);
      const hint = meant === undefined ? `Known are ${SCHEMES.join(", ")}` : `Did you mean "${meant}:${rest}"?`;
      throw urlError(url, `"${scheme}" is no kind of storage. ${hint}`);
    }
  }
}

/** A path on Windows ("C:\study.db") or a file name with a colon in it. */
function isFileName(url: string, scheme: string): boolean {
  return scheme.length === 1 || (!SCHEMES.includes(scheme) && /[\\/]/.test(url.slice(0, scheme.length)));
}

function openSqlite(url: string, rest: string, options: OpenOptions): Promise<Storage> {
  const [path = "", query = ""] = splitOnce(rest, "?");
  if (path === ":memory:" || path === "") {
    throw urlError(url, 'it names no file. Write "memory:" for a storage in memory, or "sqlite:study.db"');
  }
  if (path.startsWith("//")) {
    // Other tools read "sqlite:///x.db" as the relative path x.db, and four slashes as an absolute one: too easy to get wrong.
    const bare = path.replace(/^\/{2,3}/, "");
    throw urlError(
      url,
      `a SQLite URL is "sqlite:" and a path. Write "sqlite:${bare}", or "sqlite:/${bare}" from the root`,
    );
  }
  let synchronous: "normal" | "full" = "normal";
  for (const [name, value] of new URLSearchParams(query)) {
    if (name !== "synchronous") throw urlError(url, `"${name}" is no option. The one option is synchronous`);
    if (value !== "normal" && value !== "full") {
      throw urlError(
        url,
        `synchronous=${value} is neither "normal" nor "full". Write "sqlite:${path}?synchronous=full"`,
      );
    }
    synchronous = value;
  }
  return sqliteStorage(path, { ...options, synchronous, url });
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function urlError(url: unknown, why: string): VernierError {
  const shown = typeof url === "string" ? JSON.stringify(withoutPassword(url)) : String(url);
  return new VernierError("E_STORAGE_URL", `${shown} is not a storage URL: ${why}.`.replace(/\?\.$/, "?"));
}

function unsupported(url: string, what: string): VernierError {
  return new VernierError(
    "E_STORAGE_UNSUPPORTED",
    `"${withoutPassword(url)}" cannot be opened. ${what} with a later release. ` +
      `Until then use "sqlite:study.db", which several processes of one machine may share.`,
  );
}

function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^/:@]*):[^/@]*@/, "$1:***@");
}
