/** Every statement of the hot paths, prepared once a connection. Readers give arrays: fewer objects, and no name lookups. */
import type { Database, Statement } from "./driver.ts";
import { BLOCK } from "./param-texts.ts";
import { CHANGING, RECORD_COLUMNS } from "./rows.ts";

export type Statements = ReturnType<typeof prepare>;

const set = CHANGING.map(column => `${column} = ?`).join(", ");
const inserted = ["id", "study", "number", "queued_at", "params", "owner", "expires", ...CHANGING];

const whole = [...inserted, "finished", "key"];

export function prepare(db: Database) {
  const read = (sql: string): Statement => {
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const write = (sql: string): Statement => db.prepare(sql);
  return {
    begin: write("BEGIN IMMEDIATE"),
    beginRead: write("BEGIN"),
    commit: write("COMMIT"),
    rollback: write("ROLLBACK"),

    // Ranges of ids are bound as [first, past the last).
    head: read(
      `SELECT e.id, e.at, s.deleted FROM studies s, events e
       WHERE s.id = ?1 AND e.id = (SELECT max(id) FROM events WHERE id >= ?2 AND id < ?3)`,
    ),
    lastTrial: read("SELECT max(id) FROM trials WHERE id >= ? AND id < ?"),
    occupied: read("SELECT count(*) FROM trials WHERE study = ? AND deleted = 0 AND state <> 3"),
    trial: read(`SELECT ${RECORD_COLUMNS} FROM trials WHERE id = ?`),
    lease: read("SELECT owner, expires FROM trials WHERE id = ? AND state = 2 AND owner IS NOT NULL"),
    oldestWaiting: read(
      `SELECT ${RECORD_COLUMNS} FROM trials WHERE study = ? AND state = 1 AND deleted = 0 ORDER BY number LIMIT 1`,
    ),
    expired: read(
      `SELECT ${RECORD_COLUMNS} FROM trials
       WHERE study = ? AND expires IS NOT NULL AND expires <= ? AND deleted = 0 AND state = 2 ORDER BY expires, number`,
    ),
    paused: read(`SELECT ${RECORD_COLUMNS} FROM trials WHERE study = ? AND state = 3 AND deleted = 0 ORDER BY number`),
    reports: read("SELECT attempt, step, metrics FROM reports WHERE trial = ? ORDER BY step"),
    lastReport: read(
      "SELECT attempt, step, metrics FROM reports WHERE trial = ? AND attempt = ? ORDER BY step DESC LIMIT 1",
    ),
    keyTaken: read("SELECT 1 FROM trials WHERE study = ? AND key = ? AND deleted = 0 AND number <> ? LIMIT 1"),
    events: read("SELECT id, at, body FROM events WHERE id > ? AND id < ? ORDER BY id LIMIT ?"),
    study: read("SELECT id, spec, created_at, deleted, attrs, tags, note FROM studies WHERE id = ?"),
    studyNamed: read("SELECT id, spec, created_at, deleted, attrs, tags, note FROM studies WHERE name = ?"),
    studies: read("SELECT id, spec, created_at, deleted, attrs, tags, note FROM studies ORDER BY id"),
    counts: read("SELECT state, count(*) FROM trials WHERE study = ? AND deleted = 0 GROUP BY state"),
    lastEvent: read("SELECT max(id) FROM events WHERE id >= ? AND id < ?"),
    allTrials: read(
      `SELECT ${RECORD_COLUMNS}, finished FROM trials WHERE id >= ? AND id < ? ORDER BY id LIMIT ${BLOCK}`,
    ),
    allReports: read(
      "SELECT trial, attempt, step, metrics FROM reports WHERE trial >= ? AND trial < ? ORDER BY trial, step",
    ),
    logs: read(
      "SELECT e.id, e.at, e.body FROM logs l JOIN events e ON e.id = l.event WHERE l.trial = ? ORDER BY l.event",
    ),
    unsharedRefs: read(
      `SELECT hash FROM refs r WHERE study = ?1 AND NOT EXISTS (SELECT 1 FROM refs o WHERE o.hash = r.hash AND o.study <> ?1)`,
    ),

    addEvent: write("INSERT INTO events (id, at, body) VALUES (?, ?, ?)"),
    addTrial: write(`INSERT INTO trials (${inserted.join(", ")}) VALUES (${inserted.map(() => "?").join(", ")})`),
    addWholeTrial: write(`INSERT INTO trials (${whole.join(", ")}) VALUES (${whole.map(() => "?").join(", ")})`),
    updateTrial: write(`UPDATE trials SET ${set} WHERE id = ?`),
    updateWithLease: write(`UPDATE trials SET ${set}, owner = ?, expires = ? WHERE id = ?`),
    setParams: write("UPDATE trials SET params = ? WHERE id = ?"),
    setLast: write("UPDATE trials SET last = ? WHERE id = ?"),
    setLease: write("UPDATE trials SET owner = ?, expires = ? WHERE id = ?"),
    setKey: write("UPDATE trials SET key = ? WHERE id = ?"),
    setFinished: write("UPDATE trials SET finished = ? WHERE id = ?"),
    putReport: write("INSERT OR REPLACE INTO reports (trial, step, attempt, metrics) VALUES (?, ?, ?, ?)"),
    hideReports: write("DELETE FROM reports WHERE trial = ? AND step > ?"),
    addLog: write("INSERT INTO logs (trial, event) VALUES (?, ?)"),
    addRef: write("INSERT OR IGNORE INTO refs (hash, study) VALUES (?, ?)"),
    addStudy: write("INSERT INTO studies (name, spec, created_at) VALUES (?, ?, ?)"),
    updateStudy: write(
      "UPDATE studies SET spec = ?, deleted = ?, deleted_wall = ?, attrs = ?, tags = ?, note = ? WHERE id = ?",
    ),
  };
}
