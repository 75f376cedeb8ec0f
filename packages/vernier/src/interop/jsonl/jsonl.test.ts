import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, closeSync, ftruncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEngine, memoryStorage, replay, VernierError } from "../../core/index.ts";
import type { Storage, StudyEvent } from "../../core/types.ts";
import { stream } from "../../math/index.ts";
import { tpe } from "../../samplers/index.ts";
import { none } from "../../schedulers/index.ts";
import { choice, float, int, oneOf, space, when } from "../../space/index.ts";
import { sqliteStorage } from "../../store/index.ts";
import { fakeClock, randomCommand } from "../../testing/index.ts";
import { SPEC } from "../../testing/storage/bench.ts";
import { exportStudy, importLog, readStudies } from "../transfer.ts";
import { readJsonl } from "./read.ts";
import { writeJsonl } from "./write.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vernier-jsonl-"));
  path = join(folder, "study.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function textOf(storage: Storage, id: number | string): Promise<string> {
  let text = "";
  for await (const piece of writeJsonl(storage, id)) text += piece;
  return text;
}

const eventsOf = (events: readonly StudyEvent[]) => events.slice(1);

describe("export and import", () => {
  test("a study of any past comes back with an equal snapshot, log and text, in the other storage too", async () => {
    const clock = fakeClock();
    const storage = memoryStorage({ clock });
    const { id } = await storage.createStudy(SPEC);
    const rng = stream(23, "jsonl");
    for (let i = 0; i < 400; i++) {
      const known = await storage.trials(id, { deleted: true });
      await storage.execute(id, randomCommand(rng, known)).catch(() => undefined);
      clock.tick(rng.int(40));
    }
    await exportStudy(storage, id, path);
    const sqlite = await sqliteStorage(join(folder, "other.db"), { clock });
    for (const target of [memoryStorage({ clock }), sqlite]) {
      const copy = await importLog(target, await readJsonl(path));
      expect(await target.snapshot(copy.id)).toStrictEqual(await storage.snapshot(id));
      expect(eventsOf(await target.changes(copy.id, 0))).toStrictEqual(eventsOf(await storage.changes(id, 0)));
      expect({ ...copy, id: 0 }).toStrictEqual({ ...(await storage.findStudy(SPEC.name))!, id: 0 });
      expect(await textOf(target, copy.id)).toBe(readFileSync(path, "utf8"));
      await target.close();
    }
  });

  test("a replay of the copy makes every suggestion again", async () => {
    const shape = space({
      x: float(1e-3, 1, { scale: "log" }),
      n: int(1, 9),
      kind: choice(["a", "b"]),
      y: when('kind == "a"', float(0, 1)),
      o: oneOf({ p: {}, q: { z: float(0, 1) } }),
    });
    const options = {
      sampler: () => tpe({ startup: 5 }),
      scheduler: () => none(),
      parts: { sampler: () => tpe({ startup: 5 }), scheduler: () => none() },
    };
    const engine = createEngine(options);
    const study = await engine.create({ name: "s", space: shape, objectives: { loss: "minimize" }, seed: 4 });
    await study.run(({ x, n }) => ({ loss: (x as number) * (n as number) }), { trials: 15 });
    const info = (await engine.storage.findStudy("s"))!;
    writeFileSync(path, await textOf(engine.storage, info.id));
    const target = memoryStorage();
    await importLog(target, await readJsonl(path), { as: "copy" });
    const copy = await createEngine({ ...options, storage: target }).open({ name: "copy" });
    const report = await replay(copy);
    expect([report.checked, report.mismatches, report.skipped]).toEqual([15, [], []]);
    await copy.close();
    await study.close();
  });

  test("numbers that JSON cannot write survive, and line n holds revision n", async () => {
    const storage = memoryStorage();
    const { id } = await storage.createStudy(SPEC);
    for (const [number, loss] of [NaN, Infinity, -Infinity, -0, 5e-324].entries()) {
      await storage.execute(id, { type: "start", owner: "me", lease: null });
      await storage.execute(id, { type: "finish", number, attempt: 1, state: "complete", metrics: { loss } });
    }
    const text = await textOf(storage, id);
    writeFileSync(path, text);
    const copy = await importLog(storage, await readJsonl(path), { as: "copy" });
    expect((await storage.trials(copy.id)).map(({ metrics }) => metrics?.["loss"])).toEqual([
      NaN,
      Infinity,
      -Infinity,
      -0,
      5e-324,
    ]);
    const { revision } = (await storage.changes(id, 0)).at(-1)!;
    expect(text.split("\n")[Number(revision) - 1]).toContain('"number":4');
  });

  test("a file is not replaced unless told, nor is the storage itself, and a failure leaves no part behind", async () => {
    const db = join(folder, "study.db");
    const storage = await sqliteStorage(db);
    const { id } = await storage.createStudy(SPEC);
    await exportStudy(storage, id, path);
    await expect(exportStudy(storage, id, path)).rejects.toThrow(
      /^there is a file ".*study\.jsonl" already\..*--force/,
    );
    await exportStudy(storage, id, path, { force: true });
    await expect(exportStudy(storage, id, db, { format: "jsonl", force: true })).rejects.toThrow(
      /is the storage that is read/,
    );
    await expect(exportStudy(storage, id, join(folder, "no", "a.csv"))).rejects.toThrow(
      /cannot be written: its folder does not exist/,
    );
    await expect(exportStudy(storage, id, join(folder, "a.txt"))).rejects.toMatchObject({ code: "E_EXPORT_FORMAT" });
    await expect(exportStudy(storage, 99, join(folder, "b.csv"))).rejects.toMatchObject({ code: "E_STUDY_UNKNOWN" });
    await storage.close();
    const { readdirSync } = await import("node:fs");
    expect(readdirSync(folder).toSorted()).toEqual(["study.db", "study.jsonl"]);
  });
});

describe("hostile and broken files", () => {
  let good: string;
  beforeEach(async () => {
    const storage = memoryStorage();
    const { id } = await storage.createStudy(SPEC);
    for (let number = 0; number < 3; number++) {
      await storage.execute(id, { type: "start", owner: "me", lease: null });
      await storage.execute(id, { type: "finish", number, attempt: 1, state: "complete", metrics: { loss: number } });
    }
    good = await textOf(storage, id);
  });

  /** The error of reading and importing this text; nothing of it may be in the storage. */
  async function refused(content: string | Uint8Array, options: { lineLimit?: number } = {}): Promise<string> {
    writeFileSync(path, content);
    const storage = memoryStorage();
    const error: unknown = await (async () => {
      const { studies, format } = await readStudies(path, options);
      await importLog(storage, studies[0]!, { file: path, format: format.name });
    })().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(await storage.listStudies({ deleted: true })).toEqual([]);
    const { code, message } = error as { code: string; message: string };
    expect(message.startsWith(path)).toBe(true);
    expect(message).toContain("Nothing was imported.");
    return `${code}${message.slice(path.length)}`;
  }
  const lines = () => good.trimEnd().split("\n");
  const changed = (line: number, change: (text: string) => string) =>
    lines()
      .map((text, i) => (i === line - 1 ? change(text) : text))
      .join("\n") + "\n";

  test("the good one is read, with CRLF and a byte order mark too", async () => {
    for (const text of [good, good.replaceAll("\n", "\r\n"), `\uFEFF${good}`, good.trimEnd()]) {
      writeFileSync(path, text);
      const { events } = await readJsonl(path);
      expect(events.length).toBe(6);
    }
  });

  test("cut anywhere", async () => {
    for (const at of [good.length - 5, good.length - 30, good.indexOf("\n") + 1, good.indexOf("\n") + 20, 30]) {
      expect(await refused(good.slice(0, at))).toMatch(/^E_IMPORT_(TRUNCATED|LINE):\d+/);
    }
    expect(await refused(lines().slice(0, 4).join("\n") + "\n")).toMatch(
      /^E_IMPORT_TRUNCATED:4: the file ends here, without its last line .*"events":3.*It was cut/,
    );
    expect(await refused(lines().toSpliced(2, 1).join("\n"))).toMatch(
      /^E_IMPORT_TRUNCATED:7: the log has 5 events, and this line counts 6\./,
    );
    expect(await refused("")).toMatch(/^E_IMPORT_FORMAT: the file is empty/);
  });

  test("not JSON, not an object, an empty line, lines after the end", async () => {
    expect(await refused(changed(3, text => text.slice(0, -4)))).toMatch(
      /^E_IMPORT_LINE:3(:\d+)?: the line is not JSON \(/,
    );
    expect(await refused(changed(3, () => "[1]"))).toMatch(/^E_IMPORT_LINE:3: the line holds an array/);
    expect(await refused(changed(3, () => ""))).toMatch(/^E_IMPORT_LINE:3: the line is empty/);
    expect(await refused(`${good}{}\n`)).toMatch(/^E_IMPORT_LINE:9: there are lines after the last one/);
  });

  test("NaN as Python writes it is refused with line and column; in a text it is a text", async () => {
    const python = changed(3, text => text.replace('"loss":0', '"loss":NaN'));
    const column = python.split("\n")[2]!.indexOf("NaN") + 1;
    expect(await refused(python)).toMatch(
      new RegExp(`^E_IMPORT_LINE:3:${column}: NaN is no JSON, though Python writes it so\\..*"NaN"`),
    );
    expect(await refused(changed(3, text => text.replace('"loss":0', '"loss":-Infinity')))).toMatch(
      /^E_IMPORT_LINE:3:\d+: -Infinity is no JSON/,
    );
    expect(await refused(changed(3, text => text.replace('"loss":0', '"loss":"Nan"')))).toMatch(
      /^E_IMPORT_LINE:3: metric "loss" is "Nan"/,
    );
    writeFileSync(
      path,
      changed(2, text => text.replace('"owner":"me"', '"owner":"say \\"NaN, Infinity\\""')),
    );
    expect((await readJsonl(path)).events[0]).toMatchObject({ owner: 'say "NaN, Infinity"' });
  });

  test("another format, another version, a wrong spec", async () => {
    expect(await refused('{"op_code":0}\n{"op_code":1}\n')).toMatch(/^E_IMPORT/);
    expect(await refused('{"hello":1}\n')).toMatch(
      /^E_IMPORT_FORMAT:1: this is no Vernier study: line 1 has no format/,
    );
    expect(await refused(changed(1, text => text.replace('"version":1', '"version":2')))).toMatch(
      /^E_IMPORT_VERSION:1: the file has version 2 .* Update vernier/,
    );
    expect(await refused(changed(1, text => text.replace('"minimize"', '"minimise"')))).toMatch(
      /^E_STUDY_OBJECTIVES:1: the study's spec is wrong: .*minimise.*Did you mean "minimize"/,
    );
    expect(await refused(changed(1, text => text.replace('"low":0', '"low":9')))).toMatch(/^E_SPACE_RANGE:1: /);
    expect(await refused(changed(1, text => text.replace('"seed":7', '"seed":-7')))).toMatch(/^E_STUDY_SEED:1: /);
    expect(await refused(changed(1, text => text.replace('"seed":7', '"sead":7')))).toMatch(
      /^E_OPTION:1: .*sead.*seed/,
    );
  });

  test("events that could not have happened are named by their line", async () => {
    expect(await refused(changed(5, text => text.replace('"number":1', '"number":0')))).toMatch(
      /^E_LOG_BROKEN:5: event 4 of the log \(trial\.finished of trial 0\)/,
    );
    expect(await refused(changed(4, text => text.replace("started", "begun")))).toMatch(
      /^E_LOG_BROKEN:4: event 3 .*its type is "trial\.begun"/,
    );
  });

  test("gzip, zip, UTF-16 and bytes that are no text say what they are", async () => {
    expect(await refused(gzipSync(good))).toMatch(
      /^E_IMPORT_FORMAT: the file is compressed with gzip\. Unpack it first: gunzip/,
    );
    expect(await refused(Buffer.from("PK\u0003\u0004....", "latin1"))).toMatch(
      /^E_IMPORT_FORMAT: the file is a ZIP archive \(a spreadsheet, perhaps\)/,
    );
    expect(await refused(Buffer.from(`\uFEFF${good}`, "utf16le"))).toMatch(
      /^E_IMPORT_FORMAT: the file is text in UTF-16/,
    );
    expect(
      await refused(
        Buffer.from(
          changed(2, text => text.replace("me", "m\u00e9")),
          "latin1",
        ),
      ),
    ).toMatch(/^E_IMPORT_ENCODING:1: the line is not UTF-8/);
    expect(await refused(new Uint8Array(64))).toMatch(/^E_IMPORT_FORMAT: the file is not text/);
  });

  test("a line without end is refused early, whatever the file's size", async () => {
    const first = lines()[0]!;
    writeFileSync(path, `${first}\n{"type":"trial.logged","text":"`);
    const file = openSync(path, "r+");
    // Sparse: 64 GB that take no room, and that nobody could read to their end here.
    ftruncateSync(file, 2 ** 36);
    closeSync(file);
    const read = readJsonl(path, { lineLimit: 1 << 20 });
    await expect(read).rejects.toThrow(/study\.jsonl:2: the line has more than 1,048,576 bytes\./);
  });

  test("nesting that would break the reader's stack is refused", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(await refused(changed(3, () => `{"type":"trial.logged","text":${deep}}`))).toMatch(
      /^E_IMPORT_LINE:3: the line nests 100001 levels deep/,
    );
  });

  test("whatever is changed in a file, it is read as a study or refused with a reason; never a crash, never a half", async () => {
    const rng = stream(41, "mutations");
    const bytes = Buffer.from(good);
    const odd = [
      '"',
      "{",
      "}",
      "[",
      ",",
      ":",
      "\\",
      "0",
      "-",
      "1e999",
      "null",
      "NaN",
      "\n",
      "\u0000",
      "é",
      '"number":',
      '"__proto__":',
    ];
    let refusals = 0;
    for (let i = 0; i < 250; i++) {
      const at = rng.int(bytes.length);
      const cut = rng.int(12);
      const put = rng.int(3) === 0 ? "" : odd[rng.int(odd.length)]!;
      writeFileSync(path, Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(at + cut)]));
      const storage = memoryStorage();
      try {
        const { studies, format } = await readStudies(path);
        await importLog(storage, studies[0]!, { file: path, format: format.name });
      } catch (error) {
        refusals++;
        expect(error).toBeInstanceOf(VernierError);
        expect((error as Error).message.startsWith(path), (error as Error).message).toBe(true);
        expect(await storage.listStudies({ deleted: true })).toEqual([]);
      }
    }
    expect(refusals).toBeGreaterThan(120);
  });

  test("names of Object.prototype are only names", async () => {
    writeFileSync(
      path,
      changed(2, text =>
        text.replace(
          '"retries":0',
          '"retries":0,"params":{"__proto__":{"polluted":1},"constructor":2},"basis":1,"sampler":"s"',
        ),
      ),
    );
    const storage = memoryStorage();
    const { id } = await importLog(storage, await readJsonl(path));
    const [trial] = await storage.trials(id);
    expect(Object.keys(trial!.params!)).toEqual(["__proto__", "constructor"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
