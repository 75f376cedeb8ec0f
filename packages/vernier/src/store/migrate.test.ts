import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test } from "vitest";
import type { Database } from "./driver.ts";
import { migrate, versionOf } from "./migrate.ts";
import { VERSION } from "./schema.ts";

const folder = mkdtempSync(join(tmpdir(), "vernier-migrate-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a file that another process makes between two reads is not taken for a foreign one", () => {
  const path = join(folder, "study.db");
  const [slow, quick] = [new DatabaseSync(path), new DatabaseSync(path)];
  try {
    slow.exec("PRAGMA journal_mode = WAL");
    let made = false;
    const interrupted = new Proxy(slow, {
      get(db, name) {
        if (name === "prepare") {
          return (sql: string) => {
            if (sql.includes("sqlite_schema") && !made) {
              made = true;
              migrate(quick, path);
            }
            return db.prepare(sql);
          };
        }
        const member: unknown = Reflect.get(db, name, db);
        return typeof member === "function" ? member.bind(db) : member;
      },
    });
    expect(versionOf(interrupted as Database, path)).toBe(0);
    expect(made).toBe(true);
    expect(versionOf(slow, path)).toBe(VERSION);
  } finally {
    slow.close();
    quick.close();
  }
});
