import type { DatabaseSync, StatementSync, SQLInputValue } from "node:sqlite";

export type Database = DatabaseSync;
export type Statement = StatementSync;
export type Value = SQLInputValue;

/** Node's own SQLite. Loaded on demand, because importing it costs milliseconds and Node 22 prints a warning about it. */
export async function loadSqlite(): Promise<typeof import("node:sqlite")> {
  const emit = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes("SQLite")) (emit as (...all: unknown[]) => void).call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return await import("node:sqlite");
  } finally {
    process.emitWarning = emit;
  }
}
