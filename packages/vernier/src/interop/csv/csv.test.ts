import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEngine, memoryStorage } from "../../core/index.ts";
import type { Storage } from "../../core/types.ts";
import { random } from "../../samplers/index.ts";
import { none } from "../../schedulers/index.ts";
import {
  choice,
  fixed,
  float,
  int,
  list,
  oneOf,
  permutation,
  simplex,
  space,
  subset,
  when,
} from "../../space/index.ts";
import { dumpOf } from "../dump.ts";
import type { TableOptions } from "../table/read.ts";
import { exportStudy, importLog, readStudies } from "../transfer.ts";
import { readCsv } from "./read.ts";
import { writeCsv } from "./write.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vernier-csv-"));
  path = join(folder, "table.csv");
});
afterEach(() => rmSync(folder, { recursive: true }));

const EVERYTHING = space({
  lr: float(1e-5, 1, { scale: "log" }),
  layers: int(1, 8),
  flag: choice([true, false, null, "true", 1]),
  order: permutation(["a", "b", "c"]),
  parts: subset(["p", "q"]),
  mix: simplex(["x", "y"]),
  deep: { width: int(1, 4), text: choice(["a,b", 'say "hi"', "two\nlines", " spaced "]) },
  optimizer: oneOf({ sgd: { momentum: float(0, 1) }, adam: { beta: float(0.8, 1) } }),
  extra: when("layers > 4", float(0, 1)),
  blocks: list(int(1, 3), { min: 1, max: 3 }),
  constant: fixed("c"),
});

async function everything(): Promise<{ storage: Storage; id: number | string }> {
  const engine = createEngine({ sampler: () => random(), scheduler: () => none() });
  const study = await engine.create({
    name: "all",
    space: EVERYTHING,
    objectives: { loss: "minimize" },
    constraints: { memory: { max: 9 } },
    seed: 3,
  });
  await study.run(
    async ({ lr, layers }, trial) => {
      await trial.annotate({
        attrs: { host: { name: "é", n: [1] } },
        tags: ["t,1", "u"],
        note: 'a "note",\nof two lines',
      });
      if (trial.number % 7 === 3) throw new Error('boom, "quoted"');
      return { loss: lr * layers, memory: layers, "other metric": trial.number === 2 ? NaN : -0 };
    },
    { trials: 40, maxConsecutiveFailures: 9 },
  );
  await study.queue({ lr: 0.5 } as never);
  await study.close();
  return { storage: engine.storage, id: (await engine.storage.findStudy("all"))!.id };
}

describe("a study of every kind of parameter", () => {
  test.each(["csv", "parquet"] as const)(
    "comes back from %s with its parameters, metrics, states, times, tags, notes and attributes",
    async format => {
      const { storage, id } = await everything();
      const file = join(folder, `all.${format}`);
      await exportStudy(storage, id, file);
      const table: TableOptions = {
        name: "back",
        space: EVERYTHING,
        objectives: { loss: "minimize" },
        constraints: { memory: { max: 9 } },
      };
      const { studies } = await readStudies(file, { table });
      const { id: back } = await importLog(storage, studies[0]!);
      const shown = async (study: number | string) =>
        (await dumpOf(storage, study)).trials.map(
          ({
            number,
            state,
            params,
            metrics,
            error,
            tags,
            note,
            attrs: { from: _from, ...attrs },
            startedAt,
            finishedAt,
            queuedAt,
          }) => ({
            number,
            state,
            params,
            metrics,
            error: error?.message,
            tags,
            note,
            attrs,
            startedAt,
            finishedAt,
            queuedAt,
          }),
        );
      const [a, b] = [await shown(id), await shown(back)];
      // Params of a queued trial are its fixed ones in a table; NaN and -0 are kept.
      expect(b).toEqual(a);
      expect(b.length).toBe(41);
      expect(Object.is(b[0]!.metrics!["other metric"], -0)).toBe(format === "csv" || format === "parquet");
      expect((await storage.trial(back, 40))?.fixed).toMatchObject({ lr: 0.5 });
    },
  );

  test("the text is RFC 4180 with dotted names", async () => {
    const { storage, id } = await everything();
    const rows = [...writeCsv(await dumpOf(storage, id))];
    expect(rows[0]).toMatch(
      /^number,state,metrics\.loss,metrics\.memory,metrics\.other metric,params\.lr,params\.layers,params\.flag,/,
    );
    expect(rows[0]).toContain(",params.deep.width,params.deep.text,params.optimizer.kind,");
    expect(rows.every(row => row.endsWith("\r\n"))).toBe(true);
    expect(rows[1]).toMatch(/"a ""note"",\nof two lines"/);
  });
});

const python = spawnSync("python3", ["-c", "import pyarrow"], { stdio: "ignore" }).status === 0;

test.skipIf(!python)("Parquet is read by pyarrow with its types (skipped where there is none)", async () => {
  const { storage, id } = await everything();
  const file = join(folder, "a.parquet");
  await exportStudy(storage, id, file);
  const script = `import json, sys, pyarrow.parquet as p
t = p.read_table(sys.argv[1])
print(json.dumps({"rows": t.num_rows, "types": {f.name: str(f.type) for f in t.schema}, "state": t["state"].to_pylist()[:4], "lr": t["params.lr"].to_pylist()[0], "started": t["started"].to_pylist()[0].timestamp() * 1000}))`;
  const { stdout, stderr } = spawnSync("python3", ["-c", script, file], { encoding: "utf8" });
  expect(stderr).toBe("");
  const trial = await storage.trial(id, 0);
  expect(JSON.parse(stdout)).toMatchObject({
    rows: 41,
    types: {
      number: "int32",
      "metrics.loss": "double",
      "params.lr": "double",
      state: "string",
      started: "timestamp[ms, tz=UTC]",
    },
    state: ["complete", "complete", "complete", "failed"],
    lr: trial!.params!["lr"],
    started: trial!.startedAt,
  });
});

const OPTIONS: TableOptions = { name: "t", objectives: { loss: "minimize" }, now: 1_000 };
const SPACE = space({ lr: float(0, 1), act: choice(["relu", "gelu"]) });

async function read(text: string | Uint8Array, options: Partial<TableOptions> = {}) {
  writeFileSync(path, text);
  const log = await readCsv(path, { ...OPTIONS, ...options });
  const storage = memoryStorage();
  const { id } = await importLog(storage, log);
  return { ...log, trials: (await dumpOf(storage, id)).trials };
}

async function refused(text: string | Uint8Array, options: Partial<TableOptions> = {}): Promise<string> {
  const error: unknown = await read(text, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const { code, message } = error as { code: string; message: string };
  expect(message.startsWith(path), message).toBe(true);
  expect(message).toMatch(/Nothing was imported\.$/);
  return `${code}${message.slice(path.length)}`;
}

describe("spreadsheets", () => {
  test("a byte order mark, semicolons, decimal commas, CRLF, empty lines and empty rows", async () => {
    const text = '\uFEFFloss;lr;act\r\n1,5;0,25;relu\r\n\r\n;;\r\n"2,5";1;GELU\r\n'.replace("GELU", "gelu");
    const { trials, notes } = await read(text, { space: SPACE });
    expect(trials.map(({ params, metrics }) => [params, metrics])).toEqual([
      [{ lr: 0.25, act: "relu" }, { loss: 1.5 }],
      [{ lr: 1, act: "gelu" }, { loss: 2.5 }],
    ]);
    expect(notes).toEqual([]);
  });

  test("tabs, quoted line ends, doubled quotes; a note keeps them", async () => {
    const { trials } = await read('loss\tlr\tact\tnote\n1\t0.5\trelu\t"one ""two""\nthree"\n', { space: SPACE });
    expect(trials[0]?.note).toBe('one "two"\nthree');
  });

  test("a comma between digits is no number where commas separate cells", async () => {
    expect(await refused('loss,lr,act\n"1,5",0.5,relu\n', { space: SPACE })).toMatch(
      /^E_IMPORT_CELL:2: loss is "1,5"\. It is a number, nan or inf/,
    );
    expect(await refused("loss;lr;act\n1.234,5;0,5;relu\n", { space: SPACE })).toMatch(
      /^E_IMPORT_CELL:2: loss is "1\.234,5"/,
    );
  });

  test("thousands of columns are read in a moment", async () => {
    const names = Array.from({ length: 3000 }, (_, i) => `p${i}`);
    const row = (seed: number) => names.map((_, i) => ((i * 7 + seed) % 11) / 10).join(",");
    const { trials } = await read(`loss,${names.join(",")}\n1,${row(1)}\n2,${row(2)}\n`);
    expect(Object.keys(trials[1]!.params!).length).toBe(3000);
  });

  test("empty results are failed trials, states are read in several tongues, times without a zone are UTC", async () => {
    const text =
      "number,state,loss,lr,act,datetime_start,datetime_complete\n" +
      "4,COMPLETE,1,0.5,relu,2024-01-02 03:04:05.123456,2024-01-02T03:04:06Z\n5,FAIL,,0.5,relu,,\n9,PRUNED,3,0.5,relu,,\n11,WAITING,,0.5,,,\n12,RUNNING,,0.5,relu,,\n";
    const { trials } = await read(text, { space: SPACE });
    expect(trials.map(({ state }) => state)).toEqual(["complete", "failed", "pruned", "waiting", "failed"]);
    expect(trials[0]).toMatchObject({
      startedAt: Date.UTC(2024, 0, 2, 3, 4, 5, 123),
      finishedAt: Date.UTC(2024, 0, 2, 3, 4, 6),
      attrs: { from: { file: "table.csv", number: 4 } },
    });
    expect(trials[4]?.error?.message).toContain("not finished when the table was written");
    expect((await read("loss,lr,act\n,0.5,relu\n1,0.1,gelu\n", { space: SPACE })).trials[0]?.state).toBe("failed");
  });

  test("columns that the space does not know are kept as attributes, and said", async () => {
    const { trials, notes } = await read("loss,lr,act,host,,unused\n1,0.5,relu,node1,x,2\n", {
      space: SPACE,
      ignore: ["unused"],
    });
    expect(trials[0]?.attrs).toMatchObject({ host: "node1" });
    expect(notes).toEqual(["column 5 has no name and is left out", "not in the space, kept as attributes: host"]);
  });

  test("a space is inferred, with what was found said line by line", async () => {
    const { spec, notes } = await read(
      "loss,lr,n,act,opt.name,debug,c\n1,0.001,3,relu,a,TRUE,7\n2,10,5,gelu,b,FALSE,7\n",
    );
    expect(spec.space.shape).toEqual({
      lr: { type: "float", low: 0.001, high: 10, scale: "log" },
      n: { type: "int", low: 3, high: 5 },
      act: { type: "choice", choices: ["relu", "gelu"] },
      opt: { name: { type: "choice", choices: ["a", "b"] } },
      debug: { type: "choice", choices: [true, false] },
      c: { type: "fixed", value: 7 },
    });
    expect(notes.join("\n")).toContain("lr = float(0.001, 10, log)");
    expect(notes[0]).toMatch(/inferred from the values seen, so it ends where they end/);
  });
});

describe("broken tables", () => {
  test("each is refused with its line", async () => {
    const given = { space: SPACE };
    const head = "loss,lr,act\n";
    expect(await refused("", given)).toMatch(/^E_IMPORT_FORMAT: the file is empty/);
    expect(await refused("\n\n", given)).toMatch(/only empty lines/);
    expect(await refused("1,2,3\n4,5,6\n", given)).toMatch(/^E_IMPORT_FORMAT:1: the first line holds numbers only/);
    expect(await refused(head, given)).toMatch(/names, but no rows/);
    expect(await refused(`${head}1,0.5\n`, given)).toMatch(
      /^E_IMPORT_LINE:2: the row has 2 cells, and the first line names 3/,
    );
    expect(await refused(`${head}1,0.5,relu\n1,0.5,relu,x\n`, given)).toMatch(/^E_IMPORT_LINE:3: the row has 4 cells/);
    expect(await refused(`${head}1,0.5,relu\n1,abc,relu\n`, given)).toMatch(
      /^E_IMPORT_CELL:3: lr is "abc", which is no number/,
    );
    expect(await refused(`${head}1,0.5,tanh\n`, given)).toMatch(
      /^E_IMPORT_CELL:2: act is "tanh", which is none of "relu", "gelu"/,
    );
    expect(await refused(`${head}1,7,relu\n`, given)).toMatch(/^E_IMPORT_CELL:2: lr .*outside the space/);
    expect(await refused(`${head}1,,relu\n`, given)).toMatch(/^E_IMPORT_CELL:2: lr /);
    expect(await refused(`${head}x,0.5,relu\n`, given)).toMatch(/^E_IMPORT_CELL:2: loss is "x"/);
    expect(await refused(`${head}"1,0.5,relu\n2,0.5,relu\n`, given)).toMatch(
      /^E_IMPORT_LINE:2: a quote opens in this row and never closes/,
    );
    expect(await refused(`${head}"1"x,0.5,relu\n`, given)).toMatch(
      /^E_IMPORT_LINE:2: something follows the closing quote of cell 1/,
    );
    expect(await refused("loss,lr,lr\n1,2,3\n", given)).toMatch(
      /^E_IMPORT_COLUMN:1: columns 2 and 3 are both called "lr"/,
    );
    expect(await refused("los,lr,act\n1,0.5,relu\n", given)).toMatch(
      /^E_IMPORT_COLUMN:1: there is no column for the metric "loss"\. Did you mean "los"\?/,
    );
    expect(await refused(`number,${head}3,1,0.5,relu\n3,1,0.5,relu\n`, given)).toMatch(
      /^E_IMPORT_CELL:3: trial 3 is in line 2 already/,
    );
    expect(await refused(`number,${head}x,1,0.5,relu\n`, given)).toMatch(/^E_IMPORT_CELL:2: number is "x"/);
    expect(await refused(`state,${head}burnt,1,0.5,relu\n`, given)).toMatch(/^E_IMPORT_CELL:2: state is "burnt"/);
    expect(await refused(`state,${head}complete,,0.5,relu\n`, given)).toMatch(/complete, and "loss" is empty/);
    expect(await refused(`started,${head}yesterday,1,0.5,relu\n`, given)).toMatch(
      /^E_IMPORT_CELL:2: started is "yesterday"/,
    );
    expect(await refused(`attrs,${head}[1],1,0.5,relu\n`, given)).toMatch(/^E_IMPORT_CELL:2: attrs is/);
    expect(await refused(`${head}1,0.5,relu\n`, { ...given, ignore: ["host"] })).toMatch(
      /no column for the ignored "host"/,
    );
    expect(await refused("loss,7,x\n1,2,3\n")).toMatch(
      /^E_SPACE_NAME:1: the columns make no space: .*Rename the column/,
    );
    expect(await refused("loss,a,a.b\n1,2,3\n")).toMatch(
      /^E_IMPORT_COLUMN:1: "a" is a parameter, and "a\.b" lies in it/,
    );
    expect(await refused(Buffer.from(`${head}1,0.5,caf\u00e9\n`, "latin1"), given)).toMatch(/^E_IMPORT_ENCODING:2:/);
  });

  test("a column of ids, and one bad cell in a column of numbers, are told apart", async () => {
    const ids = Array.from({ length: 100 }, (_, i) => `${i},${i % 7},id-${i}`).join("\n");
    expect(await refused(`loss,n,name\n${ids}\n`)).toMatch(/^E_IMPORT_COLUMN:1: name has 100 different texts/);
    const typo = Array.from({ length: 100 }, (_, i) => `${i},${i === 41 ? "4l" : i}`).join("\n");
    expect(await refused(`loss,n\n${typo}\n`)).toMatch(/^E_IMPORT_COLUMN:43: n is "4l" in a column of numbers/);
    expect(await refused("loss,n\n1,2\n2,\n")).toMatch(/^E_IMPORT_CELL:3: n is empty/);
  });

  test("bad rows may be left out, and are named", async () => {
    const { trials, notes } = await read("loss,lr,act\n1,0.5,relu\n2,9,relu\n3,0.1,gelu\n", {
      space: SPACE,
      skipBad: true,
    });
    expect(trials.map(({ metrics }) => metrics?.["loss"])).toEqual([1, 3]);
    expect(notes[0]).toMatch(/^left out: .*table\.csv:3: lr /);
  });

  test("an unclosed quote over many lines costs no more than reading them", async () => {
    const text = `loss,lr,act\n"1,0.5,relu\n${"2,0.5,relu\n".repeat(200_000)}`;
    expect(await refused(text, { space: SPACE })).toMatch(/^E_IMPORT_LINE:2: a quote opens/);
  });

  test("Parquet that is cut or is none", async () => {
    const { storage, id } = await everything();
    const file = join(folder, "a.parquet");
    await exportStudy(storage, id, file);
    const bytes = readFileSync(file);
    for (const at of [bytes.length - 10, 2000, 4]) {
      writeFileSync(file, bytes.subarray(0, at));
      await expect(readStudies(file, { table: OPTIONS })).rejects.toThrow(
        /a\.parquet: the Parquet file cannot be read .*Nothing was imported/,
      );
    }
    writeFileSync(file, "number,loss\n");
    await expect(readStudies(file, { table: OPTIONS, format: "parquet" })).rejects.toThrow(/this is no Parquet file/);
  });
});
