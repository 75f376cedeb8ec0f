/**
 * A small shop's day on a new SQLite file: orders in many little transactions, look-ups by key, updates, and a report that sorts.
 * Prints the time of the work and the peak memory as one JSON line. Every commit is synced: `--synchronous=normal` is there to see what
 * that costs, not to be tuned.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    journal: { type: "string", default: "delete" },
    synchronous: { type: "string", default: "full" },
    checkpoint: { type: "string", default: "1000" },
    "page-size": { type: "string", default: "4096" },
    "cache-mb": { type: "string", default: "2" },
    "mmap-mb": { type: "string", default: "0" },
    "temp-store": { type: "string", default: "file" },
    /** Transactions of the day; the look-ups and the report grow with them. */
    orders: { type: "string", default: process.env["BENCH_ORDERS"] ?? "150" },
    /** Where the file is made: a folder on the disk that matters. */
    dir: { type: "string", default: tmpdir() },
    /** Days in fresh files; the median counts. */
    repeat: { type: "string", default: process.env["BENCH_REPEAT"] ?? "3" },
  },
});

const WORDS = /^[a-z]+$/;
for (const name of ["journal", "synchronous", "temp-store"] as const)
  if (!WORDS.test(values[name])) throw new Error(`--${name} is ${values[name]}`);
const number = (name: "checkpoint" | "page-size" | "cache-mb" | "mmap-mb" | "orders" | "repeat"): number => {
  const value = Number(values[name]);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} is ${values[name]}`);
  return value;
};

const orders = number("orders");
const ITEMS = 8;
const STOCK = 100 * orders;

const day = (path: string): number => {
  const db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA page_size = ${number("page-size")}`);
    db.exec(`PRAGMA journal_mode = ${values.journal}`);
    db.exec(`PRAGMA synchronous = ${values.synchronous}`);
    db.exec(`PRAGMA wal_autocheckpoint = ${number("checkpoint")}`);
    db.exec(`PRAGMA cache_size = ${-Math.round(number("cache-mb") * 1024)}`);
    db.exec(`PRAGMA mmap_size = ${number("mmap-mb") * 2 ** 20}`);
    db.exec(`PRAGMA temp_store = ${values["temp-store"]}`);
    db.exec(`
      CREATE TABLE stock (id INTEGER PRIMARY KEY, name TEXT NOT NULL, left INTEGER NOT NULL);
      CREATE TABLE sold (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, price REAL NOT NULL, note TEXT NOT NULL);
      CREATE INDEX sold_item ON sold (item);
    `);
    // The shelves are filled before the clock starts.
    const shelve = db.prepare("INSERT INTO stock VALUES (?, ?, ?)");
    db.exec("BEGIN");
    for (let id = 0; id < STOCK; id++) shelve.run(id, `article ${id} ${"x".repeat(id % 80)}`, 1_000_000);
    db.exec("COMMIT");

    const started = performance.now();
    const look = db.prepare("SELECT name, left FROM stock WHERE id = ?");
    const sell = db.prepare("INSERT INTO sold (item, price, note) VALUES (?, ?, ?)");
    const take = db.prepare("UPDATE stock SET left = left - 1 WHERE id = ?");
    const history = db.prepare("SELECT count(*) AS n, avg(price) AS price FROM sold WHERE item = ?");
    // Always the same customers: a linear congruential generator.
    let state = 12345;
    const draw = (n: number): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % n;
    for (let order = 0; order < orders; order++) {
      db.exec("BEGIN IMMEDIATE");
      for (let i = 0; i < ITEMS; i++) {
        const item = draw(STOCK);
        look.get(item);
        sell.run(item, draw(10_000) / 100, "y".repeat(draw(200)));
        take.run(item);
      }
      db.exec("COMMIT");
      for (let i = 0; i < ITEMS; i++) history.get(draw(STOCK));
    }
    for (let report = 0; report < 3; report++)
      db.prepare(
        "SELECT note, sum(price) AS total FROM sold JOIN stock ON stock.id = sold.item GROUP BY note ORDER BY total DESC",
      ).all();
    const took = performance.now() - started;
    const { n } = db.prepare("SELECT count(*) AS n FROM sold").get() as { n: number };
    if (n !== orders * ITEMS) throw new Error(`${n} of ${orders * ITEMS} sales are there`);
    return took;
  } finally {
    db.close();
  }
};

const dir = mkdtempSync(join(values.dir, "pragmas-"));
try {
  const times = Array.from({ length: Math.max(1, number("repeat")) }, (_, i) => day(join(dir, `day-${i}.db`)));
  times.sort((a, b) => a - b);
  const ms = times[Math.floor(times.length / 2)] ?? NaN;
  console.log(JSON.stringify({ ms, memory_mb: process.resourceUsage().maxRSS / 1024 }));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
