/** What YAML can do to a study file: traps, bombs, wrong bytes; and that every complaint shows its line. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadStudyFile } from "./file.ts";
import type { LoadedStudy } from "./loaded.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "vernier-yaml-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const load = (content: string | Uint8Array): Promise<LoadedStudy> => {
  writeFileSync(join(dir, "a.yaml"), content);
  return loadStudyFile("a.yaml", dir);
};
const fault = (content: string | Uint8Array): Promise<string> =>
  load(content).then(
    () => "no error",
    (error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
  );
const REST = "objectives: {loss: minimize}\ncommand: ['true']\n";

describe("YAML 1.2 as it is", () => {
  it("keeps no, off and dates as texts, and reads 1e-3 as a number", async () => {
    const { space, work } = await load(
      "space: {a: {type: choice, choices: [no, off, 1e-3, 2001-12-14, ~, 0o17, true]}}\n" +
        "objectives: {loss: minimize}\ncommand: [prog, no, 1e-3, 2001-12-14]\n",
    );
    expect(space.shape).toEqual({
      a: { type: "choice", choices: ["no", "off", 0.001, "2001-12-14", null, 15, true] },
    });
    expect(work).toMatchObject({ command: { argv: ["prog", "no", "0.001", "2001-12-14"] } });
  });
  it("has anchors, aliases and merge keys, with a place for them under x-", async () => {
    const { space, run } = await load(
      "x-number: &n {type: float, low: 0, high: 1}\nx-run: &r {trials: 3}\n" +
        `space: {a: *n, b: {<<: *n, high: 2}}\nrun: *r\n${REST}`,
    );
    expect(space.shape).toEqual({ a: { type: "float", low: 0, high: 1 }, b: { type: "float", low: 0, high: 2 } });
    expect(run).toEqual({ trials: 3 });
    expect(await fault(`x-n: &n {type: float, low: 3, high: 1}\nspace:\n  b: {<<: *n, high: 2}\n${REST}`))
      .toMatchInlineSnapshot(`
      "E_SPACE_RANGE: a.yaml:1:28: float "b" needs low < high; got low=3, high=2. Swap them.
        1 | x-n: &n {type: float, low: 3, high: 1}
          |                            ^"
    `);
  });
  it("may begin with a byte-order mark and end its lines with CR LF", async () => {
    expect(
      (await load(`\ufeffspace: {a: "int(1, 2)"}\r\n${REST.replaceAll("\n", "\r\n")}`)).space.shape,
    ).toHaveProperty("a");
    expect(await fault(`\ufeffspace: {a: "int(1, 2)"}\r\nseed: x\r\n${REST.replaceAll("\n", "\r\n")}`))
      .toMatchInlineSnapshot(`
      "E_STUDY_FILE_VALUE: a.yaml:2:7: seed is "x". It must be a whole number of at least 0.
        2 | seed: x
          |       ^"
    `);
  });
  it("queues first guesses", async () => {
    const text = (guess: string): string =>
      `space: {a: "int(1, 9)", g: {b: "float(0, 1)"}}\nqueue:\n  - {a: 3}\n  - ${guess}\n${REST}`;
    expect((await load(text("{a: 1, g: {b: 0.5}}"))).queue).toEqual([{ a: 3 }, { a: 1, g: { b: 0.5 } }]);
    expect(await fault(text("{a: 10}"))).toMatchInlineSnapshot(`
      "E_STUDY_FILE_VALUE: a.yaml:4:9: queue[1]: a must be from 1 to 9; got 10. A guess is a configuration of the space, or a part of one.
        4 |   - {a: 10}
          |         ^"
    `);
    expect(await fault(text("{g: {b: half}}"))).toMatchInlineSnapshot(`
      "E_STUDY_FILE_VALUE: a.yaml:4:13: queue[1]: g.b must be a number; got "half". A guess is a configuration of the space, or a part of one.
        4 |   - {g: {b: half}}
          |             ^"
    `);
    expect(await fault(text("{c: 1}"))).toMatchInlineSnapshot(`
      "E_STUDY_FILE_VALUE: a.yaml:4:9: queue[1]: c is not in the space. Known: a, g. A guess is a configuration of the space, or a part of one.
        4 |   - {c: 1}
          |         ^"
    `);
    expect(await fault(text("7"))).toMatchInlineSnapshot(`
      "E_STUDY_FILE_VALUE: a.yaml:4:5: queue[1] is 7. It lists configurations, whole or in part: queue: [{ lr: 0.001 }].
        4 |   - 7
          |     ^"
    `);
  });
});

describe("what a study file may not hold", () => {
  it.each([
    ["tabs", `space:\n\ta: int(1, 2)\n${REST}`],
    ["a key twice", `seed: 1\nseed: 2\n${REST}`],
    ["a second document", `space: {a: "int(1, 2)"}\n---\n${REST}`],
    ["YAML 1.1", `%YAML 1.1\n---\n${REST}`],
    ["a number as a key", `space: {1: "int(1, 2)"}\n${REST}`],
    ["nothing as a key", `? \n: 1\n${REST}`],
    ["a list as a key", `? [a, b]\n: 1\n${REST}`],
    ["a placeholder without quotes as a key", `space: {{lr}: 3}\n${REST}`],
    ["a tag", `space: !!python/object {a: 1}\n${REST}`],
    ["binary", `space: !!binary aGk=\n${REST}`],
    ["an alias in its own anchor", `space: &a {b: *a}\n${REST}`],
    ["an alias of nothing", `space: *a\n${REST}`],
    ["infinity", `space: {a: {type: float, low: 0, high: .inf}}\n${REST}`],
    ["NaN", `space: {a: {type: float, low: .nan, high: 1}}\n${REST}`],
    ["nothing", ""],
    ["a list", "- 1\n"],
  ])("%s", async (_, text) => {
    expect(await fault(text)).toMatchSnapshot();
  });
  it("bombs, refused at once", async () => {
    const nine = (name: string): string => `[${`*${name},`.repeat(9)}]`;
    const laughs = ["b", "c", "d", "e", "f", "g", "h", "i"].map(
      (name, i) => `x-${name}: &${name} ${nine("abcdefgh"[i] ?? "")}`,
    );
    expect(await fault(`x-a: &a [lol]\n${laughs.join("\n")}\n${REST}`)).toMatchInlineSnapshot(`
      "E_STUDY_FILE_YAML: a.yaml:1:1: its aliases repeat more than 100 things. Aliases of aliases grow without bound. Write the parts out.
        1 | x-a: &a [lol]
          | ^"
    `);
    expect(await fault(`x-a: &a 1\nx-b: [${"*a, ".repeat(20_000)}]\n`)).toMatchInlineSnapshot(`
      "E_STUDY_FILE_YAML: a.yaml:2:407: this is alias 101 of the file. A study file has at most 100. Write the parts out.
        2 | *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a,
          |                                                             ^"
    `);
    expect(await fault("[".repeat(20_000))).toContain("it nests too deeply");
    expect(await fault("- ".repeat(20_000))).toContain("it nests too deeply");
    const merged = Array.from(
      { length: 40 },
      (_, i) => `x-${i}: &k${i} {<<: [${i > 1 ? `*k${i - 1}, *k${i - 2}` : ""}], a: 1}`,
    );
    expect(await fault(`${merged.join("\n")}\n${REST}`)).toContain("grow without bound");
  });
  it("other bytes than UTF-8", async () => {
    const utf16 = Buffer.from(`space: x\n${REST}`, "utf16le");
    expect(await fault(utf16)).toMatchInlineSnapshot(
      `"E_STUDY_FILE_ENCODING: a.yaml is written in UTF-16. A study file is a text in UTF-8. Save it as UTF-8, or: iconv -f UTF-16 -t UTF-8."`,
    );
    expect(await fault(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]))).toContain("UTF-16");
    expect(await fault(Buffer.concat([Buffer.from([0xfe, 0xff]), utf16.swap16()]))).toContain("UTF-16");
    expect(
      await fault(Buffer.concat([Buffer.from("a: 1\nname: M"), Buffer.from([0xfc]), Buffer.from("ller\n")])),
    ).toMatchInlineSnapshot(
      `"E_STUDY_FILE_ENCODING: a.yaml has bytes in line 2 that are no UTF-8. A study file is a text in UTF-8. Save it as UTF-8."`,
    );
    expect(await fault(Buffer.from("name: a\0b"))).toMatchInlineSnapshot(
      `"E_STUDY_FILE_ENCODING: a.yaml has zero bytes: it is no text. A study file is a text in UTF-8. Name the study file itself."`,
    );
  });
  it("a file named by mistake", async () => {
    const path = join(dir, "a.yaml");
    writeFileSync(path, "");
    truncateSync(path, 100 * 2 ** 20);
    expect(await loadStudyFile("a.yaml", dir).catch((error: Error) => error.message)).toMatchInlineSnapshot(
      `"a.yaml has 100.0 MiB. A study file has at most 1 MiB. Name the study file itself, not its data."`,
    );
  });
});

describe("the place of a mistake", () => {
  const column = async (text: string): Promise<string> => {
    const message = await fault(text);
    const [, line = ""] = /\n {2}\d+ \| (.*)\n/.exec(message) ?? [];
    const caret = /\n {2} +\| ( *)\^$/.exec(message)?.[1]?.length ?? -1;
    return `${/a\.yaml:\d+:\d+/.exec(message)?.[0] ?? ""} ${line.slice(caret)}`;
  };
  const space = (body: string): string => `space:\n  act: choice(relu, gelu)\n${body}${REST}`;
  it.each([
    ["in a parameter's text", space("  lr: float(0, 1) x\n"), "a.yaml:3:19 x"],
    ["in quotes", space('  lr: "float(0, 1) x"\n'), 'a.yaml:3:20 x"'],
    [
      "behind escapes",
      space('  lr: "when(\\"act == \'rleu\'\\", float(0, 1))"\n'),
      "a.yaml:3:22 'rleu'\\\", float(0, 1))\"",
    ],
    [
      "in doubled quotes",
      space("  lr: 'when(''act == \"rleu\"'', float(0, 1))'\n"),
      "a.yaml:3:22 \"rleu\"'', float(0, 1))'",
    ],
    ["in a folded text", space("  lr: >-\n    float(0,\n    1) x\n"), "a.yaml:5:8 x"],
    [
      "in a condition of a record",
      space("  s: {type: int, low: 1, high: 2, when: act == relu}\n"),
      "a.yaml:3:48 relu}",
    ],
    ["in a branch", space("  o: {type: oneOf, branches: {a: {p: 'float(1, 0)'}}}\n"), "a.yaml:3:38 'float(1, 0)'}}}"],
    [
      "in a condition in a branch",
      space(
        "  o:\n    type: oneOf\n    branches:\n      a:\n        n: int(1, 3)\n        p: when('nn > 1', float(0, 1))\n",
      ),
      "a.yaml:8:18 nn > 1', float(0, 1))",
    ],
    [
      "in a condition in a list",
      space("  l: {type: list, max: 2, item: {n: 'int(1, 3)', p: {type: int, low: 1, high: 2, when: m > 1}}}\n"),
      "a.yaml:3:88 m > 1}}}",
    ],
    [
      "at an option's value",
      space("  lr:\n    type: float\n    low: 0\n    high: 1\n    scale: log\n"),
      "a.yaml:5:10 0",
    ],
    ["at an unknown option", space("  lr:\n    type: float\n    low: 0\n    hihg: 1\n"), "a.yaml:6:5 hihg: 1"],
    ["in a where", `${space("")}where:\n  - act == "relu"\n  - actt == "gelu"\n`, 'a.yaml:7:5 actt == "gelu"'],
    [
      "at a placeholder",
      "space: {lr: 'float(0, 1)'}\nobjectives: {loss: minimize}\ncommand: [prog, '--lr={lrr}']\n",
      "a.yaml:3:23 {lrr}']",
    ],
    ["at a sampler's name", `${space("")}sampler: {name: tpee}\n`, "a.yaml:5:10 {name: tpee}"],
    [
      "at a command's setting",
      "space: {lr: 'float(0, 1)'}\nobjectives: {loss: minimize}\ncommand: {argv: [a], result: {patern: x}}\n",
      "a.yaml:3:30 {patern: x}}",
    ],
  ])("%s", async (_, text, expected) => {
    expect(await column(text)).toBe(expected);
  });
  it("several mistakes come at once, five at most", async () => {
    expect(
      await fault(
        "nmae: x\nspace:\n  a: flaot(0, 1)\n  b: {type: int, low: 3, high: 1}\n  c: 7\nobjectives: {loss: min}\nseed: -1\nrun: {trails: 3}\ncommand: prog\n",
      ),
    ).toMatchInlineSnapshot(`
      "E_STUDY_FILE_FAULTS: a.yaml has 8 mistakes.

      a.yaml:1:1: a study has no key "nmae". Did you mean "name"? Its keys are $schema, name, space, where, objectives, constraints, sampler, scheduler, storage, seed, run, queue, command, executor, objective, final.
        1 | nmae: x
          | ^

      a.yaml:3:6: there is no kind "flaot". Kinds are float, int, ordinal, choice, permutation, subset, simplex, list, oneOf, when, text, fixed. Did you mean "float"?
        3 |   a: flaot(0, 1)
          |      ^

      a.yaml:4:23: int "b" needs low < high; got low=3, high=1. Swap them.
        4 |   b: {type: int, low: 3, high: 1}
          |                       ^

      a.yaml:5:6: space.c is 7. A parameter is a text such as float(0, 1), or a record with its type. For a constant write fixed(7).
        5 |   c: 7
          |      ^

      a.yaml:6:20: objectives.loss is "min". A direction is "minimize" or "maximize".
        6 | objectives: {loss: min}
          |                    ^

      ... and 3 more."
    `);
  });
});
